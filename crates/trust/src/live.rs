//! What devices say to each other while both are there: signed, encrypted, in order, and never kept.
//!
//! **Problem.** Envelopes are numbered for ever and kept, and only those who may write sign them. What
//! is said in passing (where a cursor is, how to open a direct link) needs neither, but must come
//! from a member, now: a relay may repeat what it once saw.
//!
//! **Shape.** Each side draws a *session* when it starts, and counts what it says in it. It gives each
//! other side a *challenge*, and names the one that it was given. A session is believed from the first
//! message on that names the hearer's challenge, which is drawn anew then, so that nothing that was
//! recorded names one that counts; within a session only greater numbers count. A message of a session
//! that is not believed yet is a [`Heard::Greeting`]: the host answers it with [`Live::say`], which
//! lets the other one believe, and answer.
//!
//! **Invariants.** Nothing is kept. Of anybody but a member, by the log as it is here, nothing is
//! heard. No message is heard twice.

use crate::crypto::{self, Entropy};
use crate::identity::DeviceId;
use crate::limits::LIVE_BYTES_MAX;
use crate::seat::Seat;
use crate::wire::{Reader, put_uint, split_signature};
use crate::{Denial, FORMAT, Purpose, Result, TrustError, within};
use std::collections::BTreeMap;

const WHAT: &str = "live message";
/// Bytes that a message has around its body: format, speaker, session, two challenges, number, signature.
const HEAD_BYTES_MAX: usize = 1 + 32 + 3 * 16 + 10 + 64;

type Session = [u8; 16];
type Challenge = [u8; 16];

/// What a message that came turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A member said this, now.
    Said {
        /// Who.
        speaker: DeviceId,
        /// What.
        body: Vec<u8>,
    },
    /// A member may be there, or somebody repeats what it said before: it is to be answered, and
    /// what it said does not count.
    Greeting(DeviceId),
    /// It was heard before, or is older than what was.
    Old,
}

struct Other {
    /// What it has to name for its next session to be believed.
    challenge: Challenge,
    /// What it gave, perhaps long ago.
    given: Challenge,
    /// The session that is believed, and the last number in it.
    believed: Option<(Session, u64)>,
}

impl Other {
    fn new(entropy: &mut Entropy<'_>) -> Self {
        Self {
            challenge: draw(entropy),
            given: Challenge::default(),
            believed: None,
        }
    }
}

fn draw(entropy: &mut Entropy<'_>) -> [u8; 16] {
    let mut bytes = [0; 16];
    entropy(&mut bytes);
    bytes
}

/// One device's side: see the module.
pub struct Live {
    session: Session,
    said: u64,
    others: BTreeMap<DeviceId, Other>,
}

impl Live {
    /// Begins a session.
    #[must_use]
    pub fn new(entropy: &mut Entropy<'_>) -> Self {
        Self {
            session: draw(entropy),
            said: 0,
            others: BTreeMap::new(),
        }
    }

    /// Signs and encrypts what this device says to another one, or, where nobody is named, to one
    /// that it does not know yet.
    ///
    /// # Errors
    /// When this device is no member, has no key of the epoch in use, or says more than
    /// [`LIVE_BYTES_MAX`].
    pub fn say(
        &mut self,
        seat: &Seat,
        to: Option<DeviceId>,
        body: &[u8],
        entropy: &mut Entropy<'_>,
    ) -> Result<Vec<u8>> {
        within("live_bytes_max", body.len(), LIVE_BYTES_MAX)?;
        let speaker = seat.device();
        if seat.members().role(speaker).is_none() {
            return Err(Denial::NotAMember { device: speaker }.into());
        }
        self.said += 1;
        let (challenge, given) = to.map_or_else(Default::default, |device| {
            let new = || Other::new(entropy);
            let other = self.others.entry(device).or_insert_with(new);
            (other.challenge, other.given)
        });
        let mut bytes = vec![FORMAT];
        bytes.extend(speaker.0);
        bytes.extend(self.session);
        bytes.extend(challenge);
        bytes.extend(given);
        put_uint(&mut bytes, self.said);
        bytes.extend(body);
        let signed = [&seat.workspace().0[..], &bytes].concat();
        bytes.extend(seat.identity().sign(WHAT, &signed));
        seat.encrypt(Purpose::Frame, &bytes, entropy)
    }

    /// Hears a message.
    ///
    /// # Errors
    /// When it can't be read, is forged, or its speaker is another one than a fellow member.
    pub fn hear(&mut self, seat: &Seat, bytes: &[u8], entropy: &mut Entropy<'_>) -> Result<Heard> {
        let size_max = LIVE_BYTES_MAX + HEAD_BYTES_MAX;
        within(
            "live_bytes_max",
            bytes.len(),
            size_max + crate::OVERHEAD_BYTES,
        )?;
        let plain = seat.decrypt(Purpose::Frame, bytes)?;
        let (signed, signature) = split_signature(WHAT, &plain)?;
        let mut reader = Reader::new(WHAT, signed, "live_bytes_max", size_max)?;
        reader.version()?;
        let speaker = DeviceId(reader.array()?);
        let session: Session = reader.array()?;
        let given: Challenge = reader.array()?;
        let answered: Challenge = reader.array()?;
        let number = reader.uint()?;
        let body = reader.rest();
        within("live_bytes_max", body.len(), LIVE_BYTES_MAX)?;
        let all = [&seat.workspace().0[..], signed].concat();
        crypto::verify(&speaker.0, WHAT, &all, &signature)?;
        if speaker == seat.device() {
            return Err(TrustError::Malformed {
                what: WHAT,
                why: "it is this device's own",
            });
        }
        if seat.members().role(speaker).is_none() {
            self.others.remove(&speaker);
            return Err(Denial::NotAMember { device: speaker }.into());
        }
        let other = self
            .others
            .entry(speaker)
            .or_insert_with(|| Other::new(entropy));
        match &mut other.believed {
            Some((known, last)) if *known == session => {
                if number <= *last {
                    return Ok(Heard::Old);
                }
                *last = number;
            }
            _ if answered == other.challenge => {
                other.challenge = draw(entropy);
                other.given = given;
                other.believed = Some((session, number));
            }
            _ => {
                other.given = given;
                return Ok(Heard::Greeting(speaker));
            }
        }
        let body = body.to_vec();
        Ok(Heard::Said { speaker, body })
    }
}
