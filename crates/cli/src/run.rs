//! `selvage run`: the log streams while the run goes on, and Ctrl-C cancels it.

use crate::commands::{person, typed};
use crate::error::{CliError, RUN, Result};
use crate::progress::Progress;
use crate::{ask, home, openly, show};
use selvage_host::Called;
use selvage_tool::run::{RunRecord, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_workbench::Notice;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};

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
    let telling = Arc::new(Mutex::new(Telling::new()));
    let tells = Arc::clone(&telling);
    let tell = move |notice: &Notice| {
        let mut tells = tells.lock().unwrap_or_else(PoisonError::into_inner);
        match notice {
            Notice::Approval { approval, .. } => {
                tells.progress.wipe();
                ask::about(&asks, approval, yes);
            }
            notice => tells.tell(notice),
        }
    };
    let called = line.call(person(), "run_flow", input.clone(), tell, reply);
    cancel_on_interrupt(called)?;
    desk.serve();
    let mut telling = telling.lock().unwrap_or_else(PoisonError::into_inner);
    telling.progress.wipe();
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

/// Tells the person what is new about the run. Where it can't be written, the run goes on.
struct Telling {
    progress: Progress,
}

impl Telling {
    fn new() -> Self {
        Self {
            progress: Progress::open(),
        }
    }

    fn tell(&mut self, notice: &Notice) {
        let mut err = std::io::stderr();
        let is_shown = self.progress.is_shown();
        let _ = match notice {
            Notice::Log { entries, .. } => {
                self.progress.wipe();
                let log = show::log(entries);
                match is_shown {
                    // A log that could colour or move what is written next could hide what the person is asked.
                    true => write!(err, "{}", openly::lines(&log)),
                    false => writeln!(err, "{log}"),
                }
            }
            Notice::Run {
                progress: Some(progress),
                ..
            } => {
                let label = progress.label.as_deref().unwrap_or_default();
                if is_shown {
                    self.progress.at(progress.done, progress.total, label);
                    return;
                }
                let total = progress.total.map(|total| format!("/{total}"));
                let total = total.unwrap_or_default();
                writeln!(err, "{}{total} {label}", progress.done)
            }
            _ => Ok(()),
        };
    }
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
