//! Tools on files and folders.

use super::contents::not_text;
use super::history::heads;
use crate::engine::{Asking, Cx, Outcome, Workbench};
use crate::failure::failure;
use crate::patch::{self, Step};
use selvage_lint::order::arranged;
use selvage_tool::catalogue::{
    Changed, Entry, EntryKind, LsInput, LsOutput, Match, MoveInput, PatchInput, PatchOutput,
    Patched, PathInput, SearchIn, SearchInput, SearchOutput,
};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{self as vfs, Change, Op, Origin, Query, kept};
use std::cell::Cell;

/// How many matches a search gives unless told.
const MATCHES: u32 = 200;

/// The most matches that a search gives.
const MATCHES_MAX: u32 = 5_000;

pub(super) fn changed(change: Change) -> Changed {
    Changed {
        change: change.heads.to_strings(),
        message: change.message,
        paths: change.paths,
        left: Vec::new(),
    }
}

/// A path as the workspace keeps it, with the slashes that callers like to send taken off its ends.
pub(crate) fn bare(path: &str) -> String {
    kept(path.trim_matches('/'))
}

pub(super) fn kind_of(kind: vfs::Kind) -> EntryKind {
    match kind {
        vfs::Kind::File => EntryKind::File,
        vfs::Kind::Folder => EntryKind::Folder,
    }
}

fn entry(entry: &vfs::Entry) -> Entry {
    Entry {
        path: entry.path.clone(),
        name: entry
            .path
            .rsplit('/')
            .next()
            .unwrap_or(&entry.path)
            .to_owned(),
        kind: kind_of(entry.kind),
        size: entry.size,
        hash: entry.hash.map(|hash| hash.to_string()).unwrap_or_default(),
        text: entry.text,
        modified_ms: entry.modified_ms,
        id: entry.id.to_string(),
    }
}

impl Workbench {
    pub(super) fn ls(&self, input: &LsInput) -> ToolResult<LsOutput> {
        let path = &bare(&input.path);
        let past = match &input.at {
            None => None,
            Some(at) => Some(self.workspace.at(&heads(at)?).map_err(failure)?),
        };
        let list = |recursive| match &past {
            None => self.workspace.list(path, recursive),
            Some(past) => past.list(path, recursive),
        };
        let mut found = list(input.recursive).map_err(failure)?;
        if !path.is_empty() && !self.may_see_folder(path, || list(true)) {
            let path = path.clone();
            return Err(failure(vfs::VfsError::NotFound { path }));
        }
        found.retain(|entry| self.may_see(&entry.path));
        let entries = arranged(found.iter().map(entry).collect(), |entry: &Entry| {
            (
                u64::from(entry.kind == EntryKind::File),
                entry.path.to_lowercase(),
            )
        });
        Ok(LsOutput { entries })
    }

    pub(super) fn stat(&self, path: &str) -> ToolResult<Entry> {
        self.workspace
            .stat(&bare(path))
            .map(|found| entry(&found))
            .map_err(failure)
    }

    pub(super) fn mkdir(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: PathInput,
    ) -> ToolResult<Changed> {
        let path = bare(&input.path);
        self.change(cx, origin, format!("Make {path}"), &[Op::Mkdir { path }])
            .map(changed)
    }

    pub(super) fn move_to(
        &mut self,
        cx: &mut Cx<'_>,
        asking: &Asking,
        input: MoveInput,
    ) -> Result<Changed, Outcome> {
        let (from, mut to) = (bare(&input.from), bare(&input.to));
        // Where it would come to tells whether a folder is there, so that is looked at only where it may be.
        let into_folder = from != to
            && self
                .workspace
                .stat(&to)
                .is_ok_and(|target| target.is_folder())
            && self.may_see_folder(&to, || self.workspace.list(&to, true));
        if into_folder || to.is_empty() {
            let name = from.rsplit('/').next().unwrap_or(&from);
            to = if to.is_empty() {
                name.to_owned()
            } else {
                format!("{to}/{name}")
            };
        }
        let message = format!("Move {from} to {to}");
        let mut ops = vec![Op::Move { from, to }];
        let renames = self.with_renames(asking, &mut ops)?;
        let mut moved = changed(self.change(cx, &asking.origin, message, &ops)?);
        moved.left = renames.left;
        Ok(moved)
    }

