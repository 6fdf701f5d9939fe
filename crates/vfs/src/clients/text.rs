//! A client of one live text: what Yjs's sync protocol asks for.

use crate::error::{Result, VfsError};
use crate::exchange::{Accepted, Inbox, Incoming, TextUpdate};
use crate::id::{Hash, NodeId};
use crate::node::Kind;
use crate::text::LiveText;
use crate::texts::lineage::updates;
use crate::workspace::Workspace;

/// One client that types into one file.
///
/// A file that nobody typed into has no live text yet. Then the client is shown the one that the
/// file would begin with, which is the same everywhere, and it begins with the client's first edit.
pub struct TextClient {
    node: NodeId,
    inbox: Inbox,
}

impl TextClient {
    /// A client at a file, by its node's id or its path.
    pub fn open(workspace: &Workspace, name: &str) -> Result<Self> {
        let by_id = name.parse().ok().filter(|id| workspace.tree.is_alive(*id));
        let node = match by_id {
            Some(id) => id,
            None => workspace.stat(name)?.id,
        };
        let client = Self {
            node,
            inbox: Inbox::new(),
        };
        client.beginning(workspace)?;
        Ok(client)
    }

    /// The file.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The live text's state vector.
    pub fn state(&self, workspace: &Workspace) -> Result<Vec<u8>> {
        match self.beginning(workspace)? {
            Some(updates) => Ok(LiveText::open(self.node, 1, &updates)?.state()),
            None => workspace.text_state(self.node),
        }
    }

    /// What a client with that state vector lacks; `None` when it can't be read.
    pub fn since(&self, workspace: &Workspace, state: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.beginning(workspace)? {
            Some(updates) => Ok(LiveText::open(self.node, 1, &updates)?.update_since(state)),
            None => workspace.text_since(self.node, state),
        }
    }

    /// Takes in what the client typed; durable when this returns. A refusal ends the client.
    pub fn receive(&mut self, workspace: &mut Workspace, update: Vec<u8>) -> Result<Accepted> {
        let beginning = self.beginning(workspace)?.unwrap_or_default();
        let after = workspace.heads();
        let text = |update| TextUpdate {
            node: self.node,
            after: after.clone(),
            update,
        };
        // Nothing typed: the file goes without a live text.
        if !beginning.is_empty() && update == EMPTY {
            return Ok(Accepted::default());
        }
        let texts = beginning.into_iter().chain([update]).map(text).collect();
        let incoming = Incoming {
            texts,
            ..Incoming::default()
        };
        workspace.accept(&mut self.inbox, incoming)
    }

    /// The updates that the live text would begin with; `None` when it has begun.
    fn beginning(&self, workspace: &Workspace) -> Result<Option<Vec<Vec<u8>>>> {
        let path = || {
            let shown = workspace.path_of(self.node);
            shown.unwrap_or_else(|| self.node.to_string())
        };
        let node = workspace.tree.node(self.node);
        let Some(node) = node.filter(|_| workspace.tree.is_alive(self.node)) else {
            return Err(VfsError::NotFound { path: path() });
        };
        if node.kind != Kind::File {
            return Err(VfsError::NotAFile { path: path() });
        }
        if node.seal().is_some_and(|seal| !seal.text) {
            return Err(VfsError::NotText { path: path() });
        }
        if workspace.texts.has(self.node) {
            return Ok(None);
        }
        let chain = match node.seal() {
            Some(seal) => workspace.lineage(self.node, seal, None)?,
            None => None,
        };
        let contents = chain.unwrap_or_default().into_iter().map(|hash| {
            let text = String::from_utf8(workspace.read_hash(&hash)?).unwrap_or_default();
            Ok((hash, text))
        });
        let contents: Vec<(Hash, String)> = contents.collect::<Result<_>>()?;
        Ok(Some(updates(self.node, &contents)?))
    }
}

/// An update that does nothing: no blocks, no removals.
const EMPTY: [u8; 2] = [0, 0];
