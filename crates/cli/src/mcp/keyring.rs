//! Who comes in over HTTP: the keys beside the workspace, and whose each session is.

use super::Door;
use crate::error::{CliError, Result};
use crate::home::now_ms;
use axum::http::{HeaderMap, header};
use selvage_serve::{Keys, Refused, Scope, Who};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most sessions of one key: the oldest can't be used any more when there is one more.
const SESSIONS_MAX: usize = 100;

/// How often it is looked whether the keys of calls that go on are still good.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Who is let in, and whose each session is.
pub struct Keyring {
    keys: Mutex<Keys>,
    sessions: Mutex<Sessions>,
    is_open: bool,
}

#[derive(Default)]
struct Sessions {
    /// Sessions and the keys that they are of, the oldest first.
    open: Vec<(String, String)>,
    /// Those that made room for another one.
    pushed_out: Vec<String>,
}

/// Who makes a request, and the keys that it is known by.
#[derive(Clone)]
pub struct Caller {
    /// Who it is.
    pub who: Who,
    keys: Arc<Keyring>,
}

impl Caller {
    /// Ends when the key of whoever calls is not good any more.
    pub async fn revoked(&self) {
        while self.keys.is_good(&self.who.id) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// As [`Caller::revoked`], and never for who calls without a key.
pub async fn revocation(caller: Option<Caller>) {
    match caller {
        Some(caller) => caller.revoked().await,
        None => std::future::pending().await,
    }
}

impl Keyring {
    /// The keys that lie beside a workspace.
    ///
    /// # Errors
    /// The file can't be read, or there is none and the door is not open.
    pub fn open(folder: &Path, door: &Door) -> Result<Arc<Self>> {
        if door.is_open && !door.address.ip().is_loopback() {
            let why = "`--no-key` is for addresses of this machine alone, as 127.0.0.1";
            return Err(CliError::Usage(why.into()));
        }
        Ok(Arc::new(Self {
            keys: Mutex::new(Keys::open(folder)?),
            sessions: Mutex::default(),
            is_open: door.is_open,
        }))
    }

    /// Decides about a request.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn admit(self: &Arc<Self>, headers: &HeaderMap) -> std::result::Result<Caller, Refused> {
        let keys = self.clone();
        if self.is_open {
            let who = Who {
                id: String::new(),
                name: "local".into(),
                approves: true,
            };
            return Ok(Caller { who, keys });
        }
        let given = headers.get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.to_str().ok());
        let who = self.keys().admit(given, Scope::Tools, now_ms())?;
        Ok(Caller { who, keys })
    }

    fn is_good(&self, id: &str) -> bool {
        self.is_open || self.keys().is_good(id)
    }

    /// Whether a session is this key's, or is made only now.
    pub fn may_use(&self, session: Option<&str>, who: &Who) -> bool {
        let sessions = self.sessions();
        session.is_none_or(|session| {
            sessions
                .open
                .iter()
                .any(|(known, key)| known == session && *key == who.id)
        })
    }

    /// Notes whose a session is.
    pub fn note(&self, session: &str, who: &Who) {
        let mut sessions = self.sessions();
        let Sessions { open, pushed_out } = &mut *sessions;
        if open.iter().any(|(known, _)| known == session) {
            return;
        }
        let own = open.iter().filter(|(_, key)| *key == who.id).count();
        if own >= SESSIONS_MAX
            && let Some(oldest) = open.iter().position(|(_, key)| *key == who.id)
        {
            pushed_out.push(open.remove(oldest).0);
        }
        open.push((session.to_owned(), who.id.clone()));
    }

    /// Takes the sessions that can't be used any more: their keys are not good, or they made room for others.
    pub fn take_lost(&self) -> Vec<String> {
        let mut sessions = self.sessions();
        let mut lost = std::mem::take(&mut sessions.pushed_out);
        let revoked = sessions.open.extract_if(.., |(_, key)| !self.is_good(key));
        lost.extend(revoked.map(|(session, _)| session));
        lost
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_pushes_out_the_sessions_of_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let door = Door {
            address: ([127, 0, 0, 1], 0).into(),
            is_open: false,
            hosts: Vec::new(),
        };
        let keyring = Keyring::open(folder.path(), &door).expect("no keys yet");
        let who = |id: &str| Who {
            id: id.into(),
            name: id.into(),
            approves: false,
        };
        keyring.note("first", &who("ann"));
        for session in 0..=SESSIONS_MAX {
            keyring.note(&format!("s{session}"), &who("bob"));
        }
        assert!(keyring.may_use(Some("first"), &who("ann")));
        assert!(!keyring.may_use(Some("first"), &who("bob")));
        assert!(
            !keyring.may_use(Some("s0"), &who("bob")),
            "its own oldest ended"
        );
        assert!(keyring.may_use(Some("s1"), &who("bob")) && keyring.may_use(None, &who("bob")));
        let lost = keyring.take_lost();
        assert_eq!(lost[0], "s0", "it is closed");
        assert!(lost.contains(&"first".to_owned()), "nobody has such a key");
    }
}
