//! What the policy says about one run: whether there may be one, where, and what it sees.

use super::consent::{decision, unreadable, words_of};
use super::rules::{self, Ruling, Said, Says, Want};
use super::sight::Sight;
use crate::engine::{Asking, Cx, Workbench};
use selvage_tool::decision::Verdict;
use selvage_tool::policy::POLICY_FILE;
use selvage_tool::run::JobFile;
use selvage_tool::{Grant, Limits, LimitsPatch, ToolError, ToolResult};
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};
use std::sync::Arc;

/// How a person is called in rules, and what runs by itself.
const PERSON: &str = "person";
const TRIGGER: &str = "trigger";

/// What an executor is called that is a server.
pub(super) const SERVER: &str = "remote:";

/// What the policy says about one run.
#[derive(Debug, Default)]
pub(crate) struct FlowRuling {
    /// The rules about its flow; none where there is none and a person runs it.
    pub(super) flow: Option<Arc<Ruling>>,
    /// The rules about the agent behind it, for where it may run and fetch from.
    pub(super) agent: Option<Ruling>,
    /// The executor that was weighed.
    pub(super) executor: String,
    /// Why the call that asks for the run is asked about.
    pub(crate) asked: Option<String>,
}

impl FlowRuling {
    /// The rules about its flow, where there are any.
    pub(crate) fn about_flow(&self) -> Option<Arc<Ruling>> {
        self.flow.clone()
    }

    /// What a flow sees of the files that its text names: also those that a person is asked about before it starts.
    pub(crate) fn sight(&self) -> Sight {
        Sight::new(self.flow.clone(), Says::Ask)
    }

    /// Limits, none of them above what the rules set.
    pub(crate) fn limits(&self, limits: Limits) -> Limits {
        match &self.flow {
            Some(ruling) => limits.held_to(&ruling.limits),
            None => limits,
        }
    }

    /// What a run may get more, none of it above what the rules set.
    pub(crate) fn more(&self, more: &LimitsPatch) -> LimitsPatch {
        match &self.flow {
            Some(ruling) => more.held_to(&ruling.limits),
            None => more.clone(),
        }
    }

    /// Takes away what may not be read. What the flow is made of stays, since lint has read it already.
    pub(crate) fn hide(&self, files: &mut Vec<JobFile>, made_of: &[&String]) {
        let Some(ruling) = &self.flow else { return };
        for file in files
            .iter_mut()
            .filter(|file| !file.folder && !made_of.contains(&&file.path))
        {
            file.readable &= ruling.say(Want::Read(&file.path)).says != Says::Deny;
        }
        // What may be neither read nor written is not there.
        files.retain(|file| {
            file.folder || file.readable || ruling.say(Want::Write(&file.path)).says != Says::Deny
        });
    }

    /// Takes out of the paths that a run which starts by itself is told those that it may not read.
    pub(crate) fn hide_changed(&self, args: &mut Value) {
        let changed = args.get_mut("changed").and_then(Value::as_array_mut);
        if let (Some(ruling), Some(changed)) = (&self.flow, changed) {
            let may_read = |path: &str| ruling.say(Want::Read(path)).says != Says::Deny;
            changed.retain(|path| path.as_str().is_none_or(may_read));
        }
    }

