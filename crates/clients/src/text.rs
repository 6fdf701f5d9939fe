//! A session of a text: what `y-websocket` says around Yjs's sync protocol.
//!
//! A message begins with a number that says what it is: 0 sync, 1 awareness, 3 a question for
//! awareness. A sync message goes on with 0 (a state vector, answered with what it lacks), 1 (that
//! answer) or 2 (an update). Numbers and lengths are LEB128.

use crate::reason::Reason;
use selvage_vfs::{NodeId, TextClient, Workspace};

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AUTH: u64 = 2;
const QUERY_AWARENESS: u64 = 3;
const STATE: u64 = 0;
const ANSWER: u64 = 1;
const UPDATE: u64 = 2;

/// See the module.
pub(crate) struct TextSession {
    client: TextClient,
    /// The text update that the client was told of last.
    number: u64,
    /// What the client sent itself and need not hear.
    own: Vec<u8>,
}

/// What a message asks for besides an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    Nothing,
    /// Awareness for the others.
    Awareness(&'a [u8]),
    /// All awareness that there is.
    AllAwareness,
}

impl TextSession {
    /// A session at a file, and what is said first.
    pub fn open(workspace: &Workspace, room: &str) -> Result<(Self, Vec<u8>), Reason> {
        let session = Self {
            client: TextClient::open(workspace, room)?,
            number: workspace.texts_number(),
            own: Vec::new(),
        };
        let hello = session.question(workspace)?;
        Ok((session, hello))
    }

    pub fn node(&self) -> NodeId {
        self.client.node()
    }

    /// Asks what this host lacks.
    fn question(&self, workspace: &Workspace) -> Result<Vec<u8>, Reason> {
        Ok(sync(STATE, &self.client.state(workspace)?))
    }

    /// Takes in a message; gives what is answered at once.
    pub fn receive<'a>(
        &mut self,
        workspace: &mut Workspace,
        bytes: &'a [u8],
    ) -> Result<(Option<Vec<u8>>, Asked<'a>), Reason> {
        let garbage = || Reason::Protocol("no message of y-websocket");
        let mut rest = bytes;
        let kind = take_number(&mut rest).ok_or_else(garbage)?;
        match kind {
            SYNC => {
                let step = take_number(&mut rest).ok_or_else(garbage)?;
                let body = take_bytes(&mut rest).ok_or_else(garbage)?;
                let answer = self.synced(workspace, step, body)?;
                Ok((answer, Asked::Nothing))
            }
            AWARENESS => {
                let body = take_bytes(&mut rest).ok_or_else(garbage)?;
                Ok((None, Asked::Awareness(body)))
            }
            QUERY_AWARENESS => Ok((None, Asked::AllAwareness)),
            // A server says this; a client that does asks for nothing.
            AUTH => Ok((None, Asked::Nothing)),
            _ => Err(garbage()),
        }
    }

    fn synced(
        &mut self,
        workspace: &mut Workspace,
        step: u64,
        body: &[u8],
    ) -> Result<Option<Vec<u8>>, Reason> {
        match step {
            STATE => {
                let lacks = self.client.since(workspace, body)?;
                let lacks = lacks.ok_or(Reason::Protocol("no state vector"))?;
                Ok(Some(sync(ANSWER, &lacks)))
            }
            ANSWER | UPDATE => {
                let accepted = self.client.receive(workspace, body.to_vec())?;
                if let Some(refusal) = accepted.refused.first() {
                    return Err((*refusal).into());
                }
                body.clone_into(&mut self.own);
                // It rests on edits that are not here.
                let is_whole = accepted.incomplete.is_empty();
                (!is_whole).then(|| self.question(workspace)).transpose()
            }
            _ => Err(Reason::Protocol("no step of Yjs's sync protocol")),
        }
    }

    /// What the client is to hear of the text.
    pub fn news(&mut self, workspace: &Workspace) -> Result<Vec<Vec<u8>>, Reason> {
        let own = std::mem::take(&mut self.own);
        let number = workspace.texts_number();
        if number == self.number {
            return Ok(Vec::new());
        }
        let updates = workspace.texts_since(self.number);
        self.number = number;
        let Some(updates) = updates else {
            // Forgotten by now: all of the text, of which the client has most.
            let all = self.client.since(workspace, &[])?;
            return Ok(all.iter().map(|update| sync(UPDATE, update)).collect());
        };
        let mine = updates
            .iter()
            .filter(|(node, update)| *node == self.node() && update[..] != own[..]);
        Ok(mine.map(|(_, update)| sync(UPDATE, update)).collect())
    }
}

fn sync(step: u64, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 8);
    put_number(&mut out, SYNC);
    put_number(&mut out, step);
    put_bytes(&mut out, body);
    out
}

/// A message of awareness.
pub(crate) fn awareness(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 8);
    put_number(&mut out, AWARENESS);
    put_bytes(&mut out, body);
    out
}

pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(crate) fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

pub(crate) fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(take_number(rest)?).ok()?;
    let (bytes, behind) = rest.split_at_checked(len)?;
    *rest = behind;
    Some(bytes)
}
