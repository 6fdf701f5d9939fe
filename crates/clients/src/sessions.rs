//! All sessions at one workspace.

use crate::awareness::Awareness;
use crate::document::DocumentId;
use crate::ledger::LedgerSession;
use crate::limits::{MESSAGE_BYTES_MAX, SESSIONS_MAX};
use crate::reason::Reason;
use crate::text::{Asked, TextSession, awareness};
use selvage_vfs::{NodeId, Workspace};
use std::collections::{BTreeMap, VecDeque};

/// One session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// What the host does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Sends a message.
    Message(Vec<u8>),
    /// Closes the socket. The session is over.
    Close(Reason),
}

enum Session {
    Ledger(Box<LedgerSession>),
    Text(Box<TextSession>),
}

/// See the crate.
pub struct Clients {
    document: DocumentId,
    sessions: BTreeMap<SessionId, Session>,
    rooms: BTreeMap<NodeId, Awareness>,
    outputs: VecDeque<(SessionId, Output)>,
    opened: u64,
}

impl Clients {
    /// No clients yet. `document` is the ledger's name for automerge-repo.
    #[must_use]
    pub fn new(document: DocumentId) -> Self {
        Self {
            document,
            sessions: BTreeMap::new(),
            rooms: BTreeMap::new(),
            outputs: VecDeque::new(),
            opened: 0,
        }
    }

    /// Opens a session of the ledger.
    ///
    /// # Errors
    /// The reason for which the socket is to be closed.
    pub fn open_ledger(&mut self, workspace: &Workspace) -> Result<SessionId, Reason> {
        self.find_place()?;
        let session = LedgerSession::open(workspace, self.document)?;
        Ok(self.add(Session::Ledger(Box::new(session))))
    }

    /// Opens a session of a text, by the file's path or its node's id.
    ///
    /// # Errors
    /// The reason for which the socket is to be closed.
    pub fn open_text(&mut self, workspace: &Workspace, room: &str) -> Result<SessionId, Reason> {
        self.find_place()?;
        let (session, hello) = TextSession::open(workspace, room)?;
        let here = self.rooms.get(&session.node()).and_then(Awareness::all);
        let id = self.add(Session::Text(Box::new(session)));
        self.say(id, hello);
        if let Some(here) = here {
            self.say(id, awareness(&here));
        }
        Ok(id)
    }

    fn find_place(&self) -> Result<(), Reason> {
        match self.sessions.len() < SESSIONS_MAX {
            true => Ok(()),
            false => Err(Reason::Full),
        }
    }

    fn add(&mut self, session: Session) -> SessionId {
        self.opened += 1;
        let id = SessionId(self.opened);
        self.sessions.insert(id, session);
        id
    }

    /// A message came. What it changed in the workspace is durable when this returns, and the
    /// other sessions' news are among the outputs.
    pub fn received(&mut self, workspace: &mut Workspace, id: SessionId, bytes: &[u8]) {
        if let Err(reason) = self.hear(workspace, id, bytes) {
            self.refuse(id, reason);
        }
        self.changed(workspace);
    }

    fn hear(
        &mut self,
        workspace: &mut Workspace,
        id: SessionId,
        bytes: &[u8],
    ) -> Result<(), Reason> {
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(Reason::Protocol("it is too long"));
        }
        let Some(session) = self.sessions.get_mut(&id) else {
            return Ok(());
        };
        match session {
            Session::Ledger(session) => {
                let (answer, ephemeral) = session.receive(workspace, bytes)?;
                if let Some(ephemeral) = ephemeral {
                    self.outputs
                        .extend(self.sessions.iter().filter_map(|(other, session)| {
                            let Session::Ledger(session) = session else {
                                return None;
                            };
                            let message = session.pass_on(&ephemeral).filter(|_| *other != id)?;
                            Some((*other, Output::Message(message)))
                        }));
                }
                answer.into_iter().for_each(|answer| self.say(id, answer));
            }
            Session::Text(session) => {
                let node = session.node();
                let (answer, asked) = session.receive(workspace, bytes)?;
                answer.into_iter().for_each(|answer| self.say(id, answer));
                match asked {
                    Asked::Nothing => {}
                    Asked::Awareness(body) => {
                        if let Some(body) = self.rooms.entry(node).or_default().take(id, body)? {
                            self.tell_room(node, &body);
                        }
                    }
                    Asked::AllAwareness => {
                        if let Some(body) = self.rooms.get(&node).and_then(Awareness::all) {
                            self.say(id, awareness(&body));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The workspace changed, by whomever: every session gets its news.
    pub fn changed(&mut self, workspace: &Workspace) {
        let mut failed = Vec::new();
        for (id, session) in &mut self.sessions {
            let told = match session {
                Session::Ledger(session) => all_of(session, workspace),
                Session::Text(session) => session.news(workspace),
            };
            match told {
                Ok(messages) => {
                    let messages = messages.into_iter().map(Output::Message);
                    self.outputs.extend(messages.map(|message| (*id, message)));
                }
                Err(reason) => failed.push((*id, reason)),
            }
        }
        for (id, reason) in failed {
            self.refuse(id, reason);
        }
    }

    /// Sends a client away.
    pub fn refuse(&mut self, id: SessionId, reason: Reason) {
        match self.sessions.get(&id) {
            Some(Session::Ledger(session)) => {
                let last_words = session.error(&reason);
                self.say(id, last_words);
            }
            Some(Session::Text(_)) => {}
            // It was sent away already.
            None => return,
        }
        self.outputs.push_back((id, Output::Close(reason)));
        self.closed(id);
    }

    /// Sends all clients away.
    pub fn stop(&mut self, reason: &Reason) {
        let all: Vec<SessionId> = self.sessions.keys().copied().collect();
        for id in all {
            self.refuse(id, reason.clone());
        }
    }

    /// A socket is closed.
    pub fn closed(&mut self, id: SessionId) {
        let Some(Session::Text(session)) = self.sessions.remove(&id) else {
            return;
        };
        let node = session.node();
        let Some(room) = self.rooms.get_mut(&node) else {
            return;
        };
        let gone = room.end(id);
        if room.is_empty() {
            self.rooms.remove(&node);
        }
        if let Some(gone) = gone {
            self.tell_room(node, &gone);
        }
    }

    /// The next thing for the host.
    pub fn poll(&mut self) -> Option<(SessionId, Output)> {
        self.outputs.pop_front()
    }

    /// How many sessions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether there is no session.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    fn say(&mut self, id: SessionId, message: Vec<u8>) {
        self.outputs.push_back((id, Output::Message(message)));
    }

    fn tell_room(&mut self, node: NodeId, body: &[u8]) {
        for (id, session) in &self.sessions {
            if matches!(session, Session::Text(session) if session.node() == node) {
                let message = Output::Message(awareness(body));
                self.outputs.push_back((*id, message));
            }
        }
    }
}

fn all_of(session: &mut LedgerSession, workspace: &Workspace) -> Result<Vec<Vec<u8>>, Reason> {
    let mut messages = Vec::new();
    while let Some(message) = session.next(workspace)? {
        messages.push(message);
    }
    Ok(messages)
}
