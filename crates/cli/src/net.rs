//! Fetches that the engine has allowed: bounded in size and time, without credentials, and with the domain checked again
//! before each redirect is followed.

mod agents;

pub use agents::Breaker;

use agents::Agents;
use selvage_host::is_this_machine;
use selvage_tool::grant::domain_of;
use selvage_tool::guest::Fetched;
use selvage_tool::{ErrorCode, Grant, ToolError, ToolResult};
use selvage_workbench::Fetch;
use std::io::Read;
use std::time::{Duration, Instant};
use ureq::http::{HeaderMap, Request, Response, Uri, header};
use ureq::{Agent, Body};

/// How many redirects are followed, as in browsers.
const REDIRECTS_MAX: usize = 20;

/// The headers that only a host may set, as in browsers.
const FORBIDDEN: [&str; 13] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

static FAR: Agents = Agents::new(false);
static NEAR: Agents = Agents::new(true);

/// Performs a fetch. Gives the answer without its body, and the body. One that carries secrets follows no redirect.
pub fn perform(fetch: &Fetch, carries: bool, breaker: &Breaker) -> (ToolResult<Fetched>, Vec<u8>) {
    match follow(fetch, carries, breaker) {
        Ok((fetched, body)) => (Ok(fetched), body),
        Err(error) => (Err(error), Vec::new()),
    }
}

fn follow(fetch: &Fetch, carries: bool, breaker: &Breaker) -> ToolResult<(Fetched, Vec<u8>)> {
    let until = Instant::now() + Duration::from_millis(fetch.time_ms_max);
    let grant = Grant {
        net: fetch.domains.clone(),
        ..Grant::default()
    };
    let (mut url, mut headers) = (fetch.url.clone(), fetch.headers.clone());
    for redirects in 0..=REDIRECTS_MAX {
        let is_here = domain_of(&url).is_some_and(|domain| is_this_machine(&domain));
        let agents = if is_here { &NEAR } else { &FAR };
        let lent = agents.lend(breaker);
        let lent = lent.ok_or_else(|| failed(fetch, "nobody waits for it any more"))?;
        let mut response = ask(fetch, &url, &headers, until, &lent.agent)?;
        let Some(next) = redirect(&url, &response)? else {
            let body = body(fetch, &mut response)?;
            let status = response.status();
            let fetched = Fetched {
                url,
                status: status.as_u16(),
                status_text: status.canonical_reason().unwrap_or_default().into(),
                headers: shown(response.headers()),
                redirected: redirects > 0,
            };
            return Ok((fetched, body));
        };
        // Only a request that carries nothing may follow one, on every host alike.
        if carries || !is_bare(fetch) {
            return Err(failed(
                fetch,
                "the server redirects a request that carries something",
            ));
        }
        let domain = domain_of(&next).ok_or_else(|| {
            failed(
                fetch,
                "the server redirects to an address that can't be fetched",
            )
        })?;
        if !grant.covers_domain(&domain) {
            let error = format!(
                "The address was redirected to `{domain}`, which the run may not fetch from."
            );
            return Err(ToolError::new(ErrorCode::PolicyDenied, error)
                .hint(format!("Run it with `allowNet` holding \"{domain}\", too.")));
        }
        if origin(&url) != origin(&next) {
            // For good, though it lead back, as the standard of fetch has it.
            headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
        }
        url = next;
    }
    Err(failed(fetch, "the server redirects without end"))
}

/// Whether a request carries nothing.
fn is_bare(fetch: &Fetch) -> bool {
    matches!(&*fetch.method, "GET" | "HEAD")
}

fn ask(
    fetch: &Fetch,
    url: &str,
    headers: &[(String, String)],
    until: Instant,
    agent: &Agent,
) -> ToolResult<Response<Body>> {
    let broken = |error: ureq::http::Error| failed(fetch, &error.to_string());
    let mut request = Request::builder().method(&*fetch.method).uri(url);
    for (name, value) in headers {
        if !FORBIDDEN.contains(&&*name.to_ascii_lowercase()) {
            request = request.header(name, value);
        }
    }
    let left = until.saturating_duration_since(Instant::now());
    let configured = |request| {
        let configured = agent.configure_request(request);
        configured.timeout_global(Some(left)).build()
    };
    let asked = if is_bare(fetch) || fetch.body.is_empty() {
        agent.run(configured(request.body(()).map_err(broken)?))
    } else {
        let request = request.body(&fetch.body[..]).map_err(broken)?;
        let configured = agent.configure_request(request);
        agent.run(configured.timeout_global(Some(left)).build())
    };
    asked.map_err(|error| why(fetch, &error))
}

