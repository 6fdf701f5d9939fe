//! Typing: edits of a live text by their places, without the whole text.

use super::Workspace;
use crate::error::{Result, VfsError};
use crate::limits::{SPLICES_MAX, TEXT_BYTES_MAX};
use crate::message::Meta;
use crate::node::{Kind, Node};
use crate::op::Op;
use crate::path::Path;
use crate::storage::{Batch, TextWrite};
use crate::text::{Splice, utf16_len};

impl Workspace {
    /// The paths of the files with typing that [`Workspace::seal`] would make part of the ledger.
    #[must_use]
    pub fn drafts(&self) -> Vec<String> {
        let drafts = self.texts.drafts();
        drafts.filter_map(|id| self.tree.path_of(id)).collect()
    }

    /// Makes edits in a text file, one after the other, as an editor does while somebody types:
    /// all of them, or none. They are durable when this returns, and no change in the ledger
    /// before the next seal, like [`Op::Draft`], at the cost of what is typed and not of the text.
    pub fn type_into(&mut self, path: &str, splices: &[Splice], meta: &Meta) -> Result<()> {
        let parsed = Path::parse(path)?;
        let path = || parsed.to_string();
        let too_large = |limit, size: u64, max: usize| VfsError::TooLarge {
            path: parsed.to_string(),
            limit,
            size,
            max: max as u64,
        };
        if splices.len() > SPLICES_MAX {
            return Err(too_large("splices_max", splices.len() as u64, SPLICES_MAX));
        }
        let found = self.tree.lookup(&parsed);
        let id = found.ok_or_else(|| self.missing(&parsed))?;
        let node = match self.tree.node(id) {
            Some(node) if node.kind == Kind::File => node,
            _ => return Err(VfsError::NotAFile { path: path() }),
        };
        let seal = node.seal().cloned();
        let is_nul = splices.iter().any(|splice| splice.insert.contains('\0'));
        if is_nul || seal.as_ref().is_some_and(|seal| !seal.text) {
            return Err(VfsError::NotText { path: path() });
        }
        // A text that begins, or a file that is shown otherwise than its registers say, takes more.
        if !self.texts.has(id) || node.mark.is_some() || !self.tree.is_settled(id) {
            return self.type_as_draft(&parsed, node.clone(), splices, meta);
        }

        let len = self.texts.len(&*self.storage, id)?;
        let len = check(&parsed, len, splices)?;
        let inserted: usize = splices.iter().map(|splice| splice.insert.len()).sum();
        // A code unit is three bytes at most, so short texts need no counting.
        if len as usize * 3 + inserted > TEXT_BYTES_MAX {
            let bytes = self.texts.read(&*self.storage, id)?.len() + inserted;
            if bytes > TEXT_BYTES_MAX {
                return Err(too_large("text_bytes_max", bytes as u64, TEXT_BYTES_MAX));
            }
        }
        let landed = self.type_and_store(id, splices, seal.as_ref());
        if landed.is_err() {
            self.texts.forget(&[id]);
        }
        landed?;
        self.fold();
        Ok(())
    }

    fn type_and_store(
        &mut self,
        id: crate::id::NodeId,
        splices: &[Splice],
        seal: Option<&crate::node::Seal>,
    ) -> Result<()> {
        let updates = self.texts.splice(&*self.storage, id, splices)?;
        if updates.is_empty() {
            return Ok(());
        }
        let draft = self.texts.differs(&*self.storage, id, seal)?;
        let writes = vec![TextWrite {
            node: id,
            replace: false,
            updates,
            draft,
        }];
        self.storage.commit(Batch {
            texts: writes.clone(),
            ..Batch::default()
        })?;
        self.texts.landed(&writes);
        Ok(())
    }

    /// Edits by way of the whole text, which may give the file its live text and its place.
    fn type_as_draft(
        &mut self,
        path: &Path,
        node: Node,
        splices: &[Splice],
        meta: &Meta,
    ) -> Result<()> {
        let old = String::from_utf8(self.content(&node)?).map_err(|_| VfsError::NotText {
            path: path.to_string(),
        })?;
        check(path, utf16_len(&old), splices)?;
        let mut units: Vec<u16> = old.encode_utf16().collect();
        for Splice { at, remove, insert } in splices {
            let at = *at as usize;
            units.splice(at..at + *remove as usize, insert.encode_utf16());
        }
        let draft = Op::Draft {
            path: path.to_string(),
            text: String::from_utf16_lossy(&units),
        };
        self.apply(&mut || 0, meta, &[draft]).map(drop)
    }
}

/// Checks that edits fit into a text of a length in code units; gives the length after them.
fn check(path: &Path, mut len: u32, splices: &[Splice]) -> Result<u32> {
    for splice in splices {
        let end = u64::from(splice.at) + u64::from(splice.remove);
        if end > u64::from(len) {
            return Err(VfsError::OutOfRange {
                path: path.to_string(),
                at: end,
                len: u64::from(len),
            });
        }
        len = (len - splice.remove).saturating_add(utf16_len(&splice.insert));
    }
    Ok(len)
}
