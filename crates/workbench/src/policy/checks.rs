//! The policy file, read: what it holds that can't be meant is refused with its place.

use super::rules::is_called;
use super::ruling::SERVER;
use selvage_tool::Diagnostic;
use selvage_tool::document::Document;
use selvage_tool::grant::{PathSet, is_domain};
use selvage_tool::policy::{
    EXPIRY_MINUTES_MAX, OnExpiry, POLICY_FILE, POLICY_VERSION, Policy, RULES_MAX, Ungranted,
};
use selvage_vfs::fold;

/// Reads the policy file.
///
/// # Errors
/// The first thing that is wrong with it, and where.
pub(crate) fn read(document: &Document) -> Result<Policy, Box<Diagnostic>> {
    let hint = "docs/policy.md shows what a policy holds.";
    let policy: Policy = document.read(POLICY_FILE, hint)?;
    let wrong = |part: &str, why: String| document.finding(POLICY_FILE, part, why, hint);
    if policy.version != POLICY_VERSION {
        return Err(wrong(
            "version",
            format!("`version` is {POLICY_VERSION} here."),
        ));
    }
    if policy.agents.len().max(policy.flows.len()) > RULES_MAX {
        return Err(wrong(
            "",
            format!("A policy has {RULES_MAX} rules of a kind at the most."),
        ));
    }
    let minutes = policy.approvals.expires_minutes;
    if minutes == 0 || minutes > EXPIRY_MINUTES_MAX {
        let why = format!("`expiresMinutes` is between 1 and {EXPIRY_MINUTES_MAX}.");
        return Err(wrong("approvals.expiresMinutes", why));
    }
    if policy.ungranted == Ungranted::Ask && policy.approvals.on_expiry == OnExpiry::Allow {
        let why = "Where `ungranted` is `ask`, `onExpiry` is `deny`: else everything would be allowed in time.";
        return Err(wrong("approvals.onExpiry", why.into()));
    }
    let agents = policy.agents.iter().map(|rule| {
        let powers = [&rule.allow, &rule.ask, &rule.deny];
        (
            "agents",
            "name",
            &rule.name,
            [&rule.environments, &rule.environments],
            powers,
        )
    });
    let flows = policy.flows.iter().map(|rule| {
        let powers = [&rule.allow, &rule.ask, &rule.deny];
        (
            "flows",
            "path",
            &rule.path,
            [&rule.callers, &rule.environments],
            powers,
        )
    });
    let numbered = agents.enumerate().chain(flows.enumerate());
    for (index, (kind, subject, about, names, powers)) in numbered {
        let at = format!("{kind}[{index}]");
        check(std::slice::from_ref(about)).map_err(|why| wrong(&format!("{at}.{subject}"), why))?;
        for names in names {
            check(names).map_err(|why| wrong(&at, why))?;
        }
        for (powers, list) in powers.into_iter().zip(["allow", "ask", "deny"]) {
            let globs = [
                ("read", &powers.read),
                ("write", &powers.write),
                ("tools", &powers.tools),
                ("secrets", &powers.secrets),
                ("executors", &powers.executors),
            ];
            for (name, globs) in globs {
                check(globs).map_err(|why| wrong(&format!("{at}.{list}.{name}"), why))?;
            }
            if kind == "agents" && !powers.secrets.is_empty() {
                let why = "Secrets are for runs: name them in a rule for flows.";
                return Err(wrong(&format!("{at}.{list}.secrets"), why.into()));
            }
            are_domains(&powers.net)
                .map_err(|(odd, why)| wrong(&format!("{at}.{list}.net[{odd}]"), why))?;
            let odd = powers.executors.iter().find(|name| !is_executor(name));
            if let Some(odd) = odd {
                let why =
                    format!("`{odd}` is no executor: `browser`, `native`, `remote:HOST` or `*`.");
                return Err(wrong(&format!("{at}.{list}.executors"), why));
            }
        }
    }
    Ok(policy)
}

fn check(globs: &[String]) -> Result<(), String> {
    let empty = globs.iter().any(String::is_empty);
    if empty {
        return Err("An empty text matches nothing.".into());
    }
    PathSet::new(globs)
        .map(drop)
        .map_err(|why| format!("{why}."))
}

/// Whether a text stands for executors: by their names, or a server's address without its scheme and path, as a browser writes it: a host
/// that is not ASCII has another name there.
fn is_executor(pattern: &str) -> bool {
    ["browser", "native"]
        .iter()
        .any(|own| is_called(&fold(pattern), own))
        || fold(pattern)
            .strip_prefix(SERVER)
            .is_some_and(|host| !host.is_empty() && host.is_ascii() && !host.contains('/'))
}

/// Refuses what is no domain.
///
/// # Errors
/// Which one is none, and that in words.
pub(crate) fn are_domains(net: &[String]) -> Result<(), (usize, String)> {
    let is_one = |domain: &String| domain == "*" || is_domain(domain);
    match net.iter().position(|domain| !is_one(domain)) {
        None => Ok(()),
        Some(odd) => {
            let domain = &net[odd];
            let why = format!("`{domain}` is no domain: `example.com`, `*.example.com` or `*`.");
            Err((odd, why))
        }
    }
}
