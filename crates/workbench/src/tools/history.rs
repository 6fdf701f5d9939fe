//! Tools on the past: history, differences, undo, redo, restore.

use super::files::{bare, changed, kind_of};
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use crate::scopes::writable;
use selvage_tool::ToolResult;
use selvage_tool::catalogue::{
    ChangeOrigin, Changed, CompareInput, CompareOutput, DiffInput, DiffOutput, Difference,
    HistoryChange, HistoryInput, HistoryOutput, RestoreInput, Sealed,
};
use selvage_tool::run::RUNS_FOLDER;
use selvage_vfs::{Heads, Meta, Origin, VfsError, unified};

/// How many changes `history` gives unless told.
const CHANGES: u32 = 100;

/// The most changes that `history` gives.
const CHANGES_MAX: u32 = 10_000;

/// How many differences `compare` gives unless told.
const DIFFERENCES: u32 = 500;

/// The most differences that `compare` gives.
const DIFFERENCES_MAX: u32 = 5_000;

pub(super) fn origin_of(origin: Origin) -> ChangeOrigin {
    ChangeOrigin {
        kind: origin.kind.as_str().to_owned(),
        name: origin.name,
    }
}

pub(super) fn heads(texts: &[String]) -> ToolResult<Heads> {
    Heads::from_strings(texts).map_err(failure)
}

pub(super) fn meta(cx: &Cx<'_>, origin: &Origin, message: &str) -> Meta {
    Meta {
        at_ms: cx.now_ms,
        origin: origin.clone(),
        message: message.to_owned(),
    }
}

impl Workbench {
    pub(super) fn history(&self, input: &HistoryInput) -> ToolResult<HistoryOutput> {
        let limit = input.limit.unwrap_or(CHANGES).min(CHANGES_MAX) as usize;
        let path = input.path.as_deref().map(bare);
        let path = path.as_deref();
        let found = self
            .workspace
            .history_after(path, input.skip as usize, limit + 1)
            .map_err(failure)?;
        let more = found.len() > limit;
        let mut changes = Vec::with_capacity(found.len());
        for mut entry in found.into_iter().take(limit) {
            if let Some(path) = path.filter(|_| !self.may_see_all())
                && !self.may_see_past(path, &entry.heads)?
            {
                (entry.hash, entry.size, entry.thinned_ms) = (None, None, None);
            }
            changes.push(HistoryChange {
                change: entry.change,
                heads: entry.heads.to_strings(),
                at_ms: entry.at_ms,
                origin: origin_of(entry.origin),
                message: self.message_seen(entry.message),
                hash: entry.hash.map(|hash| hash.to_string()),
                size: entry.size,
                thinned_ms: entry.thinned_ms,
            });
        }
        Ok(HistoryOutput { changes, more })
    }

    /// Whether whoever calls may read what is at a path now where it was then: a file brings its past along when it moves.
    fn may_see_past(&self, path: &str, then: &Heads) -> ToolResult<bool> {
        let was = self.workspace.was_at(path, then).map_err(failure)?;
        Ok(was.is_some_and(|was| self.may_see(&was)))
    }

    /// Drafts are sealed first, so that "now" is what is seen.
    pub(super) fn compare(
        &mut self,
        cx: &mut Cx<'_>,
        input: &CompareInput,
    ) -> ToolResult<CompareOutput> {
        self.seal(cx)?;
        let limit = input.limit.unwrap_or(DIFFERENCES).min(DIFFERENCES_MAX) as usize;
        let side = |at: &Option<Vec<String>>| at.as_deref().map(heads).transpose();
        let (from, to) = (side(&input.from)?, side(&input.to)?);
        let found = self
            .workspace
            .compare(from.as_ref(), to.as_ref(), limit)
            .map_err(failure)?;
        let differences = found.first.into_iter().map(|one| Difference {
            verb: one.verb.as_str().to_owned(),
            path: one.path,
            was: one.was,
            kind: kind_of(one.kind),
            edited: matches!(one.hashes, [Some(before), Some(after)] if before != after),
        });
        Ok(CompareOutput {
            differences: differences.collect(),
            total: found.total as u64,
        })
    }

