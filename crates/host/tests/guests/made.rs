//! Executors that are made when they are first wanted.

use super::{fixture, job};
use selvage_host::{Assigned, Blobs, Control, Guests, Told};
use selvage_tool::{ErrorCode, Limits};
use std::path::Path;

/// Runs a job, and gives whether it waited each time that it told so, and the code that it ended with.
fn waited(guests: &Guests) -> (Vec<bool>, Option<ErrorCode>) {
    let assigned = Assigned {
        job: job(Limits::default()),
        blobs: Blobs::new(),
        within: None,
    };
    let mut waits = Vec::new();
    let mut tell = |told| {
        if let Told::Waits(wait) = told {
            waits.push(wait);
        }
    };
    let ended = guests.run(assigned, &Control::default(), &mut tell);
    let error = ended.expect("an outcome").outcome.error;
    (waits, error.map(|error| error.code))
}

#[test]
fn a_run_waits_for_an_executor_that_has_yet_to_be_made_and_begins_at_once_where_it_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("guest-js.wasm");
    std::fs::write(file, fixture("finishes").wasm).expect("written");
    let guests = Guests::new(folder.path(), None);
    assert_eq!(waited(&guests), (vec![true, false], None));
    assert_eq!(waited(&guests), (vec![false], None));
}

#[test]
fn a_run_that_waited_for_an_executor_that_can_not_be_made_says_so() {
    let (waits, code) = waited(&Guests::new(Path::new("no guests"), None));
    assert_eq!(waits.first(), Some(&true));
    assert_eq!(code, Some(ErrorCode::ExecutorUnavailable));
}
