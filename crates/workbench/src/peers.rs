//! Other replicas of the workspace: one session with each, and the news that all of them get.
//!
//! A host says who is there and passes frames on, in order; what lands is decided by the workspace. Losing a peer
//! loses nothing: the next session begins with a comparison.

use crate::engine::{Cx, Workbench};
use crate::event::{Effect, PeerId};
use crate::failure::failure;
use crate::notice::Notice;
use selvage_sync::{Reason, Reply, Role, Session, SyncError, meet};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Heads, Workspace};
use std::collections::BTreeMap;

/// The most peers at a time.
pub const PEERS_MAX: usize = 64;

/// The sessions, and what they were told last.
#[derive(Default)]
pub(crate) struct Peers {
    sessions: BTreeMap<PeerId, Peer>,
    told: Option<(Heads, u64, usize)>,
}

struct Peer {
    session: Session,
    has_caught_up: bool,
}

impl Workbench {
    /// Takes in everything that another replica holds, and gives it everything of this one: what a tab left behind
    /// that is no more.
    ///
    /// # Errors
    /// One of the storages failed, or not all could be taken in. Both stay whole, and what is left is still there.
    pub fn absorb(&mut self, cx: &mut Cx<'_>, other: &mut Workspace) -> ToolResult<Vec<Effect>> {
        let met = meet(&mut self.workspace, other).map_err(|why| match why {
            SyncError::Workspace(why) => failure(why),
            SyncError::TooLarge { .. } => ToolError::new(ErrorCode::TooLarge, why.to_string()),
        })?;
        self.tell_merged(met.paths);
        self.tell_others(cx);
        match met.stopped {
            Some(reason) => Err(ToolError::new(
                ErrorCode::Internal,
                format!("It stopped before all was taken in ({reason:?})."),
            )),
            None => Ok(std::mem::take(&mut self.effects)),
        }
    }

    pub(crate) fn peer_joined(&mut self, peer: PeerId, initiator: bool) {
        if self.peers.sessions.len() >= PEERS_MAX {
            self.effects.push(Effect::Hangup { peer });
            return;
        }
        let role = if initiator {
            Role::Initiator
        } else {
            Role::Responder
        };
        let mut session = Session::new(role);
        let reply = session.changed(&mut self.workspace);
        let has_caught_up = false;
        self.peers.sessions.insert(
            peer,
            Peer {
                session,
                has_caught_up,
            },
        );
        self.after(peer, reply);
    }

    pub(crate) fn peer_sent(&mut self, peer: PeerId, frame: &[u8]) {
        if let Some(known) = self.peers.sessions.get_mut(&peer) {
            let reply = known.session.handle(&mut self.workspace, frame);
            self.after(peer, reply);
        }
    }

    pub(crate) fn peer_gone(&mut self, peer: PeerId) {
        self.peers.sessions.remove(&peer);
    }

    /// Tells every peer what is new, whoever made it.
    pub(crate) fn tell_peers(&mut self) {
        // What one peer's news brings about is new for the others.
        while !self.peers.sessions.is_empty() {
            // What was found to be damaged, or gone and needed, is asked for.
            let wanted = self.workspace.wanted_count();
            let texts = self.workspace.texts_number();
            let now = (self.workspace.heads(), texts, wanted);
            if self.peers.told.as_ref() == Some(&now) {
                return;
            }
            self.peers.told = Some(now);
            let peers: Vec<_> = self.peers.sessions.keys().copied().collect();
            for peer in peers {
                if let Some(known) = self.peers.sessions.get_mut(&peer) {
                    let reply = known.session.changed(&mut self.workspace);
                    self.after(peer, reply);
                }
            }
        }
    }

    /// Does what a session answered.
    fn after(&mut self, peer: PeerId, reply: selvage_sync::Result<Reply>) {
        let reply = reply.unwrap_or_default();
        for frame in reply.frames {
            self.effects.push(Effect::Send { peer, frame });
        }
        if reply.changed {
            self.tell_merged(reply.paths);
        }
        let Some(known) = self.peers.sessions.get_mut(&peer) else {
            return;
        };
        if let Some(reason) = known.session.closed() {
            self.peers.sessions.remove(&peer);
            self.effects.push(Effect::Hangup { peer });
            self.effects.push(Effect::Notify(lost(reason)));
        } else if !known.has_caught_up && known.session.has_caught_up(&self.workspace) {
            known.has_caught_up = true;
            self.effects.push(Effect::CaughtUp { peer });
        }
    }

    pub(crate) fn tell_merged(&mut self, paths: Vec<String>) {
        if !paths.is_empty() {
            let heads = self.workspace.heads().to_strings();
            self.effects
                .push(Effect::Notify(Notice::Changed { paths, heads }));
        }
    }
}

/// Why a session ended, for people.
fn lost(reason: Reason) -> Notice {
    let (message, hint) = match reason {
        Reason::Version | Reason::Peer(1) => (
            "Another tab or device runs a different version of Selvage and does not exchange with this one.",
            "Reload the older of the two.",
        ),
        Reason::Workspace | Reason::Peer(6) => (
            "Storage refused what another tab or device sent.",
            "Free some space, then reload. Nothing is lost: the other one still has it.",
        ),
        _ => (
            "Another tab or device sent something that this workspace can't take.",
            "Reload both. What each of them saved is still there.",
        ),
    };
    Notice::PeerLost {
        message: message.to_owned(),
        hint: hint.to_owned(),
        reason: format!("{reason:?}"),
    }
}
