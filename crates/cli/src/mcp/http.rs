//! The same server for clients of HTTP: MCP at `/mcp`, and the bare contract at `/tools/NAME`.

use super::keyring::{Caller, Keyring, LOOK_EVERY};
use super::{Server, bare};
use crate::error::Result;
use crate::out;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any_service, get, post};
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::SessionManager;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use selvage_serve::{Refused, ServeError, Who};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

/// The most bytes of a request: a file of 16 MiB in base64, and what is around it.
const REQUEST_BYTES_MAX: usize = 24 * 1024 * 1024;

/// How long a request's body may take. What a workspace takes in at most needs 400 kB a second.
const BODY_MAX: Duration = Duration::from_secs(60);

/// How long a session that nobody uses is kept: a person who is asked may be away for a night.
const SESSION_IDLE_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// How long answers are on their way when the program ends, before the streams that nothing more comes by are closed.
const LAST_WORDS: Duration = Duration::from_millis(200);

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

/// Who made a request, and may it still; nobody by a key on standard input and output.
pub fn caller(context: &RequestContext<RoleServer>) -> Option<&Caller> {
    context
        .extensions
        .get::<Parts>()?
        .extensions
        .get::<Caller>()
}

/// The same, by its key's name and scopes.
pub fn who(context: &RequestContext<RoleServer>) -> Option<&Who> {
    Some(&caller(context)?.who)
}

/// Serves until somebody stops the program. Then runs are cancelled, and whoever waits for one is told.
pub async fn serve(door: &Door, keys: Arc<Keyring>, server: Server) -> Result<()> {
    let listener = TcpListener::bind(door.address).await;
    let listener = listener.map_err(|source| ServeError::Listen {
        address: door.address.to_string(),
        source,
    })?;
    let address = listener.local_addr()?;
    out::say(&format!("selvage: listening on http://{address}"));
    let config =
        StreamableHttpServerConfig::default().with_max_request_body_bytes(REQUEST_BYTES_MAX);
    let own = config.allowed_hosts.clone();
    let config = config.with_allowed_hosts(own.into_iter().chain(door.hosts.iter().cloned()));
    let streams = config.cancellation_token.clone();
    let sessions = Arc::new(sessions());
    tokio::spawn(close_lost(keys.clone(), sessions.clone()));
    let stopped = selvage_serve::stop_signal()?;
    let router = router(config, sessions, keys, server.clone());
    selvage_serve::listen(listener, router, async move {
        stopped.await;
        server.end().await;
        tokio::spawn(async move {
            sleep(LAST_WORDS).await;
            streams.cancel();
        });
    })
    .await;
    Ok(())
}

fn sessions() -> LocalSessionManager {
    let mut sessions = LocalSessionManager::default();
    sessions.session_config.keep_alive = Some(SESSION_IDLE_MAX);
    sessions
}

fn router(
    config: StreamableHttpServerConfig,
    sessions: Arc<LocalSessionManager>,
    keys: Arc<Keyring>,
    server: Server,
) -> Router {
    let hosts = Arc::new(config.allowed_hosts.clone());
    let made = server.clone();
    let mcp = StreamableHttpService::new(move || Ok(made.apart()), sessions, config);
    Router::new()
        .route("/mcp", any_service(mcp))
        .route("/tools/{name}", post(bare::call))
        .with_state(server)
        .layer(from_fn_with_state((keys, hosts), guard))
        .route("/healthz", get(|| async { "well\n" }))
}

/// Closes the sessions that can't be used any more, when their calls had the time to hear of it.
async fn close_lost(keys: Arc<Keyring>, sessions: Arc<LocalSessionManager>) {
    loop {
        sleep(LOOK_EVERY).await;
        let lost = keys.take_lost();
        if lost.is_empty() {
            continue;
        }
        sleep(LOOK_EVERY * 2).await;
        for session in lost {
            // One that is closed already needs no closing.
            let _ = sessions.close_session(&session.into()).await;
        }
    }
}

