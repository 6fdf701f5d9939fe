//! Clients of a live text.

use super::*;
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, ReadTxn, Text, Transact, Update};

/// A document of another program, and what it types.
fn typed(doc: &Doc, at: u32, text: &str) -> Vec<u8> {
    let field = doc.get_or_insert_text("text");
    let mut tx = doc.transact_mut();
    field.insert(&mut tx, at, text);
    tx.commit();
    tx.encode_update_v1()
}

fn read(doc: &Doc) -> String {
    doc.get_or_insert_text("text").get_string(&doc.transact())
}

fn sync(doc: &Doc, client: &TextClient, workspace: &Workspace) {
    let state = yrs::updates::encoder::Encode::encode_v1(&doc.transact().state_vector());
    let update = client
        .since(workspace, &state)
        .expect("reads")
        .expect("a state");
    let update = Update::decode_v1(&update).expect("an update");
    doc.transact_mut().apply_update(update).expect("applies");
}

#[test]
fn k5_a_file_that_nobody_typed_into_is_shown_and_begins_with_the_first_edit() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a.md", "one")]);
    apply(&mut workspace, &[Op::write("a.md", "one two")]);
    let id = workspace.stat("a.md").expect("there").id;
    let mut client = TextClient::open(&workspace, "a.md").expect("a file");
    assert_eq!(client.node(), id);
    let doc = Doc::with_client_id(5);
    sync(&doc, &client, &workspace);
    assert_eq!(read(&doc), "one two");
    // What a client says that typed nothing.
    let accepted = client.receive(&mut workspace, vec![0, 0]).expect("stores");
    assert!(accepted.refused.is_empty() && workspace.text_digest(id) == Ok(None));
    let state = client.state(&workspace).expect("reads");

    let update = typed(&doc, 7, " three");
    let accepted = client.receive(&mut workspace, update).expect("stores");
    assert_eq!((accepted.refused, accepted.incomplete), (vec![], vec![]));
    assert_eq!(workspace.read("a.md").expect("there"), b"one two three");
    assert_ne!(client.state(&workspace).expect("reads"), state);

    // A file with nothing in it, and a second program by the file's id.
    let mut other = TextClient::open(&workspace, &id.to_string()).expect("a file");
    let second = Doc::with_client_id(6);
    sync(&second, &other, &workspace);
    let update = typed(&second, 0, "zero ");
    other.receive(&mut workspace, update).expect("stores");
    sync(&doc, &client, &workspace);
    assert_eq!(read(&doc), "zero one two three");
    apply(&mut workspace, &[rename("a.md", "b.md")]);
    sync(&doc, &client, &workspace);
    assert_eq!(
        workspace.read("b.md").expect("there"),
        b"zero one two three"
    );
}

#[test]
fn k6_a_client_types_text_files_only() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a/b.bin", vec![0, 1])]);
    for (name, error) in [("a", "folder"), ("a/b.bin", "not text"), ("c", "nothing")] {
        let failed = TextClient::open(&workspace, name).map(|client| client.node());
        let error_said = failed.expect_err("no text file").to_string();
        assert!(error_said.contains(error), "{error_said}");
    }
    apply(&mut workspace, &[Op::write("a.md", "one")]);
    let mut client = TextClient::open(&workspace, "a.md").expect("a file");
    let mut refused = |update| {
        client
            .receive(&mut workspace, update)
            .expect("stores")
            .refused
    };
    assert_eq!(refused(vec![9, 9]), [Refusal::NotAnUpdate]);
    // A text of another name in the same document.
    let doc = Doc::with_client_id(5);
    let field = doc.get_or_insert_text("title");
    let mut tx = doc.transact_mut();
    field.insert(&mut tx, 0, "one");
    tx.commit();
    assert_eq!(refused(tx.encode_update_v1()), [Refusal::NotAnUpdate]);
    assert_eq!(workspace.read("a.md").expect("there"), b"one");
    apply(
        &mut workspace,
        &[Op::Remove {
            path: "a.md".into(),
        }],
    );
    let mut gone = TextClient::open(&workspace, "a.md");
    assert!(gone.is_err());
    gone = Ok(client);
    let failed = gone.expect("open").receive(&mut workspace, vec![0, 0]);
    assert!(failed.expect_err("deleted").to_string().contains("nothing"));
}
