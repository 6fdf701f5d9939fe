//! What a person writes behind `selvage`.

mod words;

use crate::approvals;
use crate::completions::Shell;
use crate::error::{CliError, Result};
use crate::keys;
use crate::mcp::Door;
use crate::secrets;
use lexopt::prelude::*;
use serde_json::Value as Json;
use std::ffi::OsString;
use std::path::PathBuf;
use words::{Words, usage_error};

const USAGE: &str = "\
usage: selvage init                       makes a workspace in a folder
       selvage ls [PATH] [-r]             lists a folder
       selvage cat PATH                   writes a file to standard output
       selvage write PATH [--from FILE]   writes a file from standard input or a file
       selvage lint FLOW [--fix]          checks a flow without running it
       selvage run FLOW [option...]       runs a flow in the sandbox
       selvage flows                      lists the flows
       selvage status                     tells how the workspace is
       selvage logs [RUN]                 writes a run's log; the last run's unless told
       selvage verify [RUN|--all] [--env NAME=VALUE] [--no-replay]
                                          checks who vouches for a run and runs it again; the last
                                          one unless told
       selvage export [PATH] --to FILE.zip|FOLDER
                                          writes all files, or those below PATH, into a zip or a new folder
       selvage import FILE.zip|FOLDER     takes files in, as one change
       selvage mirror FOLDER [--once]     keeps a folder of plain files equal to the workspace, both ways,
                                          until it is stopped
       selvage mcp [--listen ADDRESS]     serves the tools to agents, by MCP: on standard input and
                                          output, or over HTTP
       selvage approvals [list | show ID | approve ID | deny ID]
                                          decides what waits for a person in the program that has the
                                          workspace open; asks about each on a terminal unless told
       selvage keys add NAME | list | revoke NAME
                                          says who may come in over HTTP
       selvage secrets set NAME --domain D | list | remove NAME | passphrase
                                          keeps keys of other services for fetches of runs
       selvage completions SHELL          writes what bash, zsh, fish or powershell completes by

options of all of these:

  --workspace FOLDER the workspace's folder [$SELVAGE_WORKSPACE, or this folder]
  --json             writes one JSON value: { ok, value } or { ok, error }

options of run, and of lint where it makes sense:

  --args JSON        what the flow sees as its arguments; @FILE reads them from a file
  --env NAME=VALUE   an entry of its environment; once for each
  --allow-net DOMAIN a domain it may fetch from; once for each
  --secret NAME=SECRET
                     a secret that its fetches may carry, and what stands for it in its environment
  --limit NAME=N     a limit, by its name in docs/tools.md; once for each
  --seed N           the seed of its randomness
  --dry-run          shows what it would write, and lands nothing
  --yes              approves whatever the policy asks about; a terminal is asked otherwise

options of mirror:

  --once             ends when both sides are equal
  --dry-run          shows what it would do, and does nothing
  --from SIDE        which side is right where both hold files and were never mirrored: disk,
                     workspace, or both
  --allow-removals   lets any number of files go at once

options of approvals:

  --digest DIGEST    approves or denies what was shown, and nothing else
  --yes              approves it without showing it; a terminal is asked otherwise
  --reason TEXT      why, for the record and for who asked

