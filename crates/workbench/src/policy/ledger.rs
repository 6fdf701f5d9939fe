//! What was decided lately, and its file.

use crate::engine::{Cx, Workbench};
use crate::record::stamp;
use selvage_tool::decision::Decision;
use selvage_tool::run::RUNS_FOLDER;
use selvage_vfs::{Meta, Op, Origin, OriginKind};
use std::collections::VecDeque;

/// How many decisions are listed.
const DECISIONS_MAX: usize = 200;

/// How long decisions wait for others before they are kept together, in milliseconds.
const KEEP_AFTER_MS: u64 = 2_000;

/// The most bytes of the decisions of a day; what comes after is listed, and not kept.
const DAY_BYTES_MAX: usize = 1024 * 1024;

/// Decisions about calls. Those about a run are in its record.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The newest first.
    pub(crate) last: VecDeque<Decision>,
    /// Lines that are not kept yet.
    lines: String,
    pub(crate) keep_at_ms: Option<u64>,
}

impl Workbench {
    /// Notes a decision; with others of the next seconds it becomes lines of the day's file.
    pub(crate) fn note_decision(&mut self, cx: &Cx<'_>, decision: Decision) {
        if let Ok(line) = serde_json::to_string(&decision)
            && self.ledger.lines.len() + line.len() < DAY_BYTES_MAX
        {
            self.ledger.lines.push_str(&line);
            self.ledger.lines.push('\n');
            let later = cx.now_ms.saturating_add(KEEP_AFTER_MS);
            self.ledger.keep_at_ms.get_or_insert(later);
        }
        self.ledger.last.push_front(decision);
        self.ledger.last.truncate(DECISIONS_MAX);
    }

    /// Keeps what waits for it, when the time has come.
    pub(crate) fn keep_decisions(&mut self, cx: &mut Cx<'_>) {
        if self.ledger.keep_at_ms.is_none_or(|at| at > cx.now_ms) {
            return;
        }
        self.ledger.keep_at_ms = None;
        let lines = std::mem::take(&mut self.ledger.lines);
        let day = stamp(cx.now_ms);
        let path = format!("{RUNS_FOLDER}/decisions/{}.jsonl", &day[..10]);
        let mut bytes = self.workspace.read(&path).unwrap_or_default();
        bytes.extend(lines.into_bytes());
        if bytes.len() > DAY_BYTES_MAX {
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
