//! A folder and a workspace, kept equal.
#![allow(
    clippy::disallowed_methods,
    reason = "tests of a host: the disk and the clock are what they are about"
)]

mod deaths;
mod faults;
mod hostile;
mod simulation;
mod stories;
mod world;
