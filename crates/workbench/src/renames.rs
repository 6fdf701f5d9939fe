//! What else must change when Python files move: the imports of them and the references to them.
//!
//! **Problem.** A file is named by others: by its modules' name in imports, as `workflows/a.py`, `workflows/a.py::sync` or
//! `workflow::a::sync` in manifests, forms and other Python files. Whoever moves it means all of them to go on leading to it.
//!
//! **Shape.** What a name leads to is found twice, in the files as they are and as they will be. Where both are the same file, the
//! text stays as it is; otherwise it gets the name that leads there. So a file that moves away from what it imports by a near name
//! is changed, too, and a folder that moves with all that its files import is not. References are whole strings; imports
//! are found by `scan`. What can't follow is told with the reason, and the move happens all the same.
//!
//! *Invariants.*
//! - Nothing is rewritten that did not lead to a file of the workspace before.
//! - Files that whoever moves may not read are left alone and not told of: whether they are written would tell what they hold.

mod imports;
mod names;
mod references;
mod scan;
mod tree;
mod words;

use crate::engine::{Asking, Outcome, Workbench};
use crate::lint::{Wanted, subject};
use crate::scopes::View;
use imports::{Scene, follow};
use names::{Names, is_python, is_removed, moved};
use selvage_tool::Guest;
use selvage_tool::catalogue::Left;
use selvage_tool::run::RUNS_FOLDER;
use selvage_vfs::{Hash, Op, Origin};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The files that hold references, beside those of Python.
const ENDINGS: [&str; 3] = [".json", ".yaml", ".yml"];

/// The most bytes of a file that is rewritten.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// The most files that are looked at.
const FILES_MAX: usize = 2_000;

/// The most files that are told of as not rewritten.
const LEFT_MAX: usize = 20;

/// What becomes of the files that name what moves.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    /// The files that are rewritten, by their paths afterwards.
    pub(crate) rewritten: Vec<String>,
    /// The files that are not, and why.
    pub(crate) left: Vec<Left>,
}

impl Renames {
    fn leave(&mut self, path: String, why: impl Into<String>) {
        if self.left.len() < LEFT_MAX {
            let why = why.into();
            self.left.push(Left { path, why });
        }
    }
}

/// A file that may name what moves.
struct Candidate {
    /// Its path in the view, before and afterwards.
    old: String,
    new: String,
    /// Where its text lies, and where it is told to lie afterwards.
    place: String,
    told: String,
    size: u64,
    /// Which step gives it its text, where one does.
    step: Option<usize>,
    /// Why it can't be rewritten.
    kept: Option<&'static str>,
}