/// Scheme, host and port of an address; nothing of one that has none.
fn origin(url: &str) -> Option<(String, String, u16)> {
    let uri = url.parse::<Uri>().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let port = uri.port_u16().unwrap_or(match &*scheme {
        "https" => 443,
        _ => 80,
    });
    Some((scheme, uri.host()?.to_ascii_lowercase(), port))
}

/// Where an answer redirects to.
fn redirect(url: &str, response: &Response<Body>) -> ToolResult<Option<String>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(header::LOCATION) else {
        return Ok(None);
    };
    let location = location.to_str().unwrap_or_default();
    Ok(Some(resolve(url, location)))
}

/// A redirect's address, from the one that it was found at.
fn resolve(url: &str, location: &str) -> String {
    let location = location.split('#').next().unwrap_or_default();
    let is_whole = location.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
    });
    if is_whole {
        return location.to_owned();
    }
    let uri = url.parse::<Uri>().unwrap_or_default();
    let scheme = uri.scheme_str().unwrap_or("https");
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let path = uri.path();
    match location.as_bytes() {
        [b'/', b'/', ..] => format!("{scheme}:{location}"),
        [b'/', ..] => format!("{scheme}://{authority}{location}"),
        [b'?', ..] => format!("{scheme}://{authority}{path}{location}"),
        _ => {
            let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
            format!("{scheme}://{authority}{}", without_dots(folder, location))
        }
    }
}

/// A path below a folder, its `.` and `..` followed.
fn without_dots(folder: &str, location: &str) -> String {
    let (path, query) = location.split_at(location.find('?').unwrap_or(location.len()));
    let mut names: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    let mut names_of = path.split('/').peekable();
    while let Some(name) = names_of.next() {
        let is_last = names_of.peek().is_none();
        match name {
            "." | ".." => {
                if name == ".." {
                    names.pop();
                }
                if is_last {
                    names.push("");
                }
            }
            name => names.push(name),
        }
    }
    format!("/{}{query}", names.join("/"))
}

/// The body of an answer, unless there is too much of it.
fn body(fetch: &Fetch, response: &mut Response<Body>) -> ToolResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let reader = response.body_mut().as_reader();
    let read = reader
        .take(fetch.bytes_max.saturating_add(1))
        .read_to_end(&mut bytes);
    read.map_err(|error| why(fetch, &ureq::Error::from(error)))?;
    if bytes.len() as u64 > fetch.bytes_max {
        let error = format!("The answer is larger than {} bytes.", fetch.bytes_max);
        return Err(ToolError::new(ErrorCode::QuotaFetches, error)
            .hint("Fetch a smaller part, or run it with a higher `limits.fetchBytesMax`."));
    }
    Ok(bytes)
}

/// The headers of an answer that a page would see, too.
fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = headers
        .iter()
        .filter(|(name, _)| *name != header::SET_COOKIE);
    shown
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), value.into_owned())
        })
        .collect()
}

fn why(fetch: &Fetch, error: &ureq::Error) -> ToolError {
    match error {
        ureq::Error::Timeout(_) => {
            failed(fetch, &format!("no answer within {} ms", fetch.time_ms_max))
        }
        error => failed(fetch, &error.to_string()),
    }
}

