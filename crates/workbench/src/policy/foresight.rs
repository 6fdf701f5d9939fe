//! What the policy will say of a run, told when its flow is looked at: nobody is asked, and nothing is recorded.

use super::rules::{Ruling, Said, Says, Want};
use super::ruling::{FlowRuling, no_rule};
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
        match self.rules_about(asking, path) {
            Ok(Some(ruling)) => ruling.foresee(needs),
            Ok(None) => {
                let run = foreseen(Want::Tool("run_flow"), no_rule(path));
                run.into_iter().collect()
            }
            // Lint of the policy tells what is wrong with it.
            Err(_) => Vec::new(),
        }
    }
}

impl FlowRuling {
    fn foresee(&self, needs: &Grant) -> Vec<Foreseen> {
        let executor = Want::Executor(&self.executor);
        let place = self.place(&self.executor);
        let place = place.and_then(|said| foreseen(executor, said));
        let mut all: Vec<Foreseen> = place.into_iter().collect();
        let Some(ruling) = &self.flow else { return all };
        let reads = needs.read.iter().map(|glob| Want::Read(glob));
        let paths = reads.chain(needs.write.iter().map(|glob| Want::Write(glob)));
        all.extend(paths.filter_map(|want| ruling.foresee(want)));
        let domains = needs.net.iter().map(|domain| Want::Net(domain));
        let tools = needs.tools.iter().map(|tool| Want::Tool(tool));
        // Of those that no text shows, a person says which they are.
        let named = domains
            .chain(tools)
            .filter(|want| !want.words().contains('*'));
        all.extend(named.filter_map(|want| foreseen(want, self.say(want)?)));
        all
    }
}

impl Ruling {
    /// What it says of a path, or of every path that a glob covers; where that is more than one thing, that it depends.
    fn foresee(&self, want: Want<'_>) -> Option<Foreseen> {
        let glob = match want {
            Want::Read(glob) | Want::Write(glob) if glob.contains(WILD) => fold(glob),
            _ => return foreseen(want, self.say(want)),
        };
        let mut partly: Option<(&str, Says)> = None;
        for (pattern, rule, said) in self.patterns(want) {
            let pattern = fold(pattern);
            if covers_all(&pattern, &glob) {
                return match partly.filter(|(_, says)| *says != said.says) {
                    Some((rule, _)) => Some(depends(want, rule)),
                    None => foreseen(want, said),
                };
            }
            if may_meet(&pattern, &glob) {
                partly = partly.or(Some((rule, said.says)));
            }
        }
        match partly {
            Some((rule, _)) => Some(depends(want, rule)),
            None => foreseen(want, self.unnamed()),
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
