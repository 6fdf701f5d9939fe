//! Reports of lint that still hold.
//!
//! The same unchanged flows are looked at again and again: when they are listed, when one runs, when
//! a page opens. A report depends on a flow's path and text, on the domains that its caller grants,
//! and on what the look asked about other files. So it is kept with all of that, and holds as long
//! as every answer would be the same.

use selvage_lint::Report;
use selvage_vfs::Hash;
use serde_json::json;
use std::collections::BTreeMap;

/// The most reports that are kept.
pub(crate) const REPORTS_MAX: usize = 500;

/// The most bytes that they take together, as JSON, with what was asked for them.
pub(crate) const REPORTS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What a look is told about a path: what the file there holds; `None` where there is no file.
pub(crate) type Seen = Option<Hash>;

/// What a look is at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    /// The flow's path.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: Hash,
    /// The domains that the caller would grant.
    pub(crate) net: Vec<String>,
}

#[derive(Debug)]
struct Kept {
    seen: BTreeMap<String, Seen>,
    report: Report,
    bytes: usize,
    used: u64,
}

/// Reports by what they are about. The one that was not asked for longest goes first.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    kept: BTreeMap<Subject, Kept>,
    bytes: usize,
    uses: u64,
}

impl Reports {
    /// The report, if it still holds; one that does not is dropped.
    pub(crate) fn get(&mut self, subject: &Subject, now: &dyn Fn(&str) -> Seen) -> Option<Report> {
        let kept = self.kept.get_mut(subject)?;
        if kept.seen.iter().all(|(path, seen)| now(path) == *seen) {
            self.uses += 1;
            kept.used = self.uses;
            return Some(kept.report.clone());
        }
        self.drop(&subject.clone());
        None
    }

    /// Keeps a report with what was asked for it.
    pub(crate) fn keep(&mut self, subject: Subject, seen: BTreeMap<String, Seen>, report: Report) {
        let told = json!([
            report.diagnostics,
            report.title,
            report.description,
            report.inputs,
            report.outputs,
            report.grant,
            report.imports,
            subject.path,
            subject.net,
        ]);
        let asked: usize = seen.keys().map(|path| path.len() + size_of::<Seen>()).sum();
        let bytes = told.to_string().len() + asked;
        self.drop(&subject);
        self.uses += 1;
        self.bytes += bytes;
        let used = self.uses;
        self.kept.insert(
            subject,
            Kept {
                seen,
                report,
                bytes,
                used,
            },
        );
        while self.kept.len() > REPORTS_MAX || self.bytes > REPORTS_BYTES_MAX {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.used);
            let Some(oldest) = oldest.map(|(subject, _)| subject.clone()) else {
                return;
            };
            self.drop(&oldest);
        }
    }

    fn drop(&mut self, subject: &Subject) {
        if let Some(kept) = self.kept.remove(subject) {
            self.bytes -= kept.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(path: &str) -> Subject {
        Subject {
            path: path.into(),
            text: Hash::of(b"text"),
            net: Vec::new(),
        }
    }

    fn report(title: String) -> Report {
        Report {
            title: Some(title),
            ..Report::default()
        }
    }

    #[test]
    fn a_report_holds_until_an_answer_changes() {
        let mut reports = Reports::default();
        let old = Some(Hash::of(b"old"));
        let seen = BTreeMap::from([("lib.js".to_owned(), old), ("no.js".to_owned(), None)]);
        reports.keep(subject("a"), seen, report("T".into()));
        let same = |path: &str| if path == "lib.js" { old } else { None };
        assert_eq!(reports.get(&subject("a"), &same), Some(report("T".into())));
        assert_eq!(reports.get(&subject("b"), &same), None);
        let net = vec!["a.org".to_owned()];
        let granted = Subject {
            net,
            ..subject("a")
        };
        assert_eq!(reports.get(&granted, &same), None);
        assert_eq!(reports.get(&subject("a"), &|_| old), None, "a file came");
        assert_eq!(reports.get(&subject("a"), &same), None, "it was dropped");
        assert_eq!(reports.bytes, 0);
    }

    #[test]
    fn so_many_are_kept_and_the_oldest_goes_first() {
        let mut reports = Reports::default();
        for n in 0..REPORTS_MAX {
            reports.keep(subject(&n.to_string()), BTreeMap::new(), Report::default());
        }
        assert!(reports.get(&subject("0"), &|_| None).is_some());
        reports.keep(subject("more"), BTreeMap::new(), Report::default());
        assert_eq!(reports.kept.len(), REPORTS_MAX);
        assert!(reports.get(&subject("0"), &|_| None).is_some());
        assert!(reports.get(&subject("1"), &|_| None).is_none());
    }

    #[test]
    fn they_take_so_much_and_no_more() {
        let mut reports = Reports::default();
        let part = REPORTS_BYTES_MAX / 4;
        for n in 0..6 {
            let report = report("x".repeat(part));
            reports.keep(subject(&n.to_string()), BTreeMap::new(), report);
            assert!(reports.bytes <= REPORTS_BYTES_MAX);
        }
        assert_eq!(reports.kept.len(), 3);
        let all = report("x".repeat(REPORTS_BYTES_MAX));
        reports.keep(subject("all"), BTreeMap::new(), all);
        assert!(reports.kept.is_empty() && reports.bytes == 0);
    }
}
