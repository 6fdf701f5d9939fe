//! What the policy says of one thing.

use selvage_tool::grant::PathSet;
use selvage_tool::policy::{Policy, Powers};
use selvage_tool::{Grant, LimitsPatch};
use selvage_vfs::fold;
use std::sync::Arc;

/// What a rule says of something: the later ones are stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    Allow,
    Ask,
    Deny,
}

/// What the policy says of something, and which words of it do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) says: Says,
    pub(crate) reason: String,
}

/// What can be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want<'a> {
    Read(&'a str),
    Write(&'a str),
    Net(&'a str),
    Tool(&'a str),
    Secret(&'a str),
    Executor(&'a str),
}

impl Want<'_> {
    /// As a person reads it.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Read(path) => format!("read {path}"),
            Self::Write(path) => format!("write {path}"),
            Self::Net(domain) => format!("fetch from {domain}"),
            Self::Tool(name) => format!("call {name}"),
            Self::Secret(name) => format!("fetch with the secret {name}"),
            Self::Executor(name) => format!("run on {name}"),
        }
    }

    /// What of some powers it is about.
    fn of<'p>(&self, powers: &'p Powers) -> (&'static str, &'p [String]) {
        match self {
            Self::Read(_) => ("read", &powers.read),
            Self::Write(_) => ("write", &powers.write),
            Self::Net(_) => ("net", &powers.net),
            Self::Tool(_) => ("tools", &powers.tools),
            Self::Secret(_) => ("secrets", &powers.secrets),
            Self::Executor(_) => ("executors", &powers.executors),
        }
    }

    fn fits(&self, pattern: &str) -> bool {
        match self {
            // Names that differ in case only can't stand in one folder, so a rule about one is about the other.
            Self::Read(path) | Self::Write(path) => matches(&fold(pattern), &fold(path)),
            Self::Net(domain) => covers(&[pattern.to_owned()], domain),
            Self::Tool(name) | Self::Secret(name) => is_called(pattern, name),
            // The address of a server may have brackets, which mean something else in a pattern.
            Self::Executor(name) => {
                let (pattern, name) = (fold(pattern), fold(name));
                pattern == name || is_called(&pattern, &name)
            }
        }
    }
}

/// The rules that are about one agent, or about the runs of one flow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ruling {
    /// What each is called in reasons, and what it says.
    rules: Vec<(String, [Powers; 3])>,
    /// The lowest limits of all.
    pub(crate) limits: LimitsPatch,
    /// The rules about the run that calls, which hold as well for what its tools do.
    run: Option<Arc<Ruling>>,
}

impl Ruling {
    /// The rules about whoever is bound by none.
    pub(crate) fn unbound() -> Self {
        let all = |pattern: &str| vec![pattern.to_owned()];
        let allow = Powers {
            read: all("**"),
            write: all("**"),
            tools: all("*"),
            ..Powers::default()
        };
        let powers = [Powers::default(), Powers::default(), allow];
        Self {
            rules: vec![("no rule is about it".into(), powers)],
            ..Self::default()
        }
    }

    /// The same for what a run calls.
    pub(crate) fn within(self, run: Arc<Self>) -> Self {
        let run = Some(run);
        Self { run, ..self }
    }

    /// What the rules say of something; nothing is no.
    pub(crate) fn say(&self, want: Want<'_>) -> Said {
        let own = self.named(want).unwrap_or_else(unnamed);
        match (&self.run, want) {
            // Which tools a run calls is weighed when it asks for one, and what is asked about was asked before it started.
            (None, _) | (_, Want::Tool(_)) => own,
            (Some(run), _) => {
                let of_run = run.say(want);
                if of_run.says > own.says { of_run } else { own }
            }
        }
    }

    /// The same; nothing where they neither name it nor let anything of its kind happen.
    pub(crate) fn say_of_kind(&self, want: Want<'_>) -> Option<Said> {
        let lets = |(_, [_, ask, allow]): &(String, [Powers; 3])| {
            [ask, allow].map(|powers| want.of(powers).1.len()) != [0, 0]
        };
        let no = || self.rules.iter().any(lets).then(unnamed);
        self.named(want).or_else(no)
    }

