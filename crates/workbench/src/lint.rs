//! `lint_flow`: the guest's own parser has the first word, then come the rules.

mod reports;

use crate::engine::{Asking, Caller, Cx, Outcome, Workbench};
use crate::event::{Effect, RunnerId, TaskId};
use crate::record::flow_name;
use selvage_lint::{Context, Report, apply_fixes, lint};
use selvage_tool::catalogue::{LintInput, LintOutput, NAMES};
use selvage_tool::guest::Checked;
use selvage_tool::{Diagnostic, ErrorCode, Position, Severity, Span, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Snapshot};
use serde_json::json;
use std::cell::RefCell;
use std::collections::BTreeMap;

pub(crate) use reports::Reports;
use reports::{Seen, Subject};

/// How often fixes may lead to further fixes.
const FIX_PASSES_MAX: u32 = 5;

/// A lint that waits for the guest's parser.
#[derive(Debug)]
pub(crate) struct PendingLint {
    caller: Caller,
    runner: RunnerId,
    path: String,
    output: LintOutput,
}

/// The text of a flow.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) hash: String,
}

impl Workbench {
    /// Reads a flow's text, and says what to do when there is none.
    pub(crate) fn source(&self, path: &str, snapshot: &Snapshot) -> ToolResult<Source> {
        let path = path.trim_start_matches('/');
        let entry = snapshot.stat(path).map_err(crate::failure::failure)?;
        let Some(hash) = entry.hash else {
            return Err(
                ToolError::new(ErrorCode::NotAFile, format!("`{path}` is a folder."))
                    .path(path)
                    .hint("Name a flow in it."),
            );
        };
        if flow_name(path).is_none() {
            return Err(
                ToolError::new(ErrorCode::NotAFlow, format!("`{path}` is no flow."))
                    .path(path)
                    .hint(
                        "Flows end in `.flow.js`, `.flow.mjs` or `.py`, and lie outside `modules/`: rename the file, or name another.",
                    ),
            );
        }
        if entry.size > selvage_lint::SOURCE_BYTES_MAX as u64 {
            return Err(ToolError::new(
                ErrorCode::TooLarge,
                format!("`{path}` has {} bytes.", entry.size),
            )
            .path(path)
            .hint(format!(
                "A flow has {} bytes at the most. Keep data in files of its own.",
                selvage_lint::SOURCE_BYTES_MAX
            )));
        }
        let bytes = self
            .workspace
            .read_hash(&hash)
            .map_err(crate::failure::failure)?;
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))
            .ok_or_else(|| {
                ToolError::new(
                    ErrorCode::NotText,
                    format!("`{path}` is not text in UTF-8."),
                )
                .path(path)
                .hint("Save the flow as UTF-8, or name another file.")
            })?;
        Ok(Source {
            path: path.to_owned(),
            text,
            hash: hash.to_string(),
        })
    }

    /// Looks at a text without running it, or gives what is known of it.
    pub(crate) fn report(
        &mut self,
        path: &str,
        text: &str,
        net: &[String],
        snapshot: &Snapshot,
    ) -> Report {
        let now = |path: &str| snapshot.stat(path).ok()?.hash;
        let subject = Subject {
            path: path.to_owned(),
            text: Hash::of(text.as_bytes()),
            net: net.to_vec(),
        };
        // What somebody types is another text each time; only what the file holds is asked for again.
        let keeps = now(path) == Some(subject.text);
        let known = keeps.then(|| self.reports.get(&subject, &now)).flatten();
        if let Some(report) = known {
            return report;
        }
        let (report, seen) = self.look(path, text, net, &now);
        if keeps {
            self.reports.keep(subject, seen, report.clone());
        }
        report
    }

    /// Looks at a text, and notes what was asked about other files.
    fn look(
        &self,
        path: &str,
        text: &str,
        net: &[String],
        now: &dyn Fn(&str) -> Seen,
    ) -> (Report, BTreeMap<String, Seen>) {
        let seen = RefCell::new(BTreeMap::new());
        let see = |path: &str| {
            let found = now(path);
            seen.borrow_mut().insert(path.to_owned(), found);
            found
        };
        let read = |path: &str| String::from_utf8(self.workspace.read_hash(&see(path)?).ok()?).ok();
        let exists = |path: &str| see(path).is_some();
        let report = lint(
            path,
            text,
            &Context {
                exists: &exists,
                read: &read,
                net,
                tools: NAMES,
            },
        );
        (report, seen.into_inner())
    }

    pub(crate) fn lint_flow(
        &mut self,
        cx: &mut Cx<'_>,
        asking: Asking,
        input: LintInput,
    ) -> Outcome {
        match self.start_lint(cx, asking, input) {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Done(Err(error)),
        }
    }

    fn start_lint(
        &mut self,
        cx: &mut Cx<'_>,
        asking: Asking,
        input: LintInput,
    ) -> ToolResult<Outcome> {
        self.seal(cx)?;
        let snapshot = self.workspace.snapshot();
        let mut source = match input.content {
            Some(text) => Source {
                path: input.path.trim_start_matches('/').to_owned(),
                text,
                hash: String::new(),
            },
            None => self.source(&input.path, &snapshot)?,
        };
        let mut report = self.report(&source.path, &source.text, &input.allow_net, &snapshot);
        let mut fixed = 0;
        if input.fix {
            for _ in 0..FIX_PASSES_MAX {
                let (text, applied) = apply_fixes(&source.text, &report.diagnostics);
                if applied == 0 {
                    break;
                }
                fixed += u32::try_from(applied).unwrap_or(u32::MAX);
                source.text = text;
                report = self.report(&source.path, &source.text, &input.allow_net, &snapshot);
            }
            if fixed > 0 {
                let ops = [Op::write(source.path.clone(), source.text.clone())];
                self.change(cx, &asking.origin, format!("Fix {}", source.path), &ops)?;
            }
        }
        let module = report.module;
        let output = LintOutput {
            ok: report.ok(),
            diagnostics: report.diagnostics,
            fixed,
            shape: report.shape,
            title: report.title,
            description: report.description,
            inputs: report.inputs,
            outputs: report.outputs,
            grant: report.grant,
        };
        let Some(runner) = self.idle_runner() else {
            // Every executor is computing. The run itself will say what the parser refuses.
            return Ok(Outcome::Done(Ok(json!(output))));
        };
        let task = self.new_task();
        let path = source.path.clone();
        self.effects.push(Effect::Check {
            task,
            runner,
            path: path.clone(),
            module,
            source: source.text,
        });
        self.lints.insert(
            task,
            PendingLint {
                caller: asking.caller,
                runner,
                path,
                output,
            },
        );
        Ok(Outcome::Later)
    }

    /// An executor is gone: lints that wait for it are answered without it.
    pub(crate) fn drop_lints(&mut self, runner: RunnerId) {
        let lost: Vec<TaskId> = self
            .lints
            .iter()
            .filter(|(_, lint)| lint.runner == runner)
            .map(|(task, _)| *task)
            .collect();
        for task in lost {
            self.checked(task, Checked::default());
        }
    }

    /// The guest's parser has spoken: what it refuses can't run, whatever the rules say.
    pub(crate) fn checked(&mut self, task: TaskId, checked: Checked) {
        let Some(PendingLint {
            caller,
            path,
            mut output,
            ..
        }) = self.lints.remove(&task)
        else {
            return;
        };
        if let Some(error) = checked.error {
            let line = error.line.unwrap_or(1);
            let known = output
                .diagnostics
                .iter()
                .any(|d| d.severity == Severity::Error && d.span.start.line == line);
            if !known {
                let at = Position {
                    line,
                    column: error.column.unwrap_or(1),
                    offset: 0,
                };
                output.diagnostics.insert(
                    0,
                    Diagnostic {
                        code: "syntax".into(),
                        severity: Severity::Error,
                        path,
                        span: Span { start: at, end: at },
                        message: error.message,
                        hint: error.hint.or_else(|| {
                            Some("The interpreter can't read this; write it in another way.".into())
                        }),
                        fix: None,
                    },
                );
            }
            output.ok = false;
        }
        self.reply(&caller, Ok(json!(output)));
    }
}
