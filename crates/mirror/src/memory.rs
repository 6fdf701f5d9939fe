//! What a mirror remembers: for each path, what both sides held when they were equal last.
//!
//! It is a list of lines that only grows, each behind a checksum and durable before the next step is done; so a death at any
//! moment leaves what was true before. A last line that is cut short was never told of, and is dropped. When the lines are many
//! more than the paths, they are written anew.

use crate::error::{MirrorError, Result};
use line::{Line, VERSION, written};
use std::collections::BTreeMap;
use std::io;

mod line;

pub use line::{Intent, Known};

/// How many bytes of lines are kept before they are written anew, when they also take twice what they say.
const LOG_BYTES_MIN: u64 = 256 * 1024;

/// Where the lines are kept.
pub trait Log {
    /// All bytes.
    fn read(&mut self) -> io::Result<Vec<u8>>;

    /// Adds bytes, durably.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Puts others in the place of all: those, or what was there, and durably.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// See the module.
pub struct Memory<L> {
    log: L,
    /// By workspace path.
    paths: BTreeMap<String, Known>,
    intent: Option<Intent>,
    replaced: BTreeMap<String, String>,
    /// Nothing was ever remembered.
    is_new: bool,
    bytes: u64,
    folded_bytes: u64,
}

impl<L: Log> Memory<L> {
    /// Reads what was kept.
    ///
    /// # Errors
    /// It can't be read, or it is damaged.
    pub fn open(mut log: L) -> Result<Self> {
        let bytes = log.read().map_err(MirrorError::Memory)?;
        let mut memory = Self {
            log,
            paths: BTreeMap::new(),
            intent: None,
            replaced: BTreeMap::new(),
            is_new: true,
            bytes: bytes.len() as u64,
            folded_bytes: 0,
        };
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let lines = bytes[..whole].split(|byte| *byte == b'\n');
        for (number, line) in lines.filter(|line| !line.is_empty()).enumerate() {
            memory.take(line, number)?;
        }
        if whole < bytes.len() {
            memory.fold()?;
        }
        Ok(memory)
    }

    /// What both sides held, by path.
    pub fn paths(&self) -> &BTreeMap<String, Known> {
        &self.paths
    }

    /// What was begun, and perhaps not ended.
    pub fn intent(&self) -> Option<&Intent> {
        self.intent.as_ref()
    }

    /// Files of the folder that were perhaps replaced, and the contents that they got then.
    pub fn replaced(&self) -> &BTreeMap<String, String> {
        &self.replaced
    }

    /// Notes which files of the folder are about to be replaced.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn replace(&mut self, files: BTreeMap<String, String>) -> Result<()> {
        if !files.is_empty() {
            let line = Line::Replace(files);
            self.add(&line)?;
            self.apply(line);
        }
        Ok(())
    }

