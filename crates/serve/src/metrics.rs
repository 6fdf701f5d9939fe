//! `/metrics`: how this host is, for those who watch over it.

use crate::job_keys::JobKeys;
use crate::keys::Refused;
use crate::socket::Peer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use selvage_jobs::Board;
use std::sync::Arc;

/// The headers by which a proxy says for whom it asks.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "via"];

/// The route: for this machine, and for whoever has a key for it. What a proxy of this machine passes on is not this machine's.
pub fn metrics(board: Board, keys: Arc<JobKeys>) -> Router {
    Router::new()
        .route("/metrics", get(tell))
        .with_state((board, keys))
}

async fn tell(
    State((board, keys)): State<(Board, Arc<JobKeys>)>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let passed_on = FORWARDED.iter().any(|name| headers.contains_key(*name));
    if !peer.ip().is_loopback() || passed_on {
        let given = headers.get(header::AUTHORIZATION);
        let given = given.and_then(|value| value.to_str().ok());
        match keys.reads_metrics(given) {
            Ok(()) => {}
            Err(Refused::Unknown) => return StatusCode::UNAUTHORIZED.into_response(),
            Err(Refused::Forbidden) => return StatusCode::FORBIDDEN.into_response(),
            Err(Refused::TooMany(seconds)) => {
                let after = [(header::RETRY_AFTER, seconds.to_string())];
                return (StatusCode::TOO_MANY_REQUESTS, after).into_response();
            }
        }
    }
    let kind = (header::CONTENT_TYPE, "text/plain; version=0.0.4");
    ([kind], board.metrics()).into_response()
}
