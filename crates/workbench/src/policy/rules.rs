//! What the policy says of one thing.

use selvage_tool::catalogue::NAMES;
use selvage_tool::grant::PathSet;
use selvage_tool::policy::{Policy, Powers, Ungranted};
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

impl Said {
    /// A denial.
    pub(super) fn no(reason: impl Into<String>) -> Self {
        let (says, reason) = (Says::Deny, reason.into());
        Self { says, reason }
    }
}

/// The tools whose purpose is to take something away.
const DESTROYING: [&str; 3] = ["delete", "resolve_conflict", "thin_history"];

/// Why a person is asked about what takes something away, though a rule covers its tool.
pub(super) const BY_PATTERN: &str = "it destroys, and no rule allows it by its name";

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

    /// The path that it is about; nothing where it is about none.
    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Self::Read(path) | Self::Write(path) => Some(path),
            _ => None,
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
}

/// The lists of a rule, the strictest first.
const LISTS: [(Says, &str); 3] = [
    (Says::Deny, "deny"),
    (Says::Ask, "ask"),
    (Says::Allow, "allow"),
];

/// A rule that is about somebody, or about some flow.
#[derive(Debug, Clone)]
struct Rule {
    /// What it is called in reasons.
    name: String,
    /// What it denies, asks about and allows.
    powers: [Powers; 3],
    /// Their globs over what is read and what is written, made ready once: a search asks about every file.
    globs: [[Vec<Option<PathSet>>; 2]; 3],
}

impl Rule {
    fn new(name: String, powers: [Powers; 3]) -> Self {
        let globs = powers.each_ref().map(|powers| {
            let ready = |globs: &Vec<String>| globs.iter().map(|glob| ready(glob)).collect();
            [&powers.read, &powers.write].map(ready)
        });
        Self {
            name,
            powers,
            globs,
        }
    }

    fn list(&self, says: Says) -> &Powers {
        let [deny, ask, allow] = &self.powers;
        match says {
            Says::Deny => deny,
            Says::Ask => ask,
            Says::Allow => allow,
        }
    }

    /// What a pattern of one of its lists says.
    fn said(&self, at: usize, want: Want<'_>, pattern: &str) -> Said {
        let (says, list) = LISTS[at];
        let (kind, _) = want.of(&self.powers[at]);
        let reason = format!("{}: `{list}.{kind}` has `{pattern}`", self.name);
        Said { says, reason }
    }

    /// Which pattern of one of its lists is about something; a path is folded already.
    fn find(&self, at: usize, want: Want<'_>) -> Option<usize> {
        let (_, patterns) = want.of(&self.powers[at]);
        let find = |fits: &dyn Fn(&String) -> bool| patterns.iter().position(fits);
        let [read, write] = &self.globs[at];
        match want {
            Want::Read(path) => read.iter().position(|glob| covers(glob, path)),
            Want::Write(path) => write.iter().position(|glob| covers(glob, path)),
            Want::Net(domain) => find(&|pattern| covers_domain(pattern, domain)),
            Want::Tool(name) | Want::Secret(name) => find(&|pattern| is_called(pattern, name)),
            // The address of a server may have brackets, which mean something else in a pattern.
            Want::Executor(name) => find(&|pattern| {
                let (pattern, name) = (fold(pattern), fold(name));
                pattern == name || is_called(&pattern, &name)
            }),
        }
    }
}

/// The rules that are about one agent, or about the runs of one flow.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ruling {
    rules: Vec<Rule>,
    /// What becomes of what none of them names.
    ungranted: Ungranted,
    /// The lowest limits of all.
    pub(crate) limits: LimitsPatch,
    /// The rules about the run that calls, which hold as well for what its tools do.
    run: Option<Arc<Ruling>>,
}

impl Ruling {
    /// None of the rules yet.
    fn of(policy: &Policy) -> Self {
        Self {
            ungranted: policy.ungranted,
            ..Self::default()
        }
    }

