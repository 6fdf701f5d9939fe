//! Retention: contents that only old versions name make room.
//!
//! **Problem.** Every version of every file stays readable, so a workspace grows for ever by the contents of its past.
//! Changes are small, and heads are made of them; contents are what takes room.
//!
//! **Shape.** The ledger stays whole. A *pass* looks at all versions (a version is a seal that some change wrote) and
//! thins out the contents that nothing asks for any more: of each file and day that is longer ago than retention
//! says, all but the last version. SPEC R1 to R7 say what stays whatever its age.
//!
//! **Control loop.** [`Workspace::thinning`] begins a pass when one is due; [`Thinning::step`] does a bounded part of
//! it, until it says that it is done. Between two steps the workspace is used as ever. A pass that is dropped has
//! done what it did; the next one does the rest.
//!
//! *Invariants.* No content goes that anything shown, undoable or pinned names, nor one that the replica has not known
//! for [`GRACE_MS`] by its own clock: the *mark* is what it knew then. Every maker's clock is believed only as far as
//! its causes allow: a change is no older than what it follows.

use crate::error::{Result, VfsError};
use crate::id::{Hash, Heads};
use crate::storage::Batch;
use crate::workspace::Workspace;

mod pass;

pub use pass::Thinning;

/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 3_600_000;
/// How long a replica has known what it thins out, in milliseconds; and how often it looks.
pub(crate) const GRACE_MS: u64 = DAY_MS;
/// The cell that holds the mark.
const CELL: &str = "retention";

/// What a replica knew at some time by its own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    at_ms: u64,
    heads: Heads,
}

impl Mark {
    pub fn load(cells: &[(String, Vec<u8>)]) -> Option<Self> {
        let (_, bytes) = cells.iter().find(|cell| cell.0 == CELL)?;
        let (at_ms, hashes) = bytes.split_first_chunk()?;
        Some(Self {
            at_ms: u64::from_le_bytes(*at_ms),
            heads: Heads::new(hashes.as_chunks::<32>().0.to_vec()),
        })
    }
}

/// What a pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Thinned {
    /// Contents that are gone.
    pub contents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether the pass is over.
    pub is_done: bool,
}

impl Workspace {
    /// Begins a pass that thins out the contents of versions that are older than so many days, when one
    /// is due: 0 days keep everything. The first call only notes what is here, since nothing goes that
    /// the replica has not known for a day.
    ///
    /// # Errors
    /// The ledger can't be read, or storage does not keep the note.
    pub fn thinning(&mut self, now_ms: u64, days: u32) -> Result<Option<Thinning>> {
        if days == 0 {
            return Ok(None);
        }
        let mark = self.mark.as_ref().filter(|mark| mark.at_ms <= now_ms);
        if mark.is_some_and(|mark| mark.at_ms + GRACE_MS > now_ms) {
            return Ok(None);
        }
        self.ledger.ensure()?;
        let next = Mark {
            at_ms: now_ms,
            heads: self.ledger.heads(),
        };
        // A clock that was set back, or a ledger that was begun anew, is waited for once more.
        let Some(mark) = mark.filter(|mark| self.ledger.knows(&mark.heads)) else {
            self.set_mark(next)?;
            return Ok(None);
        };
        Ok(Some(Thinning::new(self, now_ms, days, mark, next.clone())))
    }

    fn set_mark(&mut self, mark: Mark) -> Result<()> {
        let bytes = [&mark.at_ms.to_le_bytes()[..], &mark.heads.0.concat()].concat();
        self.storage.commit(Batch {
            cells: vec![(CELL.into(), bytes)],
            ..Batch::default()
        })?;
        self.mark = Some(mark);
        Ok(())
    }

    /// A whole content; nothing when it never was here.
    pub(crate) fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        let found = self.noting_damage(hash, self.storage.blob(hash))?;
        match found {
            None => match self.storage.thinned(hash)? {
                Some(at_ms) => Err(VfsError::Thinned { hash: *hash, at_ms }),
                None => Ok(None),
            },
            found => Ok(found),
        }
    }

    /// The error for a content that is not here.
    pub(crate) fn not_here(&self, hash: &Hash) -> Result<VfsError> {
        Ok(match self.storage.thinned(hash)? {
            Some(at_ms) => VfsError::Thinned { hash: *hash, at_ms },
            None => VfsError::NotFound {
                path: hash.to_string(),
            },
        })
    }

    /// When a content that is not here was thinned out, in milliseconds since 1970.
    pub fn thinned_at(&self, hash: &Hash) -> Result<Option<u64>> {
        match self.storage.has_blob(hash)? {
            true => Ok(None),
            false => self.storage.thinned(hash),
        }
    }
}
