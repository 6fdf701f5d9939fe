//! The state machine of one session.

use crate::Result;
use crate::limits::{FRAME_BYTES_MAX, STATE_BYTES_MAX, WINDOW_BYTES_MAX};
use crate::message::{Message, VERSION};
use crate::outbox::{Job, Outbox};
use crate::ranges;
use selvage_vfs::{Hash, Heads, Inbox, Incoming, NodeId, Refusal, Workspace};
use std::collections::BTreeSet;

mod news;

/// Who speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// This side opened the link.
    Initiator,
    /// This side is silent until it has heard the other: when first words cross, both send
    /// everything.
    Responder,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The peer speaks another version of the protocol.
    Version,
    /// What the peer sent is no message, or one that has no place here.
    Garbage,
    /// The peer sent something that this workspace can't take.
    Refused(Refusal),
    /// The peer asks for more than it can get.
    TooMuch,
    /// The peer ended the session; the number is its reason.
    Peer(u64),
    /// This side's workspace failed.
    Workspace,
}

impl Reason {
    fn code(self) -> u64 {
        match self {
            Self::Version => 1,
            Self::Garbage => 2,
            Self::Refused(_) => 3,
            Self::TooMuch => 4,
            Self::Workspace => 6,
            Self::Peer(_) => 7,
        }
    }
}

/// What a call on a session gives its host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Frames to send, in order.
    pub frames: Vec<Vec<u8>>,
    /// Whether the workspace changed: other sessions are to be told.
    pub changed: bool,
    /// The paths of what changed, in byte order.
    pub paths: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    New,
    /// Asked whether both are equal, with this state.
    Asked {
        heads: Heads,
        number: u64,
    },
    /// Told what there is, with texts up to this number; the peer tells next.
    Told {
        number: u64,
    },
    Live,
    Closed(Reason),
}

/// One session with one peer.
#[derive(Debug)]
pub struct Session {
    role: Role,
    state: State,
    input: Vec<u8>,
    inbox: Inbox,
    outbox: Outbox,
    /// Changes that the peer has, with all that they follow.
    peer: Vec<[u8; 32]>,
    /// The peer's ledger when it compared last.
    told: Option<Heads>,
    /// The ledger up to which the peer was sent everything.
    sent: Heads,
    /// The number of the update up to which the peer was sent all texts.
    number: u64,
    /// Bytes that arrived and were not said to have.
    arrived: u64,
    asked_blobs: BTreeSet<Hash>,
    /// Contents that the peer was asked for and can't give.
    not_there: BTreeSet<Hash>,
    asked_texts: BTreeSet<NodeId>,
    /// Updates that the peer sent itself, until they land: they are not sent back.
    echoes: BTreeSet<Hash>,
}

impl Session {
    /// A session over a link that was just opened.
    #[must_use]
    pub fn new(role: Role) -> Self {
        Self {
            role,
            state: State::New,
            input: Vec::new(),
            inbox: Inbox::new(),
            outbox: Outbox::default(),
            peer: Vec::new(),
            told: None,
            sent: Heads::default(),
            number: 0,
            arrived: 0,
            asked_blobs: BTreeSet::new(),
            not_there: BTreeSet::new(),
            asked_texts: BTreeSet::new(),
            echoes: BTreeSet::new(),
        }
    }

    /// A session over a new link to the same peer, which keeps what arrived and is not complete: a
    /// large content goes on where it stopped.
    #[must_use]
    pub fn again(self) -> Self {
        Self {
            inbox: self.inbox,
            ..Self::new(self.role)
        }
    }

