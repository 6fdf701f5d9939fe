//! A small host around the engine: tool calls in, runs on the native executor, answers out.

use selvage_host::{Blobs, Control, Executor};
use selvage_tool::catalogue::StorageMode;
use selvage_tool::guest::Check;
use selvage_tool::run::{Job, Outcome, RunReport};
use selvage_tool::{ErrorCode, Language, ToolError, ToolResult};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Origin, OriginKind, Workspace};
use selvage_workbench::{Config, Cx, Effect, Event, Fetch, Workbench};
use serde_json::Value;
use std::collections::VecDeque;
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

/// An engine, as many runners as it wants, which all are one executor, and nobody else.
pub struct Bench<'a> {
    workbench: Workbench,
    executor: &'a Executor,
    python: Option<&'a Executor>,
    blobs: Blobs,
    random: u128,
    calls: u64,
    runners: u32,
    replies: Vec<(u64, ToolResult)>,
    /// What was run last.
    pub ran: Option<Ran>,
    /// What answers a fetch that the engine allowed.
    pub web: fn(&Fetch) -> Event,
}

impl<'a> Bench<'a> {
    /// A bench over an empty workspace. Two of them are alike in everything.
    pub fn new(executor: &'a Executor) -> Self {
        let workspace =
            Workspace::open(Box::new(MemoryStorage::new()), [7; 16]).expect("a workspace");
        let config = Config {
            storage: StorageMode::Memory,
            version: "test".into(),
        };
        let mut random = 1;
        let mut workbench = Workbench::new(workspace, config);
        workbench
            .begin(&mut Cx {
                now_ms: NOW_MS,
                random: &mut || step(&mut random),
            })
            .expect("the starter files");
        let mut bench = Self {
            workbench,
            executor,
            python: None,
            blobs: Blobs::new(),
            random,
            calls: 0,
            runners: 1,
            replies: Vec::new(),
            ran: None,
            web: offline,
        };
        bench.tell(Event::RunnerReady {
            runner: 1,
            dropped: true,
        });
        bench
    }

    /// The same, with an executor for Python.
    #[must_use]
    pub fn with_python(self, python: &'a Executor) -> Self {
        Self {
            python: Some(python),
            ..self
        }
    }

    /// The executor of a file's language.
    fn executor(&self, path: &str) -> &'a Executor {
        match Language::of(path) {
            Language::Js => self.executor,
            Language::Python => self.python.expect("an executor for Python"),
        }
    }

    /// Calls a tool and gives its answer.
    pub fn call(&mut self, name: &str, input: Value) -> ToolResult {
        self.calls += 1;
        let call = self.calls;
        let origin = Origin::new(OriginKind::Agent, "hostile");
        self.tell(Event::Called {
            call,
            origin,
            name: name.into(),
            input,
        });
        let at = self
            .replies
            .iter()
            .position(|(answered, _)| *answered == call)
            .expect("an answer");
        self.replies.remove(at).1
    }

    /// Tells the engine what happened, and does all that follows from it.
    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.handle(event) {
                events.extend(self.perform(effect));
            }
        }
    }

    fn handle(&mut self, event: Event) -> Vec<Effect> {
        let random = &mut self.random;
        self.workbench.handle(
            &mut Cx {
                now_ms: NOW_MS,
                random: &mut || step(random),
            },
            event,
        )
    }

    fn perform(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::Reply { call, result } => self.replies.push((call, result)),
            Effect::Dispatch { runner, job, blobs } => {
                self.blobs
                    .extend(blobs.into_iter().map(|(hash, bytes)| (hash, bytes.into())));
                return self.run(runner, *job);
            }
            Effect::Check {
                task,
                path,
                module,
                source,
                ..
            } => {
                let checked = self
                    .executor(&path)
                    .check(&Check { path, module }, &source)
                    .expect("an instance");
                return vec![Event::Checked { task, checked }];
            }
            Effect::Fetch(fetch) => return vec![(self.web)(&fetch)],
            Effect::Spawn => {
                self.runners += 1;
                return vec![Event::RunnerReady {
                    runner: self.runners,
                    dropped: true,
                }];
            }
            Effect::Wake { .. } | Effect::Notify(_) => {}
            Effect::Answer { .. }
            | Effect::More { .. }
            | Effect::Cancel { .. }
            | Effect::Terminate { .. } => {
                panic!("{effect:?} to a runner that runs nothing")
            }
            Effect::Send { .. }
            | Effect::CaughtUp { .. }
            | Effect::Hangup { .. }
            | Effect::Parcel { .. }
            | Effect::Landed { .. } => {
                panic!("{effect:?}, and nobody else is there")
            }
        }
        Vec::new()
    }

    fn run(&mut self, runner: u32, job: Job) -> Vec<Event> {
        let (control, executor, blobs) = (
            Control::default(),
            self.executor(&job.entry),
            self.blobs.clone(),
        );
        let mut last_words = Vec::new();
        let ended = executor.run(job.clone(), blobs, &control, &mut |report, body| {
            if let RunReport::Logged { entries } = &report {
                let own = entries.iter().filter(|entry| entry.source == "selvage");
                last_words.extend(own.map(|entry| entry.text.clone()));
            }
            let mut events = VecDeque::from([Event::Reported {
                runner,
                report,
                body,
            }]);
            while let Some(event) = events.pop_front() {
                for effect in self.handle(event) {
                    match effect {
                        Effect::Answer {
                            id, answer, body, ..
                        } => control.answer(id, answer, body),
                        Effect::More { limits, .. } => control.more(limits),
                        Effect::Cancel { .. } | Effect::Terminate { .. } => control.cancel(),
                        other => events.extend(self.perform(other)),
                    }
                }
            }
        });
        let ended = ended.expect("an outcome");
        let written = ended
            .written
            .iter()
            .map(|(hash, bytes)| (hash.clone(), bytes.to_vec()))
            .collect();
        self.ran = Some(Ran {
            job,
            outcome: ended.outcome.clone(),
            last_words,
        });
        vec![
            Event::Finished {
                runner,
                outcome: Box::new(ended.outcome),
                written,
            },
            Event::RunnerReady {
                runner,
                dropped: false,
            },
        ]
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
