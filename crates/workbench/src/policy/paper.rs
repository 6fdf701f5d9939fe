//! A manifest that the engine follows: it is read again whenever its file is another one.
//!
//! Reading YAML is not in the engine, so that a page without manifests does not load it: the host reads
//! ([`Effect::Read`]), and what asks meanwhile waits.

use super::checks;
use crate::engine::Workbench;
use crate::event::{Effect, TaskId};
use crate::supervisor;
use selvage_tool::document::{Document, Flaw};
use selvage_tool::flows::FLOWS_FILE;
use selvage_tool::policy::POLICY_FILE;
use selvage_tool::{Diagnostic, ErrorCode, Position, Span, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Workspace};
use std::borrow::Cow;
use std::collections::VecDeque;

/// The most bytes of a manifest that are handed to its reader.
const MANIFEST_BYTES_MAX: u64 = 256 * 1024;

/// How many texts of manifests are known.
const PROOFS_MAX: usize = 16;

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

    /// Looks whether its file is another one; then what it says is not known until it was read.
    fn follow(&mut self, workspace: &Workspace, task: TaskId) -> Option<Effect> {
        let entry = workspace.stat(self.path).ok();
        let hash = entry.as_ref().and_then(|entry| entry.hash);
        // What is being typed counts when it is part of the history; where nothing was known before, as when a workspace is opened
        // with typing that was left in it, it counts at once, rather than nothing does.
        let is_typed = entry.as_ref().is_some_and(|entry| entry.draft);
        if hash == self.hash || (is_typed && self.hash.is_some()) {
            return None;
        }
        self.hash = hash;
        self.held = None;
        self.asked = None;
        hash?;
        let fits = entry.is_some_and(|entry| entry.size <= MANIFEST_BYTES_MAX);
        let bytes = fits.then(|| workspace.read(self.path).ok()).flatten();
        let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            self.held = Some((self.read)(&Document::Flawed(unreadable())));
            return None;
        };
        self.asked = Some(task);
        let path = self.path.to_owned();
        Some(Effect::Read { task, path, text })
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
        let task = self.new_task();
        let read = [
            self.policy.follow(&self.workspace, task),
            self.supervisor.flows.follow(&self.workspace, task + 1),
        ];
        if read.iter().any(Option::is_some) {
            self.new_task();
            self.effects.extend(read.into_iter().flatten());
        }
    }
}

/// What is known of manifests' texts, apart from which is followed: a manifest that somebody writes is read before it lands, and
/// one that somebody looks at before its findings are told.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    known: VecDeque<(Subject, Proof)>,
    asked: Vec<(TaskId, Subject)>,
}

type Subject = (String, Hash);

/// What is known of a manifest's text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proof {
    /// What is wrong with it.
    pub(crate) flaw: Option<Box<Diagnostic>>,
    /// The files that it runs, and what to say of each where it is not there.
    pub(crate) entries: Vec<(String, Diagnostic)>,
}

impl Proof {
    /// What a document is as the manifest of a path.
    fn of(path: &str, document: &Document) -> Self {
        let (flaw, entries) = match path {
            POLICY_FILE => (checks::read(document).err(), Vec::new()),
            _ => match supervisor::read(document) {
                Ok(manifest) => (None, supervisor::entries(document, &manifest)),
                Err(flaw) => (Some(flaw), Vec::new()),
            },
        };
        Self { flaw, entries }
    }
}

/// Whether a path is that of a manifest.
pub(crate) fn is_manifest(path: &str) -> bool {
    [POLICY_FILE, FLOWS_FILE].contains(&path)
}

impl Workbench {
    /// What is known of a manifest's text. Where nothing is yet, that is asked for, and the call is to be made again.
    pub(crate) fn proof(&mut self, path: &str, text: &str) -> Option<Proof> {
        let subject = (path.to_owned(), Hash::of(text.as_bytes()));
        if let Some((_, found)) = self
            .proofs
            .known
            .iter()
            .find(|(known, _)| *known == subject)
        {
            return Some(found.clone());
        }
        self.consent.is_unproved = true;
        if self.proofs.asked.iter().all(|(_, asked)| *asked != subject) {
            let task = self.new_task();
            let (path, text) = (path.to_owned(), text.to_owned());
            self.effects.push(Effect::Read { task, path, text });
            self.proofs.asked.push((task, subject));
        }
        None
    }

    /// Takes what a reader made of a text that is not followed; whether it is one.
    pub(super) fn prove_with(&mut self, task: TaskId, document: &Document) -> bool {
        let asked = &mut self.proofs.asked;
        let Some(at) = asked.iter().position(|(asked, _)| *asked == task) else {
            return false;
        };
        let (_, subject) = asked.remove(at);
        let proof = Proof::of(&subject.0, document);
        self.proofs.known.push_front((subject, proof));
        self.proofs.known.truncate(PROOFS_MAX);
        true
    }

    /// Refuses a change that makes a manifest one that can't be read.
    ///
    /// # Errors
    /// What is wrong with it, and where; or that it must be read first.
    pub(crate) fn prove(&mut self, ops: &[Op]) -> ToolResult<()> {
        for op in ops {
            let (Op::Write { path, .. } | Op::Put { path, .. }) = op else {
                continue;
            };
            if !is_manifest(path) || !self.consent.can_wait {
                continue;
            }
            let bytes = match op {
                Op::Write { bytes, .. } => Cow::Borrowed(bytes),
                // A byte more than fits shows that it does not.
                Op::Put { hash, .. } => {
                    Cow::Owned(self.content_part(hash, 0, MANIFEST_BYTES_MAX + 1)?)
                }
                _ => continue,
            };
            let fits = bytes.len() as u64 <= MANIFEST_BYTES_MAX;
            let Some(text) = std::str::from_utf8(&bytes).ok().filter(|_| fits) else {
                let error = ToolError::new(ErrorCode::InvalidInput, unreadable().message);
                return Err(error.path(path).hint("Nothing was changed."));
            };
            match self.proof(path, text).map(|proof| proof.flaw) {
                Some(None) => {}
                Some(Some(found)) => {
                    let error = ToolError::new(ErrorCode::InvalidInput, found.message)
                        .path(path)
                        .at(found.span.start.line, found.span.start.column);
                    return Err(error.hint(found.hint.unwrap_or_default()));
                }
                None => return Err(ToolError::new(ErrorCode::Busy, "It is being read.")),
            }
        }
        Ok(())
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
