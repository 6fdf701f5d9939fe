//! Who vouches for a run: its host's signature is kept beside the record.

use crate::common::{Host, text};
use ed25519_dalek::{Signer as _, SigningKey};
use selvage_provenance::{Chain, Finding, Statement, chain, envelope_path, sha256};
use selvage_tool::run::FileOp;
use selvage_workbench::{Effect, Event};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// It may write anywhere.
const FLOW: &str = "export default async (flow) => { await flow.fs.write(flow.args.to, ''); };\n";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A host that can sign, and does so when it is told to.
fn signing() -> Host {
    let mut host = Host::with_runner();
    let key = Some(key().verifying_key().to_bytes());
    host.tell(Event::Signer { key });
    host
}

/// Signs what the engine asked for first; whether it asked.
fn sign(host: &mut Host) -> bool {
    let is_sign = |effect: &Effect| matches!(effect, Effect::Sign { .. });
    let Some(at) = host.others.iter().position(is_sign) else {
        return false;
    };
    let Effect::Sign { task, bytes } = host.others.remove(at) else {
        return false;
    };
    let signature = Ok(key().sign(&bytes).to_bytes());
    host.tell(Event::Signed { task, signature });
    true
}

/// Runs a flow that writes a file, to its end.
fn run(host: &mut Host, text: &str) -> Value {
    let call = host.start_flow(FLOW, json!({ "env": { "TOKEN": "s3cr3t" } }));
    host.finish(Ok(json!(1)), &[("out.txt", text)]);
    host.now_ms += 1_000;
    host.tell(Event::RunnerReady {
        runner: 1,
        dropped: false,
    });
    assert!(host.reply(call).is_none(), "it is answered when it is kept");
    assert!(sign(host));
    host.reply(call).expect("an answer").expect("success")
}

fn envelope_of(record: &Value) -> String {
    envelope_path(record["record"].as_str().expect("a path"))
}

/// All envelopes of the workspace, looked at as a reader does.
fn looked_at(host: &mut Host) -> Chain {
    let listed = host.ok("ls", json!({ "path": "runs", "recursive": true }));
    let paths = listed["entries"].as_array().expect("a list").iter();
    let paths = paths.map(|entry| entry["path"].as_str().expect("a path").to_owned());
    let paths: Vec<_> = paths.filter(|it| it.ends_with(".dsse.json")).collect();
    let files = paths.into_iter().map(|path| {
        let bytes = text(host, &path).into_bytes();
        (path, bytes)
    });
    chain(&files.collect::<BTreeMap<_, _>>()).expect("few enough")
}

#[test]
fn a_record_has_an_envelope_that_is_about_it() {
    let mut host = signing();
    let record = run(&mut host, "one");
    let looked_at = looked_at(&mut host);
    assert_eq!(looked_at.findings, []);
    let said: &Statement = &looked_at.statements[&envelope_of(&record)];
    let kept = text(&mut host, said.record());
    assert_eq!(said.subject[0].digest.sha256, sha256(kept.as_bytes()));
    assert_eq!(said.subject[1].name, "out.txt");
    assert_eq!(said.subject[1].digest.sha256, sha256(b"one"));
    let asked_by = &said.predicate.asked_by;
    assert_eq!((&*asked_by.kind, &*asked_by.name), ("agent", "test"));
    assert_eq!(json!(said.predicate.heads_out), record["headsOut"]);

    // No list of runs has the envelope.
    let runs = host.ok("flow_runs", json!({}));
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(1));
}

#[test]
fn what_landed_has_its_record_before_anybody_signs_it() {
    let mut host = signing();
    let call = host.start_flow(FLOW, json!({}));
    host.finish(Ok(json!(1)), &[("out.txt", "one")]);
    let runs = |host: &mut Host| host.ok("flow_runs", json!({}))["runs"].clone();
    let seen = runs(&mut host);
    assert_eq!(seen.as_array().map(Vec::len), Some(1), "it is listed once");
    let path = seen[0]["record"].as_str().expect("a path").to_owned();
    let before = text(&mut host, &path);
    assert_eq!(text(&mut host, "out.txt"), "one");

    assert!(sign(&mut host));
    host.reply(call).expect("an answer").expect("success");
    assert_eq!(
        text(&mut host, &path),
        before,
        "what is signed is what was kept"
    );
    assert_eq!(looked_at(&mut host).findings, []);
    assert_eq!(runs(&mut host), seen);
}

