//! Just enough HTTP/1.1 for a server on one's own machine: requests without a body, answers with a length.

use selvage_site::{Answer, Request, Site};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The most bytes of a request's head.
const HEAD_BYTES_MAX: u64 = 32 * 1024;
/// The most bytes that are read only to be thrown away.
const UNREAD_BYTES_MAX: u64 = 1024 * 1024;
/// The most connections at a time. A browser opens six.
const CONNECTIONS_MAX: usize = 128;
/// How long a connection may be silent.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long a connection may take to say one request's head, the silence before it included.
const HEAD_MAX: Duration = Duration::from_secs(90);

/// Answers whoever connects, for as long as the program runs.
pub fn serve(listener: &TcpListener, site: &Arc<Site>) {
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        if open.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS_MAX {
            open.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let (site, open) = (Arc::clone(site), Arc::clone(&open));
        std::thread::spawn(move || {
            // A connection that breaks off has nobody left to tell.
            let _ = converse(&stream, &site);
            open.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// A connection that is read up to a time, however often a byte comes.
struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left.min(SILENCE_MAX)))?;
        self.stream.read(buffer)
    }
}

fn converse(stream: &TcpStream, site: &Site) -> io::Result<()> {
    stream.set_write_timeout(Some(SILENCE_MAX))?;
    stream.set_nodelay(true)?;
    let until = Instant::now() + HEAD_MAX;
    let mut reader = BufReader::new(Timed { stream, until });
    loop {
        reader.get_mut().until = Instant::now() + HEAD_MAX;
        let head = match read_head(&mut reader)? {
            Some(Ok(mut head)) => {
                // On this machine bytes travel faster than a browser can unpack them.
                if stream.peer_addr()?.ip().is_loopback() {
                    head.request.accept_encoding.clear();
                }
                head
            }
            Some(Err(Malformed)) => {
                write_answer(stream, &malformed(), false, true)?;
                return hang_up(stream);
            }
            None => return Ok(()),
        };
        let answer = site.answer(&head.request);
        write_answer(stream, &answer, head.request.method == "HEAD", head.close)?;
        if head.close {
            return hang_up(stream);
        }
    }
}

/// Ends a connection so that the answer arrives: closing while there is something unread would take it back.
fn hang_up(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    io::copy(&mut (&mut stream).take(UNREAD_BYTES_MAX), &mut io::sink())?;
    Ok(())
}

/// What came before a request's body.
#[derive(Debug)]
struct Head {
    request: Request,
    close: bool,
}

/// It is no HTTP/1 request, or too long.
#[derive(Debug)]
struct Malformed;

/// Reads up to the empty line; nothing when the client is done.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Result<Head, Malformed>>> {
    let mut limited = reader.take(HEAD_BYTES_MAX);
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        if limited.read_until(b'\n', &mut line)? == 0 || line.last() != Some(&b'\n') {
            let ended = lines.is_empty() && line.is_empty() && limited.limit() > 0;
            return Ok(if ended { None } else { Some(Err(Malformed)) });
        }
        let Ok(line) = String::from_utf8(line) else {
            return Ok(Some(Err(Malformed)));
        };
        let line = line.trim_end_matches(['\r', '\n']).to_owned();
        match (line.is_empty(), lines.is_empty()) {
            (true, false) => return Ok(Some(parse_head(&lines))),
            (true, true) => {}
            _ => lines.push(line),
        }
    }
}

fn parse_head(lines: &[String]) -> Result<Head, Malformed> {
    let mut first = lines[0].split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (first.next(), first.next(), first.next(), first.next())
    else {
        return Err(Malformed);
    };
    if !matches!(version, "HTTP/1.0" | "HTTP/1.1") {
        return Err(Malformed);
    }
    let mut request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        ..Request::default()
    };
    let mut close = version == "HTTP/1.0";
    for line in &lines[1..] {
        let (name, value) = line.split_once(':').ok_or(Malformed)?;
        // A name with a blank is one that another reader could take for another.
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(Malformed);
        }
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "accept-encoding" => request.accept_encoding = value.to_owned(),
            "if-none-match" => request.if_none_match = value.to_owned(),
            "connection" => close |= value.eq_ignore_ascii_case("close"),
            // A body isn't read, so what follows it can't be told from the next request.
            "content-length" => close |= value != "0",
            "transfer-encoding" => close = true,
            _ => {}
        }
    }
    Ok(Head { request, close })
}

