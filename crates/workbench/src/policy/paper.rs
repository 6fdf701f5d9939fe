//! A manifest that the engine follows: it is read again whenever its file is another one.
//!
//! Reading YAML is not in the engine, so that a page without manifests does not load it: the host reads
//! ([`Effect::Read`]), and what asks meanwhile waits.

use crate::engine::Workbench;
use crate::event::{Effect, TaskId};
use selvage_tool::document::{Document, Flaw};
use selvage_tool::{Diagnostic, Position, Span};
use selvage_vfs::Hash;

/// The most bytes of a manifest that are handed to its reader.
const MANIFEST_BYTES_MAX: u64 = 256 * 1024;

/// What is known of a manifest.
#[derive(Debug)]
pub(crate) struct Paper<T> {
    path: &'static str,
    read: fn(&Document) -> Result<T, Box<Diagnostic>>,
    /// The content that this is about; none where the file is not there.
    hash: Option<Hash>,
    asked: Option<TaskId>,
    held: Option<Result<T, Box<Diagnostic>>>,
}

impl<T> Paper<T> {
    pub(crate) fn new(
        path: &'static str,
        read: fn(&Document) -> Result<T, Box<Diagnostic>>,
    ) -> Self {
        Self {
            path,
            read,
            hash: None,
            asked: None,
            held: None,
        }
    }

    /// Whether it is there and not read yet.
    pub(crate) fn is_unread(&self) -> bool {
        self.hash.is_some() && self.held.is_none()
    }

    /// What it says; nothing where it is not there.
    pub(crate) fn says(&self) -> Option<Result<&T, &Diagnostic>> {
        let held = self.held.as_ref()?;
        Some(held.as_ref().map_err(AsRef::as_ref))
    }

    /// Takes what its reader made of it; whether that was asked for.
    pub(crate) fn take(&mut self, task: TaskId, document: &Document) -> bool {
        let asked = self.asked.take_if(|asked| *asked == task).is_some();
        if asked {
            self.held = Some((self.read)(document));
        }
        asked
    }
}

impl Workbench {
    /// Has manifests read that are others than they were.
    pub(crate) fn follow(&mut self) {
        let path = self.policy.path;
        let entry = self.workspace.stat(path).ok();
        let hash = entry.as_ref().and_then(|entry| entry.hash);
        if hash == self.policy.hash {
            return;
        }
        self.policy.hash = hash;
        self.policy.held = None;
        self.policy.asked = None;
        let Some(hash) = hash else { return };
        let fits = entry.is_some_and(|entry| entry.size <= MANIFEST_BYTES_MAX);
        let bytes = fits.then(|| self.workspace.read_hash(&hash).unwrap_or_default());
        match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            Some(text) => {
                let task = self.new_task();
                self.policy.asked = Some(task);
                let path = path.to_owned();
                self.effects.push(Effect::Read { task, path, text });
            }
            None => self.policy.held = Some((self.policy.read)(&Document::Flawed(unreadable()))),
        }
    }
}

fn unreadable() -> Flaw {
    let at = Position {
        line: 1,
        column: 1,
        offset: 0,
    };
    Flaw {
        message: format!("A manifest is text in UTF-8, of {MANIFEST_BYTES_MAX} bytes at the most."),
        hint: "`history` of the file shows it as it was.".into(),
        span: Span { start: at, end: at },
    }
}
