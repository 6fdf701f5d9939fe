//! Tests of the module above.

use super::*;
use selvage_tool::run::{Job, JobFile};
use selvage_tool::{Grant, Limits};
use std::sync::Arc;

/// An executor that was given nothing.
struct Bare;

impl Host for Bare {
    fn now_ms(&mut self) -> f64 {
        0.0
    }
    fn wall_ms(&mut self) -> f64 {
        0.0
    }
    fn blob(&mut self, _: &str) -> Option<Arc<[u8]>> {
        None
    }
    fn report(&mut self, _: RunReport) {}
}

#[test]
fn a_file_that_is_larger_than_the_memory_is_refused_as_that_before_its_bytes_are_asked_for() {
    let limits = Limits::default();
    let file = |path: &str, size| JobFile {
        path: path.into(),
        folder: false,
        size,
        hash: path.into(),
        readable: true,
        mounted: false,
    };
    let files = vec![
        file("fits.bin", limits.memory_bytes_max),
        file("film.mp4", limits.memory_bytes_max + 1),
    ];
    let job = Job {
        files,
        grant: Grant::workspace(),
        ceiling: Grant::workspace(),
        limits,
        ..Job::warm_up()
    };
    let mut sandbox = Sandbox::new(job, "guest", &mut Bare).expect("a fitting job");
    let mut read = |path: &str| {
        let path = path.to_owned();
        let read = sandbox.perform(HostCall::Read { path }, &[], &mut Bare);
        read.expect_err("no bytes")
    };
    assert_eq!(read("fits.bin").code, ErrorCode::Internal);
    let error = read("film.mp4");
    assert_eq!(error.code, ErrorCode::TooLarge);
    assert!(error.hint.expect("a hint").contains("memoryBytesMax"));
}

#[test]
fn a_parents_file_gives_way_to_one_of_the_runs_own_and_is_not_taken_away() {
    let path = "data/a.csv".to_owned();
    let file = JobFile {
        path: path.clone(),
        folder: false,
        size: 1,
        hash: "h".into(),
        readable: true,
        mounted: true,
    };
    let [grant, ceiling] = [Grant::workspace(), Grant::workspace()];
    let job = Job {
        files: vec![file],
        grant,
        ceiling,
        ..Job::warm_up()
    };
    let mut sandbox = Sandbox::new(job, "guest", &mut Bare).expect("a fitting job");
    let mut perform = |call| sandbox.perform(call, b"own", &mut Bare).map(drop);
    let remove = || HostCall::Remove { path: path.clone() };
    let moved = HostCall::Move {
        from: "data".into(),
        to: "other".into(),
    };
    for call in [remove(), moved] {
        let error = perform(call).expect_err("a parent's");
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{error:?}");
    }
    perform(HostCall::Write { path: path.clone() }).expect("it gives way");
    perform(remove()).expect("it is the run's own");
}

#[test]
fn variables_are_kept_up_to_their_limit_and_the_last_ones_count() {
    let mut sandbox = Sandbox::new(Job::warm_up(), "guest", &mut Bare).expect("a fitting job");
    let mut tell = |length: usize| {
        let variables = json!({ "a": "x".repeat(length) });
        let variables = variables.as_object().expect("an object").clone();
        let told = sandbox.perform(HostCall::Variables { variables }, &[], &mut Bare);
        (told.map(drop), sandbox.variables.clone())
    };
    let around = json!({ "a": "" }).to_string().len();
    let (told, kept) = tell(VARIABLES_BYTES_MAX - around);
    assert!(told.is_ok() && kept.is_some());
    let (told, still) = tell(VARIABLES_BYTES_MAX - around + 1);
    assert_eq!(told.expect_err("too large").code, ErrorCode::TooLarge);
    assert_eq!(kept, still);
}

#[test]
fn a_path_is_written_in_one_way_and_stays_inside() {
    assert_eq!(clean("/a//b/./c/../d").expect("clean"), "a/b/d");
    assert_eq!(clean("/").expect("the root"), "");
    for path in [
        "..",
        "a/../../b",
        "a\0b",
        "a\\b",
        &"x/".repeat(PATH_BYTES_MAX / 2 + 1),
        &"x".repeat(NAME_BYTES_MAX + 1),
        &"x/".repeat(DEPTH_MAX + 1),
    ] {
        assert_eq!(
            clean(path).expect_err("refused").code,
            ErrorCode::InvalidPath,
            "{path:?}"
        );
    }
}

/// An executor whose clock says what it was set to.
struct Clock(f64);

impl Host for Clock {
    fn now_ms(&mut self) -> f64 {
        self.0
    }
    fn wall_ms(&mut self) -> f64 {
        self.0
    }
    fn blob(&mut self, _: &str) -> Option<Arc<[u8]>> {
        None
    }
    fn report(&mut self, _: RunReport) {}
}

#[test]
fn a_sleep_that_is_cut_short_ends_the_run_however_early_the_timer_is() {
    let sleeps = |wanted: f64, ask: bool| {
        let limits = Limits {
            wall_ms_max: 300,
            ..Limits::default()
        };
        let job = Job {
            limits,
            ask,
            ..Job::warm_up()
        };
        let mut clock = Clock(0.0);
        let mut sandbox = Sandbox::new(job, "guest", &mut clock).expect("a job");
        sandbox.meter.enter(0.0);
        clock.0 = 0.5;
        let allowed = sandbox.sleep(wanted, &mut clock);
        // Timers of browsers count whole milliseconds.
        clock.0 += allowed.floor();
        sandbox.slept(0.5, &mut clock);
        (allowed, sandbox.must_end())
    };
    assert_eq!(sleeps(5_000.0, false), (299.5, true));
    assert_eq!(sleeps(100.0, false), (100.0, false));
    assert_eq!(
        sleeps(5_000.0, true),
        (299.5, false),
        "more may be asked for"
    );
}
