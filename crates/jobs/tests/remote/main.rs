//! Jobs from both ends: the server by itself, its HTTP, and runs that are held against the same runs here.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

#[allow(dead_code, reason = "the hostile programs use more of it")]
#[path = "../../../host/tests/hostile/bench.rs"]
mod bench;

mod bounds;
mod holding;
mod names;
mod nested;
mod runs;
mod script;
mod server;
mod table;

mod waiting;
