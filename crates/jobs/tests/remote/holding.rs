//! The clock of a run stands still while a person decides what it asked for, wherever it runs.

use crate::server::{SECRET, at, bilingual, server};
use selvage_host::{Assigned, Control, Guests, Told};
use selvage_jobs::Settings;
use selvage_jobs::message::hash;
use selvage_tool::guest::{Answer, Shape};
use selvage_tool::run::{Job, JobFile, Outcome, RunReport};
use selvage_tool::{Grant, Limits};
use serde_json::json;
use std::time::Duration;

const WALL_MS: u64 = 700;
const LONG: Duration = Duration::from_millis(2 * WALL_MS);

/// A flow that awaits a call, and a program that waits for one where it stands.
const PROGRAMS: [(&str, &str); 2] = [
    (
        "x.flow.js",
        "export default (flow) => flow.call('read', { path: 'a' })",
    ),
    (
        "x.py",
        "import requests\ntry:\n    requests.get('https://a.org/')\nexcept Exception:\n    pass\n'yes'\n",
    ),
];

fn job(entry: &str, source: &str) -> Job {
    let grant = Grant {
        net: vec!["*".into()],
        tools: vec!["*".into()],
        ..Grant::default()
    };
    Job {
        entry: entry.into(),
        shape: match entry.ends_with(".js") {
            true => Shape::Module,
            false => Shape::Script,
        },
        module: entry.ends_with(".js"),
        grant: grant.clone(),
        ceiling: grant,
        limits: Limits {
            wall_ms_max: WALL_MS,
            ..Limits::default()
        },
        files: vec![JobFile {
            path: entry.into(),
            folder: false,
            size: source.len() as u64,
            hash: hash(source.as_bytes()),
            readable: true,
            mounted: false,
        }],
        ..Job::warm_up()
    }
}

/// Runs a program whose call is answered after a time that is too long for it, which a person takes or nobody does.
fn run(guests: &Guests, (entry, source): (&str, &str), is_held: bool) -> Outcome {
    let assigned = Assigned {
        job: job(entry, source),
        blobs: [(hash(source.as_bytes()), source.as_bytes().into())].into(),
        within: None,
    };
    let control = Control::default();
    let mut tell = |told| {
        let Told::Reported(RunReport::Called { id, .. }, _) = told else {
            return;
        };
        if is_held {
            control.hold(true);
        }
        let control = control.clone();
        std::thread::spawn(move || {
            std::thread::sleep(LONG);
            control.answer(id, Answer::Ok(json!("yes")), Vec::new());
            if is_held {
                control.hold(false);
            }
        });
    };
    guests
        .run(assigned, &control, &mut tell)
        .expect("an outcome")
        .outcome
}

#[test]
fn what_a_person_takes_to_decide_is_none_of_a_runs_time() {
    let (address, _board) = server(bilingual(), Settings::default());
    let places = [bilingual(), at(bilingual(), &address, SECRET)];
    for (place, guests) in places.iter().enumerate() {
        for program in PROGRAMS {
            let held = run(guests, program, true);
            assert_eq!(
                (held.value, held.error),
                (Some(json!("yes")), None),
                "{program:?} at {place}"
            );
            assert!(held.usage.wall_ms < WALL_MS as f64, "{:?}", held.usage);
            let late = run(guests, program, false).error.expect("no time left");
            assert_eq!(late.code.as_str(), "QUOTA_WALL", "{program:?} at {place}");
        }
    }
}
