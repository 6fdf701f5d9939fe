//! Exchange by mail: with replicas that are not there, over something that keeps parcels.
//!
//! **Problem.** A session is a conversation, and two devices of one person are seldom awake together. What one did has
//! to be left for the others, without knowing what they have.
//!
//! **Shape.** A *parcel* is some of what a session says: changes, contents, texts, as whole messages. [`Mail`] takes
//! the mailbox for a peer that never asks: it remembers what was left there or came from there, and makes parcels of
//! whatever the workspace has beyond that. Everybody opens all parcels in one order, and what is complete lands.
//!
//! **Control loop.** [`Mail::next`] after every change of the workspace, until it gives nothing; [`Mail::take`] for
//! every parcel that came. A parcel comes with a *cursor*, as bytes, when nothing is left to be said: kept with the
//! parcel, it is where [`Mail::open`] goes on. A parcel that is lost after its cursor was kept is lost for the others,
//! so whoever carries it keeps both together. A parcel that comes twice does nothing.
//!
//! Nobody can be asked for what is lacking, so what came waits for it: for causes, contents, and edits that an update
//! rests on. A device's tabs share a cursor, and what the tab before this one had read reaches this one in another way;
//! [`Mail::look_again`] takes in then what waited for it.
//!
//! **Invariants.** What came by mail is not mailed again, unless something else is new in the same text. The cursor tells no
//! more than the mailbox has: a text that this replica itself brought in step with a plain seal is mailed.

use crate::limits::PUSH_BYTES_MAX;
use crate::message::{Message, Of, Range};
use crate::outbox::{Job, Outbox};
use crate::ranges::first;
use crate::{Reason, Reply, Result, SyncError};
use selvage_vfs::{Hash, Heads, Inbox, Incoming, NodeId, Workspace};
use std::collections::BTreeMap;

/// Bytes of one parcel: a whole ledger is the largest thing in one.
pub const PARCEL_BYTES_MAX: usize = 15 * 1024 * 1024;

/// Bytes that a parcel is filled up to.
const PARCEL_BYTES: u64 = 256 * 1024;

/// A live text, as the mailbox has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    digest: [u8; 8],
    state: Vec<u8>,
}

/// Something for the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Where to go on when this one is kept; `None` while it is one of several.
    pub cursor: Option<Vec<u8>>,
}

/// The mail of one replica.
#[derive(Debug)]
pub struct Mail {
    /// Changes that the mailbox has, with all that they follow.
    heads: Vec<[u8; 32]>,
    texts: BTreeMap<NodeId, Text>,
    /// The number of the text update up to which everything was looked at; `None` at the start.
    number: Option<u64>,
    outbox: Outbox,
    inbox: Inbox,
    /// What is being sent rests on this.
    sent: Heads,
    /// The workspace when what waits was looked through last.
    looked: Option<(Heads, u64)>,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            heads: Vec::new(),
            texts: BTreeMap::new(),
            number: None,
            outbox: Outbox::default(),
            inbox: Inbox::for_letters(),
            sent: Heads::default(),
            looked: None,
        }
    }
}

impl Mail {
    /// The mail of a replica that goes on from a cursor; an empty one is the beginning. `None` when the bytes are no
    /// cursor.
    #[must_use]
    pub fn open(cursor: &[u8]) -> Option<Self> {
        let mut mail = Self::default();
        let mut digests = BTreeMap::new();
        let mut rest = cursor;
        while !rest.is_empty() {
            let (message, len) = Message::read(rest).ok()??;
            rest = &rest[len..];
            match message {
                Message::Have { heads, .. } => mail.heads = heads.hashes().to_vec(),
                Message::Ranges(ranges) => {
                    for range in ranges {
                        if let Of::List(list) = range.of {
                            digests.extend(list);
                        }
                    }
                }
                Message::TextWant { node, state, .. } => {
                    let digest = *digests.get(&node)?;
                    mail.texts.insert(node, Text { digest, state });
                }
                _ => return None,
            }
        }
        Some(mail)
    }

