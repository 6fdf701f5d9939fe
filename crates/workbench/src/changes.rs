//! Changes: the one way by which the workspace becomes another one here.

use crate::engine::{Cx, Workbench};
use crate::event::Effect;
use crate::failure::failure;
use crate::notice::Notice;
use crate::scopes::writable;
use selvage_tool::ToolResult;
use selvage_vfs::{Change, Meta, Op, Origin, kept};
use std::borrow::Cow;

/// How long drafts wait for the next keystroke before they become part of the history.
pub(crate) const SEAL_AFTER_MS: u64 = 2_000;

impl Workbench {
    /// Makes one change of the workspace and tells of it. What was typed where it writes or deletes is sealed first, so
    /// that the history has it, as a change of whoever typed.
    pub(crate) fn change(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        message: String,
        ops: &[Op],
    ) -> ToolResult<Change> {
        for op in ops {
            may_do(op)?;
        }
        self.change_all(cx, origin, message, ops)
    }

    /// The same, also of what is mounted.
    pub(crate) fn change_all(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        message: String,
        ops: &[Op],
    ) -> ToolResult<Change> {
        let ops = &*as_kept(ops);
        self.consent_to(cx, origin, ops)?;
        self.prove(ops)?;
        if ops.iter().any(|op| self.covers_typing(op)) {
            self.seal(cx)?;
        }
        let meta = Meta {
            at_ms: cx.now_ms,
            origin: origin.clone(),
            message,
        };
        let change = self
            .workspace
            .apply(cx.random, &meta, ops)
            .map_err(failure)?;
        self.made(cx, origin, &change);
        Ok(change)
    }

    /// Tells of a change that was made here, and has what waits for it run.
    pub(crate) fn made(&mut self, cx: &Cx<'_>, origin: &Origin, change: &Change) {
        self.tell_changed(change);
        self.gather(cx.now_ms, origin, &change.paths);
    }

    /// Seals what was typed in files that others deleted meanwhile, which brings those back.
    pub(crate) fn bring_back(&mut self, cx: &Cx<'_>) {
        match self.seal(cx) {
            Ok(heads) => self.effects.push(Effect::Notify(Notice::Changed {
                paths: Vec::new(),
                heads,
            })),
            Err(_) => self.seal_later(cx),
        }
    }

    /// Whether something typed that is in no history yet is written over, or deleted.
    fn covers_typing(&self, op: &Op) -> bool {
        let is_draft = |path: &str| self.workspace.stat(path).is_ok_and(|entry| entry.draft);
        match op {
            Op::Write { path, bytes, .. } => {
                is_draft(path) && self.workspace.read(path).is_ok_and(|now| now != *bytes)
            }
            Op::Put { path, .. } => is_draft(path),
            Op::Remove { path } => {
                let below = self.workspace.list(path, true).unwrap_or_default();
                is_draft(path) || below.iter().any(|entry| entry.draft)
            }
            Op::Draft { .. } | Op::Mkdir { .. } | Op::Move { .. } | Op::Keep { .. } => false,
        }
    }

    pub(crate) fn tell_changed(&mut self, change: &Change) {
        let heads = change.heads.to_strings();
        self.effects.push(Effect::Notify(Notice::Changed {
            paths: change.paths.clone(),
            heads,
        }));
    }

    /// Makes drafts part of the history, so that heads name every byte.
    pub(crate) fn seal(&mut self, cx: &Cx<'_>) -> ToolResult<Vec<String>> {
        self.seal_at_ms = None;
        let typed = self.workspace.drafts();
        let meta = Meta {
            at_ms: cx.now_ms,
            origin: self.person(),
            message: edit_of(&typed),
        };
        let heads = self.workspace.seal(&meta).map_err(failure)?;
        if !typed.is_empty() {
            self.gather(cx.now_ms, &meta.origin, &typed);
        }
        Ok(heads.to_strings())
    }

    /// Drafts were written: they become part of the history when typing pauses.
    pub(crate) fn seal_later(&mut self, cx: &Cx<'_>) {
        self.seal_at_ms = Some(cx.now_ms + SEAL_AFTER_MS);
    }
}

/// What a change of typing is called in the history.
fn edit_of(typed: &[String]) -> String {
    match typed {
        [] => "Edit".into(),
        [one] => format!("Edit {one}"),
        [one, others @ ..] => format!("Edit {one} and {} more", others.len()),
    }
}

/// Refuses an operation on what is mounted.
fn may_do(op: &Op) -> ToolResult<()> {
    op.paths().try_for_each(|path| writable(path))
}

/// Steps of paths as the workspace keeps them: what is weighed, shown and proved is what lands.
fn as_kept(ops: &[Op]) -> Cow<'_, [Op]> {
    let is_kept = |op: &Op| op.paths().all(|path| kept(path) == *path);
    if ops.iter().all(is_kept) {
        return Cow::Borrowed(ops);
    }
    ops.iter().cloned().map(Op::with_kept_paths).collect()
}
