//! Who may run jobs: the host that serves knows its keys, this crate knows what is asked.

use crate::error::JobsError;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// One more job. It counts against how often the key may ask.
    Job,
    /// What belongs to a job: its bytes, what it tells, answers, its end.
    Part,
}

/// How much of a server a key has, where that is not what every key has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// How many of its jobs run at once.
    pub running_max: Option<usize>,
    /// How many of its jobs wait.
    pub queued_max: Option<usize>,
}

/// Tells whose key a key is.
pub trait Admit: Send + Sync {
    /// The key of a request with this `Authorization`, under the name by which it is known for good.
    ///
    /// # Errors
    /// [`JobsError::Key`], [`JobsError::Forbidden`] or [`JobsError::TooOften`].
    fn admit(&self, authorization: Option<&str>, ask: Ask) -> Result<String, JobsError>;

    /// How much the key of that name has.
    fn quota(&self, _key: &str) -> Quota {
        Quota::default()
    }

    /// Whether the key of that name may have jobs run, still.
    fn holds(&self, key: &str) -> bool;
}
