//! Fetches of a run: what is granted is fetched, and a redirect leads nowhere else.

use crate::Folder;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A web server that answers each path in its own way, for as long as the test.
pub struct Echo {
    address: SocketAddr,
    heard: Arc<Mutex<String>>,
}

/// A request as it came.
struct Asked {
    first: String,
    headers: String,
    body: String,
}

impl Echo {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let heard = Arc::new(Mutex::new(String::new()));
        let hears = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a client");
                let asked = Asked::read(&stream);
                *hears.lock().expect("not poisoned") += &asked.text();
                let answer = asked.answer(address);
                let answer = answer.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
                // Who is gone needs no answer.
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, heard }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that was asked since it was asked last.
    pub fn heard(&self) -> String {
        std::mem::take(&mut self.heard.lock().expect("not poisoned"))
    }
}

impl Asked {
    fn read(stream: &TcpStream) -> Self {
        let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
        let mut first = String::new();
        reader.read_line(&mut first).expect("a request");
        let mut headers = String::new();
        let mut length = 0;
        for line in reader
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty())
        {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().expect("a number");
            }
            headers += &line;
            headers += "\n";
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        Self {
            first: first.trim().to_owned(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.first, self.headers, self.body)
    }

    fn answer(&self, address: SocketAddr) -> String {
        let path = self.first.split(' ').nth(1).expect("a path");
        let redirect =
            |to: &str| format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        match path {
            "/near" | "/redirect" => redirect("./there?a=1"),
            "/away" => redirect(&format!("http://localhost:{}/there", address.port())),
            path if path.starts_with("/there") => {
                said("", &format!("{} {}", self.first, self.body))
            }
            // Repeats all that it was told, in every way that servers do.
            _ => {
                let text = self.text();
                let hex = |text: &str| {
                    text.bytes().fold(String::new(), |mut hex, byte| {
                        let _ = write!(hex, "{byte:02x}");
                        hex
                    })
                };
                let words = text.lines().map(|line| match line.split_once(": ") {
                    Some((_, value)) if value.starts_with("Basic ") => line,
                    Some((_, value)) => value,
                    None => line,
                });
                let encoded: String = words
                    .filter(|word| !word.starts_with("authorization"))
                    .map(|word| format!("{} {}\n", hex(word), STANDARD.encode(word)))
                    .collect();
                let json = serde_json::Value::from(&*text).to_string();
                let twice = serde_json::Value::from(&*json);
                let header = self.headers.lines().last().unwrap_or_default();
                let header = format!("x-last: {header}\r\n");
                said(&header, &format!("{text}{encoded}{json}\n{twice}\n"))
            }
        }
    }
}

fn said(headers: &str, text: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n{text}",
        text.len()
    )
}

#[test]
fn a_run_fetches_what_it_may_and_follows_no_redirect_elsewhere() {
    let folder = Folder::new();
    let echo = Echo::start();
    let address = echo.address;
    let source = "\
export default async (flow) => {
  const { url, method, body } = flow.args;
  const answer = await fetch(url, { method, body });
  return [answer.status, answer.redirected, answer.url, await answer.text()];
};
";
    folder.write("flows/get.flow.js", source);
    let run = |path: &str, method: &str, body: Option<&str>, more: &[&str]| {
        let url = format!("http://{address}{path}");
        let args = serde_json::json!({ "url": url, "method": method, "body": body }).to_string();
        let words = ["run", "flows/get.flow.js", "--json", "--args", &args];
        folder.selvage(&[&words[..], more].concat())
    };
    let granted = ["--allow-net", "127.0.0.1"];
    let value = |path: &str, method: &str, body: Option<&str>| {
        let said = run(path, method, body, &granted);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
        said.json()["value"]["value"].clone()
    };
    let there = format!("http://{address}/there");
    assert_eq!(
        value("/there", "GET", None),
        serde_json::json!([200, false, there, "GET /there HTTP/1.1 "])
    );
    assert_eq!(
        value("/near", "GET", None),
        serde_json::json!([
            200,
            true,
            format!("{there}?a=1"),
            "GET /there?a=1 HTTP/1.1 "
        ])
    );
    assert_eq!(
        value("/there", "POST", Some("x=1"))[3],
        "POST /there HTTP/1.1 x=1"
    );

    let refused = |path: &str, method: &str, more: &[&str]| {
        let said = run(path, method, None, more);
        assert_eq!(said.code, Some(4), "{}{}", said.out, said.err);
        said.json()["error"]["code"].clone()
    };
    assert_eq!(refused("/there", "GET", &[]), "POLICY_DENIED");
    assert_eq!(refused("/away", "GET", &granted), "POLICY_DENIED");
    assert_eq!(refused("/near", "POST", &granted), "FETCH_FAILED");
    assert_eq!(
        refused(
            "/there",
            "GET",
            &["--allow-net", "127.0.0.1", "--limit", "fetchBytesMax=8"]
        ),
        "QUOTA_FETCHES"
    );
}
