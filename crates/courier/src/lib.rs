//! One device's side of sharing a workspace over a relay.
//!
//! **Problem.** The seat says who may do what, the relay's client moves sealed bytes, and the
//! workspace makes parcels of what others lack. Somebody has to bring them together so that a
//! restart at any point loses nothing and sends nothing that was not kept.
//!
//! **Shape.** [`Courier`] is a state machine without clock, socket or disk; randomness is handed
//! in. A parcel is signed, cut into parts, each part encrypted and left as a letter. Letters wait
//! in an own outbox until the room was read up to them and they count. Two devices pair with frames
//! in a room of their own, whose name and key come from the invitation. When a device was taken out,
//! the others go to a room that it can't enter.
//!
//! **Control loop.** The host tells what happened, and calls [`Courier::poll`] until there is
//! nothing, and performs each [`Output`] in order.
//!
//! **Invariants.** [`Output::Keep`] comes before anything that the kept seat gave. What came is
//! either in what is kept, or is fetched again. Nothing lands that the seat did not admit. What
//! waits is bounded by [`limits`].

mod address;
mod courier;
mod desk;
mod kept;
mod letter;
pub mod limits;
#[cfg(test)]
mod limits_tests;
mod live;
#[cfg(test)]
mod moves_tests;
mod output;
mod pairing;
mod saved;
mod state;

pub use courier::{Courier, Random};
pub use output::Output;
pub use state::{
    Act, Finding, InvitationState, JoiningState, LinkState, Linked, MemberState, RoleName, State,
    Step,
};

/// Why a call failed. Nothing of it was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CourierError {
    /// The relay's address can't be used.
    #[error("this relay address can't be used: {0}")]
    Address(&'static str),
    /// The seat does not do it.
    #[error("{0}")]
    Trust(#[from] selvage_trust::TrustError),
    /// The relay's client does not take it.
    #[error("{0}")]
    Relay(#[from] selvage_relay::RelayError),
    /// It makes no sense now.
    #[error("{0}")]
    NotNow(&'static str),
    /// What was kept can't be read.
    #[error("what was kept can't be read")]
    Unreadable,
    /// A parcel is larger than [`limits::PARCEL_BYTES_MAX`].
    #[error("a parcel has at most {max} bytes, and this one has {size}")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The limit.
        max: usize,
    },
}

/// What a call of this crate gives.
pub type Result<T, E = CourierError> = std::result::Result<T, E>;