options of mcp and keys:

  --listen ADDRESS   listens for clients of HTTP, as 127.0.0.1:8080: /mcp and /tools/NAME
  --no-key           asks for no key, at an address of this machine
  --host NAME        a name that clients call this host by; once for each
  --scope SCOPE      what a key is for: tools (unless told), approve, jobs, metrics
  --data FOLDER      the folder of a `selvage serve --jobs`, in place of a workspace's
  --per-minute N     how many requests a new key may make in a minute [600]
  --running N        how many jobs of a new key run at once at `selvage serve --jobs` [2]
  --queued N         how many of its jobs wait there [a quarter of the server's queue]

options of secrets:

  --domain DOMAIN    where the secret may go: api.example.com, or *.example.com; once for each
  --in PART          the part of a request that it may stand in: header (unless told), address, body;
                     once for each
  --from FILE        reads its value from a file; it is asked for, or read from standard input, otherwise

The passphrase is $SELVAGE_SECRETS_PASSPHRASE, or in the file that $SELVAGE_SECRETS_PASSPHRASE_FILE
names; else it is asked for. A new one is in the file of $SELVAGE_SECRETS_NEW_PASSPHRASE_FILE, or is
asked for.

A flow is a path, `path::function`, or a name. Guests come from the folder in $SELVAGE_GUESTS, or
`guests` beside the program. $SELVAGE_EXECUTOR, `remote:https://HOST`, has runs run at a server, with
the key in $SELVAGE_EXECUTOR_KEY. Ctrl-C cancels a run; nothing that it wrote lands.

exit codes: 0 done, 1 failed, 2 usage, 3 errors in the flow, 4 the run failed, 5 the workspace is
held by another program, 6 not verified, 7 mirrored and somebody has to look, 130 cancelled,
141 nobody reads standard output any more";

/// The help of the whole program.
pub fn usage() -> String {
    format!("{USAGE}\n\n{}", selvage_serve::Command::usage())
}

/// What is asked for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// The help.
    Help,
    /// What a shell completes by.
    Completions(Shell),
    /// Something of the host for devices, which reads its options itself.
    Serve,
    /// Something with a workspace.
    Workspace {
        /// Its folder.
        folder: PathBuf,
        /// Whether to write JSON.
        json: bool,
        /// What.
        act: Act,
    },
}

/// What is done with a workspace.
#[derive(Debug, PartialEq)]
pub enum Act {
    /// Make it.
    Init,
    /// List a folder.
    Ls {
        /// Which.
        path: String,
        /// With all below.
        recursive: bool,
    },
    /// Write a file out.
    Cat(String),
    /// Write a file.
    Write {
        /// Which.
        path: String,
        /// The file to read, in place of standard input.
        from: Option<PathBuf>,
    },
    /// Check a flow: the tool's input.
    Lint(Json),
    /// Run a flow: the tool's input, and whether all that is asked is approved.
    Run(Json, bool),
    /// List the flows.
    Flows,
    /// Tell how the workspace is.
    Status,
    /// Write a run's log.
    Logs(Option<String>),
    /// Check who vouches for runs.
    Verify(crate::verify::Asked),
    /// Write files into a zip or a folder.
    Export {
        /// The folder, or the file.
        path: String,
        /// Where to.
        to: PathBuf,
    },
    /// Take in a zip or a folder.
    Import(PathBuf),
    /// Keep a folder equal.
    Mirror(crate::mirror::Asked),
    /// Serve agents: on standard input and output, or at a door.
    Mcp(Option<Door>),
    /// Decide what waits for a person.
    Approvals(approvals::Act),
    /// Say who may come in.
    Keys(keys::Act, bool),
    /// Keep keys of other services.
    Secrets(secrets::Act),
}

impl Asked {
    /// Reads what stands behind the program's name.
    pub fn parse(arguments: &[OsString]) -> Result<Self> {
        let mut parser = lexopt::Parser::from_args(arguments.iter().cloned());
        let command = match parser.next().map_err(usage_error)? {
            Some(Value(command)) => command.to_string_lossy().into_owned(),
            Some(Long("help") | Short('h')) => return Ok(Self::Help),
            Some(other) => return Err(usage_error(other.unexpected())),
            None => return Err(CliError::Usage("what should it do?".into())),
        };
        match &*command {
            "serve" | "share" | "invite" | "join" | "leave" => Ok(Self::Serve),
            "completions" => completions(&mut parser),
            "init" | "ls" | "cat" | "write" | "lint" | "run" | "flows" | "status" | "logs"
            | "verify" | "export" | "import" | "mirror" | "mcp" | "approvals" | "keys"
            | "secrets" => Words::read(&command, &mut parser)?
                .map_or(Ok(Self::Help), |words| words.asked(&command)),
            _ => Err(CliError::Usage(format!("there is no command {command:?}"))),
        }
    }
}

