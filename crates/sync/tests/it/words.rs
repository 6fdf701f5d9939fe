//! Words that were typed in files that others delete, move and write over. None of them may be lost: in the end each is in a file, or
//! the history has it.

use crate::world::Replica;
use selvage_vfs::{Entry, Heads, VfsError, Workspace};

/// Where those files lie, in whatever places.
pub const FOLDER: &str = "fleeting";

/// A word that was typed, and the heads after each time that it was sealed: who sealed it first may be gone with its disk.
#[derive(Debug)]
pub struct Word {
    word: String,
    sealed: Vec<Heads>,
}

impl Word {
    pub fn new(word: String) -> Self {
        let sealed = Vec::new();
        Self { word, sealed }
    }

    /// Whether a replica has it, now or in the past.
    pub fn is_in(&self, replica: &Replica) -> bool {
        texts(replica).iter().any(|text| text.contains(&self.word))
            || (self.sealed.iter()).any(|heads| had(&replica.workspace, heads, &self.word))
    }
}

/// Notes which words a seal has just put into the history.
pub fn note_sealed(words: &mut [Word], replica: &Replica, heads: &Heads) {
    let texts = texts(replica);
    for word in words {
        if texts.iter().any(|text| text.contains(&word.word)) {
            word.sealed.push(heads.clone());
        }
    }
}

/// The files among others.
pub fn files(entries: Vec<Entry>) -> impl Iterator<Item = Entry> {
    let is_ours = |entry: &Entry| entry.hash.is_some() && entry.path.starts_with(FOLDER);
    entries.into_iter().filter(is_ours)
}

fn texts(replica: &Replica) -> Vec<String> {
    let entries = replica.workspace.list("", true).expect("lists");
    let files = files(entries).filter(|entry| entry.text);
    files.map(|entry| replica.text(&entry.path)).collect()
}

/// Whether a word is in a file at past heads.
fn had(workspace: &Workspace, heads: &Heads, word: &str) -> bool {
    let Ok(past) = workspace.at(heads) else {
        return false;
    };
    let files = files(past.list("", true).expect("lists")).filter(|entry| entry.text);
    let mut hashes = files.filter_map(|entry| entry.hash);
    hashes.any(|hash| match workspace.read_hash(&hash) {
        Ok(bytes) => String::from_utf8(bytes).expect("text").contains(word),
        // After so long, what old versions held may be let go of.
        Err(VfsError::Thinned { .. }) => true,
        Err(other) => panic!("{other}"),
    })
}
