//! A workspace's folder, opened: its engine at a desk, and what the desk needs of this machine.

use crate::error::{CliError, Result};
use crate::net::Breaker;
use crate::out;
use crate::secrets::Locker;
use selvage_host::{Desk, DeviceKey, FetchAnswer, Guests, Surroundings};
use selvage_jobs::Remote;
use selvage_serve::Vault;
use selvage_tool::catalogue::StorageMode;
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::{Config, Cx, Effect, Event, Fetch, Notice, TaskId, Workbench};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// This machine, for one workspace.
pub struct Machine {
    locker: Arc<Locker>,
    /// What breaks off each fetch that goes on.
    fetches: BTreeMap<TaskId, Breaker>,
    /// Who is to hear that the workspace changed.
    changed: Option<Box<dyn Fn() + Send>>,
}

impl Machine {
    fn of(folder: &Path) -> Self {
        Self {
            locker: Arc::new(Locker::of(folder)),
            fetches: BTreeMap::new(),
            changed: None,
        }
    }

    /// Has somebody hear of every change of the workspace.
    pub fn tell_changes(&mut self, changed: impl Fn() + Send + 'static) {
        self.changed = Some(Box::new(changed));
    }
}

impl Surroundings for Machine {
    fn now_ms(&mut self) -> u64 {
        now_ms()
    }

    fn random(&mut self) -> u128 {
        random()
    }

    fn sees(&mut self, effect: &Effect) {
        if let (Effect::Notify(Notice::Changed { .. }), Some(changed)) = (effect, &self.changed) {
            changed();
        }
    }

    fn hears(&mut self, event: &Event) {
        if let Event::Fetched { task, .. } = event {
            self.fetches.remove(task);
        }
    }

    fn abort(&mut self, task: TaskId) {
        if let Some(breaker) = self.fetches.get(&task) {
            breaker.break_off();
        }
    }

    fn fetch(&mut self, fetch: Fetch, answer: FetchAnswer) {
        let breaker = Breaker::default();
        self.fetches.insert(fetch.task, breaker.clone());
        let thread = std::thread::Builder::new().name("fetch".into());
        let (answers, answered) = std::sync::mpsc::sync_channel(1);
        let locker = Arc::clone(&self.locker);
        let spawned = thread.spawn(move || {
            if let Ok(answer) = answered.recv() {
                let (result, body) = locker.perform(fetch, &breaker);
                FetchAnswer::give(answer, result, body);
            }
        });
        match spawned {
            // It waits for this one thing.
            Ok(_) => drop(answers.send(answer)),
            Err(error) => {
                let error = ToolError::new(
                    ErrorCode::FetchFailed,
                    format!("There is no thread for a fetch: {error}."),
                );
                answer.give(Err(error), Vec::new());
            }
        }
    }
}

/// The time, in milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

fn random() -> u128 {
    u128::from_le_bytes(random_bytes())
}

/// Chance. A system without it has nothing to put in its place: names, seeds and keys would repeat.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .unwrap_or_else(|error| panic!("the system has no randomness: {error}"));
    bytes
}

/// Opens the workspace in a folder.
pub fn open(folder: &Path) -> Result<Desk<Machine>> {
    if !Vault::is_in(folder) {
        return Err(CliError::NoWorkspace(folder.to_owned()));
    }
    desk(folder, engine(folder)?)
}

/// Makes a workspace in a folder, with the files that a new one begins with. One that is there already stays as it is.
pub fn make(folder: &Path) -> Result<Desk<Machine>> {
    let mut workbench = engine(folder)?;
    let mut cx = Cx {
        now_ms: now_ms(),
        random: &mut random,
    };
    // Nobody joined and nobody waits: there is nothing to be done with what it gives.
    workbench.begin(&mut cx)?;
    desk(folder, workbench)
}

/// A desk that vouches for its runs. Without its key it works as well: then nobody does, and the person is told.
fn desk(folder: &Path, workbench: Workbench) -> Result<Desk<Machine>> {
    let desk = Desk::new(workbench, executors()?, Machine::of(folder));
    Ok(match DeviceKey::open(folder, random_bytes) {
        Ok(key) => desk.signing(key),
        Err(why) => {
            out::say(&format!("selvage: nobody vouches for runs here: {why}"));
            desk
        }
    })
}

fn engine(folder: &Path) -> Result<Workbench> {
    let workspace = Vault::open(folder)?.workspace()?;
    let config = Config {
        storage: StorageMode::Durable,
        version: env!("CARGO_PKG_VERSION").into(),
        environment: std::env::var("SELVAGE_ENVIRONMENT").unwrap_or_else(|_| "native".into()),
        executor: remote()?.map_or_else(|| "native".into(), |remote| remote.name()),
    };
    Ok(Workbench::new(workspace, config))
}

/// Where runs are run.
fn executors() -> Result<Guests> {
    Ok(match remote()? {
        Some(remote) => guests().with_elsewhere(Arc::new(remote)),
        None => guests(),
    })
}

/// The server that runs flows, where `SELVAGE_EXECUTOR` names one (`remote:https://…`), with the key in `SELVAGE_EXECUTOR_KEY`.
/// Neither is a part of any workspace.
fn remote() -> Result<Option<Remote>> {
    let Ok(named) = std::env::var("SELVAGE_EXECUTOR") else {
        return Ok(None);
    };
    if named == "local" {
        return Ok(None);
    }
    let address = named.strip_prefix("remote:").ok_or_else(|| {
        CliError::Usage(format!(
            "SELVAGE_EXECUTOR is `local` or `remote:https://…`, not {named:?}"
        ))
    })?;
    let key = std::env::var("SELVAGE_EXECUTOR_KEY").map_err(|_| {
        CliError::Usage("SELVAGE_EXECUTOR_KEY holds the key for the remote executor".into())
    })?;
    Remote::new(address, &key)
        .map(Some)
        .map_err(|why| CliError::Usage(why.to_string()))
}

/// The guests: those of `SELVAGE_GUESTS`, else beside the program, else of the checkout that it was built in.
pub fn guests() -> Guests {
    let beside = || {
        let program = std::env::current_exe().ok()?;
        let folder = program.parent()?.join("guests");
        folder.is_dir().then_some(folder)
    };
    let named = std::env::var_os("SELVAGE_GUESTS").map(PathBuf::from);
    let folder = named
        .or_else(beside)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/wasm-web"));
    Guests::new(&folder, cache().as_deref())
}

/// Where compiled guests are kept: a folder of this user alone. Without one, each start compiles anew.
fn cache() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let folder = match std::env::var_os("SELVAGE_CACHE") {
        Some(named) => PathBuf::from(named),
        None => {
            let caches =
                std::env::var_os("XDG_CACHE_HOME").or_else(|| std::env::var_os("LOCALAPPDATA"));
            caches.map(PathBuf::from).or_else(home)?.join("selvage")
        }
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).ok()?;
    std::path::absolute(folder).ok()
}
