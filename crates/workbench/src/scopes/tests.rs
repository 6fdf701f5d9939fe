//! Tests of the module above.

use super::*;
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Meta, Op, Origin, OriginKind};

/// The view of a workspace with these files; each holds what stands beside its path.
fn view(files: &[(&str, &str)]) -> View {
    let mut workspace =
        Workspace::open(Box::new(MemoryStorage::new()), [7; 16]).expect("an empty workspace");
    let mut next = 0;
    let mut ids = || {
        next += 1;
        next
    };
    let meta = Meta::new(0, Origin::new(OriginKind::System, "test"), "Begin");
    let ops: Vec<Op> = files
        .iter()
        .map(|(path, text)| Op::write(*path, *text))
        .collect();
    workspace.apply(&mut ids, &meta, &ops).expect("it fits");
    View::new(&workspace, workspace.snapshot())
}

fn paths(view: &View, path: &str, recursive: bool) -> Vec<String> {
    let entries = view.list(path, recursive).expect("a folder");
    let mut paths: Vec<String> = entries.into_iter().map(|entry| entry.path).collect();
    paths.sort();
    paths
}

#[test]
fn parents_are_looked_through_depth_first_and_the_nearest_file_wins() {
    let view = view(&[
        ("own.txt", ""),
        ("scopes.json", r#"{ "parents": ["z", "a", "gone"] }"#),
        ("scopes/a/x.txt", "a"),
        ("scopes/a/y.txt", "a"),
        ("scopes/z/x.txt", "z"),
        ("scopes/z/scopes/up/x.txt", "up"),
        ("scopes/z/scopes/up/y.txt", "up"),
        ("scopes/loose.txt", ""),
    ]);
    let names: Vec<Option<&str>> = (0..view.scopes()).map(|scope| view.name(scope)).collect();
    assert_eq!(names, [None, Some("z"), Some("z/up"), Some("a")]);
    for (path, place) in [
        ("own.txt", "own.txt"),
        ("x.txt", "scopes/z/x.txt"),
        ("y.txt", "scopes/z/scopes/up/y.txt"),
    ] {
        assert_eq!(view.place(path), place);
        assert_eq!(view.stat(path).expect("seen").path, path);
    }
    assert_eq!(
        paths(&view, "", true),
        ["own.txt", "scopes.json", "x.txt", "y.txt"]
    );
    for path in ["scopes", "Scopes/a", "scopes/a/x.txt", "none"] {
        assert!(view.stat(path).is_err(), "{path}");
    }
    let inside = |path: &str| view.inside(path);
    assert_eq!(inside("scopes/z/x.txt"), Ok(Some("x.txt".into())));
    assert_eq!(inside("scopes/z/scopes/up/y.txt"), Ok(Some("y.txt".into())));
    assert_eq!(inside("own.txt"), Ok(None));
    assert!(inside("scopes/a/x.txt").is_err(), "hidden");
}

#[test]
fn folders_are_united_and_a_file_hides_a_folder_of_its_name() {
    let view = view(&[
        ("both/own.txt", ""),
        ("file", "own"),
        ("scopes/a/both/far.txt", ""),
        ("scopes/a/both/in/deep.txt", ""),
        ("scopes/a/file/x.txt", ""),
        ("scopes/a/only/x.txt", ""),
        ("scopes/b/both", "a file"),
    ]);
    assert_eq!(
        paths(&view, "both", false),
        ["both/far.txt", "both/in", "both/own.txt"]
    );
    assert_eq!(paths(&view, "", false), ["both", "file", "only"]);
    assert_eq!(paths(&view, "only", true), ["only/x.txt"]);
    assert!(view.stat("file/x.txt").is_err() && view.list("file", true).is_err());
    assert!(view.stat("both").expect("a folder").is_folder());
    let all = paths(&view, "", true);
    assert!(!all.contains(&"file/x.txt".to_owned()), "{all:?}");
    assert!(all.iter().all(|path| view.stat(path).is_ok()), "{all:?}");
}

#[test]
fn what_a_parent_keeps_about_itself_is_not_seen() {
    let view = view(&[
        ("runs/own.json", ""),
        ("scopes/a/runs/far.json", ""),
        ("scopes/a/scope.json", "{}"),
        ("scopes/a/scopes.json", "{}"),
        ("scopes/a/Embed.json", "{}"),
        ("scopes/a/retention.json", "{}"),
        ("scopes/a/in/scope.json", "{}"),
    ]);
    assert_eq!(
        paths(&view, "", true),
        ["in", "in/scope.json", "runs", "runs/own.json"]
    );
    assert!(view.stat("scope.json").is_err() && view.stat("runs/far.json").is_err());
}

#[test]
fn an_import_goes_astray_where_it_means_another_text_than_in_the_parent_alone() {
    let view = view(&[
        ("own.py", ""),
        ("down.py", "own"),
        ("hides.py", "own"),
        ("same.py", "same"),
        ("scopes/a/f.py", ""),
        ("scopes/a/hides.py", "a"),
        ("scopes/a/same.py", "same"),
        ("scopes/a/scopes/up/above.py", ""),
        ("scopes/b/side.py", ""),
    ]);
    let astray = |from: &str, to: &str| view.astray(from, to);
    for to in ["same.py", "above.py", "f.py", "none.py"] {
        assert_eq!(astray("f.py", to), None, "{to}");
    }
    for from in ["own.py", "down.py"] {
        assert_eq!(
            astray(from, "above.py"),
            None,
            "a child may import anything"
        );
    }
    for (from, to, owner) in [
        ("f.py", "down.py", "this workspace"),
        ("f.py", "side.py", "the scope `b`"),
        ("above.py", "f.py", "the scope `a`"),
    ] {
        let found = astray(from, to).expect("it leads down");
        assert!(found.0.ends_with(&format!("{owner}.")), "{found:?}");
        assert!(found.1.contains("argument"), "{found:?}");
    }
    let found = astray("f.py", "hides.py").expect("it is hidden");
    assert!(found.1.contains("rename one of them"), "{found:?}");
}

#[test]
fn so_many_parents_are_looked_through_and_no_more() {
    let root = "scopes/p/".repeat(SCOPE_DEPTH_MAX + 1);
    let deep: Vec<String> = (1..=SCOPE_DEPTH_MAX + 1)
        .map(|depth| format!("{}{depth}.txt", &root[..depth * "scopes/p/".len()]))
        .collect();
    let deep: Vec<(&str, &str)> = deep.iter().map(|path| (path.as_str(), "")).collect();
    assert_eq!(
        paths(&view(&deep), "", true),
        ["1.txt", "2.txt", "3.txt", "4.txt"]
    );
    let many: Vec<String> = (0..=SCOPES_MAX)
        .map(|n| format!("scopes/p{n:03}/{n}.txt"))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|path| (path.as_str(), "")).collect();
    assert_eq!(paths(&view(&many), "", true).len(), SCOPES_MAX);
}

#[test]
fn a_note_that_is_too_large_or_does_not_read_fits_no_files() {
    let long = format!(
        "{{\"workspace\":\"w\"{}}}",
        " ".repeat(usize::try_from(NOTE_BYTES_MAX).expect("it is small"))
    );
    for text in ["{", "[]", "{\"heads\":7}", long.as_str()] {
        let view = view(&[("scopes/a/x.txt", ""), ("scopes/a/scope.json", text)]);
        assert_eq!(view.mount(1), Some(&Note::default()));
        assert!(view.check(1).is_err());
    }
    let view = view(&[("scopes/a/x.txt", "")]);
    assert!(view.check(1).is_err() && view.check(0).is_ok());
}
