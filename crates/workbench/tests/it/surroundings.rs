//! A run that is made again finds the clock and the environment as they were.

use crate::common::Host;
use selvage_tool::ErrorCode;
use selvage_tool::run::READINGS_MAX;
use serde_json::{Value, json};

const FLOW: &str = "Date.now();";

/// A run by a clock that told this, and its record.
fn ran(host: &mut Host, told: Vec<u64>, more: Value) -> Value {
    host.told = told;
    let call = host.start_flow(FLOW, more);
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success")
}

/// Makes it again; what the comparison says.
fn again(host: &mut Host, input: Value) -> Value {
    let call = host.start("run_verify", input);
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success")
}

#[test]
fn the_clock_says_look_by_look_what_the_host_s_clock_said() {
    let mut host = Host::with_runner();
    let told = vec![1_795_973_383_123_456, 12, 1_795_973_383_123_999];
    let record = ran(&mut host, told.clone(), json!({}));
    host.start("run_verify", json!({ "run": record["run"] }));
    let (_, job) = &host.jobs[0];
    assert_eq!((job.start_ms, &job.readings), (None, &told));
    host.finish(Ok(json!(1)), &[]);
    let compared = &host.replies.last().expect("an answer").1;
    assert_eq!(compared.as_ref().expect("success")["reproduced"], true);
}

#[test]
fn a_clock_that_was_fixed_or_that_nobody_looked_at_is_fixed_again() {
    let mut host = Host::with_runner();
    for (more, start_ms) in [(json!({}), 1_000), (json!({ "startMs": 7 }), 7)] {
        let record = ran(&mut host, Vec::new(), more);
        host.start("run_verify", json!({ "run": record["run"] }));
        let (_, job) = &host.jobs[0];
        assert_eq!((job.start_ms, job.readings.len()), (Some(start_ms), 0));
        host.finish(Ok(json!(1)), &[]);
    }
}

#[test]
fn an_executor_that_tells_of_more_looks_than_are_remembered_is_believed_up_to_there() {
    let mut host = Host::with_runner();
    let record = ran(&mut host, vec![1; READINGS_MAX + 1], json!({}));
    host.start("run_verify", json!({ "run": record["run"] }));
    assert_eq!(host.jobs[0].1.readings.len(), READINGS_MAX);
}

#[test]
fn whoever_gives_the_environment_that_a_run_had_has_it_compared() {
    let mut host = Host::with_runner();
    let env = json!({ "MODE": "quiet", "LEVEL": "3" });
    let record = ran(&mut host, Vec::new(), json!({ "env": env }));
    let without = again(&mut host, json!({ "run": record["run"] }));
    assert_eq!(without["reproduced"], false);
    assert!(
        without["differences"][0]
            .as_str()
            .expect("words")
            .contains("`env`")
    );

    for wrong in [
        json!({ "MODE": "quiet" }),
        json!({ "MODE": "", "LEVEL": "", "MORE": "" }),
    ] {
        let refused = host.call("run_verify", json!({ "run": record["run"], "env": wrong }));
        let refused = refused.expect_err("other names");
        assert_eq!(refused.code, ErrorCode::InvalidInput);
        assert!(refused.hint.expect("a hint").contains("LEVEL, MODE"));
    }

    let call = host.start("run_verify", json!({ "run": record["run"], "env": env }));
    assert_eq!(json!(host.jobs[0].1.env), env);
    host.finish(Ok(json!(1)), &[]);
    let compared = host.reply(call).expect("an answer").expect("success");
    assert_eq!(compared["differences"], json!([]));
}
