//! `/relay`: a WebSocket is a link of the relay.

use crate::doors::Doors;
use crate::hub::{Hub, Link, Voice};
use crate::socket::{Came, Local, Sent, Unread, admit, both, bounded, hear_out, next, write};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use selvage_relay::Reason;
use selvage_relay::limits::MESSAGE_BYTES_MAX;
use selvage_relay::relay::Outgoing;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the route needs.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    pub hub: Hub,
    pub doors: Arc<Doors>,
}

impl From<Outgoing> for Sent {
    fn from(out: Outgoing) -> Self {
        match out {
            Outgoing::Message(bytes) => Self::Message(bytes),
            Outgoing::Close(reason) => Self::Close {
                code: reason.close_code(),
                reason: reason.to_string(),
            },
        }
    }
}

/// Answers a request to open a WebSocket.
pub(crate) async fn open(
    State(entrance): State<Entrance>,
    Extension(Local(local)): Extension<Local>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    match admit(&entrance.doors, local, &headers) {
        Ok(host) => bounded(upgrade, MESSAGE_BYTES_MAX)
            .on_upgrade(move |socket| run(entrance.hub, host, socket)),
        Err(refusal) => *refusal,
    }
}

/// A socket's life.
async fn run(hub: Hub, audience: String, socket: WebSocket) {
    let Some(Link { voice, out, shared }) = hub.open(audience).await else {
        return;
    };
    let (mut sink, mut stream) = socket.split();
    both(
        read(&mut stream, &voice, &shared.pause_ms),
        write(&mut sink, out, |bytes| voice.written(bytes)),
        shared.ending.notified(),
    )
    .await;
    voice.closed().await;
}

/// Until the other side is gone, or can't be read any more.
async fn read(stream: &mut SplitStream<WebSocket>, voice: &Voice, pause_ms: &AtomicU64) -> Unread {
    loop {
        let pause_ms = pause_ms.swap(0, Ordering::Relaxed);
        if pause_ms > 0 {
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
        let (came, reason) = match next(stream).await {
            Some(Came::Message(bytes)) => {
                voice.received(bytes).await;
                continue;
            }
            Some(came @ Came::Text) => (came, Reason::Protocol),
            Some(came @ Came::TooLong) => (came, Reason::TooLong),
            None => return Unread::Gone,
        };
        // The other half says why.
        voice.refused(reason).await;
        return hear_out(stream, &came).await;
    }
}
