//! An agent's story, told by the SDK's own client.

#![allow(deprecated, reason = "clients of today hear of a run by log messages")]

use crate::Folder;
use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientRequest, GetPromptRequestParams,
    LoggingMessageNotificationParam, ProgressNotificationParam, ReadResourceRequestParams, Request,
    ResourceContents,
};
use rmcp::service::{NotificationContext, PeerRequestOptions, RunningService};
use rmcp::{ClientHandler, RoleClient, ServiceExt};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::Child;
use std::sync::{Arc, Mutex};
use tokio::net::unix::pipe;

/// A client that writes down what it is told.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Listener {
    fn note(&self, text: String) {
        self.0.lock().expect("no panic").push(text);
    }

    fn said(&self, text: &str) -> bool {
        self.0
            .lock()
            .expect("no panic")
            .iter()
            .any(|line| line.contains(text))
    }
}

impl ClientHandler for Listener {
    async fn on_progress(
        &self,
        params: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.note(format!(
            "progress {} of {:?}: {}",
            params.progress,
            params.total,
            params.message.unwrap_or_default()
        ));
    }

    async fn on_logging_message(
        &self,
        params: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        self.note(format!("log {}", params.data["text"]));
    }
}

struct Session {
    child: Child,
    client: RunningService<RoleClient, Listener>,
    listener: Listener,
    /// The published schema of each tool's value.
    schemas: BTreeMap<String, jsonschema::Validator>,
}

impl Session {
    async fn start(folder: &Folder) -> Self {
        let mut child = folder.command(&["mcp"]).spawn().expect("starts");
        let out = child.stdout.take().expect("piped");
        let out = pipe::Receiver::from_owned_fd(out.into()).expect("a pipe");
        let input = child.stdin.take().expect("piped");
        let input = pipe::Sender::from_owned_fd(input.into()).expect("a pipe");
        let listener = Listener::default();
        let client = listener
            .clone()
            .serve((out, input))
            .await
            .expect("a session");
        let tools = client.list_all_tools().await.expect("tools");
        let schemas = tools.iter().map(|tool| {
            let schema = Value::Object((**tool.output_schema.as_ref().expect("a schema")).clone());
            let validator = jsonschema::validator_for(&schema).expect("a valid schema");
            (tool.name.to_string(), validator)
        });
        let schemas = schemas.collect();
        Self {
            child,
            client,
            listener,
            schemas,
        }
    }

