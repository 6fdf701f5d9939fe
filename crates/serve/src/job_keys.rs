//! The keys of this host as those who run jobs ask for them.

use crate::error::Result;
use crate::keys::{Keys, Refused, Scope};
use selvage_jobs::{Admit, Ask, JobsError, Quota};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// See the module.
pub struct JobKeys(Mutex<Keys>);

impl JobKeys {
    /// The keys that lie in a folder.
    ///
    /// # Errors
    /// The file is there and can't be read.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self(Mutex::new(Keys::open(folder)?)))
    }

    /// Whether a request with this `Authorization` may read how the host is.
    ///
    /// # Errors
    /// Why not.
    pub fn reads_metrics(&self, authorization: Option<&str>) -> std::result::Result<(), Refused> {
        let admitted = self.lock().admit(authorization, Scope::Metrics, now_ms());
        admitted.map(drop)
    }

    /// A thread that panicked with the keys can't have left them half read.
    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admit for JobKeys {
    fn admit(
        &self,
        authorization: Option<&str>,
        ask: Ask,
    ) -> std::result::Result<String, JobsError> {
        let mut keys = self.lock();
        let who = match ask {
            Ask::Job => keys.admit(authorization, Scope::Jobs, now_ms()),
            Ask::Part => keys.know(authorization, Scope::Jobs),
        };
        who.map(|who| who.id).map_err(|refused| match refused {
            Refused::Unknown => JobsError::Key,
            Refused::Forbidden => JobsError::Forbidden,
            Refused::TooMany(seconds) => JobsError::TooOften(seconds),
        })
    }

    fn quota(&self, key: &str) -> Quota {
        let mut keys = self.lock();
        let quota = keys.get(key).map(|key| Quota {
            running_max: key.running_max,
            queued_max: key.queued_max,
        });
        quota.unwrap_or_default()
    }

    fn holds(&self, key: &str) -> bool {
        self.lock().is_good(key)
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default()
}
