//! What steps of a change do to paths, and what rules say of it.

use super::proposal::names;
use super::rules::{Ruling, Said, Want};
use crate::engine::Workbench;
use selvage_vfs::{Op, fold};

impl Workbench {
    /// What some steps would do to each path that they write, move or remove, and to what is below. What is moved is read, too: it
    /// may come to where it can be.
    pub(super) fn touched(&self, ops: &[Op]) -> Vec<(bool, String)> {
        let mut touched = Vec::new();
        for op in ops {
            match op {
                Op::Write { path, .. }
                | Op::Put { path, .. }
                | Op::Draft { path, .. }
                | Op::Mkdir { path }
                | Op::Keep { path } => touched.push((false, path.clone())),
                Op::Remove { path } => {
                    touched.extend(self.all_at(path).into_iter().map(|path| (false, path)));
                }
                Op::Move { from, to } => {
                    for path in self.all_at(from) {
                        touched.push((false, format!("{to}{}", &path[from.len()..])));
                        touched.push((true, path));
                    }
                }
            }
        }
        touched
    }

    /// A path and everything below it.
    fn all_at(&self, path: &str) -> Vec<String> {
        let below = self.workspace.list(path, true).unwrap_or_default();
        let below = below.into_iter().map(|entry| entry.path);
        std::iter::once(path.to_owned()).chain(below).collect()
    }
}

/// What is wanted of paths that are touched.
fn wants(touched: &[(bool, String)]) -> impl Iterator<Item = Want<'_>> {
    touched.iter().flat_map(|(is_moved, path)| {
        let read = is_moved.then_some(Want::Read(path));
        read.into_iter().chain([Want::Write(path)])
    })
}

/// The strictest of what rules say of some steps. What they say of something below a path that the steps name is told of that path:
/// who makes them may not know what is in it.
pub(super) fn weighed<'a>(
    ruling: &Ruling,
    ops: &'a [Op],
    touched: &'a [(bool, String)],
) -> Option<(Want<'a>, Said)> {
    let named = |path: &'a str| {
        let above = ops.iter().flat_map(names);
        let above = above.filter(|name| is_below(path, name));
        above.max_by_key(|name| name.len()).unwrap_or(path)
    };
    let (wanted, mut said) = ruling.strictest(wants(touched))?;
    let want = match wanted {
        Want::Read(path) => Want::Read(named(path)),
        Want::Write(path) => Want::Write(named(path)),
        want => want,
    };
    if want != wanted {
        // A rule may say by its words what is there.
        said.reason = "a rule is about something in it".into();
    }
    Some((want, said))
}

/// Whether a path is another one or below it, whatever the case of its letters.
pub(super) fn is_below(path: &str, top: &str) -> bool {
    let (path, top) = (fold(path), fold(top));
    path.strip_prefix(&top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
