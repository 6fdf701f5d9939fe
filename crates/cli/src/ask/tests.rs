use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::{ErrorCode, ToolError};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0";

fn approval(changes: Vec<Proposed>) -> Approval {
    Approval {
        approval: "x".into(),
        who: "agent a".into(),
        run: None,
        tool: "write".into(),
        what: "write a".into(),
        reason: "a rule".into(),
        risks: vec!["new".into()],
        changes,
        digest: "d".into(),
        asked_ms: 0,
        expires_ms: 4 * 3_600_000 + 5 * 60_000,
        on_expiry: OnExpiry::Deny,
    }
}

fn write_of(path: &str, diff: Option<&str>) -> Proposed {
    Proposed {
        op: "write".into(),
        path: path.into(),
        to: None,
        before: None,
        after: Some("00".into()),
        size: 3,
        diff: diff.map(str::to_owned),
    }
}

/// What the engine would answer about a picture and a long text, and nothing else.
fn read(path: &str) -> ToolResult {
    let (content, encoding) = match path {
        "a.png" => (STANDARD.encode(PICTURE), "base64"),
        "long.txt" | "input" => (format!("{}\u{202e}end\n", "line\n".repeat(3)), "text"),
        _ => return Err(ToolError::new(ErrorCode::NotFound, "Nothing is called so.")),
    };
    Ok(json!({
        "path": path, "content": content, "encoding": encoding, "size": content.len(), "hash": "", "truncated": false,
    }))
}

/// Whether a person who says this approves, and what was shown.
fn said(approval: &Approval, answers: &str) -> (bool, String) {
    let (answer, out) = answered(approval, answers);
    (answer == Answer::Yes, out)
}

fn answered(approval: &Approval, answers: &str) -> (Answer, String) {
    let mut out = Vec::new();
    let answer = confirmed(approval, "N", &mut answers.as_bytes(), &mut out, read);
    let out = String::from_utf8(out).expect("a text");
    (answer.expect("heard"), out)
}

#[test]
fn a_difference_can_not_make_the_terminal_lie() {
    let diff = "+safe\u{202e}\r-evil\u{200b}\n";
    let one = Approval {
        what: "write a\nagent b wants: nothing".into(),
        ..approval(vec![write_of("a\u{1b}[2K.txt", Some(diff))])
    };
    let shown = text(&one, 0);
    assert!(shown.contains("+safeU+202EU+000D-evilU+200B\n"), "{shown}");
    assert!(shown.contains("write aU+001B[2K.txt\n"), "{shown}");
    assert!(shown.contains("  ! new\n") && !shown.contains("\nagent b"));
}

#[test]
fn a_removal_is_shown_with_its_text_or_its_size_and_hash() {
    let removal = |diff| Proposed {
        op: "remove".into(),
        before: Some("c0ffee".into()),
        after: None,
        ..write_of("a", diff)
    };
    let shown = text(&approval(vec![removal(Some("-gone\n")), removal(None)]), 0);
    let lines = "remove a\n-gone\nremove a\n  3 bytes, SHA-256 c0ffee\n";
    assert!(shown.contains(lines), "{shown}");
}

#[test]
fn a_person_is_told_until_when_and_what_happens_then() {
    let mut one = approval(Vec::new());
    let told = |one: &Approval, now_ms| text(one, now_ms).lines().last().map(str::to_owned);
    let expected = "to be decided within 2 h 5 min, until 04:05 UTC: it is refused then";
    assert_eq!(told(&one, 2 * 3_600_000).as_deref(), Some(expected));
    one.on_expiry = OnExpiry::Allow;
    let expected = "to be decided within 40 s, until 04:05 UTC: it is approved then";
    assert_eq!(
        told(&one, one.expires_ms - 40_000).as_deref(),
        Some(expected)
    );
    for (ms, left) in [
        (7 * 24 * 3_600_000, "7 days"),
        (3_600_000, "1 h"),
        (59_900, "1 min"),
    ] {
        assert_eq!(time_left(ms), left);
    }
}

#[test]
fn what_no_difference_shows_can_be_looked_at_before_the_answer() {
    let one = approval(vec![
        write_of("a.txt", Some("+a\n")),
        write_of("a.png", None),
        write_of("long.txt", None),
    ]);
    let (approves, shown) = said(&one, "show 1\nshow 2\nshow 3\ny\n");
    assert!(approves);
    let dump = "00000000  89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52  |.PNG........IHDR|\n00000010  00 ";
    assert!(shown.contains(dump), "{shown}");
    assert!(shown.contains("line\nline\nline\nU+202Eend\n"), "{shown}");
    let offers = shown.matches("not shown above: a.png, 17 bytes").count();
    assert_eq!(offers, 2, "there is no third one: {shown}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("to look at.png");
    let save = format!("save 1 {}\n", file.display());
    let (approves, shown) = said(&one, &format!("{save}{save}n\n"));
    assert!(!approves && shown.contains("It is in "), "{shown}");
    assert!(shown.contains("exists"), "it writes over nothing: {shown}");
    assert_eq!(std::fs::read(file).expect("saved"), PICTURE);
}

#[test]
fn a_long_input_can_be_looked_at_as_well() {
    let (approves, shown) = said(&approval(Vec::new()), "show\nyes\n");
    assert!(approves && shown.contains("U+202Eend"), "{shown}");
}

#[test]
fn only_a_yes_is_one() {
    let one = approval(vec![write_of("a.txt", Some("+a\n"))]);
    for answers in ["", "\n", "n\n", "yes please\n", "sure\n", "show\n"] {
        assert!(!said(&one, answers).0, "{answers:?}");
    }
    assert!(said(&one, "Y\n").0);
}

#[test]
fn what_is_neither_yes_nor_no_leaves_it_waiting_where_it_can_wait() {
    let one = approval(vec![write_of("a.txt", Some("+a\n"))]);
    for (answers, answer) in [
        ("no\n", Answer::No),
        ("n\n", Answer::No),
        ("no, thanks\n", Answer::Later),
        ("\n", Answer::Later),
        ("", Answer::Later),
        ("y\n", Answer::Yes),
    ] {
        assert_eq!(answered(&one, answers).0, answer, "{answers:?}");
    }
}

#[test]
fn who_is_not_asked_is_told_all_of_it() {
    let told = whole(&approval(vec![write_of("a.png", None)]), read);
    assert!(told.contains("all of a.png:\n00000000  89 50"), "{told}");
    let told = whole(&approval(Vec::new()), read);
    assert!(told.contains("all of input:\nline\n"), "{told}");
    assert!(told.contains("U+202Eend\n"), "{told}");
}
