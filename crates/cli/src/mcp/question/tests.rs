use super::*;
use crate::commands::person;
use crate::mcp::Heard;

const POLICY: &str = "\
version: 1
agents:
  - name: agent
    allow: { tools: [write], read: ['**'] }
    ask: { write: ['published/**'] }
";

#[tokio::test]
async fn what_can_not_be_shown_any_more_is_not_approved_by_an_answer_to_what_was_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().to_owned();
    let (opened, opened_by) = std::sync::mpsc::channel();
    let desk = std::thread::spawn(move || {
        let mut desk = crate::home::make(&at).expect("a workspace");
        opened.send(desk.line()).expect("waited for");
        desk.serve();
    });
    let line = opened_by.recv().expect("opened");
    let server = Server::new(line.clone()).expect("the catalogue");
    let client = Client {
        name: "agent".into(),
        identity: "standard input".into(),
        way: Way::Results,
        may_approve: true,
    };
    let policy = json!({ "path": "selvage.policy.yaml", "content": POLICY });
    let written = server.ask(person(), "write", policy).await;
    written.expect("a person writes what it likes");

    let input = json!({ "path": "published/a.md", "content": "one\n" });
    let (_, mut heard) = server.call(client.origin(), "write", input);
    let question = loop {
        match heard.recv().await.expect("it goes on") {
            Heard::Notice(notice) => match server.question(&client, &notice).await {
                Some(question) => break question,
                None => continue,
            },
            Heard::Answer(result) => panic!("nobody was asked: {result:?}"),
        }
    };
    assert_eq!(client.way_for(&question), Way::Results);
    let picture = json!({ "path": "published/a.md", "content": "iVBORw0=", "encoding": "base64" });
    let written = server.ask(person(), "write", picture).await;
    written.expect("somebody was faster");

    let yes = Answer {
        allow: true,
        ..Answer::default()
    };
    assert!(server.decide(&client, &question, &yes).await.is_none());
    let error = loop {
        match heard.recv().await.expect("it goes on") {
            Heard::Notice(notice) => {
                if let Some(anew) = server.question(&client, &notice).await {
                    assert_eq!(client.way_for(&anew), Way::None, "nobody is asked");
                    server.refuse(&client, anew);
                }
            }
            Heard::Answer(result) => break result.expect_err("refused"),
        }
    };
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert!(error.message.contains("can not show its person"), "{error}");
    line.close();
    desk.join().expect("closed");
}
