use super::*;
use crate::commands::person;
use crate::mcp::Heard;
use tokio::sync::mpsc::UnboundedReceiver;

const POLICY: &str = "\
version: 1
agents:
  - name: agent
    allow: { tools: [write, run_flow], read: ['**'] }
    ask: { write: ['published/**'] }
flows:
  - path: flows/**
    callers: [agent]
    allow: { read: ['**'] }
    ask: { write: ['published/**'] }
";

const PUBLISH: &str = "\
export default async (flow) => {
  await flow.fs.write(\"published/a.md\", \"by a run\\n\");
};
";

/// A workspace that is served to an agent whose client can ask.
struct Served {
    server: Server,
    client: Client,
    desk: std::thread::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Served {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().to_owned();
        let (opened, opened_by) = std::sync::mpsc::channel();
        let desk = std::thread::spawn(move || {
            let mut desk = crate::home::make(&at).expect("a workspace");
            opened.send(desk.line()).expect("waited for");
            desk.serve();
        });
        let line = opened_by.recv().expect("opened");
        let served = Self {
            server: Server::new(line, false).expect("the catalogue"),
            client: Client {
                name: "agent".into(),
                identity: "standard input".into(),
                way: Way::Results,
                may_approve: true,
            },
            desk,
            _folder: folder,
        };
        let flow = json!({ "path": "flows/publish.flow.js", "content": PUBLISH });
        served.write(flow).await;
        let policy = json!({ "path": "selvage.policy.yaml", "content": POLICY });
        served.write(policy).await;
        served
    }

    /// Writes as the person, who may do what it likes.
    async fn write(&self, input: Value) {
        let written = self.server.ask(person(), "write", input).await;
        written.expect("written");
    }

    /// What is asked next about a call.
    async fn asked(&self, heard: &mut UnboundedReceiver<Heard>) -> Question {
        loop {
            match heard.recv().await.expect("it goes on") {
                Heard::Notice(notice) => {
                    if let Some(question) = self.server.question(&self.client, &notice).await {
                        return question;
                    }
                }
                Heard::Answer(result) => panic!("nobody was asked: {result:?}"),
            }
        }
    }

    /// Why a call is refused. Nobody is asked again.
    async fn refused(&self, heard: &mut UnboundedReceiver<Heard>) -> ToolError {
        loop {
            match heard.recv().await.expect("it goes on") {
                Heard::Notice(notice) => {
                    if let Some(anew) = self.server.question(&self.client, &notice).await {
                        assert_eq!(self.client.way_for(&anew), Way::None);
                        self.server.leave(&self.client, anew);
                    }
                }
                Heard::Answer(result) => return result.expect_err("refused"),
            }
        }
    }

    fn end(self) {
        self.server.line.close();
        self.desk.join().expect("closed");
    }
}

#[tokio::test]
async fn what_can_not_be_shown_any_more_is_not_approved_by_an_answer_to_what_was_shown() {
    let write = json!({ "path": "published/a.md", "content": "one\n" });
    let run = json!({ "path": "flows/publish.flow.js" });
    for (tool, input) in [("write", write), ("run_flow", run)] {
        let served = Served::start().await;
        let (server, client) = (&served.server, &served.client);
        let (_, mut heard) = server.call(client.origin(), tool, input);
        let question = served.asked(&mut heard).await;
        assert_eq!(client.way_for(&question), Way::Results);

        // Somebody is faster, and what would be replaced is no text any more.
        let picture =
            json!({ "path": "published/a.md", "content": "iVBORw0=", "encoding": "base64" });
        served.write(picture).await;
        let yes = Answer {
            allow: true,
            ..Answer::default()
        };
        assert!(server.decide(client, &question, &yes).await.is_none());
        let error = served.refused(&mut heard).await;
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{tool}: {error}");
        assert!(error.message.contains("can not show its person"), "{error}");
        served.end();
    }
}