    pub(super) fn delete(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: PathInput,
    ) -> ToolResult<Changed> {
        let path = bare(&input.path);
        self.change(cx, origin, format!("Delete {path}"), &[Op::Remove { path }])
            .map(changed)
    }

    pub(super) fn apply_patch(
        &mut self,
        cx: &mut Cx<'_>,
        asking: &Asking,
        input: PatchInput,
    ) -> Result<PatchOutput, Outcome> {
        let refused = Cell::new(None);
        let read = |path: &str| -> ToolResult<String> {
            let path = &bare(path);
            // The refusal is noted below, in place of this error.
            if !self.may_edit(path) {
                refused.set(Some(path.clone()));
                return Err(not_text(path));
            }
            let bytes = self.workspace.read(path).map_err(failure)?;
            String::from_utf8(bytes).map_err(|_| not_text(path))
        };
        let steps = match (&input.patch, input.edits.is_empty()) {
            (Some(text), true) => patch::apply(text, &read),
            (None, false) => patch::replace(&input.edits, &read),
            _ => {
                return Err(ToolError::new(ErrorCode::InvalidInput, "`apply_patch` takes either `patch` or `edits`.")
                    .hint("Send a unified diff as `patch`, or a list of `{ path, find, replace }` as `edits`.")
                    .into());
            }
        };
        if let Some(path) = refused.take() {
            self.let_edit(cx, &path)?;
        }
        let steps = steps?;
        let mut files = Vec::with_capacity(steps.len());
        let mut ops = Vec::with_capacity(steps.len());
        for step in steps {
            let (op, path, kind) = match step {
                Step::Create(path, text) => (write_op(&path, text, true), path, "created"),
                Step::Change(path, text) => (write_op(&path, text, false), path, "changed"),
                Step::Move(from, to) => (
                    Op::Move {
                        from: bare(&from),
                        to: bare(&to),
                    },
                    to,
                    "moved",
                ),
                Step::Delete(path) => (Op::Remove { path: bare(&path) }, path, "deleted"),
            };
            ops.push(op);
            files.push(Patched {
                path: bare(&path),
                kind: kind.to_owned(),
            });
        }
        let names: Vec<&str> = files
            .iter()
            .map(|file| file.path.as_str())
            .take(3)
            .collect();
        let message = format!("Patch {}", names.join(", "));
        let renames = self.with_renames(asking, &mut ops)?;
        let change = self.change(cx, &asking.origin, message, &ops)?;
        for path in renames.rewritten {
            if files
                .iter()
                .all(|file| file.path != path || file.kind == "moved")
            {
                let kind = "changed".to_owned();
                files.push(Patched { path, kind });
            }
        }
        Ok(PatchOutput {
            files,
            left: renames.left,
            change: change.heads.to_strings(),
        })
    }

    pub(super) fn search(&self, input: &SearchInput) -> ToolResult<SearchOutput> {
        let limit = input.limit.unwrap_or(MATCHES).min(MATCHES_MAX);
        let query = Query {
            text: input.query.clone(),
            within: match input.place {
                SearchIn::Name => vfs::SearchIn::Name,
                SearchIn::Content => vfs::SearchIn::Content,
                SearchIn::Both => vfs::SearchIn::Both,
            },
            path: bare(&input.path),
            regex: input.regex,
            match_case: input.match_case,
            limit: limit as usize,
        };
        let found = self
            .workspace
            .search_seen(&query, &|path| self.may_see(path));
        let found = found.map_err(failure)?;
        let matches = found
            .matches
            .into_iter()
            .map(|one| Match {
                path: one.path,
                line: one.line,
                column: one.column,
                text: one.text,
            })
            .collect();
        Ok(SearchOutput {
            matches,
            truncated: found.truncated,
        })
    }
}

fn write_op(path: &str, text: String, create_only: bool) -> Op {
    Op::Write {
        path: bare(path),
        bytes: text.into_bytes(),
        create_only,
        base: None,
    }
}
