//! What a module's name leads to, before a change and after it.

use super::scan::Module;
use crate::record::MODULES_FOLDER as FOLDER;
use std::collections::BTreeMap;

/// The package through which modules are imported, too.
pub(super) const PACKAGE: &str = "bifrost.";
/// What the folder of modules is called in imports.
pub(super) const MODULES: &str = "modules";

/// The file that an import leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) file: String,
    /// Whether the name after `import` is that file, and not something in it.
    pub(super) is_member: bool,
}

/// The Python files of a workspace.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// For each, where its text lies before the change.
    files: BTreeMap<String, String>,
    /// The file of each name below `modules/`; nothing where several have it.
    modules: BTreeMap<String, Option<String>>,
}

impl Tree {
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    pub(super) fn add(&mut self, path: String, origin: String) {
        if let Some(rest) = path.strip_prefix(FOLDER) {
            // One that lies in the folder itself is found before by its place.
            if let Some((_, name)) = rest.rsplit_once('/') {
                let one = self.modules.entry(name.to_owned());
                one.and_modify(|one| *one = None)
                    .or_insert_with(|| Some(path.clone()));
            }
        }
        self.files.insert(path, origin);
    }

    /// Where the interpreter looks for a module, in its order: beside the file, then at the root.
    ///
    /// `says` tells whether the text of a package, by where it lies before the change, has a name of its own, if that can be told.
    pub(super) fn find(
        &self,
        importer: &str,
        module: &Module,
        member: Option<&str>,
        says: &dyn Fn(&str, &str) -> Option<bool>,
    ) -> Option<Found> {
        let (mut folder, _) = importer.rsplit_once('/').unwrap_or_default();
        let bare = module.name.strip_prefix(PACKAGE);
        let bare = bare.filter(|rest| is_in(rest, MODULES));
        let name = bare.unwrap_or(&module.name);
        let mut roots = vec![folder];
        if module.level > 0 {
            for _ in 1..module.level {
                if folder.is_empty() {
                    return None;
                }
                folder = folder.rsplit_once('/').unwrap_or_default().0;
            }
            roots = vec![folder];
        } else if is_in(name, MODULES) || importer.starts_with(FOLDER) {
            roots = vec![""];
        } else {
            roots.push("");
        }
        let place = name.replace('.', "/");
        let found = roots
            .iter()
            .find_map(|root| self.at(&join(root, &place), member, says));
        found.or_else(|| self.deeper(bare?, member))
    }

    /// What a module at a place is.
    fn at(
        &self,
        base: &str,
        member: Option<&str>,
        says: &dyn Fn(&str, &str) -> Option<bool>,
    ) -> Option<Found> {
        let module = self.file(base);
        let inner = member.and_then(|member| self.file(&join(base, member)));
        let (file, is_member) = match (module, inner) {
            (None, Some(inner)) => (inner, true),
            // What a package says of itself comes before its files.
            (Some(module), Some(inner)) if module.len() > base.len() + ".py".len() => {
                let origin = self.files.get(&module);
                let may_give =
                    |origin: &String| says(origin, member.unwrap_or_default()) != Some(false);
                match origin.is_some_and(may_give) {
                    true => (module, false),
                    false => (inner, true),
                }
            }
            (module, _) => (module?, false),
        };
        Some(Found { file, is_member })
    }

    /// The file of a name beside the text of a package.
    pub(super) fn beside(&self, package: &str, name: &str) -> Option<String> {
        let folder = package.strip_suffix("/__init__.py")?;
        self.file(&join(folder, name))
    }

    fn file(&self, base: &str) -> Option<String> {
        let files = [format!("{base}/__init__.py"), format!("{base}.py")];
        files.into_iter().find(|path| self.has(path))
    }

    /// The only file in a folder of `modules/` that has the name, as the package `bifrost.modules` finds it.
    fn deeper(&self, name: &str, member: Option<&str>) -> Option<Found> {
        let (stem, is_member) = match name.strip_prefix("modules.") {
            Some(stem) => (stem, false),
            None => (member?, true),
        };
        // A folder of that name is a package, and comes first.
        let top = format!("{FOLDER}{stem}/");
        let first = self.files.range(top.clone()..).next();
        if first.is_some_and(|(path, _)| path.starts_with(&top)) {
            return None;
        }
        let file = self.modules.get(&format!("{stem}.py"))?.clone()?;
        Some(Found { file, is_member })
    }
}

/// Whether a module is another one or in it.
pub(super) fn is_in(name: &str, package: &str) -> bool {
    name.strip_prefix(package)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}
