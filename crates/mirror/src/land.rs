//! The part of a pass that changes the workspace: one change for all that one side alone did, and one for what is joined. What a
//! workspace refuses is found by halves, so that one file which it does not take keeps no other one out.

use crate::disk::Disk;
use crate::error::{MirrorError, Result};
use crate::memory::{Intent, Log, Memory};
use crate::plan::{Plan, There, copy_path};
use crate::prepare::Join;
use crate::report::{Conflict, Report, Step};
use crate::store::{Expected, Landed, Store};
use selvage_vfs::Op;
use std::collections::{BTreeMap, BTreeSet};

/// How many files a change's message names.
const NAMED_MAX: usize = 3;

/// What belongs together in a change: all of it lands, or none.
pub(crate) struct Group {
    pub path: String,
    pub ops: Vec<Op>,
    pub expected: Vec<Expected>,
    pub step: Option<Step>,
    pub join: Option<Join>,
}

/// See the module.
pub(crate) struct Landing<'a, D, S> {
    pub(crate) disk: &'a mut D,
    pub(crate) store: &'a mut S,
    pub(crate) all: &'a BTreeMap<String, There>,
    pub(crate) plan: &'a Plan,
    pub(crate) at_ms: u64,
    pub(crate) held_bytes: u64,
    pub(crate) groups: Vec<Group>,
    pub(crate) joins: Vec<Group>,
    /// What was joined, or kept twice, and landed.
    pub joined: Vec<Join>,
    /// Paths for which something could not be done.
    pub failed: BTreeSet<String>,
}

impl<'a, D: Disk, S: Store> Landing<'a, D, S> {
    pub fn new(
        disk: &'a mut D,
        store: &'a mut S,
        all: &'a BTreeMap<String, There>,
        plan: &'a Plan,
        at_ms: u64,
    ) -> Self {
        Self {
            disk,
            store,
            all,
            plan,
            at_ms,
            held_bytes: 0,
            groups: Vec::new(),
            joins: Vec::new(),
            joined: Vec::new(),
            failed: BTreeSet::new(),
        }
    }

    /// Lands all that was prepared.
    pub fn land(
        &mut self,
        name: &str,
        memory: &mut Memory<impl Log>,
        report: &mut Report,
        told: &mut dyn FnMut(&str),
    ) -> Result<()> {
        self.past(name, report)?;
        let (groups, joins) = (
            std::mem::take(&mut self.groups),
            std::mem::take(&mut self.joins),
        );
        for group in groups.iter().chain(&joins) {
            told(&group.path);
        }
        self.halves(name, &groups, memory, report)?;
        self.halves(name, &joins, memory, report)
    }

    /// Has the history hold what the folder is about to lose: beside its place, and gone at once.
    fn past(&mut self, name: &str, report: &mut Report) -> Result<()> {
        let mut written = Vec::new();
        for path in &self.plan.past {
            let Some(hash) = self.plan.here.get(path).and_then(|found| found.hash) else {
                continue;
            };
            let to = copy_path(path, &hash, |to| self.all.contains_key(to));
            if let Some(brought) = self.brought(path, report) {
                written.push((brought.op(&to), to));
            }
        }
        if written.is_empty() {
            return Ok(());
        }
        let (ops, copies): (Vec<Op>, Vec<String>) = written.into_iter().unzip();
        let removes = copies.into_iter().map(|path| Op::Remove { path });
        let removes: Vec<Op> = removes.collect();
        for (ops, what) in [
            (ops, "what it held before"),
            (removes, "as the workspace is"),
        ] {
            self.at_ms += 1;
            let message = format!("Mirror {name}: {what}");
            let landed = self.store.change(self.at_ms, &message, &ops, &[]);
            landed.map_err(MirrorError::Workspace)?;
        }
        Ok(())
    }

    fn halves(
        &mut self,
        name: &str,
        groups: &[Group],
        memory: &mut Memory<impl Log>,
        report: &mut Report,
    ) -> Result<()> {
        let ops: Vec<Op> = groups.iter().flat_map(|it| it.ops.clone()).collect();
        let expected = groups.iter().flat_map(|it| it.expected.clone());
        let expected: Vec<Expected> = expected.collect();
        if groups.is_empty() {
            return Ok(());
        }
        self.at_ms += 1;
        let message = message(name, groups);
        let joins = groups.iter().filter_map(|group| group.join.as_ref());
        let joins = joins.filter(|join| join.is_joined);
        let joined: BTreeMap<String, String> = joins
            .map(|join| (join.path.clone(), join.here.to_string()))
            .collect();
        if !joined.is_empty() {
            memory.intend(Intent {
                at_ms: self.at_ms,
                message: message.clone(),
                joined,
            })?;
        }
        let landed = match ops.is_empty() {
            true => Ok(Landed::Done),
            false => self.store.change(self.at_ms, &message, &ops, &expected),
        };
        match (landed, groups) {
            (Ok(Landed::Done), groups) => {
                for group in groups {
                    self.done(group, report);
                }
            }
            (Ok(Landed::Stale), groups) => {
                report.unsettled = true;
                self.failed
                    .extend(groups.iter().flat_map(|group| group.paths()));
            }
            (Err(why), [only]) => {
                report.leave(&only.path, why);
                self.failed.extend(only.paths());
            }
            (Err(_), groups) => {
                let (first, last) = groups.split_at(groups.len() / 2);
                self.halves(name, first, memory, report)?;
                self.halves(name, last, memory, report)?;
            }
        }
        Ok(())
    }

    fn done(&mut self, group: &Group, report: &mut Report) {
        report.to_workspace.extend(group.step.clone());
        let Some(join) = &group.join else {
            return;
        };
        if join.is_joined {
            report.joined.push(join.path.clone());
        }
        if let Some(copy) = &join.copy {
            let why = match join.is_joined {
                true => {
                    "both sides changed the same lines: the file holds both, the copy what the folder held"
                }
                false => {
                    "both sides changed it: the file is the workspace's, the copy the folder's"
                }
            };
            report.conflicts.push(Conflict {
                path: join.path.clone(),
                copy: copy.clone(),
                why: why.into(),
            });
        }
        self.joined.push(join.clone());
    }
}

impl Group {
    /// All paths that hang on it.
    fn paths(&self) -> impl Iterator<Item = String> {
        let from = self.step.as_ref().and_then(|step| step.from.clone());
        let copy = self.join.as_ref().and_then(|join| join.copy.clone());
        [Some(self.path.clone()), from, copy].into_iter().flatten()
    }
}

/// What a change is told as in the history.
fn message(name: &str, groups: &[Group]) -> String {
    let named = groups.iter().map(|group| group.path.as_str());
    let named: Vec<&str> = named.take(NAMED_MAX).collect();
    let more = groups.len() - named.len();
    let named = named.join(", ");
    match more {
        0 => format!("Mirror {name}: {named}"),
        more => format!("Mirror {name}: {named} and {more} more"),
    }
}
