//! What the workspace promises, as stories. Rule ids are those of `SPEC.md`.

mod compare;
mod contents;
mod contract;
mod cost;
mod crash;
mod disk;
mod faults;
mod flips;
mod golden;
mod limits;
mod model;
mod names;
mod retention;
mod search;
mod steps;
mod texts;
mod traces;
mod world;
mod yjs;
