//! A folder and a workspace, kept equal by the program: at once, and while editors and git are at work.

use crate::{Folder, Said};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long something may take to come over to the other side.
const COMES_WITHIN: Duration = Duration::from_secs(20);

/// A workspace, and a folder that is equal to it.
struct Mirrored {
    workspace: Folder,
    folder: tempfile::TempDir,
}

impl Mirrored {
    fn new() -> Self {
        let made = Self {
            workspace: Folder::new(),
            folder: tempfile::tempdir().expect("a folder"),
        };
        made.once(&[]);
        made
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn mirror(&self, options: &[&str]) -> Said {
        let at = self.at().to_str().expect("a path");
        self.workspace.selvage(&[&["mirror", at], options].concat())
    }

    fn once(&self, options: &[&str]) -> Value {
        let said = self.mirror(&[&["--once", "--json"], options].concat());
        assert!(matches!(said.code, Some(0 | 7)), "{}{}", said.out, said.err);
        said.json()["value"].clone()
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.at().join(path), text).expect("written");
    }

    fn file(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.at().join(path)).ok()
    }

    /// Begins to mirror, until the child is interrupted.
    fn watch(&self) -> Child {
        let at = self.at().to_str().expect("a path");
        let child = self.workspace.command(&["mirror", at]).spawn();
        child.expect("starts")
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c", "-C"])
            .arg(self.at())
            .args(arguments)
            .output()
            .expect("git runs");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < COMES_WITHIN, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a child writes on its standard output, as it comes.
fn heard(child: &mut Child) -> Arc<Mutex<String>> {
    let out = BufReader::new(child.stdout.take().expect("piped"));
    let heard = Arc::new(Mutex::new(String::new()));
    let hears = Arc::clone(&heard);
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            hears.lock().expect("no panic").push_str(&(line + "\n"));
        }
    });
    heard
}

#[cfg(unix)]
fn interrupt(mut child: Child) -> Option<i32> {
    let id = child.id().to_string();
    let told = Command::new("kill").args(["-INT", &id]).status();
    assert!(told.expect("kill runs").success());
    child.wait().expect("ends").code()
}

#[test]
fn a_folder_is_made_equal_once_and_told_what_would_be_done() {
    let mirrored = Mirrored::new();
    let workspace = &mirrored.workspace;
    assert!(mirrored.file("README.md").is_some());
    assert!(
        !mirrored.at().join("embed.json").exists(),
        "no business of the folder"
    );
    mirrored.write("README.md", "mine\n");
    mirrored.write("a.txt", "a\n");
    let said = mirrored.mirror(&["--dry-run"]);
    assert!(
        said.out.contains("workspace: would write a.txt"),
        "{}",
        said.out
    );
    assert_eq!(workspace.selvage(&["cat", "a.txt"]).code, Some(1));
    mirrored.once(&[]);
    assert_eq!(workspace.selvage(&["cat", "a.txt"]).out, "a\n");
    // Both sides change one line.
    mirrored.write("a.txt", "folder\n");
    workspace.write("a.txt", "workspace\n");
    let said = mirrored.mirror(&["--once", "--json"]);
    assert_eq!(said.code, Some(7), "{}", said.out);
    let conflict = &said.json()["value"]["conflicts"][0];
    let copy = conflict["copy"].as_str().expect("a path");
    assert_eq!(mirrored.file(copy).as_deref(), Some("folder\n"));
    assert_eq!(workspace.selvage(&["cat", copy]).out, "folder\n");
    // The store itself is never in it, and can't be mirrored.
    let store = workspace.0.path().to_str().expect("a path");
    assert_eq!(
        workspace.selvage(&["mirror", store, "--once"]).code,
        Some(2)
    );
    let above = tempfile::tempdir().expect("a folder");
    let inner = above.path().join("store");
    let inner_text = inner.to_str().expect("a path");
    workspace.selvage(&["init", "--workspace", inner_text]);
    let above = above.path().to_str().expect("a path");
    let said = workspace.selvage(&[
        "mirror",
        above,
        "--once",
        "--json",
        "--workspace",
        inner_text,
    ]);
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert_eq!(
        said.json()["value"]["toWorkspace"],
        json!([]),
        "{}",
        said.out
    );
}

