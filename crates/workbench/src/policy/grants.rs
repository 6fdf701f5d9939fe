//! What a run may do: the caller's grant, the flow's inferred needs, and the answer to each request.

use crate::failure::failure;
use crate::scopes::View;
use selvage_tool::catalogue::{EFFECTS, Effect};
use selvage_tool::grant::domain_of;
use selvage_tool::reach::Reach;
use selvage_tool::run::{Job, JobFile, RUNS_FOLDER};
use selvage_tool::{ErrorCode, Grant, ToolError, ToolResult};
use std::collections::BTreeSet;

/// HTTP methods that a flow may use.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// The grant of a call: what the caller gave, or the whole workspace and the tools that only read.
#[must_use]
pub fn granted(grant: Option<Grant>, allow_net: &[String], allow_tools: &[String]) -> Grant {
    let mut grant = grant.unwrap_or_else(|| Grant {
        tools: reading_tools().map(str::to_owned).collect(),
        ..Grant::workspace()
    });
    grant.net.extend(allow_net.iter().cloned());
    grant.tools.extend(allow_tools.iter().cloned());
    grant
}

/// What is left of a record's grant when its run is made again without another one: what a call without a grant gets, at the most.
pub(crate) fn granted_again(mut recorded: Grant) -> Grant {
    let any = recorded.tools.iter().any(|tool| tool == "*");
    recorded.net.clear();
    recorded.tools = reading_tools()
        .filter(|reading| any || recorded.tools.iter().any(|tool| tool == reading))
        .map(str::to_owned)
        .collect();
    recorded
}

/// The files of a view that a run sees: what it may read, what it may write without reading, and
/// the folders above. Both the grant and the ceiling must cover a file; records of earlier runs are
/// seen only by a flow that names them.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] for a glob that does not parse.
pub(crate) fn visible(view: &View, grant: &Grant, ceiling: &Grant) -> ToolResult<Vec<JobFile>> {
    let reach = Reach::new(grant, ceiling).map_err(|why| {
        ToolError::new(
            ErrorCode::InvalidInput,
            format!("The grant has a glob that does not parse: {why}."),
        )
        .hint("`data/*.csv` covers the files of a folder, `data/**` everything below it.")
    })?;
    let reads_records = ceiling
        .read
        .iter()
        .any(|glob| glob.starts_with(RUNS_FOLDER));
    let mut files: Vec<JobFile> = Vec::new();
    let mut folders = BTreeSet::new();
    // Records are many, and few flows read them, so the rest is listed without them.
    let top = view.list("", false).map_err(failure)?;
    let mut entries = Vec::new();
    for entry in top {
        if entry.path == RUNS_FOLDER && !reads_records {
            continue;
        }
        if entry.is_folder() {
            entries.extend(view.list(&entry.path, true).map_err(failure)?);
        }
        entries.push(entry);
    }
    for entry in entries {
        let path = entry.path;
        let readable = reach.reads(&path);
        if !readable && !reach.writes(&path) {
            continue;
        }
        for (at, _) in path.match_indices('/') {
            folders.insert(path[..at].to_owned());
        }
        match entry.hash {
            None => {
                folders.insert(path);
            }
            Some(hash) => {
                files.push(JobFile {
                    mounted: view.scope_of(&path) > 0,
                    path,
                    folder: false,
                    size: entry.size,
                    hash: hash.to_string(),
                    readable,
                });
            }
        }
    }
    files.extend(folders.into_iter().map(folder));
    Ok(files)
}

/// A folder as a run sees it.
pub(crate) fn folder(path: String) -> JobFile {
    JobFile {
        path,
        folder: true,
        size: 0,
        hash: String::new(),
        readable: true,
        mounted: false,
    }
}

