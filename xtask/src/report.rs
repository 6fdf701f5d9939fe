//! What the programs that test things say, as numbers.

use std::ops::AddAssign;

/// How many checks held, and how many did not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Those that held.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Who writes the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    /// A program that is one check: its exit code is the answer.
    ExitCode,
    /// `cargo test`: `test result: ok. 3 passed; 0 failed; …`, once for each test program.
    Cargo,
    /// `vitest run`: `Tests  1 failed | 3 passed (4)`.
    Vitest,
    /// The project's own programs: a last line `3 passed, 0 failed`.
    Own,
}

impl Reporter {
    /// Reads the numbers out of what a program wrote.
    ///
    /// A program that fails without saying which check failed is one failed check, and so is one that succeeds without
    /// having checked anything: both would otherwise look like success.
    pub fn read(self, output: &str, success: bool) -> Counts {
        let mut counts = match self {
            Reporter::ExitCode => Counts {
                passed: u64::from(success),
                failed: u64::from(!success),
            },
            Reporter::Cargo => sum(output.lines().filter_map(cargo_line)),
            Reporter::Vitest => sum(output.lines().filter_map(vitest_line)),
            Reporter::Own => output.lines().rev().find_map(own_line).unwrap_or_default(),
        };
        if (!success && counts.failed == 0) || counts == Counts::default() {
            counts.failed += 1;
        }
        counts
    }

    /// The lines that say which checks failed, and the beginning of why: in an output of ten thousand lines nobody finds them.
    pub fn failures(self, output: &str) -> Vec<String> {
        let lines: Vec<String> = output.lines().map(plain).collect();
        let (begins, length): (fn(&str) -> bool, _) = match self {
            Reporter::ExitCode => return last(&lines),
            Reporter::Cargo => (
                |line| line.starts_with("error") || line.ends_with("... FAILED"),
                1,
            ),
            Reporter::Vitest => (|line| line.starts_with(" FAIL "), FAILURE_LINES_MAX),
            Reporter::Own => (|line| line.starts_with("FAILED"), FAILURE_LINES_MAX),
        };
        let starts = (0..lines.len()).filter(|at| begins(&lines[*at]));
        let found: Vec<String> = starts
            .flat_map(|at| lines[at..].iter().take(length).cloned())
            .take(FAILURES_LINES_MAX)
            .collect();
        // It broke before it could say which check it was at.
        if found.is_empty() {
            last(&lines)
        } else {
            found
        }
    }
}

fn last(lines: &[String]) -> Vec<String> {
    let from = lines.len().saturating_sub(FAILURE_LINES_MAX);
    lines[from..].to_vec()
}

/// What is told once more of one failed check, in lines.
const FAILURE_LINES_MAX: usize = 4;

/// What is told once more of one program, in lines.
const FAILURES_LINES_MAX: usize = 60;

fn sum(lines: impl Iterator<Item = Counts>) -> Counts {
    lines.fold(Counts::default(), |mut all, line| {
        all += line;
        all
    })
}

fn cargo_line(line: &str) -> Option<Counts> {
    let (_, rest) = line.split_once("test result: ")?.1.split_once(". ")?;
    let number = |word: &str| {
        rest.split(';')
            .find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
    };
    Some(Counts {
        passed: number("passed")?,
        failed: number("failed")?,
    })
}

fn vitest_line(line: &str) -> Option<Counts> {
    let rest = plain(line).trim().strip_prefix("Tests ")?.to_owned();
    let rest = rest.split('(').next()?;
    let number = |word: &str| {
        rest.split('|')
            .find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
    };
    Some(Counts {
        passed: number("passed").unwrap_or(0),
        failed: number("failed").unwrap_or(0),
    })
}

fn own_line(line: &str) -> Option<Counts> {
    let (passed, failed) = line.trim().split_once(", ")?;
    let number = |text: &str, word: &str| text.strip_suffix(word)?.trim().parse().ok();
    Some(Counts {
        passed: number(passed, "passed")?,
        failed: number(failed, "failed")?,
    })
}

/// A line without its colours.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn cargo_counts_every_test_program() {
        let output = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                      test result: FAILED. 10 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n";
        assert_eq!(Reporter::Cargo.read(output, false), counts(12, 3));
    }

    #[test]
    fn vitest_is_understood_with_colours_and_without() {
        assert_eq!(
            Reporter::Vitest.read(
                " Test Files  2 passed (2)\n      Tests  21 passed (21)\n",
                true
            ),
            counts(21, 0)
        );
        let coloured = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | \u{1b}[32m3 passed\u{1b}[39m (4)";
        assert_eq!(Reporter::Vitest.read(coloured, false), counts(3, 1));
    }

    #[test]
    fn the_last_sum_of_our_own_programs_counts() {
        assert_eq!(
            Reporter::Own.read(
                "chromium: 3 passed, 1 failed\n3 passed, 1 failed\n7 passed, 2 failed\n",
                false
            ),
            counts(7, 2)
        );
    }

    #[test]
    fn a_crash_and_an_empty_run_are_failures() {
        assert_eq!(
            Reporter::Cargo.read("error: could not compile", false),
            counts(0, 1)
        );
        assert_eq!(Reporter::Cargo.read("", true), counts(0, 1));
        assert_eq!(
            Reporter::Own.read("5 passed, 0 failed\nSegmentation fault\n", false),
            counts(5, 1)
        );
        assert_eq!(
            Reporter::Own.read("0 passed, 0 failed\n", true),
            counts(0, 1)
        );
        assert_eq!(Reporter::ExitCode.read("", true), counts(1, 0));
        assert_eq!(Reporter::ExitCode.read("", false), counts(0, 1));
    }

    #[test]
    fn what_failed_is_told_once_more() {
        let own = "ok 1.0 s  it opens\nFAILED 2.0 s  it runs\n    Error: no\n        at a.mjs:1\n1 passed, 1 failed\n";
        let told = Reporter::Own.failures(own).join("\n");
        assert!(told.starts_with("FAILED 2.0 s  it runs\n    Error: no"));
        assert!(!told.contains("it opens"));

        let cargo = "test a::opens ... ok\ntest a::runs ... FAILED\ntest a::ends ... ok\nerror: 1 target failed:\n";
        assert_eq!(
            Reporter::Cargo.failures(cargo),
            ["test a::runs ... FAILED", "error: 1 target failed:"]
        );

        let coloured = "\u{1b}[31m FAIL \u{1b}[39m a.test.ts > runs\nAssertionError: no\n\nx\ny\n";
        let told = Reporter::Vitest.failures(coloured);
        assert_eq!(told[0], " FAIL  a.test.ts > runs");
        assert_eq!(told.len(), FAILURE_LINES_MAX);
    }

    #[test]
    fn who_breaks_without_a_word_is_told_by_the_last_lines_and_many_failures_by_the_first() {
        assert_eq!(
            Reporter::Own.failures("ok 1.0 s  it opens\nSegmentation fault\n"),
            ["ok 1.0 s  it opens", "Segmentation fault"]
        );
        let many = "test a ... FAILED\n".repeat(FAILURES_LINES_MAX + 1);
        assert_eq!(Reporter::Cargo.failures(&many).len(), FAILURES_LINES_MAX);
    }
}
