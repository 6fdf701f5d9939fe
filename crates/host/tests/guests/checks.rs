//! Texts that are read: what ends that, and how it is told.

use super::*;
use selvage_sandbox::CHECK_FUEL_MAX;
use selvage_tool::guest::{Check, Checked};

fn check(executor: &Executor) -> Checked {
    let check = Check {
        path: "a.flow.js".into(),
        module: false,
        format: false,
    };
    executor.check(&check, "1").expect("an instance")
}

/// What is said of a text where reading it does this.
fn told(does: &str) -> Option<ErrorCode> {
    let guest = but("selvage_check", does);
    let executor = Executor::new(&guest.wasm).expect("a guest");
    check(&executor).error.map(|error| error.code)
}

/// Turns of a loop, a slice of fuel each, and no more than so many.
fn turns(slices: u64) -> String {
    format!(
        "(local $left i64) (local.set $left (i64.const {slices}))
        (loop $next
          (global.set $fuel (i64.sub (global.get $fuel) (i64.const 10000)))
          (if (i64.lt_s (global.get $fuel) (i64.const 0)) (then (call $quota)))
          (local.set $left (i64.sub (local.get $left) (i64.const 1)))
          (br_if $next (i64.ne (local.get $left) (i64.const 0))))
        (global.get $checked)"
    )
}

#[test]
fn reading_a_text_runs_nothing() {
    assert_eq!(check(&executor("finishes")).error, None);
}

#[test]
fn a_text_that_takes_more_than_there_is_for_it_ends_and_is_told() {
    let slices = CHECK_FUEL_MAX / 10_000;
    assert_eq!(told(&turns(slices - 1)), None);
    assert_eq!(told(&turns(slices + 1)), Some(ErrorCode::QuotaFuel));
}

#[test]
fn a_text_that_breaks_the_parser_is_told_by_how_it_did() {
    let fault = |number| format!("(global.set $fault (i32.const {number})) unreachable");
    let deep = "(i64.load (i32.const -8))";
    assert_eq!(told(&fault(1)), Some(ErrorCode::QuotaMemory));
    assert_eq!(told(&fault(3)), Some(ErrorCode::QuotaStack));
    assert_eq!(told(deep), Some(ErrorCode::QuotaStack));
    assert_eq!(told("unreachable"), Some(ErrorCode::GuestCrashed));
}

#[test]
fn the_next_text_is_read_as_if_none_had_been_before() {
    let once = "(if (global.get $fault) (then unreachable)) (global.set $fault (i32.const 2)) (global.get $checked)";
    let guest = but("selvage_check", once);
    let executor = Executor::new(&guest.wasm).expect("a guest");
    for _ in 0..2 {
        assert_eq!(check(&executor).error, None);
    }
}
