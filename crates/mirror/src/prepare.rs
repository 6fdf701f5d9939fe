//! What a pass reads before it changes anything: the files that the folder brings, and those that both sides changed, joined.

use crate::disk::{Disk, hash_of};
use crate::error::{Failure, Result};
use crate::land::{Group, Landing};
use crate::pass::{moved, step};
use crate::plan::copy_path;
use crate::report::{Report, Step, Verb};
use crate::store::{Expected, Store};
use selvage_vfs::limits::TEXT_BYTES_MAX;
use selvage_vfs::{Hash, Op, clashes, join};
use std::collections::BTreeSet;
use std::io::Read;

/// The most bytes of a file that is a part of its change; a larger one comes before it, piece by piece.
pub const FILE_HELD_BYTES_MAX: u64 = 1024 * 1024;
/// The most bytes of such files that one change holds.
pub const CHANGE_HELD_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A file that both sides changed, as it is to be.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub path: String,
    /// What the folder held.
    pub here: Hash,
    /// What both are to hold.
    pub to: Hash,
    /// Where what the folder held is kept beside it.
    pub copy: Option<String>,
    /// Whether `to` holds what the folder held.
    pub is_joined: bool,
}

/// A file of the folder as an operation takes it.
pub(crate) enum Brought {
    Bytes(Vec<u8>),
    Content(Hash),
}

impl Brought {
    /// The operation that gives it to a path.
    pub fn op(self, path: &str) -> Op {
        let path = path.to_owned();
        match self {
            Self::Bytes(bytes) => Op::write(path, bytes),
            Self::Content(hash) => Op::Put {
                path,
                hash,
                create_only: false,
            },
        }
    }
}

