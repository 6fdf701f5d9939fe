//! The runners of a desk: each holds one run or one check at a time, on a thread of its own.

use crate::control::Control;
use crate::error::HostError;
use crate::guests::{Assigned, Guests, Told, unavailable};
use crate::line::Came;
use crate::run::{Blobs, Ended};
use selvage_tool::guest::{Answer, Check, Checked};
use selvage_tool::run::Job;
use selvage_tool::{Guest, LimitsPatch};
use selvage_workbench::{Event, RunnerId, TaskId};
use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use std::thread::Builder;

/// The most bytes of files that a runner keeps for its next run.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// See the module.
pub(crate) struct Runners {
    guests: Guests,
    line: Sender<Came>,
    held: BTreeMap<RunnerId, Held>,
    next: RunnerId,
}

#[derive(Default)]
struct Held {
    /// The way in to its run, while there is one.
    control: Option<Control>,
    /// How many threads run or read something for it: it may read texts while it runs.
    works: usize,
    /// The files that it was sent.
    blobs: Blobs,
}

impl Runners {
    pub fn new(guests: Guests, line: Sender<Came>) -> Self {
        Self {
            guests,
            line,
            held: BTreeMap::new(),
            next: 1,
        }
    }

    /// Adds one more, which is ready.
    pub fn add(&mut self) -> Event {
        let runner = self.next;
        self.next += 1;
        self.held.insert(runner, Held::default());
        Event::RunnerReady {
            runner,
            dropped: true,
        }
    }

    /// Leaves a runner whose run does not end to itself, and adds another in its place. Its thread ends when its run does, and
    /// nobody hears of it.
    pub fn replace(&mut self, runner: RunnerId) -> Event {
        self.cancel(runner);
        self.held.remove(&runner);
        self.add()
    }

    /// What follows from an event; nothing, when it comes from a runner that was left to itself.
    pub fn heard(&mut self, runner: Option<RunnerId>, event: Event) -> Option<Vec<Event>> {
        let Some(runner) = runner else {
            return Some(vec![event]);
        };
        let held = self.held.get_mut(&runner)?;
        if matches!(event, Event::Finished { .. } | Event::Checked { .. }) {
            held.works = held.works.saturating_sub(1);
        }
        Some(match event {
            Event::Finished { .. } => {
                held.control = None;
                let kept: usize = held.blobs.values().map(|bytes| bytes.len()).sum();
                let dropped = kept > KEPT_BYTES_MAX;
                if dropped {
                    held.blobs.clear();
                }
                vec![event, Event::RunnerReady { runner, dropped }]
            }
            Event::RunnerGone { .. } => {
                self.held.remove(&runner);
                vec![event, self.add()]
            }
            event => vec![event],
        })
    }

    pub fn answer(&self, runner: RunnerId, id: u32, answer: Answer, body: Vec<u8>) {
        if let Some(control) = self.control(runner) {
            control.answer(id, answer, body);
        }
    }

    pub fn more(&self, runner: RunnerId, limits: Option<LimitsPatch>) {
        if let Some(control) = self.control(runner) {
            control.more(limits);
        }
    }

    pub fn hold(&self, runner: RunnerId, held: bool) {
        if let Some(control) = self.control(runner) {
            control.hold(held);
        }
    }

    pub fn cancel(&self, runner: RunnerId) {
        if let Some(control) = self.control(runner) {
            control.cancel();
        }
    }

    /// Whether any of them runs or reads something.
    pub fn any_works(&self) -> bool {
        self.held.values().any(|held| held.works > 0)
    }

    fn control(&self, runner: RunnerId) -> Option<&Control> {
        self.held.get(&runner)?.control.as_ref()
    }