    /// The reading that a person is asked about; a flow's own text it has anyway.
    pub(crate) fn asked_reads<'a>(
        &self,
        files: &'a [JobFile],
        entry: &'a str,
    ) -> impl Iterator<Item = Want<'a>> {
        let is_read = move |file: &&JobFile| !file.folder && file.readable && file.path != entry;
        let readable = files.iter().filter(is_read);
        let wants = readable.map(|file| Want::Read(&file.path));
        wants.filter(|want| {
            let ruling = self.flow.as_ref();
            ruling.is_some_and(|ruling| ruling.say(*want).says == Says::Ask)
        })
    }

    /// What the rules say of an executor; nothing where they are about none. Then the device's own does.
    pub(super) fn place(&self, executor: &str) -> Option<Said> {
        let want = Want::Executor(executor);
        let of_flow = self.flow.as_ref().and_then(|ruling| {
            let no = || executor.starts_with(SERVER).then(|| ruling.unnamed());
            ruling.say_of_kind(want).or_else(no)
        });
        self.with_agent(want, of_flow)
    }

    /// What the rules say of something that the run asks for while it goes on; nothing where there are none.
    pub(super) fn say(&self, want: Want<'_>) -> Option<Said> {
        let said = self.flow.as_ref()?.say(want);
        match want {
            Want::Net(_) => self.with_agent(want, Some(said)),
            _ => Some(said),
        }
    }

    /// What an agent has runs do that it does not do itself is in the rules about both: the stricter of what is said of the flow, and
    /// of the agent where its rules are about anything of that kind.
    fn with_agent(&self, want: Want<'_>, of_flow: Option<Said>) -> Option<Said> {
        let agent = self.agent.as_ref();
        let of_agent = agent.and_then(|ruling| ruling.say_of_kind(want));
        let said = of_flow.into_iter().chain(of_agent);
        said.max_by_key(|said| said.says)
    }

    /// Of some domains, those that the rules let it fetch from, perhaps after a person was asked.
    pub(super) fn let_fetch(&self, mut domains: Vec<String>) -> Vec<String> {
        let lets = |ruling: &Ruling| ruling.domains(&[Says::Allow, Says::Ask]);
        let bounds = |ruling: &&Ruling| !ruling.asks_unnamed();
        let of_agent = self.agent.as_ref().filter(bounds).map(lets);
        // An agent's rules that let nothing be fetched are about no fetching, or forbid some.
        let of_agent = of_agent.filter(|net| !net.is_empty());
        let of_flow = self.flow.as_deref().filter(bounds).map(lets);
        for net in of_flow.into_iter().chain(of_agent) {
            domains = in_both(domains, net);
        }
        domains
    }

    /// Of some domains, those that a person is asked about.
    pub(super) fn asked_domains(&self, domains: Vec<String>) -> Vec<String> {
        let mut asked = in_both(self.domains(Says::Ask), domains.clone());
        for domain in domains {
            let said = self.say(Want::Net(&domain));
            if said.is_some_and(|said| said.says == Says::Ask) && !asked.contains(&domain) {
                asked.push(domain);
            }
        }
        asked
    }

    /// The domains that one of the lists has.
    pub(super) fn domains(&self, says: Says) -> Vec<String> {
        let rulings = self.flow.as_deref().into_iter().chain(&self.agent);
        rulings.flat_map(|ruling| ruling.domains(&[says])).collect()
    }
}

/// The domains that two lists both cover.
pub(super) fn in_both(one: Vec<String>, other: Vec<String>) -> Vec<String> {
    let [one, other] = [one, other].map(|net| Grant {
        net,
        ..Grant::default()
    });
    one.net_in_both(&other)
}

/// What rules call whoever is behind a run. Agents are called what they say, and neither of the words that stand for others.
fn caller_in_rules(behind: &Origin) -> String {
    match behind.kind {
        OriginKind::Person => PERSON.into(),
        OriginKind::System => TRIGGER.into(),
        _ if [PERSON, TRIGGER].contains(&&*behind.name) => words_of(behind),
        _ => behind.name.clone(),
    }
}

/// A run itself, as something that is wanted.
pub(super) const RUN: Want<'static> = Want::Tool("run_flow");

/// Why an agent may not run a flow that no rule is about.
pub(super) fn no_rule(path: &str) -> Said {
    Said::no(format!("no rule is about the runs of {path}"))
}

impl Workbench {
    /// What the policy says about the runs of a flow that somebody asks for.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`]: an agent asks, and no rule is about it; it may not run where runs run; or the policy can't be
    /// read.
    pub(crate) fn flow_ruling(
        &mut self,
        cx: &Cx<'_>,
        asking: &Asking,
        path: &str,
    ) -> ToolResult<FlowRuling> {
        match self.rules_about(asking, path)? {
            Some(ruling) => self.may_run(cx, &asking.behind, &ruling).map(|()| ruling),
            None => Err(self.denied(cx, &words_of(&asking.behind), &RUN, &no_rule(path))),
        }
    }

    /// The rules about the runs of a flow that somebody asks for; nothing where that must not be, since none is about them.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`]: the policy can't be read.
    pub(super) fn rules_about(
        &self,
        asking: &Asking,
        path: &str,
    ) -> ToolResult<Option<FlowRuling>> {
        let behind = &asking.behind;
        let is_person = behind.kind == OriginKind::Person;
        let policy = match self.policy.says() {
            None => return Ok(Some(FlowRuling::default())),
            Some(Ok(policy)) => policy,
            Some(Err(flaw)) => return Err(unreadable(flaw)),
        };
        let caller = caller_in_rules(behind);
        let ruling = rules::about_flow(policy, path, &caller, &self.config.environment);
        let is_agent = behind.kind == OriginKind::Agent;
        let agent =
            is_agent.then(|| rules::about_agent(policy, &behind.name, &self.config.environment));
        let flow = match ruling.is_empty() && (is_person || !ruling.asks_unnamed()) {
            false => Some(Arc::new(ruling)),
            // What a person's run may not do, it may not have a flow without rules do either.
            true => asking.ruled.clone().filter(|_| is_person),
        };
        Ok(match flow {
            Some(_) => Some(FlowRuling {
                flow,
                agent,
                executor: self.config.executor.clone(),
                asked: None,
            }),
            None => is_person.then(FlowRuling::default),
        })
    }

