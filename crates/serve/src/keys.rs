//! Bearer keys: who may use a host over HTTP, and for what.
//!
//! A key is `selvage_ID_SECRET`. The file beside a host's data holds the SHA-256 of the secret, which is 256 random bits, so that
//! nothing needs to make guessing slow and the file gives no key away. The file is looked at again before each request, so that a
//! key that was revoked is refused at once, and those of a running server can be added to.

use crate::error::{Result, ServeError};
use crate::vault::replace;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use subtle::ConstantTimeEq;

/// The file's name.
const FILE: &str = "keys.json";

/// What every key begins with, so that programs that look for lost secrets find it.
const PREFIX: &str = "selvage_";

/// The most keys of a host.
pub const KEYS_MAX: usize = 1_000;

/// The most characters of a key's name.
pub const KEY_NAME_CHARS_MAX: usize = 64;

/// The longest `Authorization` that is looked at, in bytes.
const HEADER_BYTES_MAX: usize = 256;

/// How many requests a minute a key may make unless it says.
const REQUESTS_PER_MINUTE: u32 = 600;

const MINUTE_MS: u64 = 60_000;

/// What tells that the file is another one: it is never written in place.
type Stamp = (SystemTime, u64, u64);

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Calling the tools of a workspace.
    Tools,
    /// Having the client's person approve what the policy asks about.
    Approve,
    /// Having jobs run.
    Jobs,
    /// Reading how the host is.
    Metrics,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tools, Self::Approve, Self::Jobs, Self::Metrics];

    /// As it stands in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Approve => "approve",
            Self::Jobs => "jobs",
            Self::Metrics => "metrics",
        }
    }
}

/// One key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// What it is found by.
    pub id: String,
    /// Who has it. It stands in the history as the name of an agent.
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal.
    hash: String,
    /// What it is for.
    pub scopes: Vec<Scope>,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: u64,
    /// Whether it is refused.
    #[serde(default)]
    pub revoked: bool,
    /// How many requests a minute it may make.
    pub requests_per_minute: u32,
    /// How many of its jobs run at once, where that is not what every key has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_max: Option<usize>,
    /// How many of its jobs wait, where that is not what every key has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_max: Option<usize>,
}

/// How much a new key may ask for, where that is not what every key may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Requests a minute.
    pub per_minute: Option<u32>,
    /// Jobs that run at once.
    pub running: Option<usize>,
    /// Jobs that wait.
    pub queued: Option<usize>,
}

/// Who makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The key's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its client's person may approve.
    pub approves: bool,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no key, or none that is known: status 401.
    Unknown,
    /// The key is not for this: status 403.
    Forbidden,
    /// The key made too many requests: status 429, with the seconds to wait.
    TooMany(u64),
}

/// The keys of a host.
pub struct Keys {
    path: PathBuf,
    read: Option<Stamp>,
    keys: Vec<Key>,
    /// The minute, and the requests in it, by key.
    used: BTreeMap<String, (u64, u32)>,
}

