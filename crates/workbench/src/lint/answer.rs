//! `lint_flow`: what was found, and the fixes of it.

use super::hearing::{Wanted, subject};
use super::{Source, Subject, describe, meant};
use crate::engine::{Asking, Cx, Outcome, Workbench};
use crate::failure::failure;
use crate::policy::{Proof, Sight, is_manifest};
use crate::reference::split;
use crate::scopes::{View, writable};
use selvage_lint::{Report, apply_fixes};
use selvage_tool::catalogue::{LintInput, LintOutput};
use selvage_tool::guest::Checked;
use selvage_tool::{
    Diagnostic, ErrorCode, Grant, Guest, Language, Position, Severity, Span, ToolError,
};
use selvage_vfs::{Hash, Op};
use serde_json::json;

/// How often fixes may lead to further fixes.
const FIX_PASSES_MAX: u32 = 5;

/// The code of what a parser can't read.
const UNREADABLE: &str = "syntax";

impl Workbench {
    pub(crate) fn lint_flow(
        &mut self,
        cx: &mut Cx<'_>,
        asking: &Asking,
        input: LintInput,
    ) -> Outcome {
        match self.look_and_fix(cx, asking, input) {
            Ok(output) => Outcome::Done(Ok(json!(output))),
            Err(outcome) => outcome,
        }
    }

    fn look_and_fix(
        &mut self,
        cx: &mut Cx<'_>,
        asking: &Asking,
        input: LintInput,
    ) -> Result<LintOutput, Outcome> {
        self.seal(cx)?;
        let bare = input.path.trim_start_matches('/');
        refuse_idle(&input)?;
        if is_manifest(bare) {
            refuse_layout(input.format, bare)?;
            let text = match input.content {
                Some(text) => text,
                None => {
                    let bytes = self.workspace.read(bare).map_err(failure)?;
                    String::from_utf8_lossy(&bytes).into_owned()
                }
            };
            let proof = self.proof(bare, &text).ok_or(Outcome::Later)?;
            return Ok(self.manifest_output(proof));
        }
        let view = self.view();
        let (mut source, function) = match input.content {
            Some(text) => {
                let (path, function) = split(input.path.trim_start_matches('/'));
                let inside = view.inside(path).ok().flatten();
                let source = Source {
                    path: inside.unwrap_or_else(|| path.to_owned()),
                    text,
                    hash: String::new(),
                };
                (source, function.map(str::to_owned))
            }
            None => {
                let target = self.target(&input.path, asking.alone, &view)?;
                (self.source_or_module(&target.path, &view)?, target.function)
            }
        };
        refuse_layout(input.format, &source.path)?;
        let (mut fixed, mut formatted) = (0, false);
        let mut passes = if input.fix { FIX_PASSES_MAX } else { 0 };
        let sight = self.sight_of_lint();
        let (mut report, about) = loop {
            let (path, text) = (&source.path, &source.text);
            let about = subject(path, Hash::of(text.as_bytes()));
            let mut report = self.report(path, text, &input.allow_net, &view, &sight);
            // Findings tell what is in the files that they are of.
            self.consent_to_tell(cx, path, &sight)?;
            let lays_out = input.format && !formatted;
            let lacks = self.unheard(&about, &source, &report, (&view, &sight), lays_out);
            if !lacks.is_empty() && !asking.alone {
                return Err(Outcome::Lacks(lacks));
            }
            let laid_out = self.add_looks(&about, &mut report, lays_out);
            if passes > 0 {
                passes -= 1;
                let (text, applied) = apply_fixes(&source.text, &report.diagnostics);
                if applied > 0 {
                    fixed += u32::try_from(applied).unwrap_or(u32::MAX);
                    source.text = text;
                    continue;
                }
                passes = 0;
            }
            match laid_out {
                Some(text) if text != source.text => source.text = text,
                None if lays_out && report.ok() => {
                    return Err(self.not_laid_out(&about).into());
                }
                _ => break (report, about),
            }
            formatted = true;
        };
        if fixed > 0 || formatted {
            writable(&view.place(&source.path))?;
            let ops = [Op::write(source.path.clone(), source.text.clone())];
            let verb = if fixed > 0 { "Fix" } else { "Format" };
            self.change(cx, &asking.origin, format!("{verb} {}", source.path), &ops)?;
        }
        if let Some(checked) = self.hearing.said(&about) {
            add_word(&mut report, &source.path, checked);
        }
        let unrun = self.unrun(&source.path, &report, &view);
        let namesakes = self.namesakes(&source.path, &report, &view);
        report
            .diagnostics
            .extend(unrun.into_iter().chain(namesakes));
        // Of parents' files, it is told where they lie.
        for found in &mut report.diagnostics {
            found.path = view.place(&found.path);
        }
        if let Some(entry) = meant(&report.entries, function.as_deref()).cloned() {
            describe(&mut report, &entry);
        }
        let policy = self.foreseen(asking, &source.path, &report.grant);
        Ok(LintOutput {
            ok: report.ok(),
            diagnostics: report.diagnostics,
            fixed,
            formatted,
            shape: report.shape,
            title: report.title,
            description: report.description,
            inputs: report.inputs,
            entries: report.entries,
            outputs: report.outputs,
            grant: report.grant,
            policy,
        })
    }