    /// Whether somebody may have a run made again with these files, about which nobody is asked.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`]: a person would be asked about reading one, and none asks for it.
    pub(crate) fn may_read_unasked(
        &mut self,
        cx: &Cx<'_>,
        behind: &Origin,
        ruling: &FlowRuling,
        (files, entry): (&[JobFile], &str),
    ) -> ToolResult<()> {
        match ruling.asked_reads(files, entry).next() {
            Some(want) if behind.kind != OriginKind::Person => {
                let said = Said::no("a person is asked about it, and a verification asks nobody");
                Err(self.denied(cx, &words_of(behind), &want, &said))
            }
            _ => Ok(()),
        }
    }

    /// The same as [`Self::flow_ruling`] for a run that nobody is asked about.
    ///
    /// # Errors
    /// As [`Self::flow_ruling`]; and a person would be asked whether it may run where runs run.
    pub(crate) fn ruling_unasked(
        &mut self,
        cx: &Cx<'_>,
        asking: &Asking,
        path: &str,
    ) -> ToolResult<FlowRuling> {
        let ruling = self.flow_ruling(cx, asking, path)?;
        match ruling.place(&ruling.executor) {
            Some(said) if said.says != Says::Allow => {
                Err(self.misplaced(cx, &words_of(&asking.behind), &ruling.executor, &said))
            }
            _ => Ok(ruling),
        }
    }

    /// Whether somebody's run of a flow may have fetches carry a secret. Without a rule about the flow, only a person's may.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`].
    pub(crate) fn may_use(
        &mut self,
        cx: &Cx<'_>,
        behind: &Origin,
        ruling: &FlowRuling,
        name: &str,
    ) -> ToolResult<()> {
        let want = Want::Secret(name);
        let said = match &ruling.flow {
            Some(ruling) => ruling.say(want),
            None if behind.kind == OriginKind::Person => return Ok(()),
            None => Said::no("without a rule about the flow, only a person's runs have secrets"),
        };
        match said.says {
            Says::Deny => Err(self.denied(cx, &words_of(behind), &want, &said)),
            Says::Ask | Says::Allow => Ok(()),
        }
    }

    /// Whether a run may go to the executor that was weighed, perhaps after a person was asked.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`].
    fn may_run(&mut self, cx: &Cx<'_>, behind: &Origin, ruling: &FlowRuling) -> ToolResult<()> {
        match ruling.place(&ruling.executor) {
            Some(said) if said.says == Says::Deny => {
                Err(self.misplaced(cx, &words_of(behind), &ruling.executor, &said))
            }
            _ => Ok(()),
        }
    }

    /// Weighs where a run goes that leaves the queue, if that is not what was weighed when it came: then nobody is asked any more.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`].
    pub(crate) fn may_leave(&mut self, cx: &Cx<'_>, id: &str) -> ToolResult<()> {
        let executor = self.config.executor.clone();
        let Some(run) = self.runs.get_mut(id) else {
            return Ok(());
        };
        if run.ruling.executor == executor {
            return Ok(());
        }
        run.ruling.executor.clone_from(&executor);
        let (said, who) = (run.ruling.place(&executor), words_of(&run.asking.behind));
        self.note_place(cx, id);
        match said {
            Some(said) if said.says != Says::Allow => {
                Err(self.misplaced(cx, &who, &executor, &said))
            }
            _ => Ok(()),
        }
    }

    /// Has a run's record say which rule decided about its executor, where one did.
    pub(super) fn note_place(&mut self, cx: &Cx<'_>, id: &str) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        if let Some(said) = run.ruling.place(&run.ruling.executor) {
            let verdict = match said.says {
                Says::Allow => Verdict::Allowed,
                Says::Ask => Verdict::Asked,
                Says::Deny => Verdict::Denied,
            };
            let what = Want::Executor(&run.ruling.executor).words();
            let who = words_of(&run.asking.behind);
            let decided = decision(cx.now_ms, who, what, verdict, said.reason);
            run.record.decisions.push(json!(decided));
        }
    }

    fn misplaced(&mut self, cx: &Cx<'_>, who: &str, executor: &str, said: &Said) -> ToolError {
        let error = self.denied(cx, who, &Want::Executor(executor), said);
        error.hint(format!(
            "A person has runs run elsewhere, or changes `{POLICY_FILE}`."
        ))
    }
}
