//! `selvage mirror`: a folder of plain files and the workspace are kept equal, once or until the program is stopped.
//!
//! The engine is at a desk on a thread of its own, as for agents; a pass reads both sides here and lets its changes in over the
//! desk's line. It begins when the folder or the workspace changed and both have been left alone for a moment.

mod engine;

use crate::error::{CONFLICTS, CliError, Result};
use crate::home::now_ms;
use crate::progress::Progress;
use crate::{home, local_door, manifest, out, show};
use engine::Engine;
use selvage_host::Line;
use selvage_mirror::{
    FileLog, FolderDisk, From, Mirror, MirrorError, Options, Report, Step, Verb, Watch,
};
use selvage_tool::run::PROTECTED;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::Hash;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How long both sides have to be quiet before a pass begins.
const QUIET: Duration = Duration::from_millis(200);
/// How long a pass waits for that at the most.
const QUIET_MAX: Duration = Duration::from_secs(2);
/// How long a pass waits for git to end what it is doing in the folder.
const GIT_MAX: Duration = Duration::from_secs(30);
/// How long `--once` goes on for what is being written.
const SETTLING_MAX: Duration = Duration::from_secs(10);
/// How often the folder is looked through although nothing was heard: some disks tell nothing.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The folder of what mirrors remember, in that of the workspace.
const MEMORY: &str = "mirrors";

/// How many digits of a hash name a mirror.
const NAME_DIGITS: usize = 16;

/// What is asked of a mirror.
#[derive(Debug, PartialEq)]
pub struct Asked {
    /// The folder.
    pub folder: PathBuf,
    /// End when both sides are equal.
    pub once: bool,
    /// Only tell.
    pub dry_run: bool,
    /// Which side is right where the two were never mirrored.
    pub from: Option<From>,
    /// Whether any number of files may go.
    pub allow_removals: bool,
}

/// What wakes a mirror that waits.
enum Woken {
    /// Something changed, on either side.
    Changed,
    /// Somebody stops the program.
    Stopped,
}

/// Keeps a folder equal, and gives the exit code.
pub fn mirror(workspace: &Path, asked: &Asked, as_json: bool) -> Result<u8> {
    let mut keeping = Keeping::open(workspace, asked, as_json)?;
    let (woken, wakes) = channel();
    let (line, desk) = desk(workspace, woken.clone(), !asked.once && !asked.dry_run)?;
    let mut engine = Engine::new(line.clone());
    let ended = if asked.dry_run {
        keeping.would(&mut engine)
    } else if asked.once {
        keeping.once(&mut engine)
    } else {
        stopping(woken.clone()).and_then(|()| keeping.watch(&mut engine, woken, &wakes))
    };
    line.close();
    let _ = desk.join();
    ended
}

/// The workspace's desk, on a thread.
fn desk(
    workspace: &Path,
    woken: Sender<Woken>,
    stays: bool,
) -> Result<(Line, std::thread::JoinHandle<()>)> {
    let (opened, opened_by) = channel();
    let workspace = workspace.to_owned();
    let thread = std::thread::Builder::new().name("workspace".into());
    let desk = thread.spawn(move || match home::open(&workspace) {
        Ok(mut desk) => {
            // Who does not wait any more hears nothing.
            let tell = move || drop(woken.send(Woken::Changed));
            desk.surroundings().tell_changes(tell);
            // It closes before the desk does, which holds the folder's lock.
            let _door = local_door::open(&workspace, desk.line());
            let _ = opened.send(Ok(desk.line()));
            if stays {
                desk.opened();
            }
            desk.serve();
        }
        Err(error) => drop(opened.send(Err(error))),
    })?;
    let gone = |_| ToolError::new(ErrorCode::Internal, "The workspace's thread ended.");
    Ok((opened_by.recv().map_err(gone)??, desk))
}

/// Waits for whoever stops the program; the second time, it ends at once.
fn stopping(woken: Sender<Woken>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let thread = std::thread::Builder::new().name("signals".into());
    thread.spawn(move || {
        for _ in 0..2 {
            let stopped = runtime.block_on(async {
                match selvage_serve::stop_signal() {
                    Ok(stopped) => {
                        stopped.await;
                        true
                    }
                    Err(_) => false,
                }
            });
            if !stopped {
                return;
            }
            if woken.send(Woken::Stopped).is_err() {
                return;
            }
        }
        std::process::exit(crate::error::CANCELLED.into());
    })?;
    Ok(())
}

