//! What the server says over HTTP to whoever asks for its figures, and to whoever sends more than it takes.

use crate::server::{Server, key};
use selvage_jobs::message::{BLOB_BYTES_MAX, JOB_BYTES_MAX, hash};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// One connection.
pub struct Line(BufReader<TcpStream>);

/// An answer: its status, its head in lower case, and its body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Line {
    pub fn open(server: &Server<'_>) -> Self {
        let stream = TcpStream::connect(&server.listen).expect("listens");
        let longest = Some(Duration::from_secs(20));
        stream.set_read_timeout(longest).expect("a socket");
        Self(BufReader::new(stream))
    }

    /// Sends a head.
    pub fn begin(&mut self, request: &str, headers: &[(&str, &str)]) {
        let mut head = format!("{request} HTTP/1.1\r\nHost: localhost\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        self.send(format!("{head}\r\n").as_bytes());
    }

    /// Sends bytes, as far as they are taken.
    pub fn send(&mut self, bytes: &[u8]) {
        // A server that has heard enough may hang up.
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// Reads an answer.
    pub fn hear(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(
                self.0.read_line(&mut head).expect("an answer") > 0,
                "{head}"
            );
        }
        let head = head.to_lowercase();
        let value = |name: &str| {
            let mut lines = head.lines();
            lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
        };
        let length = value("content-length:").map_or(0, |it| it.parse().expect("a length"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("a body");
        Answer {
            status: head[9..12].parse().expect("a status"),
            body: String::from_utf8(body).expect("text"),
            head,
        }
    }

    /// Whether the server has hung up.
    fn is_over(&mut self) -> bool {
        // Whoever has sent what was not read may be told so by a reset.
        self.0.fill_buf().is_ok_and(<[u8]>::is_empty) || self.0.fill_buf().is_err()
    }

    fn ask(&mut self, request: &str, headers: &[(&str, &str)]) -> Answer {
        self.begin(request, headers);
        self.hear()
    }
}

/// The value of a figure.
pub fn figure(server: &Server<'_>, name: &str) -> u64 {
    let told = Line::open(server).ask("GET /metrics", &[]);
    assert_eq!(told.status, 200);
    let mut lines = told.body.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    value.unwrap_or_else(|| panic!("{name} in {}", told.body))
}

#[test]
fn figures_are_told_to_this_machine_and_to_keys_for_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let [jobs, metrics] = ["jobs", "metrics"].map(|it| bearer(&key(folder.path(), it)));
    let server = Server::start(folder.path(), "127.0.0.1:0");
    let mut line = Line::open(&server);
    let health = line.ask("GET /healthz", &[]);
    assert_eq!((health.status, &*health.body), (200, "well\n"));

    let told = line.ask("GET /metrics", &[]);
    assert_eq!(told.status, 200);
    assert!(
        told.head
            .contains("content-type: text/plain; version=0.0.4"),
        "{}",
        told.head
    );
    let mut names = Vec::new();
    for row in told.body.lines().filter(|row| !row.starts_with('#')) {
        let (name, value) = row.split_once(' ').expect("a name and a value");
        assert!(value.parse::<f64>().is_ok(), "{row}");
        let kind = format!("# TYPE {name} ");
        assert!(told.body.contains(&kind), "{row}");
        names.push(name);
    }
    for name in [
        "queued",
        "running",
        "taken_total",
        "refused_total",
        "waited_ms_total",
    ] {
        assert!(
            names.contains(&&*format!("selvage_jobs_{name}")),
            "{names:?}"
        );
    }

    // What a proxy of this machine passes on comes from elsewhere.
    let elsewhere = ("X-Forwarded-For", "192.0.2.1");
    let mut status = |key: Option<&str>| {
        let mut headers = vec![elsewhere];
        headers.extend(key.map(|key| ("Authorization", key)));
        line.ask("GET /metrics", &headers).status
    };
    assert_eq!(status(None), 401);
    assert_eq!(status(Some("Bearer selvage_1234_5678")), 401);
    assert_eq!(status(Some(&jobs)), 403);
    assert_eq!(status(Some(&metrics)), 200);
    // And the other way round: who reads figures has no jobs run.
    let asked = line.ask("GET /jobs/a", &[("Authorization", &metrics)]);
    assert_eq!(asked.status, 403);
}

pub fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

#[test]
fn what_is_larger_than_the_server_takes_is_refused_in_words_and_nothing_of_it_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = bearer(&key(folder.path(), "jobs"));
    let server = Server::start(folder.path(), "127.0.0.1:0");
    let refused = |answer: &Answer, bytes_max: usize| {
        assert_eq!(answer.status, 413, "{}", answer.head);
        let error: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(error["code"], "TOO_LARGE");
        let message = error["message"].as_str().expect("a text");
        assert!(message.contains(&bytes_max.to_string()), "{message}");
    };
    let large = vec![b' '; 3 * JOB_BYTES_MAX];
    let blob = vec![0; BLOB_BYTES_MAX + 1];
    let blob_path = format!("PUT /blobs/{}", hash(&blob));
    // One byte too many, as it is announced.
    let mut line = Line::open(&server);
    for (request, body, bytes_max) in [
        ("PUT /jobs/a", &large[..=JOB_BYTES_MAX], JOB_BYTES_MAX),
        (
            "POST /blobs/missing",
            &large[..=JOB_BYTES_MAX],
            JOB_BYTES_MAX,
        ),
        ("POST /jobs/a/more", &large[..=JOB_BYTES_MAX], JOB_BYTES_MAX),
        (&blob_path, &blob, BLOB_BYTES_MAX),
    ] {
        let length = body.len().to_string();
        line.begin(
            request,
            &[("Authorization", &key), ("Content-Length", &length)],
        );
        line.send(body);
        refused(&line.hear(), bytes_max);
        // The connection goes on.
        assert_eq!(line.ask("GET /healthz", &[]).status, 200, "{request}");
    }
    // The same without a word of how much will come.
    line.begin(
        "PUT /jobs/a",
        &[("Authorization", &key), ("Transfer-Encoding", "chunked")],
    );
    for part in large[..=JOB_BYTES_MAX].chunks(1024 * 1024) {
        line.send(format!("{:x}\r\n", part.len()).as_bytes());
        line.send(part);
        line.send(b"\r\n");
    }
    line.send(b"0\r\n\r\n");
    refused(&line.hear(), JOB_BYTES_MAX);
    assert_eq!(line.ask("GET /healthz", &[]).status, 200);
    // What is much too large is not read to its end: after the word why, the connection is over.
    let length = (1_usize << 40).to_string();
    line.begin(
        "PUT /jobs/a",
        &[("Authorization", &key), ("Content-Length", &length)],
    );
    line.send(&large);
    refused(&line.hear(), JOB_BYTES_MAX);
    assert!(line.is_over());

    let mut line = Line::open(&server);
    let status =
        |line: &mut Line, request: &str| line.ask(request, &[("Authorization", &key)]).status;
    assert_eq!(status(&mut line, "GET /jobs/a"), 404);
    assert_eq!(status(&mut line, &blob_path.replace("PUT", "GET")), 404);
    for name in ["taken_total", "queued", "kept", "kept_bytes", "file_bytes"] {
        assert_eq!(
            figure(&server, &format!("selvage_jobs_{name}")),
            0,
            "{name}"
        );
    }
    // As much as it takes is read: these are just no jobs and no hashes.
    let length = JOB_BYTES_MAX.to_string();
    line.begin(
        "PUT /jobs/a",
        &[("Authorization", &key), ("Content-Length", &length)],
    );
    line.send(&large[..JOB_BYTES_MAX]);
    let answer = line.hear();
    let error: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(
        (answer.status, &error["code"]),
        (400, &json!("INVALID_INPUT"))
    );
}
