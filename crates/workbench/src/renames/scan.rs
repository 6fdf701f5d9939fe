//! The imports and the strings of a Python text, with their places.
//!
//! **Problem.** The guest has Python's parser and knows what a text imports, but not where each name stands, and it lives in an
//! executor that may be busy. **Shape.** Python's words can be told apart without its grammar: comments, strings with what they
//! hold in braces, brackets, ends of lines. `import` and `from` are no names, so a statement that begins with one is an import.
//! A text that ends inside a string or a bracket gives nothing, and nobody changes it. Nothing here recurses.

use super::words::{Kind, Word, words};
use std::ops::Range;

/// The module that an import names: how many dots stand before its name, and its name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) level: usize,
    pub(super) name: String,
}

impl Module {
    /// The module that is written so.
    pub(super) fn of(written: &str) -> Self {
        let name = written.trim_start_matches('.');
        Self {
            level: written.len() - name.len(),
            name: name.to_owned(),
        }
    }

    /// As it is written.
    pub(super) fn written(&self) -> String {
        format!("{}{}", ".".repeat(self.level), self.name)
    }
}

/// One thing that an import names: `a.b as c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) at: Range<usize>,
    /// The other name that it is given here; an empty one where it has none.
    pub(super) given: Option<String>,
    /// Where all of it stands, the other name included.
    pub(super) whole: Range<usize>,
    /// Where the comma behind it stands.
    pub(super) comma: Option<usize>,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) at: Range<usize>,
    /// What it imports from, and where that stands.
    pub(super) from: Option<(Module, Range<usize>)>,
    pub(super) aliases: Vec<Alias>,
    /// Whether brackets are around them.
    pub(super) is_bracketed: bool,
    /// Whether it begins its line, which no backslash joins to another.
    pub(super) begins_line: bool,
}

impl Statement {
    /// Whether nothing is around it, so that it is done wherever the text is read.
    pub(super) fn is_outer(&self, text: &str) -> bool {
        self.begins_line && is_at_margin(text, self.at.start)
    }
}

/// What a text shows.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) words: Vec<Word>,
    pub(super) imports: Vec<Statement>,
    /// Where strings hold what they read, and are not a part of a longer one.
    pub(super) strings: Vec<Range<usize>>,
}

impl Scan {
    /// Whether a word is a name by itself: it stands in no import, and behind no dot.
    pub(super) fn is_bare(&self, at: usize) -> bool {
        let start = self.words[at].at.start;
        let next = self.imports.partition_point(|one| one.at.end <= start);
        let import = self.imports.get(next);
        let is_imported = import.is_some_and(|import| import.at.start <= start);
        let is_member = at > 0 && self.words[at - 1].kind == Kind::Sign(b'.');
        self.words[at].kind == Kind::Name && !is_imported && !is_member
    }
}

/// Looks through a text. Nothing for one that ends inside something.
pub(super) fn scan(text: &str) -> Option<Scan> {
    let words = words(text)?;
    let mut scan = Scan::default();
    let (mut at, mut is_start) = (0, true);
    while let Some(word) = words.get(at) {
        if is_start && let Some((statement, next)) = import(text, &words, at) {
            scan.imports.push(statement);
            (at, is_start) = (next, false);
            continue;
        }
        is_start = match word.kind {
            Kind::Line => true,
            Kind::Sign(b';' | b':') => word.is_outer,
            _ => false,
        };
        let near =
            [at.checked_sub(1), Some(at + 1)].map(|near| words.get(near?).map(|one| one.kind));
        let is_alone = !near
            .iter()
            .any(|near| matches!(near, Some(Kind::Plain | Kind::Odd)));
        if word.kind == Kind::Plain && is_alone {
            match called(text, &words, at) {
                Some(statement) => scan.imports.push(statement),
                None => scan.strings.push(word.at.clone()),
            }
        }
        at += 1;
    }
    scan.words = words;
    Some(scan)
}