    /// Runs a job.
    pub fn run(
        &mut self,
        runner: RunnerId,
        job: Job,
        blobs: Vec<(String, Vec<u8>)>,
        within: Option<String>,
    ) {
        let control = Control::default();
        let held = self.held.entry(runner).or_default();
        held.control = Some(control.clone());
        let blobs = blobs.into_iter().map(|(hash, bytes)| (hash, bytes.into()));
        held.blobs.extend(blobs);
        let assigned = Assigned {
            job,
            blobs: held.blobs.clone(),
            within,
        };
        let (guests, line) = (self.guests.clone(), self.line.clone());
        self.beside(runner, move || {
            let ended = guests.run(assigned, &control, &mut |told| {
                let event = match told {
                    Told::Waits(waits) => Event::RunnerWaits { runner, waits },
                    Told::Reported(report, body) => Event::Reported {
                        runner,
                        report,
                        body,
                    },
                };
                let _ = line.send(Came::Event(Some(runner), event));
            })?;
            Ok(finished(runner, ended))
        });
    }

    /// Reads a text.
    pub fn check(
        &mut self,
        runner: RunnerId,
        task: TaskId,
        guest: Guest,
        check: Check,
        source: String,
    ) {
        let guests = self.guests.clone();
        self.beside(runner, move || {
            let checked = guests.executor(guest);
            let checked = match checked.and_then(|executor| executor.check(&check, &source)) {
                Ok(checked) => checked,
                // Lint goes on without, and nothing else needs this one.
                Err(error) if guest == Guest::Ruff => Checked::of(Some(unavailable(&error))),
                Err(error) => return Err(error),
            };
            Ok(Event::Checked { task, checked })
        });
    }

    /// Does a runner's work on a thread of its own. Work that comes to nothing is the end of that runner.
    fn beside(
        &mut self,
        runner: RunnerId,
        work: impl FnOnce() -> Result<Event, HostError> + Send + 'static,
    ) {
        self.held.entry(runner).or_default().works += 1;
        let line = self.line.clone();
        let gone = move |error: &HostError| Event::RunnerGone {
            runner,
            reason: error.to_string(),
        };
        let inner = self.line.clone();
        let spawned = Builder::new().name("runner".into()).spawn(move || {
            let event = work().unwrap_or_else(|error| gone(&error));
            // A desk that is closed needs no outcome.
            let _ = inner.send(Came::Event(Some(runner), event));
        });
        if let Err(error) = spawned {
            let event = gone(&HostError::Thread(error));
            let _ = line.send(Came::Event(Some(runner), event));
        }
    }
}

fn finished(runner: RunnerId, ended: Ended) -> Event {
    let written = ended.written.iter();
    Event::Finished {
        runner,
        outcome: Box::new(ended.outcome),
        written: written
            .map(|(hash, bytes)| (hash.clone(), bytes.to_vec()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvage_tool::run::Outcome;
    use selvage_tool::{ErrorCode, ToolError};
    use std::path::Path;
    use std::sync::mpsc;

    #[test]
    fn a_runner_that_has_read_a_text_still_works_while_its_run_goes_on() {
        let (line, came) = mpsc::channel();
        let mut runners = Runners::new(Guests::new(Path::new("none"), None), line);
        let Event::RunnerReady { runner, .. } = runners.add() else {
            panic!("a runner");
        };
        let (end, ends) = mpsc::channel::<()>();
        runners.beside(runner, move || {
            let _ = ends.recv();
            Ok(Event::Finished {
                runner,
                outcome: Box::new(Outcome::failed(ToolError::new(
                    ErrorCode::Cancelled,
                    "over",
                ))),
                written: Vec::new(),
            })
        });
        runners.beside(runner, || {
            Ok(Event::Checked {
                task: 1,
                checked: Checked::default(),
            })
        });
        let hear = |runners: &mut Runners| match came.recv().expect("it comes") {
            Came::Event(runner, event) => runners.heard(runner, event),
            _ => None,
        };
        hear(&mut runners).expect("the text was read");
        assert!(runners.any_works());
        end.send(()).expect("it runs");
        hear(&mut runners).expect("the run is over");
        assert!(!runners.any_works());
    }
}
