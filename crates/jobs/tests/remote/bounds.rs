//! What a server bears: jobs that end, panic, ask and are cancelled, keys that are revoked, and more than it has room for.

use crate::script::{board, code, job, until};
use selvage_jobs::message::{Hold, More, State, hash};
use selvage_jobs::{JobsError, LISTENERS_MAX, Settings};
use selvage_tool::LimitsPatch;
use selvage_tool::run::{Job, JobFile};
use std::time::Duration;

#[test]
fn a_panic_ends_its_job_and_no_thread() {
    let (board, _) = board(Settings {
        running_max: 1,
        ..Settings::default()
    });
    for id in ["a", "b", "c"] {
        board.take("ann", id, None, &job("panics")).expect("taken");
        assert_eq!(code(&until(&board, "ann", id, State::Ended)), "INTERNAL");
    }
    board.take("ann", "d", None, &job("ends")).expect("taken");
    assert_eq!(code(&until(&board, "ann", "d", State::Ended)), "OK");
    let figures = board.metrics();
    for row in [
        "selvage_jobs_taken_total 4",
        "selvage_jobs_ended_total{code=\"INTERNAL\"} 3",
        "selvage_jobs_ended_total{code=\"OK\"} 1",
        "selvage_jobs_running 0",
    ] {
        assert!(figures.lines().any(|line| line == row), "{row}: {figures}");
    }
    board.stop();
}

#[test]
fn the_jobs_of_a_revoked_key_end_and_others_go_on() {
    let (board, keys) = board(Settings {
        key_running_max: 1,
        running_max: 4,
        ..Settings::default()
    });
    for key in ["ann", "bo"] {
        board.take(key, "runs", None, &job("waits")).expect("taken");
        until(&board, key, "runs", State::Running);
    }
    board
        .take("ann", "waits", None, &job("ends"))
        .expect("taken");
    board.keep("ann", &hash(b"x"), b"x").expect("kept");
    keys.0.lock().expect("no panic").insert("ann".into());
    for id in ["runs", "waits"] {
        let ended = until(&board, "ann", id, State::Ended);
        assert_eq!(code(&ended), "POLICY_DENIED");
    }
    assert!(matches!(
        board.blob("ann", &hash(b"x")),
        Err(JobsError::NoBlob)
    ));
    let other = board.standing("bo", "runs").expect("known");
    assert_eq!(other.state, State::Running);
    board.cancel("bo", "runs").expect("known");
    assert_eq!(
        code(&until(&board, "bo", "runs", State::Ended)),
        "CANCELLED"
    );
    board.stop();
}

#[test]
fn to_grant_twice_is_to_grant_once_and_never_above_the_servers_own() {
    let (board, _) = board(Settings {
        limits: LimitsPatch {
            fuel_max: Some(5_000_000_000),
            ..LimitsPatch::default()
        },
        ..Settings::default()
    });
    board.take("ann", "a", None, &job("asks")).expect("taken");
    until(&board, "ann", "a", State::Running);
    let more = |number, fuel| More {
        number,
        limits: Some(LimitsPatch {
            fuel_max: Some(fuel),
            ..LimitsPatch::default()
        }),
    };
    board
        .more("ann", "a", more(1, 3_000_000_000))
        .expect("known");
    // The run takes it before the next one comes, as it does where it asks for each.
    std::thread::sleep(Duration::from_millis(200));
    board
        .more("ann", "a", more(1, 4_000_000_000))
        .expect("the same again");
    std::thread::sleep(Duration::from_millis(200));
    board
        .more("ann", "a", more(2, 9_000_000_000))
        .expect("known");
    let ended = until(&board, "ann", "a", State::Ended);
    let value = ended.outcome.expect("an end").value;
    let granted = serde_json::json!([3_000_000_000u64, 5_000_000_000u64]);
    assert_eq!(value, Some(granted));
    board.stop();
}

