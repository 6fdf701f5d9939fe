//! Fetches of a run: what is granted is fetched, and a redirect leads nowhere else.

use crate::Folder;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};

/// A web server that answers each path in its own way, for as long as the test.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
            let mut first = String::new();
            reader.read_line(&mut first).expect("a request");
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
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let path = first.split(' ').nth(1).expect("a path").to_owned();
            let answer = match &*path {
                "/near" => {
                    "HTTP/1.1 302 Found\r\nlocation: ./there?a=1\r\ncontent-length: 0\r\n\r\n"
                        .to_owned()
                }
                "/away" => format!(
                    "HTTP/1.1 302 Found\r\nlocation: http://localhost:{}/there\r\ncontent-length: 0\r\n\r\n",
                    address.port()
                ),
                _ => {
                    let said = format!("{} {}", first.trim(), String::from_utf8_lossy(&body));
                    format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{said}",
                        said.len()
                    )
                }
            };
            // Who is gone needs no answer.
            let _ = stream.write_all(
                answer
                    .replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")
                    .as_bytes(),
            );
        }
    });
    address
}

#[test]
fn a_run_fetches_what_it_may_and_follows_no_redirect_elsewhere() {
    let folder = Folder::new();
    let address = server();
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
