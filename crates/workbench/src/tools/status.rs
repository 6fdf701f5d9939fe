//! Tools that tell about flows, runs and the workspace.

use crate::engine::{Asking, Cx, Outcome, Workbench};
use crate::failure::failure;
use crate::lint::{LISTED_MAX, describe, meant};
use crate::record::{flow_name, is_record, is_record_of, newest_first};
use crate::reference::Target;
use selvage_lint::order::arranged;
use selvage_tool::catalogue::{
    FlowListOutput, FlowSummary, LogsInput, LogsOutput, RunSummary, RunsInput, RunsOutput,
    StatusOutput,
};
use selvage_tool::run::{Parent, RUNS_FOLDER, RunRecord};
use selvage_tool::{ErrorCode, Limits, ToolError, ToolResult, json};

/// How many runs `flow_runs` gives unless told.
const RUNS: u32 = 50;

/// The most runs that `flow_runs` gives.
const RUNS_MAX: u32 = 1_000;

impl Workbench {
    /// The flows. A program is told all that they offer, and waits until that is read; everybody else is told what is known, and
    /// what is still to be read.
    pub(super) fn flow_list(
        &mut self,
        cx: &mut Cx<'_>,
        asking: &Asking,
    ) -> Result<FlowListOutput, Outcome> {
        self.seal(cx)?;
        let view = self.view();
        let sight = self.sight();
        let mut flows = Vec::new();
        let mut lacks = Vec::new();
        for entry in view.entries() {
            if !self.may_see(&entry.path) {
                continue;
            }
            let Some(name) = flow_name(&entry.path).filter(|_| !entry.is_folder()) else {
                continue;
            };
            let Ok(source) = self.source(&entry.path, &view) else {
                continue;
            };
            let mut report = self.report(&source.path, &source.text, &[], &view, &sight);
            let lacked = lacks.len();
            if flows.len() < LISTED_MAX {
                lacks.extend(self.unread(&entry));
            }
            if let Some(only) = meant(&report.entries, None).cloned() {
                describe(&mut report, &only);
            }
            flows.push(FlowSummary {
                path: entry.path.clone(),
                name: name.to_owned(),
                scope: view.name(view.scope_of(&entry.path)).map(str::to_owned),
                title: report.title,
                description: report.description,
                shape: report.shape,
                inputs: report.inputs,
                entries: report.entries,
                named: false,
                unread: lacks.len() > lacked,
            });
        }
        if asking.caller.run().is_some() && !asking.alone && !lacks.is_empty() {
            self.make_room(&asking.caller)?;
            return Err(Outcome::Lacks(lacks));
        }
        self.read_later(cx, lacks);
        let mut flows = arranged(flows, |flow| (0, flow.path.clone()));
        self.add_named(&mut flows);
        Ok(FlowListOutput { flows })
    }

    pub(super) fn flow_status(&self, asking: &Asking, run: &str) -> ToolResult {
        let record = RunRecord {
            logs: Vec::new(),
            ..self.record_of(run)?
        };
        Ok(self.record_told(asking, &record))
    }

    pub(super) fn flow_logs(&self, input: &LogsInput) -> ToolResult<LogsOutput> {
        let record = self.record_of(&input.run)?;
        let ended = record.status.ended();
        let entries = record
            .logs
            .into_iter()
            .filter(|entry| input.after.is_none_or(|after| entry.seq > after))
            .collect();
        Ok(LogsOutput { entries, ended })
    }

    pub(super) fn flow_runs(
        &mut self,
        asking: &Asking,
        input: &RunsInput,
    ) -> Result<RunsOutput, Outcome> {
        let limit = input.limit.unwrap_or(RUNS).min(RUNS_MAX) as usize;
        let asked = match &input.path {
            Some(flow) => Some(self.asked_for(asking, flow)?),
            None => None,
        };
        let wanted = |run: &RunRecord| asked.as_ref().is_none_or(|asked| asked.has(run));
        let mut runs: Vec<RunSummary> = self
            .runs
            .values()
            .map(|run| &run.record)
            .chain(self.vouching.records())
            .filter(|record| self.may_see(&record.record) && wanted(record))
            .map(summary)
            .collect();
        let is_known = |path: &str| self.vouching.records().any(|record| record.record == path);
        let is_listed = |path: &str| is_record(path) && !is_known(path) && self.may_see(path);
        for entry in newest_first(&self.workspace, &is_listed) {
            if runs.len() >= limit {
                break;
            }
            let read = self.read_record(&entry.path).ok();
            if let Some(record) = read.filter(wanted) {
                runs.push(summary(&record));
            }
        }
        let mut runs = arranged(runs, |run| (u64::MAX - run.started_ms, String::new()));
        runs.truncate(limit);
        Ok(RunsOutput { runs })
    }