/// Whether a place is the first of its line.
pub(super) fn is_at_margin(text: &str, at: usize) -> bool {
    at == 0 || text[..at].ends_with(['\n', '\r'])
}

/// The import that is a call, `import_module("a.b")`, by the word that is its string. What it gives has no name by that.
fn called(text: &str, words: &[Word], at: usize) -> Option<Statement> {
    let [call, open, name, close] = words.get(at.checked_sub(2)?..at + 2)? else {
        return None;
    };
    let is_call = text[call.at.clone()] == *"import_module" && open.kind == Kind::Sign(b'(');
    let ends = matches!(close.kind, Kind::Sign(b')' | b','));
    let (at, name) = (name.at.clone(), &text[name.at.clone()]);
    let is_part = |sign: char| sign.is_alphanumeric() || sign == '_';
    // One that begins with a dot is near what another argument says.
    let is_whole = name.starts_with(is_part) && name.replace('.', "").chars().all(is_part);
    (is_call && ends && is_whole).then(|| Statement {
        at: at.clone(),
        from: None,
        aliases: vec![Alias {
            name: name.to_owned(),
            at: at.clone(),
            given: Some(String::new()),
            whole: at,
            comma: None,
        }],
        is_bracketed: false,
        begins_line: false,
    })
}

/// Where a name with dots ends that begins at a word, and the word after it.
fn dotted(words: &[Word], at: usize) -> (usize, usize) {
    let (mut end, mut next) = (words[at].at.end, at + 1);
    while let (Some(dot), Some(name)) = (words.get(next), words.get(next + 1))
        && (dot.kind, name.kind) == (Kind::Sign(b'.'), Kind::Name)
    {
        (end, next) = (name.at.end, next + 2);
    }
    (end, next)
}

/// The import that begins at a word, and the word after it.
fn import(text: &str, words: &[Word], begin: usize) -> Option<(Statement, usize)> {
    let word = |at: usize| {
        let word = words.get(at).filter(|word| word.kind == Kind::Name)?;
        text.get(word.at.clone())
    };
    let sign = |at: usize| match words.get(at).map(|word| word.kind) {
        Some(Kind::Sign(sign)) => Some(sign),
        _ => None,
    };
    // Spaces and comments may stand between the parts of a name.
    let name = |at: usize| {
        let (end, next) = dotted(words, at);
        let parts = words[at..next].iter().map(|word| &text[word.at.clone()]);
        (parts.collect::<String>(), words[at].at.start..end, next)
    };
    let (mut at, mut from) = (begin + 1, None);
    if word(begin) == Some("from") {
        let mut module = Module::default();
        let start = words.get(at)?.at.start;
        while sign(at) == Some(b'.') {
            (module.level, at) = (module.level + 1, at + 1);
        }
        if word(at)? != "import" {
            (module.name, _, at) = name(at);
        } else if module.level == 0 {
            return None;
        }
        from = Some((module, start..words[at - 1].at.end));
        at += usize::from(word(at)? == "import");
    } else if word(begin) != Some("import") {
        return None;
    }
    let is_bracketed = sign(at) == Some(b'(');
    at += usize::from(is_bracketed);
    let mut aliases = Vec::new();
    loop {
        let is_all = sign(at) == Some(b'*');
        if is_all {
            let star = words[at].at.clone();
            aliases.push(Alias {
                name: "*".into(),
                at: star.clone(),
                given: None,
                whole: star,
                comma: None,
            });
            at += 1;
        } else if word(at).is_some() {
            let (name, place, mut next) = name(at);
            let given = word(next + 1).filter(|_| word(next) == Some("as"));
            let mut whole = place.clone();
            if given.is_some() {
                whole.end = words[next + 1].at.end;
                next += 2;
            }
            aliases.push(Alias {
                name,
                at: place,
                given: given.map(str::to_owned),
                whole,
                comma: None,
            });
            at = next;
        }
        if sign(at) != Some(b',') {
            break;
        }
        if let Some(alias) = aliases.last_mut() {
            alias.comma = Some(words[at].at.start);
        }
        at += 1;
    }
    at += usize::from(sign(at) == Some(b')'));
    let at_end = words.get(at).is_none_or(|word| {
        word.kind == Kind::Line || word.kind == Kind::Sign(b';') && word.is_outer
    });
    let start = words[begin].at.start;
    let line = match begin.checked_sub(1).map(|before| &words[before]) {
        None => Some(0),
        Some(before) => (before.kind == Kind::Line).then_some(before.at.end),
    };
    let statement = Statement {
        at: start..words[at - 1].at.end,
        from,
        aliases,
        is_bracketed,
        begins_line: line.is_some_and(|line| !text[line..start].contains('\\')),
    };
    (at_end && !statement.aliases.is_empty()).then_some((statement, at))
}

