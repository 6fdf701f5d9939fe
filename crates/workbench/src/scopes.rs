//! Workspaces over other workspaces: what is seen where several have a file.
//!
//! A workspace is a scope. Others are mounted in it as read-only parents: copies of their files at pinned heads, each in a folder
//! below `scopes/`, with a note of what it is a copy of. A path is looked for here first, then in each parent, depth first; the
//! nearest file wins, as a whole. `docs/design-scopes.md` says why.

mod note;

use selvage_tool::run::{PROTECTED, SCOPE_FILE, SCOPES_FILE, SCOPES_FOLDER, ScopeHeads};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Entry, Path, Result, Snapshot, VfsError, Workspace, fold};
use std::collections::BTreeMap;
use std::ops::Range;

pub(crate) use note::{NOTE_BYTES_MAX, Note, digest_of};

/// How many parents may stand above each other: a parent's parent is the second.
pub const SCOPE_DEPTH_MAX: usize = 4;

/// The most parents that are looked through, those of parents included.
pub const SCOPES_MAX: usize = 32;

/// The workspace itself, or one that is mounted in it.
#[derive(Debug, Clone)]
struct Scope {
    /// What it is called here, a parent's parent by both names; empty for the workspace itself.
    name: String,
    /// What stands before a path of it, with a slash; empty for the workspace itself.
    root: String,
    note: Note,
}

/// What is seen of a workspace and its parents at one point in time. Paths are those of the scope that has the file.
#[derive(Debug, Clone)]
pub(crate) struct View {
    snapshot: Snapshot,
    /// The workspace itself, then its parents in the order in which they are looked through.
    scopes: Vec<Scope>,
}

