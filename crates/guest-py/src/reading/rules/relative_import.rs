//! # relative-import
//!
//! **Severity.** warning
//!
//! **What it does.** Finds imports that begin with a dot.
//!
//! **Why.** A file that is run by itself is in no package, so there they fail; and they break when a file is moved.
//!
//! **Example.** `from .money import total` in `features/bills/run.py`.
//!
//! **Fix.** Names the module from the workspace's root: `from features.bills.money import total`. Safe: that is the same file.

use super::{Rule, Scene};
use ruff_python_ast::{Stmt, StmtImportFrom};
use ruff_text_size::Ranged;
use selvage_guest::findings::{Finding, Findings, Mend};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "relative-import",
    severity: Severity::Warning,
};

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    for (statement, _) in scene.statements {
        let Stmt::ImportFrom(import) = statement else {
            continue;
        };
        if import.level == 0 {
            continue;
        }
        let absolute = absolute(scene.world.path, import);
        let finding = Finding {
            range: import.range().into(),
            severity: RULE.severity,
            message: "A file that is run by itself is in no package, so this import fails there."
                .into(),
            hint: match &absolute {
                Some(module) if !module.is_empty() => {
                    format!("Name the module from the root: `{module}`.")
                }
                _ => "Name the module from the workspace's root.".into(),
            },
            fix: absolute.and_then(|module| mend(scene.places.source(), import, module)),
        };
        findings.add(RULE.code, finding);
    }
}

/// The module that a relative import means, named from the root; empty for the root itself. `None` where it leads out of the
/// workspace, or through a folder whose name can't be written in an import.
pub fn absolute(path: &str, import: &StmtImportFrom) -> Option<String> {
    let mut folders: Vec<&str> = path.split('/').collect();
    let levels = usize::try_from(import.level).ok()?;
    let left = folders.len().checked_sub(levels)?;
    folders.truncate(left);
    let is_name = |folder: &&str| {
        folder.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !folder.starts_with(|c: char| c.is_numeric())
    };
    if !folders
        .iter()
        .all(|folder| !folder.is_empty() && is_name(folder))
    {
        return None;
    }
    folders.extend(import.module.as_deref());
    Some(folders.join("."))
}

/// Puts the module where the dots are. Nothing for names of the root, which `from` can't take.
fn mend(source: &str, import: &StmtImportFrom, module: String) -> Option<Mend> {
    if module.is_empty() {
        return None;
    }
    let start = import.start().to_usize() + "from".len();
    let end = match &import.module {
        Some(module) => module.end().to_usize(),
        None => {
            start
                + source
                    .get(start..)?
                    .find(|c: char| c != '.' && !c.is_whitespace())?
        }
    };
    let after = if import.module.is_some() { "" } else { " " };
    let title = format!("Import from `{module}`");
    Some(Mend::one(
        title,
        true,
        start..end,
        format!(" {module}{after}"),
    ))
}
