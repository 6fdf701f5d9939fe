//! What an executor says that a run did, held against what the run may do. An executor may be another machine, and may be broken:
//! what it says lands only where an honest sandbox would have let it happen.

use super::Run;
use super::land::Held;
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use crate::policy::{denial, words_of};
use selvage_tool::reach::Reach;
use selvage_tool::run::{FileOp, Job};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Path};
use serde_json::json;

impl Workbench {
    /// Refuses what a run can't have done, and notes that.
    ///
    /// # Errors
    /// See [`holds`].
    pub(super) fn believe(
        &mut self,
        cx: &Cx<'_>,
        run: &mut Run,
        ops: &[FileOp],
        written: &[(String, Vec<u8>)],
    ) -> ToolResult<()> {
        let held = holds(&run.job, ops, written);
        if let Err(error) = &held {
            let what = format!("land {}", error.path.as_deref().unwrap_or_default());
            let who = words_of(&run.origin());
            let decision = denial(cx.now_ms, who, what, error.message.clone());
            run.record.decisions.push(json!(decision));
            self.note_decision(cx, decision);
        }
        held
    }
}

/// Whether a run may have done all this, and its bytes are those that it names.
///
/// # Errors
/// [`ErrorCode::PolicyDenied`], [`ErrorCode::InvalidPath`] for a path that the workspace would keep as another one, or
/// [`ErrorCode::Damaged`] for a file whose bytes are others, or were not sent.
fn holds(job: &Job, ops: &[FileOp], written: &[(String, Vec<u8>)]) -> ToolResult<()> {
    let reach = Reach::new(&job.grant, &job.ceiling)
        .map_err(|why| ToolError::new(ErrorCode::InvalidInput, why))?;
    let mut held = Held::of(&job.files);
    for op in ops {
        let (path, to, made) = match op {
            FileOp::Write { path, hash, .. } => (path, None, Some(hash.clone())),
            FileOp::Mkdir { path } => (path, None, Some(String::new())),
            FileOp::Remove { path } => (path, None, None),
            FileOp::Move { from, to } => (from, Some(to.as_str()), None),
        };
        as_kept(path)?;
        as_kept(to.unwrap_or(path))?;
        match made {
            Some(hash) => {
                reach.may_write(path)?;
                held.put(path, hash);
            }
            None => away(&reach, &mut held, path, to)?,
        }
    }
    for (path, hash) in Held::left_by(ops) {
        let sent = written.iter().find(|(named, _)| *named == hash);
        if sent.is_none_or(|(_, bytes)| Hash::of(bytes).to_string() != hash) {
            let message = format!("The executor did not send the bytes of `{path}`.");
            return Err(ToolError::new(ErrorCode::Damaged, message).path(path));
        }
    }
    Ok(())
}

/// Takes something away, as far as the run may. What is not known may be a folder by now.
fn away(reach: &Reach, held: &mut Held, path: &str, to: Option<&str>) -> ToolResult<()> {
    let gone = held.take(path);
    let is_file = gone
        .iter()
        .any(|(end, hash)| end.is_empty() && !hash.is_empty());
    // A mounted parent's file is not where it is seen: to take it away takes nothing away.
    let own = gone.iter().map(|(end, _)| (end.as_str(), false));
    let seen = own.chain([("", false)]);
    reach.may_take_away(path, !is_file, seen, to)?;
    if let Some(to) = to {
        for (end, hash) in gone {
            held.put(&format!("{to}{end}"), hash);
        }
    }
    Ok(())
}

/// Refuses a path that the workspace would keep as another one: the grant was asked about this one.
fn as_kept(path: &str) -> ToolResult<()> {
    if Path::parse(path).map_err(failure)?.to_string() == path {
        return Ok(());
    }
    let message = format!("`{path}` is written otherwise than the workspace keeps it.");
    Err(ToolError::new(ErrorCode::InvalidPath, message)
        .path(path)
        .hint("Name it in Unicode's composed form (NFC), without slashes at its ends."))
}
