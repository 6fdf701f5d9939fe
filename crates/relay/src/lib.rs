//! The relay between devices: its protocol, and both ends of it, without sockets.
//!
//! **Problem.** Devices of one workspace are seldom awake together, and browsers can't dial each
//! other. They need a place that is always there, that passes on what one says to another and
//! keeps what nobody has fetched yet; and that place must not be able to read any of it, nor be
//! filled up or stopped by a stranger, a broken program, or a slow link.
//!
//! **Shape.** A *room* is what one workspace has at a relay. Whoever holds its access key may
//! enter; the relay holds the public half. In a room, links send each other *frames*, which go
//! through at once or not at all, and leave *letters* in the *mailbox*, which are numbered, kept
//! before they are acknowledged, and handed to everybody in order, until a *summary* takes their
//! place. Frames, letters and summaries are bytes that the relay does not look into: they are
//! sealed before they come here. [`Relay`] is the side of the server with all rooms, [`Client`]
//! the side of a device. Both are state machines: messages, times and randomness go in; messages
//! and things to do come out. `docs/design-relay.md` has the protocol and the reasons.
//!
//! **Control loop.** See [`Relay`]'s and [`Client`]'s modules, [`relay`] and [`client`].
//!
//! ```
//! use selvage_relay::client::{Client, Event, Output, Profile};
//! use selvage_relay::relay::{Outgoing, Relay};
//! use selvage_relay::{AccessKey, DeviceId, LetterId, Life, Limits, LinkId, MemoryStore, Nonce, RoomId};
//!
//! let mut store = MemoryStore::default();
//! let mut relay = Relay::new(Limits::default(), true);
//! let mut client = Client::new(
//!     Profile {
//!         audience: "relay.example".to_owned(),
//!         room: RoomId([1; 32]),
//!         device: DeviceId([2; 32]),
//!         access: AccessKey::from_secret(&[3; 32]),
//!     },
//!     None,
//! )?;
//! client.append(LetterId([4; 16]), b"sealed".to_vec())?;
//! client.tick(0);
//!
//! let link = LinkId(1);
//! let mut kept = None;
//! while kept.is_none() {
//!     while let Some(output) = client.poll(0) {
//!         match output {
//!             Output::Dial => {
//!                 relay.opened(0, link, "relay.example", Nonce([5; 32]), Life([6; 16]));
//!                 client.opened(0);
//!             }
//!             Output::Write(bytes) => relay.received(0, &store, link, &bytes),
//!             Output::Event(Event::Appended { number, .. }) => kept = Some(number),
//!             Output::Event(_) | Output::HangUp(_) => {}
//!         }
//!     }
//!     if let Some(batch) = relay.batch() {
//!         store.commit(&batch);
//!         relay.committed(true);
//!     }
//!     while let Some(Outgoing::Message(bytes)) = relay.take(0, &store, link) {
//!         relay.written(0, link, bytes.len());
//!         client.received(0, &bytes);
//!     }
//! }
//! assert_eq!(kept, Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Invariants.** No clock, no randomness, no socket and no disk. Nothing is acknowledged, and
//! nothing is shown to others, before it is durable. A link that is slow or behind costs its
//! bounded queue and its place in the mailbox, and no more. Nothing here knows what a frame, a
//! letter or a summary means, nor any key that opens one.

mod access;
pub mod client;
mod id;
pub mod limits;
pub mod message;
mod reason;
pub mod relay;
pub mod store;

pub use access::AccessKey;
pub use client::Client;
pub use id::{DeviceId, LetterId, Life, LinkId, Nonce, PublicKey, RoomId, Signature};
pub use limits::Limits;
pub use reason::{Reason, Refusal};
pub use relay::Relay;
pub use store::{MemoryStore, StoreFault};

/// Why a call on a [`Client`] failed. Faults of the other side end the link instead, with a
/// [`Reason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// Longer than such a thing may be, or empty where it can't be: see [`limits`].
    #[error("longer than it may be, or empty")]
    TooLong,
    /// What waits for the relay takes all that it may; go on after [`client::Event::Appended`].
    #[error("too much waits for the relay")]
    OutboxFull,
    /// The peer is not there.
    #[error("the peer is not there")]
    NoPeer,
    /// Too much is under way to the peer; go on after [`client::Event::Writable`].
    #[error("too much is under way to the peer")]
    WindowFull,
    /// The relay is not entered now.
    #[error("the relay is not entered")]
    NotOpen,
}
