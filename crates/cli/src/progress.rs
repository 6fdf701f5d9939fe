//! How far long work is: a bar on standard error, where that is a terminal, and nothing elsewhere.

use crate::openly;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the bar is drawn at the most.
const DRAW_EVERY: Duration = Duration::from_millis(80);

const CELLS: usize = 24;

/// The most characters of what is being done that are shown.
const LABEL_CHARS_MAX: usize = 40;

/// The most digits of a number that are shown: a flow may count to whatever it likes.
const DIGITS_MAX: usize = 16;

/// See the module. It is wiped off the terminal when it is dropped.
pub struct Progress {
    total: Option<f64>,
    done: f64,
    drawn: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    /// Work of so many steps.
    pub fn new(total: usize) -> Self {
        // A double has every count of files.
        Self {
            total: Some(total as f64),
            ..Self::open()
        }
    }

    /// Work of which nobody knows how much there is: what was done is counted.
    pub fn open() -> Self {
        Self {
            total: None,
            done: 0.0,
            drawn: None,
            is_shown: std::io::stderr().is_terminal(),
        }
    }

    /// Whether there is a terminal to draw on.
    pub fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// The next step begins.
    pub fn step(&mut self, label: &str) {
        self.at(self.done + 1.0, self.total, label);
    }

    /// So much is done, of so much.
    pub fn at(&mut self, done: f64, total: Option<f64>, label: &str) {
        (self.done, self.total) = (done, total);
        let is_due = self.drawn.is_none_or(|at| at.elapsed() >= DRAW_EVERY);
        if self.is_shown && is_due {
            self.drawn = Some(Instant::now());
            let mut err = std::io::stderr();
            // A terminal that is gone shows nothing.
            let _ = write!(err, "\r\x1b[K{}", line(done, total, label));
            let _ = err.flush();
        }
    }

    /// Makes room for something else.
    pub fn wipe(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.wipe();
    }
}

fn line(done: f64, total: Option<f64>, label: &str) -> String {
    // What a path holds must not move the cursor.
    let label: String = label.chars().take(LABEL_CHARS_MAX).collect();
    let label = openly::line(&label);
    let Some(total) = total else {
        return format!("{} {label}", number(done));
    };
    let part = if total > 0.0 { done / total } else { 1.0 };
    // What is no number, or none between, ends at the bar's own ends.
    let full = (part.clamp(0.0, 1.0) * CELLS as f64) as usize;
    let (bar, rest) = ("#".repeat(full), "-".repeat(CELLS - full));
    let (done, total) = (number(done), number(total));
    format!("[{bar}{rest}] {done}/{total} {label}")
}

/// A number as it is said, as long as that is short.
fn number(value: f64) -> String {
    let whole = value.to_string();
    match whole.len() <= DIGITS_MAX {
        true => whole,
        false => format!("{value:.3e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_up_and_shows_no_control_characters() {
        assert_eq!(
            line(1.0, Some(2.0), "a\x1b[2Jb"),
            "[############------------] 1/2 aU+001B[2Jb"
        );
        assert_eq!(line(9.0, Some(3.0), ""), "[########################] 9/3 ");
        let long = line(0.5, Some(1e300), &"x".repeat(99));
        assert!(long.starts_with("[------------------------] 0.5/1.000e300 x"));
        assert_eq!(long.chars().filter(|&c| c == 'x').count(), 40);
    }

    #[test]
    fn what_is_of_no_known_length_is_counted_and_has_no_bar() {
        assert_eq!(line(7.0, None, "data/a.csv"), "7 data/a.csv");
    }
}
