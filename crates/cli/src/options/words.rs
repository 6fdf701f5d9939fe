//! The words behind a command, and what they come to.

mod acts;
mod values;

use crate::error::{CliError, Result};
use lexopt::prelude::*;
use selvage_mirror::From;
use selvage_secrets::Place;
use selvage_serve::{Scope, Share};
use serde_json::{Map, Value as Json, json};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
pub use values::usage_error;
use values::{count, domain, limit, pair, text};

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
    format: bool,
    yes: bool,
    digest: Option<String>,
    reason: Option<String>,
    all: bool,
    no_replay: bool,
    /// What stands behind the first operand.
    second: Option<String>,
    /// What stands behind the second one.
    more: Vec<String>,
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
                Long("format") if command == "lint" => words.format = true,
                Long("yes") if runs || command == "approvals" => words.yes = true,
                Long("digest") if command == "approvals" => words.digest = Some(text(parser)?),
                Long("reason") if command == "approvals" => words.reason = Some(text(parser)?),
                Long("all") if command == "verify" => words.all = true,
                Long("no-replay") if command == "verify" => words.no_replay = true,
                Long("allow-net") if runs || command == "lint" => {
                    words.element("allowNet", domain(parser)?);
                }
                Long("allow-tools") if runs => {
                    for tool in text(parser)?.split(',') {
                        words.element("allowTools", tool.trim().to_owned());
                    }
                }
                Long(option @ ("args" | "grant")) if runs => {
                    let member = option.to_owned();
                    let value = values::json(&format!("--{member}"), &text(parser)?)?;
                    words.run.insert(member, value);
                }
                Long("again") if runs => {
                    words.run.insert("again".into(), json!(text(parser)?));
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
                    let (name, value) = limit(parser)?;
                    words.member("limits", name, json!(value));
                }
                Long("seed") if runs => {
                    words
                        .run
                        .insert("seed".into(), json!(count::<u64>(parser)?));
                }
                Long("start-ms") if runs => {
                    words
                        .run
                        .insert("startMs".into(), json!(count::<u64>(parser)?));
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
                    if matches!(command, "keys" | "secrets" | "approvals" | "mv" | "rm")
                        && words.operand.is_some()
                        && words.second.is_none() =>
                {
                    words.second = Some(value.string().map_err(usage_error)?);
                }
                Value(value) if command == "rm" && words.second.is_some() => {
                    words.more.push(value.string().map_err(usage_error)?);
                }
                Value(value)
                    if words.operand.is_none()
                        && !matches!(command, "init" | "flows" | "status" | "mcp" | "undo") =>
                {
                    words.operand = Some(value.string().map_err(usage_error)?);
                }
                other => return Err(usage_error(other.unexpected())),
            }
        }
        Ok(Some(words))
    }

    /// Adds to a list in `run_flow`'s input.
    fn element(&mut self, of: &str, element: String) {
        let list = self.run.entry(of).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(json!(element));
        }
    }

    /// Sets a member of an object in `run_flow`'s input.
    fn member(&mut self, of: &str, name: String, value: Json) {
        let object = self.run.entry(of).or_insert_with(|| json!({}));
        if let Some(object) = object.as_object_mut() {
            object.insert(name, value);
        }
    }
}
