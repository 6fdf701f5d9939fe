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
