//! What a session says by itself: what this side has, what is new, what it asks for.

use super::{Reason, Reply, Role, Session, State};
use crate::Result;
use crate::limits::{ASKED_BYTES_MAX, PEER_HASHES_MAX, PUSH_BYTES_MAX, REQUESTS_MAX};
use crate::message::{Message, VERSION};
use crate::outbox::Job;
use crate::ranges::{self, Todo};
use selvage_vfs::{Hash, Heads, Incoming, NodeId, VfsError, Workspace};
use std::collections::BTreeSet;

/// A name for an update of a text.
fn name_of(node: NodeId, update: &[u8]) -> Hash {
    Hash::of(&[&node.as_bytes()[..], update].concat())
}

impl Session {
    pub(super) fn hello(&mut self, workspace: &Workspace) -> Result<()> {
        let digest = workspace.digest()?;
        let version = VERSION;
        self.outbox.clear();
        self.outbox.say(&Message::Hello { version, digest });
        self.state = State::Asked {
            heads: workspace.heads(),
            number: workspace.texts_number(),
        };
        Ok(())
    }

    pub(super) fn have(&mut self, workspace: &Workspace) -> Result<()> {
        self.outbox.say(&Message::Have {
            heads: workspace.heads(),
            samples: workspace.samples(),
            texts: ranges::hash_of(&workspace.text_digests()?),
        });
        Ok(())
    }

    /// Both sides had the same ledger and texts.
    pub(super) fn equal(&mut self, heads: Heads, number: u64) {
        self.peer.clear();
        self.told = Some(heads.clone());
        self.learn(heads.hashes());
        self.sent = heads;
        self.number = number;
        self.state = State::Live;
    }

    /// The peer can't give a content that it was asked for.
    pub(super) fn is_not_there(&mut self, workspace: &mut Workspace, hash: Hash) {
        if self.asked_blobs.remove(&hash) {
            self.not_there.insert(hash);
            workspace.is_not_there(&self.inbox, &hash);
        }
    }

    pub(super) fn learn(&mut self, hashes: &[[u8; 32]]) {
        self.peer.extend_from_slice(hashes);
        let excess = self.peer.len().saturating_sub(PEER_HASHES_MAX);
        self.peer.drain(..excess);
    }

    /// Lands what came, asks for what lacks, and tells what is new in turn.
    pub(super) fn accept(
        &mut self,
        workspace: &mut Workspace,
        incoming: &mut Incoming,
        reply: &mut Reply,
    ) -> Result<()> {
        let incoming = std::mem::take(incoming);
        if incoming.is_empty() || self.closed().is_some() {
            return Ok(());
        }
        let texts = incoming.texts.iter();
        self.echoes
            .extend(texts.clone().map(|text| name_of(text.node, &text.update)));
        let nodes: BTreeSet<NodeId> = texts.map(|text| text.node).collect();
        let accepted = workspace.accept(&mut self.inbox, incoming)?;
        self.learn(&accepted.heads);
        reply.changed |= accepted.changes > 0 || !accepted.texts.is_empty();
        reply.paths.extend(accepted.paths);
        reply.paths.sort_unstable();
        reply.paths.dedup();
        if let Some(refusal) = accepted.refused.first() {
            self.close(Reason::Refused(*refusal));
            return Ok(());
        }
        self.asked_texts
            .retain(|node| !nodes.contains(node) || accepted.incomplete.contains(node));
        for node in accepted.incomplete {
            // What arrives until the answer does may be incomplete, too; the answer covers it.
            if self.asked_texts.insert(node) {
                self.ask_text(workspace, node, true)?;
            }
        }
        self.asked_blobs
            .retain(|hash| !accepted.again.contains(hash));
        self.ask_blobs(workspace)?;
        self.tell_news(workspace)?;
        if self.inbox.is_empty() {
            self.echoes.clear();
        }
        Ok(())
    }

