//! A workspace that this host holds itself, on a thread of its own: the clients at it, and the
//! device that this host is when the workspace is shared.

use crate::device::{Device, system_random};
use crate::dialer::{Dialer, Wire};
use crate::error::Result;
use crate::hub::ENDING_MAX;
use crate::socket::Sent;
use crate::vault::Vault;
use selvage_clients::{Clients, DocumentId, Output, Reason, SessionId};
use selvage_courier::{Courier, RoleName};
use selvage_vfs::{Meta, Origin, OriginKind, Workspace};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::runtime::Handle;
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
    Wire(Wire),
    Stop,
}

impl From<Wire> for Heard {
    fn from(wire: Wire) -> Self {
        Self::Wire(wire)
    }
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
    document: DocumentId,
    ended: Arc<Notify>,
}

impl Keeper {
    /// Opens the workspace of a vault on a new thread, and dials its relay if it is shared. To be
    /// called where tasks can run.
    pub fn start(vault: &Vault) -> Result<Self> {
        let (heard, heard_by) = mpsc::channel(HEARD_MAX);
        let ended = Arc::new(Notify::new());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let dialer = Dialer::new(Handle::current(), heard.clone());
        let (vault, ended_too) = (vault.clone(), Arc::clone(&ended));
        let (opened, opened_by) = std::sync::mpsc::channel();
        let work = move || {
            let held = match Held::open(&vault, dialer) {
                Ok(held) => held,
                Err(error) => return drop(opened.send(Err(error))),
            };
            let _ = opened.send(Ok(held.document));
            runtime.block_on(held.run(heard_by));
            ended_too.notify_waiters();
        };
        std::thread::Builder::new()
            .name("workspace".to_owned())
            .spawn(work)?;
        // A thread that is gone without a word has panicked.
        let gone = |_| std::io::Error::other("the workspace's thread ended");
        let document = opened_by.recv().map_err(gone)??;
        Ok(Self {
            heard,
            document,
            ended,
        })
    }

    /// The ledger's name for automerge-repo: the same on every device of a shared workspace.
    pub fn document(&self) -> DocumentId {
        self.document
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
    document: DocumentId,
    clients: Clients,
    sockets: BTreeMap<SessionId, Socket>,
    seal_at: Option<Instant>,
    /// Nothing while the workspace is not shared.
    device: Option<Device<Heard>>,
    /// Whether clients may come: not where the workspace is shared and this device owns it not.
    lets_clients_in: bool,
}

impl Held {
    fn open(vault: &Vault, dialer: Dialer<Heard>) -> Result<Self> {
        let workspace = vault.workspace()?;
        let (mut document, mut device) = (vault.document(), None);
        if let Some(kept) = vault.seat()? {
            let courier = Courier::from_bytes(&kept, system_random())?;
            if let Some(id) = courier.state().workspace {
                let digest = Sha256::digest(format!("selvage document 1 {id}"));
                document.0.copy_from_slice(&digest[..16]);
            }
            device = Some(Device::new(courier, dialer, vault.seat_file()));
        }
        Ok(Self {
            workspace,
            document,
            clients: Clients::new(document),
            sockets: BTreeMap::new(),
            seal_at: None,
            device,
            lets_clients_in: true,
        })
    }

    async fn run(mut self, mut heard: mpsc::Receiver<Heard>) {
        self.mail();
        loop {
            let (seal_at, wake_ms) = (self.seal_at, self.wake_ms());
            let sealing = async {
                match seal_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => pending().await,
                }
            };
            let waking = async {
                match wake_ms.map(|at| at.saturating_sub(now_ms())) {
                    Some(ms) => tokio::time::sleep(Duration::from_millis(ms.max(1))).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                heard = heard.recv() => match heard {
                    None | Some(Heard::Stop) => break,
                    Some(heard) => self.hear(heard),
                },
                () = sealing => self.seal(),
                () = waking => {}
            }
            self.mail();
            self.pump();
            if self.workspace.has_orphans() && self.seal_at.is_none() {
                // What brings files back is mailed in the next round.
                self.seal_at = Some(Instant::now());
            }
        }
        self.clients.stop(&Reason::Stopping);
        self.pump();
        if self.seal_at.is_some() {
            self.seal();
        }
        // What is not at the relay yet goes there after the next start.
        self.mail();
    }

    fn wake_ms(&self) -> Option<u64> {
        self.device.as_ref().and_then(Device::wake_ms)
    }

    /// Leaves and takes mail, and looks whether clients may still be here.
    fn mail(&mut self) {
        let Some(device) = &mut self.device else {
            return;
        };
        match device.drain(&mut self.workspace, now_ms()) {
            Ok(has_changed) => {
                if has_changed {
                    self.clients.changed(&self.workspace);
                }
                self.lets_clients_in = device.role() == Some(RoleName::Owner);
            }
            Err(error) => {
                tracing::error!(%error, "this host is no device of the workspace until it starts anew");
                self.device = None;
                self.lets_clients_in = false;
            }
        }
        if !self.lets_clients_in {
            self.clients.stop(&Reason::NotOwner);
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Open(wanted, answer) => {
                let opened = match &wanted {
                    _ if !self.lets_clients_in => Err(Reason::NotOwner),
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
            Heard::Wire(wire) => {
                if let Some(device) = &mut self.device {
                    device.hear(wire, now_ms());
                }
            }
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
        let origin = Origin::new(OriginKind::Peer, "another program");
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

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_millis() as u64
}
