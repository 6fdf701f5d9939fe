//! How a live text begins: from the contents that the file was sealed with one after the other
//! while it had none.
//!
//! Every replica makes the same updates, byte for byte, so that typing which began apart, at
//! different ones of these contents, stands on common ground. The first content is inserted as a
//! whole; each further one replaces the stretch between the common start and the common end, which
//! no later version of this crate will find elsewhere. The client id of a step is drawn from all
//! that led to it.

use crate::error::Result;
use crate::history::heads_before;
use crate::id::{Hash, Heads, NodeId};
use crate::limits::LINEAGE_SEALS_MAX;
use crate::node::{Node, Seal};
use crate::text::{LiveText, seed, seed_client, step_client};
use crate::workspace::Workspace;

/// The updates that lead from one content to the next: the seed, then the steps.
pub(crate) fn updates(node: NodeId, contents: &[(Hash, String)]) -> Result<Vec<Vec<u8>>> {
    let Some((first, text)) = contents.first() else {
        return Ok(Vec::new());
    };
    let mut updates = vec![seed(node, text)];
    let mut lineage = *first;
    for pair in contents.windows(2) {
        let (old, (hash, new)) = (&pair[0].1, &pair[1]);
        let client = step_client(node, lineage, *hash);
        lineage = Hash::of(&[lineage.0, hash.0].concat());
        updates.extend(LiveText::open(node, client, &updates)?.replace_middle(old, new));
    }
    Ok(updates)
}

/// Whether a seal was made of a file without a live text.
pub(crate) fn is_plain(seal: &Seal) -> bool {
    seal.text && seal.state.is_empty()
}

impl Workspace {
    /// The plain contents that lead to a plain seal, oldest first. With a live text, from the one
    /// that it began with, if it began with one of them; else from the earliest within reach.
    pub(crate) fn lineage(
        &self,
        id: NodeId,
        seal: &Seal,
        live: Option<&LiveText>,
    ) -> Result<Option<Vec<Hash>>> {
        let mut chain = vec![seal.hash];
        // A text may have begun further on than here: it is looked for twice as far.
        let max = LINEAGE_SEALS_MAX * if live.is_some() { 2 } else { 1 };
        let begins = |hash: &Hash| live.is_some_and(|live| live.has_client(seed_client(id, hash)));
        let is_first = self.ledger.is_sealed_once(id)?;
        let mut wanted = (!begins(&seal.hash) && !is_first).then(|| seal.clone());
        if wanted.is_some() {
            let mut history = self.history.borrow_mut();
            history.catch_up(&self.ledger);
            for entry in history.newest(Some(id)) {
                let Some(seal) = wanted.as_ref().filter(|_| chain.len() < max) else {
                    break;
                };
                let after = self.ledger.read_one(id, &Heads::new(vec![entry.hash]))?;
                if after.as_ref().and_then(Node::seal) != Some(seal) {
                    continue;
                }
                let before = self
                    .ledger
                    .read_one(id, &heads_before(&self.ledger, entry.hash)?)?;
                // Of several seals made apart, the writer saw the one that is shown.
                let old = before.as_ref().and_then(Node::seal);
                if old == Some(seal) {
                    continue;
                }
                let mut old = old.filter(|old| is_plain(old)).cloned();
                // It begins behind what was thinned out; only a branch from long ago comes that far.
                if let Some(seal) = &old
                    && self.thinned_at(&seal.hash)?.is_some()
                {
                    old = None;
                }
                chain.extend(old.as_ref().map(|old| old.hash));
                wanted = old.filter(|old| !begins(&old.hash));
            }
        }
        chain.reverse();
        let is_found = live.is_none() || chain.first().is_some_and(begins);
        Ok(is_found.then_some(chain))
    }
}