#[test]
fn the_files_of_a_statement_are_those_that_the_run_left() {
    let mut host = signing();
    let call = host.start_flow(FLOW, json!({}));
    let write = |path: &str| crate::common::write_op(path, "0");
    let ops = vec![
        write("out/draft/rates.csv"),
        write("out/old.csv"),
        FileOp::Mkdir {
            path: "out/final".into(),
        },
        FileOp::Move {
            from: "out/draft/rates.csv".into(),
            to: "out/final/rates.csv".into(),
        },
        FileOp::Remove {
            path: "out/old.csv".into(),
        },
    ];
    host.finish_with(Ok(json!(1)), ops, &[("out/final/rates.csv", "0")]);
    assert!(sign(&mut host));
    let record = host.reply(call).expect("an answer").expect("success");
    let names = |host: &mut Host, record: &Value| {
        let said = looked_at(host).statements.remove(&envelope_of(record));
        let subjects = said.expect("an envelope").subject.into_iter();
        subjects.skip(1).map(|it| it.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut host, &record), ["out/final/rates.csv"]);

    // Of a dry run, which lands nothing, there are none.
    host.tell(Event::RunnerReady {
        runner: 1,
        dropped: false,
    });
    let call = host.start_flow(FLOW, json!({ "mode": "dry-run" }));
    host.finish(Ok(json!(1)), &[("out.txt", "0")]);
    assert!(sign(&mut host));
    let record = host.reply(call).expect("an answer").expect("success");
    assert!(names(&mut host, &record).is_empty());
}

#[test]
fn runs_that_end_together_are_signed_one_after_the_other() {
    let mut host = signing();
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    let calls = [(); 2].map(|()| host.start_flow(FLOW, json!({})));
    host.finish(Ok(json!(1)), &[]);
    host.finish(Ok(json!(2)), &[]);
    let run = |host: &mut Host| host.ok("flow_runs", json!({}))["runs"].clone();
    assert_eq!(
        run(&mut host).as_array().map(Vec::len),
        Some(2),
        "both are seen meanwhile"
    );
    let status = run(&mut host)[0]["run"].clone();
    host.ok("flow_status", json!({ "run": status }));
    assert!(sign(&mut host) && sign(&mut host) && !sign(&mut host));
    assert!(
        calls
            .into_iter()
            .all(|call| host.reply(call).is_some_and(|it| it.is_ok()))
    );
    let looked_at = looked_at(&mut host);
    assert_eq!(
        (looked_at.statements.len(), looked_at.findings),
        (2, vec![])
    );
}

#[test]
fn an_engine_that_starts_anew_follows_what_it_finds() {
    let mut host = signing();
    let first = run(&mut host, "one");
    // A key that is told again begins a chain of its own, as an engine that starts.
    let key = Some(key().verifying_key().to_bytes());
    host.tell(Event::Signer { key });
    let second = run(&mut host, "two");
    let looked_at_both = looked_at(&mut host);
    assert_eq!(looked_at_both.findings, []);
    let said = &looked_at_both.statements[&envelope_of(&second)]
        .predicate
        .chain;
    let before = text(&mut host, &envelope_of(&first));
    assert_eq!(
        (said.number, said.previous.clone()),
        (0, Some(sha256(before.as_bytes())))
    );

    host.ok("delete", json!({ "path": envelope_of(&first) }));
    let findings = looked_at(&mut host).findings;
    assert!(matches!(&findings[..], [Finding::Missing { .. }]));
}

#[test]
fn a_host_that_does_not_sign_costs_nobody_the_record() {
    let mut host = signing();
    for in_time in [true, false] {
        let call = host.start_flow(FLOW, json!({}));
        host.finish(Ok(json!(1)), &[]);
        host.tell(Event::RunnerReady {
            runner: 1,
            dropped: false,
        });
        let Some(Effect::Sign { task, .. }) = host.others.pop() else {
            panic!("a signature is asked for");
        };
        let why = || Err("the key was taken out".to_owned());
        if in_time {
            host.tell(Event::Signed {
                task,
                signature: why(),
            });
        } else {
            host.now_ms += 5_000;
            host.tell(Event::Woken);
            // A late word changes nothing.
            host.tell(Event::Signed {
                task,
                signature: Ok([0; 64]),
            });
        }
        let record = host.reply(call).expect("an answer").expect("success");
        let logs = record["logs"].as_array().expect("a log");
        let said = logs.last().expect("an entry")["text"].to_string();
        assert!(said.contains("Nobody vouches"), "{said}");
        host.ok("read", json!({ "path": record["record"] }));
    }
    assert_eq!(looked_at(&mut host).statements.len(), 0);
    // The chain goes on as if they had not been.
    run(&mut host, "three");
    assert_eq!(looked_at(&mut host).findings, []);
}
