//! Where a host has its executors from: one a guest, made when the first text or job for it comes.

use crate::control::Control;
use crate::error::HostError;
use crate::executor::Executor;
use crate::run::{Blobs, Ended};
use selvage_tool::run::{Job, RunReport};
use selvage_tool::{ErrorCode, Guest, Language, ToolError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What is run: a job, the blobs that it needs, and the run that waits for it.
#[derive(Debug)]
pub struct Assigned {
    /// The job.
    pub job: Job,
    /// The blobs of its files, and maybe others.
    pub blobs: Blobs,
    /// The run that goes on no further before this one is over.
    pub within: Option<String>,
}

/// What is told of a run before it is over.
#[derive(Debug)]
pub enum Told {
    /// It waits for a place where it is run, or begins.
    Waits(bool),
    /// It says something itself, with the body of a call.
    Reported(RunReport, Vec<u8>),
}

/// An executor that is not in this program.
pub trait Elsewhere: Send + Sync {
    /// Runs a job to its end, as [`Executor::run`] does, and tells when it begins. What keeps it from being run there is its outcome.
    ///
    /// # Errors
    /// [`HostError`] when this program can't even ask.
    fn run(
        &self,
        assigned: Assigned,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, HostError>;
}

/// The executors of every guest. Clones share them.
#[derive(Clone)]
pub struct Guests {
    places: Arc<[Place; Guest::ALL.len()]>,
    elsewhere: Option<Arc<dyn Elsewhere>>,
}

/// A guest's executor, or how to make it.
struct Place {
    executor: Mutex<Option<Executor>>,
    file: PathBuf,
    cache: Option<PathBuf>,
}

impl Guests {
    /// The guests in a folder, each `NAME.wasm` by its name. They are read and compiled when they are first wanted;
    /// what was compiled is kept in the folder `cache`, where there is one.
    #[must_use]
    pub fn new(folder: &Path, cache: Option<&Path>) -> Self {
        let place = |guest: Guest| Place {
            executor: Mutex::new(None),
            file: folder.join(guest.name()).with_extension("wasm"),
            cache: cache.map(Path::to_owned),
        };
        Self {
            places: Arc::new(Guest::ALL.map(place)),
            elsewhere: None,
        }
    }

    /// Has jobs of every language run elsewhere. Texts are still read here, where each keystroke may ask for it.
    #[must_use]
    pub fn with_elsewhere(self, elsewhere: Arc<dyn Elsewhere>) -> Self {
        Self {
            elsewhere: Some(elsewhere),
            ..self
        }
    }

    /// Runs a job where jobs are run. One whose executor has yet to be made waits for it, so that the seconds which that takes
    /// are not the run's.
    ///
    /// # Errors
    /// There is no executor, or there could be no run.
    pub fn run(
        &self,
        assigned: Assigned,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, HostError> {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.run(assigned, control, tell);
        }
        let Assigned { job, blobs, .. } = assigned;
        let guest = Language::of(&job.entry).guest();
        let executor = match self.made(guest) {
            Some(executor) => Ok(executor),
            None => {
                tell(Told::Waits(true));
                self.executor(guest)
            }
        };
        tell(Told::Waits(false));
        let mut report = |report, body| tell(Told::Reported(report, body));
        match executor {
            Ok(executor) => executor.run(job, blobs, control, &mut report),
            Err(error) => Ok(Ended::failed(unavailable(&error))),
        }
    }

    /// Puts an executor that is there already in a guest's place.
    #[must_use]
    pub fn with(self, guest: impl Into<Guest>, executor: &Executor) -> Self {
        *self.lock(guest.into()) = Some(executor.clone());
        self
    }

    /// The executor of a guest. Takes seconds when it is made; whoever else wants the same one waits.
    ///
    /// # Errors
    /// The guest is not there, or [`Executor::new`] refuses it. The next one tries again.
    pub fn executor(&self, guest: Guest) -> Result<Executor, HostError> {
        let mut place = self.lock(guest);
        if let Some(executor) = &*place {
            return Ok(executor.clone());
        }
        let Place { file, cache, .. } = self.place(guest);
        let bytes = std::fs::read(file).map_err(|source| HostError::Read {
            file: file.clone(),
            source,
        })?;
        let executor = Executor::cached(&bytes, cache.as_deref())?;
        Ok(place.insert(executor).clone())
    }

    /// The executor of a guest, where it can be had at once.
    fn made(&self, guest: Guest) -> Option<Executor> {
        // Whoever holds the lock makes it, or is about to let go.
        let place = self.place(guest).executor.try_lock().ok()?;
        place.clone()
    }

    fn place(&self, guest: Guest) -> &Place {
        // They are in the order of the variants.
        &self.places[guest as usize]
    }

    /// Whoever panicked while an executor was made left none.
    fn lock(&self, guest: Guest) -> std::sync::MutexGuard<'_, Option<Executor>> {
        let place = self.place(guest);
        place
            .executor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is no guest for.
pub(crate) fn unavailable(error: &HostError) -> ToolError {
    ToolError::new(ErrorCode::ExecutorUnavailable, format!("No executor of this language can be had: {error}."))
        .hint("`SELVAGE_GUESTS` names the folder that holds `guest-js.wasm` and the others; without it, it is the folder `guests` beside the program.")
}
