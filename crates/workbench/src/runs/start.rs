//! From a call to the queue: find the flow, lint it, decide what it may, take the snapshot.

use super::closing::ending;
use super::{Calls, EXECUTORS_MAX, QUEUE_MAX, RUN_DEPTH_MAX, Replay, Run};
use crate::engine::{Asking, Caller, Cx, Outcome, Workbench};
use crate::policy::{folder, granted, visible, words_of};
use crate::record::path_of;
use crate::reference::Target;
use crate::scopes::View;
use crate::secrets::placeholders;
use crate::supervisor::Plan;
use selvage_tool::catalogue::{RunInput, RunMode};
use selvage_tool::run::{Job, JobFile, RunRecord, RunStatus};
use selvage_tool::{ErrorCode, Grant, Limits, Severity, ToolError, ToolResult, Usage};
use selvage_vfs::OriginKind;
use serde_json::{Value, json};

/// The largest seed: numbers above it are not exact in every JSON reader.
pub(super) const SEED_MAX: u64 = (1 << 53) - 1;

/// The most bytes that a run's arguments may have as JSON.
pub(super) const ARGS_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Workbench {
    pub(crate) fn run_flow(&mut self, cx: &mut Cx<'_>, asking: Asking, input: RunInput) -> Outcome {
        let wait = input.wait;
        let plan = self.plan(input).map_err(Outcome::from);
        let room = self.make_room(&asking.caller).map_err(Outcome::from);
        match room
            .and(plan)
            .and_then(|plan| self.queue_run(cx, asking, plan))
        {
            Err(outcome) => outcome,
            Ok(run) => {
                match self.ask_to_start(cx, &run) {
                    Ok(true) => {}
                    Ok(false) => self.enqueue(&run),
                    Err(error) => {
                        self.runs.remove(&run);
                        return error.into();
                    }
                }
                let begun = &self.runs[&run];
                let answer = self.record_told(&begun.asking, &begun.record);
                self.tell_run(&run, None);
                self.dispatch_next(cx);
                if wait {
                    Outcome::Later
                } else {
                    Outcome::Done(Ok(answer))
                }
            }
        }
    }

    /// Puts a run into the queue.
    pub(crate) fn enqueue(&mut self, id: &str) {
        match self.runs.get(id).map(|run| run.asking.depth) {
            Some(0) => self.queue.push_back(id.to_owned()),
            // Its caller holds an executor until it is over.
            Some(_) => self.queue.push_front(id.to_owned()),
            None => {}
        }
    }

    /// Whether one more run may wait; gives how many runs lie between it and the host.
    pub(super) fn admit(&self, caller: &Caller) -> ToolResult<u32> {
        if self.is_closing {
            return Err(ending());
        }
        if self.queue.len() >= QUEUE_MAX {
            return Err(ToolError::new(
                ErrorCode::Busy,
                format!("{QUEUE_MAX} runs are waiting already."),
            )
            .hint("Wait for some of them to end, or cancel them."));
        }
        let depth = self.depth_of(caller);
        if depth > RUN_DEPTH_MAX {
            return Err(ToolError::new(
                ErrorCode::Busy,
                format!("Runs may call runs {RUN_DEPTH_MAX} deep."),
            )
            .hint("Call the inner flow's module with `import` in place of `flow.call`."));
        }
        Ok(depth)
    }

    /// A run that waits for another must not keep it from its executor.
    pub(crate) fn make_room(&mut self, caller: &Caller) -> ToolResult<()> {
        if !matches!(caller, Caller::Run { .. }) || self.spare() {
            return Ok(());
        }
        Err(ToolError::new(
            ErrorCode::Busy,
            format!("{EXECUTORS_MAX} runs go on already."),
        )
        .hint("Start fewer runs at a time from within a flow."))
    }

    fn queue_run(
        &mut self,
        cx: &mut Cx<'_>,
        asking: Asking,
        mut plan: Plan,
    ) -> Result<String, Outcome> {
        let mut input = std::mem::take(&mut plan.input);
        let depth = self.admit(&asking.caller)?;
        let heads_in = self.seal(cx)?;
        let view = self.view();
        let Target { path, function } = match (&input.path, &input.name) {
            (Some(path), None) => self.target(path, asking.alone, &view)?,
            (None, Some(name)) => self.named(name, asking.alone, &view)?,
            _ => {
                let both = "`run_flow` takes either `path` or `name`.";
                return Err(ToolError::new(ErrorCode::InvalidInput, both)
                    .hint("`flow_list` lists both.")
                    .into());
            }
        };
        // First of all, so that nobody learns what is there of a flow that is not theirs to run, or what is wrong with it.
        let mut ruling = self.flow_ruling(cx, &asking, path.trim_start_matches('/'))?;
        ruling.asked = self.consent.asks_run.take();
        if asking.origin.kind == OriginKind::System {
            ruling.hide_changed(&mut input.args);
        }
        let source = self.source(&path, &view)?;
        if input.args.to_string().len() > ARGS_BYTES_MAX {
            return Err(ToolError::new(
                ErrorCode::TooLarge,
                format!("Arguments have {ARGS_BYTES_MAX} bytes at the most."),
            )
            .hint("Write large data into a file, and pass its path.")
            .into());
        }
        let (path, text, sight) = (&source.path, &source.text, ruling.sight());
        let report = self.report(path, text, &input.allow_net, &view, &sight);
        // Before more of them is read, or anything is told of what was found in them.
        self.may_import(cx, &asking.behind, &ruling, path, &report)?;
        let is_ok = report.ok();
        let program = self.program(path, text, &view, &sight);
        if !program.unread.is_empty() && !asking.alone {
            return Err(Outcome::Lacks(program.unread));
        }
        let mut found_in = report.imports.iter().chain([&source.path]);
        let diagnostics = found_in
            .all(|path| self.may_see(path))
            .then_some(report.diagnostics);
        let shape = match (report.shape, &diagnostics) {
            (Some(shape), _) if is_ok => shape,
            (_, Some(found)) => return Err(refused(&source.path, found).into()),
            _ => return Err(unread(&source.path).into()),
        };
        self.may_have(cx, &asking, &ruling, &input.secrets, &input.env)?;
        let run = new_id(cx);
        let grant = granted(input.grant, &input.allow_net, &input.allow_tools);
        let mut ceiling = report.grant;
        ceiling
            .read
            .extend(report.imports.iter().cloned().chain([source.path.clone()]));
        let made_of: Vec<&String> = report.imports.iter().chain([&source.path]).collect();
        let mut files = files_of(&view, &grant, &ceiling, &made_of)?;
        ruling.hide(&mut files, &made_of);
        let made_of = made_of.into_iter().cloned().collect();
        let scopes = scopes_of(&view, &files)?;
        let mut job = Job {
            run: run.clone(),
            entry: source.path.clone(),
            function: function.clone(),
            shape,
            module: report.module,
            args: input.args,
            env: input.env,
            grant,
            ceiling,
            limits: ruling.limits(Limits::default().patched(&input.limits)),
            files,
            seed: input.seed.unwrap_or_else(|| low_bits(cx)).min(SEED_MAX),
            start_ms: input.start_ms,
            began_ms: cx.now_ms,
            readings: Vec::new(),
            ask: input.ask,
        };
        let record = RunRecord {
            run: run.clone(),
            path: source.path.clone(),
            function,
            name: plan.name.clone(),
            asked_by: words_of(&asking.behind),
            attempt: (asking.attempt > 1).then_some(asking.attempt),
            status: RunStatus::Queued,
            started_ms: cx.now_ms,
            duration_ms: 0.0,
            args: job.args.clone(),
            env: job.env.keys().cloned().collect(),
            secrets: input.secrets,
            salt: None,
            value: None,
            error: None,
            usage: Usage::default(),
            limits: job.limits.clone(),
            grant: job.grant.clone(),
            changes: Vec::new(),
            artifacts: Vec::new(),
            variables: None,
            logs: Vec::new(),
            // They tell of the text to whoever reads the record, and that is whoever called.
            diagnostics: diagnostics.unwrap_or_default(),
            heads_in,
            scopes,
            heads_out: Vec::new(),
            flow_hash: source.hash,
            guest_hash: String::new(),
            seed: job.seed,
            start_ms: job.start_ms,
            decisions: Vec::new(),
            proposed: Vec::new(),
            dry_run: input.mode == RunMode::DryRun,
            record: path_of(&view, &source.path, &run, cx.now_ms),
        };
        let salt = format!("{:032x}", (cx.random)());
        for (variable, secret) in placeholders(&record, &salt) {
            job.env.insert(variable, secret.placeholder);
        }
        let asking = Asking { depth, ..asking };
        let waiting = Run {
            record,
            runner: None,
            job,
            asking,
            waits: input.wait,
            verifies: None,
            calls: Calls::default(),
            replay: Replay::default(),
            deadline_ms: None,
            held: None,
            waits_since_ms: None,
            plan,
            made_of,
            salt,
            ruling,
            pinned: false,
            landing: None,
            approved: false,
            cancelled: false,
        };
        self.runs.insert(run.clone(), waiting);
        Ok(run)
    }
}

