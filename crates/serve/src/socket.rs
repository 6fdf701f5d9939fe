//! What all WebSockets of this host share: whom they answer, and moving messages.

use crate::doors::Doors;
use crate::hub::ENDING_MAX;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use selvage_relay::limits::AUDIENCE_BYTES_MAX;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite;

/// How many messages are written before the socket is flushed.
const WRITTEN_MAX: usize = 32;
/// How long the last words have to arrive at a side that is not heard any more: what it still sends
/// would otherwise break the connection under them.
const LINGER: Duration = Duration::from_millis(250);

/// The address that a connection came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local(pub SocketAddr);

/// The address that a connection came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// Something for the other side.
pub(crate) enum Sent {
    Message(Vec<u8>),
    Close { code: u16, reason: String },
}

/// Something of the other side.
pub(crate) enum Came {
    Message(Vec<u8>),
    /// Only bytes are understood here.
    Text,
    /// Nothing can be read after it.
    TooLong,
}

/// Why a socket is not read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// The other side is gone.
    Gone,
    /// It sent what was too long, and does not know yet what became of that.
    Deaf,
}

/// After something was refused: reads on, since the answer to the close frame ends the socket.
pub(crate) async fn hear_out(stream: &mut SplitStream<WebSocket>, refused: &Came) -> Unread {
    if matches!(refused, Came::TooLong) {
        return Unread::Deaf;
    }
    loop {
        match next(stream).await {
            Some(Came::TooLong) => return Unread::Deaf,
            Some(_) => {}
            None => return Unread::Gone,
        }
    }
}

/// Both halves of a socket, until the other side is gone, or was told why it has to go, which takes at most [`ENDING_MAX`]
/// from `ending` on. They only borrow the halves, so that the socket is there while the last words arrive.
pub(crate) async fn both(
    reading: impl Future<Output = Unread>,
    writing: impl Future<Output = bool>,
    ending: impl Future<Output = ()>,
) {
    let (mut reading, mut writing) = (pin!(reading), pin!(writing));
    let life = async {
        let is_told = tokio::select! {
            unread = &mut reading => unread == Unread::Deaf && writing.await,
            is_told = &mut writing => is_told && reading.await == Unread::Deaf,
        };
        if is_told {
            tokio::time::sleep(LINGER).await;
        }
    };
    let end = async {
        ending.await;
        tokio::time::sleep(ENDING_MAX).await;
    };
    tokio::select! {
        () = life => {}
        () = end => {}
    }
}

/// The host that a request names, when this server is to answer it; else the answer.
pub(crate) fn admit(
    doors: &Doors,
    local: SocketAddr,
    headers: &HeaderMap,
) -> Result<String, Box<Response>> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host = text(HOST).unwrap_or("").to_owned();
    let refuse = |status: StatusCode, why: &'static str| {
        tracing::info!(host, origin = text(ORIGIN), why, "request refused");
        Err(Box::new((status, why).into_response()))
    };
    if host.len() > AUDIENCE_BYTES_MAX || !doors.names.holds(&host, local) {
        let why = "this server does not go by this name: see --name";
        return refuse(StatusCode::MISDIRECTED_REQUEST, why);
    }
    // Programs that are no browsers send no origin.
    if text(ORIGIN).is_some_and(|origin| !doors.origins.allows(origin, &host)) {
        let why = "pages of this web origin may not connect: see --origin";
        return refuse(StatusCode::FORBIDDEN, why);
    }
    Ok(host)
}

/// An upgrade whose messages have at most so many bytes.
pub(crate) fn bounded(upgrade: WebSocketUpgrade, bytes_max: usize) -> WebSocketUpgrade {
    upgrade
        .max_message_size(bytes_max)
        .max_frame_size(bytes_max)
        .read_buffer_size(4 * 1024)
        .write_buffer_size(16 * 1024)
}

/// The next message; `None` when the other side is gone.
pub(crate) async fn next(stream: &mut SplitStream<WebSocket>) -> Option<Came> {
    loop {
        match stream.next().await? {
            Ok(Message::Binary(bytes)) => return Some(Came::Message(bytes.to_vec())),
            Ok(Message::Text(_)) => return Some(Came::Text),
            // Answered by the socket itself; after a close, the stream ends.
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => {}
            Err(error) => match error.into_inner().downcast() {
                Ok(error) if matches!(*error, tungstenite::Error::Capacity(_)) => {
                    return Some(Came::TooLong);
                }
                _ => return None,
            },
        }
    }
}

/// Writes what comes out of a channel, until that or the socket ends, or the last words are written:
/// gives whether they were. Tells how many bytes were written each time.
pub(crate) async fn write<T: Into<Sent>>(
    sink: &mut SplitSink<WebSocket, Message>,
    mut out: mpsc::UnboundedReceiver<T>,
    tell: impl Fn(usize),
) -> bool {
    let mut some = Vec::with_capacity(WRITTEN_MAX);
    while out.recv_many(&mut some, WRITTEN_MAX).await > 0 {
        let (mut written, mut is_last) = (0, false);
        for out in some.drain(..) {
            let message = match out.into() {
                Sent::Message(bytes) => {
                    written += bytes.len();
                    Message::Binary(bytes.into())
                }
                Sent::Close { code, reason } => {
                    is_last = true;
                    Message::Close(Some(CloseFrame {
                        code,
                        reason: reason.into(),
                    }))
                }
            };
            if sink.feed(message).await.is_err() {
                return false;
            }
            if is_last {
                break;
            }
        }
        if sink.flush().await.is_err() {
            return false;
        }
        tell(written);
        if is_last {
            return true;
        }
    }
    false
}
