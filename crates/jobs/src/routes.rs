//! HTTP in front of a board.

use crate::admit::Ask;
use crate::board::Board;
use crate::error::JobsError;
use crate::listener::Listener;
use crate::message::{ANSWER_BYTES_MAX, BLOB_BYTES_MAX, Hashes, JOB_BYTES_MAX};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};

/// How long one stream goes on; the client then asks for the rest. So neither end waits on a dead connection for longer, and no
/// proxy has to allow endless answers.
const STREAM_MAX: Duration = Duration::from_secs(50);
/// How often a stream with no news says that it is there.
const BEAT: Duration = Duration::from_secs(10);
/// The seconds after which a client that was refused for want of room may ask again.
const RETRY_AFTER_S: u64 = 2;

type Answer<T> = Result<T, Refused>;

/// How long the body of a request may take.
const BODY_MAX: Duration = Duration::from_secs(60);
/// How many large bodies are read at a time; others wait.
const BODIES_MAX: usize = 16;

/// What every route needs.
#[derive(Clone)]
struct Entrance {
    board: Board,
    /// Places for bodies.
    places: Arc<Semaphore>,
}

/// The routes of a board, for those whom its keys admit.
pub fn routes(board: &Board) -> Router {
    let board = board.clone();
    let places = Arc::new(Semaphore::new(BODIES_MAX));
    Router::new()
        .route("/blobs/missing", post(missing))
        .route("/blobs/{hash}", put(keep).get(blob))
        .route("/jobs/{id}", put(take).get(standing).delete(cancel))
        .route("/jobs/{id}/news", get(news))
        .route("/jobs/{id}/answer", post(answer))
        .route("/jobs/{id}/more", post(more))
        .route("/jobs/{id}/hold", post(hold))
        .with_state(Entrance { board, places })
}

impl Entrance {
    /// The key that a request carries, where it may do this.
    fn key(&self, headers: &HeaderMap, ask: Ask) -> Answer<String> {
        let named = headers.get(header::AUTHORIZATION);
        let named = named.and_then(|value| value.to_str().ok());
        Ok(self.board.0.keys.admit(named, ask)?)
    }

    /// Reads a body of so many bytes at most, and not for ever. Of one with more, as much again is read and let go of: whoever
    /// sends it hears the answer only then.
    async fn body(&self, request: Request, bytes_max: usize) -> Result<Vec<u8>, JobsError> {
        let declared = request.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let mut parts = request.into_body().into_data_stream();
        let read = async {
            // It is only refused where the semaphore is closed, which it never is.
            let _place = self.places.acquire().await;
            let mut is_too_large = declared.is_some_and(|bytes| bytes > bytes_max);
            let (mut bytes, mut count) = (Vec::new(), 0);
            while let Some(part) = parts.next().await
                && count <= 2 * bytes_max
            {
                let part = part.map_err(|why| JobsError::Message(why.to_string()))?;
                count += part.len();
                is_too_large |= count > bytes_max;
                if is_too_large {
                    bytes = Vec::new();
                } else {
                    bytes.extend_from_slice(&part);
                }
            }
            match is_too_large {
                true => Err(JobsError::TooLarge(bytes_max)),
                false => Ok(bytes),
            }
        };
        let read = timeout(BODY_MAX, read).await;
        read.map_err(|_| JobsError::Slow)?
    }

    async fn message<T: DeserializeOwned>(
        &self,
        request: Request,
        bytes_max: usize,
    ) -> Result<T, JobsError> {
        let bytes = self.body(request, bytes_max).await?;
        serde_json::from_slice(&bytes).map_err(|why| JobsError::Message(why.to_string()))
    }
}

/// An answer that refuses.
struct Refused(JobsError);

impl From<JobsError> for Refused {
    fn from(error: JobsError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, json(&self.0.failure())).into_response();
        let seconds = match self.0 {
            JobsError::Full(_) | JobsError::Stopping => RETRY_AFTER_S,
            JobsError::TooOften(seconds) => seconds,
            _ => return response,
        };
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, seconds.into());
        response
    }
}

/// A value as the body of an answer.
fn json<T: Serialize>(value: &T) -> Response {
    // Our own types have a JSON form.
    let text = serde_json::to_vec(value).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// What stands behind the one name that the query of an address may have.
fn asked<'a>(uri: &'a Uri, name: &str) -> Result<Option<&'a str>, JobsError> {
    let unknown = || JobsError::Message(format!("the address takes `?{name}` and nothing else"));
    let value = |query: &'a str| query.strip_prefix(name).ok_or_else(unknown);
    uri.query().map(value).transpose()
}

