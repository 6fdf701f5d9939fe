//! The authorisation suite: each attack as a story, and the laws under random ones.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod derived;
mod downgraded;
mod figures;
mod forge;
mod forged;
mod golden;
mod laws;
mod limits;
mod live;
mod mutation;
mod owners;
mod pairing;
mod relay;
mod reordered;
mod replayed;
mod revoked;
mod simulation;
mod viewer;
mod whole;
mod world;
