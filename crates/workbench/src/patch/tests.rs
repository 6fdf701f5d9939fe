//! Tests of the module above.

use super::*;
use proptest::prelude::*;

fn read(path: &str) -> ToolResult<String> {
    match path {
        "a.txt" => Ok("one\ntwo\nthree\n".into()),
        "b.txt" => Ok("same\nsame\n".into()),
        _ => Err(ToolError::new(ErrorCode::NotFound, "no such file")),
    }
}

#[test]
fn a_unified_diff_of_two_files_changes_both() {
    let patch = "diff --git a/a.txt b/a.txt\nindex 1..2\n--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n\
                 diff --git a/new.txt b/new.txt\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+fresh\n";
    let steps = apply(patch, &read).expect("it fits");
    assert_eq!(
        steps,
        [
            Step::Change("a.txt".into(), "one\n2\nthree\n".into()),
            Step::Create("new.txt".into(), "fresh\n".into())
        ]
    );
}

#[test]
fn a_begin_patch_text_updates_moves_adds_and_deletes() {
    let patch = "*** Begin Patch\n*** Update File: a.txt\n*** Move to: c.txt\n@@ one\n-two\n+2\n*** Add File: n.txt\n+x\n*** Delete File: b.txt\n*** End Patch\n";
    let steps = apply(patch, &read).expect("it fits");
    assert_eq!(
        steps,
        [
            Step::Move("a.txt".into(), "c.txt".into()),
            Step::Change("c.txt".into(), "one\n2\nthree\n".into()),
            Step::Create("n.txt".into(), "x\n".into()),
            Step::Delete("b.txt".into()),
        ]
    );
}

#[test]
fn a_patch_that_does_not_fit_says_what_it_looked_for() {
    let error = apply(
        "*** Begin Patch\n*** Update File: a.txt\n@@\n-four\n+4\n*** End Patch",
        &read,
    )
    .expect_err("no such line");
    assert_eq!(error.code, ErrorCode::PatchFailed);
    assert!(error.message.contains("`four`") && error.path.as_deref() == Some("a.txt"));
    let error = apply("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-nine\n+9\n", &read)
        .expect_err("no such line");
    assert_eq!(error.code, ErrorCode::PatchFailed);
}

#[test]
fn an_edit_must_find_its_text_once() {
    let edit = |path: &str, find: &str, all| Replacement {
        path: path.into(),
        find: find.into(),
        replace: "x".into(),
        all,
    };
    assert_eq!(
        replace(&[edit("b.txt", "same", false)], &read)
            .expect_err("twice")
            .code,
        ErrorCode::PatchFailed
    );
    let steps = replace(
        &[edit("b.txt", "same", true), edit("b.txt", "x\nx", false)],
        &read,
    )
    .expect("in order");
    assert_eq!(steps, [Step::Change("b.txt".into(), "x\n".into())]);
}

#[test]
fn text_that_is_no_patch_is_an_error() {
    for text in [
        "",
        "hello",
        "*** Begin Patch\nnonsense\n*** End Patch",
        "*** Begin Patch\n*** End Patch",
    ] {
        assert_eq!(
            apply(text, &read).expect_err("no patch").code,
            ErrorCode::PatchFailed,
            "{text}"
        );
    }
    assert_eq!(
        apply(&"x".repeat(PATCH_BYTES_MAX + 1), &read)
            .expect_err("too large")
            .code,
        ErrorCode::TooLarge
    );
}

#[test]
fn a_hunk_with_more_lines_than_the_file_does_not_fit() {
    let short = |_: &str| Ok("x\n".to_owned());
    let patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n-x\n-y\n+z\n*** End Patch";
    let error = apply(patch, &short).expect_err("no such lines");
    assert_eq!(error.code, ErrorCode::PatchFailed);
}

#[test]
fn hunks_are_found_one_after_the_other() {
    let file = |_: &str| Ok("a\na\nb\na\na\nb\nc\n".to_owned());
    let patch = "*** Begin Patch\n*** Update File: a.txt\n@@\n a\n-b\n+1\n@@ a\n-a\n-b\n+2\n+3\n*** End Patch";
    let steps = apply(patch, &file).expect("it fits");
    assert_eq!(
        steps,
        [Step::Change("a.txt".into(), "a\na\n1\na\n2\n3\nc\n".into())]
    );
}

/// Lines that are equal but for the last take as long as others.
#[test]
fn a_hunk_of_many_equal_lines_is_found() {
    const LINES: usize = 200_000;
    let text = "a\n".repeat(2 * LINES) + "b\n";
    let file = |_: &str| Ok(text.clone());
    let patch = format!(
        "*** Begin Patch\n*** Update File: a.txt\n@@\n{}-b\n*** End Patch",
        " a\n".repeat(LINES)
    );
    let steps = apply(&patch, &file).expect("it fits");
    assert_eq!(
        steps,
        [Step::Change("a.txt".into(), "a\n".repeat(2 * LINES))]
    );
}

fn lines(signs: &'static [&'static str]) -> impl Strategy<Value = String> {
    let line = (proptest::sample::select(signs), "[ab ]{0,2}");
    proptest::collection::vec(line, 0..8).prop_map(|lines| {
        let lines = lines
            .into_iter()
            .map(|(sign, rest)| sign.to_owned() + &rest + "\n");
        lines.collect()
    })
}

proptest! {
    #[test]
    fn no_patch_of_any_file_panics(
        text in "([abé \\-+@]{0,2}(\n|\r\n)){0,6}[ab]?",
        hunks in lines(&["", " ", "-", "+", "@@", "@@ ", "@@ -1,2 +1,2 @@", "*** End of File", "\\", "é", "--- ", "+++ "]),
        head in proptest::sample::select(vec![
            "*** Begin Patch\n*** Update File: a\n",
            "*** Begin Patch\n*** Update File: a\n*** Move to: b\n",
            "*** Begin Patch\n*** Add File: a\n",
            "--- a/a\n+++ b/a\n@@ -1 +1 @@\n",
            "--- a/a\n+++ b/a\n@@ -1,3 +1,2 @@\n",
            "",
        ]),
    ) {
        let _ = apply(&(head.to_owned() + &hunks), &|_| Ok(text.clone()));
    }

    #[test]
    fn lines_are_found_where_they_first_stand(
        lines in proptest::collection::vec("[ab]", 0..12),
        wanted in proptest::collection::vec("[ab]", 0..5),
    ) {
        let (lines, wanted): (Vec<&str>, Vec<&str>) =
            (lines.iter().map(String::as_str).collect(), wanted.iter().map(String::as_str).collect());
        let first = (0..=lines.len()).find(|at| lines[*at..].starts_with(&wanted));
        prop_assert_eq!(found(&lines, &wanted), first);
    }
}
