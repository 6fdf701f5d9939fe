//! A device's side: dials, enters, gets what it lacks, sends what is not acknowledged, and dials
//! again when the link breaks.
//!
//! **Control loop.** The host calls [`Client::opened`], [`Client::received`], [`Client::closed`]
//! and [`Client::tick`] as these things happen (`tick` at the time that [`Client::wake_ms`] tells,
//! or later), and after each of them [`Client::poll`] until there is nothing. It may leave
//! `poll` alone while its socket has much to write: letters and parts of summaries are made into
//! messages only when they are polled for.
//!
//! Letters go out when all is here that the mailbox had, so a host that learns from it what it should
//! not mail can drop the client. A letter that came is the host's at once. [`Client::place`] is what it keeps, together with
//! what the letters brought, to go on from there the next time.

mod backoff;
mod events;
mod outbox;

use crate::RelayError;
use crate::access::{AccessKey, Purpose, Signed};
use crate::id::{DeviceId, LetterId, Life, LinkId, Nonce, PublicKey, RoomId};
use crate::limits::{
    ANSWER_MS_MAX, AUDIENCE_BYTES_MAX, BACKOFF_MS_MAX, FRAME_COST_BYTES, PAYLOAD_BYTES_MAX,
    PING_MS, STEADY_MS, SUMMARY_BYTES_MAX,
};
use crate::message::{Ask, Tell, VERSION};
use crate::reason::Reason;
use backoff::Backoff;
pub use events::{Event, Output};
use outbox::Outbox;
use std::collections::{BTreeMap, VecDeque};

/// Who the client is, and where it goes.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name under which the relay is dialled: host, and port unless it is the scheme's own;
    /// in a browser `new URL(address).host`.
    pub audience: String,
    /// The room.
    pub room: RoomId,
    /// The device. One program at a time uses its name.
    pub device: DeviceId,
    /// The room's key.
    pub access: AccessKey,
}

/// How far in a mailbox a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In which life of the room.
    pub life: Life,
    /// The number of the last letter that it has; 0 for none.
    pub number: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Until a time; then it dials.
    Waiting(u64),
    Dialling,
    Greeting,
    Proving(Nonce),
    Open(Nonce),
    /// For good.
    Stopped,
}

/// See the module.
#[derive(Debug)]
pub struct Client {
    profile: Profile,
    place: Option<Place>,
    state: State,
    backoff: Backoff,
    outbox: Outbox,
    keeps: bool,
    /// The mailbox's last number when the relay was entered.
    last: u64,
    /// What may still be sent to each peer.
    peers: BTreeMap<LinkId, (DeviceId, usize)>,
    /// The summary that is coming: what it covers, and how much of it is still to come.
    summary: Option<(u64, u64)>,
    new_key: Option<PublicKey>,
    outputs: VecDeque<Output>,
    heard_ms: u64,
    said_ms: u64,
    entered_ms: u64,
}

impl Client {
    /// A client that dials with the next [`Client::tick`]. It has all letters up to `place`.
    pub fn new(profile: Profile, place: Option<Place>) -> Result<Self, RelayError> {
        if profile.audience.len() > AUDIENCE_BYTES_MAX {
            return Err(RelayError::TooLong);
        }
        Ok(Self {
            profile,
            place,
            state: State::Waiting(0),
            backoff: Backoff::default(),
            outbox: Outbox::default(),
            keeps: false,
            last: 0,
            peers: BTreeMap::new(),
            summary: None,
            new_key: None,
            outputs: VecDeque::new(),
            heard_ms: 0,
            said_ms: 0,
            entered_ms: 0,
        })
    }

    /// The socket is open.
    pub fn opened(&mut self, now_ms: u64) {
        if self.state != State::Dialling {
            return;
        }
        self.state = State::Greeting;
        self.heard_ms = now_ms;
        let hello = Ask::Hello {
            version: VERSION,
            room: self.profile.room,
            device: self.profile.device,
        };
        self.say(now_ms, &hello);
    }

    /// A message came. One that no relay sends ends the link.
    pub fn received(&mut self, now_ms: u64, bytes: &[u8]) {
        if !self.is_linked() {
            return;
        }
        self.heard_ms = now_ms;
        let heard = Tell::from_bytes(bytes).and_then(|tell| self.hear(now_ms, tell));
        if heard.is_none() {
            self.outputs.push_back(Output::HangUp(Reason::Protocol));
        }
    }

    /// The socket is closed, or could not be opened; `reason` is what the relay said.
    pub fn closed(&mut self, now_ms: u64, reason: Option<Reason>, random: u64) {
        if self.state == State::Stopped {
            return;
        }
        // What was for this link is for no other one.
        self.outputs
            .retain(|output| matches!(output, Output::Event(_)));
        self.peers.clear();
        self.summary = None;
        self.outbox.rewind();
        // A relay that lets in and throws out at once is not to be dialled at once.
        if self.is_open() && now_ms.saturating_sub(self.entered_ms) >= STEADY_MS {
            self.backoff.reset();
        }
        let retry_ms = if reason.is_none_or(Reason::is_passing) {
            let wait_ms = self.backoff.next_ms(random);
            self.state = State::Waiting(now_ms.saturating_add(wait_ms));
            Some(wait_ms)
        } else {
            self.state = State::Stopped;
            None
        };
        self.event(Event::Closed { reason, retry_ms });
    }

