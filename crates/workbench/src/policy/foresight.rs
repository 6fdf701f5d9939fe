//! What the policy will say of a run, told when its flow is looked at: nobody is asked, and nothing is recorded.

use super::rules::{Ruling, Said, Says, Want};
use super::ruling::{FlowRuling, RUN, no_rule};
use crate::engine::{Asking, Workbench};
use selvage_tool::Grant;
use selvage_tool::grant::PathSet;
use selvage_tool::policy::{Forecast, Foreseen};
use selvage_vfs::fold;

/// The wildcards of a glob.
const WILD: [char; 5] = ['*', '?', '[', '{', '\\'];

impl Workbench {
    /// What the policy asks about or denies of what a flow needs, when somebody runs it.
    pub(crate) fn foreseen(&self, asking: &Asking, path: &str, needs: &Grant) -> Vec<Foreseen> {
        let denied = match self.rules_about(asking, path) {
            Ok(Some(ruling)) => return ruling.foresee(needs),
            Ok(None) => no_rule(path),
            Err(error) => Said::no(error.message),
        };
        foreseen(RUN, denied).into_iter().collect()
    }
}

impl FlowRuling {
    fn foresee(&self, needs: &Grant) -> Vec<Foreseen> {
        let executor = Want::Executor(&self.executor);
        let mut all: Vec<Foreseen> = self.foresee_run().into_iter().collect();
        let place = self.place(&self.executor);
        all.extend(place.and_then(|said| foreseen(executor, said)));
        let Some(ruling) = &self.flow else { return all };
        let reads = needs.read.iter().map(|glob| Want::Read(glob));
        let paths = reads.chain(needs.write.iter().map(|glob| Want::Write(glob)));
        all.extend(paths.filter_map(|want| ruling.foresee(want)));
        let domains = needs.net.iter().map(|domain| Want::Net(domain));
        let domains = domains.filter_map(|want| foreseen_if_named(want, self.say(want)));
        // A tool that a run calls is in the rules about both.
        let tools = needs.tools.iter().map(|tool| Want::Tool(tool));
        let tools =
            tools.filter_map(|want| foreseen_if_named(want, self.strictest(want, self.say(want))));
        all.extend(domains.chain(tools));
        all
    }

    /// Whether the run itself is asked about or denied.
    fn foresee_run(&self) -> Option<Foreseen> {
        let flow = self.flow.as_ref().filter(|ruling| ruling.is_empty());
        let unruled = flow.map(|ruling| ruling.unnamed());
        foreseen(RUN, self.strictest(RUN, unruled)?)
    }

    /// The stricter of what is said of something, and of what the rules about the agent do.
    fn strictest(&self, want: Want<'_>, said: Option<Said>) -> Option<Said> {
        let of_agent = self.agent.as_ref().map(|ruling| ruling.say(want));
        said.into_iter()
            .chain(of_agent)
            .max_by_key(|said| said.says)
    }
}

/// The same as [`foreseen`]; of what no text shows, a person says which it is.
fn foreseen_if_named(want: Want<'_>, said: Option<Said>) -> Option<Foreseen> {
    let is_named = !want.words().contains('*');
    said.filter(|_| is_named)
        .and_then(|said| foreseen(want, said))
}

impl Ruling {
    /// What it says of a path, or of every path that a glob covers; where that is more than one thing, that it depends.
    fn foresee(&self, want: Want<'_>) -> Option<Foreseen> {
        let glob = match want {
            Want::Read(glob) | Want::Write(glob) if glob.contains(WILD) => fold(glob),
            _ => return foreseen(want, self.say(want)),
        };
        let mut of_some = Vec::new();
        let mut of_rest = self.unnamed();
        for (pattern, rule, said) in self.patterns(want) {
            let pattern = fold(pattern);
            if covers_all(&pattern, &glob) {
                of_rest = said;
                break;
            }
            if may_meet(&pattern, &glob) {
                of_some.push((rule, said.says));
            }
        }
        match of_some.iter().find(|(_, says)| *says != of_rest.says) {
            Some((rule, _)) => Some(depends(want, rule)),
            None => foreseen(want, of_rest),
        }
    }
}

