//! What else must change when files move: the imports of them and the references to them.
//!
//! **Problem.** A file is named by others: by its modules' name in imports of Python, by its path in those of JavaScript, as `workflows/a.py`, `workflows/a.py::sync` or
//! `workflow::a::sync` in manifests, forms and other Python files. Whoever moves it means all of them to go on leading to it.
//!
//! **Shape.** What a name leads to is found twice, in the files as they are and as they will be. Where both are the same file, the
//! text stays as it is; otherwise it gets the name that leads there. So a file that moves away from what it imports by a near name
//! is changed, too, and a folder that moves with all that its files import is not. References are whole strings; imports
//! are found by `scan`, in JavaScript by lint's parser (`scripts`), and the interpreter's own modules come before the workspace's. What can't follow is told with the reason, and the move happens all the same.
//!
//! *Invariants.*
//! - Nothing is rewritten that did not lead to a file of the workspace before.
//! - What the change writes itself stays as it is written where it leads somewhere afterwards.
//! - A reference is written only with signs that read the same in quotes and without.
//! - Files that whoever moves may not read are left alone and not told of: whether they are written would tell what they hold.

mod imports;
mod library;
mod names;
mod packages;
mod references;
mod scan;
mod scripts;
mod tree;
mod wholes;
mod words;

use crate::engine::{Asking, Outcome, Workbench};
use crate::lint::Wanted;
use crate::record::unrun_folder;
use crate::scopes::View;
use imports::{Followed, Scene, follow};
use names::{Names, is_python, is_script};
use packages::Given;
use selvage_lint::Texts;
use selvage_tool::catalogue::Left;
use selvage_tool::flows::FLOWS_FILE;
use selvage_tool::run::RUNS_FOLDER;
use selvage_vfs::{Op, Origin};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

/// The files that hold references, beside those of Python.
const ENDINGS: [&str; 3] = [".json", ".yaml", ".yml"];

/// The most bytes of a file that is rewritten.
const FILE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// The most bytes that are looked at in all, and how many each file counts as at least.
const BYTES_MAX: u64 = 32 * 1024 * 1024;
const FILE_BYTES_MIN: u64 = 2 * 1024;

/// The most bytes of a package's own text that is looked at for what it says of itself.
const PACKAGE_BYTES_MAX: u64 = 256 * 1024;

/// The most files that are rewritten or told of as those that may name what moves.
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

/// What becomes of a reference, or why it stays.
type Answer = Result<Option<String>, String>;

/// How much may be looked at yet, and what was.
struct Looked {
    bytes: Cell<u64>,
    /// What packages' own texts give, by where these lie; nothing for what can't be looked at.
    packages: RefCell<BTreeMap<String, Option<Given>>>,
    /// What became of references that several files may answer to, which takes longest.
    answers: RefCell<BTreeMap<String, Answer>>,
    /// What must be read before all is known, by the files' paths.
    lacks: RefCell<BTreeMap<String, Wanted>>,
}

