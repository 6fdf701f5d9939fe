//! `/relay`: a WebSocket is a link of the relay.

use crate::doors::Doors;
use crate::hub::{ENDING_MAX, Hub, Link, Voice};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use selvage_relay::Reason;
use selvage_relay::limits::{AUDIENCE_BYTES_MAX, MESSAGE_BYTES_MAX};
use selvage_relay::relay::Outgoing;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite;

/// How many messages are written before the socket is flushed.
const WRITTEN_MAX: usize = 32;

/// What the route needs.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    pub hub: Hub,
    pub doors: Arc<Doors>,
}

/// The address that a connection came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local(pub SocketAddr);

/// Answers a request to open a WebSocket.
pub(crate) async fn open(
    State(entrance): State<Entrance>,
    Extension(Local(local)): Extension<Local>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host = text(HOST).unwrap_or("").to_owned();
    let refuse = |status: StatusCode, why: &'static str| {
        tracing::info!(host, origin = text(ORIGIN), why, "request refused");
        (status, why).into_response()
    };
    let doors = &entrance.doors;
    if host.len() > AUDIENCE_BYTES_MAX || !doors.names.holds(&host, local) {
        let why = "this server does not go by this name: see --name";
        return refuse(StatusCode::MISDIRECTED_REQUEST, why);
    }
    // Programs that are no browsers send no origin.
    if text(ORIGIN).is_some_and(|origin| !doors.origins.allows(origin, &host)) {
        let why = "pages of this web origin may not connect: see --origin";
        return refuse(StatusCode::FORBIDDEN, why);
    }
    upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(16 * 1024)
        .on_upgrade(move |socket| run(entrance.hub, host, socket))
}

/// A socket's life.
async fn run(hub: Hub, audience: String, socket: WebSocket) {
    let Some(Link { voice, out, shared }) = hub.open(audience).await else {
        return;
    };
    let (sink, stream) = socket.split();
    let ending = async {
        shared.ending.notified().await;
        tokio::time::sleep(ENDING_MAX).await;
    };
    tokio::select! {
        () = read(stream, &voice, &shared.pause_ms) => {}
        () = write(sink, out, &voice) => {}
        () = ending => {}
    }
    voice.closed().await;
}

/// Until the other side is gone.
async fn read(mut stream: SplitStream<WebSocket>, voice: &Voice, pause_ms: &AtomicU64) {
    loop {
        let pause_ms = pause_ms.swap(0, Ordering::Relaxed);
        if pause_ms > 0 {
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
        let reason = match stream.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                voice.received(bytes.to_vec()).await;
                continue;
            }
            // Answered by the socket itself; after a close, the stream ends.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => continue,
            Some(Ok(Message::Text(_))) => Reason::Protocol,
            Some(Err(error)) => match error.into_inner().downcast() {
                Ok(error) if matches!(*error, tungstenite::Error::Capacity(_)) => Reason::TooLong,
                _ => return,
            },
            None => return,
        };
        voice.refused(reason).await;
        // The other half says why; then this task ends.
        return std::future::pending().await;
    }
}

/// Until the socket fails.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut out: mpsc::UnboundedReceiver<Outgoing>,
    voice: &Voice,
) {
    let mut some = Vec::with_capacity(WRITTEN_MAX);
    while out.recv_many(&mut some, WRITTEN_MAX).await > 0 {
        let mut written = 0;
        for out in some.drain(..) {
            let message = match out {
                Outgoing::Message(bytes) => {
                    written += bytes.len();
                    Message::Binary(bytes.into())
                }
                Outgoing::Close(reason) => Message::Close(Some(CloseFrame {
                    code: reason.close_code(),
                    reason: reason.to_string().into(),
                })),
            };
            if sink.feed(message).await.is_err() {
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
        voice.written(written);
    }
}
