//! One relay on a thread of its own, between its sockets and its storage.

use crate::error::Result;
use crate::store::RedbStore;
use selvage_relay::relay::{Outgoing, Relay};
use selvage_relay::store::Read;
use selvage_relay::{Life, Limits, LinkId, MemoryStore, Nonce, Reason};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

/// How many messages of sockets may wait for the relay: at most 8 MiB.
const HEARD_MAX: usize = 64;
/// How often the relay is told that time goes by.
const TICK: Duration = Duration::from_secs(1);
/// How long a socket that ends may take for its last words, and the program for all of them.
pub(crate) const ENDING_MAX: Duration = Duration::from_secs(5);

/// What sockets tell, in order.
enum Heard {
    Opened(LinkId, String, Socket),
    Received(LinkId, Vec<u8>),
    Refused(LinkId, Reason),
    Closed(LinkId),
}

/// What must not wait behind what sockets tell.
enum Done {
    Written(LinkId, usize),
    Committed(bool),
    Stop,
}

/// A socket as the relay's thread sees it. What is in the channel is bounded by the relay.
struct Socket {
    out: mpsc::UnboundedSender<Outgoing>,
    shared: Arc<Shared>,
}

/// What a socket's task and the relay's thread share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// How long the socket is not to be read.
    pub pause_ms: AtomicU64,
    /// The socket is to end, whether or not it takes its last words.
    pub ending: Notify,
}

/// See the module. Clones are the same hub; [`Hub::stop`] ends it.
#[derive(Debug, Clone)]
pub struct Hub {
    heard: mpsc::Sender<Heard>,
    done: mpsc::UnboundedSender<Done>,
    links: Arc<AtomicU64>,
    is_well: Arc<AtomicBool>,
    ended: Arc<Notify>,
}

/// A link as its socket's task sees it.
pub(crate) struct Link {
    pub voice: Voice,
    pub out: mpsc::UnboundedReceiver<Outgoing>,
    pub shared: Arc<Shared>,
}

impl Hub {
    /// Starts the relay's thread; without a storage it only forwards. The thread ends with
    /// [`Hub::stop`], or with the last clone.
    pub fn start(limits: Limits, store: Option<RedbStore>) -> Result<Self> {
        let (heard, heard_by) = mpsc::channel(HEARD_MAX);
        let (done, done_by) = mpsc::unbounded_channel();
        let hub = Self {
            heard,
            done,
            links: Arc::default(),
            is_well: Arc::new(AtomicBool::new(true)),
            ended: Arc::default(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let keeper = Keeper {
            relay: Relay::new(limits, store.is_some()),
            store: store.map(Arc::new),
            nothing: MemoryStore::default(),
            sockets: BTreeMap::new(),
            started: Instant::now(),
            done: hub.done.clone(),
            is_well: Arc::clone(&hub.is_well),
            ended: Arc::clone(&hub.ended),
        };
        let work = move || runtime.block_on(keeper.run(heard_by, done_by));
        std::thread::Builder::new()
            .name("relay".to_owned())
            .spawn(work)?;
        Ok(hub)
    }

    /// Whether the relay runs, and its last batch was kept.
    pub fn is_well(&self) -> bool {
        self.is_well.load(Ordering::Relaxed) && !self.heard.is_closed()
    }

    /// Keeps what waits, tells all clients that the relay stops, and waits for them, not long.
    pub async fn stop(&self) {
        let ended = self.ended.notified();
        if self.done.send(Done::Stop).is_ok() {
            ended.await;
        }
    }

    /// A socket is open; `audience` is its request's `Host`. `None` when the hub has stopped.
    pub(crate) async fn open(&self, audience: String) -> Option<Link> {
        let id = LinkId(self.links.fetch_add(1, Ordering::Relaxed) + 1);
        let (out, out_by) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::default());
        let socket = Socket {
            out,
            shared: Arc::clone(&shared),
        };
        let opened = Heard::Opened(id, audience, socket);
        self.heard.send(opened).await.ok()?;
        let hub = self.clone();
        Some(Link {
            voice: Voice { id, hub },
            out: out_by,
            shared,
        })
    }
}

/// How a link's task speaks to the hub.
pub(crate) struct Voice {
    id: LinkId,
    hub: Hub,
}

impl Voice {
    // A hub that has stopped needs to hear nothing more.

    pub async fn received(&self, bytes: Vec<u8>) {
        let _ = self.hub.heard.send(Heard::Received(self.id, bytes)).await;
    }

    pub async fn refused(&self, reason: Reason) {
        let _ = self.hub.heard.send(Heard::Refused(self.id, reason)).await;
    }

    pub async fn closed(&self) {
        let _ = self.hub.heard.send(Heard::Closed(self.id)).await;
    }

