//! What the rules' own tests share.

use crate::{Context, Report, lint};

/// The workspace of the cases.
pub fn look(path: &str, source: &str) -> Report {
    let exists = |path: &str| matches!(path, "lib/sum.js" | "data/a.json" | "there.js");
    let read = |path: &str| exists(path).then(|| "export const sum = (a, b) => a + b;".to_owned());
    let net = ["granted.org".to_owned(), "*.wild.org".to_owned()];
    lint(
        path,
        source,
        &Context {
            exists: &exists,
            read: &read,
            astray: &|_, _| None,
            net: &net,
            tools: &["read", "image"],
        },
    )
}

/// Checks that a rule is silent on some flows and speaks on others.
pub fn check(code: &str, pass: &[&str], fail: &[&str]) {
    for source in pass {
        let report = look("a.flow.js", source);
        let wrong: Vec<_> = report
            .diagnostics
            .iter()
            .filter(|d| d.code == code || d.code == "syntax")
            .collect();
        assert!(
            wrong.is_empty(),
            "{code} should be silent on\n{source}\n{wrong:#?}"
        );
    }
    for source in fail {
        let report = look("a.flow.js", source);
        let found = report.diagnostics.iter().any(|d| d.code == code);
        assert!(
            found,
            "{code} should speak on\n{source}\n{:#?}",
            report.diagnostics
        );
    }
}
