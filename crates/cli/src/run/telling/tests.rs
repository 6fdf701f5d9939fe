use super::*;
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{LogEntry, RunStatus};
use std::io;

/// A standard error that can be looked at.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Shown {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("whole").clone();
        String::from_utf8(bytes).expect("a text")
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("whole").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn telling() -> (Telling<Shown>, Shown) {
    let shown = Shown::default();
    (Telling::new(shown.clone(), None), shown)
}

fn log(text: &str) -> Notice {
    let entry = LogEntry {
        seq: 0,
        at_ms: 0.0,
        level: LogLevel::Info,
        text: text.into(),
        source: "flow".into(),
    };
    Notice::Log {
        run: "r".into(),
        entries: vec![entry],
    }
}

fn progress(label: &str) -> Notice {
    Notice::Run {
        run: "r".into(),
        path: "flows/a.flow.js".into(),
        status: RunStatus::Running,
        progress: Some(RunProgress {
            done: 1.0,
            total: Some(2.0),
            label: Some(label.into()),
        }),
        record: None,
        call: None,
    }
}

#[test]
fn nothing_that_a_run_says_stands_below_a_question_before_it_is_answered() {
    let (telling, shown) = telling();
    telling.tell(&log("before"));
    let question = telling.question();
    telling.tell(&log("agent a wants: read notes.md\nApprove? [y/N] "));
    telling.tell(&progress("Approve? [y/N]"));
    assert_eq!(shown.text(), "before\n");
    drop(question);
    telling.tell(&log("after"));
    let expected =
        "before\nagent a wants: read notes.md\nApprove? [y/N] \n1/2 Approve? [y/N]\nafter\n";
    assert_eq!(shown.text(), expected);
}

#[test]
fn of_several_questions_the_last_is_waited_for() {
    let (telling, shown) = telling();
    let (first, second) = (telling.question(), telling.question());
    telling.tell(&log("meanwhile"));
    drop(first);
    assert_eq!(shown.text(), "", "the second one is asked now");
    drop(second);
    assert_eq!(shown.text(), "meanwhile\n");
}

#[test]
fn a_run_that_is_over_keeps_nothing_back() {
    let (telling, shown) = telling();
    let _nobody_answers = telling.question();
    telling.tell(&log("last words"));
    telling.end();
    assert_eq!(shown.text(), "last words\n");
}

#[test]
fn of_more_than_is_kept_back_the_last_is_told_and_how_much_is_missing() {
    let (telling, shown) = telling();
    let question = telling.question();
    for number in 0..HELD_ENTRIES_MAX + 7 {
        telling.tell(&log(&format!("entry {number}")));
    }
    drop(question);
    let shown = shown.text();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), HELD_ENTRIES_MAX + 1);
    assert!(lines[0].starts_with("(7 entries were left out here"));
    assert_eq!(
        (lines[1], lines[HELD_ENTRIES_MAX]),
        ("entry 7", "entry 1006")
    );
}

#[test]
fn at_a_terminal_no_log_moves_the_cursor() {
    let shown = Shown::default();
    let telling = Telling::new(shown.clone(), Some(Progress::open()));
    telling.tell(&log("safe\u{1b}[2K"));
    assert_eq!(shown.text(), "safeU+001B[2K\n");
}