fn malformed() -> Answer {
    Answer {
        status: 400,
        headers: Vec::new(),
        body: b"bad request".to_vec(),
    }
}

fn write_answer(
    mut to: impl Write,
    answer: &Answer,
    head_only: bool,
    close: bool,
) -> io::Result<()> {
    let reason = match answer.status {
        200 => "OK",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        _ => "Method Not Allowed",
    };
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    if answer.status != 304 {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", answer.body.len()).as_bytes());
    }
    bytes.extend_from_slice(if close {
        b"Connection: close\r\n\r\n"
    } else {
        b"\r\n"
    });
    if !head_only {
        bytes.extend_from_slice(&answer.body);
    }
    to.write_all(&bytes)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Serves a folder with one file on a free port and gives back all that is answered to these bytes.
    fn ask(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.txt"), "hello").expect("written");
        let folder_path = folder.path().canonicalize().expect("there");
        let site = Arc::new(Site {
            folder: folder_path,
            isolated: true,
            embedders: Vec::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || serve(&listener, &site));
        let mut stream = TcpStream::connect(address).expect("connected");
        stream.write_all(bytes).expect("sent");
        stream.shutdown(Shutdown::Write).expect("ended");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    #[test]
    fn a_connection_is_read_up_to_a_time() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let _client = TcpStream::connect(listener.local_addr().expect("an address"));
        let (stream, _) = listener.accept().expect("connected");
        let until = Instant::now();
        let read = Timed {
            stream: &stream,
            until,
        }
        .read(&mut [0; 1]);
        assert_eq!(read.expect_err("too late").kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn one_connection_serves_several_requests() {
        let answers = ask(b"GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\nHEAD /a.txt HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
        let statuses: Vec<_> = answers
            .lines()
            .filter(|line| line.contains("HTTP/1.1 "))
            .map(|line| line.replace("hello", ""))
            .collect();
        assert_eq!(
            statuses,
            [
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 404 Not Found"
            ]
        );
        assert_eq!(
            answers.matches("hello").count(),
            1,
            "a HEAD request gets no body"
        );
        assert_eq!(answers.matches("Content-Length: 5\r\n").count(), 2);
    }

    #[test]
    fn a_connection_ends_when_it_is_asked_to_and_after_a_body() {
        for head in [
            "GET /a.txt HTTP/1.0",
            "GET /a.txt HTTP/1.1\r\nConnection: close",
            "POST / HTTP/1.1\r\nContent-Length: 3",
        ] {
            let answers = ask(format!("{head}\r\n\r\nGET /a.txt HTTP/1.1\r\n\r\n").as_bytes());
            assert_eq!(answers.matches("HTTP/1.1 ").count(), 1, "{head}: {answers}");
            assert!(answers.contains("Connection: close\r\n"), "{head}");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let long = format!(
            "GET /{} HTTP/1.1\r\n\r\n",
            "a".repeat(HEAD_BYTES_MAX as usize)
        );
        for bytes in [
            "GET /a.txt\r\n\r\n",
            "GET /a.txt SPDY/3\r\n\r\n",
            "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length : 5\r\n\r\n",
            "GET / HT",
            &long,
        ] {
            let answer = ask(bytes.as_bytes());
            assert!(
                answer.starts_with("HTTP/1.1 400 "),
                "{:.40}: {answer:.40}",
                bytes
            );
        }
        assert_eq!(ask(b""), "");
    }
}