impl Workbench {
    /// Gives a run that waited for others the files as they are now, unless its flow is another one by now, or a person approved
    /// it with the files as they were.
    pub(super) fn refresh(&mut self, id: &str) {
        let heads = self.workspace.heads().to_strings();
        let view = self.view();
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        let waited = run.verifies.is_none() && run.record.heads_in != heads;
        let is_same = |path: &String| {
            let known = run.job.files.iter().find(|file| file.path == *path);
            let now = view.stat(path).ok().and_then(|entry| entry.hash);
            known.map(|file| file.hash.as_str()) == now.map(|hash| hash.to_string()).as_deref()
        };
        if !waited || run.pinned || !run.made_of.iter().all(is_same) {
            return;
        }
        let made_of: Vec<&String> = run.made_of.iter().collect();
        let files = files_of(&view, &run.job.grant, &run.job.ceiling, &made_of);
        if let Ok(mut files) = files
            && let Ok(scopes) = scopes_of(&view, &files)
        {
            run.ruling.hide(&mut files, &made_of);
            if run
                .ruling
                .asked_reads(&files, &run.job.entry)
                .next()
                .is_some()
            {
                // Nobody was asked about what came meanwhile.
                return;
            }
            run.job.files = files;
            run.record.scopes = scopes;
            run.record.heads_in = heads;
        }
    }
}