    /// Asks for contents that are lacking, as many at a time as there is room for.
    pub(super) fn ask_blobs(&mut self, workspace: &mut Workspace) -> Result<()> {
        let lacking = workspace.lacking(&self.inbox);
        let asked = lacking.iter();
        let asked = asked.filter(|(hash, ..)| self.asked_blobs.contains(hash));
        let mut bytes: u64 = asked.clone().map(|(_, size, _)| size).sum();
        self.asked_blobs = asked.map(|(hash, ..)| *hash).collect();
        for (hash, size, held) in lacking {
            let has_room = self.asked_blobs.is_empty() || bytes + size <= ASKED_BYTES_MAX;
            let is_pushed = size <= PUSH_BYTES_MAX && !workspace.is_wanted(&hash);
            let is_asked = self.asked_blobs.contains(&hash) || self.not_there.contains(&hash);
            if is_pushed || is_asked || !has_room {
                continue;
            }
            let from = match workspace.prepare(&self.inbox, &hash, size) {
                // It is here by now.
                Ok(stored) if stored == size => continue,
                Ok(stored) => held.max(stored),
                // When others have come, there is room.
                Err(VfsError::TooLarge { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            self.asked_blobs.insert(hash);
            bytes += size;
            self.outbox.say(&Message::BlobWant { hash, from });
        }
        Ok(())
    }

    pub(super) fn ask_text(
        &mut self,
        workspace: &Workspace,
        node: NodeId,
        back: bool,
    ) -> Result<()> {
        let state = workspace.text_state(node)?;
        self.outbox.say(&Message::TextWant { node, state, back });
        Ok(())
    }

    pub(super) fn act(&mut self, workspace: &Workspace, todo: Todo) -> Result<()> {
        match todo {
            Todo::Send(node) => {
                let state = Vec::new();
                self.outbox.add(Job::Text { node, state });
                Ok(())
            }
            Todo::Ask { node, have_some } => self.ask_text(workspace, node, have_some),
        }
    }

    pub(super) fn request(&mut self, job: Job) {
        if self.outbox.waiting() >= REQUESTS_MAX {
            self.close(Reason::TooMuch);
        } else {
            self.outbox.add(job);
        }
    }

    /// Sends changes and updates that the peer was not sent yet, but those that it sent itself.
    pub(super) fn tell_news(&mut self, workspace: &mut Workspace) -> Result<()> {
        if self.state != State::Live {
            return Ok(());
        }
        self.ask_blobs(workspace)?;
        self.tell_ledger(workspace);
        match workspace.texts_since(self.number) {
            Some(updates) => {
                for (node, update) in updates {
                    if !self.echoes.remove(&name_of(node, &update)) {
                        self.outbox.add(Job::Update { node, update });
                    }
                }
                self.number = workspace.texts_number();
            }
            None if self.role == Role::Initiator => return self.hello(workspace),
            None => {
                self.number = workspace.texts_number();
                self.outbox.say(&Message::Restart);
            }
        }
        self.pump(workspace)
    }

    pub(super) fn tell_ledger(&mut self, workspace: &Workspace) {
        let heads = workspace.heads();
        if heads == self.sent {
            return;
        }
        let has = [&self.peer[..], self.sent.hashes()].concat();
        let delta = workspace.ledger_since(&has);
        match delta.document {
            Some(bytes) => self.outbox.say(&Message::Document {
                heads: delta.heads,
                bytes,
            }),
            None if !delta.changes.is_empty() => self.outbox.say(&Message::Changes {
                heads: delta.heads,
                changes: delta.changes,
            }),
            None => {}
        }
        for (hash, size) in delta.blobs {
            // That a content was thinned out is told before it is asked for.
            if size <= PUSH_BYTES_MAX || matches!(workspace.thinned_at(&hash), Ok(Some(_))) {
                self.outbox.add(Job::Blob(hash));
            }
        }
        self.sent = heads;
    }

    pub(super) fn pump(&mut self, workspace: &mut Workspace) -> Result<()> {
        if self.state == State::Live {
            // No text may rest on a ledger that the peer was not sent.
            self.tell_ledger(workspace);
        }
        if self.closed().is_none() {
            self.outbox.pump(workspace, &self.sent)?;
        }
        Ok(())
    }
}