    async fn call(&self, name: &str, input: Value) -> CallToolResult {
        let input: Map<String, Value> = serde_json::from_value(input).expect("an object");
        let request = CallToolRequestParams::new(name.to_owned()).with_arguments(input);
        self.client
            .call_tool(request)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Calls a tool that is to succeed; its value fits the published schema.
    async fn value(&self, name: &str, input: Value) -> Value {
        let result = self.call(name, input).await;
        let value = result.structured_content.expect("a value");
        assert_ne!(result.is_error, Some(true), "{name}: {value}");
        if let Err(error) = self.schemas[name].validate(&value) {
            panic!("{name}: {error} in {value}");
        }
        value
    }

    async fn end(self) {
        self.client.cancel().await.expect("ends");
        let mut child = self.child;
        assert_eq!(child.wait().expect("ends").code(), Some(0));
    }
}

#[tokio::test]
async fn every_tool_is_listed_and_values_fit_their_published_schemas() {
    let folder = Folder::new();
    let session = Session::start(&folder).await;
    let tools = session.client.list_all_tools().await.expect("tools");
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(names, selvage_tool::catalogue::NAMES);
    for tool in &tools {
        let hints = tool.annotations.as_ref().expect("annotations");
        assert!(
            hints.read_only_hint.is_some()
                && hints.destructive_hint.is_some()
                && hints.idempotent_hint.is_some(),
            "{}",
            tool.name
        );
        assert_eq!(tool.input_schema["type"], "object", "{}", tool.name);
    }

    let flow =
        "export default async (flow) => { await flow.fs.write(\"out.txt\", \"x\"); return 7; };\n";
    let run = async |name: &str, input: Value| session.value(name, input).await;
    run(
        "write",
        json!({ "path": "flows/a.flow.js", "content": flow }),
    )
    .await;
    run("write", json!({ "path": "b.txt", "content": "one\n" })).await;
    run(
        "apply_patch",
        json!({ "edits": [{ "path": "b.txt", "find": "one", "replace": "two" }] }),
    )
    .await;
    run("read", json!({ "path": "b.txt" })).await;
    run("stat", json!({ "path": "b.txt" })).await;
    run("ls", json!({ "recursive": true })).await;
    run("search", json!({ "query": "two" })).await;
    run("mkdir", json!({ "path": "more" })).await;
    run("move", json!({ "from": "b.txt", "to": "more" })).await;
    let history = run("history", json!({})).await;
    run("lint_flow", json!({ "path": "flows/a.flow.js" })).await;
    let ran = run("run_flow", json!({ "path": "flows/a.flow.js" })).await;
    assert_eq!(ran["value"], 7);
    for (name, input) in [
        ("flow_list", json!({})),
        ("flow_status", json!({ "run": ran["run"] })),
        ("flow_logs", json!({ "run": ran["run"] })),
        ("flow_runs", json!({})),
        ("flow_cancel", json!({ "run": ran["run"] })),
        ("run_verify", json!({ "run": ran["run"] })),
        ("workspace_status", json!({})),
        ("conflicts", json!({})),
        ("seal", json!({})),
        ("thin_history", json!({})),
        ("diff", json!({ "path": "flows/a.flow.js", "from": [] })),
        ("compare", json!({ "from": ran["headsIn"] })),
        ("delete", json!({ "path": "more" })),
        ("undo", json!({})),
        ("redo", json!({})),
        (
            "restore",
            json!({ "path": "more/b.txt", "at": ran["headsOut"] }),
        ),
    ] {
        run(name, input).await;
    }
    assert!(
        history["changes"]
            .as_array()
            .is_some_and(|changes| !changes.is_empty())
    );
    let who = run("history", json!({ "path": "more/b.txt" })).await;
    assert!(
        who.to_string().contains("\"agent\""),
        "changes name the agent: {who}"
    );

    // What can't be done here is an error with all that a tool tells, and no failure of the protocol.
    for (name, input, code) in [
        ("read", json!({ "path": "nowhere.txt" }), "NOT_FOUND"),
        ("read", json!({}), "INVALID_INPUT"),
        (
            "resolve_conflict",
            json!({ "conflict": "x", "act": "keep" }),
            "INVALID_INPUT",
        ),
        ("flow_answer", json!({ "run": "none" }), "NOT_FOUND"),
        ("scope_mount", json!({}), "INVALID_INPUT"),
        ("scope_unmount", json!({ "name": "none" }), "NOT_FOUND"),
        ("fly", json!({}), "UNKNOWN_TOOL"),
    ] {
        let result = session.call(name, input).await;
        assert_eq!(
            result.structured_content, None,
            "it would have to fit the value's schema"
        );
        let error = result.meta.expect("an error").0["selvage/error"].clone();
        let text = result.content[0].as_text().expect("a text");
        assert_eq!(text.text, error.to_string());
        assert_eq!(
            (result.is_error, &error["code"]),
            (Some(true), &json!(code)),
            "{name}: {error}"
        );
    }
    session.end().await;
}

#[tokio::test]
async fn a_run_tells_how_it_goes_and_ends_when_its_request_is_cancelled() {
    let folder = Folder::new();
    let session = Session::start(&folder).await;
    let flow = "\
export default async (flow) => {
  flow.log(\"begun\");
  flow.progress(1, 4, \"first\");
  if (flow.args.waits) for (;;) await new Promise((done) => setTimeout(done, 20));
  return \"done\";
};
";
    session
        .value(
            "write",
            json!({ "path": "flows/a.flow.js", "content": flow }),
        )
        .await;
    session
        .value("run_flow", json!({ "path": "flows/a.flow.js", "args": {} }))
        .await;
    assert!(
        session.listener.said("log \"begun\"")
            && session.listener.said("progress 1 of Some(4.0): first"),
        "{:?}",
        session.listener.0
    );

    session.listener.0.lock().expect("no panic").clear();
    let input = json!({ "path": "flows/a.flow.js", "args": { "waits": true } });
    let input: Map<String, Value> = serde_json::from_value(input).expect("an object");
    let request = CallToolRequestParams::new("run_flow").with_arguments(input);
    let request = ClientRequest::CallToolRequest(Request::new(request));
    let peer = session.client.peer();
    let sent = peer
        .send_cancellable_request(request, PeerRequestOptions::no_options())
        .await
        .expect("sent");
    while !session.listener.said("begun") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // Another call is answered meanwhile.
    let status = session.value("workspace_status", json!({})).await;
    assert_eq!(status["running"], 1);
    sent.cancel(Some("changed my mind".into()))
        .await
        .expect("told");
    let ended = async {
        loop {
            let runs = session.value("flow_runs", json!({ "limit": 1 })).await;
            if runs["runs"][0]["status"] == "cancelled" {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), ended)
        .await
        .expect("the run is cancelled");
    session.end().await;
}

#[tokio::test]
async fn files_and_runs_are_resources_and_a_prompt_says_how_flows_are_written() {
    let folder = Folder::new();
    folder.write("notes/ä b.md", "# Notes\n");
    folder.write("big.bin", &"x".repeat((16 << 20) + 1));
    let says = "export default (flow) => { flow.log('counting'); return 2; };\n";
    folder.write("flows/says.flow.js", says);
    let session = Session::start(&folder).await;
    let client = &session.client;
    let resources = client.list_all_resources().await.expect("resources");
    let notes = resources
        .iter()
        .find(|resource| resource.name == "notes/ä b.md")
        .expect("listed");
    assert_eq!(notes.uri, "selvage:///notes/%C3%A4%20b.md");
    let read = async |uri: &str| {
        client
            .read_resource(ReadResourceRequestParams::new(uri))
            .await
    };
    let text = |contents: &ResourceContents| match contents {
        ResourceContents::TextResourceContents { text, .. } => text.clone(),
        other => panic!("{other:?}"),
    };
    let notes = read(&notes.uri).await.expect("read");
    assert_eq!(text(&notes.contents[0]), "# Notes\n");
    assert!(read("selvage:///none.md").await.is_err() && read("file:///etc/passwd").await.is_err());
    // No part of a file passes for all of it.
    let refused = read("selvage:///big.bin").await.expect_err("too large");
    let refused = refused.to_string();
    assert!(
        refused.contains("16777217 bytes")
            && refused.contains("`read`")
            && refused.contains("`offset`"),
        "{refused}"
    );
    let ran = session
        .value("run_flow", json!({ "path": "flows/says.flow.js" }))
        .await;
    let run = read(&format!(
        "selvage://run/{}",
        ran["run"].as_str().expect("a name")
    ))
    .await
    .expect("read");
    let record: Value = serde_json::from_str(&text(&run.contents[0])).expect("JSON");
    assert_eq!(record["value"], 2);
    assert_eq!(record["logs"][0]["text"], "counting", "{record}");
    assert_eq!(
        client
            .list_all_resource_templates()
            .await
            .expect("templates")
            .len(),
        2
    );

    let arguments = json!({ "goal": "Count the files.", "language": "js" });
    let arguments: Map<String, Value> = serde_json::from_value(arguments).expect("an object");
    let prompt = client
        .get_prompt(GetPromptRequestParams::new("write-a-flow").with_arguments(arguments))
        .await
        .expect("a prompt");
    let text = json!(prompt.messages).to_string();
    assert!(
        text.contains("Count the files.") && text.contains("run_flow"),
        "{text}"
    );
    assert_eq!(client.list_all_prompts().await.expect("prompts").len(), 1);
    session.end().await;
}

#[test]
fn parameters_that_do_not_fit_are_told_from_a_method_that_is_not_there() {
    let folder = Folder::new();
    let mut child = folder.command(&["mcp"]).spawn().expect("starts");
    let mut input = child.stdin.take().expect("piped");
    let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
    let client = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    let mut asked = |id: u32, method: &str, params: Value| {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        writeln!(input, "{request}").expect("heard");
        let answer = answers.next().expect("an answer").expect("a text");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(answer["id"], id);
        answer["error"]["code"].clone()
    };
    assert_eq!(asked(1, "initialize", client), Value::Null);
    let odd = json!({ "name": "ls", "arguments": "x" });
    assert_eq!(asked(2, "tools/call", odd), -32602);
    assert_eq!(asked(3, "prompts/get", json!({ "name": 7 })), -32602);
    assert_eq!(asked(4, "tools/cull", json!({ "name": "ls" })), -32601);
    let fits = json!({ "name": "ls", "arguments": {} });
    assert_eq!(asked(5, "tools/call", fits), Value::Null);
    drop(input);
    assert!(child.wait().expect("ends").success());
}