impl Keys {
    /// The keys that lie in a folder; none where there is no file.
    ///
    /// # Errors
    /// The file is there and can't be read.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut keys = Self {
            path: folder.join(FILE),
            read: None,
            keys: Vec::new(),
            used: BTreeMap::new(),
        };
        keys.refresh()?;
        Ok(keys)
    }

    /// Every key, in the order in which they were made.
    #[must_use]
    pub fn list(&self) -> &[Key] {
        &self.keys
    }

    /// Makes a key, and gives it. It can't be had again.
    ///
    /// # Errors
    /// There are too many, the name is none or that of a key that is not revoked, or the file can't be written.
    pub fn add(
        &mut self,
        name: &str,
        scopes: &[Scope],
        share: Share,
        now_ms: u64,
    ) -> Result<String> {
        let _held = self.hold()?;
        self.refresh()?;
        let fits = !name.is_empty()
            && name.chars().count() <= KEY_NAME_CHARS_MAX
            && !name.chars().any(char::is_control);
        if !fits {
            let why = format!("a key's name has 1 to {KEY_NAME_CHARS_MAX} characters");
            return Err(ServeError::Key(why));
        }
        // One is revoked by its name as well, and never two at once.
        let is_taken = |key: &Key| !key.revoked && (key.name == name || key.id == name);
        if self.keys.iter().any(is_taken) {
            return Err(ServeError::Key(format!(
                "there is a key {name:?} already: choose another name, or revoke that one"
            )));
        }
        if self.keys.len() >= KEYS_MAX {
            return Err(ServeError::Key(format!(
                "a host has {KEYS_MAX} keys at the most"
            )));
        }
        let (id, secret) = (hex(&random::<4>()?), hex(&random::<32>()?));
        self.keys.push(Key {
            id: id.clone(),
            name: name.to_owned(),
            hash: digest(&secret),
            scopes: scopes.to_vec(),
            made_ms: now_ms,
            revoked: false,
            requests_per_minute: share.per_minute.unwrap_or(REQUESTS_PER_MINUTE),
            running_max: share.running,
            queued_max: share.queued,
        });
        self.write()?;
        Ok(format!("{PREFIX}{id}_{secret}"))
    }

    /// Has a key refused from now on, by its id or its name; whether there was one.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn revoke(&mut self, which: &str) -> Result<bool> {
        let _held = self.hold()?;
        self.refresh()?;
        let mut found = false;
        for key in &mut self.keys {
            if key.id == which || key.name == which {
                key.revoked = true;
                found = true;
            }
        }
        if found {
            self.write()?;
        }
        Ok(found)
    }

    /// Decides about a request by its `Authorization`, and counts it.
    ///
    /// # Errors
    /// Why it is refused. A file that can't be read refuses everybody.
    pub fn admit(
        &mut self,
        authorization: Option<&str>,
        scope: Scope,
        now_ms: u64,
    ) -> std::result::Result<Who, Refused> {
        let (who, each_minute) = self.find(authorization, scope)?;
        let minute = now_ms / MINUTE_MS;
        let used = self.used.entry(who.id.clone()).or_insert((minute, 0));
        if used.0 != minute {
            *used = (minute, 0);
        }
        if used.1 >= each_minute {
            let left = MINUTE_MS - now_ms % MINUTE_MS;
            return Err(Refused::TooMany(left.div_ceil(1_000)));
        }
        used.1 += 1;
        Ok(who)
    }

    /// The same of a request that is a part of one that was counted.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn know(
        &mut self,
        authorization: Option<&str>,
        scope: Scope,
    ) -> std::result::Result<Who, Refused> {
        Ok(self.find(authorization, scope)?.0)
    }

    /// What is known of a key, by its id.
    pub fn get(&mut self, id: &str) -> Option<&Key> {
        self.refresh().ok()?;
        self.keys.iter().find(|key| key.id == id)
    }

    /// Whether a key that was admitted would still be known. None is where the file can't be read.
    pub fn is_good(&mut self, id: &str) -> bool {
        self.get(id).is_some_and(|key| !key.revoked)
    }

    /// Whose key a request carries, and how many requests a minute that may make.
    fn find(
        &mut self,
        authorization: Option<&str>,
        scope: Scope,
    ) -> std::result::Result<(Who, u32), Refused> {
        self.refresh().map_err(|_| Refused::Unknown)?;
        let header = authorization.filter(|text| text.len() <= HEADER_BYTES_MAX);
        let (kind, token) = header
            .and_then(|text| text.split_once(' '))
            .ok_or(Refused::Unknown)?;
        let named = token
            .strip_prefix(PREFIX)
            .filter(|_| kind.eq_ignore_ascii_case("bearer"));
        let (id, secret) = named
            .and_then(|rest| rest.split_once('_'))
            .ok_or(Refused::Unknown)?;
        let given = digest(secret);
        let found = self.keys.iter().find(|key| key.id == id);
        // One that is not there is compared as well, with something of the same length.
        let nothing = "0".repeat(given.len());
        let held = found.map_or(nothing.as_str(), |key| key.hash.as_str());
        let is_it: bool = given.as_bytes().ct_eq(held.as_bytes()).into();
        let key = found
            .filter(|key| is_it && !key.revoked)
            .ok_or(Refused::Unknown)?;
        if !key.scopes.contains(&scope) {
            return Err(Refused::Forbidden);
        }
        let who = Who {
            id: key.id.clone(),
            name: key.name.clone(),
            approves: key.scopes.contains(&Scope::Approve),
        };
        Ok((who, key.requests_per_minute))
    }

    /// Keeps other programs from writing until it is dropped, so that of two that write neither is lost.
    fn hold(&self) -> Result<std::fs::File> {
        let file = std::fs::File::create(self.path.with_extension("json.lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// Reads the file again, if it is another one.
    fn refresh(&mut self) -> Result<()> {
        let stamp = match std::fs::metadata(&self.path) {
            Ok(about) => Some((about.modified()?, about.len(), number_of(&about))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        if stamp == self.read && stamp.is_some() {
            return Ok(());
        }
        self.keys = match stamp {
            None => Vec::new(),
            Some(_) => serde_json::from_slice(&std::fs::read(&self.path)?).map_err(|why| {
                ServeError::Key(format!("{} can't be read: {why}", self.path.display()))
            })?,
        };
        self.read = stamp;
        Ok(())
    }

    /// Writes the file anew: all of it, or nothing.
    fn write(&mut self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.keys)
            .map_err(|why| ServeError::Key(why.to_string()))?;
        replace(&self.path, text.as_bytes())?;
        self.read = None;
        Ok(())
    }
}

/// The system's number of a file, where it has one.
fn number_of(about: &std::fs::Metadata) -> u64 {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::ino(about);
    #[cfg(not(unix))]
    return u64::from(about.is_file());
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|why| ServeError::Key(format!("the system has no randomness: {why}")))?;
    Ok(bytes)
}

fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