impl<D: Disk, S: Store> Landing<'_, D, S> {
    /// Reads what is to be brought and joins what is to be joined.
    pub fn prepare(&mut self, report: &mut Report) -> Result<()> {
        let (plan, all) = (self.plan, self.all);
        let todo = &plan.workspace;
        for path in &todo.removes {
            let op = Op::Remove { path: path.clone() };
            self.group(path, vec![op], &[path], step(Verb::Remove, path));
        }
        for (path, copy) in &plan.aside {
            if plan.there.get(path).is_some_and(|it| it.hash.is_some()) {
                let (from, to) = (path.clone(), copy.clone());
                let op = Op::Move { from, to };
                self.group(path, vec![op], &[path, copy], moved(path, copy));
            }
        }
        for (from, to) in &todo.moves {
            let op = Op::Move {
                from: from.clone(),
                to: to.clone(),
            };
            self.group(to, vec![op], &[from, to], moved(from, to));
        }
        let going: BTreeSet<&String> = todo.folders_gone.iter().collect();
        for path in &todo.folders_gone {
            let op = Op::Remove { path: path.clone() };
            let below = format!("{path}/");
            let inside = all.range(below.clone()..).map(|(path, _)| path.clone());
            let paths = inside.take_while(|path| path.starts_with(&below));
            let holds = Expected::Holds {
                folder: path.clone(),
                paths: paths.collect(),
            };
            self.group(path, vec![op], &[], step(Verb::Remove, path));
            let is_in_another = crate::rules::above(path).any(|it| going.contains(&it.to_owned()));
            if let Some(group) = self.groups.last_mut().filter(|_| !is_in_another) {
                group.expected.push(holds);
            }
        }
        for path in &todo.folders {
            let op = Op::Mkdir { path: path.clone() };
            self.group(path, vec![op], &[], step(Verb::Mkdir, path));
        }
        for path in &todo.writes {
            if let Some(brought) = self.brought(path, report) {
                let op = brought.op(path);
                self.group(path, vec![op], &[path], step(Verb::Write, path));
            }
        }
        for path in &plan.joins {
            self.join(path, report);
        }
        Ok(())
    }

    fn group(&mut self, path: &str, ops: Vec<Op>, touched: &[&String], step: Step) {
        let expected = touched.iter().map(|path| self.expected(path)).collect();
        self.groups.push(Group {
            path: path.to_owned(),
            ops,
            expected,
            step: Some(step),
            join: None,
        });
    }

    fn expected(&self, path: &str) -> Expected {
        Expected::Is {
            path: path.to_owned(),
            what: self.all.get(path).map(|there| there.hash),
        }
    }

    /// A file of the folder, if it still is what was seen.
    pub(crate) fn brought(&mut self, path: &str, report: &mut Report) -> Option<Brought> {
        match self.bring(path) {
            Ok(Some(brought)) => return Some(brought),
            Ok(None) => report.unsettled = true,
            Err(why) => report.leave(path, why),
        }
        self.failed.insert(path.to_owned());
        None
    }

    fn bring(&mut self, path: &str) -> Result<Option<Brought>, Failure> {
        let Some(found) = self.plan.here.get(path) else {
            return Ok(None);
        };
        let (Some(hash), size) = (found.hash, found.stamp.size) else {
            return Ok(None);
        };
        let is_held =
            size <= FILE_HELD_BYTES_MAX && self.held_bytes + size <= CHANGE_HELD_BYTES_MAX;
        if is_held {
            self.held_bytes += size;
            let mut bytes = Vec::new();
            let reader = self.disk.open(&found.spelled)?;
            reader.take(size + 1).read_to_end(&mut bytes)?;
            let is_same = Hash::of(&bytes) == hash;
            return Ok(is_same.then_some(Brought::Bytes(bytes)));
        }
        if hash_of(self.disk, &found.spelled)?.0 != hash {
            return Ok(None);
        }
        let mut at = self.store.begin_content(&hash, size)?;
        let mut reader = self.disk.open(&found.spelled)?;
        let skipped = std::io::copy(&mut (&mut reader).take(at), &mut std::io::sink())?;
        let mut part = vec![0; 256 * 1024];
        if skipped < at {
            return Ok(None);
        }
        while at < size {
            let len = reader.read(&mut part)?;
            if len == 0 {
                return Ok(None);
            }
            self.store.add_content(&hash, at, &part[..len])?;
            at += len as u64;
        }
        Ok(Some(Brought::Content(hash)))
    }

    /// A file that both sides changed: its text with both changes, or both versions.
    fn join(&mut self, path: &str, report: &mut Report) {
        let made = self.made(path);
        match made {
            Ok(Some(group)) => self.joins.push(group),
            Ok(None) => {
                report.unsettled = true;
                self.failed.insert(path.to_owned());
            }
            Err(why) => {
                report.leave(path, why);
                self.failed.insert(path.to_owned());
            }
        }
    }

    fn made(&mut self, path: &str) -> Result<Option<Group>, Failure> {
        let plan = self.plan;
        let (Some(found), Some(there)) = (plan.here.get(path), plan.there.get(path)) else {
            return Ok(None);
        };
        let (Some(here), Some(now)) = (found.hash, there.hash) else {
            return Ok(None);
        };
        let base = plan.base.get(path).and_then(|known| known.hash);
        let mut group = Group {
            path: path.to_owned(),
            ops: Vec::new(),
            expected: vec![self.expected(path)],
            step: None,
            join: None,
        };
        let mut join_of = Join {
            path: path.to_owned(),
            here,
            to: now,
            copy: None,
            is_joined: false,
        };
        let mut needs_copy = true;
        let texts = match base {
            Some(base) => self.texts(path, (&base, &now), there.size)?,
            None => None,
        };
        if let Some([base, ours, theirs]) = texts {
            if Hash::of(ours.as_bytes()) != here {
                return Ok(None);
            }
            let text = join(&base, &ours, &theirs);
            if text.len() <= TEXT_BYTES_MAX {
                needs_copy = clashes(&base, &ours, &theirs);
                // What the folder holds is what later edits there begin with, until the joined text is in it.
                self.keep(&here, ours.as_bytes())?;
                join_of.to = Hash::of(text.as_bytes());
                join_of.is_joined = true;
                group.ops.push(Op::write(path, text));
                group.step = Some(step(Verb::Write, path));
            }
        }
        if needs_copy {
            // Either side may have it from a pass that died, or from the same conflict before.
            let copy = copy_path(path, &here, |to| {
                let there = self.all.get(to).map(|it| it.hash);
                let found = plan.here.get(to).map(|it| it.hash);
                there.into_iter().chain(found).any(|it| it != Some(here))
            });
            if !self.all.contains_key(&copy) {
                let Some(brought) = self.bring(path)? else {
                    return Ok(None);
                };
                group.ops.push(brought.op(&copy));
            }
            group.expected.push(self.expected(&copy));
            join_of.copy = Some(copy);
        }
        group.join = Some(join_of);
        Ok(Some(group))
    }

    /// The three texts of a file, when all of them are texts and here: what both held, what the folder holds, what the workspace
    /// holds.
    fn texts(
        &mut self,
        path: &str,
        (base, now): (&Hash, &Hash),
        size: u64,
    ) -> Result<Option<[String; 3]>, Failure> {
        let found = &self.plan.here[path];
        let is_small = found.stamp.size.max(size) <= TEXT_BYTES_MAX as u64;
        if !is_small || !self.store.has(base)? {
            return Ok(None);
        }
        let base = self.store.read(base, 0, TEXT_BYTES_MAX + 1)?;
        let theirs = self.store.read(now, 0, TEXT_BYTES_MAX + 1)?;
        let mut ours = Vec::new();
        let reader = self.disk.open(&found.spelled)?;
        reader
            .take(TEXT_BYTES_MAX as u64 + 1)
            .read_to_end(&mut ours)?;
        let mut texts = [base, ours, theirs].into_iter().map_while(|bytes| {
            let is_text = bytes.len() <= TEXT_BYTES_MAX && !bytes.contains(&0);
            is_text.then(|| String::from_utf8(bytes).ok()).flatten()
        });
        Ok(match (texts.next(), texts.next(), texts.next()) {
            (Some(base), Some(ours), Some(theirs)) => Some([base, ours, theirs]),
            _ => None,
        })
    }

    /// Keeps a content that no file has.
    fn keep(&mut self, hash: &Hash, bytes: &[u8]) -> Result<(), Failure> {
        let size = bytes.len() as u64;
        let held = self.store.begin_content(hash, size)?;
        if held < size {
            let rest = usize::try_from(held).unwrap_or_default();
            self.store.add_content(hash, held, &bytes[rest..])?;
        }
        Ok(())
    }
}