    /// Why the session is over; `None` while it is not. A closed session answers nothing.
    #[must_use]
    pub fn closed(&self) -> Option<Reason> {
        match self.state {
            State::Closed(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether every change that the peer had when both were compared has landed here. Before the
    /// comparison, nobody knows.
    #[must_use]
    pub fn has_caught_up(&self, workspace: &Workspace) -> bool {
        let told = self.told.as_ref();
        told.is_some_and(|heads| workspace.known(heads.hashes()) == *heads)
    }

    /// Bytes that the session holds of what arrived and is not complete.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.input.len() + self.inbox.held_bytes()
    }

    /// Says what is new in the workspace: to be called when the link is open, and after every
    /// change that did not come through this session.
    pub fn changed(&mut self, workspace: &mut Workspace) -> Result<Reply> {
        if self.state == State::New && self.role == Role::Initiator {
            self.hello(workspace)?;
        }
        self.tell_news(workspace)?;
        Ok(self.reply(Reply::default()))
    }

    /// Takes a frame that arrived.
    pub fn handle(&mut self, workspace: &mut Workspace, frame: &[u8]) -> Result<Reply> {
        let mut reply = Reply::default();
        if self.closed().is_some() {
            return Ok(reply);
        }
        let done = self.take_frame(workspace, frame, &mut reply);
        if done.is_err() {
            self.close(Reason::Workspace);
        }
        done?;
        Ok(self.reply(reply))
    }

    fn take_frame(
        &mut self,
        workspace: &mut Workspace,
        frame: &[u8],
        reply: &mut Reply,
    ) -> Result<()> {
        if frame.len() > FRAME_BYTES_MAX {
            self.close(Reason::Garbage);
            return Ok(());
        }
        self.input.extend_from_slice(frame);
        let mut at = 0;
        let mut incoming = Incoming::default();
        while self.closed().is_none() {
            match Message::read(&self.input[at..]) {
                Ok(Some((message, len))) => {
                    at += len;
                    self.take_message(workspace, message, len, &mut incoming, reply)?;
                }
                Ok(None) => break,
                Err(()) => self.close(Reason::Garbage),
            }
        }
        self.accept(workspace, &mut incoming, reply)?;
        if self.closed().is_none() {
            self.input.drain(..at);
            if self.arrived >= WINDOW_BYTES_MAX / 4 {
                self.outbox.say(&Message::Got(self.arrived));
                self.arrived = 0;
            }
        }
        Ok(())
    }

    fn reply(&mut self, mut reply: Reply) -> Reply {
        reply.frames = self.outbox.frames();
        reply
    }

    fn take_message(
        &mut self,
        workspace: &mut Workspace,
        message: Message,
        len: usize,
        incoming: &mut Incoming,
        reply: &mut Reply,
    ) -> Result<()> {
        // Only the initiator says hello, and before that nothing is said.
        let is_hello = matches!(message, Message::Hello { .. });
        let fits = match self.role {
            Role::Responder => is_hello || self.state != State::New,
            Role::Initiator => !is_hello && self.state != State::New,
        };
        if !fits {
            self.close(Reason::Garbage);
            return Ok(());
        }
        match message {
            // What lands together is collected first.
            Message::Document { heads, bytes } => {
                self.learn(heads.hashes());
                incoming.documents.push(bytes);
            }
            Message::Changes { heads, changes } => {
                self.learn(heads.hashes());
                incoming.changes.extend(changes);
            }
            Message::Blobs(blobs) => {
                self.arrived += len as u64;
                incoming.blobs.extend(blobs);
            }
            Message::Texts(texts) => {
                self.arrived += len as u64;
                incoming.texts.extend(texts);
            }
            Message::Part(part) => {
                self.arrived += len as u64;
                match part.bytes.is_empty() {
                    true => self.is_not_there(workspace, part.hash),
                    false => incoming.parts.push(part),
                }
            }
            Message::Thinned(contents) => {
                self.arrived += len as u64;
                for (hash, _) in &contents {
                    self.is_not_there(workspace, *hash);
                }
                incoming.thinned.extend(contents);
            }
            // All else is answered by what is here after that.
            message => {
                self.accept(workspace, incoming, reply)?;
                if self.closed().is_none() {
                    self.answer(workspace, message)?;
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, workspace: &mut Workspace, message: Message) -> Result<()> {
        match message {
            Message::Hello { version, digest } => {
                if version != VERSION {
                    self.close(Reason::Version);
                } else if digest == workspace.digest()? {
                    self.outbox.clear();
                    self.outbox.say(&Message::Same);
                    self.equal(workspace.heads(), workspace.texts_number());
                    self.tell_news(workspace)?;
                } else {
                    self.outbox.clear();
                    self.have(workspace)?;
                    let number = workspace.texts_number();
                    self.state = State::Told { number };
                }
            }
            Message::Same => match std::mem::replace(&mut self.state, State::Live) {
                State::Asked { heads, number } => {
                    self.equal(heads, number);
                    self.tell_news(workspace)?;
                }
                _ => self.close(Reason::Garbage),
            },
            Message::Have {
                heads,
                samples,
                texts,
            } => {
                // The peer has dropped what it was to send: it is asked again.
                self.asked_blobs.clear();
                self.not_there.clear();
                self.asked_texts.clear();
                self.peer.clear();
                self.told = Some(heads.clone());
                self.learn(&samples);
                self.learn(heads.hashes());
                let own = workspace.text_digests()?;
                match self.state {
                    State::Told { number } => self.number = number,
                    State::Asked { .. } => {
                        self.have(workspace)?;
                        self.number = workspace.texts_number();
                        if texts != ranges::hash_of(&own) {
                            self.outbox.say(&Message::Ranges(vec![ranges::whole(&own)]));
                        }
                    }
                    _ => {
                        self.close(Reason::Garbage);
                        return Ok(());
                    }
                }
                self.sent = Heads::default();
                self.state = State::Live;
                self.tell_news(workspace)?;
            }
            Message::Ranges(list) => {
                let own = workspace.text_digests()?;
                let mut next = Vec::new();
                for range in &list {
                    let (ranges, todo) = ranges::answer(&own, range);
                    next.extend(ranges);
                    for todo in todo {
                        self.act(workspace, todo)?;
                    }
                }
                if !next.is_empty() {
                    self.outbox.say(&Message::Ranges(next));
                }
                self.pump(workspace)?;
            }
            Message::TextWant { node, state, back } => {
                if state.len() > STATE_BYTES_MAX {
                    self.close(Reason::TooMuch);
                    return Ok(());
                }
                if back {
                    self.ask_text(workspace, node, false)?;
                }
                self.request(Job::Text { node, state });
                self.pump(workspace)?;
            }
            Message::BlobWant { hash, from } => {
                self.request(Job::Part { hash, from });
                self.pump(workspace)?;
            }
            Message::Got(bytes) => {
                self.outbox.got(bytes);
                self.pump(workspace)?;
            }
            Message::Restart => self.hello(workspace)?,
            Message::Close(code) => self.state = State::Closed(Reason::Peer(code)),
            // Collected before.
            Message::Document { .. }
            | Message::Changes { .. }
            | Message::Blobs(_)
            | Message::Texts(_)
            | Message::Thinned(_)
            | Message::Part(_) => {}
        }
        Ok(())
    }

    fn close(&mut self, reason: Reason) {
        if self.closed().is_none() {
            self.outbox.clear();
            self.outbox.say(&Message::Close(reason.code()));
            self.input.clear();
            self.inbox = Inbox::new();
            self.state = State::Closed(reason);
        }
    }
}
