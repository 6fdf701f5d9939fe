//! Reports of lint that still hold.
//!
//! The same unchanged flows are looked at again and again: when they are listed, when one runs, when
//! a page opens. A report depends on a flow's path and text, on the domains that its caller grants,
//! and on what the look asked about other files. So it is kept with all of that, and holds as long
//! as every answer would be the same.

use super::shelf::{Shelf, Subject};
use selvage_lint::Report;
use selvage_vfs::Hash;
use serde_json::json;
use std::collections::BTreeMap;

/// What a look is told about a path, as the view tells it; `None` where there is no file.
pub(crate) type Seen = Option<Hash>;

/// Reports by what they are about.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    kept: Shelf<(BTreeMap<String, Seen>, Report)>,
}

impl Reports {
    /// The report, if it still holds; one that does not is dropped.
    pub(crate) fn get(&mut self, subject: &Subject, now: &dyn Fn(&str) -> Seen) -> Option<Report> {
        let (seen, report) = self.kept.get(subject)?;
        if seen.iter().all(|(path, seen)| now(path) == *seen) {
            return Some(report.clone());
        }
        self.kept.remove(subject);
        None
    }

    /// Keeps a report with what was asked for it.
    pub(crate) fn keep(&mut self, subject: Subject, seen: BTreeMap<String, Seen>, report: Report) {
        let asked: usize = seen.keys().map(|path| path.len() + size_of::<Seen>()).sum();
        let told = json!([
            report.diagnostics,
            report.title,
            report.description,
            report.inputs,
            report.outputs,
            report.grant,
            report.imports,
            report.missing,
            subject.path,
            subject.net,
        ]);
        let bytes = told.to_string().len() + asked;
        self.kept.put(subject, (seen, report), bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_holds_until_an_answer_changes() {
        let subject = |path: &str| Subject {
            path: path.into(),
            text: Hash::of(b"text"),
            net: Vec::new(),
        };
        let report = Report {
            title: Some("T".into()),
            ..Report::default()
        };
        let mut reports = Reports::default();
        let old = Some(Hash::of(b"old"));
        let seen = BTreeMap::from([("lib.js".to_owned(), old), ("no.js".to_owned(), None)]);
        reports.keep(subject("a"), seen, report.clone());
        let same = |path: &str| if path == "lib.js" { old } else { None };
        assert_eq!(reports.get(&subject("a"), &same), Some(report));
        assert_eq!(reports.get(&subject("b"), &same), None);
        let net = vec!["a.org".to_owned()];
        let granted = Subject {
            net,
            ..subject("a")
        };
        assert_eq!(reports.get(&granted, &same), None);
        assert_eq!(reports.get(&subject("a"), &|_| old), None, "a file came");
        assert_eq!(reports.get(&subject("a"), &same), None, "it was dropped");
    }
}
