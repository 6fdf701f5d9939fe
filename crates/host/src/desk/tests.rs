//! A desk that closes, and calls that are given up, over an executor that runs nothing.

use super::*;
use crate::control::{Control, Word};
use crate::error::HostError;
use crate::guests::{Assigned, Elsewhere, Told};
use crate::run::{Blobs, Ended};
use selvage_tool::ErrorCode;
use selvage_tool::ToolError;
use selvage_tool::catalogue::StorageMode;
use selvage_tool::run::Outcome;
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{OriginKind, Workspace};
use selvage_workbench::{Config, Notice};
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

const FLOW: &str = "export default async () => 1;\n";

/// What jobs came, by their arguments. Those whose argument is `quick` end at once, `deaf` never, and all others when they are cancelled.
#[derive(Default)]
struct Idle(Mutex<Vec<Value>>);

impl Elsewhere for Idle {
    fn run(
        &self,
        assigned: Assigned,
        control: &Control,
        _: &mut dyn FnMut(Told),
    ) -> Result<Ended, HostError> {
        let args = assigned.job.args;
        self.0.lock().expect("no panic").push(args.clone());
        if args == "quick" {
            let mut outcome = Outcome::failed(ToolError::new(ErrorCode::Stalled, "quick"));
            outcome.guest = "idle".into();
            return Ok(Ended {
                outcome,
                written: Blobs::new(),
            });
        }
        while !matches!(control.next_word(), Word::Cancel) || args == "deaf" {
            std::thread::sleep(Duration::from_millis(1));
        }
        let error = ToolError::new(ErrorCode::Cancelled, "The run was cancelled.");
        Ok(Ended::failed(error))
    }
}

/// The machine's clock, and an eye on what changes.
struct Machine {
    random: u128,
    changed: Arc<Mutex<Vec<String>>>,
}

impl Surroundings for Machine {
    fn now_ms(&mut self) -> u64 {
        let since = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
        u64::try_from(since.as_millis()).expect("milliseconds")
    }

    fn random(&mut self) -> u128 {
        self.random += 0x9e37_79b9_7f4a_7c15;
        self.random
    }

    fn fetch(&mut self, _: Fetch, _: FetchAnswer) {
        panic!("no flow here fetches");
    }

    fn sees(&mut self, effect: &Effect) {
        if let Effect::Notify(Notice::Changed { paths, .. }) = effect {
            let mut changed = self.changed.lock().expect("no panic");
            changed.extend(paths.iter().cloned());
        }
    }
}

/// A desk with a flow, the jobs that come to its executor, and the paths that change.
struct Set {
    desk: Desk<Machine>,
    jobs: Arc<Idle>,
    changed: Arc<Mutex<Vec<String>>>,
}

fn person() -> Origin {
    Origin::new(OriginKind::Person, "Ann")
}

fn set() -> Set {
    let storage = Box::new(MemoryStorage::new());
    let workspace = Workspace::open(storage, [7; 16]).expect("a workspace");
    let config = Config {
        storage: StorageMode::Memory,
        version: "test".into(),
        environment: "local".into(),
        executor: "native".into(),
    };
    let jobs = Arc::new(Idle::default());
    let changed = Arc::default();
    let machine = Machine {
        random: 0,
        changed: Arc::clone(&changed),
    };
    let guests = Guests::new(Path::new("/nowhere"), None).with_elsewhere(jobs.clone());
    let mut desk = Desk::new(Workbench::new(workspace, config), guests, machine);
    let flow = json!({ "path": "flows/a.flow.js", "content": FLOW });
    desk.call(person(), "write", flow).expect("written");
    Set {
        desk,
        jobs,
        changed,
    }
}

fn run(args: &str) -> Value {
    json!({ "path": "flows/a.flow.js", "args": args })
}