    /// Time went by: dials, says that the client is there, or hangs up on a relay that is silent.
    pub fn tick(&mut self, now_ms: u64) {
        match self.state {
            // A clock that was set back would have it wait until it has caught up.
            State::Waiting(until) if now_ms >= until || until - now_ms > BACKOFF_MS_MAX => {
                self.state = State::Dialling;
                self.heard_ms = now_ms;
                self.outputs.push_back(Output::Dial);
            }
            State::Waiting(_) | State::Stopped => {}
            State::Open(_) => {
                let silent_ms = now_ms.saturating_sub(self.heard_ms);
                if silent_ms >= PING_MS + ANSWER_MS_MAX {
                    self.hang_up();
                } else if now_ms.saturating_sub(self.said_ms) >= PING_MS {
                    self.say(now_ms, &Ask::Ping);
                }
            }
            State::Dialling | State::Greeting | State::Proving(_) => {
                if now_ms.saturating_sub(self.heard_ms) >= ANSWER_MS_MAX {
                    self.hang_up();
                }
            }
        }
    }

    /// When the next [`Client::tick`] is due; `None` when there is nothing to wait for.
    pub fn wake_ms(&self) -> Option<u64> {
        match self.state {
            State::Waiting(until) => Some(until),
            State::Open(_) => {
                Some((self.said_ms + PING_MS).min(self.heard_ms + PING_MS + ANSWER_MS_MAX))
            }
            State::Dialling | State::Greeting | State::Proving(_) => {
                Some(self.heard_ms + ANSWER_MS_MAX)
            }
            State::Stopped => None,
        }
    }

    /// Dials at the next tick: the device has a network again, or a person asks.
    pub fn hurry(&mut self) {
        if let State::Waiting(_) = self.state {
            self.state = State::Waiting(0);
        }
    }

    /// The next thing for the host.
    pub fn poll(&mut self, now_ms: u64) -> Option<Output> {
        if self.outputs.is_empty()
            && let State::Open(_) = self.state
            && self.keeps
            && self.has_read()
            && let Some(ask) = self.outbox.next()
        {
            self.say(now_ms, &ask);
        }
        self.outputs.pop_front()
    }

    /// Adds a letter, which is sent until it is acknowledged. The id must be new and random.
    pub fn append(&mut self, id: LetterId, bytes: Vec<u8>) -> Result<(), RelayError> {
        if bytes.len() > PAYLOAD_BYTES_MAX {
            return Err(RelayError::TooLong);
        }
        if !self.outbox.fits(bytes.len()) {
            return Err(RelayError::OutboxFull);
        }
        self.outbox.push(id, None, bytes);
        Ok(())
    }

    /// Adds a summary, which takes the place of all letters up to a number. One at a time.
    pub fn summarize(
        &mut self,
        id: LetterId,
        covers: u64,
        bytes: Vec<u8>,
    ) -> Result<(), RelayError> {
        if bytes.is_empty() || bytes.len() as u64 > SUMMARY_BYTES_MAX {
            return Err(RelayError::TooLong);
        }
        if self.outbox.has_summary() {
            return Err(RelayError::OutboxFull);
        }
        self.outbox.push(id, Some(covers), bytes);
        Ok(())
    }

    /// Sends bytes to a peer that is there. They are on their way, or lost with the link.
    pub fn send(&mut self, now_ms: u64, link: LinkId, bytes: Vec<u8>) -> Result<(), RelayError> {
        if bytes.len() > PAYLOAD_BYTES_MAX {
            return Err(RelayError::TooLong);
        }
        let (_, window) = self.peers.get_mut(&link).ok_or(RelayError::NoPeer)?;
        let left = window.checked_sub(bytes.len() + FRAME_COST_BYTES);
        *window = left.ok_or(RelayError::WindowFull)?;
        self.say(now_ms, &Ask::Send { link, bytes });
        Ok(())
    }

    /// Lets another key open the room. [`Event::Rotated`] says that the relay kept it; all links
    /// end then, and go on with a client that has the new key.
    pub fn rotate(&mut self, now_ms: u64, key: PublicKey) -> Result<(), RelayError> {
        let State::Open(nonce) = self.state else {
            return Err(RelayError::NotOpen);
        };
        let signature = self.profile.access.sign(&Signed {
            audience: &self.profile.audience,
            nonce: &nonce,
            room: &self.profile.room,
            purpose: Purpose::Rotate(key),
        });
        self.new_key = Some(key);
        self.say(now_ms, &Ask::Rotate { key, signature });
        Ok(())
    }

    /// What to go on from the next time; `None` before a relay was entered.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// Mails before all is read: the host knows enough of what is there.
    pub fn mail_unread(&mut self) {
        self.last = 0;
    }

    /// Whether all is here that the mailbox had when the relay was entered. Nothing is mailed before.
    pub fn has_read(&self) -> bool {
        self.place.is_some_and(|place| place.number >= self.last)
    }

    /// Whether the relay was entered and the link is open.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// How many letters and summaries are not acknowledged yet.
    pub fn pending(&self) -> usize {
        self.outbox.len()
    }

    /// The peers that are there.
    pub fn peers(&self) -> impl Iterator<Item = (LinkId, DeviceId)> {
        self.peers
            .iter()
            .map(|(link, (device, _))| (*link, *device))
    }

    /// What a host does when its relay says nothing: it closes the socket and calls `closed`.
    fn hang_up(&mut self) {
        self.outputs.push_back(Output::HangUp(Reason::Idle));
    }

    fn is_linked(&self) -> bool {
        matches!(
            self.state,
            State::Greeting | State::Proving(_) | State::Open(_)
        )
    }

    fn say(&mut self, now_ms: u64, ask: &Ask) {
        self.said_ms = now_ms;
        self.outputs.push_back(Output::Write(ask.to_bytes()));
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}
