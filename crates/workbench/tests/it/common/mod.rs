//! A host for tests: a fake clock, counted randomness, and executors that follow a script.

pub mod named;
pub mod pair;
pub mod python;
pub mod scopes;

use selvage_tool::catalogue::StorageMode;
use selvage_tool::guest::Checked;
use selvage_tool::reading::Reading;
use selvage_tool::run::{FileOp, Job, Outcome, RunReport};
use selvage_tool::{Guest, ToolError, ToolResult, Usage};
use selvage_vfs::storage::{MemoryStorage, Storage};
use selvage_vfs::{Hash, Origin, OriginKind, Workspace};
use selvage_workbench::{Config, Cx, Effect, Event, Notice, RunnerId, Workbench};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A host around an engine.
pub struct Host {
    pub bench: Workbench,
    pub now_ms: u64,
    pub notices: Vec<Notice>,
    /// Jobs that were dispatched and not answered by [`Host::finish`] yet.
    pub jobs: Vec<(RunnerId, Job)>,
    /// For each job that was dispatched, the run that waits for it.
    pub within: Vec<Option<String>>,
    /// The hashes of the contents that executors were sent.
    pub sent: Vec<String>,
    /// Effects that no method of this host performs.
    pub others: Vec<Effect>,
    pub replies: Vec<(u64, ToolResult)>,
    /// What the guest reads off files, by path.
    pub readings: BTreeMap<String, Reading>,
    /// What the guest finds that runs nothing, by the text that it looks at.
    pub looks: BTreeMap<String, Checked>,
    /// The texts that it looked at, in order.
    pub looked: Vec<String>,
    /// What the host's clock tells the run that ends next.
    pub told: Vec<u64>,
    /// The paths of what was read, in order.
    pub checked: Vec<String>,
    /// Whether questions to the guest's parser are left among the others.
    pub holds_checks: bool,
    random: u128,
    calls: u64,
    /// Who calls tools.
    pub who: Origin,
    /// Whether manifests are read only by `read_held`.
    pub holds_reads: bool,
    reads: Vec<(u64, String, String)>,
}

impl Host {
    /// A host with the starter workspace in memory and no executor.
    pub fn new() -> Self {
        Self::with_storage(Box::new(MemoryStorage::new()))
    }

    /// The same over another storage.
    pub fn with_storage(storage: Box<dyn Storage>) -> Self {
        let mut random = 0;
        let mut next = move || {
            random += 1;
            random
        };
        let mut host = Self::on(storage, 7);
        let mut cx = Cx {
            now_ms: 1_000,
            random: &mut next,
        };
        host.bench.begin(&mut cx).expect("the starter files");
        host
    }

    /// A host without any file, as a tab has one that has not heard of the others yet.
    pub fn empty(actor: u8) -> Self {
        Self::on(Box::new(MemoryStorage::new()), actor)
    }

    fn on(storage: Box<dyn Storage>, actor: u8) -> Self {
        let workspace = Workspace::open(storage, [actor; 16]).expect("an empty workspace");
        let config = Config {
            storage: StorageMode::Memory,
            version: "test".into(),
            environment: "local".into(),
            executor: "native".into(),
        };
        Self {
            bench: Workbench::new(workspace, config),
            now_ms: 1_000,
            notices: Vec::new(),
            jobs: Vec::new(),
            within: Vec::new(),
            sent: Vec::new(),
            others: Vec::new(),
            replies: Vec::new(),
            readings: BTreeMap::new(),
            looks: BTreeMap::new(),
            looked: Vec::new(),
            told: Vec::new(),
            checked: Vec::new(),
            holds_checks: false,
            random: u128::from(actor) << 64,
            calls: 0,
            who: Origin::new(OriginKind::Agent, "test"),
            holds_reads: false,
            reads: Vec::new(),
        }
    }

    /// The same with one free executor.
    pub fn with_runner() -> Self {
        let mut host = Self::new();
        host.tell(Event::RunnerReady {
            runner: 1,
            dropped: false,
        });
        host
    }

    /// Passes an event on and performs what comes of it.
    pub fn tell(&mut self, event: Event) {
        let random = &mut self.random;
        let mut next = || {
            *random += 0x9e37_79b9_7f4a_7c15;
            *random
        };
        let effects = self.bench.handle(
            &mut Cx {
                now_ms: self.now_ms,
                random: &mut next,
            },
            event,
        );
        for effect in effects {
            match effect {
                Effect::Reply { call, result } => self.replies.push((call, result)),
                Effect::Dispatch {
                    runner,
                    job,
                    blobs,
                    within,
                } => {
                    self.within.push(within);
                    self.jobs.push((runner, *job));
                    self.sent.extend(blobs.into_iter().map(|(hash, _)| hash));
                }
                Effect::Notify(notice) => self.notices.push(notice),
                Effect::Wake { .. } => {}
                Effect::Check {
                    task,
                    guest: Guest::Ruff,
                    source,
                    ..
                } if !self.holds_checks => {
                    let checked = self.looks.get(&source).cloned().unwrap_or_default();
                    self.looked.push(source);
                    self.tell(Event::Checked { task, checked });
                }
                Effect::Check { task, path, .. } if !self.holds_checks => {
                    let reading = self.readings.get(&path).cloned().unwrap_or_default();
                    self.checked.push(path);
                    let checked = Checked {
                        reading,
                        ..Checked::default()
                    };
                    self.tell(Event::Checked { task, checked });
                }
                Effect::Read { task, path, text } if self.holds_reads => {
                    self.reads.push((task, path, text));
                }
                Effect::Read { task, path, text } => {
                    let document = selvage_manifest::read(&path, &text);
                    self.tell(Event::Read { task, document });
                }
                other => self.others.push(other),
            }
        }
    }

