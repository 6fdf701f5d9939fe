//! # unresolved-import
//!
//! **Severity.** error
//!
//! **What it does.** Finds imports that name neither a file of the workspace nor a module that a run has.
//!
//! **Why.** The import fails, and the file with it. Modules are named by their path from the root (`modules.money` or
//! `bifrost.modules.money` for `modules/money.py`) or from the folder of the file that is run; packages are not installed.
//! In a function it is a warning, since that may never be called, and so it is where the program did something before, which may be
//! that it wrote the file; in a `try` that catches `ImportError` it is fine.
//!
//! **Example.** `from modules.mony import total`.
//!
//! **Fix.** None: write the file, or mend the name.

use super::{Rule, Scene, relative_import, unavailable_module};
use crate::absent;
use crate::reading::names::{MEMBERS, PACKAGE};
use crate::reading::walk::Place;
use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::{Ranged, TextRange};
use selvage_guest::findings::{Finding, Findings};
use selvage_tool::reading::Import;
use selvage_tool::{Diagnostic, Severity};

pub const RULE: Rule = Rule {
    code: "unresolved-import",
    severity: Severity::Error,
};

/// The most imports of a file that are followed.
pub const IMPORTS_MAX: usize = 1_000;
/// The most parts of a module's name.
const PARTS_MAX: usize = 32;
/// The module that a run makes for each program.
const OWN: &str = "selvage";
/// The folder whose files only others import: what is beside them is not on the way.
const MODULES: &str = "modules/";

/// Follows the imports of a text: those that name nothing the interpreter has are for the workspace to decide.
pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) -> Vec<Import> {
    let mut imports = Imports {
        scene,
        findings,
        list: Vec::new(),
        is_late: false,
    };
    for (statement, place) in scene.statements {
        imports.is_late |= !place.in_function && acts(statement);
        if place.for_types || imports.list.len() >= IMPORTS_MAX {
            continue;
        }
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    imports.module(alias.name.as_str(), None, alias.range(), *place);
                }
            }
            Stmt::ImportFrom(import) => {
                let module = match import.level {
                    0 => import.module.as_ref().map(ToString::to_string),
                    _ => relative_import::absolute(scene.world.path, import),
                };
                let Some(module) = module else {
                    continue;
                };
                for alias in &import.names {
                    imports.member(&module, alias, import.level > 0, *place);
                }
            }
            _ => {}
        }
    }
    imports.list
}

struct Imports<'s, 'a, 'f, 'p> {
    scene: &'s Scene<'s, 'a>,
    findings: &'f mut Findings<'p>,
    list: Vec<Import>,
    /// Whether the program did something before, which may be that it wrote the module, or told where to look for it.
    is_late: bool,
}

impl Imports<'_, '_, '_, '_> {
    /// `from module import name`: the name may be a file, too.
    fn member(&mut self, module: &str, alias: &Alias, relative: bool, place: Place) {
        let name = alias.name.as_str();
        let range = alias.range();
        if module.is_empty() {
            self.module(name, None, range, place);
        } else if name == "*" {
            self.module(module, None, range, place);
        } else if self.has(module) && !relative {
            let inner = format!("{module}.{name}");
            if self.has(&inner) {
                return;
            }
            // What the interpreter leaves out of a package that it has.
            if absent::why(&inner).is_some() {
                self.missing(&inner, None, Vec::new(), range, place);
            } else if module == PACKAGE && !offers(name) {
                self.unknown(name, range, place);
            }
        } else {
            self.module(module, Some(name), range, place);
        }
    }

    /// Whether the interpreter has a module by itself. It has the package that leads to the workspace's modules, and none of these.
    fn has(&self, module: &str) -> bool {
        let leads = module
            .strip_prefix(PACKAGE)
            .and_then(|rest| rest.strip_prefix('.'));
        let is_own = leads == Some(MODULES.trim_end_matches('/'));
        !is_own && (module == OWN || module == PACKAGE || (self.scene.world.has)(module))
    }