/// Makes a call of which nobody hears but by its answer.
fn call(line: &Line, name: &str, input: Value) -> (crate::Called, Receiver<ToolResult>) {
    let (answer, answered) = channel();
    let reply = move |result| drop(answer.send(result));
    (line.call(person(), name, input, |_| {}, reply), answered)
}

fn code(answered: &Receiver<ToolResult>) -> ErrorCode {
    let answer = answered.recv_timeout(Duration::from_secs(20));
    answer
        .expect("an answer")
        .expect_err("it did not succeed")
        .code
}

fn wait_for_jobs(jobs: &Idle, count: usize) {
    let until = Instant::now() + Duration::from_secs(20);
    while jobs.0.lock().expect("no panic").len() < count {
        assert!(Instant::now() < until, "no job came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_desk_that_closes_ends_what_goes_on_and_what_waits_and_each_leaves_its_record() {
    for first in ["waits", "deaf"] {
        let Set { mut desk, jobs, .. } = set();
        let line = desk.line();
        let serving = std::thread::spawn(move || {
            desk.serve();
            desk
        });
        let (_, goes_on) = call(&line, "run_flow", run(first));
        wait_for_jobs(&jobs, 1);
        let (_, waits) = call(&line, "run_flow", run("waits"));
        let since = Instant::now();
        line.close();
        assert_eq!(code(&waits), ErrorCode::Cancelled);
        assert_eq!(code(&goes_on), ErrorCode::Cancelled);
        let mut desk = serving.join().expect("no panic");
        assert!(since.elapsed() < CLOSING_MAX, "{:?}", since.elapsed());
        assert_eq!(jobs.0.lock().expect("no panic").len(), 1, "{first}");
        let runs = desk.call(person(), "flow_runs", json!({})).expect("a list");
        let runs = runs["runs"].as_array().expect("a list").clone();
        let ends: Vec<_> = runs.iter().map(|run| run["status"].clone()).collect();
        assert_eq!(ends, ["cancelled", "cancelled"]);
    }
}

#[test]
fn a_comparison_is_cancelled_by_the_number_of_its_call() {
    let Set { mut desk, jobs, .. } = set();
    desk.call(person(), "run_flow", run("quick"))
        .expect_err("it stalls");
    let runs = desk.call(person(), "flow_runs", json!({})).expect("a list");
    let named = json!({ "run": runs["runs"][0]["run"] });
    let mut record = desk
        .call(person(), "flow_status", named.clone())
        .expect("a record");
    // Whoever may write records can have one say that a run goes on for a day.
    record["args"] = json!("waits");
    record["limits"]["wallMsMax"] = json!(86_400_000);
    let forged = json!({ "path": record["record"], "content": record.to_string() });
    desk.call(person(), "write", forged).expect("written");

    let line = desk.line();
    let serving = std::thread::spawn(move || desk.serve());
    let (called, compared) = call(&line, "run_verify", named);
    wait_for_jobs(&jobs, 2);
    called.cancel();
    assert_eq!(code(&compared), ErrorCode::Cancelled);
    line.close();
    serving.join().expect("no panic");
}

#[test]
fn a_desk_that_is_let_go_of_keeps_what_was_decided_just_now() {
    let Set {
        mut desk, changed, ..
    } = set();
    let policy = "version: 1\nagents:\n  - name: helper\n    allow: { tools: ['*'] }\n";
    let written = json!({ "path": "selvage.policy.yaml", "content": policy });
    desk.call(person(), "write", written).expect("written");
    let helper = Origin::new(OriginKind::Agent, "helper");
    let denied = desk.call(helper, "write", json!({ "path": "x.md", "content": "x" }));
    assert_eq!(denied.expect_err("denied").code, ErrorCode::PolicyDenied);
    let kept = || {
        let changed = changed.lock().expect("no panic");
        let is_kept = |path: &&String| path.starts_with("runs/decisions/");
        changed.iter().filter(is_kept).count()
    };
    assert_eq!(kept(), 0);
    drop(desk);
    assert_eq!(kept(), 1);
}
