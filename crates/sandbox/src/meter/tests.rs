//! Tests of the module above.

use super::*;

fn meter(limits: Limits) -> Meter {
    let mut meter = Meter::new(limits, false, 0.0);
    meter.first_slice();
    meter.enter(0.0);
    meter
}

#[test]
fn fuel_ends_exactly_at_its_limit() {
    let mut meter = meter(Limits {
        fuel_max: FUEL_SLICE + 5,
        ..Limits::default()
    });
    assert_eq!(meter.slice_ended(0.1), Verdict::Refill(4));
    assert_eq!(meter.slice_ended(0.2), Verdict::Stop);
    assert_eq!(
        meter.failure().map(|error| error.code),
        Some(ErrorCode::QuotaFuel)
    );
    meter.leave(0.2, -1, 65_536);
    assert_eq!(meter.usage().fuel, FUEL_SLICE + 5);
}

#[test]
fn waiting_for_the_host_costs_wall_time_and_no_cpu_time() {
    let mut meter = meter(Limits {
        cpu_ms_max: 10,
        wall_ms_max: 100,
        ..Limits::default()
    });
    meter.leave(5.0, 0, 0);
    meter.enter(50.0);
    assert!(matches!(meter.slice_ended(54.0), Verdict::Yield(_)));
    assert_eq!(meter.slice_ended(55.0), Verdict::Stop);
    assert_eq!(
        meter.failure().map(|error| error.code),
        Some(ErrorCode::QuotaCpu)
    );
}

#[test]
fn a_run_that_may_ask_is_asked_about_and_goes_on_with_more() {
    let mut meter = Meter::new(
        Limits {
            cpu_ms_max: 10,
            ..Limits::default()
        },
        true,
        0.0,
    );
    meter.first_slice();
    meter.enter(0.0);
    assert!(matches!(
        meter.slice_ended(11.0),
        Verdict::Ask("cpuMsMax", 11, _)
    ));
    meter.waited(11.0, 5_000.0);
    meter.set_limits(Limits {
        cpu_ms_max: 20,
        ..Limits::default()
    });
    assert!(
        matches!(meter.slice_ended(5_001.0), Verdict::Refill(_)),
        "the wait counts for nothing"
    );
}

#[test]
fn what_is_counted_in_a_call_is_not_asked_about_and_ends_the_run_at_once() {
    let none = Limits {
        calls_max: 0,
        output_bytes_max: 0,
        files_max: 0,
        written_bytes_max: 0,
        fetches_max: 0,
        ..Limits::default()
    };
    let counts: [fn(&mut Meter) -> ToolResult<()>; 5] = [
        Meter::count_call,
        |meter| meter.count_output(1),
        |meter| meter.count_write(1, 0),
        |meter| meter.count_write(0, 1),
        Meter::count_fetch,
    ];
    for count in counts {
        let mut meter = Meter::new(none.clone(), true, 0.0);
        let error = count(&mut meter).expect_err("none is allowed");
        assert_eq!(meter.failure(), Some(&error));
        assert_eq!(meter.slice_ended(0.0), Verdict::Stop, "{error:?}");
    }
}

#[test]
fn a_clock_that_stands_still_counts_computing_alone() {
    let mut meter = meter(Limits {
        cpu_ms_max: 40,
        wall_ms_max: 100,
        ..Limits::default()
    });
    meter.leave(5.0, 0, 0);
    meter.hold(true, 60.0);
    meter.hold(true, 900.0);
    assert_eq!(meter.wall_left_ms(5_000.0), f64::INFINITY);
    meter.settle_clock(5_000.0);
    assert_eq!(meter.usage().wall_ms, 60.0);
    meter.enter(5_000.0);
    assert!(matches!(meter.slice_ended(5_010.0), Verdict::Yield(_)));
    meter.leave(5_010.0, 0, 0);
    meter.hold(false, 5_020.0);
    meter.hold(false, 5_030.0);
    assert_eq!(meter.wall_left_ms(5_020.0), 40.0);
    meter.enter(5_030.0);
    assert_eq!(meter.slice_ended(5_055.0), Verdict::Stop);
    assert_eq!(
        meter.failure().map(|error| error.code),
        Some(ErrorCode::QuotaCpu)
    );
}

#[test]
fn a_question_about_a_quota_while_the_clock_stands_still_is_no_time_of_its_own_twice() {
    for held_ms in [20.0, 50.0] {
        let mut meter = meter(Limits {
            wall_ms_max: 100,
            ..Limits::default()
        });
        meter.leave(5.0, 0, 0);
        if held_ms < 30.0 {
            meter.hold(true, held_ms);
        }
        let asked_ms = 30.0;
        meter.hold(true, held_ms);
        meter.waited(asked_ms, 1_000.0);
        meter.hold(false, 2_000.0);
        let taken_ms = held_ms.min(asked_ms);
        assert_eq!(meter.wall_left_ms(2_000.0), 100.0 - taken_ms);
    }
}

#[test]
fn the_first_failure_stays() {
    let mut meter = meter(Limits {
        calls_max: 1,
        output_bytes_max: 1,
        ..Limits::default()
    });
    meter.count_call().expect("one is allowed");
    meter.count_call().expect_err("two are not");
    meter.count_output(2).expect_err("nor is this");
    assert_eq!(
        meter.failure().map(|error| error.code),
        Some(ErrorCode::QuotaCalls)
    );
}

#[test]
fn a_guest_that_only_calls_is_stopped_by_the_clock_and_does_nothing_more() {
    let limits = Limits {
        cpu_ms_max: 10,
        calls_max: 5,
        ..Limits::default()
    };
    let mut meter = meter(limits);
    assert!(meter.count_call().is_ok());
    meter.look(9.0);
    assert!(meter.count_call().is_ok());
    meter.look(10.0);
    let refused = meter.count_call().expect_err("it must end");
    assert_eq!(
        (refused.code, meter.usage().calls),
        (ErrorCode::QuotaCpu, 2)
    );
}

#[test]
fn a_sleep_is_no_computing_but_is_time_on_the_clock() {
    let limits = Limits {
        cpu_ms_max: 10,
        wall_ms_max: 1_000,
        ..Limits::default()
    };
    let mut meter = meter(limits);
    meter.enter(0.0);
    meter.slept(5.0, 905.0);
    assert!(meter.count_call().is_ok(), "5 ms of computing so far");
    meter.slept(906.0, 1_006.0);
    let refused = meter.count_call().expect_err("the clock ran out");
    assert_eq!(refused.code, ErrorCode::QuotaWall);
}
