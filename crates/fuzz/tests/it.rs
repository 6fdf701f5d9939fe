//! Every door, for a moment in every test run; `cargo xtask fuzz` takes longer.

#![allow(clippy::unwrap_used)]

use selvage_fuzz::{ALL, Target, fuzz, memory, pack, replay, unpack};

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

fn named(name: &str) -> &'static Target {
    ALL.iter().find(|target| target.name == name).unwrap()
}

fn holds(name: &str, inputs: u64) {
    let target = named(name);
    replay(target).unwrap();
    // What real runs say is taken without harm, too.
    let tally = fuzz(target, 0, |tally| tally.inputs < inputs);
    let tally =
        tally.unwrap_or_else(|failure| panic!("{name}, seed {}: {}", failure.seed, failure.why));
    assert_eq!(tally.inputs, inputs);
    assert!(tally.peak_bytes > 0, "memory is measured");
}

#[test]
fn frames_of_a_session() {
    holds("session", 150);
}

#[test]
fn parcels_of_the_mail() {
    holds("mail", 150);
}

#[test]
fn what_links_say_to_a_relay() {
    holds("relay", 500);
}

#[test]
fn what_a_relay_says() {
    holds("client", 500);
}

#[test]
fn what_other_peoples_clients_say() {
    holds("clients", 150);
}

#[test]
fn what_devices_say_to_be_believed() {
    holds("trust", 100);
}

#[test]
fn letters_and_what_is_kept_of_a_courier() {
    holds("courier", 60);
}

#[test]
fn records_of_a_journal() {
    holds("journal", 60);
}

#[test]
fn calls_of_tools() {
    holds("tools", 100);
}

#[test]
fn frames_of_a_guest() {
    holds("guest", 500);
}

#[test]
fn texts_of_flows() {
    holds("lint", 100);
}

#[test]
fn all_doors_are_tried_and_a_failure_is_told_with_its_seed() {
    assert_eq!(ALL.len(), 11, "a new door is tried above, too");
    let weak = Target {
        name: "weak",
        memory_bytes_max: 1000,
        open: || {
            let door = |input: &[Vec<u8>]| {
                assert!(!input.concat().contains(&0xff), "it saw 255");
                drop(vec![
                    0_u8;
                    if input.concat().contains(&0x80) {
                        2000
                    } else {
                        10
                    }
                ]);
            };
            (vec![vec![b"abc".to_vec()]], Box::new(door))
        },
    };
    let failure = fuzz(&weak, 0, |tally| tally.inputs < 10_000).unwrap_err();
    let again = fuzz(&weak, failure.seed, |tally| tally.inputs < 1).unwrap_err();
    assert_eq!(failure, again);
    assert!(failure.why.contains("255") || failure.why.contains("held"));
    assert_eq!(unpack(&pack(&failure.input)), failure.input);
}
