//! What would happen, as a person is shown it.

use crate::engine::Workbench;
use crate::failure::failure;
use selvage_tool::decision::Proposed;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, unified};
use serde_json::{Value, json};

/// The most files that one approval is of: a person looks at each.
const CHANGES_MAX: usize = 500;

/// The most bytes of a text whose difference is shown; `approval_read` gives the whole content.
const DIFF_BYTES_MAX: usize = 256 * 1024;

/// The most bytes of all texts that one approval shows to be removed: who asks sends none of them, and can ask often.
const REMOVED_BYTES_MAX: u64 = 1024 * 1024;

/// What a person is to be asked.
#[derive(Debug)]
pub(crate) struct Proposal {
    pub(super) what: String,
    pub(super) reason: String,
    pub(super) risks: Vec<String>,
    pub(super) changes: Vec<Proposed>,
    /// What files would hold, by path.
    pub(super) contents: Vec<(String, Vec<u8>)>,
    pub(super) digest: String,
}

impl Workbench {
    /// What some steps would do, as a person is shown it. It is named after the step that is `asked` about, by a path of its own.
    ///
    /// # Errors
    /// There is too much to look at, or storage can't be read.
    pub(super) fn proposal(
        &self,
        ops: &[Op],
        asked: Option<&str>,
        reason: String,
    ) -> ToolResult<Proposal> {
        let (mut changes, mut contents, mut risks) = (Vec::new(), Vec::new(), Vec::new());
        let mut room = REMOVED_BYTES_MAX;
        for op in ops {
            let path = op_path(op);
            let bytes = match op {
                Op::Write { bytes, .. } => Some(bytes.clone()),
                Op::Draft { text, .. } => Some(text.clone().into_bytes()),
                Op::Put { hash, .. } => Some(self.workspace.read_hash(hash).map_err(failure)?),
                _ => None,
            };
            let Some(bytes) = bytes else {
                let to = match op {
                    Op::Move { to, .. } => Some(to),
                    _ => None,
                };
                let files = self.files_at(path);
                fit(changes.len() + files.len())?;
                for (file, size, hash) in files {
                    let before = hash.map(|hash| hash.to_string());
                    let mut change = Proposed {
                        op: word(op).into(),
                        to: to.map(|to| format!("{to}{}", &file[path.len()..])),
                        after: before.clone().filter(|_| to.is_some()),
                        path: file,
                        before,
                        size: 0,
                        diff: None,
                    };
                    if removes(op) {
                        risks.push(format!("removes {}", change.path));
                        change.size = size;
                        if size <= room {
                            let now = self.workspace.read(&change.path).ok();
                            change.diff = now
                                .and_then(|now| difference(&change.path, Some(&now), None))
                                .inspect(|_| room -= size);
                        }
                    }
                    changes.push(change);
                }
                continue;
            };
            let now = self.workspace.read(path).ok();
            let diff = difference(path, now.as_deref(), Some(&bytes));
            if now.is_some() && diff.is_none() {
                risks.push(format!("replaces {path}, which is no text"));
            }
            changes.push(Proposed {
                op: word(op).into(),
                path: path.to_owned(),
                to: None,
                before: now.map(|now| Hash::of(&now).to_string()),
                after: Some(Hash::of(&bytes).to_string()),
                size: bytes.len() as u64,
                diff,
            });
            contents.push((path.to_owned(), bytes));
        }
        fit(changes.len())?;
        risks.truncate(20);
        // It is told to whoever asks, too, and names what that one named.
        let is_asked = |op: &&Op| asked.is_some_and(|path| names(op).any(|name| name == path));
        let first = ops.iter().find(is_asked).or(ops.first());
        let named = first.map(|op| format!("{} {}", word(op), op_path(op)));
        let what = match (named, ops.len()) {
            (Some(named), 1) => named,
            (Some(named), count) => format!("{named}, and {} more", count - 1),
            (None, _) => "nothing".into(),
        };
        Ok(Proposal {
            what,
            reason,
            risks,
            digest: digest_of(&changes),
            changes,
            contents,
        })
    }

    /// A file, or those below a folder, with their sizes and hashes; a folder that is empty or not there stands for itself.
    fn files_at(&self, path: &str) -> Vec<(String, u64, Option<Hash>)> {
        let mut files = self.workspace.list(path, true).unwrap_or_default();
        files.retain(|entry| !entry.is_folder());
        if files.is_empty() {
            files.extend(self.workspace.stat(path));
        }
        let files = files
            .into_iter()
            .map(|entry| (entry.path, entry.size, entry.hash));
        let mut files: Vec<_> = files.collect();
        if files.is_empty() {
            files.push((path.to_owned(), 0, None));
        }
        files
    }
}

/// Whether a person looks at so many files.
fn fit(changes: usize) -> ToolResult<()> {
    if changes <= CHANGES_MAX {
        return Ok(());
    }
    let message = format!("A person is asked about {CHANGES_MAX} files at the most at once.");
    Err(ToolError::new(ErrorCode::TooLarge, message).hint("Make several smaller changes."))
}

/// The content by which `approval_read` gives all of an input.
const INPUT: &str = "input";

/// The most characters of an input that a sentence has.
const INPUT_CHARS_MAX: usize = 2_000;

/// An input as a sentence has it, and all of it as a content where that is not all.
pub(super) fn told(input: &Value) -> (String, Vec<(String, Vec<u8>)>) {
    let whole = input.to_string();
    match whole.char_indices().nth(INPUT_CHARS_MAX) {
        None => (whole, Vec::new()),
        Some((cut, _)) => {
            let sentence = format!("{}… (`{INPUT}` is all of it)", &whole[..cut]);
            (sentence, vec![(INPUT.to_owned(), whole.into_bytes())])
        }
    }
}

fn word(op: &Op) -> &'static str {
    match op {
        Op::Write { .. } | Op::Put { .. } | Op::Draft { .. } => "write",
        Op::Move { .. } => "move",
        Op::Mkdir { .. } => "mkdir",
        Op::Keep { .. } => "keep",
        Op::Remove { .. } => "remove",
    }
}

/// The paths that a step names.
pub(super) fn names(op: &Op) -> impl Iterator<Item = &str> {
    let to = match op {
        Op::Move { to, .. } => Some(to.as_str()),
        _ => None,
    };
    std::iter::once(op_path(op)).chain(to)
}

fn op_path(op: &Op) -> &str {
    match op {
        Op::Move { from, .. } => from,
        Op::Write { path, .. }
        | Op::Put { path, .. }
        | Op::Draft { path, .. }
        | Op::Mkdir { path }
        | Op::Keep { path }
        | Op::Remove { path } => path,
    }
}

pub(super) fn removes(op: &Op) -> bool {
    matches!(op, Op::Remove { .. })
}

/// What is approved: every step, what it makes, and what it is done to.
fn digest_of(changes: &[Proposed]) -> String {
    let bare: Vec<Proposed> = changes
        .iter()
        .map(|change| Proposed {
            diff: None,
            ..change.clone()
        })
        .collect();
    Hash::of(json!(bare).to_string().as_bytes()).to_string()
}

/// The difference that a change makes, where both sides are texts that can be shown.
fn difference(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> Option<String> {
    let text = |bytes| {
        std::str::from_utf8(bytes)
            .ok()
            .filter(|text| text.len() <= DIFF_BYTES_MAX)
    };
    let [before, after] = [before, after].map(|side| side.map(text));
    let is_shown = ![before, after].contains(&Some(None));
    is_shown.then(|| unified(path, before.flatten(), after.flatten()))
}