/// What becomes of something, where it does not just happen.
fn foreseen(want: Want<'_>, Said { says, reason }: Said) -> Option<Foreseen> {
    let forecast = match says {
        Says::Allow => return None,
        Says::Ask => Forecast::Asked,
        Says::Deny => Forecast::Denied,
    };
    let what = want.words();
    Some(Foreseen {
        what,
        forecast,
        reason,
    })
}

/// Which of its patterns decides is not told: they name what nobody asked about.
fn depends(want: Want<'_>, rule: &str) -> Foreseen {
    Foreseen {
        what: want.words(),
        forecast: Forecast::Depends,
        reason: format!("{rule} is about some of it"),
    }
}

/// Whether a pattern covers whatever a glob does. It may miss that it does.
fn covers_all(pattern: &str, glob: &str) -> bool {
    let start = literal(glob);
    let folder = start.rfind('/').map_or("", |end| &start[..end]);
    let below = PathSet::new(&[pattern.to_owned()]).is_ok_and(|set| set.covers_all_below(folder));
    pattern == glob || below
}

/// Whether some path may be covered by both of two globs. It may take two for meeting that don't.
fn may_meet(one: &str, other: &str) -> bool {
    let (one, other) = (literal(one), literal(other));
    one.starts_with(other) || other.starts_with(one)
}

/// What a glob begins with, before its first wildcard.
fn literal(glob: &str) -> &str {
    glob.split(WILD).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rules::about_flow;
    use selvage_tool::policy::{FlowRule, Policy, Powers};

    /// What rules say of a glob that is written.
    fn forecast(deny: &[&str], ask: &[&str], allow: &[&str], glob: &str) -> Option<Forecast> {
        let powers = |globs: &[&str]| Powers {
            write: globs.iter().map(|&glob| glob.to_owned()).collect(),
            ..Powers::default()
        };
        let rule = FlowRule {
            path: "**".into(),
            deny: powers(deny),
            ask: powers(ask),
            allow: powers(allow),
            ..FlowRule::default()
        };
        let policy = Policy {
            flows: vec![rule],
            ..Policy::default()
        };
        let ruling = about_flow(&policy, "a.flow.js", "person", "local");
        ruling.foresee(Want::Write(glob)).map(|one| one.forecast)
    }

    #[test]
    fn a_glob_is_one_thing_where_one_pattern_covers_it_and_no_stricter_one_meets_it() {
        use Forecast::{Asked, Denied, Depends};
        for (deny, ask, allow, glob, expected) in [
            (&[][..], &[][..], &["out/**"][..], "out/*.md", None),
            (&[], &[], &["out/**"], "out/in/**", None),
            (&[], &[], &["out/a/**", "out/**"], "out/**", None),
            (&[], &[], &["OUT/**"], "out/*", None),
            (&[], &[], &["out/**"], "**", Some(Depends)),
            (&[], &[], &["out/**"], "data/*", Some(Denied)),
            (&["out/x/**"], &[], &["out/**"], "out/*.md", Some(Depends)),
            (&["data/**"], &[], &["**"], "out/*.md", None),
            (&["out/x/**"], &[], &[], "out/*.md", Some(Denied)),
            (&["**"], &[], &["out/**"], "out/*", Some(Denied)),
            (&[], &["**"], &["out/**"], "out/*", Some(Asked)),
            (&[], &["out/a*", "out/**"], &[], "out/*", Some(Asked)),
            (&[], &["out/a*"], &["out/**"], "out/*", Some(Depends)),
            (&[], &["out/*.md"], &[], "out/*.md", Some(Asked)),
            (&[], &[], &[], "out/*", Some(Denied)),
        ] {
            let found = forecast(deny, ask, allow, glob);
            assert_eq!(
                found, expected,
                "deny {deny:?}, ask {ask:?}, allow {allow:?} of {glob}"
            );
        }
    }
}
