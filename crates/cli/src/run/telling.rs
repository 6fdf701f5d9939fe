//! What the person at the terminal is told of a run while it goes on: its log, and how far it is.
//!
//! What a run says is somebody else's text. Below a question it could look like another one, which asks for something harmless, so
//! all that comes while a question is open is kept back until it is answered.

use crate::progress::Progress;
use crate::{openly, show};
use selvage_tool::run::RunProgress;
use selvage_workbench::Notice;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most entries of the log and lines of progress that are kept back: of more, the last.
const HELD_ENTRIES_MAX: usize = 1_000;

/// See the module. Clones tell the same person. Where it can't be written, the run goes on.
pub struct Telling<W>(Arc<Mutex<Told<W>>>);

struct Told<W> {
    out: W,
    /// A bar, where there is a terminal to draw it on.
    bar: Option<Progress>,
    /// How many questions are open.
    questions: usize,
    held: VecDeque<String>,
    left_out: usize,
}

/// A question that is open until this is dropped.
pub struct Question<W: Write>(Telling<W>);

impl<W> Clone for Telling<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Write> Telling<W> {
    /// Tells by lines, and how far the run is by a bar where there is one.
    pub fn new(out: W, bar: Option<Progress>) -> Self {
        Self(Arc::new(Mutex::new(Told {
            out,
            bar,
            questions: 0,
            held: VecDeque::new(),
            left_out: 0,
        })))
    }

    /// Tells what is new.
    pub fn tell(&self, notice: &Notice) {
        let mut told = self.told();
        match notice {
            Notice::Log { entries, .. } => {
                for entry in entries {
                    let text = show::log(std::slice::from_ref(entry)) + "\n";
                    told.entry(text);
                }
            }
            Notice::Run {
                progress: Some(progress),
                ..
            } => told.progress(progress),
            _ => {}
        }
    }

    /// Keeps back whatever comes until the question is answered.
    pub fn question(&self) -> Question<W> {
        let mut told = self.told();
        told.wipe();
        told.questions += 1;
        Question(self.clone())
    }

    /// Tells what is still kept back: the run is over, and what was asked about it is answered by that.
    pub fn end(&self) {
        let mut told = self.told();
        told.wipe();
        told.release();
    }

    fn told(&self) -> MutexGuard<'_, Told<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Drop for Question<W> {
    fn drop(&mut self) {
        let mut told = self.0.told();
        told.questions -= 1;
        if told.questions == 0 {
            told.release();
        }
    }
}

impl<W: Write> Told<W> {
    fn progress(&mut self, progress: &RunProgress) {
        let label = progress.label.as_deref().unwrap_or_default();
        match &mut self.bar {
            Some(bar) if self.questions == 0 => bar.at(progress.done, progress.total, label),
            // The next one is drawn where this would have been.
            Some(_) => {}
            None => {
                let total = progress.total.map(|total| format!("/{total}"));
                let total = total.unwrap_or_default();
                self.entry(format!("{}{total} {label}\n", progress.done));
            }
        }
    }

    fn entry(&mut self, text: String) {
        if self.questions == 0 {
            self.wipe();
            return self.write(&text);
        }
        if self.held.len() == HELD_ENTRIES_MAX {
            self.held.pop_front();
            self.left_out += 1;
        }
        self.held.push_back(text);
    }

    fn release(&mut self) {
        match std::mem::take(&mut self.left_out) {
            0 => {}
            left_out => self.write(&format!(
                "({left_out} entries were left out here; `selvage logs` has the whole log)\n"
            )),
        }
        for text in std::mem::take(&mut self.held) {
            self.write(&text);
        }
    }

    fn write(&mut self, text: &str) {
        let _ = match self.bar {
            // A log that could colour or move what is written next could hide what the person is asked.
            Some(_) => write!(self.out, "{}", openly::lines(text)),
            None => write!(self.out, "{text}"),
        };
    }

    fn wipe(&mut self) {
        if let Some(bar) = &mut self.bar {
            bar.wipe();
        }
    }
}

#[cfg(test)]
mod tests;
