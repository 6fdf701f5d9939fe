//! One pass: look at both sides, decide, do it, remember it.
//!
//! The order makes a death at any moment harmless. What goes into the workspace lands first, whole; then the folder is brought up to
//! it, file by file; then it is remembered. Whatever of that was done is found done by the next pass, which sees both sides equal
//! there. The one thing that can't be told by looking is whether a joined text is in the workspace already: so a join is noted
//! before it lands, and looked up in the history after a death.

use crate::disk::Disk;
use crate::doing::Doing;
use crate::error::{Failure, MirrorError, Result, Side};
use crate::land::Landing;
use crate::memory::{Log, Memory};
use crate::plan::{From, Plan, There, copy_path, plan};
use crate::report::{Conflict, Report, Step, Verb};
use crate::scan::{Scan, joined, scan};
use crate::store::Store;
use selvage_vfs::Hash;
use std::collections::BTreeMap;

/// How many mirrored files there must be for the loss of more than half of them to look like an accident. The loss of all always does.
pub const GUARDED_FILES_MIN: usize = 10;

/// How a mirror is to be kept.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the folder is called in the history.
    pub name: String,
    /// Which side is right where the two were never mirrored.
    pub from: Option<From>,
    /// Whether any number of files may go at once.
    pub allow_removals: bool,
    /// Paths that nobody can have mirrored, with all below them: what the workspace itself goes by, and where it is kept.
    pub never: Vec<String>,
}

/// A folder and what is remembered of it.
pub struct Mirror<D, L> {
    pub(crate) disk: D,
    pub(crate) memory: Memory<L>,
    pub(crate) options: Options,
    /// The folders of the last look, as the disk spells them.
    folders: Vec<String>,
}

impl<D: Disk, L: Log> Mirror<D, L> {
    /// A mirror of a folder, with what was kept of it.
    ///
    /// # Errors
    /// What was kept can't be read.
    pub fn open(disk: D, log: L, options: Options) -> Result<Self> {
        Ok(Self {
            disk,
            memory: Memory::open(log)?,
            options,
            folders: Vec::new(),
        })
    }

    /// The folders that the last pass looked through: those to be watched.
    #[must_use]
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// Says which side is right, where the two were never mirrored.
    pub fn choose(&mut self, from: From) {
        self.options.from = Some(from);
    }

    /// What a pass would do. Nothing is done, but that what is typed becomes part of the history.
    ///
    /// # Errors
    /// See [`MirrorError`].
    pub fn look(
        &mut self,
        store: &mut impl Store,
        now_ms: u64,
        step: &mut dyn FnMut(&str),
    ) -> Result<Report> {
        let looked = self.looked(store, now_ms, step)?;
        Ok(would(&looked))
    }

    /// Does a pass, and tells what it did. `step` hears of each file.
    ///
    /// # Errors
    /// See [`MirrorError`].
    pub fn pass(
        &mut self,
        store: &mut impl Store,
        now_ms: u64,
        step: &mut dyn FnMut(&str),
    ) -> Result<Report> {
        let looked = self.looked(store, now_ms, step)?;
        if self.memory.is_new() && looked.scan.is_unsettled {
            // What is being written would count as not there, and who is right is decided once.
            return Ok(Report {
                unsettled: true,
                ..Report::default()
            });
        }
        self.guard(&looked)?;
        let Looked { scan, all, plan } = looked;
        let mut report = Report {
            unsettled: scan.is_unsettled,
            kept: plan.kept.clone(),
            ..Report::default()
        };
        for (path, why) in scan.left.iter().chain(&plan.left) {
            report.leave(path, why);
        }
        self.clear(&scan, store, &mut report)?;
        let mut landing = Landing::new(&mut self.disk, store, &all, &plan, now_ms);
        landing.prepare(&mut report)?;
        landing.land(&self.options.name, &mut self.memory, &mut report, step)?;
        let Landing {
            joined: joins,
            failed,
            ..
        } = landing;
        let replaced = plan.disk.writes.iter().filter_map(|path| {
            let hash = plan.there.get(path)?.hash?;
            plan.here.contains_key(path).then_some((path, hash))
        });
        let replaced = replaced.chain(joins.iter().map(|join| (&join.path, join.to)));
        let replaced = replaced.map(|(path, hash)| (path.clone(), hash.to_string()));
        self.memory.replace(replaced.collect())?;
        let mut doing = Doing {
            disk: &mut self.disk,
            store,
            plan: &plan,
            all: &all,
            report,
            failed,
            held: BTreeMap::new(),
            step,
        };
        doing.disk(&joins);
        let done = doing.disk.flush();
        done.map_err(|source| MirrorError::Disk {
            path: ".".into(),
            source,
        })?;
        let (set, drop) = doing.remembered(&joins)?;
        let mut report = doing.report;
        self.memory.set(set, drop)?;
        let files = self.memory.paths().values();
        report.files = files.filter(|known| known.hash.is_some()).count();
        Ok(report)
    }

