//! What steps of a change do to paths, and what rules say of it.

use super::lies::{Lies, moved_to};
use super::rules::{Ruling, Said, Want};
use crate::engine::Workbench;
use selvage_vfs::{Op, fold};

impl Workbench {
    /// What some steps would do to each path that they write, move or remove, and to what is below. What is moved is read, too: it
    /// may come to where it can be.
    pub(super) fn touched(&self, ops: &[Op]) -> Vec<(bool, String)> {
        let mut lies = Lies::new(&self.workspace);
        let mut touched = Vec::new();
        for op in ops {
            let taken = lies.step(op);
            let to = op.paths().nth(1).zip(op.paths().next());
            if taken.is_empty() {
                touched.extend(op.paths().map(|path| (false, path.clone())));
            }
            for (path, _) in taken {
                if let Some((to, from)) = to {
                    touched.push((false, moved_to(&path, from, to)));
                }
                touched.push((to.is_some(), path));
            }
        }
        touched
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
        let above = ops.iter().flat_map(Op::paths);
        let above = above.filter(|name| is_below(path, name));
        above
            .max_by_key(|name| name.len())
            .map_or(path, String::as_str)
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
