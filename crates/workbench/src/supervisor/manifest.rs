//! The manifest of flows, read.

use crate::policy::are_domains;
use selvage_tool::catalogue::NAMES;
use selvage_tool::document::Document;
use selvage_tool::flows::{
    ATTEMPTS_MAX, CONCURRENCY_MAX, DELAY_MS_MAX, FLOWS_FILE, FLOWS_MAX, FLOWS_VERSION, Flows,
    Trigger,
};
use selvage_tool::grant::PathSet;
use selvage_tool::{Diagnostic, Severity};

/// Reads the manifest.
///
/// # Errors
/// The first thing that is wrong with it, and where.
pub(crate) fn read(document: &Document) -> Result<Flows, Box<Diagnostic>> {
    let hint = "docs/flows.md shows what the manifest holds.";
    let manifest: Flows = document.read(FLOWS_FILE, hint)?;
    let wrong = |part: &str, why: String| document.finding(FLOWS_FILE, part, why, hint);
    if manifest.version != FLOWS_VERSION {
        return Err(wrong(
            "version",
            format!("`version` is {FLOWS_VERSION} here."),
        ));
    }
    if manifest.flows.len() > FLOWS_MAX {
        return Err(wrong(
            "flows",
            format!("A manifest names {FLOWS_MAX} flows at the most."),
        ));
    }
    for (name, flow) in &manifest.flows {
        let at = format!("flows.{name}");
        let (path, _) = crate::reference::split(&flow.entry);
        if crate::record::flow_name(path).is_none() {
            let why =
                format!("`{path}` is no flow: its name ends in `.flow.js`, `.flow.mjs` or `.py`.");
            return Err(wrong(&format!("{at}.entry"), why));
        }
        if flow
            .concurrency
            .is_some_and(|count| count == 0 || count > CONCURRENCY_MAX)
        {
            let why = format!("`concurrency` is between 1 and {CONCURRENCY_MAX}.");
            return Err(wrong(&format!("{at}.concurrency"), why));
        }
        let retry = flow.retry.as_ref();
        if retry.is_some_and(|retry| {
            retry.attempts == 0 || retry.attempts > ATTEMPTS_MAX || retry.delay_ms > DELAY_MS_MAX
        }) {
            let why = format!(
                "`attempts` is between 1 and {ATTEMPTS_MAX}, and `delayMs` at most {DELAY_MS_MAX}."
            );
            return Err(wrong(&format!("{at}.retry"), why));
        }
        let twice = flow
            .secrets
            .keys()
            .find(|name| flow.env.contains_key(*name));
        if let Some(twice) = twice {
            let why = format!("`{twice}` is both in `env` and in `secrets`.");
            return Err(wrong(&format!("{at}.secrets.{twice}"), why));
        }
        if let Some(grant) = &flow.grant {
            are_domains(&grant.net)
                .map_err(|(odd, why)| wrong(&format!("{at}.grant.net[{odd}]"), why))?;
            let is_tool = |tool: &str| tool == "*" || NAMES.contains(&tool);
            if let Some(odd) = grant.tools.iter().position(|tool| !is_tool(tool)) {
                let why = format!("There is no tool `{}`.", grant.tools[odd]);
                return Err(wrong(&format!("{at}.grant.tools[{odd}]"), why));
            }
        }
        let granted = flow
            .grant
            .iter()
            .flat_map(|grant| [&grant.read, &grant.write]);
        let watched = flow.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Change { paths } => Some(paths),
            Trigger::Start | Trigger::Manual => None,
        });
        for (globs, part) in granted
            .map(|globs| (globs, "grant"))
            .chain(watched.map(|globs| (globs, "triggers")))
        {
            PathSet::new(globs).map_err(|why| wrong(&format!("{at}.{part}"), format!("{why}.")))?;
        }
    }
    Ok(manifest)
}

/// What to say of each entry whose file is not there, by the file's path. That is no error: a manifest may be written first.
pub(crate) fn entries(document: &Document, manifest: &Flows) -> Vec<(String, Diagnostic)> {
    let flows = manifest.flows.iter().map(|(name, flow)| {
        let (path, _) = crate::reference::split(&flow.entry);
        let path = path.trim_start_matches('/').to_owned();
        let why = format!("There is no file `{path}`.");
        let hint = "Write the flow, or mend the path; until then nothing runs by this name.";
        let part = format!("flows.{name}.entry");
        let found = document.finding(FLOWS_FILE, &part, why, hint);
        let severity = Severity::Warning;
        (path, Diagnostic { severity, ..*found })
    });
    flows.collect()
}