    pub(super) fn diff(&mut self, cx: &mut Cx<'_>, input: &DiffInput) -> ToolResult<DiffOutput> {
        self.seal(cx)?;
        let path = &bare(&input.path);
        let side = |at: &Option<Vec<String>>| at.as_deref().map(heads).transpose();
        let (from, to) = (side(&input.from)?, side(&input.to)?);
        let text_at = |at: Option<&Heads>| -> ToolResult<String> {
            let bytes = match at {
                None => self.workspace.read(path),
                Some(at) => self
                    .workspace
                    .at(at)
                    .and_then(|past| past.stat(path))
                    .and_then(|entry| {
                        entry.hash.ok_or(VfsError::NotAFile {
                            path: path.to_owned(),
                        })
                    })
                    .and_then(|hash| self.workspace.read_hash(&hash)),
            };
            match bytes {
                Ok(bytes) => String::from_utf8(bytes).map_err(|_| {
                    failure(VfsError::NotText {
                        path: path.to_owned(),
                    })
                }),
                Err(VfsError::NotFound { .. }) => Ok(String::new()),
                Err(error) => Err(self.about(path, error)),
            }
        };
        let before = from
            .as_ref()
            .map_or(Ok(String::new()), |at| text_at(Some(at)))?;
        let after = text_at(to.as_ref())?;
        let unified = if self.may_see_all() {
            let followed = self.workspace.diff(path, from.as_ref(), to.as_ref());
            followed.map_err(failure)?
        } else {
            // A file is not followed to where it was before it moved: there it may not be one to be read.
            let [before, after] = [&before, &after].map(|text| Some(text.as_str()));
            let is_there = |text: &&str| !text.is_empty();
            unified(path, before.filter(is_there), after.filter(is_there))
        };
        Ok(DiffOutput {
            path: path.to_owned(),
            unified,
            from: before,
            to: after,
        })
    }

    /// Drafts are sealed first, so that the history has what the past takes the place of. Of everything, the records of runs and
    /// decisions stay: they tell of what happened, also of what is taken back.
    pub(super) fn restore(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: RestoreInput,
    ) -> ToolResult<Changed> {
        self.seal(cx)?;
        let at = heads(&input.at)?;
        let path = input.path.as_deref().map(bare);
        let path = path.as_deref();
        path.map_or(Ok(()), writable)?;
        let meta = meta(
            cx,
            origin,
            &format!("Restore {}", path.unwrap_or("the workspace")),
        );
        let what = match path {
            None | Some("") => ("", Some(RUNS_FOLDER)),
            Some(path) => (path, None),
        };
        let change = self
            .workspace
            .restore(cx.random, &meta, what, &at)
            .map_err(|error| match path {
                Some(path) => self.about(path, error),
                None => failure(error),
            })?;
        self.made(cx, origin, &change);
        Ok(changed(change))
    }

    pub(super) fn undo(&mut self, cx: &mut Cx<'_>, origin: &Origin) -> ToolResult<Changed> {
        let meta = meta(cx, origin, "Undo");
        let change = self.workspace.undo(cx.random, &meta).map_err(failure)?;
        self.made(cx, origin, &change);
        Ok(changed(change))
    }

    pub(super) fn redo(&mut self, cx: &mut Cx<'_>, origin: &Origin) -> ToolResult<Changed> {
        let meta = meta(cx, origin, "Redo");
        let change = self.workspace.redo(cx.random, &meta).map_err(failure)?;
        self.made(cx, origin, &change);
        Ok(changed(change))
    }

    pub(super) fn seal_now(&mut self, cx: &mut Cx<'_>) -> ToolResult<Sealed> {
        Ok(Sealed {
            heads: self.seal(cx)?,
        })
    }
}
