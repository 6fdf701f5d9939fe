//! A client of 2026-07-28: its person is asked by results, and it makes its request again with the answer.

use crate::Folder;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig,
    ElicitationCapability, FormElicitationCapability, Implementation, InputRequiredResult,
    InputResponses, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use rmcp::{ClientHandler, RoleClient};
use serde_json::{Map, Value, json};
use std::process::Child;
use tokio::net::unix::pipe;

pub(crate) const POLICY: &str = "\
version: 1
agents:
  - name: agent
    allow: { tools: ['*'], read: ['**'], write: ['drafts/**'] }
    ask: { write: ['published/**'] }
flows:
  - path: flows/**
    callers: [agent]
    allow: { read: ['**'] }
    ask: { write: ['published/**'] }
";

const PUBLISH: &str = "\
export default async (flow) => {
  await flow.fs.write(\"published/run.md\", \"by a run\\n\");
};
";

/// It turns more often than the least of fuel lets it.
const TURN: &str = "\
export default () => {
  let turns = 0;
  while (turns < 300000) turns += 1;
  return turns;
};
";

/// A client that can ask its person, or not.
struct Agent {
    asks: bool,
}

impl ClientHandler for Agent {
    fn get_info(&self) -> ClientConfig {
        let mut can = ClientCapabilities::default();
        if self.asks {
            let form = FormElicitationCapability::new();
            can.elicitation = Some(ElicitationCapability::new().with_form(form));
        }
        ClientConfig::new(can, Implementation::new("agent", "1"))
    }
}

/// A client's session with `selvage mcp`.
pub(crate) struct Session {
    child: Child,
    client: RunningService<RoleClient, Agent>,
    pub(crate) folder: Folder,
}

pub(crate) fn params(tool: &str, input: &Value) -> CallToolRequestParams {
    let input: Map<String, Value> = serde_json::from_value(input.clone()).expect("an object");
    CallToolRequestParams::new(tool.to_owned()).with_arguments(input)
}

pub(crate) fn yes() -> Value {
    json!({ "action": "accept", "content": { "approve": true } })
}

impl Session {
    /// With a policy, and flows that a person wrote.
    pub(crate) async fn start(policy: &str, asks: bool) -> Self {
        Self::with(policy, asks, &[]).await
    }

    /// The same with more flows.
    pub(crate) async fn with(policy: &str, asks: bool, flows: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        for (path, source) in flows {
            folder.write(path, source);
        }
        folder.write("flows/publish.flow.js", PUBLISH);
        folder.write("flows/turn.flow.js", TURN);
        if !policy.is_empty() {
            folder.write("selvage.policy.yaml", policy);
        }
        let mut child = folder.command(&["mcp"]).spawn().expect("starts");
        let out = child.stdout.take().expect("piped");
        let out = pipe::Receiver::from_owned_fd(out.into()).expect("a pipe");
        let input = child.stdin.take().expect("piped");
        let input = pipe::Sender::from_owned_fd(input.into()).expect("a pipe");
        let new = ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        };
        let client = Agent { asks }.serve_with_lifecycle((out, input), new).await;
        Self {
            child,
            client: client.expect("a session"),
            folder,
        }
    }

    pub(crate) async fn send(&self, params: CallToolRequestParams) -> CallToolResponse {
        self.client.call_tool_once(params).await.expect("an answer")
    }

    /// Calls a tool that asks nobody.
    pub(crate) async fn call(&self, tool: &str, input: Value) -> CallToolResult {
        complete(self.send(params(tool, &input)).await)
    }

    /// Calls a tool that has a person asked.
    pub(crate) async fn asked(&self, tool: &str, input: &Value) -> InputRequiredResult {
        match self.send(params(tool, input)).await {
            CallToolResponse::InputRequired(asked) => asked,
            other => panic!("{tool} asked nobody: {other:?}"),
        }
    }

    /// Makes a call again with an answer.
    pub(crate) async fn again(
        &self,
        tool: &str,
        input: &Value,
        state: &str,
        answer: Value,
    ) -> CallToolResponse {
        let mut params = params(tool, input);
        params.request_state = Some(state.to_owned());
        params.input_responses = Some(InputResponses::from([("person".into(), answer)]));
        self.send(params).await
    }

    async fn runs(&self) -> Vec<Value> {
        let runs = self.call("flow_runs", json!({})).await;
        let runs = runs.structured_content.expect("a value")["runs"].clone();
        serde_json::from_value(runs).expect("a list")
    }

    pub(crate) async fn end(self) -> Folder {
        self.client.cancel().await.expect("ends");
        let mut child = self.child;
        assert_eq!(child.wait().expect("ends").code(), Some(0));
        self.folder
    }
}

fn complete(response: CallToolResponse) -> CallToolResult {
    match response {
        CallToolResponse::Complete(result) => result,
        other => panic!("no result: {other:?}"),
    }
}

pub(crate) fn value(response: CallToolResponse) -> Value {
    let result = complete(response);
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.expect("a value")
}

pub(crate) fn error(response: CallToolResponse) -> Value {
    let result = complete(response);
    assert_eq!(result.is_error, Some(true), "{result:?}");
    result.meta.expect("an error").0["selvage/error"].clone()
}

pub(crate) fn state_of(asked: &InputRequiredResult) -> String {
    asked.request_state.clone().expect("a state")
}

pub(crate) fn message_of(asked: &InputRequiredResult) -> String {
    let requests = json!(asked.input_requests);
    let text = requests["person"]["params"]["message"].as_str();
    text.expect("a form").to_owned()
}

#[tokio::test]
async fn what_is_asked_about_lands_when_the_person_approves_and_is_done_once() {
    let session = Session::start(POLICY, true).await;
    let write = json!({ "path": "published/a.md", "content": "one\n" });
    let asked = session.asked("write", &write).await;
    let text = message_of(&asked);
    assert!(
        text.contains("agent agent wants: write published/a.md") && text.contains("+one"),
        "{text}"
    );
    let read = json!({ "path": "published/a.md" });
    let before = session.call("read", read.clone()).await;
    assert_eq!(before.is_error, Some(true), "it waits");

    value(
        session
            .again("write", &write, &state_of(&asked), yes())
            .await,
    );
    let now = session.call("read", read.clone()).await;
    assert_eq!(now.structured_content.expect("a value")["content"], "one\n");
    let history = session.call("history", read).await;
    let history = history.structured_content.expect("a value");
    assert_eq!(
        history["changes"].as_array().map(Vec::len),
        Some(1),
        "{history}"
    );

    let other = json!({ "path": "published/b.md", "content": "two\n" });
    let asked = session.asked("write", &other).await;
    let no = json!({ "action": "accept", "content": { "approve": false, "reason": "not yet" } });
    let refused = error(session.again("write", &other, &state_of(&asked), no).await);
    assert_eq!(refused["code"], "POLICY_DENIED");
    assert!(
        refused["message"].to_string().contains("not yet"),
        "{refused}"
    );
    let asked = session.asked("write", &other).await;
    let declined = json!({ "action": "decline" });
    let refused = session
        .again("write", &other, &state_of(&asked), declined)
        .await;
    assert_eq!(error(refused)["code"], "POLICY_DENIED");
    session.end().await;
}

#[tokio::test]
async fn the_run_that_waits_for_an_approval_goes_on_and_no_other_one_is_started() {
    let session = Session::start(POLICY, true).await;
    let run = json!({ "path": "flows/publish.flow.js" });
    let asked = session.asked("run_flow", &run).await;
    let waits = session.call("approval_list", json!({})).await;
    let waits = waits.structured_content.expect("a value");
    assert_eq!(
        waits["approvals"][0]["run"],
        json!(asked.meta)["selvage/run"]
    );
    let record = value(
        session
            .again("run_flow", &run, &state_of(&asked), yes())
            .await,
    );
    assert_eq!(record["run"], json!(asked.meta)["selvage/run"]);
    let decided = record["decisions"].as_array().expect("a list");
    let verdicts: Vec<&Value> = decided
        .iter()
        .map(|decision| &decision["verdict"])
        .collect();
    assert_eq!(verdicts, ["allowed", "asked", "approved"]);
    assert_eq!(decided[2]["by"], "the person at agent");
    assert_eq!(session.runs().await.len(), 1);
    session.end().await;
}

#[tokio::test]
async fn a_run_gets_more_of_a_quota_when_the_person_says_so_and_ends_when_not() {
    let session = Session::start("", true).await;
    let input =
        json!({ "path": "flows/turn.flow.js", "ask": true, "limits": { "fuelMax": 100_000 } });
    let asked = session.asked("run_flow", &input).await;
    let text = message_of(&asked);
    assert!(
        text.contains("asks for more") && text.contains("fuelMax"),
        "{text}"
    );
    let form = json!(asked.input_requests)["person"]["params"]["requestedSchema"].clone();
    assert_eq!(form["properties"]["limit"]["default"], 200_000, "{form}");
    let more = json!({ "action": "accept", "content": { "approve": true, "limit": 50_000_000 } });
    let record = value(
        session
            .again("run_flow", &input, &state_of(&asked), more)
            .await,
    );
    assert_eq!(record["value"], 300_000);
    assert_eq!(record["limits"]["fuelMax"], 50_000_000);

    let asked = session.asked("run_flow", &input).await;
    let enough = json!({ "action": "decline" });
    let over = session
        .again("run_flow", &input, &state_of(&asked), enough)
        .await;
    assert_eq!(error(over)["code"], "QUOTA_FUEL");
    assert_eq!(session.runs().await.len(), 2);
    session.end().await;
}

#[tokio::test]
async fn an_answer_of_the_agent_itself_goes_before_what_its_person_says_later() {
    let session = Session::start("", true).await;
    let input =
        json!({ "path": "flows/turn.flow.js", "ask": true, "limits": { "fuelMax": 100_000 } });
    let asked = session.asked("run_flow", &input).await;
    let run = json!(asked.meta)["selvage/run"].clone();
    let more = json!({ "run": run, "limits": { "fuelMax": 50_000_000 } });
    session.call("flow_answer", more).await;
    let deny = json!({ "action": "decline" });
    let record = value(
        session
            .again("run_flow", &input, &state_of(&asked), deny)
            .await,
    );
    assert_eq!(record["value"], 300_000, "it was over, or went on");
    session.end().await;
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_asks_by_its_status() {
    let session = Session::start(POLICY, true).await;
    let input = json!({ "path": "flows/publish.flow.js", "wait": false });
    let started = session.call("run_flow", input).await;
    let run = started.structured_content.expect("a value")["run"].clone();
    let status = json!({ "run": run });
    let asked = loop {
        match session.send(params("flow_status", &status)).await {
            CallToolResponse::InputRequired(asked) => break asked,
            CallToolResponse::Complete(result) => {
                let record = result.structured_content.expect("a value");
                let goes_on = ["queued", "running", "waiting"].map(Value::from);
                assert!(goes_on.contains(&record["status"]), "{record}");
            }
            other => panic!("{other:?}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    let record = value(
        session
            .again("flow_status", &status, &state_of(&asked), yes())
            .await,
    );
    assert_eq!(record["status"], "succeeded", "{record}");
    let late = session
        .again("flow_status", &status, &state_of(&asked), yes())
        .await;
    assert_eq!(error(late)["code"], "STALE");
    session.end().await;
}
