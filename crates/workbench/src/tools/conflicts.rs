//! Tools on what was made apart: the list of it, and its decision by ordinary changes.

use super::files::{bare, changed, kind_of};
use super::history::origin_of;
use crate::engine::{Cx, Workbench};
use crate::failure::failure;
use selvage_tool::catalogue::{
    Changed, Conflict, ConflictVersion, ConflictsInput, ConflictsOutput, Keep, ResolveInput,
};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{self as vfs, ConflictKind, Hash, Op, Origin};

/// How many conflicts are listed unless told.
const CONFLICTS: u32 = 100;

/// The most conflicts that are listed.
const CONFLICTS_MAX: u32 = 1_000;

impl Workbench {
    pub(super) fn conflicts(&self, input: &ConflictsInput) -> ToolResult<ConflictsOutput> {
        let limit = input.limit.unwrap_or(CONFLICTS).min(CONFLICTS_MAX);
        let found = self.workspace.conflicts(limit as usize).map_err(failure)?;
        Ok(ConflictsOutput {
            conflicts: found.first.into_iter().map(listed).collect(),
            total: found.total as u64,
        })
    }

    /// The bytes of one side of a conflict of contents.
    pub(super) fn read_version(&self, path: &str, version: &str) -> ToolResult<Vec<u8>> {
        let path = &bare(path);
        let hash = version.parse::<Hash>().map_err(failure)?;
        let found = self.workspace.read_version(path, &hash).map_err(failure)?;
        found.ok_or_else(|| stale(path, "The file has no such side"))
    }

    pub(super) fn resolve_conflict(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: &ResolveInput,
    ) -> ToolResult<Changed> {
        let found = self.conflict(&input.conflict)?;
        let conflict = found.ok_or_else(|| stale("", "The conflict is not as it was listed"))?;
        let name = input.name.as_deref();
        let name = name.map(vfs::check_name).transpose();
        let name =
            name.map_err(|why| unfit(&conflict.path, &format!("`name` can't be used: {why}.")))?;
        let ops = match conflict.kind {
            ConflictKind::Name => about_name(&conflict, input.keep, name),
            ConflictKind::Deletion => about_deletion(&conflict, input.keep),
            ConflictKind::Contents => self.about_contents(&conflict, input, name),
        }?;
        let kept = match input.keep {
            Keep::Shown => "what is shown",
            Keep::Other => "the other side",
            Keep::Both => "both",
        };
        let message = format!("Resolve {}: keep {kept}", conflict.path);
        self.change(cx, origin, message, &ops).map(changed)
    }

    fn conflict(&self, id: &str) -> ToolResult<Option<vfs::Conflict>> {
        let all = self.workspace.conflicts(usize::MAX).map_err(failure)?.first;
        Ok(all.into_iter().find(|one| one.id() == id))
    }

    /// Where a conflict and its sides are; nowhere where there is no such conflict.
    pub(crate) fn paths_of_conflict(&self, id: &str) -> Vec<String> {
        let Ok(Some(conflict)) = self.conflict(id) else {
            return Vec::new();
        };
        let sides = conflict.versions.into_iter().map(|side| side.path);
        sides.chain([conflict.path]).collect()
    }

