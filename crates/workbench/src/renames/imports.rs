//! The imports of a Python text, under the names that what they lead to has after a change.

use super::library::is_library;
use super::scan::{Alias, Module, Scan, Statement};
use super::tree::{Found, MODULES, PACKAGE, Tree, is_in};
use super::wholes::{Whole, uses};
use std::ops::Range;

/// The words that name nothing in Python.
const KEYWORDS: &str = " False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield ";

/// The most names that are imported in a text whose imports are looked at; what is beyond is told of.
pub(super) const IMPORTS_MAX: usize = 500;

/// What is asked about the workspace, and about one file of it.
pub(super) struct Scene<'a> {
    pub(super) before: &'a Tree,
    pub(super) after: &'a Tree,
    /// Where a file comes to lie.
    pub(super) moved: &'a dyn Fn(&str) -> String,
    /// Whether the text of a package, which lies there before the change, has a name of its own; nothing where that can't be told.
    pub(super) says: &'a dyn Fn(&str, &str) -> Option<bool>,
    /// Where the file lies before and after.
    pub(super) importer: (&'a str, &'a str),
    /// Whether its text is written by the same change: then it may say what holds afterwards.
    pub(super) is_written: bool,
}

/// What becomes of a text.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// Why something of it stays as it is.
    pub(super) left: Option<String>,
}

impl Followed {
    /// The first reason is the one that is told.
    pub(super) fn leave(&mut self, why: String) {
        self.left.get_or_insert(why);
    }

    pub(super) fn edit(&mut self, at: Range<usize>, new: impl Into<String>) {
        self.edits.push((at, new.into()));
    }
}

/// The names of a module and of something in it, as an import says them.
type Names = (String, Option<String>);

/// Has the imports of a text follow.
pub(super) fn follow(text: &str, scan: &Scan, scene: &Scene<'_>) -> Followed {
    let mut followed = Followed::default();
    let (mut imports, mut wholes) = (0, Vec::new());
    for statement in &scan.imports {
        imports += statement.aliases.len();
        if imports > IMPORTS_MAX {
            followed.leave(format!("it imports more than {IMPORTS_MAX} names"));
            return followed;
        }
        if let Some((module, at)) = &statement.from {
            let names = statement.aliases.iter().map(|alias| {
                let member = Some(alias.name.as_str()).filter(|name| *name != "*");
                scene.renamed(module, member, &mut followed)
            });
            let names: Vec<Option<Names>> = names.collect();
            from(text, statement, (module, at), &names, &mut followed);
            continue;
        }
        for alias in &statement.aliases {
            let module = Module::of(&alias.name);
            let new = scene.renamed(&module, None, &mut followed);
            let new = new.map(|(name, _)| name);
            let (at, old) = (alias.at.clone(), alias.name.clone());
            let is_outer = statement.is_outer(text);
            let whole = |at, new| Whole {
                at,
                old: old.clone(),
                new,
                is_outer,
            };
            match (new, alias.given.is_some()) {
                (Some(new), true) => followed.edit(at, new),
                (None, true) => {}
                (new, false) if old.contains('.') => {
                    let new = new.unwrap_or_else(|| old.clone());
                    wholes.push(whole(at, new));
                }
                // The text knows it as before.
                (new, false) => {
                    if let Some(new) = new {
                        followed.edit(at.clone(), format!("{new} as {old}"));
                    }
                    wholes.push(whole(at, old.clone()));
                }
            }
        }
    }
    match uses(text, scan, &wholes) {
        Ok(edits) => followed.edits.extend(edits),
        Err(why) => followed.leave(why),
    }
    followed
}

