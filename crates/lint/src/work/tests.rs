//! Texts made to be slow: each leads from many places to many others.

mod texts;

use super::*;
use crate::{Context, Report, SOURCE_BYTES_MAX, lint_within};
use std::cell::Cell;
use texts::{Hostile, TEXTS};

/// The texts whose every place leads to every other one, and that only an empty account stops.
const SPENDTHRIFT: [&str; 3] = [
    "fetches of a parameter",
    "texts that double",
    "texts of a list",
];

/// A look at a text of some bytes: what was found, spent, and asked of the workspace.
fn look(hostile: &Hostile, bytes: usize) -> (Report, u64, u64) {
    let asked = Cell::new(0);
    let exists = |path: &str| {
        asked.set(asked.get() + 1);
        path == "there.js"
    };
    let context = Context {
        exists: &exists,
        read: &|_| Some("export const a = (flow) => flow.fs.read('b');".into()),
        astray: &|_, _| None,
        net: &[],
        tools: &["read"],
    };
    let work = Work::default();
    let report = lint_within("a.flow.js", &hostile.text(bytes), &context, &work);
    (report, work.spent(), asked.get())
}

/// Eight times the text may take eight times the work, and a little more; nothing found is as long
/// as the text.
#[test]
fn the_work_grows_as_the_text_does() {
    const PART_BYTES: usize = 32 * 1024;
    for hostile in TEXTS {
        let (_, small, asked_small) = look(hostile, PART_BYTES);
        let (report, large, asked_large) = look(hostile, 8 * PART_BYTES);
        let name = hostile.name;
        let linear = |few: u64| 12 * few + 100_000;
        assert!(
            large <= linear(small),
            "{name}: {small} units, then {large}"
        );
        assert!(
            asked_large <= linear(asked_small),
            "{name}: {asked_large} questions"
        );
        bounded(name, &report, large);
    }
}

/// Whatever a text of the largest size holds, its report ends and is short.
#[test]
fn the_largest_texts_have_short_reports() {
    for hostile in TEXTS {
        let (report, spent, _) = look(hostile, SOURCE_BYTES_MAX);
        bounded(hostile.name, &report, spent);
    }
}

/// Whether what was spent and found is no more than it should be.
fn bounded(name: &str, report: &Report, spent: u64) {
    use crate::inputs::{INPUTS_MAX, OUTPUTS_MAX};
    use crate::paths::GRANT_ITEMS_MAX;
    use crate::rules::{ALL, FINDINGS_MAX, FIX_BYTES_MAX, WORDS_BYTES_MAX};
    let all = spent >= WORK_UNITS_MAX;
    assert!(!all || SPENDTHRIFT.contains(&name), "{name}: all was spent");
    let found = &report.diagnostics;
    assert!(
        found.len() <= (ALL.len() + 2) * FINDINGS_MAX,
        "{name}: {} findings",
        found.len()
    );
    for finding in found {
        let words = finding
            .message
            .len()
            .max(finding.hint.as_ref().map_or(0, String::len));
        assert!(
            words <= WORDS_BYTES_MAX + 3,
            "{name}: {} bytes of words",
            words
        );
        let written: usize = finding
            .fix
            .iter()
            .flat_map(|fix| &fix.edits)
            .map(|edit| edit.text.len())
            .sum();
        assert!(written <= FIX_BYTES_MAX, "{name}: {written} bytes of a fix");
    }
    assert!(
        report.inputs.len() <= INPUTS_MAX && report.outputs.len() <= OUTPUTS_MAX,
        "{name}"
    );
    let grant = &report.grant;
    for list in [&grant.read, &grant.write, &grant.net, &grant.tools] {
        assert!(
            list.len() <= GRANT_ITEMS_MAX,
            "{name}: {} items of a grant",
            list.len()
        );
    }
}

#[test]
fn an_account_has_an_end() {
    let work = Work::default();
    let all = usize::try_from(WORK_UNITS_MAX).expect("small");
    assert!(work.spend(all) && work.spend(0) && !work.spend(1) && !work.spend(usize::MAX));
}

/// An empty account gives answers that fit anything.
#[test]
fn what_can_not_be_paid_for_is_asked_for_whole() {
    let work = Work::default();
    let source = "const a = 'data/a.txt'; fetch('https://a.org'); flow.fs.read(a)";
    let grant = lint_within("a.flow.js", source, &Context::closed(), &work).grant;
    assert_eq!(
        (grant.read, grant.net),
        (vec!["data/a.txt".into()], vec!["a.org".into()])
    );
    work.spend(usize::MAX);
    let grant = lint_within("a.flow.js", source, &Context::closed(), &work).grant;
    assert_eq!(
        (grant.read, grant.net),
        (vec!["**".to_owned()], vec!["*".to_owned()])
    );
}
