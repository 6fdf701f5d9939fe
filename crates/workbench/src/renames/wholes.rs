//! Modules that a text imports by their whole names, and calls by those: `import a.b`, and then `a.b.f()`.
//!
//! **Problem.** Such an import gives the text only the first part of the name, and what else has that part takes its place: a
//! parameter, a variable, another import. **Shape.** Its uses follow where the part stands for modules wherever the text has it:
//! before a dot, and given by no other import. Otherwise nothing follows, and it is told where the other thing may be.

use super::scan::{Scan, Statement};
use super::words::{Kind, Word};
use std::collections::BTreeSet;
use std::ops::Range;

/// A module that a text imports by its whole name.
pub(super) struct Whole {
    pub(super) at: Range<usize>,
    pub(super) old: String,
    /// Its name from now on.
    pub(super) new: String,
    /// Whether all of the text has it, and not only a part such as a function.
    pub(super) is_outer: bool,
}

fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// What changes in a text where some of these modules get other names: their imports, and what they are called by.
///
/// # Errors
/// Why they stay.
pub(super) fn uses(
    text: &str,
    scan: &Scan,
    wholes: &[Whole],
) -> Result<Vec<(Range<usize>, String)>, String> {
    let mut moved: Vec<&Whole> = wholes.iter().filter(|one| one.old != one.new).collect();
    let Some(first) = moved.first() else {
        return Ok(Vec::new());
    };
    let stays = |at: usize| {
        let (old, line) = (&first.old, 1 + text[..at].matches('\n').count());
        format!(
            "it imports `{old}` by its whole name, and line {line} may mean something else by a part of it: mend its uses by hand"
        )
    };
    let tops = moved.iter().flat_map(|one| [&one.old, &one.new]);
    let tops: BTreeSet<String> = tops.map(|name| top(name).to_owned()).collect();
    let kept = tops.iter().filter(|name| is_kept(name, wholes)).cloned();
    let kept: BTreeSet<String> = kept.collect();
    if let Some(one) = moved.iter().find(|one| !has_new(one, wholes)) {
        return Err(stays(one.at.start));
    }
    let mut statements = scan.imports.iter();
    if let Some(other) = statements.find(|one| gives_other(one, &tops)) {
        return Err(stays(other.at.start));
    }
    let imports = moved.iter().map(|one| (one.at.clone(), one.new.clone()));
    let mut edits: Vec<_> = imports.collect();
    moved.sort_by_key(|one| &one.old);
    let parts_max = moved.iter().map(|one| one.old.split('.').count()).max();
    for (at, word) in scan.words.iter().enumerate() {
        let (start, name) = (word.at.start, &text[word.at.clone()]);
        if !tops.contains(name) || !scan.is_bare(at) {
            continue;
        }
        match used(
            text,
            &scan.words[at..],
            &moved,
            parts_max.unwrap_or_default(),
        ) {
            Some((end, one)) if text[start..end] == one.old => {
                edits.push((start..end, one.new.clone()));
            }
            None if kept.contains(name) && is_dotted(&scan.words[at..]) => {}
            _ => return Err(stays(start)),
        }
    }
    Ok(edits)
}

/// Whether all that calls a module by its name has its new name, too: where the text has the first part from several imports,
/// only what stands at its top is known to give it.
fn has_new(one: &Whole, wholes: &[Whole]) -> bool {
    let mut alike = wholes
        .iter()
        .filter(|other| top(&other.old) == top(&one.old));
    top(&one.old) == top(&one.new)
        || alike.clone().all(|other| other.old == one.old)
        || alike.any(|other| other.old == one.old && other.is_outer)
}

/// Whether a first part stands for the same modules as before where nothing is rewritten.
fn is_kept(name: &str, wholes: &[Whole]) -> bool {
    let mut before = wholes.iter().filter(|one| top(&one.old) == name);
    let is_given = |one: &Whole| top(&one.new) == name;
    let has_outer = wholes.iter().any(|one| one.is_outer && is_given(one));
    before.clone().next().is_some() && (has_outer || before.all(is_given))
}

/// Whether an import gives one of these names to something that it does not call so itself.
fn gives_other(statement: &Statement, tops: &BTreeSet<String>) -> bool {
    statement.aliases.iter().any(|alias| {
        let own = statement.from.as_ref().map(|_| &alias.name);
        let given = alias.given.as_ref().or(own);
        given.is_some_and(|name| name == "*" || tops.contains(name))
    })
}

fn is_dotted(words: &[Word]) -> bool {
    matches!(words, [_, dot, part, ..] if (dot.kind, part.kind) == (Kind::Sign(b'.'), Kind::Name))
}

/// The module that is called by the longest name at some words, and where that ends. The modules are in order, and their names have
/// so many parts at the most.
fn used<'a>(
    text: &str,
    mut words: &[Word],
    moved: &[&'a Whole],
    parts_max: usize,
) -> Option<(usize, &'a Whole)> {
    let (mut name, mut found) = (String::new(), None);
    for _ in 0..parts_max {
        name.push_str(&text[words[0].at.clone()]);
        if let Ok(at) = moved.binary_search_by(|one| one.old.cmp(&name)) {
            found = Some((words[0].at.end, moved[at]));
        }
        if !is_dotted(words) {
            break;
        }
        name.push('.');
        words = &words[2..];
    }
    found
}
