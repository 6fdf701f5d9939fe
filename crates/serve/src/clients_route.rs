//! `/automerge/<token>` and `/yjs/<token>/<room>`: WebSockets of other people's clients.
//!
//! Whoever names the token reads and writes everything, in plain text.

use crate::doors::Doors;
use crate::keeper::{Keeper, Link, Wanted};
use crate::socket::{Came, Local, Unread, admit, both, bounded, hear_out, next, write};
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use selvage_clients::limits::MESSAGE_BYTES_MAX;
use selvage_clients::{Output, Reason, SessionId};
use std::future::ready;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio::sync::mpsc;

#[derive(Clone)]
struct Entrance {
    keeper: Keeper,
    doors: Arc<Doors>,
    token: Arc<str>,
}

/// The routes of other people's clients: to be served beside the relay's.
pub fn clients(keeper: &Keeper, doors: &Doors, token: &str) -> Router {
    let entrance = Entrance {
        keeper: keeper.clone(),
        doors: Arc::new(doors.clone()),
        token: token.into(),
    };
    Router::new()
        .route("/automerge/{token}", get(ledger))
        .route("/yjs/{token}/{*room}", get(text))
        .with_state(entrance)
}

async fn ledger(
    State(entrance): State<Entrance>,
    Extension(local): Extension<Local>,
    Path(token): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    open(entrance, local, &headers, upgrade, &token, Wanted::Ledger)
}

async fn text(
    State(entrance): State<Entrance>,
    Extension(local): Extension<Local>,
    Path((token, room)): Path<(String, String)>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    open(
        entrance,
        local,
        &headers,
        upgrade,
        &token,
        Wanted::Text(room),
    )
}

fn open(
    entrance: Entrance,
    Local(local): Local,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    token: &str,
    wanted: Wanted,
) -> Response {
    if let Err(refusal) = admit(&entrance.doors, local, headers) {
        return *refusal;
    }
    // Told by a close code, since that is all a page learns of a WebSocket that fails.
    let is_let_in = bool::from(token.as_bytes().ct_eq(entrance.token.as_bytes()));
    bounded(upgrade, MESSAGE_BYTES_MAX).on_upgrade(move |socket| async move {
        let opened = match is_let_in {
            true => entrance.keeper.open(wanted).await,
            false => Err(Reason::Token),
        };
        match opened {
            Ok(link) => run(entrance.keeper, link, socket).await,
            Err(reason) => turn_away(socket, reason).await,
        }
    })
}

/// Says why, and waits until the other side has heard it.
async fn turn_away(socket: WebSocket, reason: Reason) {
    tracing::info!(%reason, "client turned away");
    let (mut sink, mut stream) = socket.split();
    let (last_words, out) = mpsc::unbounded_channel();
    let _ = last_words.send(Output::Close(reason));
    drop(last_words);
    both(
        hear_out(&mut stream, &Came::Text),
        write(&mut sink, out, |_| {}),
        ready(()),
    )
    .await;
}

/// A socket's life.
async fn run(keeper: Keeper, link: Link, socket: WebSocket) {
    let Link { id, out, shared } = link;
    let (mut sink, mut stream) = socket.split();
    both(
        read(&mut stream, &keeper, id),
        write::<Output>(&mut sink, out, |bytes| shared.written(bytes)),
        shared.ending.notified(),
    )
    .await;
    keeper.closed(id).await;
}

/// Until the other side is gone, or can't be read any more.
async fn read(stream: &mut SplitStream<WebSocket>, keeper: &Keeper, id: SessionId) -> Unread {
    loop {
        let (came, why) = match next(stream).await {
            Some(Came::Message(bytes)) => {
                keeper.received(id, bytes).await;
                continue;
            }
            Some(came @ Came::Text) => (came, "it is text"),
            Some(came @ Came::TooLong) => (came, "it is too long"),
            None => return Unread::Gone,
        };
        // The other half says why.
        keeper.refused(id, Reason::Protocol(why)).await;
        return hear_out(stream, &came).await;
    }
}
