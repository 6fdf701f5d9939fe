//! The rules, one a file, each named as its code reads.
//!
//! A rule says what it does, why, by example, and what its fix may change, in its file's doc comment:
//! that comment is its page in `docs/lint.md`.

mod assignment_in_condition;
mod const_reassign;
mod debugger_statement;
mod duplicate_keys;
mod nesting;
mod no_entry;
mod no_eval;
mod nondeterminism;
mod redos;
mod relative_fetch;
mod source_too_large;
mod syntax;
mod unawaited_host_call;
mod unbounded_loop;
mod undeclared_input;
mod undeclared_output;
mod undefined_name;
mod ungranted_fetch;
mod unknown_flow_member;
mod unknown_tool;
mod unreachable_code;
mod unresolved_import;
mod unused_binding;
mod use_isnan;

pub use nesting::too_deep;
pub use source_too_large::too_large;
pub use syntax::broken;

use crate::Context;
use crate::flow::Flow;
use crate::inputs::Face;
use crate::modules::Request;
use oxc_semantic::AstNode;
use oxc_span::Span;
use selvage_tool::{Diagnostic, Fix, Severity};

/// The most findings of one rule that are listed.
pub const FINDINGS_MAX: usize = 100;

/// The most bytes of a finding's message and of its hint: a name can be as long as the text.
pub const WORDS_BYTES_MAX: usize = 2_000;

/// The most bytes that a fix writes; a longer one is not offered.
pub const FIX_BYTES_MAX: usize = 10_000;

/// A rule.
pub struct Rule {
    /// Its name in diagnostics.
    pub code: &'static str,
    /// How bad what it finds is.
    pub severity: Severity,
    /// How it looks.
    pub check: Check,
}

/// How a rule looks at a flow.
pub enum Check {
    /// At each node.
    Node(for<'s, 'a> fn(&'a AstNode<'a>, &Scene<'s, 'a>, &mut Findings<'s, 'a>)),
    /// At the whole of it.
    Whole(for<'s, 'a> fn(&Scene<'s, 'a>, &mut Findings<'s, 'a>)),
}

/// What a rule sees.
pub struct Scene<'s, 'a> {
    /// The flow.
    pub flow: &'s Flow<'a>,
    /// What it takes and gives.
    pub face: &'s Face,
    /// What it imports.
    pub requests: &'s [Request],
    /// What there is around it.
    pub context: &'s Context<'s>,
}

/// What rules found.
pub struct Findings<'s, 'a> {
    flow: &'s Flow<'a>,
    code: &'static str,
    severity: Severity,
    list: Vec<Diagnostic>,
    of_this_rule: usize,
}

impl Findings<'_, '_> {
    /// Whether this rule has found as much as is listed: looking further is of no use.
    #[must_use]
    pub fn full(&self) -> bool {
        self.of_this_rule >= FINDINGS_MAX
    }

    /// Adds a finding.
    pub fn add(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.add_all(span, message.into(), hint.into(), None, self.severity);
    }

    /// Adds a finding that can be mended.
    pub fn add_with_fix(
        &mut self,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
        fix: Option<Fix>,
    ) {
        self.add_all(span, message.into(), hint.into(), fix, self.severity);
    }

    /// Adds a finding that is more or less bad than the rule's others.
    pub fn add_all(
        &mut self,
        span: Span,
        message: String,
        hint: String,
        fix: Option<Fix>,
        severity: Severity,
    ) {
        if self.full() {
            return;
        }
        self.of_this_rule += 1;
        let written = |fix: &Fix| fix.edits.iter().map(|edit| edit.text.len()).sum::<usize>();
        self.list.push(Diagnostic {
            code: self.code.into(),
            severity,
            path: self.flow.path.into(),
            span: self.flow.text.span(span),
            message: clip(message, WORDS_BYTES_MAX),
            hint: Some(clip(hint, WORDS_BYTES_MAX)),
            fix: fix.filter(|fix| written(fix) <= FIX_BYTES_MAX),
        });
    }
}

/// A text without what is past a length.
fn clip(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.push('…');
    }
    text
}

/// A part of a flow as a message shows it.
#[must_use]
pub fn shown(part: &str) -> String {
    const PART_BYTES_MAX: usize = 200;
    clip(
        part[..part.floor_char_boundary(PART_BYTES_MAX + 1)].to_owned(),
        PART_BYTES_MAX,
    )
}

/// Every rule that looks at a tree, in order of name.
pub const ALL: &[Rule] = &[
    assignment_in_condition::RULE,
    const_reassign::RULE,
    debugger_statement::RULE,
    duplicate_keys::RULE,
    no_entry::RULE,
    no_eval::RULE,
    nondeterminism::RULE,
    redos::RULE,
    relative_fetch::RULE,
    unawaited_host_call::RULE,
    unbounded_loop::RULE,
    undeclared_input::RULE,
    undeclared_output::RULE,
    undefined_name::RULE,
    ungranted_fetch::RULE,
    unknown_flow_member::RULE,
    unknown_tool::RULE,
    unreachable_code::RULE,
    unresolved_import::RULE,
    unused_binding::RULE,
    use_isnan::RULE,
];

/// What every rule finds.
#[must_use]
pub fn check(scene: &Scene<'_, '_>) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for rule in ALL {
        let mut findings = Findings {
            flow: scene.flow,
            code: rule.code,
            severity: rule.severity,
            list: std::mem::take(&mut all),
            of_this_rule: 0,
        };
        match rule.check {
            Check::Node(look) => {
                for node in scene.flow.nodes().iter() {
                    if findings.full() {
                        break;
                    }
                    look(node, scene, &mut findings);
                }
            }
            Check::Whole(look) => look(scene, &mut findings),
        }
        all = findings.list;
    }
    all
}

#[cfg(test)]
pub mod cases;