    /// What lint says of a manifest: what is wrong with it, and which files are not there that it runs; nothing about running it.
    fn manifest_output(&self, Proof { flaw, entries }: Proof) -> LintOutput {
        let view = self.view();
        let is_there = |path: &str| {
            let file = view.stat(path).ok().and_then(|entry| entry.hash);
            file.is_some() && self.may_see(path)
        };
        let missing = entries.into_iter().filter(|(path, _)| !is_there(path));
        let missing = missing.map(|(_, found)| found);
        LintOutput {
            ok: flaw.is_none(),
            diagnostics: flaw.map(|flaw| *flaw).into_iter().chain(missing).collect(),
            fixed: 0,
            formatted: false,
            shape: None,
            title: None,
            description: None,
            inputs: Vec::new(),
            entries: Vec::new(),
            outputs: Vec::new(),
            grant: Grant::default(),
            policy: Vec::new(),
        }
    }

    /// What the guests must still read: this text, and where the report rests on its imports, those; what may have its name; and at
    /// last the guest looks that runs nothing, at what the interpreter could read.
    fn unheard(
        &mut self,
        about: &Subject,
        source: &Source,
        report: &Report,
        (view, sight): (&View, &Sight),
        lays_out: bool,
    ) -> Vec<Wanted> {
        let language = Language::of(&source.path);
        let this = |guest, format| {
            vec![Wanted {
                subject: about.clone(),
                guest,
                module: report.module,
                format,
                text: Some(source.text.clone()),
            }]
        };
        let Some(checked) = self.hearing.said(about) else {
            return this(language.guest(), false);
        };
        let parses = checked.error.is_none();
        let mut unread = self.program(&source.path, &source.text, view, sight).unread;
        if !report.entries.is_empty() {
            unread.extend(self.unread_namesakes(&source.path, view));
        }
        let is_last = unread.is_empty() && parses && language == Language::Python;
        if is_last && self.hearing.looked(about, lays_out).is_none() {
            return this(Guest::Ruff, lays_out);
        }
        unread
    }

    /// Adds what the guest found that runs nothing, and gives the text as it lays it out.
    fn add_looks(
        &mut self,
        about: &Subject,
        report: &mut Report,
        lays_out: bool,
    ) -> Option<String> {
        let looked = self.hearing.looked(about, lays_out)?;
        let mut found = looked.reading.diagnostics.clone();
        for one in &mut found {
            one.path.clone_from(&about.path);
        }
        let formatted = looked.formatted.clone().filter(|_| lays_out);
        let unread = looked.error.as_ref();
        found.extend(unread.map(|error| word(&about.path, error, Severity::Warning)));
        report.diagnostics.append(&mut found);
        report.diagnostics.sort_by_key(|one| one.span.start);
        formatted
    }

    /// Why a text was not laid out: what the guest says that does it, or that there is none.
    fn not_laid_out(&mut self, about: &Subject) -> ToolError {
        let path = &about.path;
        let looked = self.hearing.looked(about, true);
        if let Some(error) = looked.and_then(|checked| checked.error.clone()) {
            return error.path(path);
        }
        let message =
            format!("`{path}` was not laid out: the program that does it can't be had now.");
        let error = ToolError::new(ErrorCode::ExecutorUnavailable, message).path(path);
        error
            .hint("Nothing was changed. Try again when an executor is free and the page is online.")
    }
}

/// What is never done: a text in place of the file's is looked at, and nothing of it is written.
fn refuse_idle(input: &LintInput) -> Result<(), ToolError> {
    if input.content.is_none() || !(input.fix || input.format) {
        return Ok(());
    }
    let message = "`content` is looked at, and never written.";
    let error = ToolError::new(ErrorCode::InvalidInput, message).path(&*input.path);
    Err(error.hint("Write it first, or leave `fix` and `format` out."))
}

/// A file that is asked to be laid out and can't be: who asked would take it for done.
fn refuse_layout(lays_out: bool, path: &str) -> Result<(), ToolError> {
    if !lays_out || Language::of(path) == Language::Python {
        return Ok(());
    }
    let message = "`format` lays out Python, and nothing else.";
    let error = ToolError::new(ErrorCode::InvalidInput, message).path(path);
    Err(error.hint("Leave `format` out."))
}

/// Adds the word of the guest's parser: what it refuses can't run, whatever the rules say. It is left out where the
/// same fault is told already, which two parsers may place apart: a brace that is never closed is missed by one where
/// it is opened, and by the other behind the end.
pub(super) fn add_word(report: &mut Report, path: &str, checked: &Checked) {
    let Some(error) = &checked.error else {
        return;
    };
    let line = error.line.unwrap_or(1);
    let tells = |one: &Diagnostic| {
        let told = one.span.start.line;
        one.severity == Severity::Error && (told == line || one.code == UNREADABLE && told < line)
    };
    if report.diagnostics.iter().any(tells) {
        return;
    }
    report
        .diagnostics
        .insert(0, word(path, error, Severity::Error));
}

/// What a guest says that could not read a text.
fn word(path: &str, error: &ToolError, severity: Severity) -> Diagnostic {
    let at = Position {
        line: error.line.unwrap_or(1),
        column: error.column.unwrap_or(1),
        offset: 0,
    };
    let hint = error.hint.clone();
    Diagnostic {
        code: UNREADABLE.into(),
        severity,
        path: path.to_owned(),
        span: Span { start: at, end: at },
        message: error.message.clone(),
        hint: hint
            .or_else(|| Some("The interpreter can't read this; write it in another way.".into())),
        fix: None,
    }
}