impl Workbench {
    /// Adds to steps that move Python files the writes that keep imports of them and references to them true.
    ///
    /// # Errors
    /// [`Outcome::Lacks`]: what only a guest knows of some texts must be read first.
    pub(crate) fn with_renames(
        &mut self,
        asking: &Asking,
        ops: &mut Vec<Op>,
    ) -> Result<Renames, Outcome> {
        let mut renames = Renames::default();
        if !ops.iter().any(|op| matches!(op, Op::Move { .. })) {
            return Ok(renames);
        }
        let view = self.view();
        let names = Names::of(&view, ops, &|path| self.may_see(path));
        if names.moves.is_empty() {
            return Ok(renames);
        }
        let mut candidates = self.candidates(&view, ops, &asking.origin);
        if let Some(first) = candidates.get(FILES_MAX) {
            let why = format!("more than {FILES_MAX} files were to be looked at");
            renames.leave(first.told.clone(), why);
            candidates.truncate(FILES_MAX);
        }
        let (mut lacks, mut writes) = (Vec::new(), Vec::new());
        for candidate in candidates {
            if candidate.size > FILE_BYTES_MAX {
                renames.leave(candidate.told, "it is too large");
                continue;
            }
            let bytes = match candidate.step.map(|step| &ops[step]) {
                Some(Op::Write { bytes, .. }) => Some(bytes.clone()),
                _ => self.workspace.read(&candidate.place).ok(),
            };
            let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
                continue;
            };
            let moves = candidate.old != candidate.new;
            if !moves && !names.may_stand_in(&text) {
                continue;
            }
            let (new, left, wanted) = self.renamed_in(&text, &candidate, &names, &view);
            if !wanted.is_empty() && !asking.alone {
                lacks.extend(wanted);
            }
            if let Some(why) = candidate.kept.filter(|_| new.is_some()) {
                renames.leave(candidate.told, why);
                continue;
            }
            if let Some(why) = left {
                renames.leave(candidate.told.clone(), why);
            }
            let Some(new) = new else { continue };
            match candidate.step.map(|step| &mut ops[step]) {
                Some(Op::Write { bytes, .. }) => *bytes = new.into_bytes(),
                _ => writes.push(Op::write(candidate.old, new)),
            }
            renames.rewritten.push(candidate.new);
        }
        if !lacks.is_empty() {
            return Err(Outcome::Lacks(lacks));
        }
        writes.append(ops);
        *ops = writes;
        Ok(renames)
    }

    /// The files that whoever moves something may read, and that hold imports or references.
    fn candidates(&self, view: &View, ops: &[Op], origin: &Origin) -> Vec<Candidate> {
        let records = format!("{RUNS_FOLDER}/");
        let holds = |path: &str| {
            let named = is_python(path) || ENDINGS.iter().any(|ending| path.ends_with(ending));
            named && !path.starts_with(&records) && self.may_see(path)
        };
        // Of several steps that write a file, the last one counts.
        let steps = ops.iter().enumerate().filter_map(|(step, op)| match op {
            Op::Write { path, .. } if holds(path) => Some((path.clone(), step)),
            _ => None,
        });
        let mut steps: BTreeMap<String, usize> = steps.collect();
        let mut candidates = Vec::new();
        for entry in view.entries() {
            if entry.is_folder() || !holds(&entry.path) {
                continue;
            }
            let is_own = view.scope_of(&entry.path) == 0;
            let new = match is_own {
                true => moved(ops, &entry.path),
                false => entry.path.clone(),
            };
            let step = steps.remove(&new).filter(|_| is_own);
            if step.is_none() && is_own && is_removed(ops, &entry.path) {
                continue;
            }
            let kept = match is_own {
                false => Some("it belongs to a parent"),
                true if self.is_of_persons(origin, &new) => {
                    Some("only persons change what Selvage itself goes by")
                }
                true if !self.may_edit(&new) => Some("the policy does not let it be written"),
                true => None,
            };
            let place = view.place(&entry.path);
            candidates.push(Candidate {
                told: if is_own { new.clone() } else { place.clone() },
                place,
                old: entry.path,
                new,
                size: entry.size,
                step,
                kept,
            });
        }
        candidates.extend(steps.into_iter().map(|(path, step)| Candidate {
            old: path.clone(),
            place: path.clone(),
            told: path.clone(),
            new: path,
            size: 0,
            step: Some(step),
            kept: None,
        }));
        candidates
    }

    /// A text with its imports and references renamed, where it has some; why something stays as it is; and what must be read
    /// before that is known.
    fn renamed_in(
        &mut self,
        text: &str,
        candidate: &Candidate,
        names: &Names,
        view: &View,
    ) -> (Option<String>, Option<String>, Vec<Wanted>) {
        let Self {
            workspace, hearing, ..
        } = self;
        let hearing = RefCell::new(hearing);
        let left = RefCell::new(None);
        let lacks = RefCell::new(Vec::new());
        let offers = |path: &str, function: &str| {
            let file = Wanted::file(path, view.stat(path).ok()?.hash?);
            let mut hearing = hearing.borrow_mut();
            let said = hearing.said(&file.subject);
            if said.is_none() {
                lacks.borrow_mut().push(file);
            }
            let mut entries = said?.reading.entries.iter();
            Some(entries.any(|entry| entry.function == function))
        };
        let reference = |found: &str| match names.reference(found, &candidate.new, &offers) {
            Ok(renamed) => renamed,
            Err(why) => {
                left.replace(Some(why));
                None
            }
        };
        if !is_python(&candidate.old) {
            let new = references::rewrite(text, &reference);
            return (new, left.take(), lacks.take());
        }
        let Some(scan) = scan::scan(text) else {
            return (None, Some("it does not parse".into()), Vec::new());
        };
        let about = subject(&candidate.old, Hash::of(text.as_bytes()));
        let imports = |file: &str| {
            let mut hearing = hearing.borrow_mut();
            let reading = &hearing.said(&about)?.reading;
            let mut any = reading.imports.iter().flat_map(|import| &import.any);
            Some(any.any(|path| path == file))
        };
        let read = |path: &str| String::from_utf8(workspace.read(&view.place(path)).ok()?).ok();
        let moved = |path: &str| names.moved(path).to_owned();
        let followed = follow(
            text,
            &scan,
            &Scene {
                before: &names.before,
                after: &names.after,
                moved: &moved,
                read: &read,
                importer: (&candidate.old, &candidate.new),
                imports: &imports,
            },
        );
        let mut edits = followed.edits;
        for at in scan.strings {
            let found = &text[at.clone()];
            if let Some(new) = reference(found).filter(|_| !found.contains('\\')) {
                edits.push((at, new));
            }
        }
        if followed.is_unsure {
            lacks.borrow_mut().push(Wanted {
                subject: about,
                guest: Guest::Python,
                module: false,
                format: false,
                text: Some(text.to_owned()),
            });
        }
        edits.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        let mut new = text.to_owned();
        for (at, shown) in &edits {
            new.replace_range(at.clone(), shown);
        }
        let new = (!edits.is_empty()).then_some(new);
        (new, followed.left.or(left.take()), lacks.take())
    }
}