    pub fn written(&self, bytes: usize) {
        let _ = self.hub.done.send(Done::Written(self.id, bytes));
    }
}

/// What the relay's thread holds.
struct Keeper {
    relay: Relay,
    store: Option<Arc<RedbStore>>,
    /// What a relay without storage reads.
    nothing: MemoryStore,
    sockets: BTreeMap<LinkId, Socket>,
    started: Instant,
    /// For batches that are done.
    done: mpsc::UnboundedSender<Done>,
    is_well: Arc<AtomicBool>,
    ended: Arc<Notify>,
}

impl Keeper {
    async fn run(
        mut self,
        mut heard: mpsc::Receiver<Heard>,
        mut done: mpsc::UnboundedReceiver<Done>,
    ) {
        let mut tick = tokio::time::interval(TICK);
        let mut is_storing = false;
        let mut stop_by: Option<Instant> = None;
        loop {
            let listens = !self.relay.is_congested();
            tokio::select! {
                biased;
                Some(done) = done.recv() => match done {
                    Done::Written(link, bytes) => self.relay.written(self.now_ms(), link, bytes),
                    Done::Committed(kept) => {
                        is_storing = false;
                        self.is_well.store(kept, Ordering::Relaxed);
                        self.relay.committed(kept);
                    }
                    Done::Stop => {
                        stop_by = Some(Instant::now() + ENDING_MAX);
                    }
                },
                heard = heard.recv(), if listens => match heard {
                    Some(heard) => self.hear(heard, stop_by.is_some()),
                    // Nobody is left who could ask for anything.
                    None => break,
                },
                _ = tick.tick() => self.relay.tick(self.now_ms()),
            }
            if !is_storing {
                is_storing = self.begin_batch();
            }
            self.pump();
            if let Some(by) = stop_by {
                if !is_storing {
                    self.relay.stop();
                    self.pump();
                }
                if (!is_storing && self.sockets.is_empty()) || Instant::now() > by {
                    break;
                }
            }
        }
        drop(self.store);
        self.ended.notify_waiters();
    }

    fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn hear(&mut self, heard: Heard, stops: bool) {
        match heard {
            Heard::Opened(link, audience, socket) => {
                let mut random = [0; 48];
                if let Err(error) = getrandom::fill(&mut random) {
                    tracing::error!(%error, "there is no randomness");
                    return;
                }
                let (mut nonce, mut life) = ([0; 32], [0; 16]);
                nonce.copy_from_slice(&random[..32]);
                life.copy_from_slice(&random[32..]);
                self.sockets.insert(link, socket);
                let now_ms = self.now_ms();
                self.relay
                    .opened(now_ms, link, &audience, Nonce(nonce), Life(life));
                let (links, rooms) = self.relay.counts();
                tracing::info!(link = link.0, links, rooms, "link opened");
            }
            // What comes after the stop is not acknowledged, and comes again somewhere else.
            Heard::Received(..) if stops => {}
            Heard::Received(link, bytes) => {
                let now_ms = self.now_ms();
                let store: &dyn Read = match &self.store {
                    Some(store) => store.as_ref(),
                    None => &self.nothing,
                };
                self.relay.received(now_ms, store, link, &bytes);
                if let Some(socket) = self.sockets.get(&link) {
                    let pause_ms = self.relay.pause_ms(link);
                    socket.shared.pause_ms.store(pause_ms, Ordering::Relaxed);
                }
            }
            Heard::Refused(link, reason) => self.relay.refuse(link, reason),
            Heard::Closed(link) => {
                self.relay.closed(link);
                self.sockets.remove(&link);
                let (links, rooms) = self.relay.counts();
                tracing::info!(link = link.0, links, rooms, "link closed");
            }
        }
    }

    /// Gives the next batch to a thread that may block. Whether there was one.
    fn begin_batch(&mut self) -> bool {
        let Some(store) = &self.store else {
            return false;
        };
        let Some(batch) = self.relay.batch() else {
            return false;
        };
        let (store, done) = (Arc::clone(store), self.done.clone());
        tokio::task::spawn_blocking(move || {
            // A failure is logged where it happens. The storage is let go of first, so that it is
            // closed when the hub has stopped.
            let kept = store.commit(&batch).is_ok();
            drop(store);
            let _ = done.send(Done::Committed(kept));
        });
        true
    }

    fn pump(&mut self) {
        let now_ms = self.now_ms();
        let store: &dyn Read = match &self.store {
            Some(store) => store.as_ref(),
            None => &self.nothing,
        };
        for link in self.relay.ready() {
            while let Some(out) = self.relay.take(now_ms, store, link) {
                let Some(socket) = self.sockets.get(&link) else {
                    break;
                };
                if let Outgoing::Close(reason) = out {
                    tracing::info!(link = link.0, %reason, "link ended");
                    socket.shared.ending.notify_one();
                }
                // A socket that is gone says so by itself.
                let _ = socket.out.send(out);
            }
        }
    }
}
