//! `selvage approvals`: what an agent waits for whose client can't ask anybody is decided by a person in another program.

use crate::rounds::{POLICY, Session, error, params, value};
use crate::{Folder, Said};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::block_in_place;

/// What waits, as soon as something does.
pub(crate) fn waiting(folder: &Folder) -> Value {
    loop {
        let listed = folder.selvage(&["approvals", "list", "--json"]);
        assert_eq!(listed.code, Some(0), "{} {}", listed.out, listed.err);
        let listed = listed.json();
        let waits = listed["value"]["approvals"].as_array();
        if let Some(first) = waits.and_then(|waits| waits.first()) {
            return first.clone();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn act(folder: &Folder, act: &str, approval: &Value, more: &[&str]) -> Said {
    let name = approval["approval"].as_str().expect("a name");
    let mut words = vec!["approvals", act, name];
    words.extend(more);
    folder.selvage(&words)
}

/// Decides about what waits.
pub(crate) fn decide(folder: &Folder, verb: &str, approval: &Value, more: &[&str]) {
    let said = act(folder, verb, approval, more);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_waits_for_is_listed_shown_and_approved_and_then_its_call_succeeds() {
    let session = Session::start(POLICY, false).await;
    let folder = &session.folder;
    let write = json!({ "path": "published/a.md", "content": "one\u{202e}\n" });
    let person = async {
        block_in_place(|| {
            let one = waiting(folder);
            let listed = folder.selvage(&["approvals"]).out;
            let line = "agent agent wants: write published/a.md (";
            assert!(
                listed.contains(line) && listed.contains("left)"),
                "{listed}"
            );

            let shown = act(folder, "show", &one, &[]).out;
            assert!(shown.contains("+oneU+202E\n"), "{shown}");
            let digest = one["digest"].as_str().expect("a digest");
            assert!(shown.ends_with(&format!("digest: {digest}\n")), "{shown}");

            let unseen = act(folder, "approve", &one, &[]);
            assert_eq!(unseen.code, Some(1), "nobody is at a terminal to look");
            assert!(unseen.err.contains("--digest"), "{}", unseen.err);
            let other = act(folder, "approve", &one, &["--digest", "00", "--json"]);
            assert_eq!(other.json()["error"]["code"], "STALE", "{}", other.out);
            assert_eq!(waiting(folder), one, "it still waits");

            let approved = act(folder, "approve", &one, &["--digest", digest]).out;
            assert!(
                approved.contains(" approved: agent agent, write "),
                "{approved}"
            );
            let again = act(folder, "approve", &one, &["--digest", digest]);
            assert!(
                again.err.contains("NOT_FOUND"),
                "it is given once: {}",
                again.err
            );
        });
    };
    let (answer, ()) = tokio::join!(session.send(params("write", &write)), person);
    assert_eq!(value(answer)["path"], "published/a.md");
    let read = session
        .call("read", json!({ "path": "published/a.md" }))
        .await;
    let read = read.structured_content.expect("a value");
    assert_eq!(read["content"], "one\u{202e}\n");

    let listed = folder.selvage(&["approvals", "--json"]).json();
    let last = &listed["value"]["decided"][0];
    assert_eq!(last["verdict"], "approved", "{listed}");
    assert_eq!(last["by"], "the person at `selvage approvals`", "{listed}");
    session.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_denied_is_refused_with_its_reason_and_the_record_says_so_when_the_program_is_gone()
{
    let session = Session::start(POLICY, false).await;
    let folder = &session.folder;
    let run = json!({ "path": "flows/publish.flow.js" });
    let person = async {
        block_in_place(|| {
            decide(
                folder,
                "deny",
                &waiting(folder),
                &["--reason", "not\u{1b}[2K yet"],
            )
        });
    };
    let (answer, ()) = tokio::join!(session.send(params("run_flow", &run)), person);
    let refused = error(answer);
    assert_eq!(refused["code"], "POLICY_DENIED", "{refused}");
    assert!(refused["message"].to_string().contains("not"), "{refused}");

    // Decisions are kept together, some seconds after the first.
    let kept = json!({ "path": "runs/decisions" });
    while session.call("ls", kept.clone()).await.is_error == Some(true) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    let folder = session.end().await;
    let left = folder.selvage(&["approvals"]);
    assert_eq!(left.code, Some(0), "{}", left.err);
    assert!(
        left.out.starts_with("Nothing waits for a person.\n"),
        "{}",
        left.out
    );
    let told = ", write published/run.md: notU+001B[2K yet\n";
    assert!(left.out.contains(told), "{}", left.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_something_else_since_it_was_shown_is_not_approved() {
    let session = Session::start(POLICY, false).await;
    let folder = &session.folder;
    let run = json!({ "path": "flows/publish.flow.js" });
    let person = async {
        let one = block_in_place(|| waiting(folder));
        let person = json!({ "path": "published/run.md", "content": "another\n" });
        let other = session.send(params("write", &person));
        let both = async {
            block_in_place(|| {
                let of = |tool: &str| {
                    let listed = folder.selvage(&["approvals", "list", "--json"]).json();
                    let all = listed["value"]["approvals"].as_array().cloned();
                    let all = all.unwrap_or_default();
                    all.into_iter().find(|it| it["tool"] == tool)
                };
                let write = loop {
                    if let Some(write) = of("write") {
                        break write;
                    }
                };
                decide(folder, "approve", &write, &["--yes"]);
                let digest = one["digest"].as_str().expect("a digest");
                let late = act(folder, "approve", &one, &["--digest", digest]);
                assert!(late.err.contains("STALE"), "{}", late.err);
                let now = waiting(folder);
                assert_eq!(now["approval"], one["approval"]);
                assert_ne!(now["digest"], one["digest"]);
                decide(folder, "approve", &now, &["--yes"]);
            });
        };
        let (written, ()) = tokio::join!(other, both);
        value(written);
    };
    let (answer, ()) = tokio::join!(session.send(params("run_flow", &run)), person);
    assert_eq!(value(answer)["status"], "succeeded");
    session.end().await;
}

#[test]
fn where_nobody_has_the_workspace_open_nothing_waits() {
    let folder = Folder::new();
    let none = folder.selvage(&["approvals"]);
    assert_eq!(
        (none.code, &*none.out),
        (Some(0), "Nothing waits for a person.\n")
    );
    let empty = json!({ "approvals": [], "decided": [] });
    assert_eq!(
        folder.selvage(&["approvals", "--json"]).json()["value"],
        empty
    );
    for verb in ["show", "approve", "deny"] {
        let said = folder.selvage(&["approvals", verb, "x"]);
        assert_eq!(said.code, Some(1), "{verb}");
        assert!(said.err.contains("NOT_FOUND"), "{verb}: {}", said.err);
    }
    let nowhere = tempfile::tempdir().expect("a folder");
    let path = nowhere.path().display().to_string();
    let said = folder.selvage(&["approvals", "--workspace", &path]);
    assert!(said.err.contains("no workspace"), "{}", said.err);
}
