//! What would happen, as a person is shown it.

use super::lies::{Held, Lies, moved_to};
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

/// What a step is called that removes.
const REMOVE: &str = "remove";

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
        let mut lies = Lies::new(&self.workspace);
        let mut room = REMOVED_BYTES_MAX;
        for op in ops {
            let path = op_path(op);
            let mut taken = lies.step(op);
            let bytes = match op {
                Op::Write { bytes, .. } => bytes.clone(),
                Op::Draft { text, .. } => text.clone().into_bytes(),
                Op::Put { hash, .. } => self.workspace.read_hash(hash).map_err(failure)?,
                Op::Move { .. } | Op::Mkdir { .. } | Op::Keep { .. } | Op::Remove { .. } => {
                    // A folder is shown by its files; one without any, and what is not there, stands for itself.
                    taken.retain(|(_, held)| held.content().is_some());
                    if taken.is_empty() {
                        taken.push((path.to_owned(), Held::Folder));
                    }
                    fit(changes.len() + taken.len())?;
                    let taken = taken.into_iter();
                    let taken = taken.map(|(file, held)| self.taken(op, file, held, &mut room));
                    changes.extend(taken);
                    continue;
                }
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
        let removed = changes.iter().filter(|change| change.op == REMOVE);
        risks.extend(removed.map(|change| format!("removes {}", change.path)));
        fit(changes.len())?;
        risks.truncate(20);
        // It is told to whoever asks, too, and names what that one named.
        let is_asked = |op: &&Op| asked.is_some_and(|path| op.paths().any(|name| name == path));
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

    /// What a step does to a file that it writes no bytes of. Of `room` it takes what it shows of a text that is removed.
    fn taken(&self, op: &Op, path: String, held: Held<'_>, room: &mut u64) -> Proposed {
        let (hash, size) = held.content().unzip();
        let before = hash.map(|hash| hash.to_string());
        let to = match op {
            Op::Move { from, to } => Some(moved_to(&path, from, to)),
            _ => None,
        };
        let size = size.filter(|_| removes(op)).unwrap_or_default();
        let is_shown = removes(op) && size <= *room;
        let now = is_shown.then(|| self.workspace.read(&path).ok()).flatten();
        // What a step of the same change made there is shown where it is made.
        let now = now.filter(|now| Some(Hash::of(now)) == hash);
        let diff = now.and_then(|now| difference(&path, Some(&now), None));
        *room -= diff.as_ref().map_or(0, |_| size);
        Proposed {
            op: word(op).into(),
            after: before.clone().filter(|_| to.is_some()),
            to,
            path,
            before,
            size,
            diff,
        }
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
        Op::Remove { .. } => REMOVE,
    }
}

/// The path that a step names first.
fn op_path(op: &Op) -> &str {
    op.paths().next().map_or("", String::as_str)
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
