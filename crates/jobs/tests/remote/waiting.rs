//! The time that a run waits in a server's queue is none of its own, on a desk whose clock goes.

use crate::server::{SECRET, at, local, server};
use selvage_host::{
    Assigned, Control, Desk, Elsewhere, Ended, FetchAnswer, Guests, HostError, Surroundings, Told,
};
use selvage_jobs::Settings;
use selvage_tool::catalogue::StorageMode;
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Origin, OriginKind, Workspace};
use selvage_workbench::{Config, Fetch, Workbench};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const FLOW: &str =
    "export default (flow) => new Promise((done) => setTimeout(done, flow.args.ms, 'slow'));\n";

/// The machine's clock, and no network.
struct Machine(u128);

impl Surroundings for Machine {
    fn now_ms(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        u64::try_from(since.expect("after 1970").as_millis()).expect("milliseconds")
    }

    fn random(&mut self) -> u128 {
        self.0 = self
            .0
            .wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645)
            + 1;
        self.0
    }

    fn fetch(&mut self, _fetch: Fetch, _answer: FetchAnswer) {
        panic!("no flow here fetches");
    }
}

/// Runs the flow at a server, and gives its record.
fn run(address: &str, ms: u64, wall_ms_max: u64) -> Value {
    let storage = Box::new(MemoryStorage::new());
    let workspace = Workspace::open(storage, [7; 16]).expect("a workspace");
    let config = Config {
        storage: StorageMode::Memory,
        version: "test".into(),
        environment: "local".into(),
        executor: "remote:test".into(),
    };
    let workbench = Workbench::new(workspace, config);
    let guests = at(local(), address, SECRET);
    let mut desk = Desk::new(workbench, guests, Machine(u128::from(ms)));
    let mut call = |name: &str, input| {
        let origin = Origin::new(OriginKind::Agent, "test");
        desk.call(origin, name, input).expect("well")
    };
    let path = "flows/slow.flow.js";
    call("write", json!({ "path": path, "content": FLOW }));
    let limits = json!({ "wallMsMax": wall_ms_max });
    call(
        "run_flow",
        json!({ "path": path, "args": { "ms": ms }, "limits": limits }),
    )
}

#[test]
fn a_run_that_waits_in_the_queue_uses_none_of_its_time_and_its_log_says_that_it_waited() {
    let settings = Settings {
        running_max: 1,
        ..Settings::default()
    };
    let (address, board) = server(local(), settings);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| run(&address, 4_000, 60_000));
        let until = Instant::now() + Duration::from_secs(20);
        while !board.metrics().contains("selvage_jobs_running 1") {
            assert!(Instant::now() < until, "the first one does not begin");
            std::thread::sleep(Duration::from_millis(5));
        }
        // If its clock went, it would be stopped by force within 2.5 seconds.
        let waited = run(&address, 10, 500);
        assert_eq!(waited["value"], "slow");
        let said = waited["logs"][0]["text"].as_str().expect("an entry");
        assert!(
            said.starts_with("It waited ") && said.contains("for a place"),
            "{said}"
        );
        let first = first.join().expect("no panic");
        assert_eq!(first["logs"], json!([]));
    });
}

/// A server's executor that is long in the making, as that of Python is at the first run.
struct Slow(Guests);

impl Elsewhere for Slow {
    fn run(
        &self,
        assigned: Assigned,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, HostError> {
        tell(Told::Waits(true));
        std::thread::sleep(Duration::from_secs(4));
        self.0.run(assigned, control, tell)
    }
}

#[test]
fn a_run_uses_none_of_its_time_while_the_server_makes_its_executor() {
    let slow = Guests::new(Path::new("no guests"), None).with_elsewhere(Arc::new(Slow(local())));
    let (address, _board) = server(slow, Settings::default());
    // If its clock went, it would be stopped by force within 2.5 seconds.
    let record = run(&address, 10, 500);
    assert_eq!(record["value"], "slow");
}