#[test]
fn two_that_both_hold_files_need_a_word() {
    let workspace = Folder::new();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("README.md"), "mine\n").expect("written");
    let at = folder.path().to_str().expect("a path");
    let said = workspace.selvage(&["mirror", at, "--once", "--json"]);
    assert_eq!(said.code, Some(1), "{}", said.out);
    let hint = said.json()["error"]["hint"].to_string();
    assert!(hint.contains("--from"), "{hint}");
    let said = workspace.selvage(&["mirror", at, "--once", "--from", "disk"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(workspace.selvage(&["cat", "README.md"]).out, "mine\n");
    // All of it is gone, as when a disk is not mounted.
    std::fs::remove_file(folder.path().join("README.md")).expect("removed");
    let said = workspace.selvage(&["mirror", at, "--once"]);
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert!(said.err.contains("--allow-removals"), "{}", said.err);
    assert_eq!(workspace.selvage(&["cat", "README.md"]).out, "mine\n");
}

#[cfg(unix)]
#[test]
fn while_it_watches_editors_and_git_are_followed() {
    let mirrored = Mirrored::new();
    let workspace = &mirrored.workspace;
    mirrored.git(&["init", "-q", "-b", "main"]);
    mirrored.write("a.txt", "1\n2\n3\n");
    mirrored.git(&["add", "-A"]);
    mirrored.git(&["commit", "-qm", "one"]);
    mirrored.git(&["checkout", "-qb", "other"]);
    mirrored.write("a.txt", "1\n2\n3\nfour\n");
    mirrored.write("only-other.txt", "other\n");
    mirrored.git(&["add", "-A"]);
    mirrored.git(&["commit", "-qm", "two"]);
    mirrored.git(&["checkout", "-q", "main"]);
    let mut child = mirrored.watch();
    let out = heard(&mut child);
    let tells = |line: &str| out.lock().expect("no panic").contains(line);
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    lines
        .next()
        .expect("it says that it watches")
        .expect("a line");

    // An editor that saves by renaming, one that leaves a copy of the old file, and one that writes in place.
    let at = |name: &str| mirrored.at().join(name);
    std::fs::write(at(".new"), "one\n2\n3\n").expect("written");
    std::fs::rename(at(".new"), at("a.txt")).expect("renamed");
    std::fs::rename(at("README.md"), at("README.md~")).expect("renamed");
    mirrored.write("README.md", "by an editor\n");
    std::fs::create_dir_all(at("deep/er")).expect("made");
    mirrored.write("deep/er/x.txt", "x\n");
    for path in ["a.txt", "README.md", "deep/er/x.txt"] {
        until(path, || tells(&format!("workspace: write {path}\n")));
    }
    assert_eq!(interrupt(child), Some(0));
    assert_eq!(workspace.selvage(&["cat", "a.txt"]).out, "one\n2\n3\n");
    assert_eq!(
        workspace.selvage(&["cat", "README.md"]).out,
        "by an editor\n"
    );
    assert_eq!(workspace.selvage(&["cat", "deep/er/x.txt"]).out, "x\n");
    assert_eq!(workspace.selvage(&["cat", "README.md~"]).code, Some(1));
    assert_eq!(workspace.selvage(&["cat", ".git/config"]).code, Some(1));

    // From branch to branch, while it watches; killed at the end.
    mirrored.git(&["checkout", "-q", "."]);
    let mut child = mirrored.watch();
    let out = heard(&mut child);
    until("it watches", || {
        out.lock().expect("no panic").contains("are equal")
    });
    for branch in ["other", "main", "other"] {
        mirrored.git(&["checkout", "-q", branch]);
        std::thread::sleep(Duration::from_millis(700));
    }
    until("the last branch", || {
        let out = out.lock().expect("no panic");
        let mut told = out.lines().filter(|line| line.ends_with("only-other.txt"));
        told.next_back() == Some("workspace: write only-other.txt")
    });
    child.kill().expect("killed");
    child.wait().expect("ends");
    until("the store is free again", || {
        workspace.selvage(&["status"]).code == Some(0)
    });
    assert_eq!(workspace.selvage(&["cat", "a.txt"]).out, "1\n2\n3\nfour\n");
    assert_eq!(workspace.selvage(&["cat", "only-other.txt"]).out, "other\n");
    let value = mirrored.once(&[]);
    assert_eq!(
        (&value["toWorkspace"], &value["conflicts"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn two_folders_mirror_one_workspace() {
    let mirrored = Mirrored::new();
    let workspace = &mirrored.workspace;
    let other = tempfile::tempdir().expect("a folder");
    let other_at = other.path().to_str().expect("a path").to_owned();
    let other_once = || {
        let said = workspace.selvage(&["mirror", &other_at, "--once"]);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    };
    mirrored.write("a.txt", "1\n2\n3\n4\n");
    mirrored.once(&[]);
    other_once();
    let read = |path: &str| std::fs::read_to_string(other.path().join(path)).expect("read");
    assert_eq!(read("a.txt"), "1\n2\n3\n4\n");
    // Each is edited apart; both edits arrive in both.
    mirrored.write("a.txt", "one\n2\n3\n4\n");
    std::fs::write(other.path().join("a.txt"), "1\n2\n3\nfour\n").expect("written");
    mirrored.once(&[]);
    other_once();
    mirrored.once(&[]);
    assert_eq!(read("a.txt"), "one\n2\n3\nfour\n");
    assert_eq!(mirrored.file("a.txt").as_deref(), Some("one\n2\n3\nfour\n"));
}

#[cfg(unix)]
#[test]
fn a_flow_that_a_saved_file_starts_answers_in_the_folder() {
    let mirrored = Mirrored::new();
    let source = "export default async (flow) => {\n  const text = await flow.fs.read(\"in.txt\");\n  await flow.fs.write(\"out.txt\", text.toUpperCase());\n};\n";
    mirrored.write("flows/upper.flow.js", source);
    let config = json!({ "version": 1, "flows": { "upper": {
        "entry": "flows/upper.flow.js",
        "triggers": [{ "on": "change", "paths": ["in.txt"] }],
    } } });
    mirrored.write("flows/flow.config.json", &config.to_string());
    let value = mirrored.once(&[]);
    assert_eq!(value["left"], json!([]), "{value}");
    let mut child = mirrored.watch();
    let out = heard(&mut child);
    until("it watches", || {
        out.lock().expect("no panic").contains("are equal")
    });
    mirrored.write("in.txt", "from an editor\n");
    until("the flow answers", || {
        mirrored.file("out.txt").as_deref() == Some("FROM AN EDITOR\n")
    });
    assert_eq!(interrupt(child), Some(0));
    assert!(
        !mirrored.at().join("runs").exists(),
        "records stay in the workspace"
    );
}