impl Scene<'_> {
    /// What an import says from now on; nothing where it stays as it is.
    fn renamed(
        &self,
        module: &Module,
        member: Option<&str>,
        followed: &mut Followed,
    ) -> Option<Names> {
        let (old, new) = self.importer;
        let Found { file, is_member } = self.before.find(old, module, member, self.says)?;
        let file_now = (self.moved)(&file);
        if !self.after.has(&file_now) {
            return None;
        }
        // The text of a package that has the word need not give it to others: then the name is that file.
        if let Some(name) = member.filter(|_| !is_member)
            && let Some(beside) = self.before.beside(&file, name)
            && (self.says)(&file, name).is_none()
        {
            let beside_now = (self.moved)(&beside);
            let after = self.after.beside(&file_now, name);
            let stays = after.is_some_and(|after| self.is_written || after == beside_now);
            if self.after.has(&beside_now) && !stays && !is_library(module) {
                followed.leave(format!(
                    "`{file}` has the word `{name}`, so its import may mean `{beside_now}`: look at it by hand"
                ));
            }
        }
        if self.is_written {
            let found = self.after.find(new, module, member, self.says);
            if found.is_some_and(|found| found.is_member == is_member) {
                return None;
            }
        }
        let finds = |module: &Module, member: Option<&str>| {
            let found = self.after.find(new, module, member, self.says);
            found.filter(|found| found.file == file_now && !is_library(module))
        };
        let leads = |module: &Module, member: Option<&str>| {
            finds(module, member).is_some_and(|found| found.is_member == is_member)
        };
        if leads(module, member) || is_library(module) {
            return None;
        }
        let place = file_now
            .trim_end_matches(".py")
            .trim_end_matches("/__init__");
        let place = place.replace('/', ".");
        let (above, own) = place.rsplit_once('.').unwrap_or(("", &place));
        let is_mine = module.name.starts_with(PACKAGE) && is_in(&place, MODULES);
        let package = if is_mine { PACKAGE } else { "" };
        let written = module.written();
        // Beside what it was, as the text says it; or else by its place.
        let spellings: [Names; 2] = match is_member {
            true => {
                let by_place = format!("{package}{above}");
                [written, by_place].map(|module| (module, Some(own.to_owned())))
            }
            false => {
                let near = written.rfind('.').map_or("", |dot| &written[..=dot]);
                [format!("{near}{own}"), format!("{package}{place}")].map(|module| (module, None))
            }
        };
        let can_be_named = place.split('.').all(is_name);
        let found = spellings
            .into_iter()
            .find(|(module, own)| match own.as_deref() {
                // What lies at the root is in nothing.
                Some(own) if module.is_empty() => finds(&Module::of(own), None).is_some(),
                own => leads(&Module::of(module), own.or(member)),
            });
        let found = found.filter(|_| can_be_named);
        if found.is_none() {
            followed.leave(format!("no import can name `{file_now}` there"));
        }
        found
    }
}

fn is_name(name: &str) -> bool {
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let begins = name.starts_with(|c: char| !c.is_numeric());
    is_word && begins && !KEYWORDS.contains(&format!(" {name} "))
}

/// An alias under its new name, by which the text knows it as before. It is made of words: what stands between them may not stand
/// outside brackets.
fn shown(alias: &Alias, own: &str) -> String {
    match alias.given.as_deref() {
        Some(given) => format!("{own} as {given}"),
        None if own == alias.name => own.to_owned(),
        None => format!("{own} as {}", alias.name),
    }
}