#[test]
fn what_waits_and_is_cancelled_gives_its_place_and_what_is_over_counts_no_more() {
    let (board, _) = board(Settings {
        running_max: 1,
        queued_max: 2,
        key_queued_max: 2,
        key_kept_max: 4,
        ..Settings::default()
    });
    board
        .take("ann", "runs", None, &job("waits"))
        .expect("taken");
    until(&board, "ann", "runs", State::Running);
    for id in ["a", "b"] {
        board.take("ann", id, None, &job("ends")).expect("taken");
    }
    assert!(matches!(
        board.take("bo", "x", None, &job("ends")),
        Err(JobsError::Full(_))
    ));
    board.cancel("ann", "a").expect("known");
    board
        .take("bo", "x", None, &job("ends"))
        .expect("its place");
    assert!(matches!(
        board.take("bo", "y", None, &job("ends")),
        Err(JobsError::Full(_))
    ));
    board.cancel("ann", "runs").expect("known");
    until(&board, "ann", "b", State::Ended);

    for at in 0..20 {
        let id = format!("more{at}");
        board.take("ann", &id, None, &job("ends")).expect("taken");
        until(&board, "ann", &id, State::Ended);
    }
    assert!(matches!(board.standing("ann", "a"), Err(JobsError::NoJob)));
    let kept = (0..20).filter(|at| board.standing("ann", &format!("more{at}")).is_ok());
    assert_eq!(kept.collect::<Vec<_>>(), [16, 17, 18, 19]);
    assert!(
        board.standing("bo", "x").is_ok(),
        "another key's is its own"
    );
    board.stop();
}

#[test]
fn so_many_jobs_of_one_key_are_within_others_and_no_more() {
    let (board, _) = board(Settings {
        key_nested_max: 2,
        key_queued_max: 1,
        stopping_max: Duration::from_millis(100),
        collecting_max: Duration::ZERO,
        ..Settings::default()
    });
    let outer = Job {
        run: "outer".into(),
        entry: "waits".into(),
        ..Job::warm_up()
    };
    let outer = serde_json::to_vec(&outer).expect("JSON");
    board.take("ann", "a", None, &outer).expect("taken");
    until(&board, "ann", "a", State::Running);
    let within = |id| board.take("ann", id, Some("outer"), &job("waits"));
    within("b").expect("taken");
    within("c").expect("taken");
    assert!(matches!(within("d"), Err(JobsError::Full(_))));
    // They use nothing of what the key has of the queue.
    board.take("ann", "e", None, &job("waits")).expect("taken");
    board.stop();
}

#[test]
fn jobs_that_wait_for_a_person_keep_no_others_from_running_and_not_without_end() {
    let (board, _) = board(Settings {
        running_max: 1,
        key_held_max: 1,
        stopping_max: Duration::from_millis(100),
        collecting_max: Duration::ZERO,
        ..Settings::default()
    });
    let state = |id| board.standing("ann", id).expect("a job").state;
    for id in ["a", "b", "c"] {
        board.take("ann", id, None, &job("waits")).expect("taken");
    }
    until(&board, "ann", "a", State::Running);
    assert_eq!(state("b"), State::Queued);
    board.hold("ann", "a", Hold { held: true }).expect("held");
    until(&board, "ann", "b", State::Running);
    board.hold("ann", "b", Hold { held: true }).expect("held");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(
        state("c"),
        State::Queued,
        "one of a key is held without a place"
    );
    // Who goes on has its place, also where that makes one more than there are.
    board
        .hold("ann", "b", Hold { held: false })
        .expect("goes on");
    assert_eq!(state("b"), State::Running);
    board.stop();
}

#[test]
fn a_job_that_gets_no_place_in_time_ends_and_what_it_waited_is_told() {
    let (board, _) = board(Settings {
        running_max: 1,
        waiting_max: Duration::from_millis(300),
        ..Settings::default()
    });
    board
        .take("ann", "runs", None, &job("waits"))
        .expect("taken");
    until(&board, "ann", "runs", State::Running);
    board.take("bo", "late", None, &job("ends")).expect("taken");
    let ended = until(&board, "bo", "late", State::Ended);
    assert_eq!(code(&ended), "EXECUTOR_UNAVAILABLE");

    board.take("bo", "soon", None, &job("ends")).expect("taken");
    std::thread::sleep(Duration::from_millis(50));
    board.cancel("ann", "runs").expect("known");
    assert_eq!(code(&until(&board, "bo", "soon", State::Ended)), "OK");
    let figures = board.metrics();
    let mut lines = figures.lines();
    let waited = lines.find_map(|line| line.strip_prefix("selvage_jobs_waited_ms_total "));
    let waited: u64 = waited.and_then(|it| it.parse().ok()).expect("a figure");
    assert!((50..20_000).contains(&waited), "{waited}");
    board.stop();
}