fn completions(parser: &mut lexopt::Parser) -> Result<Asked> {
    let lacking = || CliError::Usage("completions needs bash, zsh, fish or powershell".into());
    let name = match parser.next().map_err(usage_error)? {
        Some(Value(name)) => name.to_string_lossy().into_owned(),
        Some(Long("help") | Short('h')) => return Ok(Asked::Help),
        Some(other) => return Err(usage_error(other.unexpected())),
        None => return Err(lacking()),
    };
    if let Some(more) = parser.next().map_err(usage_error)? {
        return Err(usage_error(more.unexpected()));
    }
    let shell = Shell::ALL.into_iter().find(|(shell, _)| *shell == name);
    shell
        .map(|(_, shell)| Asked::Completions(shell))
        .ok_or_else(lacking)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(line: &str) -> Result<Asked> {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        Asked::parse(&words)
    }

    #[test]
    fn a_run_is_asked_for_in_the_tools_own_words() {
        let line = "run flows/x.flow.js --workspace w --args {\"n\":1} --allow-net a.org --allow-net b.org --env K=v=w --limit fuelMax=9 --seed 7 --dry-run --json";
        let input = json!({
            "args": { "n": 1 }, "allowNet": ["a.org", "b.org"], "env": { "K": "v=w" },
            "limits": { "fuelMax": 9 }, "seed": 7, "mode": "dry-run", "path": "flows/x.flow.js",
        });
        let expected = Asked::Workspace {
            folder: "w".into(),
            json: true,
            act: Act::Run(input, false),
        };
        assert_eq!(asked(line).expect("understood"), expected);
    }

    #[test]
    fn a_flow_is_asked_for_by_its_path_or_else_by_its_name() {
        for (flow, member) in [
            ("flows/sum.flow.js", "path"),
            ("/sum", "path"),
            ("sum.flow.js", "path"),
            ("sync.py::customers", "path"),
            ("nightly-report", "name"),
            ("workflow::sync::customers", "name"),
        ] {
            let Asked::Workspace { act, .. } = asked(&format!("run {flow}")).expect(flow) else {
                panic!("{flow}");
            };
            assert_eq!(act, Act::Run(json!({ member: flow }), false), "{flow}");
        }
    }

    #[test]
    fn what_does_not_belong_to_a_command_is_refused() {
        for line in [
            "",
            "fly",
            "ls a b",
            "cat",
            "lint",
            "run",
            "status now",
            "ls --dry-run",
            "cat a --fix",
            "run a --args {",
            "run a --env K",
            "run a --limit fuelMax=much",
            "mcp --seed 1",
            "verify a --all",
            "verify --all --env A=1",
            "logs --all",
            "export",
            "import",
            "mcp --no-key",
            "mirror",
            "mirror a b",
            "mirror a --from here",
            "ls --once",
            "completions",
            "completions csh",
            "completions bash zsh",
            "keys",
            "keys add",
            "keys add a --scope all",
            "keys add a --per-minute 0",
            "keys add a --scope jobs --running 0",
            "keys add a --scope jobs --queued some",
            "keys add a --running 1",
            "keys list --per-minute 5",
            "secrets",
            "secrets set",
            "secrets set a",
            "secrets set a --domain b.org --in cookie",
            "secrets set a --domain",
            "secrets list a",
            "secrets remove",
            "run a --secret K",
            "approvals show",
            "approvals approve",
            "approvals list a",
            "approvals a",
            "approvals approve a b",
            "approvals --yes",
            "approvals show a --digest d",
        ] {
            let refused = asked(line).expect_err(line);
            assert_eq!(refused.exit_code(), 2, "{line}");
        }
        assert_eq!(asked("--help").expect("help"), Asked::Help);
        assert_eq!(asked("run --help").expect("help"), Asked::Help);
        assert_eq!(asked("serve --whatever").expect("its own"), Asked::Serve);
    }
}
