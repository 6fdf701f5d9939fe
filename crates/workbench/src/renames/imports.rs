//! The imports of a Python text, under the names that what they lead to has after a change.

use super::scan::{Alias, Module, Scan, Statement};
use super::tree::{Found, MODULES, PACKAGE, Tree, is_in};
use std::ops::Range;

/// The words that name nothing in Python.
const KEYWORDS: &str = " False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield ";

/// What is asked about the workspace, and about one file of it.
pub(super) struct Scene<'a> {
    pub(super) before: &'a Tree,
    pub(super) after: &'a Tree,
    /// Where a file comes to lie.
    pub(super) moved: &'a dyn Fn(&str) -> String,
    pub(super) read: &'a dyn Fn(&str) -> Option<String>,
    /// Where the file lies before and after.
    pub(super) importer: (&'a str, &'a str),
    /// Whether the guest says that the text imports a file; nothing where it has not read the text.
    pub(super) imports: &'a dyn Fn(&str) -> Option<bool>,
}

/// What becomes of a text.
#[derive(Debug, Default)]
pub(super) struct Followed {
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// Why something of it stays as it is.
    pub(super) left: Option<String>,
    /// Whether only the guest knows what an import is of.
    pub(super) is_unsure: bool,
}

/// The names of a module and of something in it, as an import says them.
type Names = (String, Option<String>);

/// Has the imports of a text follow.
pub(super) fn follow(text: &str, scan: &Scan, scene: &Scene<'_>) -> Followed {
    let mut followed = Followed::default();
    let mut chains = Vec::new();
    for statement in &scan.imports {
        let names = statement.aliases.iter().map(|alias| {
            let (module, member) = match &statement.from {
                Some((module, _)) => (module.clone(), Some(alias.name.as_str())),
                None => (Module::of(&alias.name), None),
            };
            scene.renamed(&module, member.filter(|name| *name != "*"), &mut followed)
        });
        let names: Vec<Option<Names>> = names.collect();
        match &statement.from {
            Some((module, at)) => {
                followed
                    .edits
                    .extend(from(text, statement, (module, at), &names));
            }
            None => {
                for (alias, names) in statement.aliases.iter().zip(names) {
                    let Some((name, _)) = names else { continue };
                    let as_before = !alias.is_named && !alias.name.contains('.');
                    let shown = match as_before {
                        true => format!("{name} as {}", alias.name),
                        false => name.clone(),
                    };
                    followed.edits.push((alias.at.clone(), shown));
                    if !alias.is_named && !as_before {
                        chains.push((&alias.name, name));
                    }
                }
            }
        }
    }
    for at in &scan.chains {
        let chain = &text[at.clone()];
        let fits = |(name, _): &&(&String, String)| is_in(chain, name);
        if let Some((name, new)) = chains
            .iter()
            .filter(fits)
            .max_by_key(|(name, _)| name.len())
        {
            followed
                .edits
                .push((at.start..at.start + name.len(), new.clone()));
        }
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
        let Found { file, is_member } = self.before.find(old, module, member, self.read)?;
        let file_now = (self.moved)(&file);
        if !self.after.has(&file_now) {
            return None;
        }
        let leads = |module: &Module, member: Option<&str>| {
            let found = self.after.find(new, module, member, self.read);
            found.is_some_and(|found| found.file == file_now && found.is_member == is_member)
        };
        if leads(module, member) {
            return None;
        }
        // A name of one part may be the interpreter's own: its module would come first.
        let is_certain = module.level > 0 || module.name.contains('.') || module.name == MODULES;
        if !is_certain {
            match (self.imports)(&file) {
                Some(true) => {}
                Some(false) => return None,
                None => {
                    followed.is_unsure = true;
                    followed.left = Some(format!("its import of `{}` was not read", module.name));
                    return None;
                }
            }
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
                Some(own) if module.is_empty() => {
                    let found = self.after.find(new, &Module::of(own), None, self.read);
                    found.is_some_and(|found| found.file == file_now)
                }
                own => leads(&Module::of(module), own.or(member)),
            });
        let found = found.filter(|_| can_be_named);
        if found.is_none() {
            followed.left = Some(format!("no import can name `{file_now}` there"));
        }
        found
    }
}

fn is_name(name: &str) -> bool {
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let begins = name.starts_with(|c: char| !c.is_numeric());
    is_word && begins && !KEYWORDS.contains(&format!(" {name} "))
}

/// An alias under its new name, by which the text knows it as before.
fn shown(text: &str, alias: &Alias, own: Option<&str>) -> String {
    match own {
        Some(own) if own == alias.name => text[alias.whole.clone()].to_owned(),
        Some(own) if alias.is_named => {
            format!("{own}{}", &text[alias.at.end..alias.whole.end])
        }
        Some(own) => format!("{own} as {}", alias.name),
        None => text[alias.whole.clone()].to_owned(),
    }
}

/// What becomes of a `from` import. Where all that it names still has one module, the rest of it stays as it was written.
fn from(
    text: &str,
    statement: &Statement,
    (module, at): (&Module, &Range<usize>),
    names: &[Option<Names>],
) -> Vec<(Range<usize>, String)> {
    let written = module.written();
    let module_of = |names: &Option<Names>| match names {
        Some((name, _)) => name.clone(),
        None => written.clone(),
    };
    let modules: Vec<String> = names.iter().map(module_of).collect();
    let own = |names: &Option<Names>| names.clone().and_then(|(_, own)| own);
    let first = modules.first().cloned().unwrap_or_default();
    let mut edits = Vec::new();
    if modules.iter().all(|one| *one == first) && !first.is_empty() {
        if first != written {
            let gap = |byte: Option<u8>| match byte {
                Some(byte) if !byte.is_ascii_whitespace() && byte != b'\\' => " ",
                _ => "",
            };
            let bytes = text.as_bytes();
            let before = gap(at
                .start
                .checked_sub(1)
                .and_then(|at| bytes.get(at).copied()));
            let after = gap(bytes.get(at.end).copied());
            edits.push((at.clone(), format!("{before}{first}{after}")));
        }
        for (alias, names) in statement.aliases.iter().zip(names) {
            let new = shown(text, alias, own(names).as_deref());
            if new != text[alias.whole.clone()] {
                edits.push((alias.whole.clone(), new));
            }
        }
        return edits;
    }
    // What has several modules now is several statements.
    let mut parts: Vec<(&str, Vec<String>)> = Vec::new();
    for ((alias, names), module) in statement.aliases.iter().zip(names).zip(&modules) {
        let new = shown(text, alias, own(names).as_deref());
        match parts.iter_mut().find(|(one, _)| one == module) {
            Some((_, all)) => all.push(new),
            None => parts.push((module, vec![new])),
        }
    }
    let statements = parts.iter().map(|(module, names)| {
        let names = names.join(", ");
        match *module {
            "" => format!("import {names}"),
            module => format!("from {module} import {names}"),
        }
    });
    let start = statement.at.start;
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..start];
    let between = match indent.trim().is_empty() {
        true => format!("\n{indent}"),
        false => "; ".to_owned(),
    };
    let all: Vec<String> = statements.collect();
    vec![(statement.at.clone(), all.join(&between))]
}
