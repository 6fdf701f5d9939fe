//! Exchange with other replicas: what this one has, what another lacks, and taking theirs in.
//!
//! The rule, with its reasons in `docs/design-exchange.md`: a change is shown when its causes are
//! here, every content that its seals name, and every state of a live text that they cite; a text
//! is shown when the ledger that its sender had is here. Until then it waits in an [`Inbox`], and
//! heads never name what is not whole.

mod accept;
mod bridge;
mod change;
mod inbox;
mod trial;
mod update;

pub use inbox::Inbox;

use crate::error::Result;
use crate::id::{Hash, Heads, NodeId};
use crate::workspace::Workspace;
pub(crate) use change::Foreign;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Typing for one file, or what a file's live text holds that another replica lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextUpdate {
    /// The file.
    pub node: NodeId,
    /// The ledger that the sender had: the text is shown no earlier than these changes.
    pub after: Heads,
    /// The update; to a caller it is bytes.
    pub update: Vec<u8>,
}

impl TextUpdate {
    fn held_bytes(&self) -> usize {
        self.update.len() + self.after.hashes().len() * 32 + size_of::<Self>()
    }
}

/// A stretch of a content that is too large to be sent at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobPart {
    /// The whole content's hash.
    pub hash: Hash,
    /// Where the stretch begins.
    pub from: u64,
    /// The stretch.
    pub bytes: Vec<u8>,
}

/// What came from another replica, in any order and any number of times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// Whole ledgers.
    pub documents: Vec<Vec<u8>>,
    /// Single changes.
    pub changes: Vec<Vec<u8>>,
    /// Live texts.
    pub texts: Vec<TextUpdate>,
    /// Whole contents.
    pub blobs: Vec<Vec<u8>>,
    /// Parts of contents.
    pub parts: Vec<BlobPart>,
    /// Contents that the sender has thinned out, with the times of that in milliseconds since 1970.
    pub thinned: Vec<(Hash, u64)>,
}

impl Incoming {
    /// Whether nothing came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why something of another replica was not taken. A replica that follows this crate's rules is
/// never refused anything, so a session ends with the first refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes are no change, or not the one that they claim to be.
    #[error("the bytes are no change")]
    NotAChange,
    /// The bytes are no saved ledger.
    #[error("the bytes are no saved ledger")]
    NotALedger,
    /// The bytes are no update of a plain text.
    #[error("the bytes are no update of a plain text")]
    NotAnUpdate,
    /// The change has no cause: it belongs to a workspace of another kind.
    #[error("the change has no cause in this workspace")]
    AnotherWorkspace,
    /// The change writes outside of the tree of files.
    #[error("the change writes outside of the tree of files")]
    OutsideTheTree,
    /// The change gives a node a name that no node can have, or none.
    #[error("the change gives a name that no file can have, or none")]
    Name,
    /// The change holds a seal that can't be read.
    #[error("the change holds a seal that cannot be read")]
    Seal,
    /// The change can't follow its causes.
    #[error("the change cannot follow its causes")]
    Sequence,
    /// The text belongs to no file.
    #[error("the text belongs to no file")]
    NoSuchFile,
    /// The part does not fit to those before it.
    #[error("a part does not fit to those before it")]
    Part,
    /// The content is not the one that was asked for.
    #[error("the content is not the one that was asked for")]
    WrongHash,
    /// A limit of size was passed.
    #[error("a limit of size was passed")]
    TooLarge,
    /// More waits than `inbox_bytes_max`.
    #[error("too much waits for the rest of it")]
    InboxFull,
    /// The bytes are no message of a client's protocol.
    #[error("the bytes are no message of this protocol")]
    NotAMessage,
    /// The change names a content or a state of a text that is not here, and its sender can't give.
    #[error("the change names a content or a state of a text that is not here")]
    Unknown,
}

/// What a call of [`Workspace::accept`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Changes that are in the ledger now.
    pub changes: usize,
    /// The last of them: whoever sent them has these, and all that they follow.
    pub heads: Vec<[u8; 32]>,
    /// Files whose live text changed.
    pub texts: Vec<NodeId>,
    /// Those of them that this replica itself had to bring in step with a plain seal: their state is more than what came.
    pub own: Vec<NodeId>,
    /// The paths of what changed, where it was shown before and where it is shown now, in byte order.
    pub paths: Vec<String>,
    /// Files whose update rests on edits that are not here: their state is to be asked for.
    pub incomplete: Vec<NodeId>,
    /// Contents of which parts came from several peers, and were not right together: they are to be
    /// asked for from the start.
    pub again: Vec<Hash>,
    /// What was not taken, and why.
    pub refused: Vec<Refusal>,
}

