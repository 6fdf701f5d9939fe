//! Tools that mount other workspaces as parents.

use super::contents::decoded;
use super::files::changed;
use crate::contents::hash_of;
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use crate::scopes::{NOTE_BYTES_MAX, Note, SCOPE_DEPTH_MAX, SCOPES_MAX, digest_of, line};
use selvage_tool::catalogue::{
    Changed, CompareOutput, Difference, Encoding, EntryKind, MountInput, UnmountInput,
};
use selvage_tool::run::{PROTECTED, SCOPE_FILE, SCOPES_FILE, SCOPES_FOLDER};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Entry, Hash, Op, Origin, Path, fold};
use std::collections::{BTreeMap, BTreeSet};

/// The most letters of a parent's name.
const SCOPE_NAME_CHARS_MAX: usize = 64;

/// The most files of a parent, those of its own parents included.
pub const SCOPE_FILES_MAX: usize = 20_000;

/// The most bytes that they come with in one call; contents that are stored already come by their hash.
const SCOPE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The most heads of a parent.
const SCOPE_HEADS_MAX: usize = 100;

/// The most letters of a workspace's id, or of one of its heads.
const SCOPE_ID_CHARS_MAX: usize = 128;

/// The most differences that are listed.
const DIFFERENCES_MAX: usize = 500;

/// A file that is to be mounted: its content, where it does not lie in storage yet.
struct Coming {
    path: String,
    hash: Hash,
    bytes: Option<Vec<u8>>,
}

impl Workbench {
    pub(super) fn scope_mount(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: MountInput,
    ) -> ToolResult<CompareOutput> {
        named(&input.name)?;
        pinned(&input.workspace, &input.heads)?;
        let root = format!("{SCOPES_FOLDER}/{}/", input.name);
        let coming = coming(input.files, input.encoding)?;
        let lines = coming.iter().map(|file| line(&file.path, &file.hash));
        let digest = digest_of(lines.collect());
        self.fits(&root, &coming)?;
        let (differences, mut ops) = self.steps(&root, coming, input.dry_run)?;
        let total = differences.len() as u64;
        let output = CompareOutput {
            differences: differences.into_iter().take(DIFFERENCES_MAX).collect(),
            total,
        };
        let view = self.view();
        let now = (1..view.scopes()).find(|scope| view.name(*scope) == Some(&input.name));
        let same = now.and_then(|scope| view.mount(scope)).is_some_and(|note| {
            note.workspace == input.workspace && note.heads == input.heads && note.digest == digest
        });
        if input.dry_run || same && ops.is_empty() {
            return Ok(output);
        }
        let verb = if now.is_some() { "Update" } else { "Mount" };
        let message = format!("{verb} {} at {}", input.name, input.heads.join(", "));
        let note = Note {
            workspace: input.workspace,
            heads: input.heads,
            mounted_ms: cx.now_ms,
            digest,
        };
        ops.push(Op::write(format!("{root}{SCOPE_FILE}"), note.to_text()));
        self.change_all(cx, origin, message, &ops)?;
        Ok(output)
    }

    pub(super) fn scope_unmount(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: UnmountInput,
    ) -> ToolResult<Changed> {
        let path = format!("{SCOPES_FOLDER}/{}", input.name);
        if input.name.contains('/') || self.workspace.stat(&path).is_err() {
            let message = format!("No workspace is mounted as `{}`.", input.name);
            return Err(ToolError::new(ErrorCode::NotFound, message)
                .hint("`workspace_status` lists those that are mounted."));
        }
        let message = format!("Unmount {}", input.name);
        self.change_all(cx, origin, message, &[Op::Remove { path }])
            .map(changed)
    }

    /// Refuses what would be more parents than are looked through.
    fn fits(&self, root: &str, coming: &[Coming]) -> ToolResult<()> {
        let view = self.view();
        let mut scopes = 1;
        for scope in 1..view.scopes() {
            if !view.root(scope).starts_with(root) {
                scopes += 1;
            }
        }
        for Coming { path, .. } in coming {
            // Each parent's parent that was mounted brings its note.
            if path.starts_with(SCOPES_FOLDER) && path.ends_with(&format!("/{SCOPE_FILE}")) {
                scopes += 1;
                if path.matches(&format!("{SCOPES_FOLDER}/")).count() >= SCOPE_DEPTH_MAX {
                    return Err(too_large("parents above each other", SCOPE_DEPTH_MAX));
                }
            }
        }
        if scopes > SCOPES_MAX {
            return Err(too_large(
                "parents, those of its parents included,",
                SCOPES_MAX,
            ));
        }
        Ok(())
    }

