//! Plain writes apart from typing: how a content that was sealed without a live text gets into one.
//!
//! One replica types into a file, which gives it a live text that begins with the seal that was
//! there. Another, which has no live text, writes the file as a whole. Neither may hide the other.
//! So the steps that lead from the text's beginning to the plain seal are brought into the live
//! text; every replica makes them alike, see [`crate::texts::lineage`].

use crate::error::Result;
use crate::id::{Hash, NodeId};
use crate::text::LiveText;
use crate::texts::lineage::{is_plain, updates};
use crate::tree::Tree;
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Brings plain seals of a file into its live text; gives the updates that it lacked.
pub(super) fn bridge(
    workspace: &Workspace,
    tree: &Tree,
    blobs: &BTreeMap<Hash, Arc<[u8]>>,
    id: NodeId,
    live: &LiveText,
) -> Result<Vec<Vec<u8>>> {
    let mut made = Vec::new();
    let Some(node) = tree.node(id) else {
        return Ok(made);
    };
    let mut digest = live.digest();
    for seal in node.seals.iter().filter(|seal| is_plain(seal)) {
        let Some(chain) = workspace.lineage(id, seal, Some(live))? else {
            continue;
        };
        let mut contents = Vec::new();
        for hash in &chain {
            let bytes = match blobs.get(hash) {
                Some(bytes) => Some(bytes.to_vec()),
                None => workspace.storage.blob(hash)?,
            };
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            contents.extend(text.map(|text| (*hash, text)));
        }
        if contents.len() < chain.len() {
            continue;
        }
        for update in updates(id, &contents)?.into_iter().skip(1) {
            live.apply(&update)?;
            let now = live.digest();
            if std::mem::replace(&mut digest, now) != now {
                made.push(update);
            }
        }
    }
    Ok(made)
}