/// The files that a run sees, and those that the flow is made of: these are readable to the
/// interpreter whatever the grant says.
pub(super) fn files_of(
    view: &View,
    grant: &Grant,
    ceiling: &Grant,
    made_of: &[&String],
) -> ToolResult<Vec<JobFile>> {
    let mut files = visible(view, grant, ceiling)?;
    for path in made_of {
        for (at, _) in path.match_indices('/') {
            if files.iter().all(|file| file.path != path[..at]) {
                files.push(folder(path[..at].to_owned()));
            }
        }
        if files.iter().all(|file| file.path != **path)
            && let Ok(entry) = view.stat(path)
            && let Some(hash) = entry.hash
        {
            files.push(JobFile {
                path: (*path).clone(),
                folder: false,
                size: entry.size,
                hash: hash.to_string(),
                readable: true,
                mounted: view.scope_of(path) > 0,
            });
        }
    }
    Ok(files)
}

/// The parents that a run's files are of, as far as it may read them.
fn scopes_of(view: &View, files: &[JobFile]) -> ToolResult<Vec<Value>> {
    let mut are_read = vec![false; view.scopes()];
    for file in files {
        if file.mounted && file.readable {
            are_read[view.scope_of(&file.path)] = true;
        }
    }
    let mut read = Vec::new();
    for (scope, is_read) in are_read.into_iter().enumerate() {
        if is_read {
            view.check(scope)?;
            read.push(json!(view.parent(scope)));
        }
    }
    Ok(read)
}

/// Why a flow with errors does not run: the first error, with its place.
fn refused(path: &str, diagnostics: &[selvage_tool::Diagnostic]) -> ToolError {
    let errors = diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    let count = errors.clone().count();
    let Some(first) = errors.clone().next() else {
        return ToolError::new(
            ErrorCode::LintFailed,
            format!("`{path}` has no entry to run."),
        )
        .path(path);
    };
    let more = if count > 1 {
        format!(" ({} more errors)", count - 1)
    } else {
        String::new()
    };
    let hint = first
        .hint
        .clone()
        .unwrap_or_else(|| "`lint_flow` lists everything that was found.".into());
    ToolError::new(ErrorCode::LintFailed, format!("{}{more}", first.message))
        .path(&first.path)
        .at(first.span.start.line, first.span.start.column)
        .hint(hint)
}

/// That a flow with errors does not run, for an agent that may run it and not read it.
fn unread(path: &str) -> ToolError {
    let message = format!("`{path}` has errors, and does not run.");
    ToolError::new(ErrorCode::LintFailed, message)
        .path(path)
        .hint("Whoever may read it sees them by `lint_flow`.")
}

/// A run's name: ten characters that can stand in a file name.
pub(crate) fn new_id(cx: &mut Cx<'_>) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let bits = (cx.random)();
    (0..10)
        .map(|place| char::from(LETTERS[((bits >> (place * 5)) & 31) as usize]))
        .collect()
}

/// A seed.
fn low_bits(cx: &mut Cx<'_>) -> u64 {
    u64::try_from((cx.random)() & u128::from(SEED_MAX)).unwrap_or(0)
}
