//! `selvage run`: the log streams while the run goes on, and Ctrl-C cancels it.

mod telling;

use crate::commands::{person, typed};
use crate::error::{CliError, RUN, Result};
use crate::local_door::LocalDoor;
use crate::progress::Progress;
use crate::{ask, home, show};
use selvage_host::Called;
use selvage_tool::run::{RunRecord, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_workbench::Notice;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;
use telling::Telling;

/// Runs a flow and gives the exit code.
pub fn run(folder: &Path, input: &Value, json: bool, yes: bool) -> Result<u8> {
    let mut desk = home::open(folder)?;
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
    let tell = move |notice: &Notice| match notice {
        Notice::Approval { approval, .. } => ask::about(&asks, approval, yes, tells.question()),
        notice => tells.tell(notice),
    };
    let called = line.call(person(), "run_flow", input.clone(), tell, reply);
    cancel_on_interrupt(called)?;
    // What is asked here can be answered at another terminal as well. It closes before the desk does, which holds the folder's lock.
    let door = LocalDoor::open(folder, line.clone()).ok();
    desk.serve();
    drop(door);
    telling.end();
    let lost = || ToolError::new(ErrorCode::Internal, "The run ended without an answer.");
    let result: ToolResult = answered.recv().map_err(|_| lost())?;
    let value = result?;
    let record: RunRecord = typed(&value)?;
    if json {
        show::json(&value)?;
    } else {
        let mut err = std::io::stderr();
        write!(err, "{}", show::changes(&record)?)?;
        if let Some(value) = &record.value {
            let text = match value {
                Value::String(text) => text.clone(),
                value => format!("{value:#}"),
            };
            writeln!(std::io::stdout(), "{text}")?;
        }
    }
    Ok(match record.status {
        RunStatus::CompletedWithErrors => RUN,
        _ => 0,
    })
}

/// Waits for Ctrl-C beside the desk. The second one ends the program at once.
fn cancel_on_interrupt(called: Called) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_ok() {
                    called.cancel();
                }
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(CliError::from(cancelled()).exit_code().into());
                }
            });
        })?;
    Ok(())
}

fn cancelled() -> ToolError {
    ToolError::new(ErrorCode::Cancelled, "The run was cancelled.")
}