#[test]
fn bytes_have_an_end_whoever_sends_or_tells_them() {
    let (board, _) = board(Settings {
        key_bytes_max: 100,
        bytes_max: 150,
        key_kept_bytes_max: 3000,
        queued_bytes_max: 4000,
        ..Settings::default()
    });
    let large = vec![0; 101];
    let kept = board.keep("ann", &hash(&large), &large);
    assert!(matches!(kept, Err(JobsError::TooLarge(100))));
    let (first, second) = (vec![1; 90], vec![2; 90]);
    board.keep("ann", &hash(&first), &first).expect("kept");
    let full = board.keep("bo", &hash(&second), &second);
    assert!(matches!(full, Err(JobsError::Full(_))), "{full:?}");

    // More files than a key may keep are refused, and not asked for again and again.
    let file = |at: u8| JobFile {
        path: format!("{at}.bin"),
        folder: false,
        size: 90,
        hash: hash(&[at; 90]),
        readable: true,
        mounted: false,
    };
    let many = Job {
        files: vec![file(1), file(2)],
        ..Job::warm_up()
    };
    let taken = board.take(
        "ann",
        "many",
        None,
        &serde_json::to_vec(&many).expect("JSON"),
    );
    assert!(matches!(taken, Err(JobsError::TooLarge(100))), "{taken:?}");
    let mut long = Job::warm_up();
    long.entry = "x".repeat(4000);
    let taken = board.take(
        "ann",
        "long",
        None,
        &serde_json::to_vec(&long).expect("JSON"),
    );
    assert!(matches!(taken, Err(JobsError::Full(_))), "{taken:?}");

    // What jobs told is forgotten, the oldest first.
    for id in ["a", "b", "c"] {
        board.take("ann", id, None, &job("ends")).expect("taken");
        until(&board, "ann", id, State::Ended);
    }
    assert!(matches!(board.standing("ann", "a"), Err(JobsError::NoJob)));
    assert!(board.standing("ann", "c").is_ok());

    board
        .take("ann", "talks", None, &job("talks"))
        .expect("taken");
    let ended = until(&board, "ann", "talks", State::Ended);
    assert_eq!(code(&ended), "QUOTA_OUTPUT");
    board.stop();
}

#[test]
fn so_many_listen_and_nobody_to_what_was_collected() {
    let (board, _) = board(Settings::default());
    board.take("ann", "a", None, &job("ends")).expect("taken");
    until(&board, "ann", "a", State::Ended);
    let all: Vec<_> = (0..LISTENERS_MAX)
        .map(|_| board.listen("ann", "a", 0).expect("heard"))
        .collect();
    assert!(matches!(
        board.listen("ann", "a", 0),
        Err(JobsError::Full(_))
    ));
    drop(all);
    board.listen("ann", "a", 0).expect("there is room again");
    board.cancel("ann", "a").expect("collected");
    assert!(matches!(board.listen("ann", "a", 0), Err(JobsError::NoJob)));
    // The same job again is that one, and is not run again.
    let again = board.take("ann", "a", None, &job("ends")).expect("known");
    assert_eq!(again.state, State::Ended);
    assert!(matches!(
        board.take("ann", "a", None, &job("other")),
        Err(JobsError::Taken)
    ));
    board.stop();
}

#[test]
fn what_still_runs_when_the_server_stops_is_told_so() {
    let (board, _) = board(Settings {
        stopping_max: Duration::from_millis(100),
        collecting_max: Duration::ZERO,
        ..Settings::default()
    });
    board.take("ann", "a", None, &job("waits")).expect("taken");
    until(&board, "ann", "a", State::Running);
    board.stop();
    let ended = board.standing("ann", "a").expect("known");
    assert_eq!(
        (ended.state, code(&ended)),
        (State::Ended, "EXECUTOR_UNAVAILABLE")
    );
}
