//! The same server for clients of HTTP: MCP at `/mcp`, and the bare contract at `/tools/NAME`.

use super::{Heard, Server, closing};
use crate::error::{CliError, Result};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as Segment, Request, State};
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any_service, get, post};
use axum::{Extension, Router};
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use selvage_serve::{Keys, Refused, Scope, Who};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// The most bytes of a request: a file of 16 MiB in base64, and what is around it.
const REQUEST_BYTES_MAX: usize = 24 * 1024 * 1024;

/// The most sessions of one key: the oldest can't be used any more when there is one more.
const SESSIONS_MAX: usize = 100;

/// Where clients of HTTP come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The address to listen at.
    pub address: SocketAddr,
    /// Whether nobody needs a key. Only an address of this machine may be so.
    pub is_open: bool,
    /// The names that requests may have for this host, besides those of this machine.
    pub hosts: Vec<String>,
}

/// Who is let in, and whose each session is.
pub struct Keyring {
    keys: Mutex<Keys>,
    /// Sessions and the keys that they are of, the oldest first.
    sessions: Mutex<Vec<(String, String)>>,
    is_open: bool,
}

impl Keyring {
    /// The keys that lie beside a workspace.
    ///
    /// # Errors
    /// The file can't be read, or there is none and the door is not open.
    pub fn open(folder: &Path, door: &Door) -> Result<Arc<Self>> {
        if door.is_open && !door.address.ip().is_loopback() {
            let why = "`--no-key` is for addresses of this machine alone, as 127.0.0.1";
            return Err(CliError::Usage(why.into()));
        }
        Ok(Arc::new(Self {
            keys: Mutex::new(Keys::open(folder)?),
            sessions: Mutex::default(),
            is_open: door.is_open,
        }))
    }

    fn admit(&self, headers: &HeaderMap) -> std::result::Result<Who, Refused> {
        if self.is_open {
            return Ok(Who {
                id: String::new(),
                name: "local".into(),
                approves: true,
            });
        }
        let given = headers.get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.to_str().ok());
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.admit(given, Scope::Tools, now_ms())
    }

    /// Whether a session is this key's, or is made only now.
    fn may_use(&self, session: Option<&str>, who: &Who) -> bool {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        session.is_none_or(|session| {
            sessions
                .iter()
                .any(|(known, key)| known == session && *key == who.id)
        })
    }

    /// Notes whose a session is.
    fn note(&self, session: &str, who: &Who) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.iter().any(|(known, _)| known == session) {
            return;
        }
        let own = sessions.iter().filter(|(_, key)| *key == who.id).count();
        if own >= SESSIONS_MAX
            && let Some(oldest) = sessions.iter().position(|(_, key)| *key == who.id)
        {
            sessions.remove(oldest);
        }
        sessions.push((session.to_owned(), who.id.clone()));
    }
}

/// Whose key a request came with; nothing on standard input and output.
pub fn who(context: &RequestContext<RoleServer>) -> Option<&Who> {
    context.extensions.get::<Parts>()?.extensions.get::<Who>()
}

/// Serves until somebody stops the program.
pub async fn serve(door: &Door, keys: Arc<Keyring>, server: Server) -> Result<()> {
    let listener = TcpListener::bind(door.address).await?;
    let address = listener.local_addr()?;
    eprintln!("selvage: listening on http://{address}");
    let config =
        StreamableHttpServerConfig::default().with_max_request_body_bytes(REQUEST_BYTES_MAX);
    let own = config.allowed_hosts.clone();
    let config = config.with_allowed_hosts(own.into_iter().chain(door.hosts.iter().cloned()));
    let ending = config.cancellation_token.clone();
    let made = server.clone();
    let sessions = Arc::new(LocalSessionManager::default());
    let mcp = StreamableHttpService::new(move || Ok(made.apart()), sessions, config.clone());
    let hosts = Arc::new(config.allowed_hosts.clone());
    let router = Router::new()
        .route("/mcp", any_service(mcp))
        .route("/tools/{name}", post(call))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(server)
        .layer(from_fn_with_state((keys, hosts), guard))
        .route("/healthz", get(|| async { "well\n" }));
    let stopped = selvage_serve::stop_signal()?;
    selvage_serve::listen(listener, router, async move {
        stopped.await;
        ending.cancel();
    })
    .await;
    Ok(())
}

