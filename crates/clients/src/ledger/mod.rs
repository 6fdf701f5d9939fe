//! A session of the ledger: automerge-repo's protocol around automerge's own.

mod message;

use crate::document::DocumentId;
use crate::reason::Reason;
use message::{Heard, Said};
use selvage_vfs::{LedgerClient, Workspace};

/// See the module.
pub(crate) struct LedgerSession {
    document: String,
    /// How this host is called.
    own: String,
    /// How the client is called; empty until it joined.
    peer: String,
    client: LedgerClient,
}

/// A message from a client for the others at the same document.
pub(crate) struct Ephemeral {
    sender: String,
    session: String,
    count: u64,
    data: Vec<u8>,
}

impl LedgerSession {
    pub fn open(workspace: &Workspace, document: DocumentId) -> Result<Self, Reason> {
        Ok(Self {
            document: document.to_string(),
            own: format!("selvage-{document}"),
            peer: String::new(),
            client: LedgerClient::open(workspace)?,
        })
    }

    /// Takes in a message; gives what is answered at once, and what is for the others.
    pub fn receive(
        &mut self,
        workspace: &mut Workspace,
        bytes: &[u8],
    ) -> Result<(Option<Vec<u8>>, Option<Ephemeral>), Reason> {
        let heard = Heard::read(bytes).ok_or(Reason::Protocol("no CBOR of automerge-repo"))?;
        if self.peer.is_empty() {
            if heard.kind != "join" || heard.sender.is_empty() {
                return Err(Reason::Protocol("the first one is not join"));
            }
            if !heard.speaks_version {
                return Err(Reason::Protocol("only version 1 is spoken here"));
            }
            heard.sender.clone_into(&mut self.peer);
            return Ok((Some(self.say(&Said::Peer)), None));
        }
        match heard.kind {
            "sync" | "request" if heard.document == self.document => {
                let accepted = self.client.receive(workspace, heard.data)?;
                match accepted.refused.first() {
                    Some(refusal) => Err((*refusal).into()),
                    None => Ok((None, None)),
                }
            }
            // This host has one document.
            "sync" | "request" => {
                let said = Said::Unavailable.write(&self.own, &self.peer, heard.document);
                Ok((Some(said), None))
            }
            "ephemeral" if heard.document == self.document => {
                let ephemeral = Ephemeral {
                    sender: heard.sender.to_owned(),
                    session: heard.session.to_owned(),
                    count: heard.count,
                    data: heard.data.to_vec(),
                };
                Ok((None, Some(ephemeral)))
            }
            // A client that leaves closes its socket; the others say what this host has no use for.
            "join" => Err(Reason::Protocol("it has joined already")),
            _ => Ok((None, None)),
        }
    }

    /// What the client is to hear of the ledger, one message a call.
    pub fn next(&mut self, workspace: &Workspace) -> Result<Option<Vec<u8>>, Reason> {
        let data = self.client.next(workspace)?;
        Ok(data.map(|data| self.say(&Said::Sync(&data))))
    }

    pub fn pass_on(&self, ephemeral: &Ephemeral) -> Option<Vec<u8>> {
        let Ephemeral {
            sender,
            session,
            count,
            data,
        } = ephemeral;
        (!self.peer.is_empty()).then(|| {
            self.say(&Said::Ephemeral {
                sender,
                session,
                count: *count,
                data,
            })
        })
    }

    /// Last words.
    pub fn error(&self, reason: &Reason) -> Vec<u8> {
        self.say(&Said::Error(&reason.to_string()))
    }

    fn say(&self, said: &Said<'_>) -> Vec<u8> {
        said.write(&self.own, &self.peer, &self.document)
    }
}