    /// Whether the two were never mirrored.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Notes what is about to happen.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn intend(&mut self, intent: Intent) -> Result<()> {
        let line = Line::Intent(intent);
        self.add(&line)?;
        self.apply(line);
        Ok(())
    }

    /// Notes what is equal now, and what is gone.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn set(&mut self, set: BTreeMap<String, Known>, drop: Vec<String>) -> Result<()> {
        let is_known = |(path, known): (&String, &Known)| self.paths.get(path) == Some(known);
        let is_same = set.iter().all(is_known)
            && !drop.iter().any(|path| self.paths.contains_key(path))
            && self.intent.is_none()
            && self.replaced.is_empty()
            && !self.is_new;
        if is_same {
            return Ok(());
        }
        let line = Line::Set { set, drop };
        self.add(&line)?;
        self.apply(line);
        if self.bytes > LOG_BYTES_MIN.max(2 * self.folded_bytes) {
            self.fold()?;
        }
        Ok(())
    }

    fn apply(&mut self, line: Line) {
        match line {
            Line::Start { .. } => {}
            Line::Set { set, drop } => {
                self.is_new = false;
                self.intent = None;
                self.replaced.clear();
                for path in drop {
                    self.paths.remove(&path);
                }
                self.paths.extend(set);
            }
            Line::Intent(intent) => self.intent = Some(intent),
            Line::Replace(files) => self.replaced.extend(files),
        }
    }

    fn take(&mut self, line: &[u8], number: usize) -> Result<()> {
        let damaged = |why: String| MirrorError::Damaged {
            why: format!("line {}: {why}", number + 1),
        };
        match line::read(line).map_err(damaged)? {
            Line::Start { version } if version != VERSION => {
                return Err(damaged("a later program wrote it".into()));
            }
            Line::Start { .. } => {}
            _ if number == 0 => return Err(damaged("it does not begin".into())),
            line => self.apply(line),
        }
        Ok(())
    }

    fn add(&mut self, line: &Line) -> Result<()> {
        let mut bytes = Vec::new();
        if self.bytes == 0 {
            bytes = written(&Line::Start { version: VERSION })?;
        }
        bytes.extend(written(line)?);
        self.log.append(&bytes).map_err(MirrorError::Memory)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn fold(&mut self) -> Result<()> {
        let mut bytes = written(&Line::Start { version: VERSION })?;
        if !self.is_new {
            let set = self.paths.clone();
            let drop = Vec::new();
            bytes.extend(written(&Line::Set { set, drop })?);
        }
        if let Some(intent) = &self.intent {
            bytes.extend(written(&Line::Intent(intent.clone()))?);
        }
        if !self.replaced.is_empty() {
            bytes.extend(written(&Line::Replace(self.replaced.clone()))?);
        }
        self.log.replace(&bytes).map_err(MirrorError::Memory)?;
        self.bytes = bytes.len() as u64;
        self.folded_bytes = self.bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvage_vfs::{Hash, NodeId};

    #[derive(Default, Clone)]
    struct Bytes(Vec<u8>);

    impl Log for &mut Bytes {
        fn read(&mut self) -> io::Result<Vec<u8>> {
            Ok(self.0.clone())
        }

        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0.extend_from_slice(bytes);
            Ok(())
        }

        fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0 = bytes.to_vec();
            Ok(())
        }
    }

    fn known(content: &str) -> Known {
        Known {
            node: NodeId::from_random(7).expect("an id"),
            hash: Some(Hash::of(content.as_bytes())),
            stamp: None,
        }
    }

    fn one(path: &str, content: &str) -> BTreeMap<String, Known> {
        BTreeMap::from([(path.to_owned(), known(content))])
    }

    #[test]
    fn what_was_kept_is_there_again_and_a_line_that_was_cut_short_is_not() {
        let mut bytes = Bytes::default();
        let mut memory = Memory::open(&mut bytes).expect("opens");
        assert!(memory.is_new());
        memory.set(one("a", "1"), Vec::new()).expect("kept");
        memory.set(one("b", "2"), vec!["a".into()]).expect("kept");
        let whole = bytes.0.len();
        let mut memory = Memory::open(&mut bytes).expect("opens");
        memory.set(one("c", "3"), Vec::new()).expect("kept");
        for cut in whole..bytes.0.len() {
            let mut cut = Bytes(bytes.0[..cut].to_vec());
            let memory = Memory::open(&mut cut).expect("opens");
            assert_eq!(memory.paths(), &one("b", "2"));
            drop(memory);
            assert_eq!(
                Memory::open(&mut cut).expect("opens").paths(),
                &one("b", "2")
            );
        }
    }

    #[test]
    fn an_intent_lasts_until_something_is_set() {
        let mut bytes = Bytes::default();
        let mut memory = Memory::open(&mut bytes).expect("opens");
        let intent = Intent {
            at_ms: 7,
            message: "m".into(),
            joined: BTreeMap::from([("a".into(), Hash::of(b"1").to_string())]),
        };
        memory.intend(intent.clone()).expect("kept");
        let mut memory = Memory::open(&mut bytes).expect("opens");
        assert_eq!((memory.intent(), memory.is_new()), (Some(&intent), true));
        memory.set(BTreeMap::new(), Vec::new()).expect("kept");
        let memory = Memory::open(&mut bytes).expect("opens");
        assert_eq!((memory.intent(), memory.is_new()), (None, false));
    }

    #[test]
    fn damage_is_told_and_nothing_of_it_is_believed() {
        let mut bytes = Bytes::default();
        let mut memory = Memory::open(&mut bytes).expect("opens");
        memory.set(one("a", "1"), Vec::new()).expect("kept");
        for at in 0..bytes.0.len() - 1 {
            let mut bent = bytes.clone();
            bent.0[at] ^= 4;
            let opened = Memory::open(&mut bent).map(|memory| memory.paths().clone());
            assert!(
                matches!(opened, Err(MirrorError::Damaged { .. })),
                "byte {at}: {opened:?}"
            );
        }
    }

    #[test]
    fn the_lines_are_written_anew_when_they_are_many_more_than_the_paths() {
        let mut bytes = Bytes::default();
        let mut memory = Memory::open(&mut bytes).expect("opens");
        for number in 0..5_000 {
            let text = number.to_string();
            memory.set(one("a", &text), Vec::new()).expect("kept");
        }
        let text = memory.paths().clone();
        assert!((bytes.0.len() as u64) < LOG_BYTES_MIN + 1_000);
        assert_eq!(Memory::open(&mut bytes).expect("opens").paths(), &text);
    }
}
