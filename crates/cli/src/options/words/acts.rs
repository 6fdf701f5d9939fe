//! What the words behind a command come to.

use super::Words;
use crate::approvals;
use crate::error::{CliError, Result};
use crate::keys;
use crate::mcp::Door;
use crate::options::{Act, Asked};
use crate::secrets;
use selvage_secrets::Place;
use selvage_serve::{Scope, Share};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

impl Words {
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
            "rm" => {
                let mut paths = vec![needs("a path")?];
                paths.extend(self.second);
                paths.append(&mut self.more);
                Act::Rm(paths)
            }
            "mv" => Act::Mv {
                from: needs("two paths")?,
                to: self
                    .second
                    .ok_or_else(|| CliError::Usage("mv needs two paths".into()))?,
            },
            "undo" => Act::Undo,
            "lint" => {
                self.run.insert("path".into(), json!(needs("a flow")?));
                self.run.insert("fix".into(), json!(self.fix));
                self.run.insert("format".into(), json!(self.format));
                Act::Lint(Json::Object(self.run))
            }
            "run" => {
                // A run that is made again has its own.
                if operand.is_some() || !self.run.contains_key("again") {
                    let flow = needs("a flow")?;
                    let member = if is_path(&flow) { "path" } else { "name" };
                    self.run.insert(member.into(), json!(flow));
                }
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
