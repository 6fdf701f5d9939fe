//! Tests of the module above.

use super::*;
use crate::{Step, Verdict};
use selvage_tool::run::{Job, JobFile};
use selvage_tool::{Grant, Limits, LimitsPatch};
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

/// An executor that is told what time it is, and notes the limits that it is asked about.
struct Clock(f64, Vec<String>);

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
    fn report(&mut self, report: RunReport) {
        if let RunReport::Asked {
            limit, used, error, ..
        } = report
        {
            let code = error.code.as_str();
            self.1.push(format!("{limit} {used} {code}"));
        }
    }
}

fn waiting(ask: bool) -> (Sandbox, Clock) {
    let limits = Limits {
        wall_ms_max: 300,
        cpu_ms_max: 10,
        ..Limits::default()
    };
    let job = Job {
        limits,
        ask,
        ..Job::warm_up()
    };
    let mut clock = Clock(0.0, Vec::new());
    let mut sandbox = Sandbox::new(job, "guest", &mut clock).expect("a job");
    sandbox.enter(&mut clock);
    assert_eq!(sandbox.sleep(5_000.0), 5_000.0, "for as long as it wants");
    (sandbox, clock)
}

#[test]
fn a_wait_past_its_time_ends_the_run_that_nobody_is_asked_about_however_early_the_timer_is() {
    let (mut sandbox, mut clock) = waiting(false);
    // Timers of browsers count whole milliseconds.
    clock.0 = 299.5;
    assert!(!sandbox.wall_ended(&mut clock));
    assert!(sandbox.must_end() && clock.1.is_empty());
    let Step::Finished(outcome, _) = sandbox.end(&mut clock) else {
        panic!("it goes on");
    };
    assert_eq!(
        outcome.error.map(|error| error.code),
        Some(ErrorCode::QuotaWall)
    );
}

#[test]
fn a_wait_past_its_time_is_asked_about_and_goes_on_with_what_is_granted() {
    let (mut sandbox, mut clock) = waiting(true);
    clock.0 = 299.5;
    assert!(sandbox.wall_ended(&mut clock));
    assert!(!sandbox.must_end());
    clock.0 = 60_000.0;
    let more = LimitsPatch {
        wall_ms_max: Some(6_000),
        ..LimitsPatch::default()
    };
    sandbox.answered(299.5, Some(&more), &mut clock);
    assert_eq!(sandbox.wall_left_ms(&mut clock), 5_700.5);
    clock.0 = 64_700.5;
    sandbox.slept(0.0, &mut clock);
    assert!(
        matches!(sandbox.quota(&mut clock), Verdict::Refill(_)),
        "neither the wait nor the question is computing"
    );
    clock.0 += 9.0;
    assert!(matches!(sandbox.quota(&mut clock), Verdict::Yield(_)));
    clock.0 += 1.0;
    assert!(
        matches!(sandbox.quota(&mut clock), Verdict::Ask("cpuMsMax", 10, _)),
        "nor is less of the computing counted for it"
    );
    assert_eq!(
        clock.1,
        ["wallMsMax 300 QUOTA_WALL", "cpuMsMax 10 QUOTA_CPU"]
    );
}

#[test]
fn a_wait_that_nobody_grants_more_ends_the_run_by_its_clock() {
    let (mut sandbox, mut clock) = waiting(true);
    clock.0 = 300.0;
    assert!(sandbox.wall_ended(&mut clock));
    sandbox.answered(300.0, None, &mut clock);
    assert!(sandbox.must_end());
    assert!(!sandbox.wall_ended(&mut clock), "it is asked about once");
    assert_eq!(clock.1, ["wallMsMax 300 QUOTA_WALL"]);
    let Step::Finished(outcome, _) = sandbox.end(&mut clock) else {
        panic!("it goes on");
    };
    assert_eq!(
        outcome.error.map(|error| error.code),
        Some(ErrorCode::QuotaWall)
    );
}
