//! The local door of a program that has the workspace open: who comes with something else than what waits for a person, with too
//! much of it, or too slowly.

use crate::Folder;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

/// A workspace that a program has open.
struct Held {
    child: Child,
    folder: Folder,
}

impl Held {
    fn start() -> Self {
        Self::of(Folder::new(), &["mcp"])
    }

    fn of(folder: Folder, command: &[&str]) -> Self {
        let child = folder.command(command).spawn().expect("starts");
        let held = Self { child, folder };
        held.opens();
        held
    }

    /// Waits until the door is open.
    fn opens(&self) {
        let began = Instant::now();
        while UnixStream::connect(self.place()).is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "no door");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("door.sock")
    }

    fn connect(&self) -> UnixStream {
        UnixStream::connect(self.place()).expect("it is open")
    }

    fn ask(&self, request: &[u8]) -> Value {
        let mut stream = self.connect();
        // Who is turned away has an answer, too.
        let _ = stream.write_all(request);
        answer(stream)
    }

    fn code(&self, request: &[u8]) -> Value {
        self.ask(request)["error"]["code"].clone()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(stream: UnixStream) -> Value {
    let mut line = String::new();
    BufReader::new(stream)
        .read_line(&mut line)
        .expect("an answer");
    serde_json::from_str(&line).unwrap_or_else(|why| panic!("{why}: {line}"))
}

fn request(tool: &str) -> Vec<u8> {
    let request = json!({ "tool": tool, "input": {} });
    (request.to_string() + "\n").into_bytes()
}

#[test]
fn it_is_for_its_owner_and_lets_nothing_else_through() {
    let held = Held::start();
    let kept = std::fs::metadata(held.place()).expect("it is there");
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);

    let waits = held.ask(&request("approval_list"));
    assert_eq!(waits["value"]["approvals"], json!([]), "{waits}");
    for tool in ["write", "read", "run_flow", "approval", "APPROVAL_LIST", ""] {
        assert_eq!(held.code(&request(tool)), "POLICY_DENIED", "{tool}");
    }
    for bent in [
        "",
        "\n",
        "[]\n",
        "{\n",
        "\u{fffd}\n",
        r#"{"tool":"approval_list"}"#,
    ] {
        let mut stream = held.connect();
        stream.write_all(bent.as_bytes()).expect("sent");
        stream.shutdown(std::net::Shutdown::Write).expect("ended");
        assert_eq!(answer(stream)["error"]["code"], "INVALID_INPUT", "{bent:?}");
    }
    let more = br#"{"tool":"approval_list","input":{},"as":"person"}"#;
    assert_eq!(held.code(&[&more[..], b"\n"].concat()), "INVALID_INPUT");
    let wrong = br#"{"tool":"approval_decide","input":{"approval":7}}"#;
    assert_eq!(held.code(&[&wrong[..], b"\n"].concat()), "INVALID_INPUT");
}

#[test]
fn who_sends_too_much_or_too_slowly_or_comes_in_a_crowd_is_turned_away() {
    let held = Held::start();
    let filled = |bytes: usize| {
        let input = json!({ "tool": "approval_list", "input": {} }).to_string();
        let spaces = " ".repeat(bytes - input.len() - 1);
        (input + &spaces + "\n").into_bytes()
    };
    let most = 64 * 1024;
    assert_eq!(held.ask(&filled(most))["ok"], true, "as long as it may be");
    assert_eq!(held.code(&filled(most + 1)), "TOO_LARGE");

    let began = Instant::now();
    let mut slow: Vec<UnixStream> = (0..8).map(|_| held.connect()).collect();
    slow.iter_mut()
        .for_each(|stream| stream.write_all(b"{").expect("sent"));
    assert_eq!(held.code(&request("approval_list")), "BUSY");
    for stream in slow {
        assert_eq!(answer(stream)["error"]["code"], "INVALID_INPUT");
    }
    assert!(began.elapsed() >= Duration::from_secs(5));
    assert!(began.elapsed() < Duration::from_secs(30));
    assert_eq!(held.ask(&request("approval_list"))["ok"], true);
}

#[test]
fn what_a_killed_program_left_is_replaced_and_two_programs_never_share_one() {
    let mut held = Held::start();
    let second = held.folder.selvage(&["mcp"]);
    assert_eq!(second.code, Some(5), "{}", second.err);
    assert_eq!(
        held.ask(&request("approval_list"))["ok"],
        true,
        "it is the first one's"
    );

    held.child.kill().expect("killed");
    held.child.wait().expect("gone");
    assert!(held.place().exists(), "it was left");
    let said = held.folder.selvage(&["approvals"]);
    assert_eq!(
        (said.code, &*said.out),
        (Some(0), "Nothing waits for a person.\n")
    );

    held.child = held.folder.command(&["mcp"]).spawn().expect("starts");
    held.opens();
    assert_eq!(held.ask(&request("approval_list"))["ok"], true);
    drop(held.child.stdin.take());
    held.child.wait().expect("ends");
    assert!(!held.place().exists(), "a program that ends closes it");
}

#[test]
fn a_mirror_has_one_too() {
    let plain = tempfile::tempdir().expect("a folder");
    let path = plain.path().display().to_string();
    let held = Held::of(Folder::new(), &["mirror", &path]);
    let said = held.folder.selvage(&["approvals", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(said.json()["value"]["approvals"], json!([]));
}