    /// The person types in a file.
    pub fn types(&mut self, path: &str, content: &str) {
        let typed = json!({ "path": path, "content": content, "draft": true });
        self.as_person(|host| host.ok("write", typed));
    }

    /// Does something as the person, whoever calls otherwise.
    pub fn as_person<T>(&mut self, done: impl FnOnce(&mut Self) -> T) -> T {
        let who = std::mem::replace(&mut self.who, person());
        let came = done(self);
        self.who = who;
        came
    }

    /// Calls a tool and leaves the answer to come. Gives the call's number.
    pub fn start(&mut self, name: &str, input: Value) -> u64 {
        self.calls += 1;
        let (call, name) = (self.calls, name.to_owned());
        self.tell(Event::Called {
            call,
            origin: self.who.clone(),
            name,
            input,
        });
        call
    }

    /// The answer to a call, if it has come.
    pub fn reply(&mut self, call: u64) -> Option<ToolResult> {
        let at = self
            .replies
            .iter()
            .position(|(answered, _)| *answered == call)?;
        Some(self.replies.remove(at).1)
    }

    /// Calls a tool that answers at once.
    pub fn call(&mut self, name: &str, input: Value) -> ToolResult {
        let call = self.start(name, input);
        self.reply(call)
            .unwrap_or_else(|| panic!("`{name}` did not answer at once"))
    }

    /// Calls a tool that must succeed.
    pub fn ok(&mut self, name: &str, input: Value) -> Value {
        self.call(name, input)
            .unwrap_or_else(|error| panic!("`{name}` failed: {error:?}"))
    }

    /// Ends the oldest dispatched job, which wrote these files.
    pub fn finish(&mut self, result: Result<Value, ToolError>, files: &[(&str, &str)]) {
        let ops = files.iter().map(|(path, text)| write_op(path, text));
        self.finish_with(result, ops.collect(), files);
    }

    /// Ends the oldest dispatched job, which gave nothing and did nothing.
    pub fn finish_valueless(&mut self) {
        self.end((None, None), Vec::new(), &[]);
    }

    /// Ends the oldest dispatched job, which did all this; `files` are those whose bytes it sends.
    pub fn finish_with(
        &mut self,
        result: Result<Value, ToolError>,
        ops: Vec<FileOp>,
        files: &[(&str, &str)],
    ) {
        let came = match result {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error)),
        };
        self.end(came, ops, files);
    }

    fn end(
        &mut self,
        (value, error): (Option<Value>, Option<ToolError>),
        ops: Vec<FileOp>,
        files: &[(&str, &str)],
    ) {
        let (runner, _) = self.jobs.remove(0);
        let outcome = Outcome {
            value,
            error,
            usage: Usage {
                fuel: 42,
                ..Usage::default()
            },
            ops,
            artifacts: files.iter().map(|(path, _)| (*path).into()).collect(),
            variables: None,
            readings: std::mem::take(&mut self.told),
            guest: "guest".into(),
        };
        let written = files.iter().map(|(_, text)| {
            (
                Hash::of(text.as_bytes()).to_string(),
                text.as_bytes().to_vec(),
            )
        });
        self.tell(Event::Finished {
            runner,
            outcome: Box::new(outcome),
            written: written.collect(),
        });
        self.tell(Event::RunnerReady {
            runner,
            dropped: false,
        });
    }

    /// Has the running job tell something.
    pub fn report(&mut self, report: RunReport) {
        let runner = self.jobs[0].0;
        self.tell(Event::Reported {
            runner,
            report,
            body: Vec::new(),
        });
    }

    /// Reads the manifests that were to be read.
    pub fn read_held(&mut self) {
        for (task, path, text) in std::mem::take(&mut self.reads) {
            let document = selvage_manifest::read(&path, &text);
            self.tell(Event::Read { task, document });
        }
    }

    /// Lets time pass and wakes the engine.
    pub fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        self.tell(Event::Woken);
    }

    /// Writes a flow and starts it. Gives the call's number.
    pub fn start_flow(&mut self, source: &str, options: Value) -> u64 {
        self.ok(
            "write",
            json!({ "path": "flows/t.flow.js", "content": source }),
        );
        let mut input = json!({ "path": "flows/t.flow.js" });
        for (key, value) in options.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        self.start("run_flow", input)
    }
}

/// A step of a run that moves something.
pub fn moved(from: &str, to: &str) -> FileOp {
    FileOp::Move {
        from: from.into(),
        to: to.into(),
    }
}

/// A step of a run that takes something away.
pub fn removed(path: &str) -> FileOp {
    FileOp::Remove { path: path.into() }
}

/// What a file holds now.
pub fn text(host: &mut Host, path: &str) -> String {
    let read = host.ok("read", json!({ "path": path }));
    read["content"].as_str().expect("a text").to_owned()
}

/// Who works at this device.
pub fn person() -> Origin {
    Origin::new(OriginKind::Person, "Ann")
}

/// What a run says of a file that it wrote.
pub fn write_op(path: &str, text: &str) -> FileOp {
    FileOp::Write {
        path: path.into(),
        hash: Hash::of(text.as_bytes()).to_string(),
        size: text.len() as u64,
    }
}
