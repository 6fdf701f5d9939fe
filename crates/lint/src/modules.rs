//! The files that a flow imports, directly or not.

use crate::entry::{self, Entry};
use crate::flow::Flow;
use crate::gate;
use crate::grant::{HANDED_MAX, Handed, Needs, needs};
use crate::paths::{self, NoPath};
use crate::rules::{FINDINGS_MAX, too_deep};
use crate::text::Text;
use crate::work::Work;
use crate::{Context, Refused, SOURCE_BYTES_MAX, syntax};
use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use oxc_ast::ast::{Expression, ImportDeclaration, StringLiteral, WithClause};
use oxc_semantic::Semantic;
use oxc_span::Span;
use selvage_tool::{Diagnostic, Severity};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The most files that a flow may import, as at run time.
pub const MODULES_MAX: usize = 1_000;
/// The most bytes of imported files that are looked at.
pub const MODULES_BYTES_MAX: usize = 8 * 1024 * 1024;

/// An import as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is imported.
    pub specifier: String,
    /// Where that is written.
    pub span: Span,
    /// Whether the file is data.
    pub json: bool,
}

/// The imports of a file whose target is written out, in order of place.
#[must_use]
pub fn requests(semantic: &Semantic<'_>) -> Vec<Request> {
    semantic
        .nodes()
        .iter()
        .filter_map(|node| match node.kind() {
            AstKind::ImportDeclaration(ImportDeclaration {
                source,
                with_clause,
                ..
            }) => request(source, with_clause.as_deref()),
            AstKind::ExportFromDeclaration(export) => {
                request(&export.source, export.with_clause.as_deref())
            }
            AstKind::ExportAllDeclaration(export) => {
                request(&export.source, export.with_clause.as_deref())
            }
            AstKind::ImportExpression(import) => match &import.source {
                Expression::StringLiteral(source) => request(source, None),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn request(source: &StringLiteral<'_>, with: Option<&WithClause<'_>>) -> Option<Request> {
    let specifier = source.value.as_str()?.to_owned();
    let json =
        specifier.ends_with(".json") || with.is_some_and(|with| !with.with_entries.is_empty());
    Some(Request {
        specifier,
        span: source.span,
        json,
    })
}

/// What is wrong with an import, and what to do about it; `None` when it names a file that is there and may be imported.
#[must_use]
pub fn unresolved(from: &str, specifier: &str, context: &Context<'_>) -> Option<Refused> {
    let path = match paths::import(from, specifier) {
        Ok(path) if (context.exists)(&path) => return (context.astray)(from, &path),
        Ok(path) => path,
        Err(NoPath::Package) => {
            return Some((
                format!("`{specifier}` names no file: there are no packages."),
                match (context.exists)(specifier) {
                    true => format!("Write `/{specifier}`: it counts from the workspace's root."),
                    false => {
                        "Begin with `./` for a file beside this one, or with `/` for one from \
                              the workspace's root."
                            .into()
                    }
                },
            ));
        }
        Err(NoPath::Address) => {
            return Some((
                format!("`{specifier}` is not in the workspace."),
                "Save the file in the workspace and import it from there.".into(),
            ));
        }
        Err(NoPath::Outside) => {
            return Some((
                format!("`{specifier}` leads out of the workspace."),
                "Begin with `/` to count from the workspace's root.".into(),
            ));
        }
    };
    let ending = [".js", ".mjs", ".json", "/index.js"]
        .into_iter()
        .find(|end| (context.exists)(&format!("{path}{end}")));
    let hint = match ending {
        Some(ending) => format!("Write `{specifier}{ending}`: an import names the whole file."),
        None => match (context.exists)(specifier.trim_start_matches(['.', '/'])) {
            true => format!(
                "From the workspace's root it is `/{}`.",
                specifier.trim_start_matches(['.', '/'])
            ),
            false if specifier.starts_with('/') => {
                "Create the file, or mend the path; it counts from the workspace's root.".into()
            }
            false => "Create the file, or mend the path; it counts from this file's folder.".into(),
        },
    };
    Some((format!("There is no file `{path}` to import."), hint))
}

/// What imported files add to a report.
#[derive(Debug, Default)]
pub struct Imported {
    /// Their paths.
    pub paths: BTreeSet<String>,
    /// Paths where there is none.
    pub missing: BTreeSet<String>,
    /// What keeps them from being imported.
    pub diagnostics: Vec<Diagnostic>,
    /// What they touch.
    pub needs: Needs,
}

/// Looks at everything that a flow imports.
#[must_use]
pub fn walk(
    from: &str,
    requests: &[Request],
    handed: &[Handed],
    context: &Context<'_>,
    work: &Work,
) -> Imported {
    let mut walk = Walk {
        context,
        work,
        imported: Imported::default(),
        handed: BTreeMap::new(),
        queue: VecDeque::new(),
        bytes: 0,
    };
    walk.follow(from, requests, handed);
    while let Some(path) = walk.queue.pop_front() {
        walk.look(&path);
    }
    walk.imported
}

struct Walk<'c> {
    context: &'c Context<'c>,
    work: &'c Work,
    imported: Imported,
    /// What is handed to the functions of each file.
    handed: BTreeMap<String, Vec<Handed>>,
    queue: VecDeque<String>,
    bytes: usize,
}

impl Walk<'_> {
    /// Puts what a file imports, and the files it hands something new to, into the queue.
    fn follow(&mut self, from: &str, requests: &[Request], handed: &[Handed]) {
        for request in requests {
            let Ok(path) = paths::import(from, &request.specifier) else {
                continue;
            };
            let is_there = (self.context.exists)(&path);
            let imported = &mut self.imported;
            let known = match is_there {
                true => &mut imported.paths,
                false => &mut imported.missing,
            };
            let is_new = known.len() < MODULES_MAX && known.insert(path.clone());
            if is_there && is_new && !request.json {
                self.queue.push_back(path);
            }
        }
        for one in handed {
            let Ok(path) = paths::import(from, &one.specifier) else {
                continue;
            };
            if !self.imported.paths.contains(&path) {
                continue;
            }
            let known = self.handed.entry(path.clone()).or_default();
            let new = !known
                .iter()
                .any(|k| (&k.export, k.index, &k.host) == (&one.export, one.index, &one.host));
            if new && known.len() >= HANDED_MAX {
                self.imported.needs.everything(&one.host);
            } else if new {
                known.push(one.clone());
                if !self.queue.contains(&path) {
                    self.queue.push_back(path);
                }
            }
        }
    }

    fn look(&mut self, path: &str) {
        let Some(source) = (self.context.read)(path) else {
            return self.refuse(
                path,
                "is not text in UTF-8",
                "Import JavaScript or JSON; read other files with `flow.fs`.",
            );
        };
        self.bytes += source.len();
        if source.len() > SOURCE_BYTES_MAX || self.bytes > MODULES_BYTES_MAX {
            return self.refuse(
                path,
                "is too large to import",
                "Keep data in JSON files and read it with `flow.fs.readJSON`.",
            );
        }
        let text = Text::new(&source);
        if let Err((byte, kind)) = gate::check(&source) {
            self.complain(vec![too_deep(path, &text, byte, kind)]);
            return;
        }
        let allocator = Allocator::default();
        let parsed = syntax::parse_module(&allocator, path, &text);
        self.complain(parsed.diagnostics);
        let Some(semantic) = parsed.semantic else {
            return;
        };
        let requests = requests(&semantic);
        let findings: Vec<Diagnostic> = requests
            .iter()
            .filter_map(|request| {
                let (message, hint) = unresolved(path, &request.specifier, self.context)?;
                Some(diagnostic(path, &text, request.span, message, hint))
            })
            .take(FINDINGS_MAX)
            .collect();
        self.complain(findings);
        let handed = self.handed.get(path).cloned().unwrap_or_default();
        let given: Vec<_> = handed
            .iter()
            .filter_map(|one| {
                Some((
                    entry::exported(semantic.nodes().program(), &one.export)?,
                    one.index,
                    one.host.clone(),
                ))
            })
            .collect();
        let flow = Flow::new(
            path,
            &text,
            &semantic,
            Entry::default(),
            true,
            &given,
            self.work,
        );
        let mut found = needs(&flow);
        for one in handed
            .iter()
            .filter(|one| entry::exported(semantic.nodes().program(), &one.export).is_none())
        {
            found.everything(&one.host);
        }
        self.imported.needs.add(&found);
        self.follow(path, &requests, &found.handed);
    }

    /// Keeps what keeps a file from being imported, as much of it as of a rule's findings; its fixes
    /// are not this flow's to make.
    fn complain(&mut self, findings: Vec<Diagnostic>) {
        for mut finding in findings {
            finding.fix = None;
            if self.imported.diagnostics.len() >= FINDINGS_MAX {
                return;
            }
            if finding.severity == Severity::Error && !self.imported.diagnostics.contains(&finding)
            {
                self.imported.diagnostics.push(finding);
            }
        }
    }

    fn refuse(&mut self, path: &str, why: &str, hint: &str) {
        let text = Text::new("");
        let message = format!("`{path}` {why}.");
        self.complain(vec![diagnostic(
            path,
            &text,
            Span::empty(0),
            message,
            hint.to_owned(),
        )]);
    }
}

fn diagnostic(
    path: &str,
    text: &Text<'_>,
    span: Span,
    message: String,
    hint: String,
) -> Diagnostic {
    Diagnostic {
        code: "unresolved-import".into(),
        severity: Severity::Error,
        path: path.into(),
        span: text.span(span),
        message,
        hint: Some(hint),
        fix: None,
    }
}
