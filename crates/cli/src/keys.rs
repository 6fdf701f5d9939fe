//! `selvage keys`: who may come in over HTTP.

use crate::error::{CliError, Result};
use crate::home::now_ms;
use crate::show;
use selvage_serve::{Keys, Scope, Share, Vault};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};
use std::path::Path;

/// What is done with keys.
#[derive(Debug, PartialEq)]
pub enum Act {
    /// Make one.
    Add {
        /// Who has it.
        name: String,
        /// What for.
        scopes: Vec<Scope>,
        /// How much it may ask for.
        share: Share,
    },
    /// List all.
    List,
    /// Have one refused, by its id or name.
    Revoke(String),
}

/// Does it and gives the exit code. Who holds the workspace meanwhile, or serves from the folder, sees it at once.
pub fn perform(folder: &Path, of_server: bool, act: &Act, json: bool) -> Result<u8> {
    if of_server {
        // A server may be given keys before it starts for the first time.
        std::fs::create_dir_all(folder)?;
    } else if !Vault::is_in(folder) {
        return Err(CliError::NoWorkspace(folder.to_owned()));
    }
    let mut keys = Keys::open(folder)?;
    match act {
        Act::Add {
            name,
            scopes,
            share,
        } => {
            let key = keys.add(name, scopes, *share, now_ms())?;
            show::value(json, &json!({ "key": key }), |made: &Value| {
                format!("{}\nIt is shown this once.", show::text(&made["key"]))
            })?;
        }
        Act::List => {
            show::value(json, &json!({ "keys": keys.list() }), |listed: &Value| {
                let rows = listed["keys"].as_array().into_iter().flatten();
                let rows = rows.map(|key| {
                    let scopes: Vec<_> = key["scopes"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(show::text)
                        .collect();
                    let state = if key["revoked"] == json!(true) {
                        "  revoked"
                    } else {
                        ""
                    };
                    let mut numbers = format!("{} a minute", key["requestsPerMinute"]);
                    for (member, word) in [("runningMax", "running"), ("queuedMax", "queued")] {
                        if let Some(number) = key[member].as_u64() {
                            numbers += &format!(", {number} {word}");
                        }
                    }
                    format!(
                        "{}  {}  {}  {numbers}{state}",
                        show::text(&key["id"]),
                        show::text(&key["name"]),
                        scopes.join(",")
                    )
                });
                rows.collect::<Vec<_>>().join("\n")
            })?;
        }
        Act::Revoke(which) => {
            if !keys.revoke(which)? {
                let message = format!("There is no key {which:?}.");
                return Err(ToolError::new(ErrorCode::NotFound, message)
                    .hint("`selvage keys list` shows them.")
                    .into());
            }
            show::value(json, &json!({ "revoked": which }), |_: &Value| {
                format!("{which} is refused from now on.")
            })?;
        }
    }
    Ok(0)
}
