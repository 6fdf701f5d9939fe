//! What waits for a person, as the engine keeps it.

use crate::calls::Held;
use selvage_tool::decision::Approval;
use selvage_vfs::Hash;

/// What goes on when a person has answered.
#[derive(Debug)]
pub(crate) enum Then {
    /// The call is made again.
    Call(Box<Held>),
    /// The run goes into the queue.
    Start(String),
    /// What the run did lands.
    Land(String),
}

/// Something that waits for a person.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// As it is told. Its digest goes into lists, records and the decisions of the day, which others read.
    pub(super) approval: Approval,
    /// The digest of what would happen.
    pub(super) digest: String,
    /// What the told digest is made of beside it, where it could be guessed at.
    pub(super) salt: Option<u128>,
    pub(super) contents: Vec<(String, Vec<u8>)>,
    pub(super) then: Then,
}

impl Waiting {
    /// What waits.
    pub(crate) fn then(&self) -> &Then {
        &self.then
    }

    /// A digest as it is told.
    pub(super) fn told(salt: Option<u128>, digest: &str) -> String {
        match salt {
            Some(salt) => Hash::of(format!("{salt:032x} {digest}").as_bytes()).to_string(),
            None => digest.to_owned(),
        }
    }
}
