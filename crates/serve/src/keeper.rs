//! A workspace that this host holds itself, on a thread of its own, and the clients at it.

use crate::error::Result;
use crate::hub::ENDING_MAX;
use crate::socket::Sent;
use crate::vault::Vault;
use selvage_clients::{Clients, Output, Reason, SessionId};
use selvage_vfs::{Meta, Origin, OriginKind, Workspace};
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, mpsc, oneshot};

/// How many messages of clients may wait for the workspace.
const HEARD_MAX: usize = 8;
/// Bytes that may wait to be written to one client. A whole ledger and a whole text fit.
const QUEUED_BYTES_MAX: usize = 128 * 1024 * 1024;
/// How long what clients typed waits for the next keystroke before it becomes part of the history.
const SEAL_AFTER: Duration = Duration::from_secs(2);

/// What a client opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The ledger.
    Ledger,
    /// The live text of a file, by path or node id.
    Text(String),
}

enum Heard {
    Open(Wanted, oneshot::Sender<Result<Link, Reason>>),
    Received(SessionId, Vec<u8>),
    Refused(SessionId, Reason),
    Closed(SessionId),
    Stop,
}

/// A client as its socket's task sees it.
pub(crate) struct Link {
    pub id: SessionId,
    pub out: mpsc::UnboundedReceiver<Output>,
    pub shared: Arc<Shared>,
}

/// What a client's socket and the workspace's thread share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    queued: AtomicUsize,
    /// The socket is to end, whether or not it takes its last words.
    pub ending: Notify,
}

impl Shared {
    /// So many bytes are written.
    pub fn written(&self, bytes: usize) {
        self.queued.fetch_sub(bytes, Ordering::Relaxed);
    }
}

struct Socket {
    out: mpsc::UnboundedSender<Output>,
    shared: Arc<Shared>,
}

impl From<Output> for Sent {
    fn from(output: Output) -> Self {
        match output {
            Output::Message(bytes) => Self::Message(bytes),
            Output::Close(reason) => Self::Close {
                code: reason.close_code(),
                reason: reason.to_string(),
            },
        }
    }
}

/// See the module. Clones are the same keeper; [`Keeper::stop`] ends it.
#[derive(Debug, Clone)]
pub struct Keeper {
    heard: mpsc::Sender<Heard>,
    ended: Arc<Notify>,
}

impl Keeper {
    /// Opens the workspace of a vault on a new thread.
    pub fn start(vault: &Vault) -> Result<Self> {
        let (heard, heard_by) = mpsc::channel(HEARD_MAX);
        let ended = Arc::new(Notify::new());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let (vault, ended_too) = (vault.clone(), Arc::clone(&ended));
        let (opened, opened_by) = std::sync::mpsc::channel();
        let work = move || {
            let workspace = match vault.workspace() {
                Ok(workspace) => workspace,
                Err(error) => return drop(opened.send(Err(error))),
            };
            let held = Held {
                workspace,
                clients: Clients::new(vault.document()),
                sockets: BTreeMap::new(),
                seal_at: None,
            };
            let _ = opened.send(Ok(()));
            runtime.block_on(held.run(heard_by));
            ended_too.notify_waiters();
        };
        std::thread::Builder::new()
            .name("workspace".to_owned())
            .spawn(work)?;
        // A thread that is gone without a word has panicked.
        let gone = |_| std::io::Error::other("the workspace's thread ended");
        opened_by.recv().map_err(gone)??;
        Ok(Self { heard, ended })
    }

    /// Sends all clients away and closes the workspace, not waiting long.
    pub async fn stop(&self) {
        let ended = self.ended.notified();
        if self.heard.send(Heard::Stop).await.is_ok() {
            let _ = tokio::time::timeout(ENDING_MAX, ended).await;
        }
    }

    pub(crate) async fn open(&self, wanted: Wanted) -> Result<Link, Reason> {
        let (answer, answered) = oneshot::channel();
        let heard = self.heard.send(Heard::Open(wanted, answer)).await;
        heard.map_err(|_| Reason::Stopping)?;
        answered.await.map_err(|_| Reason::Stopping)?
    }

