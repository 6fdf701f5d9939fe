use super::*;
use crate::error::CliError;
use crate::home;

/// A desk in a folder, which answers until it is closed.
fn desk(folder: &Path) -> (Line, std::thread::JoinHandle<()>) {
    let folder = folder.to_owned();
    let (opened, opened_by) = std::sync::mpsc::channel();
    let desk = std::thread::spawn(move || {
        let mut desk = home::make(&folder).expect("a workspace");
        opened.send(desk.line()).expect("waited for");
        desk.serve();
    });
    (opened_by.recv().expect("opened"), desk)
}

fn list(folder: &Path) -> crate::error::Result<Option<Value>> {
    call(folder, "approval_list", &serde_json::json!({}))
}

#[test]
fn only_the_user_of_the_program_comes_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(list(folder).expect("nobody is there").is_none());
    let (line, desk) = desk(folder);
    let other = own_user_of_the_test() + 1;
    let door = LocalDoor::open_to(folder, line.clone(), Some(other)).expect("a door");
    let refused = list(folder).expect_err("it is for somebody else");
    assert!(matches!(refused, CliError::Door(_)), "{refused}");
    drop(door);

    let door = LocalDoor::open(folder, line.clone()).expect("a door");
    let waits = list(folder).expect("let in").expect("somebody is there");
    assert_eq!(waits["approvals"], serde_json::json!([]));
    drop(door);
    assert!(list(folder).expect("nobody is there").is_none());
    line.close();
    desk.join().expect("it ends");
}

#[test]
fn a_desk_that_is_closed_answers_that_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (line, desk) = desk(folder);
    let _door = LocalDoor::open(folder, line.clone()).expect("a door");
    line.close();
    desk.join().expect("it ends");
    let ended = list(folder).expect_err("nothing is there to answer");
    assert_eq!(
        ended.as_tool_error().code,
        selvage_tool::ErrorCode::Cancelled
    );
}

#[test]
fn a_folder_whose_path_is_too_long_has_none_and_is_asked_in_vain() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("x".repeat(120));
    std::fs::create_dir(&deep).expect("made");
    let (line, desk) = desk(&deep);
    let refused = LocalDoor::open(&deep, line.clone()).expect_err("no place for it");
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    assert!(list(&deep).expect("nobody is there").is_none());
    line.close();
    desk.join().expect("it ends");
}

fn own_user_of_the_test() -> u32 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .expect("a runtime")
        .block_on(async { own_user() })
        .expect("a user")
}
