//! Looking through the folder: what it holds that is mirrored, and what of it can't be said now.

use crate::disk::{Disk, Item, Kind, Stamp, hash_of};
use crate::error::{MirrorError, Result};
use crate::memory::Known;
use crate::rules::{GIT_FILE, OWN_FILE, RULES_BYTES_MAX, Rules, above};
use selvage_vfs::limits::FILE_BYTES_MAX;
use selvage_vfs::{Hash, Path, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// The most files and folders of one mirror.
pub const MIRRORED_MAX: usize = 100_000;

/// How long a file has to be untouched before it is read: whoever writes it may be in the middle of it.
pub const SETTLED_MS: u64 = 150;

/// How long before it was read a file must have been written, so that its times tell of every later write: the coarsest clock of a
/// file system ticks every two seconds (FAT).
const TICK_MS: i64 = 2_000;

/// A file or a folder of the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path as the disk spells it; the workspace's is in NFC.
    pub spelled: String,
    /// See [`Stamp`].
    pub stamp: Stamp,
    /// The content; nothing for a folder.
    pub hash: Option<Hash>,
    /// Whether `stamp` tells of every later write.
    pub is_old: bool,
}

/// See the module.
pub struct Scan {
    /// By workspace path.
    pub found: BTreeMap<String, Found>,
    /// Workspace paths of which nothing can be said, with all below them.
    pub unseen: BTreeSet<String>,
    /// What the workspace can't hold, or nobody may read, and why.
    pub left: Vec<(String, String)>,
    /// Something is being written, so that another look is due.
    pub is_unsettled: bool,
    /// Folders that hold something that is ignored.
    pub holding: BTreeSet<String>,
    /// All folders that were looked through, as the disk spells them.
    pub folders: Vec<String>,
    /// The rules that were found.
    pub rules: Rules,
    /// What an earlier pass left, and whether it may be the only copy.
    pub litter: Vec<(String, bool)>,
}

impl Scan {
    /// Whether nothing can be said of a path.
    pub fn is_unseen(&self, path: &str) -> bool {
        self.unseen.contains(path) || above(path).any(|folder| self.unseen.contains(folder))
    }
}

struct Walk<'a> {
    disk: &'a mut dyn Disk,
    known: &'a BTreeMap<String, Known>,
    now_ms: u64,
    scan: Scan,
    /// The path that has each path without its case.
    folded: BTreeMap<String, String>,
    step: &'a mut dyn FnMut(&str),
}

/// Looks through a folder. What is known by its stamp is not read.
///
/// # Errors
/// The folder itself can't be read, or holds too much.
pub fn scan(
    disk: &mut dyn Disk,
    known: &BTreeMap<String, Known>,
    never: &[String],
    now_ms: u64,
    step: &mut dyn FnMut(&str),
) -> Result<Scan> {
    let folded = known.keys().map(|path| (fold(path), path.clone()));
    let folded = folded.collect();
    let scan = Scan {
        found: BTreeMap::new(),
        unseen: BTreeSet::new(),
        left: Vec::new(),
        is_unsettled: false,
        holding: BTreeSet::new(),
        folders: Vec::new(),
        rules: Rules::new(never),
        litter: Vec::new(),
    };
    let mut walk = Walk {
        disk,
        known,
        now_ms,
        scan,
        folded,
        step,
    };
    walk.top()?;
    walk.gone();
    walk.empty();
    Ok(walk.scan)
}

