//! A workspace in memory, a folder of this machine, and a mirror between them that can be closed and opened again.

use selvage_mirror::store::{self, Expected, Landed, Store};
use selvage_mirror::{Failure, FolderDisk, Log, Mirror, MirrorError, Options, Report};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Entry, Hash, Meta, Op, Origin, OriginKind, Workspace};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

/// How far the mirror's clock is ahead of the disk's, so that whatever a test writes has been left alone long enough.
const AHEAD_MS: u64 = 60_000;

/// A workspace that is held here.
pub struct Held {
    pub workspace: Workspace,
    ids: u128,
    /// A path that nobody may write, as a policy says.
    pub refuses: Option<String>,
}

impl Held {
    pub fn new() -> Self {
        let workspace = Workspace::open(Box::new(MemoryStorage::new()), [1; 16]);
        let workspace = workspace.expect("opens");
        Self {
            workspace,
            ids: 0,
            refuses: None,
        }
    }

    pub fn apply(&mut self, at_ms: u64, message: &str, ops: &[Op]) -> selvage_vfs::Result<()> {
        let meta = Meta::new(at_ms, Origin::new(OriginKind::Person, "you"), message);
        let ids = &mut self.ids;
        let mut next = || {
            *ids += 1;
            *ids
        };
        self.workspace.apply(&mut next, &meta, ops).map(drop)
    }
}

impl Store for Held {
    fn files(&mut self) -> Result<Vec<Entry>, Failure> {
        let meta = Meta::new(1, Origin::new(OriginKind::Person, "you"), "Edit");
        self.workspace.seal(&meta)?;
        Ok(self.workspace.list("", true)?)
    }

    fn read(&mut self, hash: &Hash, from: u64, len: usize) -> Result<Vec<u8>, Failure> {
        Ok(self.workspace.read_range(hash, from, len)?)
    }

    fn has(&mut self, hash: &Hash) -> Result<bool, Failure> {
        Ok(store::has(&self.workspace, hash)?)
    }

    fn begin_content(&mut self, hash: &Hash, size: u64) -> Result<u64, Failure> {
        Ok(self.workspace.begin_content(hash, size)?)
    }

    fn add_content(&mut self, hash: &Hash, from: u64, bytes: &[u8]) -> Result<bool, Failure> {
        Ok(self.workspace.add_content(hash, from, bytes)?)
    }

    fn change(
        &mut self,
        at_ms: u64,
        message: &str,
        ops: &[Op],
        expected: &[Expected],
    ) -> Result<Landed, Failure> {
        if !store::fits(&self.workspace, expected) {
            return Ok(Landed::Stale);
        }
        let is_refused =
            |op: &Op| matches!(op, Op::Write { path, .. } if Some(path) == self.refuses.as_ref());
        if ops.iter().any(is_refused) {
            return Err("nobody may write this".into());
        }
        self.apply(at_ms, message, ops)?;
        Ok(Landed::Done)
    }

    fn has_change(&mut self, at_ms: u64, message: &str) -> Result<bool, Failure> {
        Ok(store::has_change(&self.workspace, at_ms, message)?)
    }
}

/// What a mirror remembers, kept when the mirror is closed.
#[derive(Default, Clone)]
pub struct Kept(pub Rc<RefCell<Vec<u8>>>);

impl Log for Kept {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.0.borrow().clone())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        *self.0.borrow_mut() = bytes.to_vec();
        Ok(())
    }
}

/// See the module.
pub struct World {
    folder: tempfile::TempDir,
    pub held: Held,
    pub kept: Kept,
    pub options: Options,
}

impl World {
    pub fn new() -> Self {
        let options = Options {
            name: "folder".into(),
            ..Options::default()
        };
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            held: Held::new(),
            kept: Kept::default(),
            options,
        }
    }

    /// A mirror whose both sides are equal already.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let mut world = Self::new();
        for (path, text) in files {
            world.write(path, text);
        }
        world.quiet();
        world
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file of the folder.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let at = self.at(path);
        std::fs::create_dir_all(at.parent().expect("a folder")).expect("made");
        std::fs::write(at, text).expect("written");
    }

    pub fn remove(&self, path: &str) {
        std::fs::remove_file(self.at(path)).expect("removed");
    }

    /// Does something in the workspace.
    pub fn op(&mut self, op: Op) {
        self.held.apply(2, "Test", &[op]).expect("done");
    }

    pub fn op_write(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        self.op(Op::write(path, text));
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The time that passes go by.
    pub fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.expect("after 1970").as_millis() as u64 + AHEAD_MS
    }

    pub fn try_pass(&mut self) -> Result<Report, MirrorError> {
        let disk = FolderDisk::open(self.folder.path(), "test").expect("opens");
        let mut mirror = Mirror::open(disk, self.kept.clone(), self.options.clone())?;
        let now_ms = self.now_ms();
        mirror.pass(&mut self.held, now_ms, &mut |_| {})
    }

    pub fn pass(&mut self) -> Report {
        self.try_pass().expect("a pass")
    }

    /// Does passes until there is nothing to do, and checks that both sides are equal then.
    pub fn quiet(&mut self) -> Report {
        let first = self.pass();
        let mut last = first.clone();
        for _ in 0..8 {
            last = self.pass();
            if last.is_quiet() && !last.unsettled {
                break;
            }
        }
        assert!(
            last.is_quiet() && !last.unsettled,
            "it does not end: {last:?}"
        );
        assert_eq!(self.files(), self.texts(), "{first:?}");
        first
    }

    /// The files of the folder, with their contents; folders have none.
    pub fn files(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut files = BTreeMap::new();
        let mut open = vec![self.folder.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).expect("read") {
                let at = entry.expect("an entry").path();
                let path = at.strip_prefix(self.folder.path()).expect("below");
                let path = path.to_str().expect("a text").to_owned();
                if at.is_dir() {
                    files.insert(path, None);
                    open.push(at);
                } else {
                    files.insert(path, Some(std::fs::read(at).expect("read")));
                }
            }
        }
        files
    }

    /// The same of the workspace.
    pub fn texts(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let entries = self.held.workspace.list("", true).expect("lists");
        let content = |entry: &Entry| {
            let read = || self.held.workspace.read(&entry.path).expect("read");
            (!entry.is_folder()).then(read)
        };
        let files = entries.iter();
        files
            .map(|entry| (entry.path.clone(), content(entry)))
            .collect()
    }

    pub fn text(&self, path: &str) -> String {
        let read = self.held.workspace.read(path);
        let read = read.unwrap_or_else(|why| panic!("{path}: {why}"));
        String::from_utf8_lossy(&read).into_owned()
    }

    pub fn file(&self, path: &str) -> String {
        let read = std::fs::read(self.at(path));
        let read = read.unwrap_or_else(|why| panic!("{path}: {why}"));
        String::from_utf8_lossy(&read).into_owned()
    }
}
