//! With `--json`, every command writes one value and nothing else, whether it does what was asked or not.

use crate::{Folder, Said};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

const FLOW: &str = "export default (flow) => flow.log.info('said meanwhile');\n";

/// Each command that ends by itself, and whether it does what was asked.
const LINES: &[(&str, bool)] = &[
    ("init --workspace NEW/workspace", true),
    ("write notes.txt", true),
    ("cat notes.txt", true),
    ("ls", true),
    ("mv notes.txt more.txt", true),
    ("undo", true),
    ("rm notes.txt README.md", true),
    ("lint flows/a.flow.js", true),
    ("run flows/a.flow.js", true),
    ("flows", true),
    ("status", true),
    ("logs", true),
    ("verify --no-replay", true),
    ("export --to NEW/a.zip", true),
    ("import NEW/nothing.zip", false),
    ("mirror NEW/mirror --once", true),
    ("approvals", true),
    ("approvals approve nothing", false),
    ("keys list", true),
    ("secrets list", true),
    ("serve --data NEW --no-storage", false),
    ("share ftp://nowhere", false),
    ("invite", false),
    ("join nowhere", false),
    ("leave", false),
    ("mcp --no-key", false),
];

/// The commands of the program, as it names them to a shell.
fn commands(folder: &Folder) -> BTreeSet<String> {
    let script = folder.selvage(&["completions", "fish"]).out;
    let named = script.lines().filter_map(|line| {
        let rest = line.split_once("__fish_use_subcommand -a ")?.1;
        Some(rest.split_once(' ')?.0.to_owned())
    });
    named.collect()
}

#[test]
fn what_every_command_tells_is_one_value_of_json() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", FLOW);
    let new = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(new.path().join("mirror")).expect("a folder");
    let new = new.path().to_str().expect("a plain path");
    let own = folder.path().to_str().expect("a plain path");
    // These tell a shell and a person, and take no `--json`.
    let mut told = BTreeSet::from(["completions", "help"].map(str::to_owned));
    for (line, is_well) in LINES {
        let line = line.replace("NEW", new);
        let mut words: Vec<&str> = line.split(' ').collect();
        told.insert(words[0].to_owned());
        if matches!(words[0], "share" | "invite" | "join" | "leave") {
            words.extend(["--workspace", own]);
        }
        words.push("--json");
        let said = folder.fed(&words, "text");
        let answer = said.json();
        assert_eq!(answer["ok"], *is_well, "{line}: {answer}");
        assert_eq!(said.code == Some(0), *is_well, "{line}: {:?}", said.code);
        let member = if *is_well { "value" } else { "error" };
        assert!(!answer[member].is_null(), "{line}: {answer}");
        if !is_well {
            assert!(answer["error"]["code"].is_string(), "{line}: {answer}");
        }
    }
    assert_eq!(told, commands(&folder));
}

/// A command that goes on, and is talked to.
struct Going {
    child: Child,
    out: BufReader<ChildStdout>,
    err: BufReader<ChildStderr>,
}

impl Going {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_selvage"))
            .args(arguments)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let err = BufReader::new(child.stderr.take().expect("piped"));
        Self { child, out, err }
    }

    /// What it says on standard error from these words on.
    fn hears(&mut self, words: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.err.read_line(&mut line).expect("text");
            assert!(read > 0, "it ended before it said {words:?}");
            if let Some(at) = line.find(words) {
                return line[at..].trim().to_owned();
            }
        }
    }

    /// The first line of its standard output.
    fn told(&mut self) -> Value {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("text");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(answer["ok"], true, "{answer}");
        answer["value"].clone()
    }

    /// Its end: the one value of all that it wrote.
    fn end(mut self) -> Value {
        let told = self.told();
        let mut more = String::new();
        self.out.read_line(&mut more).expect("text");
        assert_eq!(more, "");
        assert!(self.child.wait().expect("ends").success());
        told
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        // It has ended already, unless it serves or the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn devices_meet_by_what_scripts_can_read() {
    let rooms = tempfile::tempdir().expect("a folder");
    let rooms = rooms.path().to_str().expect("a plain path");
    let mut server = Going::start(&["serve", "--listen", "127.0.0.1:0", "--data", rooms]);
    let listens = server.told()["listens"]
        .as_str()
        .expect("a text")
        .to_owned();
    let relay = listens.replace("http://", "ws://");
    let folder = Folder::new();
    let own = folder.path().to_str().expect("a plain path");
    let shared = Going::start(&["share", &relay, "--workspace", own]).end();
    assert_eq!(shared, json!({ "shared": true }));

    let mut inviting = Going::start(&["invite", "--workspace", own]);
    let link = inviting.hears("http");
    let other = tempfile::tempdir().expect("a folder");
    let other = other.path().to_str().expect("a plain path");
    let mut joining = Going::start(&["join", &link, "--workspace", other]);
    let digits = |said: String| said.rsplit(": ").next().expect("digits").to_owned();
    let [one, same] = [&mut inviting, &mut joining].map(|it| digits(it.hears("Compare with ")));
    assert_eq!(one, same);
    let mut stdin = inviting.child.stdin.take().expect("piped");
    stdin.write_all(b"yes\n").expect("heard");
    assert_eq!(joining.end(), json!({ "role": "editor" }));
    assert_eq!(inviting.end(), json!({ "link": link, "devices": 2 }));

    let left = Going::start(&["leave", "--workspace", other]).end();
    assert_eq!(left, json!({ "left": true, "told": true }));
    let again: Said = folder.selvage(&["leave", "--workspace", other, "--json"]);
    assert_eq!(again.json()["ok"], false, "it is shared no more");
}
