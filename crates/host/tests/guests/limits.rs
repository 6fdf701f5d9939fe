//! Limits, cancels and questions.

use super::*;

#[test]
fn fuel_ends_a_loop_exactly_at_its_limit() {
    let fixture = fixture("spins");
    let (ended, _) = run(&executor("spins"), job(fixture.limits), Blobs::new());
    assert_eq!(
        (code(&ended), ended.outcome.usage.fuel),
        ("QUOTA_FUEL", 50_005)
    );
}

#[test]
fn computing_time_ends_a_loop_soon_after_its_limit() {
    let limits = Limits {
        cpu_ms_max: 50,
        fuel_max: Limits::CEILING.fuel_max,
        ..Limits::default()
    };
    let (ended, _) = run(&executor("spins"), job(limits), Blobs::new());
    let usage = &ended.outcome.usage;
    assert_eq!(code(&ended), "QUOTA_CPU");
    assert!(usage.cpu_ms >= 50.0 && usage.fuel > 0, "{usage:?}");
}

#[test]
fn the_clock_ends_a_loop_as_well() {
    let limits = Limits {
        wall_ms_max: 50,
        fuel_max: Limits::CEILING.fuel_max,
        ..Limits::default()
    };
    let (ended, _) = run(&executor("spins"), job(limits), Blobs::new());
    assert_eq!(code(&ended), "QUOTA_WALL");
}

#[test]
fn memory_ends_at_the_last_whole_page_of_its_limit() {
    for (name, expected) in [("fills", "OK"), ("grows", "QUOTA_MEMORY")] {
        let fixture = fixture(name);
        let (ended, _) = run(&executor(name), job(fixture.limits), Blobs::new());
        assert_eq!(
            (code(&ended), ended.outcome.usage.memory_bytes),
            (expected, 80 * 65_536),
            "{name}"
        );
    }
}

#[test]
fn a_cancel_ends_a_run_that_computes_and_one_that_waits() {
    let limits = Limits {
        fuel_max: Limits::CEILING.fuel_max,
        ..Limits::default()
    };
    for name in ["spins", "stalls", "calls"] {
        let control = Control::default();
        let outside = control.clone();
        let canceller = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            outside.cancel();
            Instant::now()
        });
        let ended = executor(name)
            .run(job(limits.clone()), Blobs::new(), &control, &mut |_, _| {})
            .expect("an outcome");
        let late = canceller.join().expect("no panic").elapsed();
        assert_eq!(code(&ended), "CANCELLED", "{name}");
        assert!(
            late < Duration::from_millis(2_000),
            "{name} took {late:?} to stop"
        );
    }
}

#[test]
fn a_run_that_was_cancelled_before_it_began_ends_at_its_first_turn() {
    let control = Control::default();
    control.cancel();
    let ended = executor("spins")
        .run(
            job(Limits::default()),
            Blobs::new(),
            &control,
            &mut |_, _| {},
        )
        .expect("an outcome");
    assert_eq!(code(&ended), "CANCELLED");
    assert!(ended.outcome.usage.fuel <= selvage_sandbox::FUEL_SLICE);
}

#[test]
fn a_run_that_may_ask_goes_on_with_what_it_is_granted_until_nobody_grants_more() {
    let control = Control::default();
    let mut asked = Vec::new();
    let asking = Job {
        ask: true,
        ..job(Limits {
            fuel_max: 20_000,
            ..Limits::default()
        })
    };
    let ended = executor("spins")
        .run(asking, Blobs::new(), &control, &mut |report, _| {
            let RunReport::Asked { limit, used, .. } = report else {
                return;
            };
            let more = LimitsPatch {
                fuel_max: Some(used + 30_000),
                ..LimitsPatch::default()
            };
            control.more((asked.len() < 2).then_some(more));
            asked.push((limit, used));
        })
        .expect("an outcome");
    let fuel: Vec<u64> = asked.iter().map(|(_, used)| *used).collect();
    assert_eq!(fuel, [20_000, 50_000, 80_000]);
    assert_eq!(
        (code(&ended), ended.outcome.usage.fuel),
        ("QUOTA_FUEL", 80_000)
    );
}

#[test]
fn while_a_question_stands_the_run_s_clock_does_too() {
    let limits = Limits {
        fuel_max: 20_000,
        wall_ms_max: 200,
        ..Limits::default()
    };
    let control = Control::default();
    let ended = executor("spins")
        .run(
            Job {
                ask: true,
                ..job(limits)
            },
            Blobs::new(),
            &control,
            &mut |report, _| {
                if let RunReport::Asked { limit, .. } = report {
                    assert_eq!(limit, "fuelMax");
                    std::thread::sleep(Duration::from_millis(400));
                    control.more(None);
                }
            },
        )
        .expect("an outcome");
    assert_eq!(code(&ended), "QUOTA_FUEL");
    assert!(
        ended.outcome.usage.wall_ms < 400.0,
        "{:?}",
        ended.outcome.usage
    );
}

