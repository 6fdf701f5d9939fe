//! The bare contract over HTTP: a program that calls tools without MCP can't ask anybody, and waits for `selvage approvals`.

use crate::Folder;
use crate::approvals::{decide, waiting};
use crate::rounds::POLICY;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::Child;

const PUBLISH: &str = "\
export default async (flow) => {
  await flow.fs.write(\"published/run.md\", \"by a run\\n\");
};
";

/// A workspace that is served to a key called `agent`.
struct Served {
    child: Child,
    address: String,
    key: String,
    folder: Folder,
}

impl Served {
    fn start(scopes: &[&str]) -> Self {
        let folder = Folder::new();
        folder.write("flows/publish.flow.js", PUBLISH);
        folder.write("selvage.policy.yaml", POLICY);
        let mut words = vec!["keys", "add", "agent", "--json"];
        words.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let key = folder.selvage(&words).json()["value"]["key"].clone();
        let mut child = folder
            .command(&["mcp", "--listen", "127.0.0.1:0"])
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        let address = lines.find_map(|line| {
            let line = line.expect("text");
            Some(line.split_once("listening on ")?.1.to_owned())
        });
        Self {
            child,
            address: address.expect("it listens"),
            key: key.as_str().expect("a key").to_owned(),
            folder,
        }
    }

    fn post(&self, tool: &str, input: &Value) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let mut answer = agent
            .post(format!("{}/tools/{tool}", self.address))
            .header("authorization", format!("Bearer {}", self.key))
            .send(input.to_string())
            .expect("an answer");
        let text = answer.body_mut().read_to_string().expect("a text");
        let value = serde_json::from_str(&text).expect("JSON");
        (answer.status().as_u16(), value)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It serves until it is stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_a_person_would_be_asked_waits_for_who_answers_at_this_machine() {
    // Whether its key may approve makes no difference: nobody can be asked by this way in.
    for scopes in [&["tools"][..], &["tools", "approve"]] {
        let served = Served::start(scopes);
        let write = json!({ "path": "published/a.md", "content": "one\n" });
        let (status, answer) = std::thread::scope(|calls| {
            let call = calls.spawn(|| served.post("write", &write));
            let one = waiting(&served.folder);
            let why = ["--reason", "not now"];
            decide(&served.folder, "deny", &one, &why);
            call.join().expect("answered")
        });
        assert_eq!((status, &answer["ok"]), (403, &json!(false)), "{answer}");
        assert_eq!(answer["error"]["code"], "POLICY_DENIED", "{answer}");
        let why = answer["error"]["message"].to_string();
        assert!(why.contains("not now"), "{why}");
        let stat = json!({ "path": "published/a.md" });
        assert_eq!(served.post("stat", &stat).0, 404, "nothing was written");
    }
}

#[test]
fn so_does_what_a_run_asks_about_behind_the_answer() {
    let served = Served::start(&["tools"]);
    let run = json!({ "path": "flows/publish.flow.js", "wait": false });
    let (_, answer) = served.post("run_flow", &run);
    let run = answer["value"]["run"].clone();
    let one = waiting(&served.folder);
    assert_eq!(one["run"], run);
    decide(&served.folder, "approve", &one, &["--yes"]);
    let (_, answer) = served.post("flow_status", &json!({ "run": run }));
    assert_eq!(answer["value"]["status"], "succeeded", "{answer}");
}
