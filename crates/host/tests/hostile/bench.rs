//! A desk whose clock and chance are the test's: tool calls in, runs on the native executor, answers out.

use selvage_host::{Desk, Executor, FetchAnswer, Guests, Surroundings};
use selvage_tool::catalogue::StorageMode;
use selvage_tool::run::{Job, Outcome, RunReport};
use selvage_tool::{ErrorCode, Language, ToolError, ToolResult};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Origin, OriginKind, Workspace};
use selvage_workbench::{Config, Cx, Effect, Event, Fetch, RunnerId, Workbench};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The time at which everything happens, so that two benches do the same.
pub const NOW_MS: u64 = 1_700_000_000_000;

/// A guest's bytes: from `SELVAGE_GUESTS`, or where `cargo xtask wasm` puts them.
pub fn guest(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("SELVAGE_GUESTS")
        .map_or_else(|| root.join("target/wasm-web"), PathBuf::from);
    let path = folder.join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Build it with `cargo xtask wasm {name}`, or name the folder that holds it in SELVAGE_GUESTS.",
            path.display()
        )
    })
}

/// Where all tests keep what they compiled of guests, which takes longer than most of them.
pub fn compiled() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled")
}

/// Does the same for all of some things, on every processor there is; gives what came of each in their order.
pub fn for_each<T: Sync, R: Send>(things: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || {
            let place = next.fetch_add(1, Ordering::Relaxed);
            Some((place, things.get(place)?))
        };
        std::iter::from_fn(take)
            .map(|(place, thing)| (place, act(thing)))
            .collect::<Vec<_>>()
    };
    let mut done: Vec<_> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"))
            .collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What an executor was given and what came of it.
pub struct Ran {
    pub job: Job,
    pub outcome: Outcome,
    /// What the interpreter itself said, on its way down.
    pub last_words: Vec<String>,
}

/// What every bench stands in: a clock that stands still, the same numbers by chance, and a network of the test's own.
struct Still {
    random: u128,
    web: fn(&Fetch) -> Event,
    /// The jobs that runners hold, and what an interpreter said itself.
    jobs: BTreeMap<RunnerId, Job>,
    last_words: Vec<String>,
    ran: Option<Ran>,
}

impl Surroundings for Still {
    fn now_ms(&mut self) -> u64 {
        NOW_MS
    }

    fn random(&mut self) -> u128 {
        step(&mut self.random)
    }

    fn fetch(&mut self, fetch: Fetch, answer: FetchAnswer) {
        let Event::Fetched { result, body, .. } = (self.web)(&fetch) else {
            panic!("a fetch is answered by what was fetched");
        };
        answer.give(result, body);
    }

    fn hears(&mut self, event: &Event) {
        match event {
            Event::Reported {
                report: RunReport::Logged { entries },
                ..
            } => {
                let own = entries.iter().filter(|entry| entry.source == "selvage");
                self.last_words.extend(own.map(|entry| entry.text.clone()));
            }
            Event::Finished {
                runner, outcome, ..
            } => {
                self.ran = Some(Ran {
                    job: self.jobs.remove(runner).expect("a job was given"),
                    outcome: (**outcome).clone(),
                    last_words: std::mem::take(&mut self.last_words),
                });
            }
            _ => {}
        }
    }

    fn sees(&mut self, effect: &Effect) {
        if let Effect::Dispatch { runner, job, .. } = effect {
            self.jobs.insert(*runner, (**job).clone());
        }
    }
}

/// An engine with executors that were made before, and nobody else.
pub struct Bench<'a> {
    desk: Desk<Still>,
    executor: &'a Executor,
    /// What was run last.
    pub ran: Option<Ran>,
    /// What answers a fetch that the engine allowed.
    pub web: fn(&Fetch) -> Event,
}

impl<'a> Bench<'a> {
    /// A bench over an empty workspace. Two of them are alike in everything.
    pub fn new(executor: &'a Executor) -> Self {
        Self::over(
            executor,
            Guests::new(Path::new("no guests"), None).with(Language::Js, executor),
        )
    }

    /// The same, with an executor for Python.
    #[must_use]
    pub fn with_python(self, python: &'a Executor) -> Self {
        let guests = Guests::new(Path::new("no guests"), None);
        let guests = guests.with(Language::Js, self.executor);
        Self::over(self.executor, guests.with(Language::Python, python))
    }

    /// The same, over guests of the test's own.
    pub fn over(executor: &'a Executor, guests: Guests) -> Self {
        let workspace =
            Workspace::open(Box::new(MemoryStorage::new()), [7; 16]).expect("a workspace");
        let config = Config {
            storage: StorageMode::Memory,
            version: "test".into(),
            environment: "local".into(),
            executor: "native".into(),
        };
        let mut still = Still {
            random: 1,
            web: offline,
            jobs: BTreeMap::new(),
            last_words: Vec::new(),
            ran: None,
        };
        let mut workbench = Workbench::new(workspace, config);
        workbench
            .begin(&mut Cx {
                now_ms: NOW_MS,
                random: &mut || still.random(),
            })
            .expect("the starter files");
        Self {
            desk: Desk::new(workbench, guests, still),
            executor,
            ran: None,
            web: offline,
        }
    }

    /// Calls a tool and gives its answer.
    pub fn call(&mut self, name: &str, input: Value) -> ToolResult {
        self.desk.surroundings().web = self.web;
        let origin = Origin::new(OriginKind::Agent, "hostile");
        let result = self.desk.call(origin, name, input);
        // What is read between two calls has been read when the next one comes.
        self.desk.settle();
        if let Some(ran) = self.desk.surroundings().ran.take() {
            self.ran = Some(ran);
        }
        result
    }
}

/// There is no network here.
fn offline(fetch: &Fetch) -> Event {
    let error = ToolError::new(ErrorCode::FetchFailed, "There is no network.");
    Event::Fetched {
        task: fetch.task,
        result: Err(error),
        body: Vec::new(),
    }
}

/// The next of the numbers that every bench draws alike.
fn step(state: &mut u128) -> u128 {
    *state = state
        .wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645)
        .wrapping_add(0x5851_f42d_4c95_7f2d_1405_7b7e_f767_814f);
    *state ^ (*state >> 64)
}