    /// What the rules that name something say of it. A denial goes before a question, and that before what is allowed.
    fn named(&self, want: Want<'_>) -> Option<Said> {
        let lists = [
            (Says::Deny, "deny"),
            (Says::Ask, "ask"),
            (Says::Allow, "allow"),
        ];
        for (at, (says, list)) in lists.into_iter().enumerate() {
            for (name, powers) in &self.rules {
                let (kind, patterns) = want.of(&powers[at]);
                if let Some(pattern) = patterns.iter().find(|pattern| want.fits(pattern)) {
                    let reason = format!("{name}: `{list}.{kind}` has `{pattern}`");
                    return Some(Said { says, reason });
                }
            }
        }
        None
    }

    /// Whether a path may be read, and nobody is asked about it: what may not be is left out of what is told.
    pub(crate) fn sees(&self, path: &str) -> bool {
        self.say(Want::Read(path)).says == Says::Allow
    }

    /// The strictest of what is said of several things; nothing where nothing is wanted.
    pub(crate) fn strictest<'a>(
        &self,
        wants: impl Iterator<Item = Want<'a>>,
    ) -> Option<(Want<'a>, Said)> {
        let mut strictest: Option<(Want<'a>, Said)> = None;
        for want in wants {
            let said = self.say(want);
            if strictest
                .as_ref()
                .is_none_or(|(_, most)| said.says > most.says)
            {
                strictest = Some((want, said));
            }
        }
        strictest
    }

    /// The domains of some of the lists.
    pub(super) fn domains(&self, lists: &[Says]) -> Vec<String> {
        let at = |says: &Says| match says {
            Says::Deny => 0,
            Says::Ask => 1,
            Says::Allow => 2,
        };
        let all = self.rules.iter().flat_map(|(_, powers)| {
            let nets = lists.iter().map(|says| &powers[at(says)].net);
            nets.flatten().cloned()
        });
        all.collect()
    }

    /// Whether every file may be read, whatever it is called.
    pub(crate) fn reads_everything(&self) -> bool {
        let powers = || self.rules.iter().map(|(_, powers)| powers);
        let run = self.run.as_ref();
        run.is_none_or(|run| run.reads_everything())
            && powers().all(|[deny, ask, _]| deny.read.is_empty() && ask.read.is_empty())
            && powers().any(|[.., allow]| allow.read.iter().any(|glob| glob == "**"))
    }

    /// What the rules are called.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.rules.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// What is said of what no rule names.
pub(crate) fn unnamed() -> Said {
    Said {
        says: Says::Deny,
        reason: "no rule allows it".into(),
    }
}

/// What the policy says about one agent, by name.
pub(crate) fn about_agent(policy: &Policy, agent: &str, environment: &str) -> Ruling {
    let mut ruling = Ruling::default();
    for rule in &policy.agents {
        if is_called(&rule.name, agent) && in_one(&rule.environments, environment) {
            let powers = [rule.deny.clone(), rule.ask.clone(), rule.allow.clone()];
            let name = format!("the rule for agents `{}`", rule.name);
            ruling.rules.push((name, powers));
        }
    }
    ruling
}

/// What the policy says about the runs of one flow.
pub(crate) fn about_flow(policy: &Policy, path: &str, caller: &str, environment: &str) -> Ruling {
    let mut ruling = Ruling::default();
    for rule in &policy.flows {
        if Want::Read(path).fits(&rule.path)
            && in_one(&rule.callers, caller)
            && in_one(&rule.environments, environment)
        {
            let powers = [rule.deny.clone(), rule.ask.clone(), rule.allow.clone()];
            let name = format!("the rule for flows `{}`", rule.path);
            ruling.rules.push((name, powers));
            ruling.limits = ruling.limits.lowest(&rule.limits);
        }
    }
    ruling
}

/// Whether one of some patterns is that of a name; none at all is any.
fn in_one(patterns: &[String], name: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| is_called(pattern, name))
}

/// Whether a glob covers a name. A slash in it is a letter like others, since agents are called by their addresses.
pub(super) fn is_called(pattern: &str, name: &str) -> bool {
    matches(&pattern.replace('/', "\u{1}"), &name.replace('/', "\u{1}"))
}

fn matches(pattern: &str, name: &str) -> bool {
    PathSet::new(&[pattern.to_owned()]).is_ok_and(|set| set.covers(name))
}

fn covers(net: &[String], domain: &str) -> bool {
    let grant = Grant {
        net: net.to_vec(),
        ..Grant::default()
    };
    grant.covers_domain(domain)
}
