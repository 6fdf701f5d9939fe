//! What whoever calls may see: nothing of what the policy does not let an agent read is told to it, be it by a list, a count, a
//! difference, or by whether something fits.

use super::rules::{Ruling, Said, Says, Want};
use crate::engine::{Asking, Cx, Workbench};
use crate::failure::failure;
use crate::runs::Run;
use selvage_tool::catalogue::{EFFECTS, Effect};
use selvage_tool::decision::{Approval, Proposed};
use selvage_tool::run::RunRecord;
use selvage_tool::{ToolError, ToolResult};
use selvage_vfs::{self as vfs, Entry, VfsError};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;

/// What a look at a text is told of other files: what it does not see is as what is not there.
#[derive(Debug)]
pub(crate) struct Sight {
    /// The rules that it is held to, where there are any.
    pub(super) ruling: Option<Arc<Ruling>>,
    /// The strictest that they say of what is seen.
    pub(super) most: Says,
    /// Why a person is to be asked before the look, since more would be seen then; noted whether or not something is there.
    pub(super) asks: RefCell<Option<String>>,
}

impl Sight {
    /// A sight by some rules of what they say this of, and nothing stricter.
    pub(super) fn new(ruling: Option<Arc<Ruling>>, most: Says) -> Self {
        let asks = RefCell::default();
        Self { ruling, most, asks }
    }

    /// Whether it sees a file that something names.
    pub(crate) fn sees(&self, path: &str) -> bool {
        let Some(said) = self.say(path) else {
            return true;
        };
        let is_seen = said.says <= self.most;
        if said.says == Says::Ask && !is_seen {
            self.asks.replace(Some(said.reason));
        }
        is_seen
    }

    /// Whether it sees a file that nothing names but a list.
    pub(crate) fn sees_listed(&self, path: &str) -> bool {
        self.say(path).is_none_or(|said| said.says <= self.most)
    }

    fn say(&self, path: &str) -> Option<Said> {
        let ruling = self.ruling.as_ref()?;
        Some(ruling.say(Want::Read(path)))
    }
}

impl Workbench {
    /// What whoever calls sees, and nobody is asked about.
    pub(crate) fn sight(&self) -> Sight {
        Sight::new(self.consent.ruling.clone(), Says::Allow)
    }

    /// Whether whoever calls may read a path.
    pub(crate) fn may_see(&self, path: &str) -> bool {
        let ruling = self.consent.ruling.as_ref();
        ruling.is_none_or(|ruling| ruling.sees(path))
    }

    /// Whether a folder is told to whoever calls: it may read the folder's own name, or something of what is in it, however deep.
    pub(crate) fn may_see_folder(
        &self,
        folder: &str,
        below: impl FnOnce() -> vfs::Result<Vec<Entry>>,
    ) -> bool {
        let sees = |entry: &Entry| self.may_see(&entry.path);
        self.may_see(folder) || below().is_ok_and(|below| below.iter().any(sees))
    }

    /// Whether whoever calls may read every file, whatever it is called.
    pub(crate) fn may_see_all(&self) -> bool {
        let ruling = self.consent.ruling.as_ref();
        ruling.is_none_or(|ruling| ruling.reads_everything())
    }

    /// What is said of the message of a change. Beside a verb it may name files, and only such as may be read.
    pub(crate) fn message_seen(&self, message: String) -> String {
        let Some((verb, rest)) = message.split_once(' ') else {
            return message;
        };
        let is_seen = |between| rest.split(between).all(|part| self.may_see(part));
        match self.may_see_all() || [", ", " to ", ": "].into_iter().all(is_seen) {
            true => message,
            false => verb.to_owned(),
        }
    }

