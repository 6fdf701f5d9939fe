//! Bytes that nobody should send, for every door that takes bytes from outside.
//!
//! **Problem.** Peers, relays, disks and guests can hand over anything. A door must refuse it without
//! a crash, and without holding more memory than it says.
//!
//! **Shape.** A [`Target`] is one door: a corpus of what is said there in real runs, and what is done
//! with an input, which is a list of messages. [`fuzz`] bends what real runs say (`mutate.rs`) by a
//! seed, so that a failure comes again by its number, and measures what is held meanwhile
//! ([`memory`]). What failed once is kept in `tests/fuzz/<target>/` and replayed by the tests.
//!
//! There is no feedback from coverage: the corpus has whole conversations, sealed and signed where the
//! door wants it, so that bent bytes get past the first check.

#![allow(
    clippy::disallowed_methods,
    reason = "a program for developers works on the disk and in time"
)]

pub mod memory;
mod mutate;
mod targets;

pub use targets::ALL;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// One input: messages in order.
pub type Input = Vec<Vec<u8>>;

/// What takes an input in.
pub type Door = Box<dyn Fn(&[Vec<u8>])>;

/// A door that takes bytes from outside.
pub struct Target {
    /// How it is called on the command line, and its folder under `tests/fuzz/`.
    pub name: &'static str,
    /// What it may hold beyond what it held before an input, in bytes.
    pub memory_bytes_max: usize,
    /// Makes the corpus, and what is done with an input.
    pub open: fn() -> (Vec<Input>, Door),
}

/// What a run came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many inputs were tried.
    pub inputs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The most that was held for one of them, in bytes.
    pub peak_bytes: usize,
}

/// An input that a door did not take as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What makes it again.
    pub seed: u64,
    /// The input.
    pub input: Input,
    /// What was wrong.
    pub why: String,
}

/// Tries inputs from a seed on, until `goes_on` says no.
///
/// # Errors
/// The first input that crashed the door, or made it hold too much.
pub fn fuzz(
    target: &Target,
    first_seed: u64,
    mut goes_on: impl FnMut(&Tally) -> bool,
) -> Result<Tally, Failure> {
    let (corpus, door) = (target.open)();
    let mut tally = Tally::default();
    while goes_on(&tally) {
        let seed = first_seed + tally.inputs;
        let input = mutate::input(seed, &corpus);
        tally.inputs += 1;
        tally.bytes += input
            .iter()
            .map(|message| message.len() as u64)
            .sum::<u64>();
        match try_one(target, &door, &input) {
            Ok(held) => tally.peak_bytes = tally.peak_bytes.max(held),
            Err(why) => return Err(Failure { seed, input, why }),
        }
    }
    Ok(tally)
}

/// Tries one input; gives how much was held for it.
fn try_one(target: &Target, door: &Door, input: &[Vec<u8>]) -> Result<usize, String> {
    let (done, held) = memory::measure(|| catch_unwind(AssertUnwindSafe(|| door(input))));
    if let Err(panic) = done {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        return Err(format!("it crashed: {}", text.unwrap_or("without a word")));
    }
    let max = target.memory_bytes_max;
    match held <= max {
        true => Ok(held),
        false => Err(format!("it held {held} bytes, and may hold {max}")),
    }
}

/// Where the inputs that failed once are kept.
#[must_use]
pub fn folder(target: &Target) -> PathBuf {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz");
    PathBuf::from(root).join(target.name)
}

/// Tries what failed once; gives how many inputs there are.
///
/// # Errors
/// The file and what is wrong with it.
pub fn replay(target: &Target) -> Result<usize, String> {
    let Ok(files) = std::fs::read_dir(folder(target)) else {
        return Ok(0);
    };
    let (_, door) = (target.open)();
    let mut count = 0;
    for file in files.flatten() {
        let path = file.path();
        let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
        try_one(target, &door, &unpack(&bytes))
            .map_err(|why| format!("{}: {why}", path.display()))?;
        count += 1;
    }
    Ok(count)
}

/// The file of an input: each message after its length.
#[must_use]
pub fn pack(input: &[Vec<u8>]) -> Vec<u8> {
    let message = |message: &Vec<u8>| [&(message.len() as u32).to_le_bytes()[..], message].concat();
    input.iter().flat_map(message).collect()
}

/// Reads what [`pack`] wrote.
#[must_use]
pub fn unpack(mut bytes: &[u8]) -> Input {
    let mut input = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk() {
        let len = (u32::from_le_bytes(*head) as usize).min(rest.len());
        input.push(rest[..len].to_vec());
        bytes = &rest[len..];
    }
    input
}

/// Goes on for so long.
pub fn for_a_while(time: Duration) -> impl FnMut(&Tally) -> bool {
    let end = Instant::now() + time;
    move |_| Instant::now() < end
}
