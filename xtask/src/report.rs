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
}

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
}