#[test]
fn a_cancel_answers_a_question() {
    let control = Control::default();
    let asking = Job {
        ask: true,
        ..job(Limits {
            fuel_max: 20_000,
            ..Limits::default()
        })
    };
    let ended = executor("spins")
        .run(asking, Blobs::new(), &control, &mut |report, _| {
            if let RunReport::Asked { .. } = report {
                control.cancel();
            }
        })
        .expect("an outcome");
    assert_eq!(code(&ended), "CANCELLED");
}

/// For how long a question about a wait stands.
const QUESTION_MS: f64 = 200.0;

/// Runs a guest whose time on the clock is 40 ms, and which may ask. Each question is answered after a while with what is said here for
/// it; its calls are answered 80 ms after they were made.
fn run_asking(name: &str, grants: &[Option<u64>]) -> (Ended, Vec<String>, Vec<u64>) {
    let (mut logged, mut asked) = (Vec::new(), Vec::new());
    let control = Control::default();
    let limits = Limits {
        wall_ms_max: 40,
        ..Limits::default()
    };
    let asking = Job {
        ask: true,
        ..job(limits)
    };
    let ended = executor(name)
        .run(
            asking,
            Blobs::new(),
            &control,
            &mut |report, _| match report {
                RunReport::Called { id, .. } => {
                    let outside = control.clone();
                    std::thread::spawn(move || {
                        std::thread::sleep(Duration::from_millis(80));
                        outside.answer(id, Answer::Ok("late".into()), Vec::new());
                    });
                }
                RunReport::Asked {
                    error, limit, used, ..
                } => {
                    assert_eq!(
                        (limit.as_str(), error.code),
                        ("wallMsMax", ErrorCode::QuotaWall)
                    );
                    std::thread::sleep(Duration::from_secs_f64(QUESTION_MS / 1000.0));
                    control.more(grants[asked.len()].map(|wall_ms_max| LimitsPatch {
                        wall_ms_max: Some(wall_ms_max),
                        ..LimitsPatch::default()
                    }));
                    asked.push(used);
                }
                RunReport::Logged { entries } => {
                    logged.extend(entries.into_iter().map(|entry| entry.text));
                }
                _ => {}
            },
        )
        .expect("an outcome");
    (ended, logged, asked)
}

#[test]
fn a_run_that_waits_past_its_time_goes_on_to_wait_with_what_it_is_granted() {
    // Timers, a call, a sleep and a call in the middle of a computation.
    for name in ["sleeps", "calls", "naps", "waits"] {
        let began = Instant::now();
        let (ended, logged, asked) = run_asking(name, &[Some(20_000)]);
        let all_ms = began.elapsed().as_secs_f64() * 1000.0;
        assert_eq!((code(&ended), asked.len()), ("OK", 1), "{name}");
        let usage = &ended.outcome.usage;
        assert!(
            usage.wall_ms <= all_ms - QUESTION_MS,
            "{name}: the question is no time of its own: {usage:?} of {all_ms}"
        );
        assert!(
            usage.cpu_ms <= usage.wall_ms - 20.0,
            "{name}: nor is the wait computing: {usage:?}"
        );
        match name {
            "sleeps" => assert!(logged[0].contains(r#""id":2"#), "{logged:?}"),
            "naps" => assert!(usage.wall_ms >= 100.0, "it slept on: {usage:?}"),
            _ => assert!(logged[0].contains("late"), "{name}: {logged:?}"),
        }
    }
}

#[test]
fn a_run_that_waits_is_asked_about_again_and_ends_by_its_clock_when_nobody_grants_more() {
    for name in ["oversleeps", "stalls", "naps_forever"] {
        let (ended, _, asked) = run_asking(name, &[Some(90), None]);
        assert_eq!(code(&ended), "QUOTA_WALL", "{name}");
        assert!(
            matches!(asked[..], [first, second] if first >= 40 && second >= 90),
            "{name}: asked at {asked:?}"
        );
    }
}

#[test]
fn a_cancel_answers_the_question_about_a_wait() {
    for name in ["oversleeps", "naps_forever", "waits"] {
        let control = Control::default();
        let limits = Limits {
            wall_ms_max: 20,
            ..Limits::default()
        };
        let asking = Job {
            ask: true,
            ..job(limits)
        };
        let ended = executor(name)
            .run(asking, Blobs::new(), &control, &mut |report, _| {
                if let RunReport::Asked { .. } = report {
                    control.cancel();
                }
            })
            .expect("an outcome");
        assert_eq!(code(&ended), "CANCELLED", "{name}");
    }
}