impl Looked {
    /// Counts a file; `false` where it is too much.
    fn takes(&self, size: u64) -> bool {
        let rest = self.bytes.get().checked_sub(size.max(FILE_BYTES_MIN));
        self.bytes.set(rest.unwrap_or(self.bytes.get()));
        rest.is_some()
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
    /// Adds to steps that move files the writes that keep imports of them and references to them true.
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
        if !names.is_named() {
            return Ok(renames);
        }
        let candidates = self.candidates(&view, ops, &names, &asking.origin);
        let looked = Looked {
            bytes: Cell::new(BYTES_MAX),
            packages: RefCell::default(),
            answers: RefCell::default(),
            lacks: RefCell::default(),
        };
        let (mut writes, mut files, mut is_all) = (Vec::new(), 0, true);
        for candidate in candidates {
            if !looked.takes(candidate.size) {
                if is_all {
                    let mebibytes = BYTES_MAX / 1024 / 1024;
                    let why = format!("more than {mebibytes} MiB were to be looked at");
                    renames.leave(candidate.told, why);
                }
                is_all = false;
                continue;
            }
            let bytes = match candidate.step.map(|step| &ops[step]) {
                Some(Op::Write { bytes, .. }) => Some(bytes.clone()),
                _ => self.workspace.read(&candidate.place).ok(),
            };
            let Some(bytes) = bytes else { continue };
            let moves = is_code(&candidate.old) && candidate.old != candidate.new;
            if !moves && !names.may_stand_in(&candidate.old, &bytes) {
                continue;
            }
            files += 1;
            if files > FILES_MAX {
                let why = format!("more than {FILES_MAX} files may name what moves");
                renames.leave(candidate.told, why);
                break;
            }
            if bytes.len() as u64 > FILE_BYTES_MAX {
                renames.leave(candidate.told, "it is too large");
                continue;
            }
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let (new, left) = self.renamed_in(&text, &candidate, &names, &view, &looked);
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
        let lacks = looked.lacks.into_inner();
        if !lacks.is_empty() && !asking.alone {
            return Err(Outcome::Lacks(lacks.into_values().collect()));
        }
        writes.append(ops);
        *ops = writes;
        Ok(renames)
    }

    /// The files that whoever moves something may read, and that hold imports or references: Python first, then manifests, and
    /// of others the small ones.
    fn candidates(
        &self,
        view: &View,
        ops: &[Op],
        names: &Names,
        origin: &Origin,
    ) -> Vec<Candidate> {
        let records = format!("{RUNS_FOLDER}/");
        let holds = |path: &str| {
            let named = is_code(path) || ENDINGS.iter().any(|ending| path.ends_with(ending));
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
            let removed = is_own && names.comes_to(&entry.path).is_none();
            let new = match is_own && !removed {
                true => names.comes_to(&entry.path).unwrap_or_default().to_owned(),
                false => entry.path.clone(),
            };
            let step = steps.remove(&new).filter(|_| is_own);
            if step.is_none() && removed {
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
        candidates.sort_by_cached_key(|one| {
            let is_manifest = one.old == FLOWS_FILE || unrun_folder(&one.old).is_some();
            (
                !is_python(&one.old),
                !is_manifest,
                one.size,
                one.old.clone(),
            )
        });
        candidates
    }

    /// A text with its imports and references renamed, where it has some; and why something stays as it is.
    fn renamed_in(
        &mut self,
        text: &str,
        candidate: &Candidate,
        names: &Names,
        view: &View,
        looked: &Looked,
    ) -> (Option<String>, Option<String>) {
        let Self {
            workspace, hearing, ..
        } = self;
        let hearing = RefCell::new(hearing);
        let mark = text.len() - text.trim_start_matches('\u{feff}').len();
        let (mark, text) = text.split_at(mark);
        let left = RefCell::new(None);
        let offers = |path: &str, function: &str| {
            let file = Wanted::file(path, view.stat(path).ok()?.hash?);
            let mut hearing = hearing.borrow_mut();
            let said = hearing.said(&file.subject);
            if said.is_none() {
                looked.lacks.borrow_mut().insert(path.to_owned(), file);
            }
            let mut entries = said?.reading.entries.iter();
            Some(entries.any(|entry| entry.function == function))
        };
        let is_written = candidate.step.is_some();
        let reference = |written: &str| {
            // From the root, too, which slashes before it say.
            let found = written.trim_start_matches('/');
            if is_written && names.leads(found) {
                return None;
            }
            let ask = || names.reference(found, &candidate.new, &offers);
            let answer = match names.is_shared(found) {
                true => match looked.answers.borrow_mut().entry(found.to_owned()) {
                    Entry::Occupied(answer) => answer.get().clone(),
                    Entry::Vacant(new) => new.insert(ask()).clone(),
                },
                false => ask(),
            };
            let answer = answer.unwrap_or_else(|why| {
                left.replace(Some(why));
                None
            });
            let slashes = &written[..written.len() - found.len()];
            answer.map(|new| format!("{slashes}{new}"))
        };
        let says = |path: &str, name: &str| {
            let mut packages = looked.packages.borrow_mut();
            let given = packages.entry(path.to_owned()).or_insert_with(|| {
                // One that is made by the same steps says nothing yet.
                let size = view.stat(path).map_or(0, |entry| entry.size);
                if size > PACKAGE_BYTES_MAX || !looked.takes(size) {
                    return None;
                }
                let text = workspace.read(&view.place(path)).unwrap_or_default();
                Some(Given::of(&String::from_utf8_lossy(&text)))
            });
            if given.is_none() {
                left.replace(Some(format!("`{path}` is too large to be looked at")));
            }
            given.as_ref()?.has(name)
        };
        let moved = |path: &str| names.moved(path).to_owned();
        let scene = Scene {
            before: &names.before,
            after: &names.after,
            moved: &moved,
            says: &says,
            importer: (&candidate.old, &candidate.new),
            is_written,
        };
        let unread = || (None, Some("it does not parse".into()));
        let (followed, strings) = if is_python(&candidate.old) {
            match scan::scan(text) {
                Some(scan) => (follow(text, &scan, &scene), scan.strings),
                None => return unread(),
            }
        } else if is_script(&candidate.old) {
            match selvage_lint::texts(&candidate.old, text) {
                Some(Texts { imports, others }) => {
                    let is_there = |path: &str| view.stat(path).is_ok_and(|it| !it.is_folder());
                    let importer = scene.importer;
                    let followed =
                        scripts::follow(text, imports, names, &is_there, importer, is_written);
                    (followed, others)
                }
                None if names.may_be_imported(&candidate.old, text.as_bytes()) => return unread(),
                None => return (None, None),
            }
        } else {
            (Followed::default(), references::scalars(text).collect())
        };
        let mut edits = followed.edits;
        edits.extend(strings.into_iter().filter_map(|at: Range<usize>| {
            let new = reference(&text[at.clone()])?;
            Some((at, new))
        }));
        let new = (!edits.is_empty()).then(|| format!("{mark}{}", edited(text, edits)));
        (new, left.take().or(followed.left))
    }
}

/// Whether a file may import others.
fn is_code(path: &str) -> bool {
    is_python(path) || is_script(path)
}

/// A text with some places replaced.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(at, _)| at.start);
    let (mut new, mut done) = (String::with_capacity(text.len()), 0);
    for (at, shown) in edits {
        // What two names that are taken out have between them goes once.
        new.push_str(text.get(done..at.start).unwrap_or_default());
        new.push_str(&shown);
        done = done.max(at.end);
    }
    new.push_str(&text[done..]);
    new
}
