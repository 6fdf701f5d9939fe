//! Limits of the inference: one past each, what is asked for is everything.

use crate::flow::ARGUMENTS_MAX;
use crate::grant::HANDED_MAX;
use crate::inputs::{INPUTS_MAX, OUTPUTS_MAX};
use crate::rules::FINDINGS_MAX;
use crate::values::PROPERTIES_MAX;
use crate::{Context, Report, lint};

fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

/// A look at a flow beside one other file.
fn look(source: &str, other: &str) -> Report {
    let context = Context {
        exists: &|path| path == "x.js",
        read: &|_| Some(other.to_owned()),
        astray: &|_, _| None,
        net: &[],
        tools: &[],
    };
    lint("a.flow.js", source, &context)
}

#[test]
fn arguments_are_followed_up_to_a_number() {
    let read = |before: usize| {
        let (names, values) = (many(before, |n| format!("p{n},")), "1,".repeat(before));
        let source = format!("function f({names}p){{p.fs.read('x')}}f({values}flow)");
        look(&source, "").grant.read
    };
    assert_eq!(read(ARGUMENTS_MAX - 1), ["x"]);
    assert_eq!(read(ARGUMENTS_MAX), ["**"]);
}

#[test]
fn what_is_handed_to_others_is_followed_up_to_a_number() {
    let read = |count: usize| {
        let names = many(count, |n| format!("a{n},"));
        let calls = many(count, |n| format!("a{n}(flow);a{n}(flow);"));
        let other = many(count, |n| {
            format!("export const a{n} = (f) => f.fs.read('d/{n}');")
        });
        let source = format!("import {{{names}}} from './x.js';{calls}export default 1");
        look(&source, &other).grant.read
    };
    assert_eq!(read(HANDED_MAX).len(), HANDED_MAX + 1);
    assert_eq!(read(HANDED_MAX + 1), ["**"]);
}

#[test]
fn a_property_is_looked_up_among_a_number() {
    let read = |count: usize| {
        let object = many(count, |n| format!("a{n}:'d/{n}',"));
        look(&format!("const o={{{object}}};flow.fs.read(o.a0)"), "")
            .grant
            .read
    };
    assert_eq!(read(PROPERTIES_MAX), ["d/0"]);
    assert_eq!(read(PROPERTIES_MAX + 1), ["**"]);
}

/// What is declared past the limit is not listed, and nobody is told that it is not there.
#[test]
fn inputs_and_outputs_are_listed_up_to_a_number() {
    let look = |inputs: usize, outputs: usize| {
        let inputs = many(inputs, |n| format!("s.inText('i{n}');"));
        let outputs = many(outputs, |n| format!("s.outText('o{n}');"));
        let source = format!(
            "function setup(s){{{inputs}{outputs}}}async function run(s){{s.inputs.zz;s.output('zz',1)}}"
        );
        let report = look(&source, "");
        (report.inputs.len(), report.outputs.len(), report.ok())
    };
    assert_eq!(
        look(INPUTS_MAX, OUTPUTS_MAX),
        (INPUTS_MAX, OUTPUTS_MAX, false)
    );
    assert_eq!(look(INPUTS_MAX + 1, 0), (INPUTS_MAX, 0, true));
    assert_eq!(look(0, OUTPUTS_MAX + 1), (0, OUTPUTS_MAX, true));
}

#[test]
fn findings_of_imported_files_are_listed_up_to_a_number() {
    let other = many(FINDINGS_MAX + 1, |n| format!("import './no{n}.js';"));
    let report = look("import './x.js'; export default () => 1", &other);
    assert_eq!(report.diagnostics.len(), FINDINGS_MAX);
}

#[test]
fn the_findings_of_a_rule_are_listed_up_to_a_number() {
    let report = look(&"debugger;".repeat(FINDINGS_MAX + 1), "");
    assert_eq!(report.diagnostics.len(), FINDINGS_MAX);
}