fn failed(fetch: &Fetch, why: &str) -> ToolError {
    let error = format!("The fetch of {} failed: {why}.", fetch.url);
    ToolError::new(ErrorCode::FetchFailed, error).hint("Check the address and the connection.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};
    use std::sync::mpsc::channel;

    fn get(url: String) -> Fetch {
        Fetch {
            task: 1,
            url,
            method: "GET".into(),
            headers: Vec::new(),
            body: Vec::new(),
            bytes_max: u64::MAX,
            time_ms_max: 60_000,
            domains: vec!["127.0.0.1".into()],
            secrets: Vec::new(),
        }
    }

    /// A request as far as its head goes.
    fn heard(stream: &mut TcpStream) -> String {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("a request") > 0 {
            head.extend(byte);
        }
        String::from_utf8(head).expect("a head")
    }

    #[test]
    fn a_fetch_that_is_broken_off_ends_at_once_and_its_server_sees_it_go() {
        let server = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", server.local_addr().expect("bound"));
        for answered in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            let breaker = Breaker::default();
            let (fetch, inner) = (get(url.clone()), breaker.clone());
            let (ended, end) = channel();
            std::thread::spawn(move || drop(ended.send(perform(&fetch, false, &inner))));
            let (mut stream, _) = server.accept().expect("a client");
            heard(&mut stream);
            stream.write_all(answered.as_bytes()).expect("written");
            std::thread::sleep(Duration::from_millis(50));
            breaker.break_off();
            let wait = Duration::from_secs(20);
            let (result, _) = end.recv_timeout(wait).expect("it ends");
            assert_eq!(result.expect_err("broken off").code, ErrorCode::FetchFailed);
            stream.set_read_timeout(Some(wait)).expect("a timeout");
            assert_eq!(stream.read(&mut [0]).expect("it is closed"), 0);
            let (again, _) = perform(&get(url.clone()), false, &breaker);
            assert!(again.is_err(), "it is not asked again");
        }
        // What was broken off leaves nothing that another one stumbles over.
        let (fetch, breaker) = (get(url), Breaker::default());
        let asked = std::thread::spawn(move || perform(&fetch, false, &breaker));
        let (mut stream, _) = server.accept().expect("a client");
        heard(&mut stream);
        let whole = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole";
        stream.write_all(whole).expect("written");
        let (result, body) = asked.join().expect("no panic");
        assert_eq!(
            (result.expect("fetched").status, &*body),
            (200, &b"whole"[..])
        );
    }
    /// Answers each request that comes with a redirect to the next address, and the last one with nothing. Gives the requests.
    fn redirects(servers: [TcpListener; 3], ways: [String; 3]) -> [String; 3] {
        let fetch = Fetch {
            headers: [("AUTHORIZATION", "Bearer abc"), ("x-mine", "kept")]
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            domains: vec!["127.0.0.1".into(), "localhost".into()],
            ..get(ways[0].clone())
        };
        let asked = std::thread::spawn(move || perform(&fetch, false, &Breaker::default()).0);
        let mut next = ways[1..].iter();
        let came = servers.map(|server| {
            let (mut stream, _) = server.accept().expect("a client");
            let head = heard(&mut stream);
            let answer = match next.next() {
                Some(to) => format!("302 Found\r\nlocation: {to}"),
                None => "200 OK".to_owned(),
            };
            let answer =
                format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("written");
            head.to_ascii_lowercase()
        });
        let fetched = asked.join().expect("no panic").expect("fetched");
        assert!(fetched.redirected);
        came
    }

    #[test]
    fn what_authorizes_with_one_origin_does_not_go_on_to_another_and_back() {
        let server = || {
            let server = TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = server.local_addr().expect("bound").port();
            (server, format!("http://127.0.0.1:{port}/"))
        };
        let ((one, first), (two, second)) = (server(), server());
        let again = one.try_clone().expect("a handle");
        let came = redirects([one, two, again], [first.clone(), second, first.clone()]);
        let has = came.each_ref().map(|head| head.contains("bearer abc"));
        assert_eq!(has, [true, false, false], "{came:?}");
        assert!(came.iter().all(|head| head.contains("x-mine: kept")));

        let (three, third) = server();
        let [again, last] = [(); 2].map(|()| three.try_clone().expect("a handle"));
        let near = |path: &str| format!("{third}{path}");
        let came = redirects([three, again, last], [near(""), near("a"), near("b")]);
        let has = came.each_ref().map(|head| head.contains("bearer abc"));
        assert_eq!(has, [true; 3], "{came:?}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let same = ["http://a.org/x", "HTTP://A.org:80/y?z"];
        assert_eq!(origin(same[0]), origin(same[1]));
        let others = ["https://a.org/", "http://b.org/", "http://a.org:81/"];
        for other in others {
            assert_ne!(origin(same[0]), origin(other), "{other}");
        }
        assert_eq!(origin("https://a.org"), origin("https://a.org:443/"));
    }
}
