//! What was decided lately, and its file.

use super::consent::{denial, words_of};
use crate::due::is_due;
use crate::engine::{Asking, Cx, Workbench};
use crate::record::stamp;
use selvage_tool::decision::{Decision, Verdict};
use selvage_tool::run::RUNS_FOLDER;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Meta, Op, Origin, OriginKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// How many decisions are listed.
const DECISIONS_MAX: usize = 200;

/// How long decisions wait for others before they are kept together, in milliseconds.
const KEEP_AFTER_MS: u64 = 2_000;

/// The most bytes of the decisions of a day; what comes after is listed, and not kept.
const DAY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The most of them to which a denial is added. Whoever has itself denied much takes no room from what persons decide.
const DENIED_BYTES_MAX: usize = 1024 * 1024;

/// Decisions about calls. Those about a run are in its record.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The newest first, as they are kept.
    last: VecDeque<Value>,
    /// Whether those of before are among them.
    is_recalled: bool,
    /// Lines that are not kept yet, and whether each is a denial.
    lines: Vec<(bool, String)>,
    /// Bytes of them.
    bytes: usize,
    pub(crate) keep_at_ms: Option<u64>,
}

/// When something was decided; nothing where a line is no decision: the file may be one that a person or another version wrote.
fn decided_ms(decision: &Value) -> Option<u64> {
    let mut words = ["who", "what", "reason"].into_iter();
    let is_one = words.all(|word| decision[word].is_string())
        && Verdict::deserialize(&decision["verdict"]).is_ok();
    decision["atMs"].as_u64().filter(|_| is_one)
}

fn bytes_max(is_denial: bool) -> usize {
    if is_denial {
        DENIED_BYTES_MAX
    } else {
        DAY_BYTES_MAX
    }
}

/// Whether what was refused led out of what is allowed: to a place that is not the caller's, or by a path that leads elsewhere. That is a
/// decision, and a slip in an input is none.
pub(crate) fn is_attempt(error: &ToolError) -> bool {
    let leads_elsewhere = |path: &str| {
        let mut names = path.split(['/', '\\']);
        path.contains(['\0', '\\']) || names.any(|name| name == "." || name == "..")
    };
    match error.code {
        ErrorCode::PolicyDenied | ErrorCode::ReadOnly => true,
        ErrorCode::InvalidPath => error.path.as_deref().is_none_or(leads_elsewhere),
        _ => false,
    }
}

impl Workbench {
    /// Notes that a call was refused, where it was an attempt: in the record of the run that made it, or among the decisions of the
    /// day. What the policy itself denied stands there already.
    pub(crate) fn note_refused(
        &mut self,
        cx: &Cx<'_>,
        asking: &Asking,
        tool: &str,
        error: &ToolError,
    ) {
        if !is_attempt(error) {
            return;
        }
        let run = asking.caller.run().and_then(|run| self.runs.get_mut(run));
        if let Some(run) = run {
            run.denied(cx.now_ms, format!("call {tool}"), error);
        } else if self.is_governed(asking) && error.code != ErrorCode::PolicyDenied {
            let what = format!("{tool} {}", error.path.as_deref().unwrap_or_default());
            let who = words_of(&asking.origin);
            self.note_decision(cx, denial(cx.now_ms, who, what, error.message.clone()));
        }
    }

    /// Notes a decision; with others of the next seconds it becomes lines of the day's file.
    pub(crate) fn note_decision(&mut self, cx: &Cx<'_>, decision: Decision) {
        let is_denial = decision.verdict == Verdict::Denied;
        if let Ok(line) = serde_json::to_string(&decision)
            && self.ledger.bytes + line.len() < bytes_max(is_denial)
        {
            self.ledger.bytes += line.len() + 1;
            self.ledger.lines.push((is_denial, format!("{line}\n")));
            let later = cx.now_ms.saturating_add(KEEP_AFTER_MS);
            self.ledger.keep_at_ms.get_or_insert(later);
        }
        self.ledger.last.push_front(json!(decision));
        self.ledger.last.truncate(DECISIONS_MAX);
    }

    /// What was decided lately, the newest first; also before the workspace was opened, as far as the newest day's file has it.
    pub(crate) fn decided_lately(&mut self) -> Vec<Value> {
        let ledger = &mut self.ledger;
        if !std::mem::replace(&mut ledger.is_recalled, true) {
            let folder = format!("{RUNS_FOLDER}/decisions");
            let days = self.workspace.list(&folder, false).unwrap_or_default();
            let newest = days.into_iter().map(|day| day.path).max();
            let bytes = newest.and_then(|day| self.workspace.read(&day).ok());
            let text = String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default();
            let known_ms = ledger.last.back().and_then(decided_ms);
            let lines = text.lines().rev();
            let before = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let before = before.filter(|decision| {
                decided_ms(decision).is_some_and(|at_ms| known_ms.is_none_or(|known| at_ms < known))
            });
            let room = DECISIONS_MAX.saturating_sub(ledger.last.len());
            ledger.last.extend(before.take(room));
        }
        ledger.last.iter().cloned().collect()
    }

    /// Keeps what waits for it, when the time has come: at once, where the host is about to end.
    pub(crate) fn keep_decisions(&mut self, cx: &mut Cx<'_>) {
        let waits = |at| !is_due(at, cx.now_ms, KEEP_AFTER_MS) && !self.is_closing;
        if self.ledger.keep_at_ms.is_none_or(waits) {
            return;
        }
        self.ledger.keep_at_ms = None;
        self.ledger.bytes = 0;
        let lines = std::mem::take(&mut self.ledger.lines);
        let day = stamp(cx.now_ms);
        let path = format!("{RUNS_FOLDER}/decisions/{}.jsonl", &day[..10]);
        let mut bytes = self.workspace.read(&path).unwrap_or_default();
        let kept = bytes.len();
        for (is_denial, line) in lines {
            if bytes.len() + line.len() <= bytes_max(is_denial) {
                bytes.extend(line.into_bytes());
            }
        }
        if bytes.len() == kept {
            return;
        }
        let meta = Meta {
            at_ms: cx.now_ms,
            origin: Origin::new(OriginKind::System, "selvage"),
            message: "Record decisions".into(),
        };
        let op = Op::Write {
            path,
            bytes,
            create_only: false,
            base: None,
        };
        // A full disk keeps nothing; what was decided stands all the same, and is still listed.
        if let Ok(change) = self.workspace.apply(cx.random, &meta, &[op]) {
            self.tell_changed(&change);
        }
    }
}