/// A mirror at work.
struct Keeping {
    mirror: Mirror<FolderDisk, FileLog>,
    folder: PathBuf,
    as_json: bool,
    /// What was said of a manifest that came to be broken, which names no flow any more.
    flaws: manifest::Told,
}

impl Keeping {
    fn open(workspace: &Path, asked: &Asked, as_json: bool) -> Result<Self> {
        let unread = |path: &Path| {
            let name = path.display().to_string();
            move |source| CliError::Read { name, source }
        };
        let folder = asked.folder.canonicalize();
        let folder = folder.map_err(unread(&asked.folder))?;
        let Ok(store) = workspace.canonicalize() else {
            return Err(CliError::NoWorkspace(workspace.to_owned()));
        };
        if folder.starts_with(&store) {
            return Err(CliError::Usage(format!(
                "{} is where the workspace itself is kept: name another folder, or keep the workspace in one inside of it",
                asked.folder.display()
            )));
        }
        // What the workspace itself goes by is no business of whoever can write in the folder.
        let mut never: Vec<String> = PROTECTED.map(str::to_owned).into();
        if let Ok(inside) = store.strip_prefix(&folder) {
            never.push(inside.to_string_lossy().replace('\\', "/"));
        }
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let options = Options {
            name: name.to_string_lossy().into_owned(),
            from: asked.from,
            allow_removals: asked.allow_removals,
            never,
        };
        let id = Hash::of(folder.as_os_str().as_encoded_bytes()).to_string();
        let id = &id[..NAME_DIGITS];
        let memory = store.join(MEMORY);
        if !asked.dry_run {
            std::fs::create_dir_all(&memory)?;
        }
        let disk = FolderDisk::open(&folder, id).map_err(unread(&folder))?;
        let log = FileLog::new(memory.join(format!("{id}.log")));
        Ok(Self {
            mirror: Mirror::open(disk, log, options)?,
            folder,
            as_json,
            flaws: manifest::Told::default(),
        })
    }

    fn would(&mut self, engine: &mut Engine) -> Result<u8> {
        let mut progress = Progress::open();
        let mut step = |path: &str| progress.step(path);
        let since = Instant::now();
        let report = loop {
            let report = self.mirror.look(engine, now_ms(), &mut step)?;
            if !report.unsettled || since.elapsed() >= SETTLING_MAX {
                break report;
            }
            std::thread::sleep(QUIET);
        };
        drop(progress);
        self.tell(engine, &report, "would ")?;
        Ok(0)
    }

    fn pass(&mut self, engine: &mut Engine) -> Result<Report, MirrorError> {
        self.wait_for_git();
        let mut progress = Progress::open();
        let mut step = |path: &str| progress.step(path);
        self.mirror.pass(engine, now_ms(), &mut step)
    }

    /// While git changes the folder, half of what is there is of another commit.
    fn wait_for_git(&self) {
        let lock = self.folder.join(".git/index.lock");
        let since = Instant::now();
        // One that a git which died has left keeps nobody for ever.
        while lock.exists() && since.elapsed() < GIT_MAX {
            std::thread::sleep(QUIET);
        }
    }

    fn once(&mut self, engine: &mut Engine) -> Result<u8> {
        let since = Instant::now();
        let mut all = self.chosen(engine)?;
        while all.unsettled && since.elapsed() < SETTLING_MAX {
            std::thread::sleep(QUIET);
            all.then(self.chosen(engine)?);
        }
        self.tell(engine, &all, "")?;
        let is_clear = all.conflicts.is_empty() && !all.unsettled;
        Ok(if is_clear { 0 } else { CONFLICTS })
    }

    /// A pass. Where nobody said which side is right, whoever is at the terminal is asked.
    fn chosen(&mut self, engine: &mut Engine) -> Result<Report> {
        let refused = match self.pass(engine) {
            Err(error @ MirrorError::Unchosen { .. }) => error,
            done => return Ok(done?),
        };
        let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if !asks || self.as_json {
            return Err(refused.into());
        }
        let mut err = std::io::stderr();
        write!(
            err,
            "{refused}.\n  both: each gets what the other has, and where they differ, both are kept\n  disk: the workspace becomes what the folder is\n  workspace: the folder becomes what the workspace is\nWhich? [both/disk/workspace] "
        )?;
        err.flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        let from = match answer.trim() {
            "both" => From::Both,
            "disk" => From::Disk,
            "workspace" => From::Workspace,
            _ => return Err(refused.into()),
        };
        self.mirror.choose(from);
        Ok(self.pass(engine)?)
    }