/// What a replica lacks of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerDelta {
    /// The ledger after it.
    pub heads: Heads,
    /// The whole ledger, when the other has nothing.
    pub document: Option<Vec<u8>>,
    /// Single changes, causes first.
    pub changes: Vec<Vec<u8>>,
    /// The contents that these changes name, with their sizes.
    pub blobs: Vec<(Hash, u64)>,
}

impl Workspace {
    /// A name for everything that replicas exchange: two workspaces have the same digest exactly
    /// when they hold the same ledger and the same states of live texts, drafts included.
    pub fn digest(&self) -> Result<Hash> {
        // A ledger that can't be read is told here, before anything else is said of it.
        self.ledger.ensure()?;
        let mut sum = Sha256::new();
        sum.update(b"selvage workspace digest 1");
        let heads = self.heads();
        sum.update((heads.hashes().len() as u64).to_le_bytes());
        for hash in heads.hashes() {
            sum.update(hash);
        }
        for (node, digest) in self.text_digests()? {
            sum.update(node.as_bytes());
            sum.update(digest.0);
        }
        Ok(Hash(sum.finalize().into()))
    }

    /// Every live text with a name for its state, in the order of ids.
    pub fn text_digests(&self) -> Result<Vec<(NodeId, Hash)>> {
        let nodes = self.texts.nodes();
        nodes
            .map(|id| Ok((id, self.texts.digest(&*self.storage, id)?)))
            .collect()
    }

    /// A name for the state of one live text; nothing when the file has none.
    pub fn text_digest(&self, node: NodeId) -> Result<Option<Hash>> {
        if !self.texts.has(node) {
            return Ok(None);
        }
        self.texts.digest(&*self.storage, node).map(Some)
    }

    /// The state of one live text, empty when the file has none; to a caller it is bytes.
    pub fn text_state(&self, node: NodeId) -> Result<Vec<u8>> {
        self.texts.state(&*self.storage, node)
    }

    /// What a replica with that state of a live text lacks; nothing when the file has none, or
    /// when the state can't be read.
    pub fn text_since(&self, node: NodeId, state: &[u8]) -> Result<Option<Vec<u8>>> {
        if !self.texts.has(node) {
            return Ok(None);
        }
        self.texts.update_since(&*self.storage, node, state)
    }

    /// How many updates live texts got since the workspace was opened.
    #[must_use]
    pub fn texts_number(&self) -> u64 {
        self.texts.number()
    }

    /// The updates after such a number; `None` when they are forgotten, and states are to be
    /// compared instead.
    #[must_use]
    pub fn texts_since(&self, number: u64) -> Option<Vec<(NodeId, Arc<[u8]>)>> {
        self.texts.since(number)
    }

    /// Whether a content is here.
    pub fn has_content(&self, hash: &Hash) -> Result<bool> {
        self.storage.has_blob(hash)
    }

    /// Hashes of changes, sparser the older they are. Another replica finds among them a late
    /// point that both know, whatever else each has.
    #[must_use]
    pub fn samples(&self) -> Vec<[u8; 32]> {
        self.ledger.samples()
    }

    /// Those of some hashes of changes that this workspace has.
    #[must_use]
    pub fn known(&self, hashes: &[[u8; 32]]) -> Heads {
        self.ledger.known(hashes)
    }

    /// What a replica that has certain changes lacks of the ledger. Unknown hashes say nothing.
    #[must_use]
    pub fn ledger_since(&self, has: &[[u8; 32]]) -> LedgerDelta {
        let known = self.ledger.known(has);
        let first = self.ledger.first_hash();
        let nodes = self.ledger.nodes_map();
        let heads = self.heads();
        let mut changes = self.ledger.changes_after(&known);
        changes.retain(|change| Some(change.hash().0) != first);
        let mut blobs = Vec::new();
        let mut seen = BTreeSet::new();
        for change in &changes {
            if let Ok(foreign) = Foreign::of(change.clone(), &nodes) {
                blobs.extend(foreign.blobs().filter(|(hash, _)| seen.insert(*hash)));
            }
        }
        let has_nothing = known.hashes().iter().all(|hash| Some(*hash) == first);
        let is_whole = has_nothing && changes.len() > 1;
        let document = is_whole.then(|| self.ledger.save().ok()).flatten();
        if document.is_some() {
            changes.clear();
        }
        let bytes = changes.iter_mut().map(|change| change.bytes().into_owned());
        let changes = bytes.collect();
        LedgerDelta {
            heads,
            document,
            changes,
            blobs,
        }
    }
}

#[cfg(test)]
mod tests;
