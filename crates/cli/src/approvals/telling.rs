//! What waits and what was decided, as a person reads it. All of it may be of somebody else's making.

use crate::{ask, openly};
use selvage_tool::ToolResult;
use selvage_tool::decision::{Approval, Decision};
use selvage_tool::policy::ApprovalsOutput;
use serde_json::json;

/// How many decisions are listed.
const DECISIONS_SHOWN: usize = 10;

/// What waits, a line each, and what was decided lately.
pub fn list(waits: &ApprovalsOutput, now_ms: u64) -> String {
    let mut lines = Vec::new();
    if waits.approvals.is_empty() {
        lines.push("Nothing waits for a person.".to_owned());
    }
    lines.extend(waits.approvals.iter().map(|approval| {
        let left = ask::time_left(approval.expires_ms.saturating_sub(now_ms));
        let (name, who) = (
            openly::line(&approval.approval),
            openly::line(&approval.who),
        );
        let what = openly::line(&approval.what);
        format!("{name}  {who} wants: {what} ({left} left)")
    }));
    if !waits.decided.is_empty() {
        lines.push("decided lately:".to_owned());
    }
    let lately = waits.decided.iter().take(DECISIONS_SHOWN);
    lines.extend(lately.map(|one| format!("  {}", decision(one))));
    lines.join("\n")
}

/// One that waits: all that the person would be asked by, and the digest to approve it by.
pub fn approval(approval: &Approval, read: impl Fn(&str) -> ToolResult) -> String {
    ask::whole(approval, read) + "digest: " + &openly::line(&approval.digest)
}

/// A decision, on one line.
pub fn decision(decision: &Decision) -> String {
    let verdict = json!(decision.verdict);
    let verdict = verdict.as_str().unwrap_or_default();
    let (who, what) = (openly::line(&decision.who), openly::line(&decision.what));
    let at = ask::clock(decision.at_ms);
    let reason = match openly::line(&decision.reason) {
        none if none.is_empty() => none,
        reason => format!(": {reason}"),
    };
    format!("{at} {verdict}: {who}, {what}{reason}")
}
