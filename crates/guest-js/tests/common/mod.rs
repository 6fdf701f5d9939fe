//! A host in memory, and the loop that an executor runs.

use guest_js::{Guest, Host, Interpreter};
use selvage_tool::guest::{
    ABI, Answer, Fetched, FileStat, GuestJob, GuestOutcome, HostCall, LogLevel, PendingOp,
    Progress, Resume, Shape,
};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// Files, and what the run did.
#[derive(Default)]
pub struct Memory {
    pub files: RefCell<BTreeMap<String, Vec<u8>>>,
    pub folders: RefCell<BTreeSet<String>>,
    pub logs: RefCell<Vec<(LogLevel, String, String)>>,
    pub progress: RefCell<Vec<HostCall>>,
    pub artifacts: RefCell<Vec<String>>,
    pub denied: RefCell<BTreeSet<String>>,
}

impl Memory {
    fn stat(&self, path: &str) -> Option<FileStat> {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(bytes) = self.files.borrow().get(path) {
            return Some(FileStat {
                path: path.into(),
                name,
                folder: false,
                size: bytes.len() as u64,
            });
        }
        let below = format!("{path}/");
        let folder = path.is_empty()
            || self.folders.borrow().contains(path)
            || self
                .files
                .borrow()
                .keys()
                .any(|other| other.starts_with(&below));
        folder.then(|| FileStat {
            path: path.into(),
            name,
            folder: true,
            size: 0,
        })
    }

    fn missing(path: &str) -> ToolError {
        ToolError::new(ErrorCode::NotFound, format!("there is no file {path}")).path(path)
    }

