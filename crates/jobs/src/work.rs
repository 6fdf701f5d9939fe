//! The threads of a board: those that run its jobs, and the one that looks for what is over.

use crate::board::Board;
use crate::error::JobsError;
use crate::held::Name;
use crate::message::{News, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use selvage_host::{Assigned, Blobs, Ended, Told};
use selvage_tool::run::Job;
use selvage_tool::{ErrorCode, ToolError};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How often it is looked for what is over.
const SWEEP: Duration = Duration::from_millis(250);

impl Board {
    /// Starts the threads.
    pub(crate) fn spawn(&self) -> Result<Vec<JoinHandle<()>>, JobsError> {
        let mut threads = Vec::new();
        let settings = &self.0.settings;
        // What runs in the place of a run that waits for it, or for a person, needs a thread of its own.
        for _ in 0..settings.running_max * (2 + settings.nested_max) {
            let own = self.clone();
            threads.push(
                Builder::new()
                    .name("job".into())
                    .spawn(move || own.work())?,
            );
        }
        let own = self.clone();
        threads.push(
            Builder::new()
                .name("sweep".into())
                .spawn(move || own.sweep())?,
        );
        Ok(threads)
    }

    /// Runs one job after the other until the server stops. A panic ends the job, not the thread.
    fn work(&self) {
        while let Some((name, job, blobs)) = self.next() {
            let ran = catch_unwind(AssertUnwindSafe(|| self.run(&name, job, blobs)));
            let ended = ran.unwrap_or_else(|_| {
                tracing::error!("a job's run panicked");
                let what = "The server failed while it ran this job.";
                Ended::failed(ToolError::new(ErrorCode::Internal, what))
            });
            self.end(&name, ended);
        }
    }

    fn run(&self, name: &Name, job: Job, blobs: Blobs) -> Ended {
        let Ok(control) = self.with(&name.0, &name.1, |entry| entry.control.clone()) else {
            return Ended::failed(JobsError::NoJob.failure());
        };
        let mut tell = |told| {
            let news = match told {
                // Its client has been waiting since it sent the job.
                Told::Waits(true) => return,
                Told::Waits(false) => News::Started,
                Told::Reported(report, body) => News::Reported {
                    report,
                    body: BASE64_STANDARD.encode(body),
                },
            };
            let _ = self.with(&name.0, &name.1, |entry| entry.tell(&news));
        };
        let assigned = Assigned {
            job,
            blobs,
            within: None,
        };
        let ran = self.0.guests.run(assigned, &control, &mut tell);
        ran.unwrap_or_else(|error| {
            tracing::error!(%error, "a job could not be run");
            let why = format!("The server can't run this job: {error}.");
            Ended::failed(ToolError::new(ErrorCode::ExecutorUnavailable, why))
        })
    }

    /// Waits for a job that may run.
    fn next(&self) -> Option<(Name, Job, Blobs)> {
        let mut held = self.lock();
        loop {
            if held.stopping {
                return None;
            }
            let next = held.next(&self.0.settings);
            let taken = next.and_then(|(name, lender)| {
                let (job, blobs) = held.begin(&name, lender)?;
                Some((name, job, blobs))
            });
            if taken.is_some() {
                return taken;
            }
            let waited = self.0.changed.wait(held);
            held = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends jobs whose clients are gone or may have none any more, and forgets what ended long ago, until the server stops.
    fn sweep(&self) {
        let settings = &self.0.settings;
        loop {
            std::thread::sleep(SWEEP);
            let mut held = self.lock();
            if held.stopping {
                return;
            }
            let live = held.jobs.iter().filter(|(_, entry)| entry.ended.is_none());
            let keys: BTreeSet<String> = live.map(|((key, _), _)| key.clone()).collect();
            // The keys are in a file, and nobody has to wait for that.
            drop(held);
            let revoked: BTreeSet<_> = keys
                .into_iter()
                .filter(|key| !self.0.keys.holds(key))
                .collect();
            held = self.lock();
            let gone = held.jobs.iter().filter_map(|(name, entry)| {
                let alone =
                    entry.listeners == 0 && entry.alone_since.elapsed() > settings.alone_max;
                let waits = entry.state == State::Queued;
                let why = match revoked.contains(&name.0) {
                    true => JobsError::Key.failure(),
                    false if alone => JobsError::Alone.failure(),
                    false if waits && entry.taken.elapsed() > settings.waiting_max => {
                        JobsError::Late.failure()
                    }
                    false => return None,
                };
                entry.ended.is_none().then(|| (name.clone(), why))
            });
            for (name, why) in gone.collect::<Vec<_>>() {
                match held.jobs.get_mut(&name) {
                    Some(entry) if entry.state == State::Running => entry.stop(why),
                    _ => held.end(&name, Ended::failed(why), settings),
                }
            }
            held.jobs.retain(|_, entry| {
                entry
                    .ended
                    .is_none_or(|at| at.elapsed() <= settings.kept_max)
            });
            let busy: BTreeSet<_> = held.jobs.keys().map(|(key, _)| key.clone()).collect();
            held.shelves.retain(|key, shelf| {
                !revoked.contains(key)
                    && (busy.contains(key) || shelf.used.elapsed() <= settings.kept_max)
            });
        }
    }
}
