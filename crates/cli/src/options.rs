//! What a person writes behind `selvage`.

use crate::error::{CliError, Result};
use crate::keys;
use crate::mcp::Door;
use lexopt::prelude::*;
use selvage_serve::Scope;
use serde_json::{Map, Value as Json, json};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

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
       selvage verify [RUN|--all] [--no-replay]
                                          checks who vouches for a run and runs it again; the last
                                          one unless told
       selvage mcp [--listen ADDRESS]     serves the tools to agents, by MCP: on standard input and
                                          output, or over HTTP
       selvage keys add NAME | list | revoke NAME
                                          says who may come in over HTTP

options of all of these:

  --workspace FOLDER the workspace's folder [$SELVAGE_WORKSPACE, or this folder]
  --json             writes one JSON value: { ok, value } or { ok, error }

options of run, and of lint where it makes sense:

  --args JSON        what the flow sees as its arguments; @FILE reads them from a file
  --env NAME=VALUE   an entry of its environment; once for each
  --allow-net DOMAIN a domain it may fetch from; once for each
  --limit NAME=N     a limit, by its name in docs/tools.md; once for each
  --seed N           the seed of its randomness
  --dry-run          shows what it would write, and lands nothing
  --yes              approves whatever the policy asks about; a terminal is asked otherwise

options of mcp and keys:

  --listen ADDRESS   listens for clients of HTTP, as 127.0.0.1:8080: /mcp and /tools/NAME
  --no-key           asks for no key, at an address of this machine
  --host NAME        a name that clients call this host by; once for each
  --scope SCOPE      what a key is for: tools (unless told), approve, jobs, metrics

A flow is a path, `path::function`, or a name. Guests come from the folder in $SELVAGE_GUESTS, or
`guests` beside the program. Ctrl-C cancels a run; nothing that it wrote lands.

exit codes: 0 done, 1 failed, 2 usage, 3 errors in the flow, 4 the run failed, 5 the workspace is
held by another program, 6 not verified, 130 cancelled";

/// The help of the whole program.
pub fn usage() -> String {
    format!("{USAGE}\n\n{}", selvage_serve::Command::usage())
}

/// What is asked for.
#[derive(Debug, PartialEq)]
pub enum Asked {
    /// The help.
    Help,
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
    /// Serve agents: on standard input and output, or at a door.
    Mcp(Option<Door>),
    /// Say who may come in.
    Keys(keys::Act),
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
            "init" | "ls" | "cat" | "write" | "lint" | "run" | "flows" | "status" | "logs"
            | "verify" | "mcp" | "keys" => Words::read(&command, &mut parser)?
                .map_or(Ok(Self::Help), |words| words.asked(&command)),
            _ => Err(CliError::Usage(format!("there is no command {command:?}"))),
        }
    }
}

/// The words behind a command.
#[derive(Default)]
struct Words {
    folder: Option<PathBuf>,
    json: bool,
    operand: Option<String>,
    recursive: bool,
    from: Option<PathBuf>,
    fix: bool,
    yes: bool,
    all: bool,
    no_replay: bool,
    /// What stands behind the first operand.
    second: Option<String>,
    listen: Option<SocketAddr>,
    no_key: bool,
    hosts: Vec<String>,
    scopes: Vec<Scope>,
    /// The members of `run_flow`'s input.
    run: Map<String, Json>,
}

impl Words {
    /// Reads them; nothing when the help is asked for.
    fn read(command: &str, parser: &mut lexopt::Parser) -> Result<Option<Self>> {
        let runs = command == "run";
        let mut words = Self::default();
        while let Some(argument) = parser.next().map_err(usage_error)? {
            match argument {
                Long("workspace") => {
                    words.folder = Some(PathBuf::from(parser.value().map_err(usage_error)?));
                }
                Long("json") => words.json = true,
                Long("help") | Short('h') => return Ok(None),
                Short('r') | Long("recursive") if command == "ls" => words.recursive = true,
                Long("from") if command == "write" => {
                    words.from = Some(PathBuf::from(parser.value().map_err(usage_error)?));
                }
                Long("fix") if command == "lint" => words.fix = true,
                Long("yes") if runs => words.yes = true,
                Long("all") if command == "verify" => words.all = true,
                Long("no-replay") if command == "verify" => words.no_replay = true,
                Long("allow-net") if runs || command == "lint" => {
                    let domain = text(parser)?;
                    let list = words.run.entry("allowNet").or_insert_with(|| json!([]));
                    list.as_array_mut()
                        .into_iter()
                        .for_each(|list| list.push(json!(domain)));
                }
                Long("args") if runs => {
                    let args = arguments(&text(parser)?)?;
                    words.run.insert("args".into(), args);
                }
                Long("env") if runs => {
                    let (name, value) = pair(parser, "--env")?;
                    words.member("env", name, json!(value));
                }
                Long("limit") if runs => {
                    let (name, value) = pair(parser, "--limit")?;
                    let value: u64 = value.parse().map_err(|_| {
                        CliError::Usage(format!("{value:?} is no number for the limit {name}"))
                    })?;
                    words.member("limits", name, json!(value));
                }
                Long("seed") if runs => {
                    let seed: u64 = parser
                        .value()
                        .and_then(|it| it.parse())
                        .map_err(usage_error)?;
                    words.run.insert("seed".into(), json!(seed));
                }
                Long("dry-run") if runs => {
                    words.run.insert("mode".into(), json!("dry-run"));
                }
                Long("listen") if command == "mcp" => {
                    let address = parser.value().and_then(|it| it.parse());
                    words.listen = Some(address.map_err(usage_error)?);
                }
                Long("no-key") if command == "mcp" => words.no_key = true,
                Long("host") if command == "mcp" => words.hosts.push(text(parser)?),
                Long("scope") if command == "keys" => {
                    let name = text(parser)?;
                    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
                    let unknown = || CliError::Usage(format!("there is no scope {name:?}"));
                    words.scopes.push(scope.ok_or_else(unknown)?);
                }
                Value(value)
                    if command == "keys" && words.operand.is_some() && words.second.is_none() =>
                {
                    words.second = Some(value.string().map_err(usage_error)?);
                }
                Value(value)
                    if words.operand.is_none()
                        && !matches!(command, "init" | "flows" | "status" | "mcp") =>
                {
                    words.operand = Some(value.string().map_err(usage_error)?);
                }
                other => return Err(usage_error(other.unexpected())),
            }
        }
        Ok(Some(words))
    }

