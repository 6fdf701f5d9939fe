//! Sockets that this host opens itself, to relays.

use crate::socket::Sent;
use futures_util::{SinkExt, StreamExt};
use selvage_relay::limits::MESSAGE_BYTES_MAX;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;

/// How long a relay may take to answer a dial.
const DIAL_MAX: Duration = Duration::from_secs(20);

/// What happened to a socket.
#[derive(Debug)]
pub(crate) enum Wire {
    Opened(u32),
    Received(u32, Vec<u8>),
    /// It is closed, or could not be opened; with the other side's code.
    Closed(u32, Option<u16>),
}

/// See the module. Tasks run where the handle leads; what happens comes out of one channel, which
/// is short: while nobody takes it, sockets are not read.
pub(crate) struct Dialer<T> {
    tasks: Handle,
    heard: mpsc::Sender<T>,
    sockets: BTreeMap<u32, mpsc::UnboundedSender<Sent>>,
}

impl<T: From<Wire> + Send + 'static> Dialer<T> {
    pub fn new(tasks: Handle, heard: mpsc::Sender<T>) -> Self {
        Self {
            tasks,
            heard,
            sockets: BTreeMap::new(),
        }
    }

    pub fn dial(&mut self, socket: u32, address: String) {
        let (out, out_by) = mpsc::unbounded_channel();
        self.sockets.insert(socket, out);
        let heard = self.heard.clone();
        self.tasks.spawn(async move {
            let code = converse(socket, &address, out_by, &heard).await;
            // Who stopped needs to hear nothing more.
            let _ = heard.send(Wire::Closed(socket, code).into()).await;
        });
    }

    pub fn send(&mut self, socket: u32, sent: Sent) {
        if let Some(out) = self.sockets.get(&socket) {
            // A socket that is gone says so by itself.
            let _ = out.send(sent);
        }
    }

    pub fn closed(&mut self, socket: u32) {
        self.sockets.remove(&socket);
    }
}

/// A socket's life; gives the code with which the other side closed it.
async fn converse<T: From<Wire>>(
    socket: u32,
    address: &str,
    mut out: mpsc::UnboundedReceiver<Sent>,
    heard: &mpsc::Sender<T>,
) -> Option<u16> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let dialled = connect_async_with_config(address, Some(config), true);
    let stream = match tokio::time::timeout(DIAL_MAX, dialled).await {
        Ok(Ok((stream, _))) => stream,
        Ok(Err(error)) => {
            tracing::info!(address, %error, "the relay does not answer");
            return None;
        }
        Err(_) => {
            tracing::info!(address, "the relay does not answer in time");
            return None;
        }
    };
    heard.send(Wire::Opened(socket).into()).await.ok()?;
    let (mut sink, mut stream) = stream.split();
    let writing = async {
        while let Some(sent) = out.recv().await {
            let message = match sent {
                Sent::Message(bytes) => Message::Binary(bytes.into()),
                Sent::Close { code, reason } => Message::Close(Some(CloseFrame {
                    code: code.into(),
                    reason: reason.into(),
                })),
            };
            if sink.send(message).await.is_err() {
                break;
            }
        }
        // The other half sees how the socket ends.
        std::future::pending::<()>().await;
    };
    let reading = async {
        loop {
            match stream.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    let received = Wire::Received(socket, bytes.to_vec());
                    heard.send(received.into()).await.ok()?;
                }
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                // A relay says nothing in text.
                Some(Ok(Message::Text(_)) | Err(_)) | None => return None,
            }
        }
    };
    tokio::select! {
        code = reading => code,
        () = writing => None,
    }
}
