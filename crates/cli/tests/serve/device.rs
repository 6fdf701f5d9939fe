//! A device: the client's state machine on a real WebSocket.

use futures_util::{SinkExt, StreamExt};
use selvage_relay::client::{Client, Event, Output, Place, Profile};
use selvage_relay::{AccessKey, DeviceId, LetterId, LinkId, Reason, RoomId};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long anything may take.
const WAIT_MAX: Duration = Duration::from_secs(30);

pub struct Device {
    address: SocketAddr,
    pub client: Client,
    socket: Option<Socket>,
    started: Instant,
    /// What happened and was not looked at.
    later: VecDeque<Event>,
}

pub fn access(secret: u8) -> AccessKey {
    AccessKey::from_secret(&[secret; 32])
}

pub fn letter(number: u64) -> LetterId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    LetterId(id)
}

pub async fn dial(address: SocketAddr) -> Socket {
    let url = format!("ws://{address}/relay");
    connect_async(url).await.expect("a relay").0
}

impl Device {
    pub fn new(address: SocketAddr, device: u8, secret: u8, place: Option<Place>) -> Self {
        Self::in_room(1, address, device, secret, place)
    }

    pub fn in_room(
        room: u8,
        address: SocketAddr,
        device: u8,
        secret: u8,
        place: Option<Place>,
    ) -> Self {
        let profile = Profile {
            audience: address.to_string(),
            room: RoomId([room; 32]),
            device: DeviceId([device; 32]),
            access: access(secret),
        };
        Self {
            address,
            client: Client::new(profile, place).expect("short"),
            socket: None,
            started: Instant::now(),
            later: VecDeque::new(),
        }
    }

    /// A device that is in.
    pub async fn open(address: SocketAddr, device: u8, secret: u8) -> Self {
        let mut it = Self::new(address, device, secret, None);
        it.until(|event| matches!(event, Event::Opened { .. }))
            .await;
        it
    }

    pub fn now_ms(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// Breaks the link as a network does: without a word.
    pub fn cut(&mut self) {
        self.socket = None;
        self.client.closed(self.now_ms(), None, 0);
    }

    pub fn append(&mut self, number: u64, bytes: &[u8]) {
        let appended = self.client.append(letter(number), bytes.to_vec());
        appended.expect("fits");
    }

    pub async fn acknowledged(&mut self, number: u64) -> u64 {
        let event = self
            .until(|event| matches!(event, Event::Appended { id, .. } if *id == letter(number)))
            .await;
        match event {
            Event::Appended { number, .. } => number,
            _ => unreachable!(),
        }
    }

    pub async fn next_letter(&mut self) -> (u64, Vec<u8>) {
        match self
            .until(|event| matches!(event, Event::Letter { .. }))
            .await
        {
            Event::Letter { number, bytes, .. } => (number, bytes),
            _ => unreachable!(),
        }
    }

    pub async fn next_frame(&mut self) -> Vec<u8> {
        match self
            .until(|event| matches!(event, Event::Frame { .. }))
            .await
        {
            Event::Frame { bytes, .. } => bytes,
            _ => unreachable!(),
        }
    }

    pub async fn next_reason(&mut self) -> Option<Reason> {
        match self
            .until(|event| matches!(event, Event::Closed { .. }))
            .await
        {
            Event::Closed { reason, .. } => reason,
            _ => unreachable!(),
        }
    }

    pub async fn peer(&mut self) -> LinkId {
        if let Some((link, _)) = self.client.peers().next() {
            return link;
        }
        match self.until(|event| matches!(event, Event::Joined(..))).await {
            Event::Joined(link, _) => link,
            _ => unreachable!(),
        }
    }

    /// Sends a frame, as soon as it may.
    pub async fn send(&mut self, to: LinkId, bytes: &[u8]) {
        while self.client.send(self.now_ms(), to, bytes.to_vec()).is_err() {
            self.until(|event| *event == Event::Writable(to)).await;
        }
        self.say().await;
    }

    /// Hands over what waits to be said; what happened is looked at later.
    async fn say(&mut self) {
        let now_ms = self.now_ms();
        while let Some(output) = self.client.poll(now_ms) {
            match output {
                Output::Write(bytes) => self.write(bytes).await,
                Output::Event(event) => self.later.push_back(event),
                other => panic!("only while something is waited for: {other:?}"),
            }
        }
    }

    async fn write(&mut self, bytes: Vec<u8>) {
        if let Some(socket) = &mut self.socket {
            // A socket that is gone says so when it is read.
            let _ = socket.send(Message::Binary(bytes.into())).await;
        }
    }

    /// Goes on until something happens that is waited for.
    pub async fn until(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        let wait = self.wait(is_it);
        tokio::time::timeout(WAIT_MAX, wait).await.expect("in time")
    }

    async fn wait(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        while let Some(event) = self.later.pop_front() {
            if is_it(&event) {
                return event;
            }
        }
        loop {
            let now_ms = self.now_ms();
            self.client.tick(now_ms);
            while let Some(output) = self.client.poll(now_ms) {
                match output {
                    Output::Dial => {
                        match connect_async(format!("ws://{}/relay", self.address)).await {
                            Ok((socket, _)) => {
                                self.socket = Some(socket);
                                self.client.opened(now_ms);
                            }
                            Err(_) => self.client.closed(now_ms, None, 0),
                        }
                    }
                    Output::Write(bytes) => self.write(bytes).await,
                    Output::HangUp(reason) => panic!("the relay broke the rules: {reason}"),
                    Output::Event(event) if is_it(&event) => return event,
                    Output::Event(_) => {}
                }
            }
            let wake_ms = self
                .client
                .wake_ms()
                .unwrap_or(u64::MAX)
                .saturating_sub(now_ms);
            let sleep = tokio::time::sleep(Duration::from_millis(wake_ms.min(60_000)));
            let Some(socket) = &mut self.socket else {
                sleep.await;
                continue;
            };
            tokio::select! {
                message = socket.next() => self.hear(message),
                () = sleep => {}
            }
        }
    }

    fn hear(&mut self, message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) {
        let now_ms = self.now_ms();
        match message {
            Some(Ok(Message::Binary(bytes))) => self.client.received(now_ms, &bytes),
            Some(Ok(Message::Close(frame))) => {
                self.socket = None;
                self.client.closed(now_ms, reason(frame), 0);
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => {
                self.socket = None;
                self.client.closed(now_ms, None, 0);
            }
        }
    }
}

pub fn reason(frame: Option<CloseFrame>) -> Option<Reason> {
    Reason::from_close_code(u16::from(frame?.code))
}

/// What a socket is told as the last thing.
pub async fn last_words(socket: &mut Socket) -> Option<Reason> {
    let wait = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => return reason(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    };
    tokio::time::timeout(WAIT_MAX, wait).await.expect("in time")
}

/// After its last words, a socket ends long before the time is up that it may take for them.
pub async fn ends_at_once(socket: &mut Socket) {
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    let ended = tokio::time::timeout(Duration::from_secs(2), rest).await;
    ended.expect("it ends at once");
}