    /// Whether nothing that came waits for what has not come, and nothing that was looked up is left
    /// to be said: only then does [`Self::cursor`] tell no more than the mailbox has.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.inbox.is_empty() && self.outbox.is_empty()
    }

    /// Where this replica is: what the mailbox has, in the words of a peer that has it.
    #[must_use]
    pub fn cursor(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let heads = Heads::new(self.heads.clone());
        let (samples, texts) = (Vec::new(), Hash([0; 32]));
        Message::Have {
            heads,
            samples,
            texts,
        }
        .write(&mut out);
        let list = self.texts.iter().map(|(node, text)| (*node, text.digest));
        let of = Of::List(list.collect());
        let (from, to) = ([0; 16], None);
        Message::Ranges(vec![Range { from, to, of }]).write(&mut out);
        for (node, text) in &self.texts {
            let (node, state, back) = (*node, text.state.clone(), false);
            Message::TextWant { node, state, back }.write(&mut out);
        }
        out
    }

    /// The next parcel of what the workspace has and the mailbox has not.
    pub fn next(&mut self, workspace: &Workspace) -> Result<Option<Parcel>> {
        if self.outbox.is_empty() {
            self.look(workspace)?;
        }
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < PARCEL_BYTES && !self.outbox.is_empty() {
            self.outbox.pump_one(workspace, &self.sent)?;
            bytes.append(&mut self.outbox.said());
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() > PARCEL_BYTES_MAX {
            let (size, max) = (bytes.len() as u64, PARCEL_BYTES_MAX as u64);
            return Err(SyncError::TooLarge { size, max });
        }
        let cursor = self.outbox.is_empty().then(|| self.cursor());
        Ok(Some(Parcel { bytes, cursor }))
    }

    /// Takes in a parcel. What it holds that is of no use ends nothing: the reason is given, and the next one is taken
    /// as if this one had not been.
    pub fn take(
        &mut self,
        workspace: &mut Workspace,
        parcel: &[u8],
    ) -> Result<(Reply, Option<Reason>)> {
        let mut reply = Reply::default();
        let Some(incoming) = open(parcel) else {
            return Ok((reply, Some(Reason::Garbage)));
        };
        let nodes: Vec<NodeId> = incoming.texts.iter().map(|text| text.node).collect();
        let mut level = Vec::new();
        for node in nodes {
            // Only what the mailbox had before is all that it has afterwards.
            let known = self.texts.get(&node).map(|text| text.digest);
            if known == digest_of(workspace, node)? {
                level.push(node);
            }
        }
        let accepted = workspace.accept(&mut self.inbox, incoming)?;
        self.heads.extend(&accepted.heads);
        level.retain(|node| !accepted.own.contains(node));
        for node in level {
            self.remember(workspace, node)?;
        }
        reply.changed = accepted.changes > 0 || !accepted.texts.is_empty();
        reply.paths = accepted.paths;
        Ok((
            reply,
            accepted.refused.first().copied().map(Reason::Refused),
        ))
    }

    /// Takes in what waits, when this replica has got in another way what that waits for: from another tab, or from what
    /// a dead one left. To be called when the workspace has changed.
    pub fn look_again(&mut self, workspace: &mut Workspace) -> Result<Reply> {
        let now = |workspace: &Workspace| Some((workspace.heads(), workspace.texts_number()));
        if self.inbox.is_empty() || self.looked == now(workspace) {
            return Ok(Reply::default());
        }
        let (reply, _) = self.take(workspace, &[])?;
        self.looked = now(workspace);
        Ok(reply)
    }

    /// Finds what is new.
    fn look(&mut self, workspace: &Workspace) -> Result<()> {
        let number = workspace.texts_number();
        let touched: Option<Vec<NodeId>> = match self.number {
            Some(before) if before == number => Some(Vec::new()),
            Some(before) => workspace
                .texts_since(before)
                .map(|updates| updates.into_iter().map(|(node, _)| node).collect()),
            None => None,
        };
        self.number = Some(number);
        let delta = workspace.ledger_since(&self.heads);
        self.sent = delta.heads.clone();
        self.heads = delta.heads.hashes().to_vec();
        let heads = delta.heads;
        match delta.document {
            Some(bytes) => self.outbox.say(&Message::Document { heads, bytes }),
            None if !delta.changes.is_empty() => self.outbox.say(&Message::Changes {
                heads,
                changes: delta.changes,
            }),
            None => {}
        }
        for (hash, size) in delta.blobs {
            self.outbox.add(match size <= PUSH_BYTES_MAX {
                true => Job::Blob(hash),
                false => Job::Part { hash, from: 0 },
            });
        }
        let mut nodes = match touched {
            Some(nodes) => nodes,
            None => workspace
                .text_digests()?
                .into_iter()
                .map(|(node, _)| node)
                .collect(),
        };
        nodes.sort_unstable();
        nodes.dedup();
        for node in nodes {
            let known = self.texts.get(&node);
            if known.map(|text| text.digest) != digest_of(workspace, node)? {
                let state = known.map(|text| text.state.clone()).unwrap_or_default();
                self.outbox.add(Job::Text { node, state });
                self.remember(workspace, node)?;
            }
        }
        Ok(())
    }

    fn remember(&mut self, workspace: &Workspace, node: NodeId) -> Result<()> {
        if let Some(digest) = digest_of(workspace, node)? {
            let state = workspace.text_state(node)?;
            self.texts.insert(node, Text { digest, state });
        }
        Ok(())
    }
}

/// The first bytes of a live text's digest; `None` when the file has none.
fn digest_of(workspace: &Workspace, node: NodeId) -> Result<Option<[u8; 8]>> {
    Ok(workspace.text_digest(node)?.map(|digest| first(&digest)))
}

/// What a parcel holds; `None` when it holds anything else.
fn open(parcel: &[u8]) -> Option<Incoming> {
    if parcel.len() > PARCEL_BYTES_MAX {
        return None;
    }
    let mut incoming = Incoming::default();
    let mut rest = parcel;
    while !rest.is_empty() {
        let (message, len) = Message::read(rest).ok()??;
        rest = &rest[len..];
        match message {
            Message::Document { bytes, .. } => incoming.documents.push(bytes),
            Message::Changes { changes, .. } => incoming.changes.extend(changes),
            Message::Blobs(blobs) => incoming.blobs.extend(blobs),
            Message::Texts(texts) => incoming.texts.extend(texts),
            Message::Part(part) => incoming.parts.push(part),
            Message::Thinned(contents) => incoming.thinned.extend(contents),
            _ => return None,
        }
    }
    Some(incoming)
}
