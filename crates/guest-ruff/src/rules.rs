//! Which rules are looked with: `rules.txt`.

use selvage_tool::Severity;

const LIST: &str = include_str!("../rules.txt");

/// A rule of ruff, as the list has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its name in diagnostics.
    pub name: &'static str,
    /// What `# noqa: CODE` takes.
    pub code: &'static str,
    /// How bad what it finds is.
    pub severity: Severity,
    /// What to do about it, where ruff does not say; empty for nothing.
    pub hint: &'static str,
}

/// Every rule, by name.
pub fn all() -> impl Iterator<Item = Listed> {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut words = line.splitn(4, ' ');
        Some(Listed {
            name: words.next()?,
            code: words.next()?,
            severity: match words.next()? {
                "warning" => Severity::Warning,
                _ => Severity::Info,
            },
            hint: words.next().unwrap_or_default(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_rule_in_order_of_name() {
        let lines = LIST.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(all().count(), lines.clone().count());
        assert!(all().map(|rule| rule.name).is_sorted_by(|a, b| a < b));
        for line in lines {
            let severity = line.split(' ').nth(2);
            assert!(matches!(severity, Some("warning" | "info")), "{line}");
        }
    }
}