/// What becomes of a `from` import: what still has the module that is written stays in it, and the rest gets statements of its own
/// behind it.
fn from(
    text: &str,
    statement: &Statement,
    (module, at): (&Module, &Range<usize>),
    names: &[Option<Names>],
    followed: &mut Followed,
) {
    if names.iter().all(Option::is_none) {
        return;
    }
    let written = module.written();
    let parts = statement.aliases.iter().zip(names).map(|(alias, names)| {
        let (module, own) = match names {
            Some((module, own)) => (module.as_str(), own.as_deref()),
            None => (written.as_str(), None),
        };
        (alias, module, own.unwrap_or(&alias.name))
    });
    let parts: Vec<(&Alias, &str, &str)> = parts.collect();
    let joined = |module: &str| {
        let own = parts.iter().filter(|(_, one, _)| *one == module);
        let own: Vec<String> = own.map(|(alias, _, own)| shown(alias, own)).collect();
        own.join(", ")
    };
    let stays = parts.iter().map(|(_, module, _)| *module);
    let stays = stays.min_by_key(|module| (*module != written, module.is_empty()));
    let stays = stays.unwrap_or_default();
    // No comment can stand inside what leaves its brackets.
    let mut leave = parts.iter().filter(|(_, module, _)| *module != stays);
    let is_commented = match stays.is_empty() {
        true => text[statement.at.clone()].contains('#'),
        false => leave.any(|(alias, ..)| text[alias.whole.clone()].contains('#')),
    };
    if is_commented {
        followed.leave(format!("a comment stands in its import of `{written}`"));
        return;
    }
    if stays.is_empty() {
        // All of it lies at the root now.
        followed.edit(statement.at.clone(), format!("import {}", joined("")));
        return;
    }
    if stays != written {
        let gap = |byte: Option<&u8>| match byte {
            Some(byte) if !byte.is_ascii_whitespace() && *byte != b'\\' => " ",
            _ => "",
        };
        let bytes = text.as_bytes();
        let before = gap(at.start.checked_sub(1).and_then(|at| bytes.get(at)));
        let after = gap(bytes.get(at.end));
        followed.edit(at.clone(), format!("{before}{stays}{after}"));
    }
    let mut others: Vec<&str> = Vec::new();
    for (_, module, _) in &parts {
        if *module != stays && !others.contains(module) {
            others.push(module);
        }
    }
    if let (false, false, [first, .., last]) =
        (others.is_empty(), statement.is_bracketed, parts.as_slice())
    {
        let all = first.0.whole.start..last.0.whole.end;
        followed.edit(all, joined(stays));
    } else {
        for (alias, module, own) in &parts {
            if *module != stays {
                cut(text, alias, followed);
            } else if *own != alias.name && alias.given.is_some() {
                followed.edit(alias.at.clone(), *own);
            } else if *own != alias.name {
                followed.edit(alias.at.clone(), shown(alias, own));
            }
        }
    }
    if others.is_empty() {
        return;
    }
    let (place, between) = behind(text, statement);
    let statements = others.iter().map(|module| {
        let begins = match *module {
            "" => String::new(),
            module => format!("from {module} "),
        };
        format!("{between}{begins}import {}", joined(module))
    });
    followed.edit(place..place, statements.collect::<String>());
}

const BLANKS: [char; 3] = [' ', '\t', '\x0c'];

/// How lines end; the longest comes first.
const LINE_ENDS: [&str; 3] = ["\r\n", "\n", "\r"];

/// Takes a name out of an import in brackets, with its comma, and with its line where nothing else stands there.
fn cut(text: &str, alias: &Alias, followed: &mut Followed) {
    let Range { mut start, mut end } = alias.whole;
    if let Some(comma) = alias.comma {
        match text[end..comma].trim().is_empty() {
            true => end = comma + 1,
            // A comment stands between the two.
            false => followed.edit(comma..comma + 1, ""),
        }
    }
    let before = text[..start].trim_end_matches(BLANKS);
    let after = text[end..].trim_start_matches(BLANKS);
    let mut ends = LINE_ENDS.into_iter();
    let line = ends.find(|line| after.starts_with(line));
    let blanks = text.len() - after.len();
    match (before.ends_with(['\n', '\r']), line) {
        (true, Some(line)) => (start, end) = (before.len(), blanks + line.len()),
        (false, Some(_)) => start = before.len(),
        _ if after.starts_with(')') => start = before.len(),
        _ => end = blanks,
    }
    followed.edit(start..end, "");
}

/// Where more statements go behind one, and what stands before each: the line's end and indentation as the text has them, or a
/// semicolon where the statement shares its line.
fn behind(text: &str, statement: &Statement) -> (usize, String) {
    let Range { start, end } = statement.at;
    let before = text[..start].trim_end_matches(BLANKS);
    let rest = &text[end..];
    let after = rest.trim_start_matches(BLANKS);
    if !statement.begins_line || !(after.is_empty() || after.starts_with(['\n', '\r', '#'])) {
        return (end, "; ".into());
    }
    let place = end + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let known = match &text[place..] {
        "" => LINE_ENDS.into_iter().find(|end| before.ends_with(end)),
        rest => LINE_ENDS.into_iter().find(|end| rest.starts_with(end)),
    };
    let indent = &text[before.len()..start];
    (place, format!("{}{indent}", known.unwrap_or("\n")))
}

#[cfg(test)]
mod tests;
