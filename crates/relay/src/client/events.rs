//! What a client hears, and what it tells its host.

use super::{Client, Place, State};
use crate::access::{Purpose, Signed};
use crate::id::{DeviceId, LetterId, LinkId, Nonce};
use crate::limits::{FORWARD_WINDOW_BYTES, PART_BYTES, SUMMARY_BYTES_MAX};
use crate::message::{Ask, Tell};
use crate::reason::{Reason, Refusal};

/// What the host does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Opens a socket to the relay, and calls [`Client::opened`] or [`Client::closed`].
    Dial,
    /// Hands these bytes to the socket, as one message.
    Write(Vec<u8>),
    /// Closes the socket, with this reason, and calls [`Client::closed`].
    HangUp(Reason),
    /// Looks at what happened.
    Event(Event),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The relay was entered.
    Opened {
        /// Whether it keeps letters. While it does not, letters wait in the client.
        keeps: bool,
    },
    /// The room is not the one that the client's place is in: the relay made it anew, or brought
    /// back an older state of it. All letters that are there come again; what the client has
    /// and they do not bring should be sent as a summary.
    Restarted,
    /// A peer is there.
    Joined(LinkId, DeviceId),
    /// A peer is gone.
    Left(LinkId),
    /// A peer sent something.
    Frame {
        /// Which.
        link: LinkId,
        /// What.
        bytes: Vec<u8>,
    },
    /// More may be sent to a peer.
    Writable(LinkId),
    /// A letter or a summary is kept.
    Appended {
        /// Its name.
        id: LetterId,
        /// Its number.
        number: u64,
    },
    /// A letter or a summary is not kept, and not sent again.
    Refused {
        /// Its name.
        id: LetterId,
        /// Why.
        refusal: Refusal,
    },
    /// A letter of another client; or an own one, after a link broke.
    Letter {
        /// Its number.
        number: u64,
        /// Its name.
        id: LetterId,
        /// What it says.
        bytes: Vec<u8>,
    },
    /// The number of a letter of this client's, or of a summary, is its turn in the mailbox's order:
    /// what comes later has a higher one. A relay says before which letter has the number.
    Passed {
        /// The number.
        number: u64,
    },
    /// A summary comes; what came of another one before is void.
    SummaryBegan {
        /// The number of the last letter that it stands for.
        covers: u64,
        /// Its length in bytes.
        len: u64,
    },
    /// More of the summary.
    SummaryPart(Vec<u8>),
    /// The summary is whole.
    SummaryEnded,
    /// The relay kept the new key.
    Rotated,
    /// The link is gone.
    Closed {
        /// Why, if the relay said so.
        reason: Option<Reason>,
        /// When the client dials again; `None` for never.
        retry_ms: Option<u64>,
    },
}

impl Client {
    /// Gives `None` for what no relay says at this point.
    pub(super) fn hear(&mut self, now_ms: u64, tell: Tell) -> Option<()> {
        match (self.state, tell) {
            (State::Greeting, Tell::Challenge(nonce)) => self.prove(now_ms, nonce),
            (
                State::Proving(nonce),
                Tell::Welcome {
                    life,
                    keeps,
                    last,
                    link: _,
                    peers,
                },
            ) => {
                self.state = State::Open(nonce);
                self.entered_ms = now_ms;
                self.keeps = keeps;
                self.event(Event::Opened { keeps });
                self.last = last;
                if keeps {
                    self.resume(now_ms, Place { life, number: last });
                }
                for (link, device) in peers {
                    self.join(link, device);
                }
            }
            (State::Open(_), tell) => return self.hear_open(tell),
            _ => return None,
        }
        Some(())
    }

    fn prove(&mut self, now_ms: u64, nonce: Nonce) {
        let profile = &self.profile;
        let signature = profile.access.sign(&Signed {
            audience: &profile.audience,
            nonce: &nonce,
            room: &profile.room,
            purpose: Purpose::Enter(profile.device),
        });
        let key = profile.access.public();
        self.state = State::Proving(nonce);
        self.say(now_ms, &Ask::Prove { key, signature });
    }

    fn resume(&mut self, now_ms: u64, relay: Place) {
        let goes_on = self
            .place
            .filter(|own| own.life == relay.life && own.number <= relay.number);
        if goes_on.is_none() {
            if self.place.is_some_and(|own| own.number > 0) {
                self.event(Event::Restarted);
            }
            let life = relay.life;
            self.place = Some(Place { life, number: 0 });
        }
        let since = self.place.map_or(0, |place| place.number);
        self.say(now_ms, &Ask::Fetch { since });
    }

    fn join(&mut self, link: LinkId, device: DeviceId) {
        self.peers.insert(link, (device, FORWARD_WINDOW_BYTES));
        self.event(Event::Joined(link, device));
    }

    fn hear_open(&mut self, tell: Tell) -> Option<()> {
        match tell {
            Tell::Joined(link, device) => self.join(link, device),
            Tell::Left(link) => {
                if self.peers.remove(&link).is_some() {
                    self.event(Event::Left(link));
                }
            }
            Tell::Frame { link, bytes } => self.event(Event::Frame { link, bytes }),
            Tell::Credit { link, bytes } => self.credit(link, bytes)?,
            Tell::Appended { id, number } => {
                if self.outbox.done(id) {
                    self.event(Event::Appended { id, number });
                }
            }
            Tell::Refused { id, refusal } => {
                if self.outbox.done(id) {
                    self.event(Event::Refused { id, refusal });
                }
            }
            Tell::Go { id } => self.outbox.go(id).then_some(())?,
            Tell::Letter { number, id, bytes } => {
                self.advance(number)?;
                self.event(Event::Letter { number, id, bytes });
            }
            Tell::Passed { number } => {
                self.advance(number)?;
                self.event(Event::Passed { number });
            }
            Tell::Summary { covers, len } => {
                let place = self.place?;
                if covers <= place.number || len == 0 || len > SUMMARY_BYTES_MAX {
                    return None;
                }
                self.summary = Some((covers, len));
                self.event(Event::SummaryBegan { covers, len });
            }
            Tell::Part(bytes) => self.hear_part(bytes)?,
            Tell::Rotated => {
                self.new_key.take()?;
                self.event(Event::Rotated);
            }
            Tell::Pong => {}
            Tell::Challenge(_) | Tell::Welcome { .. } => return None,
        }
        Some(())
    }

    fn credit(&mut self, link: LinkId, bytes: u64) -> Option<()> {
        // A peer may be gone while this was on its way.
        let Some((_, window)) = self.peers.get_mut(&link) else {
            return Some(());
        };
        let wider = window.checked_add(usize::try_from(bytes).ok()?)?;
        if wider > FORWARD_WINDOW_BYTES {
            return None;
        }
        *window = wider;
        self.event(Event::Writable(link));
        Some(())
    }

    /// The mailbox's next number came. A relay that leaves one out is broken, or lies.
    fn advance(&mut self, number: u64) -> Option<()> {
        let place = self.place.as_mut()?;
        if self.summary.is_some() || number != place.number.checked_add(1)? {
            return None;
        }
        place.number = number;
        Some(())
    }

    fn hear_part(&mut self, bytes: Vec<u8>) -> Option<()> {
        let (covers, left) = self.summary?;
        if bytes.len() as u64 != left.min(PART_BYTES as u64) {
            return None;
        }
        let left = left - bytes.len() as u64;
        self.summary = Some((covers, left));
        self.event(Event::SummaryPart(bytes));
        if left == 0 {
            self.summary = None;
            self.place.as_mut()?.number = covers;
            self.event(Event::SummaryEnded);
        }
        Some(())
    }
}
