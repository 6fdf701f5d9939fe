//! The words behind a command, and what they come to.

use super::{Act, Asked};
use crate::approvals;
use crate::error::{CliError, Result};
use crate::keys;
use crate::mcp::Door;
use crate::secrets;
use lexopt::prelude::*;
use selvage_mirror::From;
use selvage_secrets::Place;
use selvage_serve::{Scope, Share};
use serde_json::{Map, Value as Json, json};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;

/// The words behind a command.
#[derive(Default)]
pub struct Words {
    folder: Option<PathBuf>,
    json: bool,
    operand: Option<String>,
    recursive: bool,
    from: Option<PathBuf>,
    to: Option<PathBuf>,
    fix: bool,
    yes: bool,
    digest: Option<String>,
    reason: Option<String>,
    all: bool,
    no_replay: bool,
    /// What stands behind the first operand.
    second: Option<String>,
    once: bool,
    dry_run: bool,
    side: Option<From>,
    allow_removals: bool,
    listen: Option<SocketAddr>,
    no_key: bool,
    hosts: Vec<String>,
    scopes: Vec<Scope>,
    share: Share,
    /// Whether the folder is that of a server, and not a workspace's.
    of_server: bool,
    domains: Vec<String>,
    places: Vec<Place>,
    /// The members of `run_flow`'s input.
    run: Map<String, Json>,
}