    // A keeper that has stopped needs to hear nothing more.

    pub(crate) async fn received(&self, id: SessionId, bytes: Vec<u8>) {
        let _ = self.heard.send(Heard::Received(id, bytes)).await;
    }

    pub(crate) async fn refused(&self, id: SessionId, reason: Reason) {
        let _ = self.heard.send(Heard::Refused(id, reason)).await;
    }

    pub(crate) async fn closed(&self, id: SessionId) {
        let _ = self.heard.send(Heard::Closed(id)).await;
    }
}

/// What the workspace's thread holds.
struct Held {
    workspace: Workspace,
    clients: Clients,
    sockets: BTreeMap<SessionId, Socket>,
    seal_at: Option<Instant>,
}

impl Held {
    async fn run(mut self, mut heard: mpsc::Receiver<Heard>) {
        loop {
            let due = self.seal_at;
            let sealing = async {
                match due {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                heard = heard.recv() => match heard {
                    None | Some(Heard::Stop) => break,
                    Some(heard) => self.hear(heard),
                },
                () = sealing => self.seal(),
            }
            self.pump();
        }
        self.clients.stop();
        self.pump();
        if self.seal_at.is_some() {
            self.seal();
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Open(wanted, answer) => {
                let opened = match &wanted {
                    Wanted::Ledger => self.clients.open_ledger(&self.workspace),
                    Wanted::Text(room) => self.clients.open_text(&self.workspace, room),
                };
                let linked = opened.map(|id| {
                    let (out, out_by) = mpsc::unbounded_channel();
                    let shared = Arc::new(Shared::default());
                    let socket = Socket {
                        out,
                        shared: Arc::clone(&shared),
                    };
                    self.sockets.insert(id, socket);
                    tracing::info!(client = id.0, clients = self.clients.len(), "client came");
                    Link {
                        id,
                        out: out_by,
                        shared,
                    }
                });
                // A socket that is gone by now finds its session closed.
                if let Err(Ok(link)) = answer.send(linked) {
                    self.gone(link.id);
                }
            }
            Heard::Received(id, bytes) => {
                let before = self.workspace.texts_number();
                self.clients.received(&mut self.workspace, id, &bytes);
                if self.workspace.texts_number() != before {
                    self.seal_at = Some(Instant::now() + SEAL_AFTER);
                }
            }
            Heard::Refused(id, reason) => self.clients.refuse(id, reason),
            Heard::Closed(id) => self.gone(id),
            Heard::Stop => {}
        }
    }

    fn gone(&mut self, id: SessionId) {
        self.clients.closed(id);
        self.sockets.remove(&id);
        tracing::info!(client = id.0, clients = self.clients.len(), "client went");
    }

    /// Makes what was typed part of the history.
    fn seal(&mut self) {
        self.seal_at = None;
        let origin = Origin::new(OriginKind::System, "another program");
        if let Err(error) = self.workspace.seal(&Meta::new(now_ms(), origin, "Edit")) {
            // The drafts are kept as drafts.
            tracing::error!(%error, "what was typed is not part of the history yet");
            self.seal_at = Some(Instant::now() + SEAL_AFTER);
        }
        self.clients.changed(&self.workspace);
    }

    fn pump(&mut self) {
        while let Some((id, output)) = self.clients.poll() {
            let Some(socket) = self.sockets.get(&id) else {
                continue;
            };
            match &output {
                Output::Message(bytes) => {
                    let queued = socket
                        .shared
                        .queued
                        .fetch_add(bytes.len(), Ordering::Relaxed);
                    if queued + bytes.len() > QUEUED_BYTES_MAX {
                        self.clients.refuse(id, Reason::Slow);
                        continue;
                    }
                }
                Output::Close(reason) => {
                    tracing::info!(client = id.0, %reason, "client sent away");
                    socket.shared.ending.notify_one();
                }
            }
            // A socket that is gone says so by itself.
            let _ = socket.out.send(output);
        }
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_millis() as u64
}