    /// The rules about whoever is bound by none.
    pub(crate) fn unbound() -> Self {
        let all = |pattern: &str| vec![pattern.to_owned()];
        let allow = Powers {
            read: all("**"),
            write: all("**"),
            tools: NAMES.iter().map(|&name| name.to_owned()).collect(),
            ..Powers::default()
        };
        let powers = [Powers::default(), Powers::default(), allow];
        Self {
            rules: vec![Rule::new("no rule is about it".into(), powers)],
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
        let own = self.named(want).unwrap_or_else(|| self.unnamed());
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
        let lets = |rule: &Rule| {
            let [_, ask, allow] = &rule.powers;
            [ask, allow].map(|powers| want.of(powers).1.len()) != [0, 0]
        };
        let no = || self.rules.iter().any(lets).then(|| self.unnamed());
        self.named(want).or_else(no)
    }

    /// What is said of what no rule names.
    pub(super) fn unnamed(&self) -> Said {
        let (says, reason) = match self.ungranted {
            Ungranted::Deny => (Says::Deny, "no rule allows it"),
            Ungranted::Ask => (Says::Ask, "no rule names it"),
        };
        let reason = reason.into();
        Said { says, reason }
    }

    /// Whether a person is asked about what no rule names.
    pub(super) fn asks_unnamed(&self) -> bool {
        self.ungranted == Ungranted::Ask
    }

    /// What the rules that name something say of it. A denial goes before a question, and that before what is allowed.
    fn named(&self, want: Want<'_>) -> Option<Said> {
        let folded = match want {
            Want::Read(path) | Want::Write(path) => fold(path),
            _ => String::new(),
        };
        let wanted = match want {
            Want::Read(_) => Want::Read(&folded),
            Want::Write(_) => Want::Write(&folded),
            want => want,
        };
        for (at, (says, _)) in LISTS.into_iter().enumerate() {
            for rule in &self.rules {
                if let Some(found) = rule.find(at, wanted) {
                    if let (Says::Allow, Want::Tool(tool)) = (says, want)
                        && DESTROYING.contains(&tool)
                        && !self.allows_by_name(tool)
                    {
                        let (says, reason) = (Says::Ask, BY_PATTERN.into());
                        return Some(Said { says, reason });
                    }
                    return Some(rule.said(at, want, &want.of(&rule.powers[at]).1[found]));
                }
            }
        }
        None
    }

    /// Every pattern about a kind of thing, with the name of its rule and what that says, the strictest first.
    pub(super) fn patterns(&self, want: Want<'_>) -> Vec<(&str, &str, Said)> {
        let of_list = |at: usize| {
            self.rules.iter().flat_map(move |rule| {
                let (_, patterns) = want.of(&rule.powers[at]);
                let told = move |pattern| (pattern, &*rule.name, rule.said(at, want, pattern));
                patterns.iter().map(String::as_str).map(told)
            })
        };
        (0..LISTS.len()).flat_map(of_list).collect()
    }

    /// Whether a rule allows a tool by its own name: a pattern that covers it need not mean it.
    pub(super) fn allows_by_name(&self, tool: &str) -> bool {
        let rules = self.rules.iter();
        let mut allowed = rules.flat_map(|rule| &rule.list(Says::Allow).tools);
        allowed.any(|name| name == tool)
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
        let all = wants.map(|want| (want, self.say(want)));
        all.reduce(|most, next| {
            let is_stricter = next.1.says > most.1.says;
            if is_stricter { next } else { most }
        })
    }

    /// The domains of some of the lists.
    pub(super) fn domains(&self, lists: &[Says]) -> Vec<String> {
        let all = self.rules.iter().flat_map(|rule| {
            let nets = lists.iter().map(|says| &rule.list(*says).net);
            nets.flatten().cloned()
        });
        all.collect()
    }

    /// Whether every file may be read, whatever it is called.
    pub(crate) fn reads_everything(&self) -> bool {
        let powers = || self.rules.iter().map(|rule| &rule.powers);
        let run = self.run.as_ref();
        run.is_none_or(|run| run.reads_everything())
            && powers().all(|[deny, ask, _]| deny.read.is_empty() && ask.read.is_empty())
            && powers().any(|[.., allow]| allow.read.iter().any(|glob| glob == "**"))
    }

    /// What the rules are called.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.rules.iter().map(|rule| rule.name.as_str()).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// What the policy says about one agent, by name.
pub(crate) fn about_agent(policy: &Policy, agent: &str, environment: &str) -> Ruling {
    let mut ruling = Ruling::of(policy);
    for rule in &policy.agents {
        if is_called(&rule.name, agent) && in_one(&rule.environments, environment) {
            let powers = [rule.deny.clone(), rule.ask.clone(), rule.allow.clone()];
            let name = format!("the rule for agents `{}`", rule.name);
            ruling.rules.push(Rule::new(name, powers));
        }
    }
    ruling
}

/// What the policy says about the runs of one flow.
pub(crate) fn about_flow(policy: &Policy, path: &str, caller: &str, environment: &str) -> Ruling {
    let mut ruling = Ruling::of(policy);
    let folded = fold(path);
    for rule in &policy.flows {
        if covers(&ready(&rule.path), &folded)
            && in_one(&rule.callers, caller)
            && in_one(&rule.environments, environment)
        {
            let powers = [rule.deny.clone(), rule.ask.clone(), rule.allow.clone()];
            let name = format!("the rule for flows `{}`", rule.path);
            ruling.rules.push(Rule::new(name, powers));
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
    let [pattern, name] = [pattern, name].map(|text| text.replace('/', "\u{1}"));
    PathSet::new(&[pattern]).is_ok_and(|set| set.covers(&name))
}

/// A glob over paths, to be asked often. Names that differ in case only can't stand in one folder, so a rule about one is about the
/// other.
fn ready(glob: &str) -> Option<PathSet> {
    PathSet::new(&[fold(glob)]).ok()
}

fn covers(glob: &Option<PathSet>, folded: &str) -> bool {
    glob.as_ref().is_some_and(|glob| glob.covers(folded))
}

fn covers_domain(pattern: &str, domain: &str) -> bool {
    let grant = Grant {
        net: vec![pattern.to_owned()],
        ..Grant::default()
    };
    grant.covers_domain(domain)
}

#[cfg(test)]
mod tests;