/// Whether a run may fetch this: the domain, or why not.
///
/// # Errors
/// [`ErrorCode::PolicyDenied`], or [`ErrorCode::InvalidInput`] for an address or a method that can't be.
pub fn may_fetch(job: &Job, url: &str, method: &str) -> ToolResult<String> {
    let shown: String = url.chars().take(120).collect();
    let domain = domain_of(url).ok_or_else(|| {
        ToolError::new(
            ErrorCode::InvalidInput,
            format!("`{shown}` is no address that can be fetched."),
        )
        .hint("Use a full http: or https: address without user name, white space or backslashes.")
    })?;
    if !METHODS.contains(&method) {
        return Err(ToolError::new(
            ErrorCode::InvalidInput,
            format!("`{method}` is no method that can be used."),
        )
        .hint(format!("Use one of {}.", METHODS.join(", "))));
    }
    if !job.grant.covers_domain(&domain) {
        return Err(ToolError::new(
            ErrorCode::PolicyDenied,
            format!("The run may not fetch from `{domain}`."),
        )
        .hint(format!("Run it with `allowNet: [\"{domain}\"]`.")));
    }
    if !job.ceiling.covers_domain(&domain) {
        return Err(ToolError::new(
            ErrorCode::PolicyDenied,
            format!("The flow's text does not show that it fetches from `{domain}`."),
        )
        .hint("Write the address as a literal, so that lint sees the domain."));
    }
    Ok(domain)
}

/// Whether a run may call this tool. A dry run calls none that changes something.
///
/// # Errors
/// [`ErrorCode::PolicyDenied`].
pub fn may_call(job: &Job, tool: &str, dry_run: bool) -> ToolResult<()> {
    let covers = |grant: &Grant| {
        grant
            .tools
            .iter()
            .any(|granted| granted == tool || granted == "*")
    };
    if !covers(&job.grant) {
        return Err(ToolError::new(
            ErrorCode::PolicyDenied,
            format!("The run may not call the tool `{tool}`."),
        )
        .hint(format!("Run it with `allowTools: [\"{tool}\"]`.")));
    }
    if !covers(&job.ceiling) {
        return Err(ToolError::new(
            ErrorCode::PolicyDenied,
            format!("The flow's text does not show that it calls the tool `{tool}`."),
        )
        .hint("Name the tool as a literal in `flow.call`, so that lint sees it."));
    }
    if dry_run && !reading_tools().any(|reading| reading == tool) {
        return Err(ToolError::new(
            ErrorCode::PolicyDenied,
            format!("A dry run does not call `{tool}`, which changes something."),
        )
        .hint("Run the flow with `mode: \"run\"`."));
    }
    Ok(())
}

fn reading_tools() -> impl Iterator<Item = &'static str> {
    EFFECTS
        .iter()
        .filter(|(_, effect)| *effect == Effect::Reads)
        .map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(net: &[&str], tools: &[&str]) -> Job {
        let own = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
        let grant = Grant {
            net: own(net),
            tools: own(tools),
            ..Grant::default()
        };
        Job {
            ceiling: Grant {
                net: vec!["*".into()],
                tools: vec!["*".into()],
                ..Grant::default()
            },
            grant,
            ..Job::warm_up()
        }
    }

    #[test]
    fn nothing_is_fetched_without_a_grant() {
        let error = may_fetch(&job(&[], &[]), "https://a.org/x", "GET").expect_err("no grant");
        assert_eq!(error.code, ErrorCode::PolicyDenied);
        assert_eq!(
            error.hint.as_deref(),
            Some("Run it with `allowNet: [\"a.org\"]`.")
        );
        assert_eq!(
            may_fetch(&job(&["a.org"], &[]), "https://a.org/x", "GET").as_deref(),
            Ok("a.org")
        );
        assert!(may_fetch(&job(&["a.org"], &[]), "https://a.org@evil.org/", "GET").is_err());
        assert!(may_fetch(&job(&["a.org"], &[]), "https://a.org/", "CONNECT").is_err());
    }

    #[test]
    fn a_grant_that_is_not_given_lets_tools_read_and_none_write() {
        let grant = granted(None, &[], &[]);
        assert!(grant.tools.contains(&"read".into()) && !grant.tools.contains(&"write".into()));
        let grant = granted(None, &[], &["write".into()]);
        assert!(grant.tools.contains(&"read".into()) && grant.tools.contains(&"write".into()));
        assert!(may_call(&job(&[], &["read"]), "read", true).is_ok());
        assert_eq!(
            may_call(&job(&[], &["read"]), "delete", false)
                .expect_err("not granted")
                .code,
            ErrorCode::PolicyDenied
        );
        assert!(
            may_call(&job(&[], &["write"]), "write", true).is_err(),
            "a dry run changes nothing"
        );
    }
}
