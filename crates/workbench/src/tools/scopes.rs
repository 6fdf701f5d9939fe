//! Tools that mount other workspaces as parents.

use super::contents::decoded;
use super::files::changed;
use crate::contents::hash_of;
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use crate::scopes::{NOTE_BYTES_MAX, Note, SCOPE_DEPTH_MAX, SCOPES_MAX, digest_of};
use selvage_tool::catalogue::{
    Changed, Difference, Encoding, EntryKind, MountFile, MountInput, MountOutput, UnmountInput,
};
use selvage_tool::run::{PROTECTED, SCOPE_FILE, SCOPES_FILE, SCOPES_FOLDER};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Origin, Path, fold};
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
    hash: Hash,
    bytes: Option<Vec<u8>>,
}

impl Workbench {
    pub(super) fn scope_mount(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: MountInput,
    ) -> ToolResult<MountOutput> {
        named(&input.name)?;
        pinned(&input.workspace, &input.heads)?;
        let root = format!("{SCOPES_FOLDER}/{}/", input.name);
        let coming = coming(input.files)?;
        let digest = digest_of(coming.iter().map(|(path, file)| (path.clone(), file.hash)));
        self.fits(&root, &coming)?;
        let (differences, mut ops) = self.steps(&root, coming, input.dry_run)?;
        let total = differences.len() as u64;
        let output = MountOutput {
            differences: differences.into_iter().take(DIFFERENCES_MAX).collect(),
            total,
            digest: digest.clone(),
            change: Vec::new(),
        };
        let view = self.view();
        let mut now = view
            .mounts()
            .into_iter()
            .map(|(scope, note)| (view.name(scope), note));
        let now = now.find(|(name, _)| *name == Some(&input.name));
        let same = now.as_ref().is_some_and(|(_, note)| {
            (&note.workspace, &note.heads, &note.digest)
                == (&input.workspace, &input.heads, &digest)
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
        let text = serde_json::to_string_pretty(&note).unwrap_or_default() + "\n";
        ops.push(Op::write(format!("{root}{SCOPE_FILE}"), text));
        let change = self.change_all(cx, origin, message, &ops)?;
        Ok(MountOutput {
            change: change.heads.to_strings(),
            ..output
        })
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
    fn fits(&self, root: &str, coming: &BTreeMap<String, Coming>) -> ToolResult<()> {
        let mut folders = BTreeSet::from([root.to_owned()]);
        for path in coming.keys() {
            let names: Vec<&str> = path.split('/').collect();
            let mut depth = 0;
            while names.len() > 2 * depth + 2 && names[2 * depth] == SCOPES_FOLDER {
                depth += 1;
                folders.insert(format!("{root}{}/", names[..2 * depth].join("/")));
            }
            if depth >= SCOPE_DEPTH_MAX {
                return Err(too_large(format!(
                    "Parents stand {SCOPE_DEPTH_MAX} above each other at the most."
                )));
            }
        }
        let view = self.view();
        let others = view.scopes().skip(1).map(|scope| view.root(scope));
        let others = others.filter(|other| !other.starts_with(root)).count();
        if others + folders.len() > SCOPES_MAX {
            return Err(too_large(format!(
                "A workspace has {SCOPES_MAX} parents at the most, those of its parents included."
            )));
        }
        Ok(())
    }

    /// What must change so that a folder holds these files and nothing else.
    fn steps(
        &self,
        root: &str,
        coming: BTreeMap<String, Coming>,
        dry_run: bool,
    ) -> ToolResult<(Vec<Difference>, Vec<Op>)> {
        let snapshot = self.workspace.snapshot();
        let mut folders = BTreeSet::new();
        for path in coming.keys() {
            folders.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
        }
        let (mut differences, mut ops) = (Vec::new(), Vec::new());
        let mut differs = |verb: &str, path: &str| {
            differences.push(Difference {
                verb: verb.into(),
                path: format!("{root}{path}"),
                was: None,
                kind: EntryKind::File,
                edited: verb == "edited",
            });
        };
        // Writing a file decides what was made apart in it, so one with a mark is as good as changed.
        let mut kept: BTreeMap<String, Option<Hash>> = BTreeMap::new();
        let found = snapshot.list(root.trim_end_matches('/'), true);
        for entry in found.unwrap_or_default() {
            let path = &entry.path[root.len()..];
            let stays = match &entry.hash {
                None => folders.contains(path),
                Some(_) => path == SCOPE_FILE || coming.contains_key(path),
            };
            match entry.hash {
                Some(hash) if stays => {
                    let hash = entry.mark.is_none().then_some(hash);
                    kept.insert(path.to_owned(), hash);
                }
                Some(_) => differs("removed", path),
                None => {}
            }
            let path = entry.path.clone();
            let is_gone = |op: &Op| matches!(op, Op::Remove { path: gone } if path.starts_with(&format!("{gone}/")));
            if !stays && !ops.iter().any(is_gone) {
                ops.push(Op::Remove { path });
            }
        }
        for (path, file) in coming {
            let now = kept.get(&path);
            if now == Some(&Some(file.hash)) {
                continue;
            }
            differs(if now.is_some() { "edited" } else { "added" }, &path);
            let path = format!("{root}{path}");
            ops.push(match file.bytes {
                Some(bytes) => Op::write(path, bytes),
                None if dry_run || self.has(&file.hash)? => Op::Put {
                    path,
                    hash: file.hash,
                    create_only: false,
                },
                None => {
                    let message = format!("No content with the hash {} is stored.", file.hash);
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

/// The files that are mounted of those that a caller sent, by path.
fn coming(files: Vec<MountFile>) -> ToolResult<BTreeMap<String, Coming>> {
    if files.len() > SCOPE_FILES_MAX {
        return Err(too_large(format!(
            "A parent has {SCOPE_FILES_MAX} files at the most."
        )));
    }
    let mut coming = BTreeMap::new();
    let mut sum = 0;
    for MountFile {
        path,
        content,
        encoding,
    } in files
    {
        let parsed = Path::parse(&path).map_err(failure)?;
        let top = parsed.names().first().map(|name| fold(name));
        let top = top.as_deref().unwrap_or_default();
        let kept = [SCOPES_FOLDER, SCOPES_FILE].contains(&top);
        if !kept && (top.is_empty() || top == SCOPE_FILE || PROTECTED.contains(&top)) {
            continue;
        }
        let file = if encoding == Encoding::Hash {
            let hash = hash_of(&content)?;
            Coming { hash, bytes: None }
        } else {
            sum += content.len();
            if sum > SCOPE_BYTES_MAX {
                return Err(too_large(format!(
                    "Contents have {SCOPE_BYTES_MAX} bytes together at the most."
                )));
            }
            let bytes = decoded(&path, encoding, content)?;
            let hash = Hash::of(&bytes);
            let bytes = Some(bytes);
            Coming { hash, bytes }
        };
        if coming.insert(parsed.to_string(), file).is_some() {
            let message = format!("`{path}` is there twice.");
            return Err(unfit(message, "Send each file once.").path(path));
        }
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

fn too_large(message: String) -> ToolError {
    ToolError::new(ErrorCode::TooLarge, message)
        .hint("Mount a workspace that holds only what its children need.")
}

const _: () = assert!(NOTE_BYTES_MAX as usize > SCOPE_HEADS_MAX * (SCOPE_ID_CHARS_MAX + 10) * 2);
