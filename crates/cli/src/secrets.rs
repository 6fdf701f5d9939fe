//! `selvage secrets`, and the secrets that fetches of runs carry.
//!
//! They are in the workspace's folder, in a file for its owner alone, sealed under a passphrase. It is opened when the first fetch needs it.

use crate::error::{CliError, Result};
use crate::net::Breaker;
use crate::{home, net, show};
use selvage_secrets::{
    Derivation, FILE_BYTES_MAX, Place, Reference, Request, SECRET_BYTES_MAX, SecretsError, Vault,
};
use selvage_serve::replace;
use selvage_tool::guest::Fetched;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_workbench::Fetch;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// The name of the file in a workspace's folder.
const SECRETS_FILE: &str = "secrets.json";

const ASKED: &str = "Passphrase of the secrets: ";

/// What is done with secrets.
#[derive(Debug, PartialEq)]
pub enum Act {
    /// Keep one.
    Set {
        /// What flows and rules call it.
        name: String,
        /// Where it may go.
        domains: Vec<String>,
        /// In which parts of a request.
        places: Vec<Place>,
        /// The file that has its value, in place of the terminal or standard input.
        from: Option<PathBuf>,
    },
    /// List all, without their values.
    List,
    /// Forget one.
    Remove(String),
    /// Take another passphrase.
    Passphrase,
}

/// Does it and gives the exit code.
pub fn perform(folder: &Path, act: &Act, json: bool) -> Result<u8> {
    if !selvage_serve::Vault::is_in(folder) {
        return Err(CliError::NoWorkspace(folder.to_owned()));
    }
    let file = folder.join(SECRETS_FILE);
    // Of two programs that change the file, each sees what the other one did.
    let lock = File::create(folder.join("secrets.lock"))?;
    lock.lock()?;
    let kept = read(&file)?;
    let mut vault = match &kept {
        Some(bytes) => Vault::open(bytes, &passphrase(ASKED)?)?,
        None => match act {
            Act::Set { .. } => Vault::new(&first_passphrase()?, derivation())?,
            Act::List | Act::Passphrase => {
                show::value(json, &json!({ "secrets": [] }), |_: &Value| {
                    "There are no secrets here yet.".into()
                })?;
                return Ok(0);
            }
            Act::Remove(name) => return Err(unknown(name)),
        },
    };
    let (told, text) = match act {
        Act::Set {
            name,
            domains,
            places,
            from,
        } => {
            vault.put(name, &value(from.as_deref())?, domains, places)?;
            let text = format!("{name} may go to {} from now on.", domains.join(", "));
            (json!({ "name": name, "domains": domains }), text)
        }
        Act::List => {
            let listed = vault.list();
            let rows = listed.iter().map(|one| {
                let places = one.places.iter().map(|place| place.as_str());
                let places = places.collect::<Vec<_>>().join(", ");
                format!("{}  {}  {places}", one.name, one.domains.join(", "))
            });
            let text = rows.collect::<Vec<_>>().join("\n");
            show::value(json, &json!({ "secrets": listed }), |_: &Value| {
                text.clone()
            })?;
            return Ok(0);
        }
        Act::Remove(name) => {
            if !vault.remove(name) {
                return Err(unknown(name));
            }
            (json!({ "removed": name }), format!("{name} is forgotten."))
        }
        Act::Passphrase => {
            vault = vault.rekeyed(&new_passphrase()?, derivation())?;
            let text = "The new passphrase opens the secrets from now on.".to_owned();
            (json!({ "changed": true }), text)
        }
    };
    replace(&file, &vault.seal(home::random_bytes())?)?;
    show::value(json, &told, |_: &Value| text.clone())?;
    Ok(0)
}

fn unknown(name: &str) -> CliError {
    let message = format!("There is no secret {name:?}.");
    let error = ToolError::new(ErrorCode::NotFound, message);
    error.hint("`selvage secrets list` shows them.").into()
}

fn derivation() -> Derivation {
    Derivation::new(home::random_bytes())
}

/// The file's bytes; nothing when there is none.
fn read(file: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    // One byte more than it may have: whoever opens it says that it is too large.
    let most = FILE_BYTES_MAX as u64 + 1;
    opened.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// A secret's value: a file's, or what a person types unseen, or standard input's. A line's end behind it is not of it.
fn value(from: Option<&Path>) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let most = SECRET_BYTES_MAX as u64 + 3;
    let (read, name) = match from {
        Some(file) => {
            let read =
                File::open(file).and_then(|opened| opened.take(most).read_to_string(&mut text));
            (read, file.display().to_string())
        }
        None if std::io::stdin().is_terminal() => {
            return Ok(Zeroizing::new(rpassword::prompt_password("Its value: ")?));
        }
        None => {
            let read = std::io::stdin().take(most).read_to_string(&mut text);
            (read, "standard input".to_owned())
        }
    };
    read.map_err(|source| CliError::Read { name, source })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Zeroizing::new(
        line.strip_suffix('\r').unwrap_or(line).to_owned(),
    ))
}

/// The passphrase of whoever is not at a terminal.
fn given_passphrase() -> Result<Option<Zeroizing<String>>> {
    if let Some(text) = std::env::var_os("SELVAGE_SECRETS_PASSPHRASE") {
        return Ok(Some(Zeroizing::new(text.to_string_lossy().into_owned())));
    }
    match std::env::var_os("SELVAGE_SECRETS_PASSPHRASE_FILE") {
        Some(file) => value(Some(Path::new(&file))).map(Some),
        None => Ok(None),
    }
}

fn passphrase(prompt: &str) -> Result<Zeroizing<String>> {
    match given_passphrase()? {
        Some(given) => Ok(given),
        None => Ok(Zeroizing::new(rpassword::prompt_password(prompt)?)),
    }
}

