//! The server without sockets: names, keys, queues and clients that are gone.

use crate::server::{board, local};
use selvage_jobs::message::{Hashes, State, hash};
use selvage_jobs::{Board, JobsError, Settings};
use selvage_tool::Grant;
use selvage_tool::run::{Job, JobFile};
use std::time::{Duration, Instant};

/// A job that computes until it is stopped, as a client sends it.
fn endless() -> Job {
    let source = b"for (;;) {}";
    Job {
        entry: "flows/x.flow.js".to_owned(),
        ceiling: Grant::default(),
        files: vec![JobFile {
            path: "flows/x.flow.js".to_owned(),
            folder: false,
            size: source.len() as u64,
            hash: hash(source),
            readable: true,
            mounted: false,
        }],
        ..Job::warm_up()
    }
}

fn body(job: &Job) -> Vec<u8> {
    serde_json::to_vec(job).expect("JSON")
}

/// A board where no job gets to run, because none may.
fn idle(settings: Settings) -> Board {
    let settings = Settings {
        key_running_max: 0,
        ..settings
    };
    board(local(), settings)
}

#[test]
fn a_name_is_one_job_and_a_keys_things_are_its_own() {
    let board = idle(Settings::default());
    let (job, source) = (endless(), b"for (;;) {}");
    let name = hash(source);
    let sent = body(&job);
    assert!(matches!(
        board.take("ann", "a", None, &sent),
        Err(JobsError::Missing(_))
    ));
    assert!(matches!(
        board.keep("ann", &name, b"other"),
        Err(JobsError::Hash)
    ));
    assert!(matches!(
        board.keep("ann", "../../etc", source),
        Err(JobsError::Hash)
    ));
    board.keep("ann", &name, source).expect("kept");
    let asked = Hashes {
        hashes: vec![name.clone()],
    };
    assert_eq!(board.missing("ann", asked.clone()).hashes.len(), 0);
    assert_eq!(board.missing("bo", asked.clone()), asked);
    assert!(matches!(board.blob("bo", &name), Err(JobsError::NoBlob)));
    assert!(matches!(
        board.take("bo", "a", None, &sent),
        Err(JobsError::Missing(_))
    ));

    let first = board.take("ann", "a", None, &sent).expect("taken");
    assert_eq!(
        board.take("ann", "a", None, &sent).expect("known again"),
        first
    );
    let other = body(&Job { seed: 9, ..job });
    assert!(matches!(
        board.take("ann", "a", None, &other),
        Err(JobsError::Taken)
    ));
    assert!(matches!(board.standing("bo", "a"), Err(JobsError::NoJob)));
    assert!(matches!(board.cancel("bo", "a"), Err(JobsError::NoJob)));
    for id in ["", "a/b", "a b", &"a".repeat(65)] {
        assert!(
            matches!(board.take("ann", id, None, &sent), Err(JobsError::Name)),
            "{id}"
        );
    }
    for within in ["", "a b"] {
        let taken = board.take("ann", "b", Some(within), &sent);
        assert!(matches!(taken, Err(JobsError::Name)), "{within}");
    }
    for bent in [&b"{"[..], b"[]", b"{\"run\":1}", &[0xff; 9]] {
        assert!(matches!(
            board.take("ann", "bent", None, bent),
            Err(JobsError::Message(_))
        ));
    }
    let ended = board.cancel("ann", "a").expect("cancelled");
    let error = ended.outcome.expect("an end").error.expect("an error");
    assert_eq!(
        (ended.state, error.code.as_str()),
        (State::Ended, "CANCELLED")
    );
    board.stop();
}

#[test]
fn there_is_an_end_to_every_queue_and_a_server_that_stops_ends_what_waits() {
    let board = idle(Settings {
        queued_max: 3,
        key_queued_max: 2,
        ..Settings::default()
    });
    let job = body(&Job {
        files: Vec::new(),
        ..endless()
    });
    for id in ["a", "b"] {
        board.take("ann", id, None, &job).expect("taken");
    }
    assert!(matches!(
        board.take("ann", "c", None, &job),
        Err(JobsError::Full(_))
    ));
    board.take("bo", "a", None, &job).expect("taken");
    assert!(matches!(
        board.take("cy", "a", None, &job),
        Err(JobsError::Full(_))
    ));
    board.stop();
    for (key, id) in [("ann", "a"), ("ann", "b"), ("bo", "a")] {
        let outcome = board
            .standing(key, id)
            .expect("known")
            .outcome
            .expect("an end");
        assert_eq!(
            outcome.error.expect("an error").code.as_str(),
            "EXECUTOR_UNAVAILABLE"
        );
    }
    assert!(matches!(
        board.take("cy", "a", None, &job),
        Err(JobsError::Stopping)
    ));
}

#[test]
fn a_job_whose_client_is_gone_is_cancelled_and_its_end_can_be_asked_for() {
    let settings = Settings {
        alone_max: Duration::from_millis(300),
        ..Settings::default()
    };
    let board = board(local(), settings);
    let source = b"for (;;) {}";
    board.keep("ann", &hash(source), source).expect("kept");
    let mut job = endless();
    job.ceiling.read = vec!["**".to_owned()];
    job.grant.read = vec!["**".to_owned()];
    job.limits.fuel_max = 1_000_000_000_000;
    job.limits.cpu_ms_max = 60_000;
    board.take("ann", "a", None, &body(&job)).expect("taken");
    let until = Instant::now() + Duration::from_secs(30);
    let ended = loop {
        let standing = board.standing("ann", "a").expect("known");
        if standing.state == State::Ended {
            break standing;
        }
        assert!(Instant::now() < until, "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    };
    let error = ended.outcome.expect("an end").error.expect("an error");
    assert_eq!(error.code.as_str(), "EXECUTOR_UNAVAILABLE", "{error:?}");
    board.stop();
}
