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

/// Tells whose key a key is.
pub trait Admit: Send + Sync {
    /// The key of a request with this `Authorization`, under the name by which it is known for good.
    ///
    /// # Errors
    /// [`JobsError::Key`], [`JobsError::Forbidden`] or [`JobsError::TooOften`].
    fn admit(&self, authorization: Option<&str>, ask: Ask) -> Result<String, JobsError>;

    /// Whether the key of that name may have jobs run, still.
    fn holds(&self, key: &str) -> bool;
}
