//! What is no part of a mirror, on neither side.
//!
//! Three kinds of rules, the first that has an opinion decides: what is never mirrored, whoever asks; the folder's own
//! `.selvageignore`, which stays in the folder, so that nobody else who may write in the workspace can change it; what is left
//! out unless that file says otherwise; and the `.gitignore` files, which are mirrored like any file.

use crate::folder::OWN_PREFIX;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use selvage_vfs::fold;
use std::collections::{BTreeMap, BTreeSet};

/// The file of rules that stays in the folder.
pub const OWN_FILE: &str = ".selvageignore";
/// Git's file of rules.
pub const GIT_FILE: &str = ".gitignore";

/// The most bytes of one file of rules; a longer one is not followed, and told.
pub const RULES_BYTES_MAX: u64 = 64 * 1024;

/// What is left out unless `.selvageignore` says otherwise: what tools make again, what editors leave for a moment, and what
/// usually holds secrets.
const DEFAULTS: &str = "\
node_modules/
__pycache__/
.venv/
.hg/
.svn/
.jj/
.DS_Store
Thumbs.db
desktop.ini
*~
.*.sw?
.#*
\\#*#
.env
.env.*
!.env.example
*.pem
*.key
id_rsa
id_ed25519
.netrc
.ssh/
.aws/
";

/// See the module.
pub struct Rules {
    defaults: Gitignore,
    own: BTreeMap<String, Gitignore>,
    git: BTreeMap<String, Gitignore>,
    /// Paths, without their case, that are not mirrored, with all below them.
    never: BTreeSet<String>,
}

impl Rules {
    /// The rules of a folder in which no file of rules was read yet. `never` are paths that nobody can have mirrored.
    #[must_use]
    pub fn new(never: &[String]) -> Self {
        Self {
            defaults: parsed("", DEFAULTS),
            own: BTreeMap::new(),
            git: BTreeMap::new(),
            never: never.iter().map(|path| fold(path)).collect(),
        }
    }

    /// Takes in a file of rules that was found in a folder.
    pub fn add(&mut self, folder: &str, file: &str, text: &str) {
        let rules = parsed(folder, text);
        match file {
            OWN_FILE => self.own.insert(folder.to_owned(), rules),
            _ => self.git.insert(folder.to_owned(), rules),
        };
    }

    /// Whether a path is left out, when the folders above it are not.
    #[must_use]
    pub fn leaves_out(&self, path: &str, is_folder: bool) -> bool {
        if self.is_never(path) {
            return true;
        }
        let says = |rules: &BTreeMap<String, Gitignore>| -> Option<bool> {
            above(path).rev().find_map(|folder| {
                let rules = rules.get(folder)?;
                said(rules.matched(path, is_folder))
            })
        };
        says(&self.own)
            .or_else(|| said(self.defaults.matched(path, is_folder)))
            .or_else(|| says(&self.git))
            .unwrap_or(false)
    }

    /// Whether a path is left out, or something above it is.
    #[must_use]
    pub fn leaves_out_all_of(&self, path: &str, is_folder: bool) -> bool {
        let mut folders = above(path).filter(|folder| !folder.is_empty());
        folders.any(|folder| self.leaves_out(folder, true)) || self.leaves_out(path, is_folder)
    }

    /// What nobody can have mirrored.
    fn is_never(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with(OWN_PREFIX)
            || name == OWN_FILE
            || is_git(name)
            || self.never.contains(&fold(path))
    }
}

/// Whether some disk could take a name for that of git's own folder, in which a file is a program to be run (CVE-2014-9390): in
/// another case, with signs that HFS+ passes over, or by its short name on NTFS.
fn is_git(name: &str) -> bool {
    let seen: String = name
        .chars()
        .filter(|sign| {
            !matches!(sign, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
        })
        .collect();
    let seen = fold(&seen);
    let seen = seen.split(':').next().unwrap_or(&seen);
    matches!(seen.trim_end_matches([' ', '.']), ".git" | "git~1")
}

/// The folders above a path, from the mirrored one down.
pub(crate) fn above(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let below = path.match_indices('/').map(|(at, _)| &path[..at]);
    std::iter::once("").chain(below.collect::<Vec<_>>())
}

fn said<T>(found: Match<T>) -> Option<bool> {
    match found {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    }
}

fn parsed(folder: &str, text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.lines() {
        // A line that means nothing is passed over, as git does.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(rules: &Rules, path: &str) -> bool {
        rules.leaves_out_all_of(path, false)
    }

    #[test]
    fn what_is_never_mirrored_can_not_be_asked_for() {
        let mut rules = Rules::new(&["sub/store".into(), "runs".into(), "scopes".into()]);
        rules.add("", OWN_FILE, "!.git\n!runs\n!*\n");
        for path in [
            ".git/config",
            "a/.GIT/hooks/post-checkout",
            ".g\u{200c}it/config",
            "git~1/config",
            ".git",
            ".git::$INDEX_ALLOCATION/config",
            "runs/x.json",
            "RUNS/x.json",
            "scopes/base/a",
            ".selvage-mirror.x.part.1",
            ".selvageignore",
            "a/.selvageignore",
            "sub/store/signing.pem",
        ] {
            assert!(left_out(&rules, path), "{path}");
        }
        for path in [
            ".gitignore",
            "a/runs/x.json",
            "sub/stores",
            "git",
            ".github/x",
        ] {
            assert!(!left_out(&rules, path), "{path}");
        }
    }

    #[test]
    fn files_of_rules_count_from_where_they_are() {
        let mut rules = Rules::new(&[]);
        rules.add("", GIT_FILE, "/out\n*.log\nbuild/\n");
        rules.add("a", GIT_FILE, "!keep.log\n/only\n");
        for (path, expected) in [
            ("out/x", true),
            ("a/out", false),
            ("x.log", true),
            ("a/keep.log", false),
            ("b/keep.log", true),
            ("a/only", true),
            ("only", false),
            ("b/build/x", true),
            ("a/b/node_modules/x", true),
        ] {
            assert_eq!(left_out(&rules, path), expected, "{path}");
        }
        assert!(!rules.leaves_out("build", false), "a file of that name");
    }

    #[test]
    fn only_the_folders_own_file_takes_in_what_usually_holds_secrets() {
        let mut rules = Rules::new(&[]);
        rules.add("", GIT_FILE, "!.env\n!*.pem\n");
        assert!(left_out(&rules, ".env") && left_out(&rules, "a/key.pem"));
        assert!(left_out(&rules, ".env.local") && !left_out(&rules, ".env.example"));
        rules.add("", OWN_FILE, "!.env\nsecret/\n");
        assert!(!left_out(&rules, ".env") && left_out(&rules, "secret/a"));
    }
}
