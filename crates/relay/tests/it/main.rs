//! The relay and its clients together, without sockets: by rules, by chance, and against garbage.

mod garbage;
mod mailbox;
mod rules;
mod simulation;
mod world;
