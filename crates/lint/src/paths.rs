//! Workspace paths: what an import means, and what a text with unknown parts covers.

use crate::values::Piece;
use std::collections::BTreeSet;

/// The most globs, domains or tools of each kind that a grant lists; more are asked for whole. Each
/// is compared with every file of the workspace when a run starts.
pub const GRANT_ITEMS_MAX: usize = 2_000;

/// Why an import names no workspace file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPath {
    /// It begins with neither `.` nor `/`, as names of packages do.
    Package,
    /// It is an address on the network.
    Address,
    /// It leads out of the workspace.
    Outside,
}

/// The workspace path that an import in a file means.
///
/// # Errors
/// Why it names no workspace file.
pub fn import(from: &str, specifier: &str) -> Result<String, NoPath> {
    if specifier.contains("://") {
        return Err(NoPath::Address);
    }
    if !specifier.starts_with(['.', '/']) {
        return Err(NoPath::Package);
    }
    let folder = if specifier.starts_with('/') {
        ""
    } else {
        from.rsplit_once('/').map_or("", |(folder, _)| folder)
    };
    clean(&format!("{folder}/{specifier}")).ok_or(NoPath::Outside)
}

/// A path without leading or doubled slashes, `.` and `..`; `None` when it leads outside.
#[must_use]
pub fn clean(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The most bytes of a path that is read off a text; the workspace has none as long.
const PATH_BYTES_MAX: usize = 4_096;

/// The glob that covers what a text with unknown parts can be as a path.
///
/// What is unknown at the start or the end may hold folders; in the middle it is taken for a part of
/// one name. `None` for a path that leads outside.
#[must_use]
pub fn glob(pieces: &[Piece]) -> Option<String> {
    /// Stands for an unknown part while the path is cleaned; no path can hold it.
    const UNKNOWN: char = '\0';
    let marked: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Known(text) => text.replace(UNKNOWN, ""),
            Piece::Unknown => UNKNOWN.to_string(),
        })
        .collect();
    if marked.starts_with(UNKNOWN) && marked.len() == 1 {
        return Some("**".into());
    }
    if marked.len() > PATH_BYTES_MAX {
        return Some("**".into());
    }
    let cleaned = clean(&marked)?;
    let parts: Vec<&str> = cleaned.split('/').collect();
    let last = parts.len() - 1;
    let mut globs: Vec<String> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let whole = part.chars().all(|c| c == UNKNOWN) && !part.is_empty();
        if whole && (index == 0 || index == last) {
            globs.push("**".into());
        } else if index == 0 && part.starts_with(UNKNOWN) {
            globs.extend(["**".into(), escape(part, UNKNOWN)]);
        } else {
            globs.push(escape(part, UNKNOWN));
        }
    }
    globs.dedup_by(|a, b| a == "**" && b == "**");
    Some(globs.join("/"))
}