    /// Sets a member of an object in `run_flow`'s input.
    fn member(&mut self, of: &str, name: String, value: Json) {
        let object = self.run.entry(of).or_insert_with(|| json!({}));
        if let Some(object) = object.as_object_mut() {
            object.insert(name, value);
        }
    }

    fn keys(&mut self, act: Option<&str>) -> Result<keys::Act> {
        let second = self.second.take();
        let lacking = || CliError::Usage("keys needs a name".into());
        Ok(match (act, second) {
            (Some("list"), None) => keys::Act::List,
            (Some("revoke"), second) => keys::Act::Revoke(second.ok_or_else(lacking)?),
            (Some("add"), second) => {
                let mut scopes = std::mem::take(&mut self.scopes);
                if scopes.is_empty() {
                    scopes.push(Scope::Tools);
                }
                keys::Act::Add {
                    name: second.ok_or_else(lacking)?,
                    scopes,
                }
            }
            _ => {
                return Err(CliError::Usage(
                    "keys takes `add NAME`, `list` or `revoke NAME`".into(),
                ));
            }
        })
    }

    fn asked(mut self, command: &str) -> Result<Asked> {
        let operand = self.operand.take();
        let needs = |what: &str| {
            let lacking = CliError::Usage(format!("{command} needs {what}"));
            operand.clone().ok_or(lacking)
        };
        let act = match command {
            "init" => Act::Init,
            "ls" => Act::Ls {
                path: operand.unwrap_or_default(),
                recursive: self.recursive,
            },
            "cat" => Act::Cat(needs("a path")?),
            "write" => Act::Write {
                path: needs("a path")?,
                from: self.from,
            },
            "lint" => {
                self.run.insert("path".into(), json!(needs("a flow")?));
                self.run.insert("fix".into(), json!(self.fix));
                Act::Lint(Json::Object(self.run))
            }
            "run" => {
                self.run.insert("path".into(), json!(needs("a flow")?));
                Act::Run(Json::Object(self.run), self.yes)
            }
            "flows" => Act::Flows,
            "status" => Act::Status,
            "logs" => Act::Logs(operand),
            "verify" if self.all && operand.is_some() => {
                let either = "verify takes either a run or --all";
                return Err(CliError::Usage(either.into()));
            }
            "verify" => Act::Verify(crate::verify::Asked {
                run: operand,
                all: self.all,
                replay: !self.no_replay,
            }),
            "keys" => Act::Keys(self.keys(operand.as_deref())?),
            _ if self.listen.is_none() && (self.no_key || !self.hosts.is_empty()) => {
                return Err(CliError::Usage("--no-key and --host need --listen".into()));
            }
            _ => Act::Mcp(self.listen.map(|address| Door {
                address,
                is_open: self.no_key,
                hosts: self.hosts,
            })),
        };
        let named = || std::env::var_os("SELVAGE_WORKSPACE").map(PathBuf::from);
        Ok(Asked::Workspace {
            folder: self.folder.or_else(named).unwrap_or_else(|| ".".into()),
            json: self.json,
            act,
        })
    }
}

fn usage_error(error: lexopt::Error) -> CliError {
    CliError::Usage(error.to_string())
}

fn text(parser: &mut lexopt::Parser) -> Result<String> {
    let value = parser.value().and_then(|value| value.string());
    value.map_err(usage_error)
}

fn pair(parser: &mut lexopt::Parser, option: &str) -> Result<(String, String)> {
    let text = text(parser)?;
    let Some((name, value)) = text.split_once('=') else {
        return Err(CliError::Usage(format!(
            "{option} takes NAME=VALUE, not {text:?}"
        )));
    };
    Ok((name.to_owned(), value.to_owned()))
}

/// Arguments as JSON, or from a file.
fn arguments(text: &str) -> Result<Json> {
    let text = match text.strip_prefix('@') {
        Some(file) => &std::fs::read_to_string(file).map_err(|source| CliError::Read {
            name: file.to_owned(),
            source,
        })?,
        None => text,
    };
    serde_json::from_str(text).map_err(|why| CliError::Usage(format!("--args is no JSON: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "logs --all",
            "mcp --no-key",
            "keys",
            "keys add",
            "keys add a --scope all",
        ] {
            let refused = asked(line).expect_err(line);
            assert_eq!(refused.exit_code(), 2, "{line}");
        }
        assert_eq!(asked("--help").expect("help"), Asked::Help);
        assert_eq!(asked("run --help").expect("help"), Asked::Help);
        assert_eq!(asked("serve --whatever").expect("its own"), Asked::Serve);
    }
}