    /// Writing a content decides. What is not shown stays only in the history, or under names of
    /// its own.
    fn about_contents(
        &self,
        conflict: &vfs::Conflict,
        input: &ResolveInput,
        name: Option<String>,
    ) -> ToolResult<Vec<Op>> {
        let path = &conflict.path;
        let hashes: Vec<Hash> = conflict
            .versions
            .iter()
            .filter_map(|side| side.hash)
            .collect();
        let read = |hash: &Hash| self.workspace.read_hash(hash).map_err(failure);
        let (Some(shown), others) = (hashes.first(), hashes.get(1..).unwrap_or_default()) else {
            return Err(stale(path, "The conflict has no sides"));
        };
        let chosen = match (&input.version, others) {
            (None, _) if input.keep != Keep::Other => None,
            (None, [only]) => Some(*only),
            (None, _) => {
                return Err(unfit(
                    path,
                    "Several other sides are there: name one by its hash as `version`.",
                ));
            }
            (Some(text), _) => {
                let hash = text.parse().map_err(failure)?;
                Some(hash)
                    .filter(|hash| others.contains(hash))
                    .ok_or_else(|| unfit(path, "`version` is the hash of none of the other sides."))
                    .map(Some)?
            }
        };
        if conflict.more && input.keep == Keep::Both {
            return Err(unfit(
                path,
                "There are more sides than can be kept at once. Keep one of them.",
            ));
        }
        Ok(match input.keep {
            Keep::Shown => vec![Op::write(path, read(shown)?)],
            Keep::Other => vec![Op::write(path, read(&chosen.unwrap_or(*shown))?)],
            Keep::Both => {
                if name.is_some() && others.len() > 1 {
                    return Err(unfit(
                        path,
                        "One name does not fit several sides. Leave `name` out.",
                    ));
                }
                let mut ops = vec![Op::write(path, read(shown)?)];
                for other in others {
                    let name = name
                        .clone()
                        .unwrap_or_else(|| vfs::with_suffix(last(path), &other.to_string()[..6]));
                    ops.push(Op::Write {
                        path: beside(path, &name),
                        bytes: read(other)?,
                        create_only: true,
                        base: None,
                    });
                }
                ops
            }
        })
    }
}

/// Every side that is kept is kept by an operation of its own, so that nothing is lost where
/// somebody decides the same conflict otherwise.
fn about_name(conflict: &vfs::Conflict, keep: Keep, name: Option<String>) -> ToolResult<Vec<Op>> {
    let [keeper, other] = &conflict.versions[..] else {
        return Err(stale(&conflict.path, "The conflict has no two sides"));
    };
    let (first, second) = (keeper.path.clone(), other.path.clone());
    let keep_op = |path: &String| Op::Keep { path: path.clone() };
    Ok(match keep {
        Keep::Shown => vec![Op::Remove { path: second }, keep_op(&first)],
        // It gets the name that both wanted, once that is free.
        Keep::Other => vec![
            keep_op(&second),
            Op::Remove {
                path: first.clone(),
            },
            Op::Move {
                from: second,
                to: first,
            },
        ],
        Keep::Both => {
            let mut ops = vec![keep_op(&first), keep_op(&second)];
            if let Some(name) = name {
                let to = beside(&second, &name);
                ops.push(Op::Move { from: second, to });
            }
            ops
        }
    })
}

fn about_deletion(conflict: &vfs::Conflict, keep: Keep) -> ToolResult<Vec<Op>> {
    let path = conflict.path.clone();
    match keep {
        Keep::Shown => Ok(vec![Op::Keep { path }]),
        Keep::Other => Ok(vec![Op::Remove { path }]),
        Keep::Both => Err(unfit(
            &path,
            "A deletion has one side: keep `shown` (the file) or `other` (the deletion).",
        )),
    }
}

fn listed(conflict: vfs::Conflict) -> Conflict {
    Conflict {
        id: conflict.id(),
        kind: conflict.kind.as_str().to_owned(),
        path: conflict.path,
        more: conflict.more,
        versions: conflict
            .versions
            .into_iter()
            .map(|side| ConflictVersion {
                kind: kind_of(side.kind),
                path: side.path,
                hash: side.hash.map(|hash| hash.to_string()).unwrap_or_default(),
                size: side.size,
                text: side.text,
                modified_ms: side.modified_ms,
                origin: side.origin.map(origin_of),
            })
            .collect(),
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path in the same folder.
fn beside(path: &str, name: &str) -> String {
    format!(
        "{}{name}",
        path.strip_suffix(last(path)).unwrap_or_default()
    )
}

fn stale(path: &str, what: &str) -> ToolError {
    ToolError::new(ErrorCode::Stale, format!("{what} any more."))
        .path(path)
        .hint("List the conflicts again with `conflicts`, and decide on what is there now.")
}

fn unfit(path: &str, what: &str) -> ToolError {
    ToolError::new(ErrorCode::InvalidInput, what).path(path)
}
