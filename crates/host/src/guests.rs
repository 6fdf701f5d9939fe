//! Where a host has its executors from: one a language, made when the first text or job of that language comes.

use crate::error::HostError;
use crate::executor::Executor;
use selvage_tool::Language;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The executors of every language. Clones share them.
#[derive(Clone)]
pub struct Guests(Arc<[Place; 2]>);

/// A language's executor, or how to make it.
struct Place {
    executor: Mutex<Option<Executor>>,
    file: PathBuf,
    cache: Option<PathBuf>,
}

impl Guests {
    /// The guests in a folder, `guest-js.wasm` and `guest-py.wasm`. They are read and compiled when they are first wanted;
    /// what was compiled is kept in the folder `cache`, where there is one.
    #[must_use]
    pub fn new(folder: &Path, cache: Option<&Path>) -> Self {
        let place = |name: &str| Place {
            executor: Mutex::new(None),
            file: folder.join(name),
            cache: cache.map(Path::to_owned),
        };
        Self(Arc::new([place("guest-js.wasm"), place("guest-py.wasm")]))
    }

    /// Puts an executor that is there already in a language's place.
    #[must_use]
    pub fn with(self, language: Language, executor: &Executor) -> Self {
        *self.lock(language) = Some(executor.clone());
        self
    }

    /// The executor of a language. Takes seconds when it is made; whoever else wants the same one waits.
    ///
    /// # Errors
    /// The guest is not there, or [`Executor::new`] refuses it. The next one tries again.
    pub fn executor(&self, language: Language) -> Result<Executor, HostError> {
        let mut place = self.lock(language);
        if let Some(executor) = &*place {
            return Ok(executor.clone());
        }
        let Place { file, cache, .. } = self.place(language);
        let bytes = std::fs::read(file).map_err(|source| HostError::Read {
            file: file.clone(),
            source,
        })?;
        let executor = Executor::cached(&bytes, cache.as_deref())?;
        Ok(place.insert(executor).clone())
    }

    fn place(&self, language: Language) -> &Place {
        match language {
            Language::Js => &self.0[0],
            Language::Python => &self.0[1],
        }
    }

    /// Whoever panicked while an executor was made left none.
    fn lock(&self, language: Language) -> std::sync::MutexGuard<'_, Option<Executor>> {
        let place = self.place(language);
        place
            .executor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
