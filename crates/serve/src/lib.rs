//! The always-on host that devices meet at: `selvage serve`, and the commands about a folder's devices.
//!
//! **Problem.** [`selvage_relay::Relay`] decides everything and does nothing: it needs sockets, a
//! disk, a clock, and somebody who stops it without losing what it acknowledged.
//!
//! **Shape.** [`Hub`] runs one relay on a thread of its own, with its storage ([`RedbStore`]);
//! each WebSocket is a task that moves messages between its socket and the hub. [`router`] is what
//! HTTP requests reach; [`serve`] accepts connections, up to a limit, until it is told to stop.
//! [`Options`] are what a person wrote behind `selvage serve`, and [`program`] does it.
//!
//! A workspace that this host holds itself ([`Vault`]) is with a [`Keeper`] on another thread, and
//! where its owner asks for it, [`clients`] are the endpoints of programs that know nothing of
//! Selvage. When it is shared ([`membership`]), this host is one of its devices: always on, with a
//! seat beside the workspace, and with the same mail as the others.
//!
//! **Control loop.** Sockets tell the hub what came, through a channel that is short: when the
//! relay is behind, sockets are not read. The hub hands the relay's batches to a thread that may
//! block, one at a time, and goes on meanwhile; what comes during a flush is in the next batch.
//! SIGINT and SIGTERM stop reading, flush, tell every client that the relay stops, and end.
//!
//! **Invariants.** No rule of the protocol is in here. Every queue and every wait has a bound.
//! What the relay acknowledged is in the database's last durable commit.
#![allow(
    clippy::disallowed_methods,
    reason = "a host: the clock, the disk, sockets, threads and randomness are its business"
)]

mod clients_route;
mod cors;
mod device;
mod dialer;
mod doors;
mod error;
mod hub;
mod job_keys;
mod keeper;
mod keys;
mod membership;
mod metrics;
mod options;
mod pages;
mod program;
mod relay_route;
mod rows;
mod server;
mod socket;
mod store;
mod vault;
mod voice;

pub use clients_route::clients;
pub use doors::{Doors, Names, Origins};
pub use error::{Result, ServeError};
pub use hub::Hub;
pub use job_keys::JobKeys;
pub use keeper::Keeper;
pub use keys::{KEY_NAME_CHARS_MAX, KEYS_MAX, Key, Keys, Refused, Scope, Share, Who};
pub use membership::{Membership, membership};
pub use metrics::metrics;
pub use options::{Command, Options};
pub use pages::pages;
pub use program::{program, stop_signal};
pub use server::{listen, router, serve};
pub use store::RedbStore;
pub use vault::{Vault, replace};
pub use voice::Voice;
