//! `selvage run`: the log streams while the run goes on, and whoever stops the program cancels it.

mod telling;

use crate::commands::{person, typed};
use crate::error::{CANCELLED, CliError, RUN, Result};
use crate::local_door::LocalDoor;
use crate::progress::Progress;
use crate::{ask, home, limits, manifest, out, show};
use selvage_host::Called;
use selvage_tool::run::{RunRecord, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_workbench::Notice;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use telling::Telling;

/// Runs a flow and gives the exit code.
pub fn run(folder: &Path, input: &Value, json: bool, yes: bool) -> Result<u8> {
    let mut desk = home::open(folder)?;
    manifest::warn(&mut desk)?;
    for why in limits::beyond(&input["limits"]) {
        out::say(&format!("selvage: {why}"));
    }
    let line = desk.line();
    let (answer, answered) = channel();
    let closes = line.clone();
    let reply = move |result| {
        let _ = answer.send(result);
        closes.close();
    };
    let asks = line.clone();
    let bar = Some(Progress::open()).filter(Progress::is_shown);
    let telling = Telling::new(std::io::stderr(), bar);
    let tells = telling.clone();
    let began = Arc::new(AtomicBool::new(false));
    let begins = Arc::clone(&began);
    let tell = move |notice: &Notice| match notice {
        Notice::Approval { approval, .. } => ask::about(&asks, approval, yes, tells.question()),
        notice => {
            // The first that is heard of a run is that it is in the queue.
            begins.store(true, Ordering::Relaxed);
            tells.tell(notice);
        }
    };
    let called = line.call(person(), "run_flow", input.clone(), tell, reply);
    cancel_when_stopped(called)?;
    // What is asked here can be answered at another terminal as well. It closes before the desk does, which holds the folder's lock.
    let door = LocalDoor::open(folder, line.clone()).ok();
    desk.serve();
    drop(door);
    telling.end();
    let lost = || ToolError::new(ErrorCode::Internal, "The run ended without an answer.");
    let result: ToolResult = answered.recv().map_err(|_| lost())?;
    let value = result.map_err(|error| match began.load(Ordering::Relaxed) {
        true => CliError::Run(Box::new(error)),
        false => error.into(),
    })?;
    let record: RunRecord = typed(&value)?;
    if json {
        show::json(&value)?;
    } else {
        let changes = show::changes(&record)?;
        if !changes.is_empty() {
            out::say(changes.trim_end_matches('\n'));
        }
        if let Some(value) = &record.value {
            let text = match value {
                Value::String(text) => text.clone(),
                value => format!("{value:#}"),
            };
            out::line(&text)?;
        }
    }
    Ok(match record.status {
        RunStatus::CompletedWithErrors => RUN,
        _ => 0,
    })
}

/// Waits beside the desk for whoever stops the program. The second time, it ends at once.
fn cancel_when_stopped(called: Called) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let first = {
        let _tasks_run_here = runtime.enter();
        selvage_serve::stop_signal()?
    };
    let thread = std::thread::Builder::new().name("signals".into());
    thread.spawn(move || {
        runtime.block_on(async {
            first.await;
            let second = selvage_serve::stop_signal();
            called.cancel();
            if let Ok(second) = second {
                second.await;
                std::process::exit(CANCELLED.into());
            }
        });
    })?;
    Ok(())
}