    fn watch(
        &mut self,
        engine: &mut Engine,
        woken: Sender<Woken>,
        wakes: &Receiver<Woken>,
    ) -> Result<u8> {
        let tell = move || drop(woken.send(Woken::Changed));
        let mut watch = Watch::new(&self.folder, tell).map_err(unwatched)?;
        let mut report = self.chosen(engine)?;
        self.tell(engine, &report, "")?;
        out::say(&format!("selvage: mirroring {}", self.folder.display()));
        let mut paused = false;
        loop {
            let is_new = watch.follow(self.mirror.folders());
            let is_new = is_new.unwrap_or_else(|why| {
                out::say(&format!(
                    "selvage: {why}: the folder is looked through every {} seconds",
                    LOOK_EVERY.as_secs()
                ));
                false
            });
            let wait = match is_new || report.unsettled {
                true => QUIET,
                false => LOOK_EVERY,
            };
            if is_over(wakes, wait) {
                return Ok(0);
            }
            match self.chosen(engine) {
                Ok(done) => report = done,
                Err(error @ CliError::Mirror(MirrorError::Removals { .. })) => {
                    if !paused {
                        show::error(&error, self.as_json);
                    }
                    (paused, report) = (true, Report::default());
                    continue;
                }
                Err(error) => return Err(error),
            }
            paused = false;
            if !report.is_quiet() {
                self.tell(engine, &report, "")?;
            }
        }
    }

    fn tell(&mut self, engine: &mut Engine, report: &Report, would: &str) -> Result<()> {
        let value = json!(report);
        show::value(self.as_json, &value, |_: &serde_json::Value| {
            lines(report, would)
        })?;
        self.flaws.anew(engine)
    }
}

/// Waits until something changed and it has been quiet for a moment; whether the program is to end.
fn is_over(wakes: &Receiver<Woken>, wait: Duration) -> bool {
    match wakes.recv_timeout(wait) {
        Ok(Woken::Stopped) | Err(RecvTimeoutError::Disconnected) => return true,
        Err(RecvTimeoutError::Timeout) => return false,
        Ok(Woken::Changed) => {}
    }
    let since = Instant::now();
    while since.elapsed() < QUIET_MAX {
        match wakes.recv_timeout(QUIET) {
            Ok(Woken::Changed) => {}
            Ok(Woken::Stopped) | Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => return false,
        }
    }
    false
}

fn unwatched(error: impl std::fmt::Display) -> CliError {
    std::io::Error::other(error.to_string()).into()
}

fn lines(report: &Report, would: &str) -> String {
    let mut lines = Vec::new();
    let sides = [
        ("workspace", &report.to_workspace),
        ("folder", &report.to_disk),
    ];
    for (side, steps) in sides {
        lines.extend(steps.iter().map(|step| {
            let (verb, path) = (verb(step), &step.path);
            let from = step.from.iter().map(|from| format!("{from} to "));
            let from: String = from.collect();
            format!("{side}: {would}{verb} {from}{path}")
        }));
    }
    let joined = report.joined.iter();
    lines.extend(joined.map(|path| format!("{would}join {path}")));
    let kept = report.kept.iter();
    lines.extend(
        kept.map(|path| format!("{path}: changed on one side, deleted on the other: kept")),
    );
    for conflict in &report.conflicts {
        let (path, copy, why) = (&conflict.path, &conflict.copy, &conflict.why);
        lines.push(format!("conflict: {path}, {copy}: {why}"));
    }
    let left = report.left.iter();
    lines.extend(left.map(|left| format!("left out: {}: {}", left.path, left.why)));
    if report.unsettled {
        lines.push("something is still being written".into());
    }
    lines.push(format!("{} files are equal", report.files));
    lines.join("\n")
}

fn verb(step: &Step) -> &'static str {
    match step.op {
        Verb::Move => "move",
        Verb::Write => "write",
        Verb::Mkdir => "make",
        Verb::Remove => "remove",
    }
}
