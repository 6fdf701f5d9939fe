//! The server without sockets: what clients may ask of it.

use crate::admit::Admit;
use crate::entry::Entry;
use crate::error::JobsError;
use crate::held::{Held, Name};
use crate::listener::Listener;
use crate::message::{Answered, Hashes, Hold, More, Standing, State, hash, is_hash, is_id};
use crate::settings::Settings;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use selvage_host::{Ended, Guests};
use selvage_tool::run::Job;
use selvage_tool::{ErrorCode, LimitsPatch, ToolError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// See the module. Clones are the same board.
#[derive(Clone)]
pub struct Board(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub settings: Settings,
    pub guests: Guests,
    pub keys: Arc<dyn Admit>,
    held: Mutex<Held>,
    /// Something became another: there may be work, or room.
    pub changed: Condvar,
}

impl Board {
    /// A board whose jobs run on these guests, for those whom `keys` admits.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start(
        guests: Guests,
        settings: Settings,
        keys: Arc<dyn Admit>,
    ) -> Result<Self, JobsError> {
        let board = Self(Arc::new(Inner {
            settings,
            guests,
            keys,
            held: Mutex::default(),
            changed: Condvar::new(),
        }));
        let threads = board.spawn()?;
        board.lock().threads = threads;
        Ok(board)
    }

    /// Which of some blobs this key has to send.
    #[must_use]
    pub fn missing(&self, key: &str, asked: Hashes) -> Hashes {
        let mut held = self.lock();
        let shelf = held.shelf(key);
        let hashes = asked.hashes.into_iter();
        Hashes {
            hashes: hashes.filter(|hash| shelf.get(hash).is_none()).collect(),
        }
    }

    /// Keeps a blob of a key. Takes a while for a large one.
    ///
    /// # Errors
    /// The bytes have another hash, or there is no room.
    pub fn keep(&self, key: &str, name: &str, bytes: &[u8]) -> Result<(), JobsError> {
        if !is_hash(name) || hash(bytes) != name {
            return Err(JobsError::Hash);
        }
        let settings = &self.0.settings;
        self.lock()
            .keep(key, name.to_owned(), bytes.into(), settings)
    }

    /// A blob that this key sent, or that a job of it wrote.
    ///
    /// # Errors
    /// There is none.
    pub fn blob(&self, key: &str, name: &str) -> Result<Arc<[u8]>, JobsError> {
        let mut held = self.lock();
        let written = held
            .of(key)
            .find_map(|(_, entry)| entry.written.get(name).cloned());
        let found = written.or_else(|| held.shelf(key).get(name));
        found.ok_or(JobsError::NoBlob)
    }

    /// Takes a job, or knows it again. One that another run waits for says so: it gets the place of that one, as long as that runs.
    ///
    /// # Errors
    /// The name is another job's, a blob is missing, or there is no room.
    pub fn take(
        &self,
        key: &str,
        id: &str,
        within: Option<&str>,
        body: &[u8],
    ) -> Result<Standing, JobsError> {
        if !is_id(id) || within.is_some_and(|run| !is_id(run)) {
            return Err(JobsError::Name);
        }
        let settings = &self.0.settings;
        let digest = hash(body);
        let parsed = serde_json::from_slice::<Job>(body);
        let name = (key.to_owned(), id.to_owned());
        // The keys are in a file, and nobody has to wait for that.
        let quota = self.0.keys.quota(key);
        let mut held = self.lock();
        if let Some(entry) = held.jobs.get(&name) {
            return if entry.digest == digest {
                Ok(entry.standing())
            } else {
                Err(JobsError::Taken)
            };
        }
        let mut job = parsed.map_err(|why| JobsError::Message(why.to_string()))?;
        if held.stopping {
            return Err(JobsError::Stopping);
        }
        let is_nested = held.is_nested(key, within);
        if let Err(full) = held.has_room(key, body.len(), is_nested, quota, settings) {
            held.refused += 1;
            return Err(full);
        }
        // No more than any job here gets, and no more than any job anywhere.
        job.limits = job.limits.held_to(&settings.limits);
        job.limits = job.limits.patched(&LimitsPatch::default());
        let blobs = held.blobs(key, &job, settings)?;
        let within = within.filter(|_| is_nested).map(str::to_owned);
        let entry = Entry::new(digest, body.len(), within, quota, job, blobs);
        let standing = entry.standing();
        held.jobs.insert(name.clone(), entry);
        held.queue.push_back(name);
        held.taken += 1;
        self.0.changed.notify_all();
        Ok(standing)
    }

    /// How a job stands.
    ///
    /// # Errors
    /// There is none.
    pub fn standing(&self, key: &str, id: &str) -> Result<Standing, JobsError> {
        self.with(key, id, |entry| entry.standing())
    }

    /// Listens to a job from a line on.
    ///
    /// # Errors
    /// There is none, its client has all of it, or too many listen.
    pub fn listen(&self, key: &str, id: &str, from: usize) -> Result<Listener, JobsError> {
        Listener::new(self, (key.to_owned(), id.to_owned()), from)
    }

    /// Answers a call of a job.
    ///
    /// # Errors
    /// There is no such job, or the body is no base64.
    pub fn answer(&self, key: &str, id: &str, answered: Answered) -> Result<(), JobsError> {
        let body = BASE64_STANDARD.decode(answered.body);
        let body = body.map_err(|why| JobsError::Message(why.to_string()))?;
        self.with(key, id, |entry| {
            entry.control.answer(answered.id, answered.answer, body);
        })
    }

    /// Answers a job that asks for more. It gets no more than any job here.
    ///
    /// # Errors
    /// There is no such job.
    pub fn more(&self, key: &str, id: &str, more: More) -> Result<(), JobsError> {
        let most = &self.0.settings.limits;
        self.with(key, id, |entry| entry.more(more.number, more.limits, most))
    }

    /// Has the clock of a job stand still, or go on.
    ///
    /// # Errors
    /// There is no such job.
    pub fn hold(&self, key: &str, id: &str, hold: Hold) -> Result<(), JobsError> {
        let held = self.with(key, id, |entry| {
            entry.is_held = hold.held;
            entry.control.hold(hold.held);
        });
        // Another one may have its place.
        self.0.changed.notify_all();
        held
    }

    /// Cancels a job; or, where it is over, lets go of what it told and wrote.
    ///
    /// # Errors
    /// There is none.
    pub fn cancel(&self, key: &str, id: &str) -> Result<Standing, JobsError> {
        let name = (key.to_owned(), id.to_owned());
        let mut held = self.lock();
        let entry = held.jobs.get_mut(&name).ok_or(JobsError::NoJob)?;
        match entry.state {
            State::Queued => {
                let error = ToolError::new(ErrorCode::Cancelled, "The run was cancelled.");
                held.end(&name, Ended::failed(error), &self.0.settings);
            }
            State::Running => entry.control.cancel(),
            State::Ended => entry.collect(),
        }
        self.0.changed.notify_all();
        let entry = held.jobs.get(&name).ok_or(JobsError::NoJob)?;
        Ok(entry.standing())
    }

    /// Stops: takes no job any more, ends those that wait, waits for those that run, and cancels what does not end by then. Each
    /// client then has a moment to fetch what became of its job.
    pub fn stop(&self) {
        let settings = &self.0.settings;
        let why = JobsError::Stopping.failure();
        let mut held = self.lock();
        held.stopping = true;
        for name in std::mem::take(&mut held.queue) {
            held.end(&name, Ended::failed(why.clone()), settings);
        }
        let threads = std::mem::take(&mut held.threads);
        self.0.changed.notify_all();
        held = self.wait_until(held, settings.stopping_max, |held| held.running() == 0);
        let going = held.jobs.values_mut();
        going
            .filter(|entry| entry.state == State::Running)
            .for_each(|entry| entry.stop(why.clone()));
        drop(held);
        for thread in threads {
            // One that panicked is over as well.
            let _ = thread.join();
        }
        let collected = |held: &Held| held.jobs.values().all(|entry| entry.is_collected);
        drop(self.wait_until(self.lock(), settings.collecting_max, collected));
    }

    /// The figures of this server, in the text form of Prometheus.
    #[must_use]
    pub fn metrics(&self) -> String {
        self.lock().metrics()
    }

    pub(crate) fn with<T>(
        &self,
        key: &str,
        id: &str,
        act: impl FnOnce(&mut Entry) -> T,
    ) -> Result<T, JobsError> {
        let mut held = self.lock();
        let entry = held.jobs.get_mut(&(key.to_owned(), id.to_owned()));
        entry.map(act).ok_or(JobsError::NoJob)
    }

    /// Ends a job, by its name.
    pub(crate) fn end(&self, name: &Name, ended: Ended) {
        self.lock().end(name, ended, &self.0.settings);
        self.0.changed.notify_all();
    }

    /// A thread that panicked while it held the lock can't have left a job half changed.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until<'a>(
        &'a self,
        held: MutexGuard<'a, Held>,
        longest: Duration,
        is: impl Fn(&Held) -> bool,
    ) -> MutexGuard<'a, Held> {
        let until = Instant::now() + longest;
        let mut held = held;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if is(&held) || left.is_zero() {
                return held;
            }
            let waited = self.0.changed.wait_timeout(held, left);
            held = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
