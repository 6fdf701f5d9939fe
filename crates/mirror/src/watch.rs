//! Hearing that something in the folder changed.
//!
//! What is heard says only that another look is due: a look compares all of the folder, so it does not matter what was missed or told
//! twice. Each folder that is mirrored is watched by itself, and no other: what is ignored costs nothing, and links lead nowhere.

use crate::folder::OWN_PREFIX;
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// See the module. It ends when it is dropped.
pub struct Watch {
    watcher: RecommendedWatcher,
    root: PathBuf,
    watched: BTreeSet<PathBuf>,
}

impl Watch {
    /// Watches nothing yet; `heard` is called on a thread of the watch.
    ///
    /// # Errors
    /// The system gives no watch.
    pub fn new(root: &Path, heard: impl Fn() + Send + 'static) -> notify::Result<Self> {
        let tell = move |event: notify::Result<Event>| {
            // An error, as a queue that ran over, is a reason to look, too.
            if event.is_ok_and(|event| is_ours(&event)) {
                return;
            }
            heard();
        };
        let config = Config::default().with_follow_symlinks(false);
        Ok(Self {
            watcher: RecommendedWatcher::new(tell, config)?,
            root: root.to_owned(),
            watched: BTreeSet::new(),
        })
    }

    /// Watches these folders and no others; whether there are new ones, in which something may have been missed.
    ///
    /// # Errors
    /// The system gives no watches any more.
    pub fn follow(&mut self, folders: &[String]) -> notify::Result<bool> {
        let folders: BTreeSet<PathBuf> = folders.iter().map(|it| self.root.join(it)).collect();
        for gone in self.watched.difference(&folders) {
            // A folder that is gone took its watch with it.
            let _ = self.watcher.unwatch(gone);
        }
        let new: Vec<PathBuf> = folders.difference(&self.watched).cloned().collect();
        self.watched.retain(|it| folders.contains(it));
        for folder in &new {
            match self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => drop(self.watched.insert(folder.clone())),
                // It went meanwhile: the folder above tells.
                Err(error) if !folder.exists() => drop(error),
                Err(error) => return Err(error),
            }
        }
        Ok(!new.is_empty())
    }
}

/// Whether an event is of no interest: somebody read, or the mirror itself is at work.
fn is_ours(event: &Event) -> bool {
    let is_own = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(OWN_PREFIX))
    };
    matches!(event.kind, EventKind::Access(_))
        || (!event.paths.is_empty() && event.paths.iter().all(is_own))
}