impl Walk<'_> {
    fn top(&mut self) -> Result<()> {
        let mut open = vec![(String::new(), String::new())];
        while let Some((spelled, path)) = open.pop() {
            let items = match self.disk.list(&spelled) {
                Ok(items) => items,
                Err(source) if spelled.is_empty() => {
                    let path = String::from(".");
                    return Err(MirrorError::Disk { path, source });
                }
                Err(why) => {
                    self.leave(&spelled, Some(path), &why.to_string());
                    continue;
                }
            };
            self.scan.folders.push(spelled.clone());
            self.rules_of(&spelled, &path, &items);
            for item in items {
                open.extend(self.item(&spelled, &path, &item)?);
            }
        }
        Ok(())
    }

    /// Takes in the rules of a folder before anything in it is looked at.
    fn rules_of(&mut self, spelled: &str, path: &str, items: &[Item]) {
        for file in [OWN_FILE, GIT_FILE] {
            let is_it = |item: &&Item| item.name == file && item.kind == Kind::File;
            if items.iter().find(is_it).is_none() {
                continue;
            }
            let at = joined(spelled, file);
            let mut text = String::new();
            let read = self.disk.open(&at).and_then(|reader| {
                let mut reader = reader.take(RULES_BYTES_MAX + 1);
                reader.read_to_string(&mut text)
            });
            match read {
                Ok(len) if len as u64 <= RULES_BYTES_MAX => self.scan.rules.add(path, file, &text),
                Ok(_) => self.leave(&at, None, "as a file of rules it is too long to follow"),
                Err(why) => self.leave(&at, None, &why.to_string()),
            }
        }
    }

    /// Takes in something of a folder; gives it back when it is a folder to be looked through.
    fn item(&mut self, folder: &str, above: &str, item: &Item) -> Result<Option<(String, String)>> {
        let Some(name) = item.name.to_str() else {
            let shown = joined(folder, &item.name.to_string_lossy());
            self.leave(&shown, None, "its name is no Unicode");
            return Ok(None);
        };
        let spelled = joined(folder, name);
        if let Some(is_precious) = self.disk.is_own(name) {
            self.scan.litter.push((spelled, is_precious));
            return Ok(None);
        }
        let is_folder = item.kind == Kind::Folder;
        if self.scan.rules.leaves_out(&joined(above, name), is_folder) {
            self.scan.holding.insert(above.to_owned());
            return Ok(None);
        }
        let path = match Path::parse(&joined(above, name)) {
            Ok(path) => path.to_string(),
            Err(why) => {
                self.leave(&spelled, None, &why.to_string());
                self.scan.holding.insert(above.to_owned());
                return Ok(None);
            }
        };
        let folded = fold(&path);
        let other = self.folded.get(&folded).filter(|other| **other != path);
        if let Some(other) = other.cloned()
            && (self.scan.found.contains_key(&other) || self.is_another(&other, &item.stamp))
        {
            let why = format!("its name differs from that of {other} only in case");
            self.leave(&spelled, None, &why);
            self.scan.holding.insert(above.to_owned());
            return Ok(None);
        }
        if self.scan.found.contains_key(&path) {
            self.leave(&spelled, None, "its name is written in two ways here");
            return Ok(None);
        }
        self.folded.insert(folded, path.clone());
        if self.scan.found.len() >= MIRRORED_MAX {
            return Err(MirrorError::TooMany { max: MIRRORED_MAX });
        }
        match item.kind {
            Kind::Folder => {
                self.note(&path, &spelled, item.stamp, None, true);
                return Ok(Some((spelled, path)));
            }
            Kind::File => self.file(path, spelled, item.stamp),
            Kind::Link => self.leave(&spelled, Some(path), "it is a link"),
            Kind::Other => self.leave(&spelled, Some(path), "it is neither a file nor a folder"),
        }
        Ok(None)
    }

    /// Whether a path leads to another file. Where the disk does not tell cases apart, it may be this very one, renamed.
    fn is_another(&mut self, path: &str, stamp: &Stamp) -> bool {
        let there = self.disk.stat(path).ok().flatten();
        there.is_some_and(|there| there.stamp != *stamp || stamp.inode == 0)
    }

    fn file(&mut self, path: String, spelled: String, stamp: Stamp) {
        (self.step)(&path);
        let now_ms = i64::try_from(self.now_ms).unwrap_or(i64::MAX);
        let age_ms = now_ms - stamp.touched_ms();
        let known = self.known.get(&path);
        if let Some(known) = known
            && known.stamp == Some(stamp)
            && known.hash.is_some()
        {
            let hash = known.hash;
            self.note(&path, &spelled, stamp, hash, true);
            return;
        }
        // A time that is still to come says nothing of whether it is being written.
        if (0..SETTLED_MS as i64).contains(&age_ms) {
            self.wait(path);
            return;
        }
        if stamp.size > FILE_BYTES_MAX as u64 {
            let why = format!("it is larger than {FILE_BYTES_MAX} bytes");
            self.leave(&spelled, Some(path), &why);
            return;
        }
        let read = hash_of(self.disk, &spelled);
        let after = self.disk.stat(&spelled);
        match (read, after) {
            (Ok((hash, size)), Ok(Some(after))) if after.stamp == stamp && size == stamp.size => {
                self.note(&path, &spelled, stamp, Some(hash), age_ms >= TICK_MS);
            }
            (Err(why), Ok(Some(after))) if after.stamp == stamp => {
                self.leave(&spelled, Some(path), &why.to_string());
            }
            // It was written, or went, while it was read.
            _ => self.wait(path),
        }
    }

    fn note(&mut self, path: &str, spelled: &str, stamp: Stamp, hash: Option<Hash>, is_old: bool) {
        let spelled = spelled.to_owned();
        let found = Found {
            spelled,
            stamp,
            hash,
            is_old,
        };
        self.scan.found.insert(path.to_owned(), found);
    }

    /// A file that is being written.
    fn wait(&mut self, path: String) {
        self.scan.is_unsettled = true;
        self.scan.unseen.insert(path);
    }

    fn leave(&mut self, spelled: &str, path: Option<String>, why: &str) {
        // A name that nobody can read is not shown as it is.
        let shown = spelled.chars().flat_map(char::escape_debug);
        self.scan.left.push((shown.collect(), why.to_owned()));
        self.scan.unseen.extend(path);
    }

    /// What was there and is not: believed when the folder that held it has been left alone for a moment, since some editors take
    /// the old file away before the new one has its name.
    fn gone(&mut self) {
        let now_ms = i64::try_from(self.now_ms).unwrap_or(i64::MAX);
        let gone = self
            .known
            .iter()
            .filter(|(path, known)| known.hash.is_some() && !self.scan.found.contains_key(*path));
        let gone: Vec<String> = gone.map(|(path, _)| path.clone()).collect();
        if gone.is_empty() {
            return;
        }
        let top = self.disk.stat(".").ok().flatten();
        let top_ms = top.map_or(0, |top| top.stamp.touched_ms());
        for path in gone {
            let folder = above(&path).rev().find_map(|folder| {
                let found = self.scan.found.get(folder)?;
                Some(found.stamp.touched_ms())
            });
            let age_ms = now_ms - folder.unwrap_or(top_ms);
            if (0..SETTLED_MS as i64).contains(&age_ms) {
                self.wait(path);
            }
        }
    }

    /// A folder that holds nothing but what is ignored is no folder of the mirror, unless it was one.
    fn empty(&mut self) {
        let scan = &mut self.scan;
        let folders = scan.found.iter().filter(|(_, found)| found.hash.is_none());
        let folders: Vec<String> = folders.map(|(path, _)| path.clone()).collect();
        for path in folders.iter().rev() {
            let below = format!("{path}/");
            let next = scan.found.range(below.clone()..).next();
            let is_empty = !next.is_some_and(|(next, _)| next.starts_with(&below));
            let waits = scan.unseen.range(below.clone()..).next();
            let waits = waits.is_some_and(|next| next.starts_with(&below));
            if is_empty && !waits && scan.holding.contains(path) && !self.known.contains_key(path) {
                scan.found.remove(path);
                let above = path.rsplit_once('/').map_or("", |(above, _)| above);
                scan.holding.insert(above.to_owned());
            }
        }
    }
}

/// A name in a folder.
pub(crate) fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}
