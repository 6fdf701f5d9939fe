//! What names lead to before some steps and after them.

use super::tree::Tree;
use crate::record::flow_name;
use crate::reference::{PORTABLE, named, split};
use crate::scopes::View;
use selvage_tool::Language;
use selvage_tool::flows::FLOWS_FILE;
use selvage_vfs::{Kind, Op};
use std::collections::{BTreeMap, BTreeSet};

/// The most files of one name among which the function of a reference tells the one that is meant.
pub(super) const CALLED_MAX: usize = 20;

/// The files of flows with one name.
#[derive(Default)]
struct Called {
    /// As many as are told apart, and one more where there are more.
    files: Vec<String>,
    /// Whether one of all of them moves.
    moves: bool,
}

/// What leads where.
pub(super) struct Names {
    pub(super) before: Tree,
    pub(super) after: Tree,
    /// The Python files and flows that move, by where they lie.
    pub(super) moves: BTreeMap<String, String>,
    /// Where each file that some step moves or removes comes to lie; nothing where it is removed.
    steps: BTreeMap<String, Option<String>>,
    /// The flows of this workspace, before and afterwards.
    flows: [BTreeMap<String, Called>; 2],
    /// The first words of what imports and references call the files that move.
    words: BTreeSet<Vec<u8>>,
    /// The first words of what scripts call the files that move.
    script_words: BTreeSet<Vec<u8>>,
    /// What the steps write.
    written: BTreeSet<String>,
    /// The folders whose packages move: a near import names them by dots alone.
    packages: BTreeSet<String>,
}

impl Names {
    /// `sees` tells what whoever moves may read: to it, no name leads to anything else.
    pub(super) fn of(view: &View, ops: &[Op], sees: &dyn Fn(&str) -> bool) -> Self {
        let entries = view.entries();
        let files = entries.iter().filter(|entry| entry.kind != Kind::Folder);
        let own = files.clone().map(|entry| &entry.path);
        let own = own.filter(|path| view.scope_of(path) == 0);
        let mut names = Self {
            before: Tree::default(),
            after: Tree::default(),
            moves: BTreeMap::new(),
            steps: folded(own, ops),
            flows: Default::default(),
            words: BTreeSet::new(),
            script_words: BTreeSet::new(),
            written: BTreeSet::new(),
            packages: BTreeSet::new(),
        };
        for entry in files {
            let path = entry.path.clone();
            if !sees(&path) {
                continue;
            }
            if !is_python(&path) {
                names.move_script(path);
                continue;
            }
            names.before.add(path.clone(), path.clone());
            if view.scope_of(&path) != 0 {
                names.after.add(path.clone(), path);
                continue;
            }
            let new = names.comes_to(&path).map(str::to_owned);
            names.call(0, &path, new.as_ref().is_some_and(|new| *new != path));
            let Some(new) = new else { continue };
            names.call(1, &new, false);
            names.after.add(new.clone(), path.clone());
            if new != path {
                names
                    .words
                    .extend([&path, &new].map(|path| first_word(path)));
                let package = path.strip_suffix("/__init__.py");
                names.packages.extend(package.map(str::to_owned));
                names.moves.insert(path, new);
            }
        }
        for op in ops {
            let Op::Write { path, .. } = op else { continue };
            names.written.insert(path.clone());
            if is_python(path) && !names.after.has(path) {
                names.after.add(path.clone(), path.clone());
                names.call(1, path, false);
            }
        }
        names
    }

    /// Notes a file that scripts may import, where it moves; a flow is named by references, too.
    fn move_script(&mut self, path: String) {
        let Some(new) = self.comes_to(&path).filter(|new| *new != path) else {
            return;
        };
        let (new, word) = (new.to_owned(), first_word(&path));
        if is_script(&path) || path.ends_with(".json") {
            self.script_words.insert(word.clone());
        }
        if flow_name(&path).is_some() {
            self.words.insert(word);
            self.moves.insert(path, new);
        }
    }

    /// Whether anything moves that others name.
    pub(super) fn is_named(&self) -> bool {
        !self.moves.is_empty() || !self.script_words.is_empty()
    }

    /// Whether there is a file afterwards. `is_there` tells what there is before.
    pub(super) fn is_filled(&self, path: &str, is_there: &dyn Fn(&str) -> bool) -> bool {
        self.written.contains(path)
            || self.steps.values().flatten().any(|new| new == path)
            || is_there(path) && self.comes_to(path) == Some(path)
    }

    fn call(&mut self, side: usize, path: &str, moves: bool) {
        if let Some(name) = flow_name(path).filter(|_| is_python(path)) {
            let called = self.flows[side].entry(name.to_owned()).or_default();
            called.moves |= moves;
            if called.files.len() <= CALLED_MAX {
                called.files.push(path.to_owned());
            }
        }
    }

    /// Where a file of this workspace comes to lie; nothing for one that is removed.
    pub(super) fn comes_to<'a>(&'a self, path: &'a str) -> Option<&'a str> {
        self.steps.get(path).map_or(Some(path), Option::as_deref)
    }

    pub(super) fn moved<'a>(&'a self, path: &'a str) -> &'a str {
        self.moves.get(path).map_or(path, String::as_str)
    }