    /// What keeps whoever calls from a change that is made of what a file holds, so that it tells of that by whether it fits.
    fn unfit_to_edit<'p>(&self, path: &'p str) -> Option<(Want<'p>, Said)> {
        let ruling = self.consent.ruling.as_ref()?;
        let (read, write) = (Want::Read(path), Want::Write(path));
        let said = ruling.strictest([read, write].into_iter());
        let denied = said.filter(|(_, said)| said.says == Says::Deny);
        denied.or_else(|| {
            let why =
                "a person is asked about reading it, and whether this fits would tell of it before";
            let is_asked = ruling.say(read).says == Says::Ask;
            is_asked.then(|| (read, Said::no(why)))
        })
    }

    /// Whether whoever calls may make a change that is made of what a file holds.
    pub(crate) fn may_edit(&self, path: &str) -> bool {
        self.unfit_to_edit(path).is_none()
    }

    /// The same; a refusal is noted.
    ///
    /// # Errors
    /// [`selvage_tool::ErrorCode::PolicyDenied`].
    pub(crate) fn let_edit(&mut self, cx: &Cx<'_>, path: &str) -> ToolResult<()> {
        let Some((want, said)) = self.unfit_to_edit(path) else {
            return Ok(());
        };
        let who = self.consent.who.clone();
        Err(self.denied(cx, &who, &want, &said))
    }

    /// What rules hold whoever calls to, an agent or a run; where they can't be read, it may see nothing.
    fn sight_of(&self, asking: &Asking) -> Option<Ruling> {
        let ruling = self.rules_of(asking);
        ruling.unwrap_or_else(|_| Some(Ruling::default()))
    }

    /// Whether what is proposed is also about files that whoever asks may not read.
    pub(super) fn is_unseen<'p>(
        &self,
        asker: &Asking,
        mut paths: impl Iterator<Item = &'p str>,
    ) -> bool {
        let ruling = self.sight_of(asker);
        ruling.is_some_and(|ruling| paths.any(|path| !ruling.sees(path)))
    }

    /// What waits for a person, as it is told to the agent that waits. The digest is no secret: see [`super::waiting::Waiting`].
    pub(super) fn told_to_agent(&self, approval: &Approval) -> Approval {
        Approval {
            // They name files below folders, and tell what is there now.
            risks: Vec::new(),
            changes: seen(approval.changes.clone(), &|path| self.may_see(path)),
            ..approval.clone()
        }
    }

    /// A record as it is told to whoever asks for it, who may not be let read the flow: its hash would tell whether a text is the
    /// flow's.
    pub(crate) fn record_told(&self, asking: &Asking, record: &RunRecord) -> Value {
        let ruling = self.sight_of(asking);
        let mut told = json!(record);
        if ruling.is_some_and(|ruling| !ruling.sees(&record.path)) {
            told["flowHash"] = json!("");
        }
        told
    }

    /// What a dry run would have changed, for its record: nothing that whoever called it, or a rule about its flow, does not let be
    /// read.
    pub(super) fn shown(&self, run: &Run, changes: Vec<Proposed>) -> Vec<Value> {
        let caller = self.sight_of(&run.asking);
        let sees = |path: &str| caller.as_ref().is_none_or(|ruling| ruling.sees(path));
        let own = run.ruling.flow.as_ref();
        let changes = seen(changes, &sees).into_iter().map(|change| {
            // The flow knows of the file, and not what it holds.
            let is_read = own.is_none_or(|own| own.sees(&change.path));
            let is_told = is_read || change.before.is_none();
            json!(if is_told { change } else { untold(change) })
        });
        changes.collect()
    }
}

/// Changes as somebody is told of them who does not see every path. What a write makes is its maker's; what a removal or a move
/// takes along, its maker need not know.
fn seen(changes: Vec<Proposed>, sees: &dyn Fn(&str) -> bool) -> Vec<Proposed> {
    let changes = changes.into_iter().filter_map(|change| {
        if sees(&change.path) {
            return Some(change);
        }
        (change.op == "write").then(|| untold(change))
    });
    changes.collect()
}

/// A change without what is there now; of a removal, that is its size, too.
fn untold(change: Proposed) -> Proposed {
    Proposed {
        before: None,
        diff: None,
        size: change.after.as_ref().map_or(0, |_| change.size),
        ..change
    }
}

/// The error of a tool that reads, as somebody is told it who does not see every path: what is not seen is not there.
pub(super) fn unseen(name: &str, input: &Value, error: ToolError, ruling: &Ruling) -> ToolError {
    let reads = EFFECTS
        .iter()
        .any(|(tool, effect)| *tool == name && *effect == Effect::Reads);
    let path = input["path"].as_str().map(|path| path.trim_matches('/'));
    match (&error.path, path) {
        (Some(about), Some(path)) if reads && !ruling.sees(about) => {
            let path = path.to_owned();
            failure(VfsError::NotFound { path })
        }
        _ => error,
    }
}
