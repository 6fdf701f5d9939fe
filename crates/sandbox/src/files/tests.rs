//! Tests of the module above.

use super::*;

fn sample() -> Files {
    let file = |path: &str, folder: bool| JobFile {
        path: path.into(),
        folder,
        size: 3,
        readable: true,
        mounted: false,
        hash: "00".into(),
    };
    Files::new(&[
        file("data", true),
        file("data/a.csv", false),
        file("data/deep", true),
        file("data/deep/b.csv", false),
        file("data.txt", false),
    ])
}

#[test]
fn a_folder_lists_its_own_children_and_nothing_deeper() {
    let names: Vec<_> = sample()
        .list("data")
        .expect("a folder")
        .into_iter()
        .map(|stat| stat.name)
        .collect();
    assert_eq!(names, ["a.csv", "deep"]);
    let root: Vec<_> = sample()
        .list("")
        .expect("the root")
        .into_iter()
        .map(|stat| stat.name)
        .collect();
    assert_eq!(root, ["data", "data.txt"]);
}

#[test]
fn writing_a_file_twice_is_one_operation_with_the_last_bytes() {
    let mut files = sample();
    files.write("out/x.txt", b"first").expect("written");
    files.write("out/y.txt", b"other").expect("written");
    files.write("out/x.txt", b"second").expect("written");
    assert_eq!(files.ops().len(), 2);
    assert!(matches!(&files.ops()[0], FileOp::Write { path, size: 6, .. } if path == "out/x.txt"));
}

#[test]
fn a_write_after_a_move_keeps_its_place_in_the_order() {
    let mut files = sample();
    files.write("a.txt", b"1").expect("written");
    files.rename("a.txt", "b.txt").expect("moved");
    files.write("a.txt", b"2").expect("written");
    let order: Vec<_> = files
        .ops()
        .iter()
        .map(|op| matches!(op, FileOp::Write { .. }))
        .collect();
    assert_eq!(order, [true, false, true]);
}

#[test]
fn a_folder_moves_with_what_is_in_it_and_not_into_itself() {
    let mut files = sample();
    assert_eq!(
        files
            .rename("data", "data/deep/x")
            .expect_err("into itself")
            .code,
        ErrorCode::MoveIntoSelf
    );
    files.rename("data", "archive").expect("moved");
    assert!(files.stat("archive/deep/b.csv").is_some() && files.stat("data/a.csv").is_none());
    assert!(
        files.stat("data.txt").is_some(),
        "a sibling whose name starts alike stays"
    );
}

#[test]
fn a_file_in_the_way_is_an_error() {
    let mut files = sample();
    assert_eq!(
        files.write("data.txt/x", b"").expect_err("a file").code,
        ErrorCode::NotAFolder
    );
    assert_eq!(
        files.write("data", b"").expect_err("a folder").code,
        ErrorCode::NotAFile
    );
    assert!(files.ops().is_empty());
}
