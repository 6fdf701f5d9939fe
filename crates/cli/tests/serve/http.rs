//! What is not a link.

use crate::program::Program;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

const UPGRADE: &str = "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The head of the answer to a request.
fn ask(address: SocketAddr, path: &str, headers: &str) -> String {
    ask_as(&address.to_string(), address, path, headers)
}

fn ask_as(host: &str, address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).expect("open");
    let mut answer = Vec::new();
    let mut some = [0; 1024];
    while !answer.windows(4).any(|it| it == b"\r\n\r\n") {
        match stream.read(&mut some).expect("answers") {
            0 => break,
            read => answer.extend_from_slice(&some[..read]),
        }
    }
    String::from_utf8(answer).expect("text")
}

#[test]
fn pages_of_strangers_may_not_connect() {
    let program = Program::with(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--no-storage",
        "--origin",
        "https://known.example",
        "--name",
        "relay.example",
    ]);
    let address = program.address;
    let own = format!("http://{address}");
    for (origin, status) in [
        ("", "101"),
        (own.as_str(), "101"),
        ("https://known.example", "101"),
        ("https://stranger.example", "403"),
        ("null", "403"),
    ] {
        let origin = if origin.is_empty() {
            String::new()
        } else {
            format!("Origin: {origin}\r\n")
        };
        let answer = ask(address, "/relay", &format!("{UPGRADE}{origin}"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{origin}: {answer}"
        );
    }
}

#[test]
fn a_name_that_is_not_the_servers_own_is_refused() {
    let program = Program::with(&["serve", "--listen", "127.0.0.1:0", "--no-storage"]);
    let address = program.address;
    let localhost = format!("localhost:{}", address.port());
    for (host, status) in [(localhost.as_str(), "101"), ("stranger.example", "421")] {
        let answer = ask_as(host, address, "/relay", UPGRADE);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{host}: {answer}"
        );
    }
}

#[test]
fn health_is_told_and_nothing_else_is_there() {
    let program = Program::with(&["serve", "--listen", "127.0.0.1:0", "--no-storage"]);
    let status = |path: &str| ask(program.address, path, "")[..12].to_owned();
    assert_eq!(status("/healthz"), "HTTP/1.1 200");
    assert_eq!(status("/relay"), "HTTP/1.1 400");
    assert_eq!(status("/elsewhere"), "HTTP/1.1 404");
    let long = "x".repeat(64 * 1024);
    let answer = ask(program.address, "/healthz", &format!("Long: {long}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[test]
fn the_page_is_served_with_its_headers() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").expect("writes");
    std::fs::write(folder.path().join(".secret"), "hidden").expect("writes");
    let pages = folder.path().to_str().expect("plain");
    let program = Program::with(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--no-storage",
        "--pages",
        pages,
    ]);
    let answer = ask(program.address, "/", "");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("content-security-policy"),
        "{answer}"
    );
    for path in ["/.secret", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        let answer = ask(program.address, path, "");
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    assert!(ask(program.address, "/healthz", "").starts_with("HTTP/1.1 200"));
}