    /// `import module`, or a name of it that may be a file.
    fn module(&mut self, module: &str, member: Option<&str>, range: TextRange, place: Place) {
        let modules = format!("{PACKAGE}.{}", MODULES.trim_end_matches('/'));
        let named = match module.strip_prefix(&modules) {
            // `bifrost.modules.x` is the file `modules/x.py`.
            Some(rest) if rest.is_empty() || rest.starts_with('.') => {
                module.get(PACKAGE.len() + 1..).unwrap_or_default()
            }
            _ if self.has(module) => return,
            _ => module,
        };
        let parts: Vec<&str> = named.split('.').collect();
        if parts.len() > PARTS_MAX {
            return;
        }
        let mut any = Vec::new();
        for root in self.roots(&parts) {
            for depth in 1..parts.len() {
                let package = format!("{root}{}/__init__.py", parts[..depth].join("/"));
                self.add(vec![package], None);
            }
            let base = format!("{root}{}", parts.join("/"));
            any.extend([format!("{base}.py"), format!("{base}/__init__.py")]);
            match member {
                Some(member) => any.extend([
                    format!("{base}/{member}.py"),
                    format!("{base}/{member}/__init__.py"),
                    format!("{base}/{member}"),
                ]),
                // A folder is a package, too.
                None => any.push(base),
            }
        }
        let deeper = match (parts.as_slice(), member) {
            ([_], Some(name)) => Some(name),
            ([_, name], _) => Some(*name),
            _ => None,
        };
        if let Some(name) = deeper.filter(|_| named.len() < module.len()) {
            // The package finds what lies deeper in the folder by its name alone.
            any.push(format!("{MODULES}**/{name}.py"));
            any.push(format!("{MODULES}**/{name}/__init__.py"));
        }
        let wanted = match member {
            // Where the interpreter knows why, it is about the module.
            Some(member) if absent::why(module).is_none() => format!("{module}.{member}"),
            _ => module.to_owned(),
        };
        self.missing(&wanted, member, any, range, place);
    }

    /// The folders that a name is looked for in.
    fn roots(&self, parts: &[&str]) -> Vec<String> {
        let path = self.scene.world.path;
        let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
        let from_root = folder.is_empty()
            || path.starts_with(MODULES)
            || MODULES.trim_end_matches('/') == parts[0];
        if from_root {
            vec![String::new()]
        } else {
            vec![String::new(), folder.to_owned()]
        }
    }

    /// A name that `bifrost` does not have, which no file can make good.
    fn unknown(&mut self, name: &str, range: TextRange, place: Place) {
        if place.guarded {
            return;
        }
        let finding = Finding {
            range: range.into(),
            severity: self.severity(place),
            message: format!("`{PACKAGE}` has no `{name}`."),
            hint: "docs/python.md lists what it has.".into(),
            fix: None,
        };
        let missing = self.findings.make(RULE.code, finding);
        self.add(Vec::new(), missing);
    }

    /// How bad it is that an import fails: perhaps it never happens, or what it needs was made before.
    fn severity(&self, place: Place) -> Severity {
        if place.in_function || self.is_late {
            Severity::Warning
        } else {
            Severity::Error
        }
    }

    /// An import that fails unless one of these is there.
    fn missing(
        &mut self,
        module: &str,
        member: Option<&str>,
        any: Vec<String>,
        range: TextRange,
        place: Place,
    ) {
        let rule = match absent::why(module) {
            Some(_) => &unavailable_module::RULE,
            None => &RULE,
        };
        let finding = (!place.guarded).then(|| Finding {
            range: range.into(),
            severity: self.severity(place),
            message: absent::message(module),
            hint: match (absent::why(module), member) {
                (None, Some(member)) => format!(
                    "It would be `{member}` in `{}.py`, or the file `{}.py`.",
                    file(
                        module
                            .strip_suffix(member)
                            .unwrap_or(module)
                            .trim_end_matches('.')
                    ),
                    file(module)
                ),
                (None, None) => format!("It would be the file `{}.py`.", file(module)),
                (Some(_), _) => {
                    "Do without it, or import it in a `try` that catches `ImportError`.".into()
                }
            },
            fix: None,
        });
        let missing = finding.and_then(|finding| self.findings.make(rule.code, finding));
        self.add(any, missing);
    }

    fn add(&mut self, any: Vec<String>, missing: Option<Diagnostic>) {
        let import = Import { any, missing };
        if self.list.len() < 2 * IMPORTS_MAX && !self.list.contains(&import) {
            self.list.push(import);
        }
    }
}

/// Whether `bifrost` has something of this name.
fn offers(name: &str) -> bool {
    MEMBERS.binary_search(&name).is_ok() || name == MODULES.trim_end_matches('/')
}

/// Whether a statement does more than to declare something.
fn acts(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(expression) => expression.value.is_call_expr(),
        Stmt::With(_) | Stmt::For(_) | Stmt::While(_) => true,
        _ => false,
    }
}

/// The path of a module from the workspace's root, without the ending.
fn file(module: &str) -> String {
    let own = format!("{PACKAGE}.");
    module
        .strip_prefix(&own)
        .unwrap_or(module)
        .replace('.', "/")
}
