//! The doors.

mod clients;
mod courier;
mod exchange;
mod journal;
mod relay;
mod texts;
mod trust;

use crate::Target;

const MB: usize = 1024 * 1024;

/// Every door. What each may hold is its own limits for what it waits for, and what one input of at
/// most 16 MB can rightly become.
pub const ALL: &[Target] = &[
    Target {
        name: "session",
        memory_bytes_max: 64 * MB,
        open: exchange::session,
    },
    Target {
        name: "mail",
        memory_bytes_max: 64 * MB,
        open: exchange::mail,
    },
    Target {
        name: "relay",
        memory_bytes_max: 32 * MB,
        open: relay::server,
    },
    Target {
        name: "client",
        memory_bytes_max: 32 * MB,
        open: relay::client,
    },
    Target {
        name: "clients",
        memory_bytes_max: 64 * MB,
        open: clients::open,
    },
    Target {
        name: "trust",
        memory_bytes_max: 32 * MB,
        open: trust::open,
    },
    Target {
        name: "courier",
        memory_bytes_max: 64 * MB,
        open: courier::open,
    },
    Target {
        name: "journal",
        memory_bytes_max: 64 * MB,
        open: journal::open,
    },
    Target {
        name: "tools",
        memory_bytes_max: 128 * MB,
        open: texts::tools,
    },
    Target {
        name: "guest",
        memory_bytes_max: 32 * MB,
        open: texts::guest,
    },
    Target {
        name: "lint",
        memory_bytes_max: 128 * MB,
        open: texts::lint,
    },
];

/// Stops a set-up that can't go on: a corpus that is none would find nothing.
fn must<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("the set-up failed: {error:?}"))
}