    fn looked(
        &mut self,
        store: &mut impl Store,
        now_ms: u64,
        step: &mut dyn FnMut(&str),
    ) -> Result<Looked> {
        let mut known = self.memory.paths().clone();
        if let Some(intent) = self.memory.intent()
            && store
                .has_change(intent.at_ms, &intent.message)
                .map_err(MirrorError::Workspace)?
        {
            // What the folder held then is in the workspace by now.
            for (path, hash) in &intent.joined {
                if let (Some(known), Ok(hash)) = (known.get_mut(path), hash.parse()) {
                    known.hash = Some(hash);
                    known.stamp = None;
                }
            }
        }
        let never = &self.options.never;
        let scan = scan(&mut self.disk, &known, never, now_ms, step)?;
        self.folders.clone_from(&scan.folders);
        // Of a file that was perhaps replaced and holds something else by now, nobody can say what that was made from.
        for (path, new) in self.memory.replaced() {
            let old = known.get(path).and_then(|known| known.hash);
            let now = scan.found.get(path).and_then(|found| found.hash);
            if now.is_some_and(|now| Some(now) != old && now.to_string() != *new) {
                known.remove(path);
            }
        }
        let entries = store.files().map_err(MirrorError::Workspace)?;
        let all = entries.into_iter().map(|entry| {
            let there = There {
                id: entry.id,
                hash: entry.hash,
                size: entry.size,
            };
            (entry.path, there)
        });
        let all: BTreeMap<String, There> = all.collect();
        let from = self.options.from.filter(|_| self.memory.is_new());
        let plan = plan(&known, &scan, &all, from);
        Ok(Looked { scan, all, plan })
    }

    /// Refuses what looks like an accident, and what nobody has decided.
    fn guard(&self, looked: &Looked) -> Result<()> {
        let plan = &looked.plan;
        let is_file = |known: &Option<Hash>| known.is_some();
        if self.memory.is_new() && self.options.from.is_none() {
            let here = plan.here.values().any(|found| is_file(&found.hash));
            let there = plan.there.values().any(|there| is_file(&there.hash));
            let writes = plan.workspace.writes.len() + plan.disk.writes.len();
            let differing = writes + plan.joins.len() + plan.aside.len();
            if here && there && differing > 0 {
                return Err(MirrorError::Unchosen { differing });
            }
        }
        if self.options.allow_removals || self.memory.is_new() {
            return Ok(());
        }
        let of = self.memory.paths().values();
        let of = of.filter(|known| is_file(&known.hash)).count();
        for (side, todo) in [(Side::Disk, &plan.workspace), (Side::Workspace, &plan.disk)] {
            let gone = todo.removes.len();
            let is_most = of >= GUARDED_FILES_MIN && gone * 2 > of;
            if gone > 0 && (is_most || gone == of) {
                return Err(MirrorError::Removals { side, gone, of });
            }
        }
        Ok(())
    }

    /// Puts away what a pass that died has left.
    fn clear(&mut self, scan: &Scan, store: &mut impl Store, report: &mut Report) -> Result<()> {
        for (path, is_precious) in &scan.litter {
            let cleared = clear(&mut self.disk, store, path, *is_precious);
            match cleared {
                Ok(None) => {}
                Ok(Some(copy)) => report.conflicts.push(Conflict {
                    path: path.clone(),
                    copy,
                    why: "a pass was ended while this file was taken away: it was written to meanwhile"
                        .into(),
                }),
                Err(why) => report.leave(path, why),
            }
        }
        Ok(())
    }
}

/// What both sides hold, and what is to be done.
struct Looked {
    scan: Scan,
    all: BTreeMap<String, There>,
    plan: Plan,
}

/// What a plan comes to, as a report.
fn would(looked: &Looked) -> Report {
    let Looked { scan, plan, .. } = looked;
    let mut report = Report {
        unsettled: scan.is_unsettled,
        joined: plan.joins.clone(),
        kept: plan.kept.clone(),
        files: plan.agreed.len(),
        ..Report::default()
    };
    for (todo, steps) in [
        (&plan.workspace, &mut report.to_workspace),
        (&plan.disk, &mut report.to_disk),
    ] {
        steps.extend(todo.moves.iter().map(|(from, to)| moved(from, to)));
        for (op, paths) in [
            (Verb::Remove, &todo.removes),
            (Verb::Remove, &todo.folders_gone),
            (Verb::Mkdir, &todo.folders),
            (Verb::Write, &todo.writes),
        ] {
            steps.extend(paths.iter().map(|path| step(op, path)));
        }
    }
    for (path, why) in scan.left.iter().chain(&plan.left) {
        report.leave(path, why);
    }
    for (path, copy) in &plan.aside {
        report.conflicts.push(aside(path, copy));
    }
    report
}

pub(crate) fn aside(path: &str, copy: &str) -> Conflict {
    Conflict {
        path: path.to_owned(),
        copy: copy.to_owned(),
        why: "it is a folder on one side and a file on the other".into(),
    }
}

pub(crate) fn step(op: Verb, path: &str) -> Step {
    Step {
        op,
        path: path.to_owned(),
        from: None,
    }
}

pub(crate) fn moved(from: &str, to: &str) -> Step {
    Step {
        from: Some(from.to_owned()),
        ..step(Verb::Move, to)
    }
}

fn clear(
    disk: &mut dyn Disk,
    store: &mut impl Store,
    path: &str,
    is_precious: bool,
) -> Result<Option<String>, Failure> {
    let Some(item) = disk.stat(path)? else {
        return Ok(None);
    };
    if is_precious {
        let (hash, _) = crate::disk::hash_of(disk, path)?;
        if !store.has(&hash)? {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let copy = copy_path(&joined(folder, "recovered"), &hash, |_| false);
            disk.rename(path, &copy, &item.stamp)?;
            return Ok(Some(copy));
        }
    }
    disk.remove(path, &item.stamp)?;
    Ok(None)
}