    /// What must change so that a folder holds these files and nothing else.
    fn steps(
        &self,
        root: &str,
        coming: Vec<Coming>,
        dry_run: bool,
    ) -> ToolResult<(Vec<Difference>, Vec<Op>)> {
        let snapshot = self.workspace.snapshot();
        let (mut differences, mut ops) = (Vec::new(), Vec::new());
        let mut differs = |verb: &str, path: &str| {
            differences.push(Difference {
                verb: verb.into(),
                path: path.into(),
                was: None,
                kind: EntryKind::File,
                edited: verb == "edited",
            });
        };
        // What stays: the files that come, and the folders above them, with a slash.
        let mut stay = BTreeSet::new();
        stay.insert(format!("{root}{SCOPE_FILE}"));
        for file in &coming {
            let path = format!("{root}{}", file.path);
            stay.extend(
                path.match_indices('/')
                    .map(|(at, _)| path[..=at].to_owned()),
            );
            stay.insert(path);
        }
        let mut gone = String::new();
        let found = snapshot.list(root.trim_end_matches('/'), true);
        for entry in found.unwrap_or_default() {
            let below = format!("{}/", entry.path);
            let key = if entry.is_folder() {
                &below
            } else {
                &entry.path
            };
            if stay.contains(key) {
                continue;
            }
            if !entry.is_folder() {
                differs("removed", &entry.path);
            }
            // What is below a folder goes with it.
            if gone.is_empty() || !entry.path.starts_with(&gone) {
                gone = below;
                ops.push(Op::Remove { path: entry.path });
            }
        }
        for Coming { path, hash, bytes } in coming {
            let path = format!("{root}{path}");
            let now = snapshot.get(&path).map_err(failure)?;
            let now = now.filter(|entry| !entry.is_folder());
            // Writing a file decides what was made apart in it, so one with a mark is as good as changed.
            let is_same = |entry: &Entry| entry.hash == Some(hash) && entry.mark.is_none();
            if now.as_ref().is_some_and(is_same) {
                continue;
            }
            differs(if now.is_some() { "edited" } else { "added" }, &path);
            ops.push(match bytes {
                Some(bytes) => Op::write(path, bytes),
                None if dry_run || self.has(&hash)? => Op::Put {
                    path,
                    hash,
                    create_only: false,
                },
                None => {
                    let message = format!("No content with the hash {hash} is stored.");
                    let hint = "Send the content itself, or bring it first.";
                    return Err(ToolError::new(ErrorCode::NotFound, message)
                        .path(path)
                        .hint(hint));
                }
            });
        }
        Ok((differences, ops))
    }

    fn has(&self, hash: &Hash) -> ToolResult<bool> {
        let size = self.workspace.content_size(hash).map_err(failure)?;
        Ok(size.is_some())
    }
}

/// The files that are mounted of those that a caller sent, in order of path.
fn coming(files: BTreeMap<String, String>, encoding: Encoding) -> ToolResult<Vec<Coming>> {
    if files.len() > SCOPE_FILES_MAX {
        return Err(too_large("files", SCOPE_FILES_MAX));
    }
    let mut coming = Vec::new();
    let mut sum = 0;
    for (path, content) in files {
        let parsed = Path::parse(&path).map_err(failure)?;
        let top = parsed.names().first().map(|name| fold(name));
        let top = top.as_deref().unwrap_or_default();
        let kept = [SCOPES_FOLDER, SCOPES_FILE].contains(&top);
        if !kept && (top.is_empty() || top == SCOPE_FILE || PROTECTED.contains(&top)) {
            continue;
        }
        let (hash, bytes) = if encoding == Encoding::Hash {
            (hash_of(&content)?, None)
        } else {
            sum += content.len();
            if sum > SCOPE_BYTES_MAX {
                return Err(too_large("bytes", SCOPE_BYTES_MAX));
            }
            let bytes = decoded(&path, encoding, content)?;
            (Hash::of(&bytes), Some(bytes))
        };
        if parsed.to_string() != path {
            let hint = "Name it in Unicode's composed form (NFC), without slashes at its ends.";
            return Err(unfit(format!("`{path}` has another spelling."), hint).path(path));
        }
        coming.push(Coming { path, hash, bytes });
    }
    if coming.is_empty() {
        return Err(unfit(
            "The workspace has no files.".into(),
            "Send all its files.",
        ));
    }
    Ok(coming)
}

/// Refuses a name that could be mistaken for something else.
fn named(name: &str) -> ToolResult<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= SCOPE_NAME_CHARS_MAX && name.chars().all(is_plain) {
        return Ok(());
    }
    let shown: String = name.chars().take(80).collect();
    Err(unfit(
        format!("`{shown}` can't be a parent's name."),
        "Use letters, digits, `-` and `_`, 64 at the most.",
    ))
}

fn pinned(workspace: &str, heads: &[String]) -> ToolResult<()> {
    let is_id = |text: &str| {
        !text.is_empty()
            && text.len() <= SCOPE_ID_CHARS_MAX
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let fits = !heads.is_empty() && heads.len() <= SCOPE_HEADS_MAX;
    if is_id(workspace) && fits && heads.iter().all(|head| is_id(head)) {
        return Ok(());
    }
    Err(unfit(
        "`workspace` and `heads` name no point in a workspace's history.".into(),
        "Take both from `workspace.json` in the export of that workspace.",
    ))
}

fn unfit(message: String, hint: &str) -> ToolError {
    ToolError::new(ErrorCode::InvalidInput, message).hint(hint)
}

fn too_large(what: &str, max: usize) -> ToolError {
    let message = format!("There may be {max} {what} at the most.");
    ToolError::new(ErrorCode::TooLarge, message)
        .hint("Mount a workspace that holds only what its children need.")
}

const _: () = assert!(NOTE_BYTES_MAX as usize > SCOPE_HEADS_MAX * (SCOPE_ID_CHARS_MAX + 10) * 2);
