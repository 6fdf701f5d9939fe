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
    /// What some steps would do, as a person is shown it.
    ///
    /// # Errors
    /// There is too much to look at, or storage can't be read.
    pub(super) fn proposal(&self, ops: &[Op], reason: String) -> ToolResult<Proposal> {
        let (mut changes, mut contents, mut risks) = (Vec::new(), Vec::new(), Vec::new());
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
                let (word, top) = (word(op), path);
                for (path, before) in self.files_at(top) {
                    let to = to.map(|to| format!("{to}{}", &path[top.len()..]));
                    let after = to.is_some().then(|| before.clone()).flatten();
                    if word == "remove" {
                        risks.push(format!("removes {path}"));
                    }
                    changes.push(Proposed {
                        op: word.into(),
                        path,
                        to,
                        before,
                        after,
                        size: 0,
                        diff: None,
                    });
                }
                continue;
            };
            let now = self.workspace.read(path).ok();
            let diff = difference(path, now.as_deref(), &bytes);
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
        if changes.len() > CHANGES_MAX {
            let message =
                format!("A person is asked about {CHANGES_MAX} files at the most at once.");
            return Err(
                ToolError::new(ErrorCode::TooLarge, message).hint("Make several smaller changes.")
            );
        }
        risks.truncate(20);
        // It is told to whoever asks, too, and names what that one named.
        let what = match ops {
            [one] => format!("{} {}", word(one), op_path(one)),
            [one, rest @ ..] => {
                format!("{} {}, and {} more", word(one), op_path(one), rest.len())
            }
            [] => "nothing".into(),
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

    /// A file, or those below a folder, with their hashes; a folder that is empty or not there stands for itself.
    fn files_at(&self, path: &str) -> Vec<(String, Option<String>)> {
        let files = self
            .workspace
            .list(path, true)
            .unwrap_or_default()
            .into_iter();
        let files: Vec<_> = files
            .filter(|entry| !entry.is_folder())
            .map(|entry| (entry.path, entry.hash.map(|hash| hash.to_string())))
            .collect();
        if !files.is_empty() {
            return files;
        }
        let hash = self.workspace.stat(path).ok().and_then(|entry| entry.hash);
        vec![(path.to_owned(), hash.map(|hash| hash.to_string()))]
    }
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

pub(super) fn op_path(op: &Op) -> &str {
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

/// The difference that a write makes, where both sides are texts that can be shown.
fn difference(path: &str, before: Option<&[u8]>, after: &[u8]) -> Option<String> {
    let text = |bytes| {
        std::str::from_utf8(bytes)
            .ok()
            .filter(|text| text.len() <= DIFF_BYTES_MAX)
    };
    let before = match before {
        Some(bytes) => Some(text(bytes)?),
        None => None,
    };
    Some(unified(path, before, Some(text(after)?)))
}
