//! A board without sockets and without guests: its jobs do what their entries say.

use selvage_host::{Assigned, Blobs, Control, Elsewhere, Ended, Guests, HostError, Told, Word};
use selvage_jobs::message::{Standing, State};
use selvage_jobs::{Admit, Ask, Board, JobsError, Settings};
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{Job, LogEntry, Outcome, RunReport};
use selvage_tool::{ErrorCode, ToolError};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Keys that are known until they are revoked.
#[derive(Default)]
pub struct Keys(pub Mutex<BTreeSet<String>>);

impl Admit for Keys {
    fn admit(&self, _authorization: Option<&str>, _ask: Ask) -> Result<String, JobsError> {
        Err(JobsError::Key)
    }

    fn holds(&self, key: &str) -> bool {
        !self.0.lock().expect("no panic").contains(key)
    }
}

/// An executor that does what a job's entry says.
struct Script;

impl Elsewhere for Script {
    fn run(
        &self,
        Assigned { job, .. }: Assigned,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, HostError> {
        let cancelled = || Ended::failed(ToolError::new(ErrorCode::Cancelled, "cancelled"));
        match job.entry.as_str() {
            "panics" => panic!("on purpose"),
            "waits" => {
                while !matches!(control.next_word(), Word::Cancel) {}
                Ok(cancelled())
            }
            "asks" => {
                let mut granted = Vec::new();
                while let Word::More(limits) = control.next_word() {
                    granted.push(limits.and_then(|it| it.fuel_max));
                    if granted.len() == 2 {
                        break;
                    }
                }
                Ok(fine(serde_json::json!(granted)))
            }
            "talks" => {
                let text = "x".repeat(1024 * 1024);
                while !control.cancelled() {
                    let entry = LogEntry {
                        seq: 0,
                        at_ms: 0.0,
                        level: LogLevel::Info,
                        source: "flow".into(),
                        text: text.clone(),
                    };
                    let entries = vec![entry];
                    tell(Told::Reported(RunReport::Logged { entries }, Vec::new()));
                }
                Ok(cancelled())
            }
            _ => Ok(fine(serde_json::json!("v".repeat(1000)))),
        }
    }
}

fn fine(value: serde_json::Value) -> Ended {
    Ended {
        outcome: Outcome {
            value: Some(value),
            error: None,
            ..Outcome::failed(ToolError::new(ErrorCode::Internal, ""))
        },
        written: Blobs::new(),
    }
}

pub fn board(settings: Settings) -> (Board, Arc<Keys>) {
    let keys = Arc::new(Keys::default());
    let guests = Guests::new(Path::new("none"), None).with_elsewhere(Arc::new(Script));
    let board = Board::start(guests, settings, keys.clone()).expect("threads");
    (board, keys)
}

pub fn job(entry: &str) -> Vec<u8> {
    let job = Job {
        entry: entry.to_owned(),
        files: Vec::new(),
        ..Job::warm_up()
    };
    serde_json::to_vec(&job).expect("JSON")
}

/// Waits until a job is in a state.
pub fn until(board: &Board, key: &str, id: &str, state: State) -> Standing {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let standing = board.standing(key, id).expect("known");
        if standing.state == state {
            return standing;
        }
        assert!(Instant::now() < end, "{id} is {:?}", standing.state);
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn code(standing: &Standing) -> &'static str {
    let outcome = standing.outcome.as_ref().expect("an end");
    let error = outcome.error.as_ref();
    error.map_or("OK", |error| error.code.as_str())
}
