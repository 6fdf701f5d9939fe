//! What is known of a Python file without the interpreter's own parser, which has the word on its syntax.

use crate::Report;
use selvage_tool::Grant;
use selvage_tool::guest::Shape;

/// The report of a Python file. What it touches can't be told from its text yet, so it is asked for whole, with every tool and domain: the
/// caller's grant alone bounds it.
pub fn report() -> Report {
    Report {
        shape: Some(Shape::Script),
        grant: Grant {
            tools: vec!["*".into()],
            net: vec!["*".into()],
            ..Grant::workspace()
        },
        ..Report::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Context, lint};

    #[test]
    fn no_rule_for_javascript_speaks_about_python() {
        let source = "import os\nif x = 1:\n    pass\n";
        let report = lint("workflows/a.py", source, &Context::closed());
        assert!(report.ok() && report.diagnostics.is_empty());
        assert!(!lint("a.flow.js", source, &Context::closed()).ok());
    }
}