impl Words {
    /// Reads them; nothing when the help is asked for.
    pub fn read(command: &str, parser: &mut lexopt::Parser) -> Result<Option<Self>> {
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
                Long("from") if matches!(command, "write" | "secrets") => {
                    words.from = Some(PathBuf::from(parser.value().map_err(usage_error)?));
                }
                Long("to") if command == "export" => {
                    words.to = Some(PathBuf::from(parser.value().map_err(usage_error)?));
                }
                Long("fix") if command == "lint" => words.fix = true,
                Long("yes") if runs || command == "approvals" => words.yes = true,
                Long("digest") if command == "approvals" => words.digest = Some(text(parser)?),
                Long("reason") if command == "approvals" => words.reason = Some(text(parser)?),
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
                Long("env") if runs || command == "verify" => {
                    let (name, value) = pair(parser, "--env")?;
                    words.member("env", name, json!(value));
                }
                Long("secret") if runs => {
                    let (name, value) = pair(parser, "--secret")?;
                    words.member("secrets", name, json!(value));
                }
                Long("in") if command == "secrets" => {
                    let name = text(parser)?;
                    let place = Place::ALL.into_iter().find(|place| place.as_str() == name);
                    let unknown = || CliError::Usage(format!("a request has no part {name:?}"));
                    words.places.push(place.ok_or_else(unknown)?);
                }
                Long("domain") if command == "secrets" => words.domains.push(text(parser)?),
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
                Long("once") if command == "mirror" => words.once = true,
                Long("dry-run") if command == "mirror" => words.dry_run = true,
                Long("allow-removals") if command == "mirror" => words.allow_removals = true,
                Long("from") if command == "mirror" => {
                    words.side = Some(match &*text(parser)? {
                        "disk" => From::Disk,
                        "workspace" => From::Workspace,
                        "both" => From::Both,
                        other => {
                            let what = "is none of disk, workspace, both";
                            return Err(CliError::Usage(format!("{other:?} {what}")));
                        }
                    });
                }
                Long("listen") if command == "mcp" => {
                    let address = parser.value().and_then(|it| it.parse());
                    words.listen = Some(address.map_err(usage_error)?);
                }
                Long("no-key") if command == "mcp" => words.no_key = true,
                Long("host") if command == "mcp" => words.hosts.push(text(parser)?),
                Long("data") if command == "keys" => {
                    words.folder = Some(PathBuf::from(parser.value().map_err(usage_error)?));
                    words.of_server = true;
                }
                Long("per-minute") if command == "keys" => {
                    words.share.per_minute = Some(count::<NonZeroU32>(parser)?.get());
                }
                Long("running") if command == "keys" => {
                    words.share.running = Some(count::<NonZeroUsize>(parser)?.get());
                }
                Long("queued") if command == "keys" => {
                    words.share.queued = Some(count::<NonZeroUsize>(parser)?.get());
                }
                Long("scope") if command == "keys" => {
                    let name = text(parser)?;
                    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
                    let unknown = || CliError::Usage(format!("there is no scope {name:?}"));
                    words.scopes.push(scope.ok_or_else(unknown)?);
                }
                Value(value)
                    if matches!(command, "keys" | "secrets" | "approvals")
                        && words.operand.is_some()
                        && words.second.is_none() =>
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
            (Some("list" | "revoke"), _) if self.share != Share::default() => {
                let why = "--per-minute, --running and --queued are for `keys add`";
                return Err(CliError::Usage(why.into()));
            }
            (Some("list"), None) => keys::Act::List,
            (Some("revoke"), second) => keys::Act::Revoke(second.ok_or_else(lacking)?),
            (Some("add"), second) => {
                let mut scopes = std::mem::take(&mut self.scopes);
                if scopes.is_empty() {
                    scopes.push(Scope::Tools);
                }
                let share = self.share;
                let is_of_jobs = share.running.is_some() || share.queued.is_some();
                if is_of_jobs && !scopes.contains(&Scope::Jobs) {
                    let why = "--running and --queued are for keys of `--scope jobs`";
                    return Err(CliError::Usage(why.into()));
                }
                keys::Act::Add {
                    name: second.ok_or_else(lacking)?,
                    scopes,
                    share,
                }
            }
            _ => {
                return Err(CliError::Usage(
                    "keys takes `add NAME`, `list` or `revoke NAME`".into(),
                ));
            }
        })
    }

    fn secrets(&mut self, act: Option<&str>) -> Result<secrets::Act> {
        let second = self.second.take();
        let wrong = |what: &str| CliError::Usage(format!("secrets {what}"));
        let name = second.clone().ok_or_else(|| wrong("needs a name"));
        Ok(match act {
            Some("set") if self.domains.is_empty() => {
                return Err(wrong("set needs --domain: where may it go?"));
            }
            Some("set") => secrets::Act::Set {
                name: name?,
                domains: std::mem::take(&mut self.domains),
                places: match std::mem::take(&mut self.places) {
                    none if none.is_empty() => vec![Place::Header],
                    places => places,
                },
                from: self.from.take(),
            },
            Some("remove") => secrets::Act::Remove(name?),
            Some("list") if second.is_none() => secrets::Act::List,
            Some("passphrase") if second.is_none() => secrets::Act::Passphrase,
            _ => {
                return Err(wrong(
                    "takes `set NAME`, `list`, `remove NAME` or `passphrase`",
                ));
            }
        })
    }

    pub fn asked(mut self, command: &str) -> Result<Asked> {
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
                let flow = needs("a flow")?;
                let member = if is_path(&flow) { "path" } else { "name" };
                self.run.insert(member.into(), json!(flow));
                Act::Run(Json::Object(self.run), self.yes)
            }
            "flows" => Act::Flows,
            "status" => Act::Status,
            "logs" => Act::Logs(operand),
            "export" => Act::Export {
                path: operand.unwrap_or_default(),
                to: self
                    .to
                    .ok_or_else(|| CliError::Usage("export needs --to FILE.zip|FOLDER".into()))?,
            },
            "import" => Act::Import(needs("a zip or a folder")?.into()),
            "verify" if self.all && operand.is_some() => {
                let either = "verify takes either a run or --all";
                return Err(CliError::Usage(either.into()));
            }
            "verify" if self.all && !self.run.is_empty() => {
                let one = "verify takes --env for one run";
                return Err(CliError::Usage(one.into()));
            }
            "verify" => Act::Verify(crate::verify::Asked {
                run: operand,
                env: self.run.remove("env").unwrap_or_else(|| json!({})),
                all: self.all,
                replay: !self.no_replay,
            }),
            "mirror" => Act::Mirror(crate::mirror::Asked {
                folder: needs("a folder")?.into(),
                once: self.once,
                dry_run: self.dry_run,
                from: self.side,
                allow_removals: self.allow_removals,
            }),
            "approvals" => Act::Approvals(approvals::Act::of(
                operand.as_deref(),
                self.second,
                self.digest,
                self.yes,
                self.reason,
            )?),
            "keys" => Act::Keys(self.keys(operand.as_deref())?, self.of_server),
            "secrets" => Act::Secrets(self.secrets(operand.as_deref())?),
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

/// Whether a flow is named by its path, or by that of a function's file. A manifest's names stand before those of files, but not
/// before paths.
fn is_path(flow: &str) -> bool {
    let file = flow.rsplit_once("::").map_or(flow, |(file, _)| file);
    let is_file = [".js", ".mjs", ".py"]
        .iter()
        .any(|ending| file.ends_with(ending));
    is_file || flow.contains('/')
}

pub fn usage_error(error: lexopt::Error) -> CliError {
    CliError::Usage(error.to_string())
}

fn text(parser: &mut lexopt::Parser) -> Result<String> {
    let value = parser.value().and_then(|value| value.string());
    value.map_err(usage_error)
}

/// A number of something, of which there is one at least.
fn count<T: FromStr>(parser: &mut lexopt::Parser) -> Result<T>
where
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let given = parser.value().and_then(|value| value.parse());
    given.map_err(usage_error)
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