async fn missing(State(at): State<Entrance>, request: Request) -> Answer<impl IntoResponse> {
    let key = at.key(request.headers(), Ask::Part)?;
    let asked: Hashes = at.message(request, JOB_BYTES_MAX).await?;
    Ok(json(&at.board.missing(&key, asked)))
}

async fn keep(
    State(at): State<Entrance>,
    Path(hash): Path<String>,
    request: Request,
) -> Answer<impl IntoResponse> {
    let key = at.key(request.headers(), Ask::Part)?;
    let bytes = at.body(request, BLOB_BYTES_MAX).await?;
    // To hash a large one takes longer than other requests should wait.
    let keeping = spawn_blocking(move || at.board.keep(&key, &hash, &bytes));
    keeping.await.map_err(|_| JobsError::Stopping)??;
    Ok(StatusCode::NO_CONTENT)
}

async fn blob(
    State(at): State<Entrance>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Answer<impl IntoResponse> {
    let key = at.key(&headers, Ask::Part)?;
    let bytes = at.board.blob(&key, &hash)?;
    let kind = (header::CONTENT_TYPE, "application/octet-stream");
    Ok(([kind], bytes.to_vec()))
}

async fn take(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    request: Request,
) -> Answer<impl IntoResponse> {
    let key = at.key(request.headers(), Ask::Job)?;
    let within = asked(request.uri(), "within=")?.map(str::to_owned);
    let job = at.body(request, JOB_BYTES_MAX).await?;
    Ok(json(&at.board.take(&key, &id, within.as_deref(), &job)?))
}

async fn standing(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer<impl IntoResponse> {
    let key = at.key(&headers, Ask::Part)?;
    Ok(json(&at.board.standing(&key, &id)?))
}

async fn cancel(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer<impl IntoResponse> {
    let key = at.key(&headers, Ask::Part)?;
    Ok(json(&at.board.cancel(&key, &id)?))
}

/// Reads what is said to a job, and says it.
async fn tell<T: DeserializeOwned>(
    at: &Entrance,
    request: Request,
    bytes_max: usize,
    said: impl FnOnce(&Board, &str, T) -> Result<(), JobsError>,
) -> Answer<StatusCode> {
    let key = at.key(request.headers(), Ask::Part)?;
    let word = at.message(request, bytes_max).await?;
    said(&at.board, &key, word)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn answer(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    request: Request,
) -> Answer<StatusCode> {
    let said = |board: &Board, key: &str, word| board.answer(key, &id, word);
    tell(&at, request, ANSWER_BYTES_MAX, said).await
}

async fn more(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    request: Request,
) -> Answer<StatusCode> {
    let said = |board: &Board, key: &str, word| board.more(key, &id, word);
    tell(&at, request, JOB_BYTES_MAX, said).await
}

async fn hold(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    request: Request,
) -> Answer<StatusCode> {
    let said = |board: &Board, key: &str, word| board.hold(key, &id, word);
    tell(&at, request, JOB_BYTES_MAX, said).await
}

/// The lines of a job from `?from=N` on, one JSON value a line; an empty line says that there is nothing new.
async fn news(
    State(at): State<Entrance>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Answer<impl IntoResponse> {
    let key = at.key(&headers, Ask::Part)?;
    let from = asked(&uri, "from=")?.unwrap_or("0");
    let is_number = || JobsError::Message("`from` is a number of lines".to_owned());
    let from = from.parse().map_err(|_| is_number())?;
    let listener = at.board.listen(&key, &id, from)?;
    let until = Instant::now() + STREAM_MAX;
    let lines = stream::unfold(Some(listener), move |listener| say(listener, until));
    let kind = (header::CONTENT_TYPE, "application/x-ndjson");
    let fresh = (header::CACHE_CONTROL, "no-store");
    Ok(([kind, fresh], Body::from_stream(lines)))
}

/// What a listener is told next.
async fn say(
    listener: Option<Listener>,
    until: Instant,
) -> Option<(Result<Bytes, std::convert::Infallible>, Option<Listener>)> {
    let mut listener = listener?;
    if Instant::now() >= until {
        return None;
    }
    let Ok((lines, ended)) = timeout(BEAT, listener.next()).await else {
        return Some((Ok(Bytes::from_static(b"\n")), Some(listener)));
    };
    let mut text = String::new();
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    Some((Ok(text.into()), (!ended).then_some(listener)))
}
