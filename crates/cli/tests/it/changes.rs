//! Changes of files at the command line, and taking them back.

use crate::Folder;

#[test]
fn files_are_moved_and_deleted_and_undo_brings_them_back() {
    let folder = Folder::new();
    for path in ["a.txt", "b.txt", "d/c.txt"] {
        folder.write(path, path);
    }
    let listed = || folder.selvage(&["ls", "-r", "--json"]).json()["value"]["entries"].clone();
    let before = listed();
    let said = folder.selvage(&["rm", "a.txt", "/d", "b.txt"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(folder.selvage(&["cat", "d/c.txt"]).code, Some(1));
    let undone = folder.selvage(&["undo"]);
    assert_eq!(undone.code, Some(0), "{}", undone.err);
    assert_eq!(listed(), before, "one change, which one undo takes back");

    let some = folder.selvage(&["rm", "a.txt", "none.txt"]);
    assert_eq!(some.code, Some(1));
    assert!(some.err.contains("none.txt"), "{}", some.err);
    assert_eq!(listed(), before, "all of them or none");
    assert_eq!(
        folder.selvage(&["rm", "a.txt"]).out,
        "Delete a.txt: a.txt\n"
    );
    assert_eq!(folder.selvage(&["mv", "b.txt", "d"]).code, Some(0));
    assert_eq!(folder.selvage(&["cat", "d/b.txt"]).out, "b.txt");
    assert_eq!(folder.selvage(&["undo"]).code, Some(0));
    assert_eq!(folder.selvage(&["undo"]).code, Some(0));
    assert_eq!(listed(), before);
}

#[test]
fn a_policy_is_taken_away_and_an_import_taken_back() {
    let folder = Folder::new();
    folder.write("selvage.policy.yaml", "version: 1\nflows: []\n");
    assert_eq!(folder.selvage(&["rm", "selvage.policy.yaml"]).code, Some(0));
    assert_eq!(
        folder.selvage(&["cat", "selvage.policy.yaml"]).code,
        Some(1)
    );
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("in.txt"), "in").expect("written");
    let from = outside.path().to_str().expect("a path");
    assert_eq!(folder.selvage(&["import", from]).code, Some(0));
    assert_eq!(folder.selvage(&["cat", "in.txt"]).out, "in");
    assert_eq!(folder.selvage(&["undo"]).code, Some(0));
    assert_eq!(folder.selvage(&["cat", "in.txt"]).code, Some(1));
}