/// Lets in who has a key, to sessions that are its own, under a name of this host and from no other site's page.
async fn guard(
    State((keys, hosts)): State<(Arc<Keyring>, Arc<Vec<String>>)>,
    request: Request,
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
    let caller = match keys.admit(headers) {
        Ok(caller) => caller,
        Err(refused) => return turned_away(&refused),
    };
    let session = headers
        .get("mcp-session-id")
        .and_then(|id| id.to_str().ok());
    if !keys.may_use(session, &caller.who) {
        let why = "There is no such session.";
        return refusal(StatusCode::NOT_FOUND, ErrorCode::NotFound, why);
    }
    let (mut parts, body) = request.into_parts();
    let body = match timeout(BODY_MAX, to_bytes(body, REQUEST_BYTES_MAX)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let why = format!("A request has {REQUEST_BYTES_MAX} bytes at the most.");
            return refusal(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge, &why);
        }
        Err(_) => {
            let why = format!("A request may take {} seconds.", BODY_MAX.as_secs());
            return refusal(StatusCode::REQUEST_TIMEOUT, ErrorCode::InvalidInput, &why);
        }
    };
    let who = caller.who.clone();
    parts.extensions.insert(caller);
    let request = Request::from_parts(parts, Body::from(body));
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

/// An answer in the contract's form.
pub fn answer(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, value.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use axum::http::HeaderValue;
    use futures_util::stream::unfold;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;
    use std::convert::Infallible;
    use tokio::time::Instant;

    /// What the tests ask.
    struct Asked {
        router: TowerToHyperService<Router>,
        _folder: tempfile::TempDir,
    }

    impl Asked {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let desk = crate::home::make(folder.path()).expect("a workspace");
            let door = Door {
                address: ([127, 0, 0, 1], 0).into(),
                is_open: true,
                hosts: Vec::new(),
            };
            let server = Server::new(desk.line(), false).expect("the catalogue");
            let keys = Keyring::open(folder.path(), &door).expect("an open door");
            let config = StreamableHttpServerConfig::default();
            let router = router(config, Arc::new(sessions()), keys, server);
            Self {
                router: TowerToHyperService::new(router),
                _folder: folder,
            }
        }

        async fn post(&self, path: &str, session: Option<&HeaderValue>, body: Body) -> Response {
            let mut request = Request::post(path).body(body).expect("a request");
            let headers = request.headers_mut();
            headers.insert(header::HOST, HeaderValue::from_static("localhost"));
            let json = HeaderValue::from_static("application/json");
            headers.insert(header::CONTENT_TYPE, json);
            let both = HeaderValue::from_static("application/json, text/event-stream");
            headers.insert(header::ACCEPT, both);
            if let Some(session) = session {
                headers.insert("mcp-session-id", session.clone());
            }
            self.router.call(request).await.expect("an answer")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_to_an_end_is_not_waited_for() {
        let asked = Asked::new();
        for path in ["/mcp", "/tools/ls"] {
            let drops = unfold((), |()| async {
                sleep(Duration::from_secs(1)).await;
                Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
            });
            let began = Instant::now();
            let answer = asked.post(path, None, Body::from_stream(drops)).await;
            assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT, "{path}");
            assert!(began.elapsed() <= BODY_MAX + Duration::from_secs(1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_outlasts_a_night_in_which_nobody_says_a_word_and_not_more() {
        let asked = Asked::new();
        let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" },
        } });
        let begun = asked.post("/mcp", None, hello.to_string().into()).await;
        let session = begun.headers().get("mcp-session-id").expect("a session");
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let list = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" });
        let say = async |what: &Value| {
            let answer = asked.post("/mcp", Some(session), what.to_string().into());
            answer.await.status()
        };
        assert_eq!(say(&ready).await, StatusCode::ACCEPTED);
        sleep(SESSION_IDLE_MAX - Duration::from_secs(60)).await;
        assert_eq!(say(&list).await, StatusCode::OK);
        sleep(SESSION_IDLE_MAX + Duration::from_secs(60)).await;
        assert_eq!(say(&list).await, StatusCode::NOT_FOUND);
    }
}
