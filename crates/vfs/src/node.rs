//! One file or folder as the ledger holds it, and the seal of a file's content.

use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use std::collections::BTreeMap;

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OriginKind {
    /// A person at the workbench.
    Person,
    /// A run of a flow.
    Run,
    /// An agent that calls tools.
    Agent,
    /// Selvage itself.
    System,
    /// A peer that is none of ours: another program that joined.
    Peer,
}

impl OriginKind {
    /// The word that the contract uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Run => "run",
            Self::Agent => "agent",
            Self::System => "system",
            Self::Peer => "peer",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        use OriginKind::{Agent, Peer, Person, Run, System};
        let mut kinds = [Person, Run, Agent, System, Peer].into_iter();
        kinds.find(|kind| kind.as_str() == word)
    }

    fn code(self) -> u8 {
        match self {
            Self::Person => 0,
            Self::Run => 1,
            Self::Agent => 2,
            Self::System => 3,
            Self::Peer => 4,
        }
    }
}

/// Who made a change, by kind and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// What kind of maker.
    pub kind: OriginKind,
    /// Its name: a person's, an agent's, or the id of a run.
    pub name: String,
}

impl Origin {
    /// A maker of changes.
    #[must_use]
    pub fn new(kind: OriginKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

/// A file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It has content.
    File,
    /// It has files and folders.
    Folder,
}

/// Why a node is shown otherwise than its own registers say. Nothing is written for it: when the
/// cause goes away, so does the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Another node of the folder keeps the name; this one shows a suffix from its id.
    Renamed,
    /// Several folders of that name are shown as one, or several equal files.
    United,
    /// It was deleted elsewhere while it was edited here, or the other way round; the edit wins.
    Restored,
    /// Its content was sealed twice apart, and the two are not joined yet.
    Apart,
}

/// What a file holds at one point in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    pub hash: Hash,
    pub size: u64,
    pub text: bool,
    pub at_ms: u64,
    pub origin: Origin,
    /// The state vector of the live text that this seals; empty when there is none.
    pub state: Vec<u8>,
}

const SEAL_VERSION: u8 = 1;

impl Seal {
    /// One scalar: a register that two replicas set apart keeps both, and no object is shared.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.origin.name.len() + self.state.len());
        out.push(SEAL_VERSION);
        out.push(u8::from(self.text));
        out.extend_from_slice(&self.hash.0);
        put_varint(&mut out, self.size);
        put_varint(&mut out, self.at_ms);
        out.push(self.origin.kind.code());
        put_varint(&mut out, self.origin.name.len() as u64);
        out.extend_from_slice(self.origin.name.as_bytes());
        out.extend_from_slice(&self.state);
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self> {
        Self::read(bytes).ok_or_else(|| VfsError::Damaged {
            why: "a seal does not fit".into(),
        })
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let bytes = &mut bytes;
        if take(bytes, 1)?[0] != SEAL_VERSION {
            return None;
        }
        let text = take(bytes, 1)?[0] == 1;
        let hash = Hash(take(bytes, 32)?.try_into().ok()?);
        let size = take_varint(bytes)?;
        let at_ms = take_varint(bytes)?;
        let kind = match take(bytes, 1)?[0] {
            0 => OriginKind::Person,
            1 => OriginKind::Run,
            2 => OriginKind::Agent,
            4 => OriginKind::Peer,
            // A kind that came after this version is nobody's that it could name.
            _ => OriginKind::System,
        };
        let length = usize::try_from(take_varint(bytes)?).ok()?;
        let name = std::str::from_utf8(take(bytes, length)?).ok()?.to_owned();
        Some(Self {
            hash,
            size,
            text,
            at_ms,
            origin: Origin { kind, name },
            state: bytes.to_vec(),
        })
    }
}

/// Where a node was created: the counter and the actor of the operation. It orders nodes alike on
/// every replica. A node that is not written yet comes last.
pub(crate) type Birth = (u64, Vec<u8>);

/// A node: its registers, and where the view puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub id: NodeId,
    pub kind: Kind,
    pub name: String,
    /// For every parent it ever had, how recent that was.
    pub edges: BTreeMap<NodeId, u64>,
    /// The seals that no other seal follows; the last one is shown. Several mean that replicas
    /// sealed apart.
    pub seals: Vec<Seal>,
    /// For every deletion that no other follows, the heads that it saw.
    pub seen: Vec<Vec<u8>>,
    pub made_ms: u64,
    pub birth: Birth,
    /// Derived: the parent that the edges give, without cycles.
    pub parent: NodeId,
    /// Derived: the name that is shown, where it is another one than `name`.
    pub shown_as: Option<String>,
    /// Derived: why the view differs from the registers.
    pub mark: Option<Mark>,
    /// Derived: a deletion had not seen what the file holds, so it is not followed.
    pub restored: bool,
}

impl Node {
    pub fn new(id: NodeId, kind: Kind, name: String, made_ms: u64) -> Self {
        Self {
            id,
            kind,
            shown_as: None,
            name,
            edges: BTreeMap::new(),
            seals: Vec::new(),
            seen: Vec::new(),
            made_ms,
            birth: (u64::MAX, Vec::new()),
            parent: NodeId::TRASH,
            mark: None,
            restored: false,
        }
    }

    /// The name that is shown.
    pub fn shown(&self) -> &str {
        self.shown_as.as_ref().unwrap_or(&self.name)
    }

    /// The mark that a node has for itself, whatever else its folder holds.
    pub fn own_mark(&self) -> Option<Mark> {
        if self.restored {
            return Some(Mark::Restored);
        }
        self.is_apart().then_some(Mark::Apart)
    }

    /// Whether replicas sealed different contents apart.
    pub fn is_apart(&self) -> bool {
        self.seals
            .windows(2)
            .any(|pair| pair[0].hash != pair[1].hash)
    }

    /// Notes that the place where the node is shown is now what its registers say.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.restored) && self.mark == Some(Mark::Restored) {
            self.mark = self.own_mark();
        }
    }

    /// The seal that is shown.
    pub fn seal(&self) -> Option<&Seal> {
        self.seals.last()
    }

    /// The parent that the most recent edge names. Between equally recent ones, a deletion loses,
    /// then the order of ids decides.
    pub fn best_edge(&self) -> Option<NodeId> {
        self.edges
            .iter()
            .map(|(&parent, &count)| edge_rank(parent, count))
            .max()
            .map(|rank| rank.2)
    }

    pub fn next_count(&self) -> u64 {
        self.edges
            .values()
            .max()
            .map_or(1, |count| count.saturating_add(1))
    }
}

/// What orders edges: the larger rank wins.
pub(crate) fn edge_rank(parent: NodeId, count: u64) -> (u64, bool, NodeId) {
    (count, parent != NodeId::TRASH, parent)
}

pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(head)
}

pub(crate) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    // A stepped range takes several times as long in code that is made small, and most of an index is such numbers.
    while shift < u64::BITS {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_survives_its_bytes_and_refuses_others() {
        let seal = Seal {
            hash: Hash::of(b"x"),
            size: u64::MAX,
            text: true,
            at_ms: 1_700_000_000_123,
            origin: Origin::new(OriginKind::Run, "r-1"),
            state: vec![1, 2, 3],
        };
        assert_eq!(Seal::decode(&seal.encode()), Ok(seal.clone()));
        for cut in 0..40 {
            assert!(Seal::decode(&seal.encode()[..cut]).is_err(), "cut at {cut}");
        }
    }
}
