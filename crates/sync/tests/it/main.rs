//! Sessions between replicas: what they cost, what they survive, and that all come together.

mod contents;
mod cost;
mod disk;
mod hostile;
mod mail;
mod retention;
mod seeds;
mod simulation;
mod typing;
mod words;
mod world;