/// The passphrase of a list that begins.
fn first_passphrase() -> Result<Zeroizing<String>> {
    match given_passphrase()? {
        Some(given) => Ok(given),
        None => typed_twice(),
    }
}

/// The passphrase that takes the place of another one. What opens them now is not asked for again.
fn new_passphrase() -> Result<Zeroizing<String>> {
    match std::env::var_os("SELVAGE_SECRETS_NEW_PASSPHRASE_FILE") {
        Some(file) => value(Some(Path::new(&file))),
        None => typed_twice(),
    }
}

/// Nobody can help who forgot what was never meant.
fn typed_twice() -> Result<Zeroizing<String>> {
    let ask = |prompt| rpassword::prompt_password(prompt).map(Zeroizing::new);
    let first = ask("A new passphrase for the secrets of this folder: ")?;
    if *ask("The same once more: ")? != *first {
        return Err(CliError::Usage("the two passphrases differ".into()));
    }
    Ok(first)
}

impl From<SecretsError> for CliError {
    fn from(error: SecretsError) -> Self {
        let mut told = error.as_tool_error();
        // Nobody fetched.
        told.code = ErrorCode::InvalidInput;
        told.hint = None;
        told.into()
    }
}

/// The secrets of a workspace's folder, for fetches.
pub struct Locker {
    file: PathBuf,
    opened: Mutex<Option<Opened>>,
}

struct Opened {
    /// What was opened: when the file holds something else, it is opened anew.
    bytes: Vec<u8>,
    vault: Arc<Vault>,
}

impl Locker {
    /// That of a folder. Nothing is opened yet.
    pub fn of(folder: &Path) -> Self {
        Self {
            file: folder.join(SECRETS_FILE),
            opened: Mutex::new(None),
        }
    }

    /// Performs a fetch of a run. Gives the answer without its body, and the body; neither tells a secret.
    pub fn perform(&self, fetch: Fetch, breaker: &Breaker) -> (ToolResult<Fetched>, Vec<u8>) {
        if fetch.secrets.is_empty() {
            return net::perform(&fetch, false, breaker);
        }
        match self.perform_dressed(fetch, breaker) {
            Ok((fetched, body)) => (Ok(fetched), body),
            Err(error) => (Err(error), Vec::new()),
        }
    }

    fn perform_dressed(&self, fetch: Fetch, breaker: &Breaker) -> ToolResult<(Fetched, Vec<u8>)> {
        let vault = self.vault()?;
        let references: Vec<Reference> = fetch
            .secrets
            .iter()
            .map(|secret| Reference {
                placeholder: secret.placeholder.clone(),
                name: secret.name.clone(),
            })
            .collect();
        let shown = fetch.url.clone();
        let request = Request {
            url: fetch.url,
            headers: fetch.headers,
            body: fetch.body,
        };
        let told = |error: SecretsError| error.as_tool_error();
        let dressed = vault.dress(&request, &references).map_err(told)?;
        let sent = Fetch {
            url: dressed.request.url,
            headers: dressed.request.headers,
            body: dressed.request.body,
            ..fetch
        };
        let (result, mut body) = net::perform(&sent, dressed.carries, breaker);
        match result {
            Ok(mut fetched) => {
                // What it does not undo can't be searched.
                if let Some((_, coding)) = fetched
                    .headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-encoding"))
                {
                    let message = format!(
                        "The answer is encoded as `{coding}`, which can't be searched for secrets."
                    );
                    return Err(ToolError::new(ErrorCode::FetchFailed, message)
                        .hint("Ask the server for one that is not."));
                }
                let redacted = vault.redact(&references, &mut fetched, &mut body, sent.bytes_max);
                redacted.map_err(told)?;
                if dressed.carries {
                    fetched.url = shown;
                }
                Ok((fetched, body))
            }
            Err(mut error) => {
                let redacted = vault.redact_failure(&references, &shown, &mut error.message);
                redacted.map_err(told)?;
                Err(error)
            }
        }
    }

    /// The vault as it is on the disk now.
    fn vault(&self) -> ToolResult<Arc<Vault>> {
        // Fetches that come together wait for one passphrase, and then see the file as it is.
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = read(&self.file).map_err(|why| shut(why.to_string()))?;
        let bytes = bytes.ok_or_else(|| shut("there are none".into()))?;
        let known = opened.take();
        let vault = match known {
            Some(known) if known.bytes == bytes => known.vault,
            // Somebody kept another secret meanwhile, or took another passphrase.
            Some(known) => match known.vault.again(&bytes) {
                Ok(vault) => Arc::new(vault),
                Err(_) => Self::unlocked(&bytes)?,
            },
            None => Self::unlocked(&bytes)?,
        };
        *opened = Some(Opened {
            bytes,
            vault: Arc::clone(&vault),
        });
        Ok(vault)
    }

    fn unlocked(bytes: &[u8]) -> ToolResult<Arc<Vault>> {
        let passphrase = match given_passphrase().map_err(|why| shut(why.to_string()))? {
            Some(given) => given,
            None if std::io::stdin().is_terminal() => {
                let typed = passphrase(ASKED);
                typed.map_err(|why| shut(why.to_string()))?
            }
            None => return Err(shut("nobody gave the passphrase".into())),
        };
        let vault = Vault::open(bytes, &passphrase).map_err(|why| shut(why.to_string()))?;
        Ok(Arc::new(vault))
    }
}

/// Why no secret can be had.
fn shut(why: String) -> ToolError {
    let message = format!("The secrets of this device can't be opened: {why}.");
    ToolError::new(ErrorCode::FetchFailed, message).hint(
        "Name the passphrase in $SELVAGE_SECRETS_PASSPHRASE_FILE, or keep secrets by `selvage secrets set`.",
    )
}
