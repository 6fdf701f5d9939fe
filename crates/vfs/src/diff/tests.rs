use super::*;

fn apply(old: &str, edits: &[Edit]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for edit in edits {
        out.push_str(&old[at..edit.start]);
        out.push_str(&edit.insert);
        at = edit.start + edit.len;
    }
    out + &old[at..]
}

#[test]
fn edits_turn_the_old_text_into_the_new_one() {
    for (old, new) in [
        ("", "abc"),
        ("abc", ""),
        ("one\ntwo\nthree\n", "one\n2\nthree\nfour\n"),
        ("aé😀", "aè😀"),
        ("x\ny\nx\ny\n", "y\nx\ny\nx\n"),
    ] {
        assert_eq!(
            apply(old, &minimal_edits(old, new)),
            new,
            "{old:?} -> {new:?}"
        );
    }
    let edits = minimal_edits("let a = 1;\nlet b = 2;\n", "let a = 10;\nlet b = 20;\n");
    let inserts: Vec<&str> = edits.iter().map(|edit| edit.insert.as_str()).collect();
    assert_eq!(inserts, ["0", "0"], "only what was typed");
}

#[test]
fn lines_that_begin_alike_come_and_go_as_wholes() {
    let edit = |start, len, insert: &str| Edit {
        start,
        len,
        insert: insert.to_owned(),
    };
    let (one, both) = ("# top\ntyped [b]\n", "# top\ntyped [a]\ntyped [b]\n");
    assert_eq!(minimal_edits(one, both), [edit(6, 0, "typed [a]\n")]);
    assert_eq!(minimal_edits(both, one), [edit(6, 10, "")]);
    assert_eq!(minimal_edits("äx\n", "äö\näx\n"), [edit(0, 0, "äö\n")]);
    assert_eq!(minimal_edits("a\n", "a\na\na\n"), [edit(2, 0, "a\na\n")]);
    // What is no line stays where it was found.
    assert_eq!(minimal_edits("aa", "aaa"), [edit(2, 0, "a")]);
    assert_eq!(minimal_edits("x\nab", "x\nab\nab"), [edit(2, 0, "ab\n")]);
    let edits = minimal_edits("b\nb\n", "a\nb\na\nb\n");
    assert_eq!(apply("b\nb\n", &edits), "a\nb\na\nb\n");
}

#[test]
fn too_many_lines_are_replaced_as_one_stretch() {
    let old: String = (0..20_000).map(|n| format!("a{n}\n")).collect();
    let new: String = (0..20_000).map(|n| format!("b{n}\n")).collect();
    let edits = minimal_edits(&old, &new);
    assert_eq!(edits.len(), 1);
    assert_eq!(apply(&old, &edits), new);
}

#[test]
fn a_patch_joins_what_was_typed_meanwhile() {
    let base = "title\nred\ngreen\nblue\n";
    let patched = "title\nred\nGREEN\nblue\n";
    let typed = "Title\nred\ngreen\nblue\nwhite\n";
    assert_eq!(
        join(base, patched, typed),
        "Title\nred\nGREEN\nblue\nwhite\n"
    );
    assert_eq!(join(base, patched, base), patched);
    assert_eq!(join(base, base, typed), typed);
    assert_eq!(
        join("abc", "ac", "abXc"),
        "aXc",
        "typed inside what was removed"
    );
    assert_eq!(
        join("a", "ab", "ab"),
        "ab",
        "the same insertion counts once"
    );
    assert_eq!(
        join("ac", "abc!", "abc"),
        "abc!",
        "and once only beside others"
    );
}

#[test]
fn two_sides_clash_where_they_change_one_line() {
    let base = "one\ntwo\nthree\nfour\n";
    for (ours, theirs, expected) in [
        ("ONE\ntwo\nthree\nfour\n", "one\nTWO\nthree\nfour\n", false),
        ("ONE\ntwo\nthree\nfour\n", "One\ntwo\nthree\nfour\n", true),
        ("one!\ntwo\nthree\nfour\n", "?one\ntwo\nthree\nfour\n", true),
        // A line that one side removes and the other changes.
        ("one\nthree\nfour\n", "one\nTwo\nthree\nfour\n", true),
        // Both did the same.
        ("ONE\ntwo\nthree\nfour\n", "ONE\ntwo\nthree\nfour\n", false),
        // Lines that are added stay whole.
        (
            "one\na\ntwo\nthree\nfour\n",
            "one\nb\ntwo\nthree\nfour\n",
            false,
        ),
        (
            "one\ntwo\nthree\nfour\na\n",
            "one\ntwo\nthree\nfour\nb\n",
            false,
        ),
        (
            "one\na\ntwo\nthree\nfour\n",
            "one\nTWO\nthree\nfour\n",
            false,
        ),
        // A long edit of one side, and a short one in it.
        ("", "one\ntwo\nthree\nFour\n", true),
        (base, "x", false),
    ] {
        assert_eq!(clashes(base, ours, theirs), expected, "{ours:?} {theirs:?}");
        assert_eq!(clashes(base, theirs, ours), expected, "{theirs:?} {ours:?}");
    }
    assert!(clashes("a", "ab", "ac") && !clashes("a", "a\nb", "a\nc"));
    assert!(!clashes("", "a\n", "b\n") && clashes("", "a", "b"));
}

#[test]
fn a_unified_diff_names_lines_files_and_missing_ends() {
    let diff = unified("a.txt", Some("1\n2\n3"), Some("1\n2\n4\n"));
    assert_eq!(
        diff,
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n 1\n 2\n-3\n\\ No newline at end of file\n+4\n"
    );
    assert_eq!(
        unified("a", None, Some("x\n")),
        "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"
    );
    assert_eq!(unified("a", Some("x"), Some("x")), "");
}
