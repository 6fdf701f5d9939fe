//! A program that is stopped while runs go on and wait: nothing begins any more, and every run leaves its record.

use crate::Folder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

const FLOW: &str = "\
export default async (flow) => {
  await flow.fs.write(`${flow.args}.txt`, \"x\");
  while (flow.args === \"first\") await new Promise((done) => setTimeout(done, 20));
};
";

const POLICY: &str = "\
version: 1
agents:
  - name: local
    allow: { tools: ['*'], read: ['**'], write: ['flows/**'] }
flows:
  - path: flows/**
    callers: [local]
    allow: { read: ['**'], write: ['*.txt'] }
    ask: { write: ['asked.txt'] }
";

/// Serves a workspace to anybody of this machine.
fn serve(folder: &Folder) -> (Child, String) {
    let mut child = folder
        .command(&["mcp", "--listen", "127.0.0.1:0", "--no-key"])
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let address = lines.find_map(|line| {
        let line = line.expect("text");
        Some(line.split_once("listening on ")?.1.to_owned())
    });
    (child, address.expect("it listens"))
}

fn post(address: &str, tool: &str, input: &Value) -> Value {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut answer = agent
        .post(format!("{address}/tools/{tool}"))
        .send(input.to_string())
        .expect("an answer");
    let text = answer.body_mut().read_to_string().expect("a text");
    serde_json::from_str(&text).expect("JSON")
}

/// Starts a run that nobody waits for, and waits until it is so far.
fn start(address: &str, args: &str, status: &str) -> String {
    let input = json!({ "path": "flows/a.flow.js", "args": args, "wait": false });
    let answer = post(address, "run_flow", &input);
    let run = answer["value"]["run"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"));
    let began = Instant::now();
    loop {
        let answer = post(address, "flow_status", &json!({ "run": run }));
        if answer["value"]["status"] == status {
            return run.to_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{answer}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn runs_that_go_on_and_those_that_wait_are_cancelled_and_what_was_decided_is_kept() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", FLOW);
    folder.write("selvage.policy.yaml", POLICY);
    let (mut child, address) = serve(&folder);
    let runs = [
        start(&address, "asked", "waiting"),
        start(&address, "first", "running"),
        start(&address, "second", "queued"),
    ];
    let denied = post(
        &address,
        "write",
        &json!({ "path": "secret.md", "content": "x" }),
    );
    assert_eq!(denied["error"]["code"], "POLICY_DENIED", "{denied}");
    let told = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(told.expect("kill runs").success());
    assert_eq!(child.wait().expect("ends").code(), Some(0));

    let listed = folder.selvage(&["ls", "-r", "--json"]).json();
    let paths = listed["value"]["entries"]
        .as_array()
        .expect("a list")
        .iter();
    let paths: Vec<&str> = paths.filter_map(|entry| entry["path"].as_str()).collect();
    for run in runs {
        let is_record = |path: &&&str| path.ends_with(&format!("-{run}.json"));
        let record = paths.iter().find(is_record).expect("every run leaves one");
        let record: Value =
            serde_json::from_str(&folder.selvage(&["cat", record]).out).expect("JSON");
        assert_eq!(record["status"], "cancelled", "{record}");
    }
    assert!(
        !paths.iter().any(|path| path.ends_with(".txt")),
        "{paths:?}"
    );
    let is_kept = |path: &&&str| path.starts_with("runs/decisions/") && path.ends_with(".jsonl");
    let decisions = paths.iter().find(is_kept).expect("decisions are kept");
    let decisions = folder.selvage(&["cat", decisions]).out;
    assert!(decisions.contains("write secret.md"), "{decisions}");
    // All of them are signed, one after the other.
    let verified = folder.selvage(&["verify", "--all"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.err);
}
