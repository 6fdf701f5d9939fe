//! The way of a call: it is answered, or held until what it waits for is there, and then made again from the start.
//!
//! A call may wait for the policy or the manifest of flows to be read, for texts that only a guest can read, for a manifest that
//! it writes to be proved, and for a person. Nothing was done when it is held.

use crate::engine::{Asking, Caller, Cx, Outcome, Workbench};
use crate::event::Brought;
use crate::lint::Subject;
use crate::policy::Then;
use selvage_tool::catalogue::Call;
use selvage_tool::flows::FLOWS_FILE;
use selvage_tool::policy::POLICY_FILE;
use selvage_tool::{ErrorCode, Guest, ToolError};
use serde_json::Value;
use std::collections::BTreeSet;

/// The tools that go on without a guest's word rather than wait for an executor.
const GOING_ON: [&str; 3] = [LINT, "move", "apply_patch"];

/// The tool that checks flows, and tells what the policy will say of them.
const LINT: &str = "lint_flow";

/// The tools that persons call too, and that the manifests are about whoever calls. They wait for a guest's word.
const RUNNING: [&str; 2] = [RUN, "run_verify"];

/// The tool that runs flows.
const RUN: &str = "run_flow";

/// The tools that list flows and runs. What a flow is called may take a guest's word.
const LISTING: [&str; 2] = ["flow_list", RUNS];

/// The tool that lists runs.
const RUNS: &str = "flow_runs";

/// The most calls that are held.
pub(crate) const HELD_MAX: usize = 100;

/// A call that is made again.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) asking: Asking,
    pub(crate) name: String,
    pub(crate) input: Value,
    /// The texts that it was held for.
    pub(crate) had: Had,
    /// Those of them that it waits for.
    pub(crate) lacks: Had,
}

/// What waits for a manifest to be read, and is made again then.
#[derive(Debug)]
pub(crate) enum Unread {
    Call(Box<Held>),
    Brought(Brought),
}

/// Texts that are read for a call: by whom, and whether they are laid out.
pub(crate) type Had = BTreeSet<(Guest, bool, Subject)>;

impl Held {
    /// Whether it goes on without a guest's word rather than wait for an executor.
    pub(crate) fn goes_on(&self) -> bool {
        let name = self.name.as_str();
        let is_of_run = matches!(self.asking.caller, Caller::Run { .. });
        // A layout that was asked for is no word to go on without.
        let lays_out = self.input["format"] == true;
        (GOING_ON.contains(&name) && !lays_out) || (LISTING.contains(&name) && !is_of_run)
    }
}

impl Workbench {
    /// Answers a call, or holds it.
    pub(crate) fn attempt(
        &mut self,
        cx: &mut Cx<'_>,
        asking: Asking,
        name: &str,
        input: Value,
        had: Had,
    ) {
        let is_full = self.holds_its_most();
        let may_wait = RUNNING.contains(&name)
            || LISTING.contains(&name)
            || GOING_ON.contains(&name)
            || self.is_governed(&asking)
            || self.waits_for_policy(&asking)
            || writes_manifest(&input);
        let held = may_wait.then(|| Held {
            asking: asking.clone(),
            name: name.to_owned(),
            input: input.clone(),
            had,
            lacks: Had::new(),
        });
        // What a flow is called, the manifest says too.
        let names_flow = RUNNING.contains(&name) || (name == RUNS && input["path"].is_string());
        let is_ruled = self.waits_for_policy(&asking) || (name == LINT && self.policy.is_unread());
        if is_ruled || (names_flow && self.manifests_are_unread()) {
            return self.wait_for_manifests(&asking, held.filter(|_| !is_full));
        }
        let outcome = match Call::parse(name, input) {
            Ok(call) => {
                let input = held.as_ref().map_or(&Value::Null, |held| &held.input);
                self.decide(cx, asking.clone(), call, input)
            }
            Err(error) => error.into(),
        };
        if let Some(proposal) = self.consent.proposal.take() {
            let Some(held) = held else { return };
            let (origin, caller) = (asking.behind, asking.caller);
            if let Err(error) =
                self.ask_person(cx, &origin, name, proposal, Then::Call(Box::new(held)))
            {
                self.reply(&caller, Err(error));
            }
            return;
        }
        if std::mem::take(&mut self.consent.is_unproved) {
            return self.wait_for_manifests(&asking, held.filter(|_| !is_full));
        }
        if let Outcome::Done(Err(error)) = &outcome {
            self.note_refused(cx, &asking, name, error);
        }
        match (outcome, held) {
            (Outcome::Done(result), _) => self.reply(&asking.caller, result),
            (Outcome::Lacks(wanted), Some(held)) if !is_full => self.hold(cx, wanted, held),
            (Outcome::Lacks(_), _) => self.reply(&asking.caller, Err(busy())),
            (Outcome::Later, _) => {}
        }
    }

    /// Whether no more is held.
    pub(crate) fn holds_its_most(&self) -> bool {
        self.hearing.waiting() + self.unread.len() >= HELD_MAX
    }

    fn manifests_are_unread(&self) -> bool {
        self.policy.is_unread() || self.supervisor.flows.is_unread()
    }

    fn wait_for_manifests(&mut self, asking: &Asking, held: Option<Held>) {
        match held {
            Some(held) => self.unread.push(Unread::Call(Box::new(held))),
            None => self.reply(&asking.caller, Err(busy())),
        }
    }

    /// A manifest was read: what waited for one is made.
    pub(crate) fn make_ruled_again(&mut self, cx: &mut Cx<'_>) {
        for unread in std::mem::take(&mut self.unread) {
            match unread {
                Unread::Call(held) => self.make_again(cx, vec![*held]),
                Unread::Brought(brought) => self.bring(cx, brought),
            }
        }
    }

    pub(crate) fn make_again(&mut self, cx: &mut Cx<'_>, held: Vec<Held>) {
        for held in held {
            let waits = match &held.asking.caller {
                Caller::Host(_) | Caller::Nobody => true,
                Caller::Run { run, .. } => self.runs.contains_key(run),
            };
            if waits {
                self.attempt(cx, held.asking, &held.name, held.input, held.had);
            }
        }
    }
}

/// Whether a call may write a manifest, which is proved before.
fn writes_manifest(input: &Value) -> bool {
    let names = |text: &Value| {
        let text = text.as_str().unwrap_or_default();
        text.contains(FLOWS_FILE) || text.contains(POLICY_FILE)
    };
    let edits = input["edits"].as_array();
    let edits = edits.is_some_and(|edits| edits.iter().any(|edit| names(&edit["path"])));
    names(&input["path"]) || names(&input["patch"]) || edits
}

fn busy() -> ToolError {
    let error = format!("{HELD_MAX} calls wait for their files to be read.");
    ToolError::new(ErrorCode::Busy, error).hint("Wait for them.")
}
