//! `selvage`: reads what is asked for, does it, and ends with a code that scripts can use.
//!
//! **Problem.** People, scripts and agents work with a workspace where there is no browser.
//!
//! **Shape.** [`options`] reads the command line; [`home`] opens a workspace's folder and puts a
//! [`selvage_host::Desk`] around its engine; [`commands`] call tools there and [`show`] writes what came of it; [`mcp`]
//! serves the same tools to agents. `serve` and its neighbours are the library `selvage-serve`.
//!
//! *Invariants.* Nothing here decides: what may be done is the engine's to say. With `--json`, standard output holds one JSON
//! value and nothing else; what is said meanwhile goes to standard error.
#![allow(
    clippy::disallowed_methods,
    reason = "a host: arguments, the disk, the clock, the network and exit codes are its business"
)]

mod approvals;
mod archive;
mod ask;
mod commands;
mod completions;
mod error;
mod hints;
mod home;
mod keys;
mod limits;
mod local_door;
mod manifest;
mod mcp;
mod mirror;
mod net;
mod openly;
mod options;
mod out;
mod progress;
mod run;
mod secrets;
mod show;
mod verify;

use error::{CliError, Result};
use options::{Act, Asked};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let wants_json = arguments.iter().any(|it| it == "--json");
    let (json, ended) = match Asked::parse(&arguments) {
        Ok(Asked::Told(text)) => (false, out::line(&text).map(|()| 0)),
        Ok(Asked::Serve(command)) => (wants_json, serve(command)),
        Ok(Asked::Workspace { folder, json, act }) => {
            let ended = match act {
                Act::Approvals(act) => approvals::perform(&folder, &act, json),
                Act::Mcp(door) => mcp::serve(&folder, door.as_ref()),
                Act::Mirror(asked) => mirror::mirror(&folder, &asked, json),
                Act::Keys(act, of_server) => keys::perform(&folder, of_server, &act, json),
                Act::Secrets(act) => secrets::perform(&folder, &act, json),
                Act::Run(run, yes) => run::run(&folder, &run, json, yes),
                Act::Export { path, to } => archive::give::export(&folder, &path, &to, json),
                Act::Import(from) => archive::take::import(&folder, &from, json),
                Act::Verify(asked) => verify::verify(&folder, &asked, json),
                act => commands::perform(&folder, &act, json),
            };
            (json, ended)
        }
        // What can't be followed is told in the form that was asked for, too.
        Err(error) => (wants_json, Err(error)),
    };
    match ended {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            show::error(&error, json);
            ExitCode::from(error.exit_code())
        }
    }
}

/// What the host for devices does.
fn serve(command: selvage_serve::Command) -> Result<u8> {
    selvage_serve::program(command, home::guests)?;
    Ok(0)
}

impl From<selvage_tool::ToolError> for CliError {
    fn from(error: selvage_tool::ToolError) -> Self {
        Self::Tool(Box::new(error))
    }
}
