//! Both sides of a pairing, as frames in the room that an invitation names.
//!
//! It is kept, so that a restart of either side goes on with the same conversation: the joiner shows
//! the same request again, and is answered as before.

use crate::desk::Meeting;
use crate::limits::{WELCOME_BYTES_MAX, WELCOME_PIECE_BYTES};
use crate::saved::{Reader, put};
use crate::{CourierError, Result};
use selvage_relay::client::{Client, Profile};
use selvage_relay::{AccessKey, DeviceId, LinkId, RelayError, RoomId};
use selvage_trust::{Code, Entropy, Identity, Invitation, Inviter, Joiner, Role, Seat};
use std::collections::VecDeque;
use zeroize::Zeroizing;

const REQUEST: u8 = 1;
const OFFER: u8 = 2;
const REVEAL: u8 = 3;
const WELCOME: u8 = 4;
const REFUSED: u8 = 5;
const WELCOMED: u8 = 6;

fn profile(invitation: &Invitation, audience: &str, device: [u8; 32]) -> Profile {
    Profile {
        audience: audience.to_owned(),
        room: RoomId(invitation.topic()),
        device: DeviceId(device),
        access: AccessKey::from_secret(&invitation.derive("relay access")),
    }
}

/// What happened in a pairing.
pub(crate) enum Met {
    Nothing,
    Changed,
    /// The joiner is in, and meets the others here.
    In(Box<Seat>, Meeting),
    /// It is over; the inviter said no, or somebody is in between.
    Over(CourierError),
    /// The joiner has its seat.
    Done,
}

/// Which side this device is.
pub(crate) enum Side {
    Inviter {
        inviter: Box<Inviter>,
        /// The role that it gives.
        role: Role,
        link: String,
        welcome: Option<Vec<u8>>,
    },
    Joiner {
        joiner: Option<Box<Joiner>>,
        request: Vec<u8>,
        identity: Zeroizing<Vec<u8>>,
        welcome: Vec<u8>,
        inviter: Option<LinkId>,
    },
}

/// See the module.
pub(crate) struct Pairing {
    pub side: Side,
    /// How this device is called in the pairing's room.
    device: [u8; 32],
    pub code: Option<Code>,
    pub name: Option<String>,
    /// The other one's link.
    peer: Option<LinkId>,
    frames: VecDeque<(LinkId, Vec<u8>)>,
}

impl Pairing {
    pub fn new(side: Side, device: [u8; 32]) -> Self {
        Self {
            side,
            device,
            code: None,
            name: None,
            peer: None,
            frames: VecDeque::new(),
        }
    }

    /// The invitation that this is about; `None` when the joiner has its seat.
    pub fn invitation(&self) -> Option<&Invitation> {
        match &self.side {
            Side::Inviter { inviter, .. } => Some(inviter.invitation()),
            Side::Joiner { joiner, .. } => joiner.as_ref().map(|joiner| joiner.invitation()),
        }
    }

    /// The client that meets the other device.
    pub fn client(&self, audience: &str) -> Result<Option<Client>> {
        let profile = |invitation| profile(invitation, audience, self.device);
        let client = self.invitation().map(|it| Client::new(profile(it), None));
        Ok(client.transpose()?)
    }

