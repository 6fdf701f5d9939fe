//! What holds in a simulated world: at every step, and when all have come together.

use super::World;
use super::retention::looks;
use crate::world::{Link, Replica};
use selvage_vfs::{Hash, Snapshot, VfsError};
use std::collections::BTreeSet;

/// Past states that are opened at the end.
const PASTS: usize = 12;

/// Everything that a snapshot names.
pub fn files(snapshot: &Snapshot) -> Vec<(String, Option<Hash>)> {
    let entries = snapshot.list("", true).expect("lists").into_iter();
    entries.map(|entry| (entry.path, entry.hash)).collect()
}

impl World {
    /// What holds on every replica at every step.
    pub(super) fn check(&self, who: usize) {
        let replica = &self.replicas[who];
        let workspace = &replica.workspace;
        let mut names = BTreeSet::new();
        let mut nodes = BTreeSet::new();
        for entry in workspace.list("", true).expect("lists") {
            let path = &entry.path;
            assert!(names.insert(path.to_lowercase()), "{path} is there twice");
            assert!(nodes.insert(entry.id), "{path} has two places");
            let above = path.rsplit_once('/').map(|(above, _)| above.to_lowercase());
            let is_placed = above.is_none_or(|above| names.contains(&above));
            assert!(is_placed, "{path} hangs on nothing");
            if let Some(hash) = entry.hash.filter(|_| !entry.draft) {
                let has = workspace.has_content(&hash);
                assert_eq!(has, Ok(true), "no name without its content");
            }
        }
        if !workspace.exists("unit/a.bin").expect("a path") {
            return;
        }
        let a = workspace.read("unit/a.bin").expect("there");
        let b = workspace.read("unit/b.bin").expect("there");
        assert_eq!(a, b, "a part of a change is seen");
        let text = replica.text("unit/text.md");
        let token = std::str::from_utf8(&a[1..]).expect("text");
        assert!(
            token == "\0" || text.contains(token),
            "{token} is not in {text}"
        );
        for line in text.split_inclusive('\n').filter(|l| l.starts_with("unit")) {
            let is_known = |hash: &[u8; 32]| !workspace.known(&[*hash]).hashes().is_empty();
            let change = self.units.get(line);
            assert!(
                change.is_some_and(is_known),
                "{line} is seen before its change"
            );
        }
    }

    /// Whether nobody has a content of the past any more, since a disk was damaged, or since the
    /// others took in a tab that was apart for so long that they had let it go (R1).
    fn is_gone(&self, hash: &Hash) -> bool {
        let has = |replica: &Replica| replica.workspace.has_content(hash) == Ok(true);
        self.counts.anew + self.counts.taken > 0 && !self.replicas.iter().any(has)
    }

    pub(super) fn check_equal(&mut self) {
        self.check_fleeting();
        let first = &self.replicas[0].workspace;
        let digest = first.digest().expect("reads");
        let entries = first.list("", true).expect("lists");
        // What was named of late is there: contents are a replica's own, names are not.
        let mut named: BTreeSet<Hash> = BTreeSet::new();
        let (pasts, thin_pasts) = self.check_pasts(PASTS, &mut named);
        self.counts.pasts += pasts;
        self.counts.thin_pasts += thin_pasts;
        let mut pinned: BTreeSet<Hash> = BTreeSet::new();
        let first = &self.replicas[0].workspace;
        for run in &self.runs {
            let past = first.at(&run.heads).expect("a run refers to it");
            assert_eq!(files(&past), run.files, "what a run read is another now");
            pinned.extend(run.files.iter().filter_map(|(_, hash)| *hash));
        }
        for (who, replica) in self.replicas.iter().enumerate() {
            let workspace = &replica.workspace;
            assert_eq!(workspace.heads(), first.heads());
            assert_eq!(workspace.text_digests(), first.text_digests());
            assert_eq!(workspace.digest().expect("reads"), digest);
            assert_eq!(workspace.list("", true).expect("lists"), entries);
            for entry in entries.iter().filter(|entry| entry.hash.is_some()) {
                let path = &entry.path;
                assert_eq!(workspace.read(path), first.read(path), "{path}");
            }
            let lost = |hash: &&[u8; 32]| workspace.known(&[**hash]).hashes().is_empty();
            assert_eq!(
                self.acknowledged.iter().find(lost),
                None,
                "a change is lost"
            );
            for (path, word) in &self.typed {
                let count = replica.text(path).matches(word).count();
                assert_eq!(count, 1, "{word} in {path}: {}", replica.text(path));
            }
            for (path, word) in &self.gone {
                // Another one may have sent it on, and not shown it, before it was gone here.
                let count = replica.text(path).matches(word).count();
                assert!(count <= 1, "{word} in {path}: {}", replica.text(path));
            }
            for hash in named.union(&pinned) {
                let may_be_gone = !looks(who) || !pinned.contains(hash) && self.is_gone(hash);
                match workspace.read_hash(hash) {
                    Err(VfsError::Thinned { .. }) if may_be_gone => {}
                    read => drop(read.expect("there")),
                }
            }
        }
        self.counts.runs += self.runs.len();
        for Link { sessions, .. } in &self.links {
            let held = sessions.each_ref().map(|session| session.held_bytes());
            assert_eq!(held, [0, 0], "nothing waits");
        }
    }
}
