//! Workspaces over other workspaces: what is seen where several have a file.
//!
//! A workspace is a scope. Others are mounted in it as read-only parents: copies of their files at pinned heads, each in a folder
//! below `scopes/`, with a note of what it is a copy of. A path is looked for here first, then in each parent, depth first; the
//! nearest file wins, as a whole. `docs/design-scopes.md` says why.

mod note;

use selvage_lint::Refused;
use selvage_tool::run::{PROTECTED, Parent, SCOPE_FILE, SCOPES_FILE, SCOPES_FOLDER};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Entry, Hash, Path, Result, Snapshot, VfsError, Workspace, fold};
use std::ops::Range;

pub(crate) use note::{NOTE_BYTES_MAX, Note, digest_of, line};

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
        let order = note::order(workspace, &self.snapshot, &format!("{root}{SCOPES_FILE}"));
        let (mut found, mut parents) = (Vec::new(), Vec::new());
        for entry in entries {
            if entry.is_folder() {
                found.push(entry.name);
            }
        }
        for name in order {
            if let Some(at) = found.iter().position(|one| *one == name) {
                parents.push(found.remove(at));
            }
        }
        parents.append(&mut found);
        for parent in parents {
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

    /// How many scopes there are; their numbers count up from the nearest.
    pub(crate) fn scopes(&self) -> usize {
        self.scopes.len()
    }

    /// What a scope and those above it have at a path, nearest first.
    fn find(&self, from: usize, path: &str) -> Result<(usize, Entry)> {
        let parsed = Path::parse(path)?;
        let path = parsed.to_string();
        let top = parsed.names().first().map_or("", String::as_str);
        for scope in self.upward(from) {
            if hides(scope, top) {
                continue;
            }
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
        let path = folder.path.as_str();
        if !folder.is_folder() {
            return Err(VfsError::NotAFolder { path: path.into() });
        }
        let mut seen = Vec::new();
        for scope in first..self.scopes.len() {
            let root = &self.scopes[scope].root;
            let below = format!("{root}{path}");
            let found = self.snapshot.list(below.trim_end_matches('/'), recursive);
            for mut entry in found.unwrap_or_default() {
                entry.path.drain(..root.len());
                // In the workspace itself, nothing hides what is there but its place.
                let nearest = match scope {
                    0 => !hides(0, entry.path.split('/').next().unwrap_or_default()),
                    _ => self.find(0, &entry.path).is_ok_and(|(at, _)| at == scope),
                };
                if nearest {
                    seen.push(entry);
                }
            }
        }
        Ok(seen)
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
        // A parent's parents come behind it, so the last that fits is the one.
        let mut inside = None;
        for scope in 1..self.scopes.len() {
            if let Some(rest) = path.strip_prefix(&self.scopes[scope].root) {
                inside = Some((scope, rest));
            }
        }
        let Some((scope, rest)) = inside else {
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

    /// Why what a file imports does not mean the same to it as in its own workspace, and what to do; nothing where it does.
    pub(crate) fn astray(&self, from: &str, to: &str) -> Option<Refused> {
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
        let message = format!("`{from}` is of the scope `{name}` and imports `{to}` of {owner}.");
        Some((message, hint))
    }

    /// What tells whether a path means the same as before: what the file there holds, and where it lies. The empty path stands for
    /// all that is mounted.
    pub(crate) fn seen(&self, path: &str) -> Option<Hash> {
        let mut text = String::new();
        if path.is_empty() {
            for scope in &self.scopes {
                text.push_str(&scope.note.digest);
            }
        } else {
            let (scope, entry) = self.find(0, path).ok()?;
            text = format!("{}{}", self.scopes[scope].root, entry.hash?);
        }
        Some(Hash::of(text.as_bytes()))
    }

    /// What is told of a scope.
    pub(crate) fn parent(&self, scope: usize) -> Parent {
        let Scope { name, note, .. } = &self.scopes[scope];
        Parent {
            name: name.clone(),
            workspace: note.workspace.clone(),
            heads: note.heads.clone(),
            problem: None,
        }
    }

    /// Refuses a scope that is not what was mounted.
    ///
    /// # Errors
    /// [`ErrorCode::ScopeChanged`].
    pub(crate) fn check(&self, scope: usize) -> ToolResult<()> {
        let name = self.scopes[scope]
            .name
            .split('/')
            .next()
            .unwrap_or_default();
        let mount = self.scopes.iter().find(|scope| scope.name == name);
        let root = mount.map_or("", |mount| &mount.root);
        if root.is_empty()
            || mount.is_some_and(|mount| note::digest(&self.snapshot, root) == mount.note.digest)
        {
            return Ok(());
        }
        let message = format!("The files of the scope `{name}` are not those that were mounted.");
        let hint = "Two devices mounted it apart, or something else changed it. Mount it again, or unmount it.";
        Err(ToolError::new(ErrorCode::ScopeChanged, message)
            .path(root.trim_end_matches('/'))
            .hint(hint))
    }

    /// What a scope says of itself, where it is mounted here and not in a parent.
    pub(crate) fn mount(&self, scope: usize) -> Option<&Note> {
        let Scope { name, note, .. } = self.scopes.get(scope)?;
        (!name.is_empty() && !name.contains('/')).then_some(note)
    }

    /// A scope and those above it.
    fn upward(&self, from: usize) -> Range<usize> {
        let mut end = from + 1;
        while end < self.scopes.len() && self.scopes[end].root.starts_with(&self.scopes[from].root)
        {
            end += 1;
        }
        from..end
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
