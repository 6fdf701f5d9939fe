//! How far long work is: a bar on standard error, where that is a terminal, and nothing elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the bar is drawn at the most.
const DRAW_EVERY: Duration = Duration::from_millis(80);

const CELLS: usize = 24;

/// The most characters of what is being done that are shown.
const LABEL_CHARS_MAX: usize = 40;

/// See the module. It is wiped off the terminal when it is dropped.
pub struct Progress {
    total: u64,
    done: u64,
    drawn: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    /// Work of so many steps.
    pub fn new(total: usize) -> Self {
        Self {
            total: total as u64,
            done: 0,
            drawn: None,
            is_shown: std::io::stderr().is_terminal(),
        }
    }

    /// The next step begins.
    pub fn step(&mut self, label: &str) {
        self.done += 1;
        let is_due = self.drawn.is_none_or(|at| at.elapsed() >= DRAW_EVERY);
        if self.is_shown && is_due {
            self.drawn = Some(Instant::now());
            let mut err = std::io::stderr();
            // A terminal that is gone shows nothing.
            let _ = write!(err, "\r\x1b[K{}", line(self.done, self.total, label));
            let _ = err.flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn line(done: u64, total: u64, label: &str) -> String {
    let cells = done * CELLS as u64 / total.max(1);
    let full = usize::try_from(cells).unwrap_or(CELLS).min(CELLS);
    // What a path holds must not move the cursor.
    let shown = |c: char| if c.is_control() { '?' } else { c };
    let label: String = label.chars().take(LABEL_CHARS_MAX).map(shown).collect();
    let (bar, rest) = ("#".repeat(full), "-".repeat(CELLS - full));
    format!("[{bar}{rest}] {done}/{total} {label}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_up_and_shows_no_control_characters() {
        assert_eq!(
            line(1, 2, "a\x1b[2Jb"),
            "[############------------] 1/2 a?[2Jb"
        );
        assert_eq!(line(9, 3, ""), "[########################] 9/3 ");
        assert_eq!(
            line(0, 0, &"x".repeat(99))
                .chars()
                .filter(|&c| c == 'x')
                .count(),
            40
        );
    }
}
