//! Asks the person at the terminal about what waits for one.

mod look;

use crate::commands::person;
use crate::home::now_ms;
use crate::{openly, show};
use look::{Content, Said};
use selvage_host::Line;
use selvage_tool::ToolResult;
use selvage_tool::decision::{Approval, Proposed};
use selvage_tool::policy::OnExpiry;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, StdinLock, Write};
use std::sync::mpsc::channel;

/// What `approval_read` calls all of an input of which a request says only the beginning.
pub const INPUT: &str = "input";

/// What a person says to what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It may happen.
    Yes,
    /// It may not.
    No,
    /// Anything else: where others can answer as well, it goes on waiting.
    Later,
}

/// Asks, and passes the answer on. It is asked on a thread of its own, since the desk goes on meanwhile. Where nobody can be
/// asked, the answer is no, unless the person said yes to everything before. `open` is dropped when there is an answer.
pub fn about(line: &Line, approval: &Approval, yes: bool, open: impl Send + 'static) {
    let (line, approval) = (line.clone(), approval.clone());
    let thread = std::thread::Builder::new().name("ask".into());
    let asked = thread.spawn(move || {
        let (allow, reason) = match yes {
            true => (true, "--yes"),
            false if std::io::stdin().is_terminal() => {
                let read = |path: &str| content(&line, &approval, path);
                // Who can't be heard or told has not said yes, and what waits here is waited for by nobody else.
                let said = at_terminal(&approval, "N", read);
                (said.is_ok_and(|said| said == Answer::Yes), "")
            }
            false => (false, "nobody is at a terminal to be asked"),
        };
        let input = json!({
            "approval": approval.approval,
            "digest": approval.digest,
            "allow": allow,
            "reason": reason,
        });
        // What was decided otherwise meanwhile needs no answer.
        line.call(person(), "approval_decide", input, |_| {}, |_| {});
        drop(open);
    });
    if let Err(error) = asked {
        let _ = writeln!(std::io::stderr(), "Nobody can be asked: {error}");
    }
}

/// Asks about what may go on waiting. `read` is what `approval_read` gives of a path.
///
/// # Errors
/// The person can't be heard or told.
pub fn now(approval: &Approval, read: impl Fn(&str) -> ToolResult) -> std::io::Result<Answer> {
    at_terminal(approval, "n/later", read)
}

fn at_terminal(
    approval: &Approval,
    no: &str,
    read: impl Fn(&str) -> ToolResult,
) -> std::io::Result<Answer> {
    // Who has standard input asks, and the next question is shown when this one is answered.
    let (mut stdin, mut stderr) = (std::io::stdin().lock(), std::io::stderr());
    forget_typed(&stdin);
    confirmed(approval, no, &mut stdin, &mut stderr, read)
}

/// Forgets what was typed before a question was there: it is an answer to something else, perhaps to what a flow wrote into its log
/// to look like a question.
fn forget_typed(stdin: &StdinLock<'_>) {
    #[cfg(unix)]
    // Where it fails, there is no terminal to answer at.
    let _ = rustix::termios::tcflush(stdin, rustix::termios::QueueSelector::IFlush);
    #[cfg(not(unix))]
    let _ = stdin;
}

/// What a file would hold, or all of an input.
fn content(line: &Line, approval: &Approval, path: &str) -> ToolResult {
    let input = json!({ "approval": approval.approval, "path": path });
    let (answer, answered) = channel();
    let reply = move |result| drop(answer.send(result));
    line.call(person(), "approval_read", input, |_| {}, reply);
    // A desk that is gone answers nothing, and nothing is decided there any more.
    answered.recv().unwrap_or(Ok(Value::Null))
}

/// Shows a request, and what of it the person wants to see, until there is an answer.
fn confirmed(
    approval: &Approval,
    no: &str,
    answers: &mut impl BufRead,
    out: &mut impl Write,
    read: impl Fn(&str) -> ToolResult,
) -> std::io::Result<Answer> {
    let contents = Content::all(approval, read);
    write!(out, "{}", text(approval, now_ms()))?;
    write!(out, "{}", look::offer(&contents))?;
    loop {
        write!(out, "Approve? {} ", look::choices(no, &contents))?;
        out.flush()?;
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        match Said::of(&answer, &contents) {
            Said::Yes => return Ok(Answer::Yes),
            Said::No => return Ok(Answer::No),
            Said::Else => return Ok(Answer::Later),
            Said::Show(content) => write!(out, "{}", content.shown())?,
            Said::Save(content, file) => match content.save(&file) {
                Ok(()) => writeln!(out, "It is in {}.", openly::line(&file))?,
                Err(why) => writeln!(out, "{}: {why}", openly::line(&file))?,
            },
            Said::Unclear => write!(out, "{}", look::offer(&contents))?,
        }
    }
}

/// A request as a person is shown it: what would happen, why it is asked, every difference, and until when it can be decided.
pub fn text(approval: &Approval, now_ms: u64) -> String {
    let mut out = String::new();
    let who = openly::line(&approval.who);
    let _ = writeln!(out, "{who} wants: {}", openly::line(&approval.what));
    let _ = writeln!(out, "asked because: {}", openly::line(&approval.reason));
    for risk in &approval.risks {
        let _ = writeln!(out, "  ! {}", openly::line(risk));
    }
    for change in &approval.changes {
        out.push_str(&show::change(change));
    }
    let left = time_left(approval.expires_ms.saturating_sub(now_ms));
    let at = clock(approval.expires_ms);
    let then = match approval.on_expiry {
        OnExpiry::Deny => "refused",
        OnExpiry::Allow => "approved",
    };
    let _ = writeln!(
        out,
        "to be decided within {left}, until {at}: it is {then} then"
    );
    out
}

/// A request with all contents that it does not show itself: what a person is told who is not asked.
pub fn whole(approval: &Approval, read: impl Fn(&str) -> ToolResult) -> String {
    let contents = Content::all(approval, read);
    contents
        .iter()
        .fold(text(approval, now_ms()), |text, it| text + &it.told())
}

/// Whether a write or a removal is shown by its size and its hash alone: one side of it is no text, or a long one.
pub fn is_opaque(change: &Proposed) -> bool {
    let has_content = change.op == "write" || change.op == "remove" && change.before.is_some();
    has_content && change.diff.is_none()
}

/// How long there is to decide, as the page says it: `2 h 5 min`, `4 min`, `50 s`.
pub fn time_left(ms: u64) -> String {
    let seconds = ms.div_ceil(1_000);
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match (minutes, hours) {
        (0, _) => format!("{seconds} s"),
        (_, 0) => format!("{minutes} min"),
        (_, 48..) => format!("{} days", hours / 24),
        _ if minutes % 60 == 0 => format!("{hours} h"),
        _ => format!("{hours} h {} min", minutes % 60),
    }
}

/// The time of day at a point in time.
pub fn clock(ms: u64) -> String {
    let minutes = ms / 60_000;
    format!("{:02}:{:02} UTC", minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests;