/// A part of a path as a glob: characters that mean something in globs stand for themselves.
fn escape(part: &str, unknown: char) -> String {
    let mut out = String::new();
    for c in part.chars() {
        match c {
            c if c == unknown => {
                if !out.ends_with('*') {
                    out.push('*');
                }
            }
            '*' | '?' | '[' | ']' | '{' | '}' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Without the globs that `**` or `folder/**` among them covers.
#[must_use]
pub fn fewest(globs: &BTreeSet<String>) -> Vec<String> {
    let everything = vec!["**".to_owned()];
    if globs.contains("**") {
        return everything;
    }
    // In order, without those inside others: then the last folder that is not after a glob is the
    // only one that it can be in.
    let named = globs.iter().filter_map(|glob| glob.strip_suffix("**"));
    let mut folders: Vec<&str> = named
        .filter(|folder| !folder.contains(['*', '[']))
        .collect();
    folders.sort_unstable();
    folders.dedup_by(|inner, outer| inner.starts_with(*outer));
    let covered = |glob: &str| {
        let at = folders.partition_point(|folder| *folder <= glob);
        let folder = at.checked_sub(1).and_then(|at| folders.get(at));
        folder.is_some_and(|folder| {
            let inside = glob.strip_prefix(folder);
            inside.is_some_and(|inside| inside != "**")
        })
    };
    let few: Vec<String> = globs
        .iter()
        .filter(|glob| !covered(glob))
        .cloned()
        .collect();
    match few.len() > GRANT_ITEMS_MAX {
        true => everything,
        false => few,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvage_tool::grant::PathSet;

    fn pieces(text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (index, part) in text.split('§').enumerate() {
            if index > 0 {
                pieces.push(Piece::Unknown);
            }
            if !part.is_empty() {
                pieces.push(Piece::Known(part.to_owned()));
            }
        }
        pieces
    }

    #[test]
    fn unknown_parts_become_stars() {
        for (text, expected) in [
            ("data/a.csv", "data/a.csv"),
            ("/data//./x/../a.csv", "data/a.csv"),
            ("data/§.csv", "data/*.csv"),
            ("§", "**"),
            ("/§", "**"),
            ("§/a.md", "**/a.md"),
            ("§.md", "**/*.md"),
            ("out/§", "out/**"),
            ("out/§/a.md", "out/*/a.md"),
            ("out/r-§", "out/r-*"),
            ("§/§", "**"),
            ("a[1].txt", r"a\[1\].txt"),
            ("", ""),
        ] {
            assert_eq!(glob(&pieces(text)).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(glob(&pieces("../x")), None);
        let long = "a".repeat(PATH_BYTES_MAX + 1);
        assert_eq!(glob(&pieces(&long)).as_deref(), Some("**"));
    }

    #[test]
    fn a_glob_covers_the_path_it_came_from() {
        for path in [
            "a[1].txt",
            "a{b}/c?.md",
            "x*y!/z",
            "ä/ö.txt",
            "]x",
            "!x",
            "}{",
            "a b/c,d",
        ] {
            let glob = glob(&pieces(path)).expect("inside");
            assert!(
                PathSet::new(std::slice::from_ref(&glob))
                    .expect("a glob")
                    .covers(path),
                "{path} by {glob}"
            );
        }
    }

    #[test]
    fn a_glob_of_unknown_parts_covers_what_they_can_be() {
        for (text, covered, not) in [
            ("data/§.csv", "data/a.csv", "data/a.md"),
            ("§/a.md", "x/y/a.md", "x/y/b.md"),
            ("§/a.md", "a.md", "b.md"),
            ("§.md", "x/y.md", "x/y.txt"),
            ("out/§", "out/x/y.md", "other/x"),
            ("out/r-§", "out/r-1.md", "out/x.md"),
            ("a[§].txt", "a[1].txt", "a1.txt"),
        ] {
            let glob = glob(&pieces(text)).expect("inside");
            let set = PathSet::new(std::slice::from_ref(&glob)).expect("a glob");
            assert!(set.covers(covered) && !set.covers(not), "{text} as {glob}");
        }
    }

    #[test]
    fn imports_are_relative_or_from_the_root() {
        assert_eq!(
            import("flows/a.flow.js", "./lib/x.js"),
            Ok("flows/lib/x.js".into())
        );
        assert_eq!(import("flows/a.flow.js", "../x.js"), Ok("x.js".into()));
        assert_eq!(
            import("flows/a.flow.js", "/lib/x.js"),
            Ok("lib/x.js".into())
        );
        assert_eq!(import("a.flow.js", "../x.js"), Err(NoPath::Outside));
        assert_eq!(import("a.flow.js", "lodash"), Err(NoPath::Package));
        assert_eq!(
            import("a.flow.js", "https://x.org/a.js"),
            Err(NoPath::Address)
        );
    }

    #[test]
    fn a_glob_that_another_covers_is_left_out() {
        let set = |globs: &[&str]| {
            globs
                .iter()
                .map(|g| (*g).to_owned())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(fewest(&set(&["**", "a", "b/*"])), ["**"]);
        assert_eq!(
            fewest(&set(&["a/**", "a/b.txt", "a", "ab"])),
            ["a", "a/**", "ab"]
        );
        assert_eq!(
            fewest(&set(&[
                "a/**", "a/ x", "a/ /**", "a/b/**", "b", "a b/**", "a b/c"
            ])),
            ["a b/**", "a/**", "b"]
        );
        assert_eq!(fewest(&set(&["a*/**", "a*/b"])), ["a*/**", "a*/b"]);
    }

    #[test]
    fn more_globs_than_a_grant_lists_are_everything() {
        let many: BTreeSet<String> = (0..=GRANT_ITEMS_MAX).map(|n| n.to_string()).collect();
        assert_eq!(fewest(&many), ["**"]);
        let most = many.into_iter().skip(1).collect();
        assert_eq!(fewest(&most).len(), GRANT_ITEMS_MAX);
    }
}
