//! The program as a server of jobs: what it says over HTTP, and what becomes of runs when it is killed in the middle of them.
//!
//! The guests come from `SELVAGE_GUESTS`, or from where `cargo xtask wasm` puts them.

#![allow(
    clippy::disallowed_methods,
    reason = "a test of a host: processes, sockets, the clock and the disk are what it is about"
)]

#[allow(dead_code, reason = "the hostile programs use more of it")]
#[path = "../../../host/tests/hostile/bench.rs"]
mod bench;

mod barrier;
mod http;
mod kill;
mod quotas;
mod server;
