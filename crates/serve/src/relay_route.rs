//! `/relay`: a WebSocket is a link of the relay.

use crate::hub::{ENDING_MAX, Hub, Link, Voice};
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
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite;

/// How many messages are written before the socket is flushed.
const WRITTEN_MAX: usize = 32;

/// Whose pages may connect: those of the server itself, and those of a list. Links are opened by a
/// key and not by a cookie, so this keeps strangers' pages from using up places, and no secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    all: bool,
    listed: Vec<String>,
}

impl Origins {
    /// Lets pages of a web origin connect, or of all (`*`). The error says what an origin is.
    pub fn add(&mut self, origin: &str) -> Result<(), String> {
        if origin == "*" {
            self.all = true;
            return Ok(());
        }
        let host = origin.strip_prefix("https://");
        let host = host.or_else(|| origin.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_none_or(|host| host.is_empty() || !host.chars().all(plain)) {
            let what = "is no web origin: write https://host or http://host:port";
            return Err(format!("{origin:?} {what}"));
        }
        self.listed.push(origin.to_ascii_lowercase());
        Ok(())
    }

    /// Whether a page of this web origin may connect to a server that is asked for as `host`.
    pub fn allows(&self, origin: &str, host: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        let own = origin
            .split_once("://")
            .is_some_and(|(_, of)| of.eq_ignore_ascii_case(host));
        self.all || own || self.listed.contains(&origin)
    }
}

/// What the route needs.
#[derive(Debug, Clone)]
pub(crate) struct Entrance {
    pub hub: Hub,
    pub origins: Arc<Origins>,
}

/// Answers a request to open a WebSocket.
pub(crate) async fn open(
    State(entrance): State<Entrance>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host = text(HOST).unwrap_or("").to_owned();
    if host.len() > AUDIENCE_BYTES_MAX {
        return (
            StatusCode::BAD_REQUEST,
            "the name of the host is too long\n",
        )
            .into_response();
    }
    // Programs that are no browsers send no origin.
    if text(ORIGIN).is_some_and(|origin| !entrance.origins.allows(origin, &host)) {
        tracing::info!(origin = text(ORIGIN), "page refused");
        return (
            StatusCode::FORBIDDEN,
            "pages of this origin may not connect\n",
        )
            .into_response();
    }
    upgrade
        .max_message_size(MESSAGE_BYTES_MAX)
        .max_frame_size(MESSAGE_BYTES_MAX)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
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
    // The hub let go of the link; the other side has its last words and closes now.
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_server_and_of_the_list_may_connect() {
        let mut origins = Origins::default();
        origins.add("https://a.example").expect("an origin");
        assert!(origins.allows("https://A.example", "relay.example"));
        assert!(origins.allows("http://localhost:4180", "localhost:4180"));
        for origin in [
            "https://b.example",
            "http://a.example",
            "null",
            "",
            "https://a.example.b",
        ] {
            assert!(!origins.allows(origin, "relay.example"), "{origin}");
        }
        for text in [
            "a.example",
            "https://",
            "https://a/b",
            "ftp://a",
            "https://a b",
        ] {
            assert!(origins.add(text).is_err(), "{text}");
        }
        origins.add("*").expect("all");
        assert!(origins.allows("https://b.example", "relay.example"));
    }
}
