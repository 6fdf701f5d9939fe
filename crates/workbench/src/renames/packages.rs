//! What a package's own text gives to whoever imports from it.
//!
//! **Problem.** In `from pkg import x`, `x` is what `pkg/__init__.py` calls so, and else the file `pkg/x.py`. **Shape.** A name is
//! the text's own where it is assigned, defined or imported with nothing around that. It is the file's where the text has it in no
//! place but behind a dot, before `import` and in prose. Anything else can't be told without running it.

use super::scan::{Scan, is_at_margin, scan};
use super::words::{Kind, Word};
use std::collections::BTreeSet;

/// The names in a package's text that are not surely those of files.
#[derive(Debug, Default)]
pub(super) struct Given {
    own: BTreeSet<String>,
    perhaps: BTreeSet<String>,
}

impl Given {
    /// One that does not parse gives nothing.
    pub(super) fn of(text: &str) -> Self {
        let mut given = Self::default();
        let text = text.trim_start_matches('\u{feff}');
        if let Some(scan) = scan(text) {
            let has_all = given.import(text, &scan);
            given.name(text, &scan, has_all);
        }
        given
    }

    /// Whether a name is the text's own; nothing where that can't be told.
    pub(super) fn has(&self, name: &str) -> Option<bool> {
        match (self.own.contains(name), self.perhaps.contains(name)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }

    /// Takes what the text imports. Gives whether it imports all that another file has.
    fn import(&mut self, text: &str, scan: &Scan) -> bool {
        let mut has_all = false;
        for statement in &scan.imports {
            for alias in &statement.aliases {
                has_all |= alias.name == "*";
                let name = alias.given.as_ref().unwrap_or(&alias.name);
                // One with dots gives its first part, and gives another one when it follows what moves.
                let (top, rest) = name.split_once('.').unwrap_or((name, ""));
                let is_own = statement.is_outer(text) && rest.is_empty();
                let names = if is_own {
                    &mut self.own
                } else {
                    &mut self.perhaps
                };
                names.insert(top.to_owned());
            }
        }
        has_all
    }

    /// Takes what the text names otherwise. Where it imports all that another file has, its words may be from there.
    fn name(&mut self, text: &str, scan: &Scan, has_all: bool) {
        let words = &scan.words;
        let is =
            |word: &Word, name: &str| word.kind == Kind::Name && text[word.at.clone()] == *name;
        for (n, word) in words.iter().enumerate() {
            let is_name = match word.kind {
                Kind::Name => has_all || scan.is_bare(n),
                kind => kind == Kind::Plain,
            };
            if !is_name {
                continue;
            }
            let (start, before) = (word.at.start, &words[..n]);
            let name = text[word.at.clone()].to_owned();
            let is_set = match words.get(n + 1..n + 3) {
                Some([sign, next]) => {
                    sign.kind == Kind::Sign(b'=') && next.kind != Kind::Sign(b'=')
                }
                _ => false,
            };
            let begin = match before {
                [.., one, def] if is(one, "async") && is(def, "def") => one,
                [.., one] if is(one, "def") || is(one, "class") => one,
                _ => word,
            };
            let is_defined = begin.at.start < start || is_set;
            if before.last().is_some_and(|word| is(word, "del")) {
                self.own.remove(&name);
            } else if is_defined && begin.is_outer && is_at_margin(text, begin.at.start) {
                self.own.insert(name.clone());
            }
            self.perhaps.insert(name);
        }
    }
}