/// An import of a parent's file that means something else than it means in the parent alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Astray {
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl View {
    /// The view of a snapshot.
    pub(crate) fn new(workspace: &Workspace, snapshot: Snapshot) -> Self {
        let mut view = Self::own(snapshot);
        view.enter(workspace, 0, 1);
        view
    }

    /// The view of a workspace without its parents.
    pub(crate) fn own(snapshot: Snapshot) -> Self {
        let own = Scope {
            name: String::new(),
            root: String::new(),
            note: Note::default(),
        };
        Self {
            snapshot,
            scopes: vec![own],
        }
    }

    /// Adds the parents of a scope, each with its own parents behind it.
    fn enter(&mut self, workspace: &Workspace, child: usize, depth: usize) {
        let Scope { name, root, .. } = self.scopes[child].clone();
        let folder = format!("{root}{SCOPES_FOLDER}");
        let Ok(entries) = self.snapshot.list(&folder, false) else {
            return;
        };
        let mut found: Vec<String> = entries
            .into_iter()
            .filter(Entry::is_folder)
            .map(|entry| entry.name)
            .collect();
        found.sort();
        let order = format!("{root}{SCOPES_FILE}");
        let order = note::order(workspace, &self.snapshot, &order);
        found.sort_by_key(|name| {
            order
                .iter()
                .position(|one| one == name)
                .unwrap_or(usize::MAX)
        });
        for parent in found {
            if depth > SCOPE_DEPTH_MAX || self.scopes.len() > SCOPES_MAX {
                return;
            }
            let root = format!("{folder}/{parent}/");
            let note = format!("{root}{SCOPE_FILE}");
            let name = match name.as_str() {
                "" => parent,
                name => format!("{name}/{parent}"),
            };
            let note = Note::read(workspace, &self.snapshot, &note);
            self.scopes.push(Scope { name, root, note });
            self.enter(workspace, self.scopes.len() - 1, depth + 1);
        }
    }

    /// What is at a path, or [`VfsError::NotFound`].
    pub(crate) fn stat(&self, path: &str) -> Result<Entry> {
        self.find(0, path).map(|(_, entry)| entry)
    }

    /// The number of the scope that has the nearest file of a path; that of the workspace itself where none has.
    pub(crate) fn scope_of(&self, path: &str) -> usize {
        if self.scopes.len() == 1 {
            return 0;
        }
        self.find(0, path).map_or(0, |(scope, _)| scope)
    }

    /// Where the nearest file of a path lies: the path itself, or one below `scopes/`.
    pub(crate) fn place(&self, path: &str) -> String {
        format!("{}{path}", self.scopes[self.scope_of(path)].root)
    }

    /// What a scope is called; nothing for the workspace itself.
    pub(crate) fn name(&self, scope: usize) -> Option<&str> {
        let name = self.scopes.get(scope)?.name.as_str();
        Some(name).filter(|name| !name.is_empty())
    }

    /// What stands before the path of a scope's file.
    pub(crate) fn root(&self, scope: usize) -> &str {
        &self.scopes[scope].root
    }

    /// The numbers of all scopes, nearest first.
    pub(crate) fn scopes(&self) -> Range<usize> {
        0..self.scopes.len()
    }

    /// What a scope and those above it have at a path, nearest first.
    fn find(&self, from: usize, path: &str) -> Result<(usize, Entry)> {
        let parsed = Path::parse(path)?;
        let path = parsed.to_string();
        let top = parsed.names().first().map_or("", String::as_str);
        for scope in self.upward(from).filter(|scope| !hides(*scope, top)) {
            let root = &self.scopes[scope].root;
            let found = self.snapshot.get(&format!("{root}{path}"));
            match found.or_else(|error| if scope == 0 { Err(error) } else { Ok(None) })? {
                Some(entry) => return Ok((scope, Entry { path, ..entry })),
                None if self.has_file_above(scope, &path) => break,
                None => {}
            }
        }
        Err(VfsError::NotFound { path })
    }

    /// What a folder holds, with `recursive` everything below it.
    pub(crate) fn list(&self, path: &str, recursive: bool) -> Result<Vec<Entry>> {
        let (first, folder) = self.find(0, path)?;
        let path = folder.path.clone();
        if !folder.is_folder() {
            return Err(VfsError::NotAFolder { path });
        }
        let mut seen: BTreeMap<String, Entry> = BTreeMap::new();
        let top = path.split('/').next().unwrap_or_default();
        for scope in (first..self.scopes.len()).filter(|scope| !hides(*scope, top)) {
            let root = &self.scopes[scope].root;
            let below = format!("{root}{path}");
            let Ok(found) = self.snapshot.list(below.trim_end_matches('/'), recursive) else {
                if self.has_file_above(scope, &path) {
                    break;
                }
                continue;
            };
            for mut entry in found {
                entry.path.drain(..root.len());
                let top = entry.path.split('/').next().unwrap_or_default();
                let is_file = |folder: &str| seen.get(folder).is_some_and(|at| !at.is_folder());
                let mut above = entry.path.match_indices('/');
                let hidden = scope > 0 && above.any(|(at, _)| is_file(&entry.path[..at]));
                if !hidden && !hides(scope, top) {
                    seen.entry(entry.path.clone()).or_insert(entry);
                }
            }
        }
        Ok(seen.into_values().collect())
    }

    /// Everything that is seen.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.list("", true).unwrap_or_default()
    }

    /// The path in the view of what stands below `scopes/`, and the scope that it is of.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] where another file takes its place.
    pub(crate) fn inside(&self, path: &str) -> ToolResult<Option<String>> {
        let whole = self.scopes().skip(1).filter_map(|scope| {
            let rest = path.strip_prefix(&self.scopes[scope].root)?;
            Some((scope, rest))
        });
        let Some((scope, rest)) = whole.max_by_key(|(scope, _)| self.scopes[*scope].root.len())
        else {
            return Ok(None);
        };
        if self.find(0, rest).is_ok_and(|(at, _)| at == scope) {
            return Ok(Some(rest.to_owned()));
        }
        let message = format!("`{path}` is not what `{rest}` means here.");
        Err(ToolError::new(ErrorCode::NotFound, message)
            .path(path)
            .hint(format!(
                "A nearer scope has a file of that path: name it as `{rest}`."
            )))
    }

    /// Whether what a file imports means the same to it as in its own workspace; if not, why.
    pub(crate) fn astray(&self, from: &str, to: &str) -> Option<Astray> {
        let importer = self.scope_of(from);
        let (scope, imported) = self.find(0, to).ok()?;
        if importer == 0 || imported.is_folder() {
            return None;
        }
        let own = self.find(importer, to).ok().map(|(_, entry)| entry);
        if own.as_ref().is_some_and(|own| own.hash == imported.hash) {
            return None;
        }
        let owner = match self.name(scope) {
            Some(name) => format!("the scope `{name}`"),
            None => "this workspace".into(),
        };
        let name = &self.scopes[importer].name;
        let hint = match own {
            Some(_) => {
                format!("The file of {owner} hides one that `{name}` has: rename one of them.")
            }
            None => format!(
                "A parent works without those that mount it: keep the file in `{name}`, or hand over what it is needed for as an argument."
            ),
        };
        Some(Astray {
            message: format!("`{from}` is of the scope `{name}` and imports `{to}` of {owner}."),
            hint,
        })
    }

    /// The paths that the answer of [`Self::astray`] rests on, beside its own two.
    pub(crate) fn places(&self, from: &str, to: &str) -> Vec<String> {
        let above = self.upward(self.scope_of(from));
        above
            .map(|scope| format!("{}{to}", self.scopes[scope].root))
            .collect()
    }

    /// What a path means, where it may be one of [`Self::places`], too: what the file there holds, and the scope that it is of.
    pub(crate) fn seen(&self, path: &str) -> Option<(selvage_vfs::Hash, String)> {
        let (scope, entry) = match self.find(0, path) {
            Ok(found) => found,
            Err(_) => (0, self.snapshot.stat(path).ok()?),
        };
        Some((entry.hash?, self.scopes[scope].name.clone()))
    }

    /// What a record keeps of a scope.
    pub(crate) fn heads(&self, scope: usize) -> ScopeHeads {
        let Scope { name, note, .. } = &self.scopes[scope];
        ScopeHeads {
            name: name.clone(),
            workspace: note.workspace.clone(),
            heads: note.heads.clone(),
        }
    }

    /// Why a scope is not what was mounted; nothing where it is.
    pub(crate) fn changed(&self, scope: usize) -> Option<ToolError> {
        let name = self.name(scope)?.split('/').next()?;
        let mount = self.scopes.iter().find(|scope| scope.name == name)?;
        if note::digest(&self.snapshot, &mount.root) == mount.note.digest {
            return None;
        }
        let message = format!("The files of the scope `{name}` are not those that were mounted.");
        Some(
            ToolError::new(ErrorCode::ScopeChanged, message)
                .path(mount.root.trim_end_matches('/'))
                .hint(format!(
                    "Two devices mounted it apart, or something else changed it. Mount `{name}` again, or unmount it."
                )),
        )
    }

    /// The parents that are mounted here, without their own.
    pub(crate) fn mounts(&self) -> Vec<(usize, &Note)> {
        let direct = self.scopes().skip(1);
        let direct = direct.filter(|scope| !self.scopes[*scope].name.contains('/'));
        direct
            .map(|scope| (scope, &self.scopes[scope].note))
            .collect()
    }

    /// A scope and those above it.
    fn upward(&self, from: usize) -> Range<usize> {
        let root = &self.scopes[from].root;
        let above = self.scopes[from..].iter();
        let above = above.take_while(|scope| scope.root.starts_with(root));
        from..from + above.count()
    }

    /// Whether a file of a scope stands where a path needs a folder.
    fn has_file_above(&self, scope: usize, path: &str) -> bool {
        let root = &self.scopes[scope].root;
        path.match_indices('/').any(|(at, _)| {
            let above = self.snapshot.get(&format!("{root}{}", &path[..at]));
            above.ok().flatten().is_some_and(|entry| !entry.is_folder())
        })
    }
}

/// Whether what a scope has under a name of its root is nobody's to see: parents are seen at their own paths, and what a workspace
/// keeps about itself is not its children's.
fn hides(scope: usize, top: &str) -> bool {
    let top = fold(top);
    top == SCOPES_FOLDER || scope > 0 && (top == SCOPE_FILE || PROTECTED.contains(&top.as_str()))
}

/// Refuses a change below `scopes/`.
///
/// # Errors
/// [`ErrorCode::ReadOnly`].
pub(crate) fn writable(path: &str) -> ToolResult<()> {
    let top = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    if fold(top) != SCOPES_FOLDER {
        return Ok(());
    }
    let message = format!("`{path}` is part of a mounted workspace, and can only be read.");
    Err(ToolError::new(ErrorCode::ReadOnly, message).path(path).hint(
        "Write a file of that path outside `scopes/`, which comes first; or change it in its own workspace, and mount that again.",
    ))
}

#[cfg(test)]
mod tests;
