//! The program as a process, and a server within the test.

use selvage_relay::Limits;
use selvage_serve::{Doors, Hub, RedbStore, router, serve};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use tokio::net::TcpListener;

pub struct Program {
    child: Child,
    pub address: SocketAddr,
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_selvage"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Program {
    pub fn start(data: &Path) -> Self {
        let data = data.to_str().expect("a plain path");
        Self::with(&["serve", "--listen", "127.0.0.1:0", "--data", data])
    }

    pub fn with(arguments: &[&str]) -> Self {
        let mut child = command(arguments)
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("says where it listens");
        let address = line.trim().strip_prefix("selvage listens on http://");
        let address = address.and_then(|address| address.strip_suffix('/'));
        let address = address.expect(&line).parse().expect("an address");
        Self { child, address }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: the program has no last words.
    pub fn kill(mut self) {
        self.child.kill().expect("runs");
        self.child.wait().expect("ends");
    }

    /// SIGTERM.
    pub fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill runs").success());
        self.child.wait().expect("ends")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server with limits of a test's own, for as long as the test's runtime.
pub async fn server(limits: Limits, data: Option<&Path>) -> SocketAddr {
    let store = data.map(|data| RedbStore::open(data).expect("opens"));
    let hub = Hub::start(limits, store).expect("starts");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let router = router(&hub, Doors::default(), axum::Router::new());
    tokio::spawn(async move {
        let served = serve(listener, router, &hub, std::future::pending(), None).await;
        served.expect("serves");
    });
    address
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Program::start(folder.path());
    let said = |arguments: &[&str]| {
        let output = command(arguments).output().expect("starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    };
    let data = folder.path().to_str().expect("plain");
    let (code, text) = said(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    assert!(code == Some(1) && text.contains("cannot open"), "{text}");
    let taken = running.address.to_string();
    let (code, text) = said(&["serve", "--no-storage", "--listen", &taken]);
    assert!(
        code == Some(1) && text.contains("cannot listen on"),
        "{text}"
    );
    let (code, text) = said(&["serve", "--listen", "nowhere"]);
    assert!(
        code == Some(2) && text.contains("usage: selvage serve"),
        "{text}"
    );
    let file = folder.path().join("relay.redb").display().to_string();
    let (code, text) = said(&["serve", "--listen", "127.0.0.1:0", "--data", &file]);
    assert!(
        code == Some(1) && text.contains("cannot make the folder"),
        "{text}"
    );
}

#[test]
fn help_is_no_error() {
    let mut child = command(&["serve", "--help"]).spawn().expect("starts");
    let mut text = String::new();
    let stdout = child.stdout.as_mut().expect("piped");
    stdout.read_to_string(&mut text).expect("says something");
    assert!(text.contains("--no-storage"));
    assert!(child.wait().expect("ends").success());
}
