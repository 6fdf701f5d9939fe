//! From a text to what was found in it.

use crate::rules::{self, Listed};
use ruff_diagnostics::{Applicability, Fix, IsolationLevel};
use ruff_linter::linter::{ParseSource, lint_only};
use ruff_linter::registry::Rule;
use ruff_linter::settings::{LinterSettings, flags::Noqa};
use ruff_linter::source_kind::SourceKind;
use ruff_python_formatter::{PyFormatOptions, format_module_source};
use selvage_guest::findings::{Finding, Findings, Mend};
use selvage_guest::places::Places;
use selvage_guest::{Host, Interpreter, Step, finished, nothing_to_resume};
use selvage_tool::guest::{Check, Checked, GuestJob, Resume};
use selvage_tool::reading::Reading;
use selvage_tool::{ErrorCode, ToolError};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use text_size::Ranged;

/// The module that a program finds among its names without importing it.
const GIVEN: &str = "selvage";

/// What ruff says where it offers no name of its own for a mend.
const MEND: &str = "Mend it";

/// Looks at texts, and runs none.
pub struct Guest {
    settings: LinterSettings,
    /// The rules that are looked with, by name.
    listed: BTreeMap<&'static str, Listed>,
}

impl Interpreter for Guest {
    const DEEP_PANIC: Option<&'static str> = None;

    /// Reads the list of rules.
    ///
    /// # Errors
    /// [`ErrorCode::Internal`] when ruff does not know one.
    fn new(_: Rc<dyn Host>) -> Result<Self, ToolError> {
        let unknown = |code| {
            let message = format!("ruff has no rule `{code}`");
            ToolError::new(ErrorCode::Internal, message)
        };
        let listed: BTreeMap<_, _> = rules::all().map(|rule| (rule.name, rule)).collect();
        let rules = listed
            .values()
            .map(|rule| Rule::from_code(rule.code).map_err(|_| unknown(rule.code)))
            .collect::<Result<Vec<_>, _>>()?;
        let settings = LinterSettings {
            builtins: vec![GIVEN.to_owned()],
            ..LinterSettings::for_rules(rules)
        };
        Ok(Self { settings, listed })
    }

    fn start(&mut self, _: &GuestJob) -> Step {
        let message = "this guest looks at texts, and runs none";
        finished(Err(ToolError::new(ErrorCode::Internal, message)))
    }

    fn resume(&mut self, _: Resume, _: &[u8]) -> Step {
        nothing_to_resume()
    }

    fn check(&mut self, check: &Check, source: &[u8]) -> Checked {
        let Ok(source) = std::str::from_utf8(source) else {
            let message = format!("`{}` is not text in UTF-8.", check.path);
            return Checked::of(Some(ToolError::new(ErrorCode::NotText, message)));
        };
        Checked {
            reading: Reading {
                diagnostics: self.find(&check.path, source),
                ..Reading::default()
            },
            formatted: check.format.then(|| laid_out(source)),
            error: None,
        }
    }
}

impl Guest {
    fn find(&self, path: &str, source: &str) -> Vec<selvage_tool::Diagnostic> {
        let kind = SourceKind::Python {
            code: source.to_owned(),
            is_stub: false,
        };
        let result = lint_only(
            Path::new(path),
            None,
            &self.settings,
            Noqa::Enabled,
            &kind,
            Default::default(),
            ParseSource::None,
        );
        let places = Places::new(source);
        let mut findings = Findings::new(path, &places);
        for found in &result.diagnostics {
            // What does not parse is the interpreter's to tell, and comes under no rule's name.
            let rule = self.listed.get(found.name());
            let (Some(rule), Some(range)) = (rule, found.range()) else {
                continue;
            };
            let help = found.first_help_text();
            let silenced = || {
                let or = format!("If it is meant, end the line with `# noqa: {}`.", rule.code);
                [rule.hint, &or].join(" ").trim_start().to_owned()
            };
            let finding = Finding {
                range: range.into(),
                severity: rule.severity,
                message: sentence(found.headline_message()),
                hint: help.map_or_else(silenced, sentence),
                fix: found.fix().and_then(|fix| mend(help.unwrap_or(MEND), fix)),
            };
            findings.add(rule.name, finding);
        }
        findings.into_diagnostics()
    }
}

/// A fix in the contract's form; nothing for one that is only to be shown.
fn mend(title: &str, fix: &Fix) -> Option<Mend> {
    let edits = fix.edits().iter().map(|edit| {
        let text = edit.content().unwrap_or_default();
        (edit.range().into(), text.to_owned())
    });
    (fix.applicability() > Applicability::DisplayOnly).then(|| Mend {
        title: title.to_owned(),
        // One that excludes others must be chosen by somebody who sees both.
        safe: fix.applicability() == Applicability::Safe
            && fix.isolation() == IsolationLevel::NonOverlapping,
        edits: edits.collect(),
    })
}

/// The text laid out; as it is, where it can't be.
fn laid_out(source: &str) -> String {
    let printed = format_module_source(source, PyFormatOptions::default());
    printed.map_or_else(|_| source.to_owned(), |printed| printed.into_code())
}

/// What ruff says, ended as sentences are.
fn sentence(said: &str) -> String {
    let end = if said.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{said}{end}")
}
