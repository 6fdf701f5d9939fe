//! Asks the person at the terminal about what waits for one.

use crate::commands::person;
use selvage_host::Line;
use selvage_tool::decision::Approval;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};

/// Asks, and passes the answer on. It is asked on a thread of its own, since the desk goes on meanwhile. Where nobody can be
/// asked, the answer is no, unless the person said yes to everything before.
pub fn about(line: &Line, approval: &Approval, yes: bool) {
    let (line, approval) = (line.clone(), approval.clone());
    let thread = std::thread::Builder::new().name("ask".into());
    let asked = thread.spawn(move || {
        let (allow, reason) = match yes {
            true => (true, "--yes"),
            false if std::io::stdin().is_terminal() => (confirmed(&approval), ""),
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
    });
    if let Err(error) = asked {
        let _ = writeln!(std::io::stderr(), "Nobody can be asked: {error}");
    }
}

fn confirmed(approval: &Approval) -> bool {
    let mut err = std::io::stderr();
    let _ = write!(err, "{}Approve? [y/N] ", text(approval));
    let _ = err.flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "yes" | "Y" | "Yes")
}

/// A request as a terminal shows it: what would happen, why it is asked, and every difference.
pub fn text(approval: &Approval) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} wants: {}", approval.who, approval.what);
    let _ = writeln!(out, "asked because: {}", approval.reason);
    for risk in &approval.risks {
        let _ = writeln!(out, "  ! {risk}");
    }
    for change in &approval.changes {
        let to = change.to.as_ref().map(|to| format!(" to {to}"));
        let _ = writeln!(
            out,
            "{} {}{}",
            change.op,
            change.path,
            to.unwrap_or_default()
        );
        match (&change.diff, &change.after) {
            (Some(diff), _) => out.push_str(diff),
            (None, Some(hash)) if change.op == "write" => {
                let _ = writeln!(out, "  {} bytes, SHA-256 {hash}", change.size);
            }
            _ => {}
        }
    }
    // Signs that move the cursor or colour the text could make a difference look like another one.
    out.chars()
        .map(|sign| match sign {
            '\n' | '\t' => sign,
            sign if sign.is_control() || is_bidi(sign) => '\u{fffd}',
            sign => sign,
        })
        .collect()
}

/// Signs that turn the direction of a text (Boucher and Anderson, "Trojan Source", 2021).
fn is_bidi(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvage_tool::decision::Proposed;
    use selvage_tool::policy::OnExpiry;

    #[test]
    fn a_difference_can_not_make_the_terminal_lie() {
        let change = Proposed {
            op: "write".into(),
            path: "a\u{1b}[2K.txt".into(),
            to: None,
            before: None,
            after: Some("00".into()),
            size: 3,
            diff: Some("+safe\u{202e}\r-evil\n".into()),
        };
        let approval = Approval {
            approval: "x".into(),
            who: "agent a".into(),
            run: None,
            tool: "write".into(),
            what: "write a".into(),
            reason: "a rule".into(),
            risks: vec!["new".into()],
            changes: vec![change],
            digest: "d".into(),
            asked_ms: 0,
            expires_ms: 0,
            on_expiry: OnExpiry::Deny,
        };
        let shown = text(&approval);
        assert!(
            shown.contains("+safe") && shown.contains("  ! new"),
            "{shown}"
        );
        assert!(!shown.contains('\u{1b}') && !shown.contains('\r') && !shown.contains('\u{202e}'));
    }
}
