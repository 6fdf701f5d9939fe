//! The program as a process, over a workspace in a folder: as a person and a script use it, and as an agent's client does.
//!
//! The guests come from `SELVAGE_GUESTS`, or from where `cargo xtask wasm` puts them.

#![allow(
    clippy::disallowed_methods,
    reason = "a test of a host: processes, sockets, the clock and the disk are what it is about"
)]

mod approvals;
mod archive;
mod bare;
mod changes;
#[cfg(unix)]
mod closing;
mod commands;
#[cfg(unix)]
mod completions;
mod hints;
mod inner;
mod json;
mod local_door;
mod manifests;
mod mcp;
mod mirror;
#[cfg(target_os = "linux")]
mod output;
mod policy;
mod rounds;
mod secrets;
mod shown;
mod states;
mod verify;
mod web;
mod words;

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A new workspace in a folder of its own.
struct Folder(tempfile::TempDir);

/// What a command said.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        assert_eq!(folder.selvage(&["init"]).code, Some(0));
        folder
    }

    /// A command that waits to be started.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_selvage"));
        command
            .args(arguments)
            .env("SELVAGE_WORKSPACE", self.0.path());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn selvage(&self, arguments: &[&str]) -> Said {
        self.fed(arguments, "")
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A command with something on its standard input.
    fn fed(&self, arguments: &[&str], input: &str) -> Said {
        self.fed_with(arguments, input, &[])
    }

    /// A command with something on its standard input and in its environment.
    fn fed_with(&self, arguments: &[&str], input: &str, env: &[(&str, &str)]) -> Said {
        let mut command = self.command(arguments);
        command.envs(env.iter().copied());
        let mut child = command.spawn().expect("starts");
        let mut stdin = child.stdin.take().expect("piped");
        // A command that reads nothing may be gone.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    fn write(&self, path: &str, content: &str) {
        let said = self.fed(&["write", path], content);
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|why| panic!("{why}: {} {}", self.out, self.err))
    }
}