    /// Whose runs are asked for: a path, a reference or a name means to `flow_runs` what it means to `run_flow`.
    fn asked_for(&mut self, asking: &Asking, flow: &str) -> Result<Asked, Outcome> {
        let flow = &super::files::bare(flow);
        if self.is_named(flow) {
            return Ok(Asked::Named(flow.to_owned()));
        }
        let found = self.target(flow, asking.alone, &self.view());
        if matches!(found, Err(Outcome::Lacks(_))) {
            self.make_room(&asking.caller)?;
        }
        found.map(Asked::Target)
    }

    pub(super) fn workspace_status(&self) -> ToolResult<StatusOutput> {
        let (files, bytes) = self.sizes()?;
        let running = self
            .runs
            .values()
            .filter(|run| run.runner.is_some())
            .count();
        Ok(StatusOutput {
            storage: self.config.storage,
            heads: self.workspace.heads().to_strings(),
            files,
            bytes,
            version: self.config.version.clone(),
            queued: u32::try_from(self.queue.len()).unwrap_or(u32::MAX),
            running: u32::try_from(running).unwrap_or(u32::MAX),
            limits: Limits::default(),
            scopes: self.mounted(),
        })
    }

    /// How many files are seen, and their bytes.
    fn sizes(&self) -> ToolResult<(u64, u64)> {
        if self.may_see_all() {
            let stats = self.workspace.stats().map_err(failure)?;
            return Ok((stats.files, stats.file_bytes));
        }
        let entries = self.workspace.snapshot().entries().into_iter();
        let seen = entries.filter(|entry| !entry.is_folder() && self.may_see(&entry.path));
        Ok(seen.fold((0, 0), |(files, bytes), entry| {
            (files + 1, bytes + entry.size)
        }))
    }

    /// What is mounted here.
    fn mounted(&self) -> Vec<Parent> {
        let view = self.view();
        let mut mounted = Vec::new();
        for scope in 0..view.scopes() {
            if view.mount(scope).is_some() {
                let problem = view.check(scope).err().map(|error| error.message);
                mounted.push(Parent {
                    problem,
                    ..view.parent(scope)
                });
            }
        }
        mounted
    }

    /// The record of a run, whether it still goes on or is kept as a file.
    pub(crate) fn record_of(&self, run: &str) -> ToolResult<RunRecord> {
        if let Some(run) = self.runs.get(run) {
            return Ok(run.record.clone());
        }
        if let Some(record) = self.vouching.records().find(|record| record.run == run) {
            return Ok(record.clone());
        }
        let not_found = || {
            let shown: String = run.chars().take(40).collect();
            ToolError::new(ErrorCode::NotFound, format!("There is no run `{shown}`."))
                .hint("`flow_runs` lists the runs.")
        };
        let entries = self
            .workspace
            .list(RUNS_FOLDER, true)
            .map_err(|_| not_found())?;
        let entry = entries
            .iter()
            .find(|entry| is_record_of(&entry.path, run))
            .ok_or_else(not_found)?;
        self.read_record(&entry.path)
    }

    /// The record that a file holds. Where it is kept is told by the file, whatever the record says of itself: anybody may have
    /// written it.
    fn read_record(&self, path: &str) -> ToolResult<RunRecord> {
        let bytes = self.workspace.read(path).map_err(failure)?;
        let record: RunRecord = json::from_bytes(&bytes).map_err(|why| {
            ToolError::new(
                ErrorCode::InvalidInput,
                format!("The record of this run was changed by hand and does not read: {why}."),
            )
            .path(path)
            .hint("`history` of the file shows it as it was.")
        })?;
        Ok(RunRecord {
            record: path.to_owned(),
            ..record
        })
    }
}

/// Whose runs are asked for.
enum Asked {
    /// Those of a file, or of a function of it.
    Target(Target),
    /// Those of a flow that the manifest names.
    Named(String),
}

impl Asked {
    /// Whether a run is one of them. One that named no function ran the only one that its file had.
    fn has(&self, run: &RunRecord) -> bool {
        match self {
            Self::Named(name) => run.name.as_ref() == Some(name),
            Self::Target(Target { path, function }) => {
                let (one, other) = (function.as_ref(), run.function.as_ref());
                let is_same = one.is_none() || other.is_none() || one == other;
                is_same && *path == run.path
            }
        }
    }
}

fn summary(record: &RunRecord) -> RunSummary {
    RunSummary {
        run: record.run.clone(),
        path: record.path.clone(),
        function: record.function.clone(),
        status: record.status,
        started_ms: record.started_ms,
        duration_ms: record.duration_ms,
        code: record.error.as_ref().map(|error| error.code),
        record: record.record.clone(),
        dry_run: record.dry_run,
    }
}
