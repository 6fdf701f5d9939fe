//! The program that serves, and keys for it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The program that serves, in a folder, at a port that stays the same.
pub struct Server<'a> {
    data: &'a Path,
    pub listen: String,
    child: Child,
}

impl<'a> Server<'a> {
    pub fn start(data: &'a Path, listen: &str) -> Self {
        Self::start_with(data, listen, &[])
    }

    /// The same with more words on its command line.
    pub fn start_with(data: &'a Path, listen: &str, more: &[&str]) -> Self {
        let folder = data.to_str().expect("a plain path");
        let arguments = ["serve", "--jobs", "--data", folder, "--listen", listen];
        let mut command = Command::new(env!("CARGO_BIN_EXE_selvage"));
        let command = command
            .args(arguments)
            .args(more)
            .env("SELVAGE_CACHE", crate::bench::compiled());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let listen = line.trim().strip_prefix("selvage listens on http://");
        let listen = listen.and_then(|it| it.strip_suffix('/')).expect(&line);
        Self {
            data,
            listen: listen.to_owned(),
            child,
        }
    }

    /// Ends the program, softly or not, and starts it anew.
    pub fn again(mut self, softly: bool) -> Server<'a> {
        let signal = if softly { "-TERM" } else { "-KILL" };
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args([signal, &pid]).status();
        assert!(told.expect("kill runs").success());
        self.child.wait().expect("ends");
        Server::start(self.data, &self.listen)
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A key of one scope.
pub fn key(data: &Path, scope: &str) -> String {
    key_with(data, scope, &[])
}

/// The same with more words on the command line.
pub fn key_with(data: &Path, scope: &str, more: &[&str]) -> String {
    let folder = data.to_str().expect("a plain path");
    // No two keys have one name.
    let name = format!("{scope} {}", more.len());
    let arguments = [
        "keys", "add", &name, "--scope", scope, "--json", "--data", folder,
    ];
    let made = Command::new(env!("CARGO_BIN_EXE_selvage"))
        .args(arguments)
        .args(more)
        .output();
    let made: Value = serde_json::from_slice(&made.expect("runs").stdout).expect("JSON");
    made["value"]["key"].as_str().expect("a key").to_owned()
}