    fn answer(&self, call: &HostCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError> {
        let mut files = self.files.borrow_mut();
        match call {
            HostCall::Read { path } if self.denied.borrow().contains(path) => {
                return Err(ToolError::new(
                    ErrorCode::PolicyDenied,
                    format!("the grant does not cover {path}"),
                )
                .hint("Grant it."));
            }
            HostCall::Read { path } => {
                let bytes = files
                    .get(path)
                    .cloned()
                    .ok_or_else(|| Self::missing(path))?;
                return Ok((Value::Null, bytes));
            }
            HostCall::Write { path } => {
                files.insert(path.clone(), body.to_vec());
            }
            HostCall::List { path } => {
                let prefix = if path.is_empty() {
                    String::new()
                } else {
                    format!("{path}/")
                };
                let names: BTreeSet<String> = files
                    .keys()
                    .chain(self.folders.borrow().iter())
                    .filter_map(|file| file.strip_prefix(&prefix))
                    .filter_map(|rest| rest.split('/').next())
                    .map(str::to_owned)
                    .collect();
                drop(files);
                let stats: Vec<_> = names
                    .iter()
                    .filter_map(|name| self.stat(&format!("{prefix}{name}")))
                    .collect();
                return Ok((json!(stats), Vec::new()));
            }
            HostCall::Stat { path } => {
                drop(files);
                return Ok((json!(self.stat(path)), Vec::new()));
            }
            HostCall::Mkdir { path } => {
                self.folders.borrow_mut().insert(path.clone());
            }
            HostCall::Move { from, to } => {
                let bytes = files.remove(from).ok_or_else(|| Self::missing(from))?;
                files.insert(to.clone(), bytes);
            }
            HostCall::Remove { path } => {
                files.remove(path).ok_or_else(|| Self::missing(path))?;
            }
            HostCall::Log { level, source } => {
                self.logs.borrow_mut().push((
                    *level,
                    source.clone(),
                    String::from_utf8_lossy(body).into_owned(),
                ));
            }
            HostCall::Progress { .. } => self.progress.borrow_mut().push(call.clone()),
            HostCall::Artifact { path } => {
                if !files.contains_key(path) {
                    return Err(Self::missing(path));
                }
                self.artifacts.borrow_mut().push(path.clone());
            }
            HostCall::Variables { .. } => {}
        }
        Ok((Value::Null, Vec::new()))
    }
}

/// The host that a test gives to a guest.
pub struct Shared(pub Rc<Memory>);

impl Host for Shared {
    fn call(&self, call: &HostCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError> {
        self.0.answer(call, body)
    }

    fn random(&self, bytes: &mut [u8]) {
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (index * 37 + 11) as u8;
        }
    }
}

/// What answers the calls that a run yields: fetches by address, tools by name.
#[derive(Default)]
pub struct Outside {
    pub pages: BTreeMap<String, (Fetched, Vec<u8>)>,
    pub tools: BTreeMap<String, Answer>,
    /// Each call as it came: what, and its body.
    pub seen: Vec<(PendingOp, Vec<u8>)>,
    /// How many times the run yielded.
    pub yields: usize,
    /// The milliseconds that all timers together waited, had the clock been real.
    pub now_ms: f64,
}

impl Outside {
    fn answer(&self, request: &PendingOp) -> (Answer, Vec<u8>) {
        match request {
            PendingOp::Sleep { .. } => (Answer::Ok(Value::Null), Vec::new()),
            PendingOp::Fetch { url, .. } => match self.pages.get(url) {
                Some((fetched, body)) => (Answer::Ok(json!(fetched)), body.clone()),
                None => (
                    Answer::Error(ToolError::new(
                        ErrorCode::PolicyDenied,
                        format!("no grant covers {url}"),
                    )),
                    Vec::new(),
                ),
            },
            PendingOp::Tool { name, input } => match self.tools.get(name) {
                Some(answer) => (answer.clone(), Vec::new()),
                None if name == "echo" => (Answer::Ok(input.clone()), Vec::new()),
                None => (
                    Answer::Error(ToolError::new(
                        ErrorCode::UnknownTool,
                        format!("there is no tool '{name}'"),
                    )),
                    Vec::new(),
                ),
            },
        }
    }
}

/// A job over a file.
pub fn job(entry: &str, shape: Shape, module: bool, args: Value) -> GuestJob {
    let env = BTreeMap::from([("LANG".to_owned(), "en".to_owned())]);
    GuestJob {
        abi: ABI,
        entry: entry.into(),
        function: None,
        shape,
        module,
        args,
        env,
        stack_calls_max: 400,
        run: "run-1".into(),
        began_ms: 0,
    }
}

/// Runs a job to its end. Timers fire in the order of their times.
pub fn run(memory: &Rc<Memory>, outside: &mut Outside, job: &GuestJob) -> GuestOutcome {
    let mut guest = Guest::new(Rc::new(Shared(memory.clone()))).expect("a guest");
    let mut step = guest.start(job);
    let mut timers: Vec<(f64, u32)> = Vec::new();
    let mut ready: VecDeque<(u32, Answer, Vec<u8>)> = VecDeque::new();
    for _ in 0..10_000 {
        let (progress, bodies) = step;
        match progress {
            Progress::Finished { outcome } => return outcome,
            Progress::Yielded { calls, waiting } => {
                assert!(waiting > 0, "a run that waits for nothing must not yield");
                outside.yields += 1;
                for call in calls {
                    let body = call
                        .body
                        .map(|(start, length)| bodies[start..start + length].to_vec())
                        .unwrap_or_default();
                    let (answer, content) = outside.answer(&call.request);
                    match &call.request {
                        PendingOp::Sleep { ms } => timers.push((outside.now_ms + ms, call.id)),
                        _ => ready.push_back((call.id, answer, content)),
                    }
                    outside.seen.push((call.request, body));
                }
            }
        }
        let (id, answer, content) = ready.pop_front().unwrap_or_else(|| {
            timers.sort_by(|(a, i), (b, j)| a.total_cmp(b).then(i.cmp(j)));
            assert!(
                !timers.is_empty(),
                "the run waits for a call that it never yielded"
            );
            let (at, id) = timers.remove(0);
            outside.now_ms = at;
            (id, Answer::Ok(Value::Null), Vec::new())
        });
        step = guest.resume(Resume { id, answer }, &content);
    }
    panic!("the run never ends");
}

/// The outcome of one script.
#[allow(dead_code, reason = "not every test file runs scripts")]
pub fn script(text: &str) -> GuestOutcome {
    let memory = Rc::new(Memory::default());
    memory
        .files
        .borrow_mut()
        .insert("main.flow.js".into(), text.as_bytes().to_vec());
    run(
        &memory,
        &mut Outside::default(),
        &job("main.flow.js", Shape::Script, false, Value::Null),
    )
}