    /// What is kept of it.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(self.device.to_vec());
        match &self.side {
            Side::Inviter {
                inviter,
                role,
                link,
                welcome,
            } => {
                put(&mut out, &inviter.to_bytes());
                out.push(*role as u8);
                put(&mut out, link.as_bytes());
                put(&mut out, welcome.as_deref().unwrap_or_default());
            }
            Side::Joiner {
                joiner,
                request,
                identity,
                ..
            } => {
                let joiner = joiner.as_ref().map(|joiner| joiner.to_bytes());
                put(&mut out, &joiner.unwrap_or_default());
                put(&mut out, request);
                put(&mut out, identity);
            }
        }
        out
    }

    /// Goes on with an invitation that was kept.
    pub fn inviter_from(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let device = reader.array()?;
        let inviter = Box::new(Inviter::from_bytes(reader.bytes()?)?);
        let roles = [Role::Owner, Role::Editor, Role::Viewer].into_iter();
        let role = u8::from_le_bytes(reader.array()?);
        let role = roles.into_iter().find(|one| *one as u8 == role);
        let link = String::from_utf8(reader.bytes()?.to_vec());
        let welcome = Some(reader.bytes()?.to_vec()).filter(|bytes| !bytes.is_empty());
        reader.end()?;
        let side = Side::Inviter {
            inviter,
            role: role.ok_or(CourierError::Unreadable)?,
            link: link.map_err(|_| CourierError::Unreadable)?,
            welcome,
        };
        Ok(Self::new(side, device))
    }

    /// Goes on to come in.
    pub fn joiner_from(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let device = reader.array()?;
        let (joiner, request) = (reader.bytes()?, reader.bytes()?.to_vec());
        let identity = Zeroizing::new(reader.bytes()?.to_vec());
        reader.end()?;
        let joiner = Joiner::from_bytes(Identity::from_bytes(&identity)?, &request, joiner)?;
        let side = Side::Joiner {
            joiner: Some(Box::new(joiner)),
            request,
            identity,
            welcome: Vec::new(),
            inviter: None,
        };
        Ok(Self::new(side, device))
    }

    /// A joiner shows its request to whoever is there: only the inviter can read it.
    pub fn joined(&mut self, link: LinkId) {
        if let Side::Joiner { request, .. } = &self.side {
            let frame = [&[REQUEST], &request[..]].concat();
            self.frames.push_back((link, frame));
        }
    }

    pub fn left(&mut self, link: LinkId) {
        self.frames.retain(|(to, _)| *to != link);
    }

    pub fn heard(
        &mut self,
        from: LinkId,
        bytes: &[u8],
        seat: Option<&Seat>,
        now_ms: u64,
        entropy: &mut Entropy<'_>,
    ) -> Met {
        let Some((&kind, body)) = bytes.split_first() else {
            return Met::Nothing;
        };
        match (&mut self.side, kind, seat) {
            (
                Side::Inviter {
                    welcome: Some(_), ..
                },
                REQUEST,
                _,
            ) => {
                self.peer = Some(from);
                self.welcome();
                Met::Changed
            }
            (Side::Inviter { inviter, .. }, REQUEST, Some(seat)) => {
                // One that does not know the invitation, or comes second, gets no answer.
                let Ok((card, offer)) = inviter.request(seat, body, now_ms, entropy) else {
                    return Met::Nothing;
                };
                self.name = Some(card.name().to_owned());
                self.peer = Some(from);
                self.frames
                    .push_back((from, [&[OFFER], &offer[..]].concat()));
                Met::Changed
            }
            (Side::Inviter { inviter, .. }, REVEAL, Some(seat)) if self.peer == Some(from) => {
                match inviter.reveal(seat, body) {
                    Ok(code) => {
                        self.code = Some(code);
                        Met::Changed
                    }
                    Err(error) => Met::Over(error.into()),
                }
            }
            (
                Side::Inviter {
                    welcome: Some(_), ..
                },
                WELCOMED,
                _,
            ) if self.peer == Some(from) => Met::Done,
            (
                Side::Joiner {
                    joiner: Some(joiner),
                    inviter,
                    ..
                },
                OFFER,
                _,
            ) => match joiner.offer(body, entropy) {
                Ok((code, reveal)) => {
                    *inviter = Some(from);
                    self.code = Some(code);
                    self.frames
                        .push_back((from, [&[REVEAL], &reveal[..]].concat()));
                    Met::Changed
                }
                Err(error) => Met::Over(error.into()),
            },
            (Side::Joiner { inviter, .. }, REFUSED, _) if *inviter == Some(from) => {
                Met::Over(CourierError::NotNow("the other device said no"))
            }
            (Side::Joiner { .. }, WELCOME, _) => self.hear_welcome(from, body),
            _ => Met::Nothing,
        }
    }

    fn hear_welcome(&mut self, from: LinkId, body: &[u8]) -> Met {
        let Side::Joiner {
            joiner, welcome, ..
        } = &mut self.side
        else {
            return Met::Nothing;
        };
        let Some((head, piece)) = body.split_first_chunk::<8>() else {
            return Met::Nothing;
        };
        let (at, total) = head.split_at(4);
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
        };
        let (at, total) = (number(at), number(total));
        if at == 0 {
            welcome.clear();
        }
        if at != welcome.len() || total > WELCOME_BYTES_MAX {
            return Met::Nothing;
        }
        welcome.extend(piece);
        if welcome.len() < total {
            return Met::Nothing;
        }
        let Some(joiner) = joiner.take() else {
            return Met::Nothing;
        };
        match joiner.welcome(welcome) {
            Ok((seat, more)) => match Meeting::read(&more) {
                Ok(meeting) => {
                    self.frames.push_back((from, vec![WELCOMED]));
                    Met::In(Box::new(seat), meeting)
                }
                Err(error) => Met::Over(error),
            },
            Err(error) => Met::Over(error.into()),
        }
    }

    /// The inviter's person says that the codes are equal; gives the operations for all peers.
    pub fn accept(
        &mut self,
        seat: &mut Seat,
        meeting: &Meeting,
        now_ms: u64,
        entropy: &mut Entropy<'_>,
    ) -> Result<Vec<Vec<u8>>> {
        let Side::Inviter {
            inviter, welcome, ..
        } = &mut self.side
        else {
            return Err(CourierError::NotNow("this device invites nobody"));
        };
        let (ops, bytes) = inviter.accept(seat, &meeting.to_bytes(), now_ms, entropy)?;
        *welcome = Some(bytes);
        self.welcome();
        Ok(ops)
    }

    fn welcome(&mut self) {
        if let (
            Side::Inviter {
                welcome: Some(bytes),
                ..
            },
            Some(peer),
        ) = (&self.side, self.peer)
        {
            let total = (bytes.len() as u32).to_le_bytes();
            for (at, piece) in bytes.chunks(WELCOME_PIECE_BYTES).enumerate() {
                let at = ((at * WELCOME_PIECE_BYTES) as u32).to_le_bytes();
                self.frames
                    .push_back((peer, [&[WELCOME], &at[..], &total, piece].concat()));
            }
        }
    }

    pub fn refuse(&mut self) {
        if let (Side::Inviter { inviter, .. }, Some(peer)) = (&mut self.side, self.peer) {
            inviter.cancel();
            self.frames.push_back((peer, vec![REFUSED]));
        }
    }

    /// Sends what there is room for; the rest goes on when the peer took some.
    pub fn flush(&mut self, client: &mut Client, now_ms: u64) {
        while let Some((link, bytes)) = self.frames.pop_front() {
            if client.send(now_ms, link, bytes.clone()) == Err(RelayError::WindowFull) {
                self.frames.push_front((link, bytes));
                return;
            }
        }
    }
}
