//! What a person writes behind `selvage`.

mod bare;
pub mod help;
mod words;

use crate::approvals;
use crate::error::{CliError, Result};
use crate::keys;
use crate::mcp::Door;
use crate::secrets;
use bare::{First, Only, first, only, shell};
use serde_json::Value as Json;
use std::ffi::OsString;
use std::path::PathBuf;
use words::Words;

/// What is asked for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// A text that depends on no workspace: the help, the version, or what a shell completes by.
    Told(String),
    /// Something of the host for devices.
    Serve(selvage_serve::Command),
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
    /// Delete files and folders, as one change.
    Rm(Vec<String>),
    /// Move a file or a folder.
    Mv {
        /// Where it is.
        from: String,
        /// Where it goes.
        to: String,
    },
    /// Take the last change back.
    Undo,
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
        let arguments = match first(arguments)? {
            First::Command(arguments) => arguments,
            First::Told(text) => return Ok(Self::Told(text)),
        };
        let command = arguments[0].to_string_lossy().into_owned();
        let Some(usage) = help::usage(&command) else {
            return Err(unknown(&command));
        };
        Self::of(&command, &arguments).map_err(|error| match error {
            CliError::Usage(message) => CliError::Command {
                message,
                usage,
                command,
            },
            error => error,
        })
    }

    /// Reads what stands behind a command that there is.
    fn of(command: &str, arguments: &[OsString]) -> Result<Self> {
        let helped = || Self::Told(help::of(command).unwrap_or_default());
        let mut parser = lexopt::Parser::from_args(arguments[1..].iter().cloned());
        Ok(match command {
            "serve" | "share" | "invite" | "join" | "leave" => {
                let parsed = selvage_serve::Command::parse(arguments.iter().cloned());
                let parsed = parsed.map_err(|error| CliError::Usage(error.to_string()))?;
                parsed.map_or_else(helped, Self::Serve)
            }
            "completions" => match only(&mut parser)? {
                Only::Help => helped(),
                word => Self::Told(shell(word)?.script().trim_end().into()),
            },
            "help" => match only(&mut parser)? {
                Only::Nothing => Self::Told(help::whole()),
                Only::Help => helped(),
                Only::Word(about) => Self::Told(help::of(&about).ok_or_else(|| unknown(&about))?),
            },
            _ => match Words::read(command, &mut parser)? {
                Some(words) => words.asked(command)?,
                None => helped(),
            },
        })
    }
}

fn unknown(command: &str) -> CliError {
    CliError::Usage(format!(
        "there is no command {command:?}: `selvage help` has all"
    ))
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
    fn a_run_is_granted_what_is_written_and_made_again() {
        let line = "run x.js --grant {\"read\":[\"a/**\"]} --allow-tools read,write --allow-tools ls --start-ms 5";
        let granted = json!({
            "grant": { "read": ["a/**"] }, "allowTools": ["read", "write", "ls"], "startMs": 5, "path": "x.js",
        });
        let again = json!({ "again": "r1", "args": { "n": 2 } });
        for (line, input) in [(line, granted), ("run --again r1 --args {\"n\":2}", again)] {
            let Asked::Workspace { act, .. } = asked(line).expect(line) else {
                panic!("{line}");
            };
            assert_eq!(act, Act::Run(input, false), "{line}");
        }
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
            "rm",
            "mv a",
            "mv a b c",
            "undo a",
            "cat",
            "lint",
            "run",
            "status now",
            "ls --dry-run",
            "cat a --fix",
            "run a --args {",
            "run a --grant {",
            "run a --start-ms soon",
            "run --seed 1",
            "cat a --again b",
            "run a --env K",
            "run a --limit fuelMax=much",
            "run a --limit foo=3",
            "run a --allow-net http://a.org/x",
            "run a --allow-net 127.0.0.1:9",
            "run a --allow-net a.org/",
            "lint a --allow-net a.org?x",
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
    }

    fn told(line: &str) -> String {
        match asked(line).expect(line) {
            Asked::Told(text) => text,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_help_is_of_the_whole_program_or_of_one_command() {
        for line in ["--help", "-h", "help", "--json --help"] {
            assert_eq!(told(line), help::whole(), "{line}");
        }
        for line in ["run --help", "run x --seed 1 -h", "help run"] {
            assert_eq!(told(line), help::of("run").expect("there"), "{line}");
        }
        assert!(told("invite --help").contains("--role ROLE"));
        assert!(told("help help").starts_with("usage: selvage help [COMMAND]"));
        assert!(asked("help fly").is_err());
        let version = format!("selvage {}", env!("CARGO_PKG_VERSION"));
        assert_eq!([told("--version"), told("-V")], [version.clone(), version]);
    }

    #[test]
    fn options_of_every_command_may_stand_before_it() {
        for (before, behind) in [
            ("--json ls a", "ls a --json"),
            ("--workspace w --json ls -r", "ls -r --json --workspace w"),
            ("--workspace=w cat a", "cat a --workspace w"),
            ("--workspace w leave", "leave --workspace w"),
            ("--json serve --no-storage", "serve --no-storage --json"),
        ] {
            let [before, behind] = [before, behind].map(|line| asked(line).expect(line));
            assert_eq!(before, behind);
        }
        assert!(asked("--recursive ls").is_err());
    }

    #[test]
    fn what_can_not_be_followed_is_told_with_the_lines_of_its_command() {
        for (line, start) in [
            ("ls a b", "usage: selvage ls [PATH]"),
            ("share", "usage: selvage share RELAY"),
            ("completions csh", "usage: selvage completions SHELL"),
        ] {
            let said = asked(line).expect_err(line).to_string();
            let usage = said.lines().nth(2).unwrap_or_default();
            assert!(usage.starts_with(start), "{line}: {said}");
            assert!(said.lines().count() <= 7, "{line}: {said}");
        }
        let said = asked("fly").expect_err("none").to_string();
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