/// Lets in who has a key, to sessions that are its own, under a name of this host and from no other site's page.
async fn guard(
    State((keys, hosts)): State<(Arc<Keyring>, Arc<Vec<String>>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let named = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_own = |name: &str| {
        let bare = name
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let bare = bare.map_or(name, |(bare, _)| bare).trim_matches(['[', ']']);
        hosts
            .iter()
            .any(|host| host.eq_ignore_ascii_case(bare) || host.eq_ignore_ascii_case(name))
    };
    if !named.is_some_and(is_own) {
        let why = "The request names another host; `--host` adds a name of this one.";
        return refusal(StatusCode::FORBIDDEN, ErrorCode::PolicyDenied, why);
    }
    // A page of this host's own would be one that it served itself.
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or_default());
    let own = named.map(|named| format!("http://{named}"));
    if origin.is_some_and(|origin| Some(origin) != own.as_deref()) {
        let why = "Pages of other sites may not call this host.";
        return refusal(StatusCode::FORBIDDEN, ErrorCode::PolicyDenied, why);
    }
    let who = match keys.admit(headers) {
        Ok(who) => who,
        Err(refused) => return turned_away(&refused),
    };
    let session = headers
        .get("mcp-session-id")
        .and_then(|id| id.to_str().ok());
    if !keys.may_use(session, &who) {
        let why = "There is no such session.";
        return refusal(StatusCode::NOT_FOUND, ErrorCode::NotFound, why);
    }
    request.extensions_mut().insert(who.clone());
    let response = next.run(request).await;
    let made = response.headers().get("mcp-session-id");
    if let Some(session) = made.and_then(|id| id.to_str().ok()) {
        keys.note(session, &who);
    }
    response
}

fn turned_away(refused: &Refused) -> Response {
    match refused {
        Refused::Unknown => {
            let why = "A key is needed: `Authorization: Bearer selvage_…`.";
            let answer = refusal(StatusCode::UNAUTHORIZED, ErrorCode::PolicyDenied, why);
            ([(header::WWW_AUTHENTICATE, "Bearer")], answer).into_response()
        }
        Refused::Forbidden => {
            let why = "The key is not for calling tools.";
            refusal(StatusCode::FORBIDDEN, ErrorCode::PolicyDenied, why)
        }
        Refused::TooMany(seconds) => {
            let why = "The key made too many requests in this minute.";
            let answer = refusal(StatusCode::TOO_MANY_REQUESTS, ErrorCode::Busy, why);
            ([(header::RETRY_AFTER, seconds.to_string())], answer).into_response()
        }
    }
}

fn refusal(status: StatusCode, code: ErrorCode, why: &str) -> Response {
    answer(
        status,
        &json!({ "ok": false, "error": ToolError::new(code, why) }),
    )
}

fn answer(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, value.to_string()).into_response()
}

/// A tool, for programs that speak no MCP. A client that goes away cancels the run that it waits for.
async fn call(
    State(server): State<Server>,
    Extension(who): Extension<Who>,
    Segment(name): Segment<String>,
    body: Bytes,
) -> Response {
    let input = match body.is_empty() {
        true => Ok(Value::Null),
        false => serde_json::from_slice(&body),
    };
    let result = match input {
        Ok(input) => {
            let origin = Origin::new(OriginKind::Agent, who.name);
            let (called, mut heard) = server.call(origin, &name, input);
            let mut gone = Gone(Some(called));
            let result = loop {
                match heard.recv().await {
                    Some(Heard::Notice(_)) => {}
                    Some(Heard::Answer(result)) => break result,
                    None => break Err(closing()),
                }
            };
            gone.0 = None;
            result
        }
        Err(why) => Err(ToolError::new(
            ErrorCode::InvalidInput,
            format!("The body is no JSON: {why}."),
        )),
    };
    told(result)
}

/// Cancels a call whose answer nobody waits for any more.
struct Gone(Option<selvage_host::Called>);

impl Drop for Gone {
    fn drop(&mut self) {
        if let Some(called) = self.0.take() {
            called.cancel();
        }
    }
}

fn told(result: ToolResult) -> Response {
    match result {
        Ok(value) => answer(StatusCode::OK, &json!({ "ok": true, "value": value })),
        Err(error) => {
            let status = match error.code {
                ErrorCode::NotFound | ErrorCode::UnknownTool => StatusCode::NOT_FOUND,
                ErrorCode::InvalidInput | ErrorCode::InvalidPath => StatusCode::BAD_REQUEST,
                ErrorCode::PolicyDenied | ErrorCode::ReadOnly => StatusCode::FORBIDDEN,
                ErrorCode::AlreadyExists | ErrorCode::Stale => StatusCode::CONFLICT,
                ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                ErrorCode::Busy | ErrorCode::ExecutorUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::Internal
                | ErrorCode::Damaged
                | ErrorCode::StorageFailed
                | ErrorCode::StorageFull => StatusCode::INTERNAL_SERVER_ERROR,
                // The call was carried out, and this is what came of it.
                _ => StatusCode::OK,
            };
            answer(status, &json!({ "ok": false, "error": error }))
        }
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_pushes_out_the_sessions_of_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let door = Door {
            address: ([127, 0, 0, 1], 0).into(),
            is_open: false,
            hosts: Vec::new(),
        };
        let keyring = Keyring::open(folder.path(), &door).expect("no keys yet");
        let who = |id: &str| Who {
            id: id.into(),
            name: id.into(),
            approves: false,
        };
        keyring.note("first", &who("ann"));
        for session in 0..=SESSIONS_MAX {
            keyring.note(&format!("s{session}"), &who("bob"));
        }
        assert!(keyring.may_use(Some("first"), &who("ann")));
        assert!(!keyring.may_use(Some("first"), &who("bob")));
        assert!(
            !keyring.may_use(Some("s0"), &who("bob")),
            "its own oldest ended"
        );
        assert!(keyring.may_use(Some("s1"), &who("bob")) && keyring.may_use(None, &who("bob")));
    }
}
