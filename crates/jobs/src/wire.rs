//! The client's side of HTTP: one question and its answer, and how long it is asked again.

use crate::error::JobsError;
use selvage_host::{Control, agent, is_this_machine};
use selvage_tool::{ErrorCode, ToolError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Read;
use std::time::{Duration, Instant};
use ureq::http::{Method, Request, header};
use ureq::{Agent, Body};

/// How long a connection may take to be made.
const CONNECT_MAX: Duration = Duration::from_secs(10);
/// How long the head of an answer may take.
const HEAD_MAX: Duration = Duration::from_secs(30);
/// How long the body of an answer may take: longer than the server lets a stream go on.
const BODY_MAX: Duration = Duration::from_secs(70);
/// How long a server that is not there, or has no room, is asked again before the run has failed.
pub const ASKING_MAX: Duration = Duration::from_secs(20);
/// The pause before it is asked again.
pub const PAUSE: Duration = Duration::from_millis(500);
/// The most bytes of a refusal that are read.
const REFUSAL_BYTES_MAX: u64 = 64 * 1024;

/// A server and the key for it.
pub struct Wire {
    agent: Agent,
    /// Without a `/` at its end.
    pub address: String,
    authorization: String,
}

/// Why an exchange came to nothing.
#[derive(Debug)]
pub enum Failed {
    /// Nobody answered, or not to the end. It may be asked again.
    Unheard(String),
    /// The server has no room now; it may be asked again after so long.
    Full(Box<ToolError>, Duration),
    /// The server lacks a blob of the job.
    Lacking(ToolError),
    /// The server refuses.
    Refused(ToolError),
}

impl Failed {
    /// The end of a run that came to nothing so.
    pub fn error(self, address: &str) -> ToolError {
        match self {
            Self::Unheard(why) => ToolError::new(
                ErrorCode::ExecutorUnavailable,
                format!("The executor at {address} can't be reached: {why}."),
            )
            .hint("Nothing of the run landed. Run the flow again when the server is there, or without it."),
            Self::Full(error, _) => ToolError::new(
                ErrorCode::ExecutorUnavailable,
                format!("The executor at {address} has no room: {}", error.message),
            )
            .hint("Nothing was run. Run the flow again later."),
            Self::Refused(error) | Self::Lacking(error) => {
                let what = format!("The executor at {address} refuses: {}", error.message);
                let refused = ToolError::new(ErrorCode::ExecutorUnavailable, what);
                match error.hint {
                    Some(hint) => refused.hint(hint),
                    None => refused,
                }
            }
        }
    }
}

impl Wire {
    /// The server at an address, `https://host`. The key is sent with every request, so over plain HTTP only to this machine.
    ///
    /// # Errors
    /// That is no such address.
    pub fn new(address: &str, key: &str) -> Result<Self, JobsError> {
        let refused = |why| JobsError::Address {
            address: address.to_owned(),
            why,
        };
        let address = address.trim_end_matches('/');
        let uri: ureq::http::Uri = address.parse().map_err(|_| refused("it can't be read"))?;
        let host = uri.host().ok_or_else(|| refused("it names no host"))?;
        let is_here = is_this_machine(host);
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_here => {}
            Some("http") => return Err(refused("over plain http only this machine is asked")),
            _ => return Err(refused("it begins with https://")),
        }
        if uri.query().is_some() || uri.authority().is_some_and(|it| it.as_str().contains('@')) {
            return Err(refused("it holds more than a host and a path"));
        }
        let authorization = format!("Bearer {key}");
        if ureq::http::HeaderValue::from_str(&authorization).is_err() {
            return Err(refused("its key can't be sent"));
        }
        // It follows no redirect: whom it names gets the key, and nobody else.
        let config = agent(is_here)
            .timeout_connect(Some(CONNECT_MAX))
            .timeout_recv_response(Some(HEAD_MAX))
            .timeout_recv_body(Some(BODY_MAX));
        Ok(Self {
            agent: config.build().into(),
            address: address.to_owned(),
            authorization,
        })
    }

    /// The server's host as every address of it says it.
    pub fn host(&self) -> String {
        let (scheme, rest) = self.address.split_once("://").unwrap_or_default();
        let host = rest.split('/').next().unwrap_or_default();
        let usual = if scheme.eq_ignore_ascii_case("https") {
            ":443"
        } else {
            ":80"
        };
        host.strip_suffix(usual).unwrap_or(host).to_lowercase()
    }

    pub fn ask(&self, method: Method, path: &str, body: &[u8]) -> Result<Body, Failed> {
        let uri = format!("{}{path}", self.address);
        let request = Request::builder()
            .method(method.clone())
            .uri(uri)
            .header(header::AUTHORIZATION, &self.authorization);
        let bare = method == Method::GET || method == Method::DELETE;
        let asked = if bare {
            let request = request.body(()).map_err(unheard)?;
            self.agent.run(request)
        } else {
            let request = request.body(body).map_err(unheard)?;
            self.agent.run(request)
        };
        let response = asked.map_err(unheard)?;
        let status = response.status().as_u16();
        let after = response.headers().get(header::RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok()?.parse().ok());
        let after = Duration::from_secs(after.unwrap_or_default());
        let mut body = response.into_body();
        if (200..300).contains(&status) {
            return Ok(body);
        }
        let mut text = Vec::new();
        let read = body
            .as_reader()
            .take(REFUSAL_BYTES_MAX)
            .read_to_end(&mut text);
        let said = read.ok().and_then(|_| serde_json::from_slice(&text).ok());
        let error: ToolError = said.unwrap_or_else(|| {
            ToolError::new(
                ErrorCode::ExecutorUnavailable,
                format!("It answers with {status}."),
            )
        });
        Err(match status {
            429 | 503 => Failed::Full(Box::new(error), after),
            408 | 502 | 504 => Failed::Unheard(error.message),
            412 => Failed::Lacking(error),
            _ => Failed::Refused(error),
        })
    }

    /// Asks until there is an answer, as long as that makes sense.
    pub fn insist(
        &self,
        control: &Control,
        (method, path, body): (Method, &str, &[u8]),
    ) -> Result<Body, Failed> {
        let until = Instant::now() + ASKING_MAX;
        loop {
            let failed = match self.ask(method.clone(), path, body) {
                Err(failed @ (Failed::Unheard(_) | Failed::Full(..))) => failed,
                other => return other,
            };
            let left = until.saturating_duration_since(Instant::now());
            if control.cancelled() || left.is_zero() {
                return Err(failed);
            }
            let pause = match failed {
                Failed::Full(_, after) => after.max(PAUSE),
                _ => PAUSE,
            };
            std::thread::sleep(pause.min(left));
        }
    }
}

pub fn unheard(error: impl std::fmt::Display) -> Failed {
    Failed::Unheard(error.to_string())
}

/// What no server that keeps to the protocol says.
pub fn broken(error: impl std::fmt::Display) -> Failed {
    let what = format!("It does not keep to the protocol: {error}.");
    Failed::Refused(ToolError::new(ErrorCode::ExecutorUnavailable, what))
}

pub fn json(value: &impl Serialize) -> Result<Vec<u8>, Failed> {
    serde_json::to_vec(value).map_err(broken)
}

pub fn read(body: Body, bytes_max: usize) -> Result<Vec<u8>, Failed> {
    let config = body.into_with_config().limit(bytes_max as u64);
    let mut bytes = Vec::new();
    config.reader().read_to_end(&mut bytes).map_err(unheard)?;
    Ok(bytes)
}

pub fn read_json<T: DeserializeOwned>(body: Body, bytes_max: usize) -> Result<T, Failed> {
    serde_json::from_slice(&read(body, bytes_max)?).map_err(broken)
}
