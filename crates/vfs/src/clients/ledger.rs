//! A client of the ledger: the other side of automerge's sync protocol.
//!
//! Kleppmann and Howard, "Byzantine Eventual Consistency and the Fundamental Limits of Peer-to-Peer
//! Databases" (arXiv 2012.00472), is what the protocol is made from.

use crate::error::Result;
use crate::exchange::{Accepted, Inbox, Incoming, Refusal};
use crate::id::Heads;
use crate::limits::{CLIENT_MESSAGE_BYTES_MAX, CLIENT_WAITING_BYTES_MAX};
use crate::node::take_varint;
use crate::workspace::Workspace;
use automerge::sync::{Have, Message, State, SyncDoc};
use automerge::{Automerge, Change, ChangeHash, ReadDoc};

/// Summaries of what it has that a client sends in one message; stock ones send one.
const HAVES_MAX: usize = 16;
/// Bits an entry, and probes, of a client's Bloom filter; stock ones use 10 and 7. The engine takes
/// both at their word, and each probe costs time and memory.
const BLOOM_MAX: u64 = 64;

/// One client of the ledger.
///
/// It has a copy of the ledger's document, in which its changes are put together. Only what is
/// complete there is handed on, to be checked as any replica's changes are. The copy goes with the
/// client, and whatever was refused goes with it.
pub struct LedgerClient {
    copy: Automerge,
    /// What the workspace and the copy both hold.
    common: Heads,
    state: State,
    inbox: Inbox,
    /// Bytes that came since the copy last held the causes of all that it was given.
    waiting_bytes: usize,
    bytes_max: usize,
    has_heard: bool,
}

impl LedgerClient {
    /// A client that nothing is known of.
    pub fn open(workspace: &Workspace) -> Result<Self> {
        Ok(Self {
            copy: workspace.ledger.copy()?,
            common: workspace.heads(),
            state: State::new(),
            inbox: Inbox::new(),
            waiting_bytes: 0,
            bytes_max: CLIENT_WAITING_BYTES_MAX,
            has_heard: false,
        })
    }

    /// Takes in a message of the sync protocol. Complete changes in it are durable when this
    /// returns. After a refusal, or an error, this client is not to be used any further.
    pub fn receive(&mut self, workspace: &mut Workspace, bytes: &[u8]) -> Result<Accepted> {
        let refused = |refusal| {
            Ok(Accepted {
                refused: vec![refusal],
                ..Accepted::default()
            })
        };
        if bytes.len() > CLIENT_MESSAGE_BYTES_MAX {
            return refused(Refusal::TooLarge);
        }
        let message = match Message::decode(bytes) {
            Ok(message) if is_bounded(&message) => message,
            _ => return refused(Refusal::NotAMessage),
        };
        self.catch_up(workspace)?;
        self.has_heard = true;
        self.waiting_bytes += message.changes.iter().map(<[u8]>::len).sum::<usize>();
        if self.waiting_bytes > self.bytes_max {
            return refused(Refusal::InboxFull);
        }
        let received = self.copy.receive_sync_message(&mut self.state, message);
        if received.is_err() {
            return refused(Refusal::NotAChange);
        }
        if self.copy.get_missing_deps(&[]).is_empty() {
            self.waiting_bytes = 0;
        }
        let new = self.copy.get_changes(&hashes(&self.common));
        if new.is_empty() {
            return Ok(Accepted::default());
        }
        let changes = new
            .into_iter()
            .map(|mut change| change.bytes().into_owned());
        let incoming = Incoming {
            changes: changes.collect(),
            ..Incoming::default()
        };
        let mut accepted = workspace.accept(&mut self.inbox, incoming)?;
        // All causes are here, so what still waits does so for a content or a state of a text, and
        // this client has no way of giving either.
        if accepted.refused.is_empty() && !self.inbox.is_empty() {
            accepted.refused.push(Refusal::Unknown);
        }
        self.common = workspace.heads();
        Ok(accepted)
    }

    /// The next message for the client; `None` while there is nothing to say. Nothing is said
    /// before the client has spoken: when first messages cross, automerge sends the whole document
    /// twice.
    pub fn next(&mut self, workspace: &Workspace) -> Result<Option<Vec<u8>>> {
        if !self.has_heard {
            return Ok(None);
        }
        self.catch_up(workspace)?;
        let message = self.copy.generate_sync_message(&mut self.state);
        Ok(message.map(Message::encode))
    }

    /// Brings the copy to where the workspace is.
    fn catch_up(&mut self, workspace: &Workspace) -> Result<()> {
        let heads = workspace.heads();
        if heads != self.common {
            let changes: Vec<Change> = workspace.ledger.changes_after(&self.common);
            self.copy
                .apply_changes(changes)
                .map_err(crate::ledger::damaged)?;
            self.common = heads;
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn with_bytes_max(mut self, bytes_max: usize) -> Self {
        self.bytes_max = bytes_max;
        self
    }
}

/// Whether the engine may be given a message: it divides by the length of a Bloom filter, and
/// makes room for as many probes as the filter says.
fn is_bounded(message: &Message) -> bool {
    let is_bounded = |have: &Have| {
        let bytes = have.bloom.to_bytes();
        let mut rest = &bytes[..];
        if rest.is_empty() {
            return true;
        }
        let mut next = || take_varint(&mut rest);
        let (_, bits, probes) = (next(), next(), next());
        [bits, probes]
            .into_iter()
            .all(|it| it.is_some_and(|it| (1..=BLOOM_MAX).contains(&it)))
    };
    message.have.len() <= HAVES_MAX && message.have.iter().all(is_bounded)
}

fn hashes(heads: &Heads) -> Vec<ChangeHash> {
    heads
        .hashes()
        .iter()
        .map(|hash| ChangeHash(*hash))
        .collect()
}