    /// Whether a file may name what moves, or what comes to hide something.
    pub(super) fn may_stand_in(&self, path: &str, bytes: &[u8]) -> bool {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if is_python(path) && self.packages.contains(above) {
                return true;
            }
            folder = above;
        }
        words_in(bytes).any(|word| self.words.contains(word)) || self.may_be_imported(path, bytes)
    }

    /// Whether a script may import what moves.
    pub(super) fn may_be_imported(&self, path: &str, bytes: &[u8]) -> bool {
        is_script(path) && words_in(bytes).any(|word| self.script_words.contains(word))
    }

    /// Whether a reference leads somewhere afterwards.
    pub(super) fn leads(&self, found: &str) -> bool {
        match portable(found) {
            Some((name, _)) => self.flows[1].contains_key(name),
            None => self.after.has(split(found).0),
        }
    }

    /// Whether a reference may name several files of which one moves: what it leads to is worth remembering.
    pub(super) fn is_shared(&self, found: &str) -> bool {
        let called = portable(found).and_then(|(name, _)| self.flows[0].get(name));
        called.is_some_and(|called| called.moves)
    }

    /// A reference under its new name; nothing where it stays. Who holds it counts only where it names a folder.
    ///
    /// # Errors
    /// Why it stays though what it names moves.
    pub(super) fn reference(
        &self,
        found: &str,
        holder: &str,
        offers: &dyn Fn(&str, &str) -> Option<bool>,
    ) -> Result<Option<String>, String> {
        let portable = portable(found);
        let (path, function) = match portable {
            Some((name, function)) => {
                let called = self.flows[0].get(name).filter(|called| called.moves);
                let Some(Called { files, .. }) = called else {
                    return Ok(None);
                };
                if files.len() > CALLED_MAX {
                    return Err(format!("more than {CALLED_MAX} files are called `{name}`"));
                }
                let mut called: Vec<&String> = files.iter().collect();
                if called.len() > 1 {
                    let offers = |path: &str| offers(path, function?);
                    let is_unknown = called.iter().any(|path| offers(path).is_none());
                    called.retain(|path| offers(path) == Some(true));
                    if is_unknown || called.len() != 1 {
                        return Err(format!("several files are called `{name}`"));
                    }
                }
                (called[0].as_str(), function)
            }
            None => split(found),
        };
        let stays = |new: &&String| !is_python(new) || self.after.has(new);
        let Some(new) = self.moves.get(path).filter(stays) else {
            return Ok(None);
        };
        let is_run = portable.is_some() || function.is_some() || holder == FLOWS_FILE;
        let name = flow_name(new).filter(|_| is_run);
        if is_run && name.is_none() && flow_name(path).is_some() {
            return Err(format!("it runs `{path}`, and `{new}` can't be run"));
        }
        let is_its_own = |name: &&str| {
            let called = self.flows[1].get(*name);
            called.is_none_or(|called| called.files.iter().all(|path| path == new))
        };
        let renamed = match portable.and(name).filter(is_its_own) {
            Some(name) => named(&format!("{PORTABLE}{name}"), function),
            None => named(new, function),
        };
        match renamed.as_str() {
            same if same == found => Ok(None),
            new if !is_safe(new) => Err(format!(
                "`{new}` has signs that no reference is written with"
            )),
            _ => Ok(Some(renamed)),
        }
    }
}

/// The name and the function of a reference that names no folder: without one, the only function of the file is meant.
fn portable(found: &str) -> Option<(&str, Option<&str>)> {
    let rest = found.strip_prefix(PORTABLE)?;
    let (name, function) = rest.rsplit_once("::").unwrap_or((rest, ""));
    Some((name, Some(function).filter(|function| !function.is_empty())))
}

/// Whether a reference reads the same in quotes of any kind and in none, in Python, JSON and YAML.
fn is_safe(reference: &str) -> bool {
    let is_word = |sign: char| sign.is_alphanumeric() || "_.".contains(sign);
    let is_part = |sign: char| is_word(sign) || " -/:".contains(sign);
    let begins = reference.starts_with(is_word);
    let ends = !reference.ends_with([' ', ':']);
    begins && ends && reference.chars().all(is_part) && !reference.contains(": ")
}

/// The first word of what imports and references call a file.
fn first_word(path: &str) -> Vec<u8> {
    let name = path.trim_end_matches(".py").trim_end_matches("/__init__");
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut words = words_in(name.as_bytes());
    let word = words.find(|word| !word.is_empty());
    word.unwrap_or_default().to_owned()
}

/// Whether a file may import others as JavaScript does.
pub(super) fn is_script(path: &str) -> bool {
    path.ends_with(".js") || path.ends_with(".mjs")
}

pub(super) fn is_python(path: &str) -> bool {
    Language::of(path) == Language::Python
}

/// The words of a text; empty ones stand between other signs.
pub(super) fn words_in(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii()))
}

/// What becomes of the files that some steps move or remove, each under its first path: where it comes to lie, if anywhere.
fn folded<'a>(
    files: impl Iterator<Item = &'a String>,
    ops: &[Op],
) -> BTreeMap<String, Option<String>> {
    let mut lies: BTreeMap<String, &String> = files.map(|path| (path.clone(), path)).collect();
    let mut steps = BTreeMap::new();
    for op in ops {
        let (from, to) = match op {
            Op::Move { from, to } => (from, Some(to)),
            Op::Remove { path } => (path, None),
            _ => continue,
        };
        let folder = format!("{from}/");
        let inside = lies.range(folder.clone()..).map(|(path, _)| path);
        let inside = inside.take_while(|path| path.starts_with(&folder));
        let all: Vec<String> = inside.chain([from]).cloned().collect();
        for path in all {
            let Some(old) = lies.remove(&path) else {
                continue;
            };
            let new = to.map(|to| format!("{to}{}", &path[from.len()..]));
            if let Some(new) = &new {
                lies.insert(new.clone(), old);
            }
            steps.insert(old.clone(), new);
        }
    }
    steps
}
