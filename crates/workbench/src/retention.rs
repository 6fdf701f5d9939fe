//! When the past is thinned out, and by what: the days that `retention.json` says, and what the records of runs refer to.
//!
//! The rules are the workspace's (`SPEC.md` of `selvage-vfs`, R1 to R8). The engine gives them time: a small step, then a
//! pause in which calls are answered, until the pass is done; and the next look an hour later.

use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use crate::record::{is_record, stamp};
use selvage_tool::catalogue::ThinOutput;
use selvage_tool::run::{RETENTION_FILE, RUNS_FOLDER, RunRecord};
use selvage_tool::{ToolError, ToolResult, json};
use selvage_vfs::{Heads, Thinned, Thinning, VfsError, Workspace};
use serde_json::Value;

/// How long everything is kept where nothing else is said.
const DAYS: u32 = 90;
/// What opening a workspace asks for has time first.
const FIRST_LOOK_MS: u64 = 60_000;
const NEXT_LOOK_MS: u64 = 3_600_000;
/// Between two steps, so that whoever calls meanwhile waits for one of them at the most.
const PAUSE_MS: u64 = 50;
/// Records that are read in one step.
const RECORDS_AT_ONCE: usize = 4;
/// Versions of a file among which the nearest one is looked for.
const VERSIONS_MAX: usize = 10_000;
/// Steps of one call of the tool.
const STEPS_A_CALL: usize = 32;

/// The pass that goes on, and when it does.
#[derive(Default)]
pub(crate) struct Retention {
    pass: Option<Thinning>,
    /// The records of runs that are still to be looked at.
    records: Vec<String>,
    at_ms: Option<u64>,
}

impl Workbench {
    /// When the next step or look is due.
    pub(crate) fn thin_time(&self) -> Option<u64> {
        self.retention.at_ms
    }

    /// Does a step when one is due.
    pub(crate) fn pass_thin_time(&mut self, cx: &Cx<'_>) {
        let at_ms = *self
            .retention
            .at_ms
            .get_or_insert(cx.now_ms + FIRST_LOOK_MS);
        if at_ms <= cx.now_ms {
            let is_done = self.thin_once(cx).map(|thinned| thinned.is_done);
            if is_done.is_err() {
                // What fails is tried again when the next look is due.
                self.retention.pass = None;
            }
            let pause = if is_done == Ok(false) {
                PAUSE_MS
            } else {
                NEXT_LOOK_MS
            };
            self.retention.at_ms = Some(cx.now_ms + pause);
        }
    }

    /// Some steps, for whoever does not want to wait for the time.
    pub(crate) fn thin_history(&mut self, cx: &Cx<'_>) -> ToolResult<ThinOutput> {
        let mut thinned = Thinned::default();
        for _ in 0..STEPS_A_CALL {
            thinned = self.thin_once(cx).map_err(failure)?;
            if thinned.is_done {
                break;
            }
        }
        Ok(ThinOutput {
            days: days(&self.workspace),
            contents: thinned.contents,
            bytes: thinned.bytes,
            done: thinned.is_done,
        })
    }

    /// One step of the pass, or the beginning of one. Nothing to do counts as done.
    fn thin_once(&mut self, cx: &Cx<'_>) -> Result<Thinned, VfsError> {
        let Retention { pass, records, .. } = &mut self.retention;
        let Some(going) = pass else {
            *pass = self.workspace.thinning(cx.now_ms, days(&self.workspace))?;
            *records = record_paths(&self.workspace);
            let is_done = pass.is_none();
            return Ok(Thinned {
                is_done,
                ..Thinned::default()
            });
        };
        let thinned = going.step(&mut self.workspace, &mut |workspace| {
            let mut heads = Vec::new();
            for _ in 0..RECORDS_AT_ONCE {
                let Some(path) = records.pop() else { break };
                let record = workspace.read(&path).unwrap_or_default();
                if let Ok(record) = json::from_bytes::<RunRecord>(&record) {
                    for list in [&record.heads_in, &record.heads_out] {
                        heads.push(Heads::from_strings(list).unwrap_or_default());
                    }
                }
            }
            (!(heads.is_empty() && records.is_empty())).then_some(heads)
        })?;
        if thinned.is_done {
            *pass = None;
        }
        Ok(thinned)
    }
}

impl Workbench {
    /// The error about a file. Of a version that was thinned out, it names the nearest one that was kept.
    pub(crate) fn about(&self, path: &str, error: VfsError) -> ToolError {
        let VfsError::Thinned { hash, .. } = error else {
            return failure(error);
        };
        let history = self.workspace.history(Some(path), VERSIONS_MAX);
        let history = history.unwrap_or_default();
        let asked = history.iter().find(|entry| entry.hash == Some(hash));
        let kept = history
            .iter()
            .filter(|entry| entry.hash.is_some() && entry.thinned_ms.is_none());
        let nearest =
            asked.and_then(|asked| kept.min_by_key(|entry| entry.at_ms.abs_diff(asked.at_ms)));
        let error = failure(error).path(path);
        match nearest {
            Some(entry) => error.hint(format!(
                "The nearest version that was kept is of {}: `at: [\"{}\"]`. `history` marks those that were thinned out.",
                &stamp(entry.at_ms)[..10],
                entry.change
            )),
            None => error,
        }
    }
}

/// For how many days everything is kept; 0 is for ever. What can't be read lets nothing go.
fn days(workspace: &Workspace) -> u32 {
    match workspace.read(RETENTION_FILE) {
        Ok(bytes) => {
            let setting: Value = json::from_bytes(&bytes).unwrap_or_default();
            let days = setting["days"].as_u64().unwrap_or(0);
            u32::try_from(days).unwrap_or(0)
        }
        Err(VfsError::NotFound { .. }) => DAYS,
        Err(_) => 0,
    }
}

fn record_paths(workspace: &Workspace) -> Vec<String> {
    let entries = workspace.list(RUNS_FOLDER, true).unwrap_or_default();
    let files = entries.into_iter();
    let files = files.filter(|entry| !entry.is_folder() && is_record(&entry.path));
    files.map(|entry| entry.path).collect()
}
