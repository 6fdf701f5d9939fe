//! The program with real sockets, a real disk, and clients that speak to both.

#![allow(
    clippy::disallowed_methods,
    reason = "a test of a host: processes, sockets, the clock and the disk are what it is about"
)]

mod clients;
mod device;
mod faults;
mod figures;
mod http;
mod links;
mod node;
mod program;
mod sessions;
mod storage;
