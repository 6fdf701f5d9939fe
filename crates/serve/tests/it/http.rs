//! What is not a link.

use crate::program::Program;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// The head of the answer to a request.
fn ask(address: SocketAddr, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
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
    ]);
    let address = program.address;
    let upgrade = "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
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
        let answer = ask(address, "/relay", &format!("{upgrade}{origin}"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{origin}: {answer}"
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