#[cfg(test)]
mod tests {
    use super::scan;

    /// The places of a scan as texts.
    fn shown(text: &str) -> (Vec<String>, Vec<&str>) {
        let scan = scan(text).expect("whole");
        let imports = scan.imports.iter().map(|one| {
            let from = one.from.as_ref();
            let from = from.map(|(module, at)| {
                format!("{} {}|{}|", module.level, module.name, &text[at.clone()])
            });
            let names = one.aliases.iter().map(|one| {
                format!(
                    "{}<{}>{}",
                    one.name,
                    &text[one.whole.clone()],
                    if one.given.is_some() { "!" } else { "" }
                )
            });
            format!(
                "{}{}",
                from.unwrap_or_default(),
                names.collect::<Vec<_>>().join(",")
            )
        });
        let strings = scan.strings.iter().map(|at| &text[at.clone()]);
        (imports.collect(), strings.collect())
    }

    #[test]
    fn imports_are_found_wherever_a_statement_begins() {
        let (imports, _) = shown(
            "import a.b as c, d # import z\nif x: import e; from . import f\nfrom ..g . h import (\n  i, # i\n  j as k,\n)\nfrom m import *\ntry: from.n import o\nexcept: pass\nimportlib.import_module('p.q')\nx = import_module( \"r\", y)\n",
        );
        assert_eq!(
            imports,
            [
                "a.b<a.b as c>!,d<d>",
                "e<e>",
                "1 |.|f<f>",
                "2 g.h|..g . h|i<i>,j<j as k>!",
                "0 m|m|*<*>",
                "1 n|.n|o<o>",
                "p.q<p.q>!",
                "r<r>!",
            ]
        );
    }

    #[test]
    fn what_looks_like_an_import_and_is_none_is_left_alone() {
        for text in [
            "'''\nimport a\n'''\n",
            "# import a\n",
            "raise X from y\n",
            "def f():\n    yield from a\n",
            "x = [1,\nimport_a]\n",
            "f'''{\nx}\nimport a'''\n",
            "import_a.b()\n",
            "from a import\n",
            "from import x\n",
            "from import import x\n",
            "from\n",
            "s = 'it\\'s'\nx.from_ = 1\n",
            "import_module('.a', 'b')",
            "import_module('a/b')",
            "import_module(name='a.b')",
            "import_module('a.b' + x)",
            "import_module(f'a.b')",
            "import_module('a' '.b')",
            "load('a.b')",
        ] {
            assert!(shown(text).0.is_empty(), "{text}");
        }
    }

    #[test]
    fn strings_are_those_that_hold_what_they_read() {
        let (_, strings) = shown(
            "a.b . c(\"one\", r'two', b'no', f'no {d.e['three']!r:'>{w}} no', 'x' 'y', u\"\"\"four\"\"\", 1.5.real)\n",
        );
        assert_eq!(strings, ["one", "two", "three", "four"]);
    }

    #[test]
    fn a_text_that_ends_inside_something_gives_nothing() {
        for text in ["x = 'a\n", "'''", "f(\n", "f'{x'\n", "f\"{x:\"\n"] {
            assert!(scan(text).is_none(), "{text}");
        }
        assert!(scan("").is_some());
        let deep = "f'{".repeat(100_000);
        assert!(scan(&deep).is_none());
    }
}
