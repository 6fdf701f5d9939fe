//! The side that invites.

use super::{Code, Invitation, SHORT_BYTES_MAX, Talk, WELCOME, commitment, decrypt, encrypt};
use crate::crypto::{self, Entropy};
use crate::identity::{Card, DeviceId};
use crate::limits::PAIRING_BYTES_MAX;
use crate::op::Role;
use crate::seat::{History, Seat, write_log, write_progress, write_stubs};
use crate::wire::{Reader, put_bytes};
use crate::{Denial, FORMAT, InvitationFault, Result, within};
use zeroize::Zeroizing;

/// The device that asked to be added.
#[derive(Clone)]
struct Candidate {
    card: Card,
    request: [u8; 32],
    commitment: [u8; 32],
    number: [u8; 32],
    revealed: Option<[u8; 32]>,
}

/// The side that invites: made with the link, used up by the first device that shows it.
pub struct Inviter {
    invitation: Invitation,
    role: Role,
    history: History,
    candidate: Option<Candidate>,
    done: bool,
}

impl Inviter {
    /// An invitation to `seat`'s workspace, good until `expires_ms` (at most a week after `now_ms`),
    /// for a device with this role. `relay` is the address where the two devices meet.
    ///
    /// # Errors
    /// When the seat's device is no owner, or a limit is passed.
    pub fn new(
        seat: &Seat,
        role: Role,
        history: History,
        relay: &str,
        (now_ms, expires_ms): (u64, u64),
        entropy: &mut Entropy<'_>,
    ) -> Result<Self> {
        let device = seat.device();
        let needed = Role::Owner;
        match seat.members().role(device) {
            Some(Role::Owner) => {}
            Some(has) => return Err(Denial::Role { has, needed }.into()),
            None => return Err(Denial::NotAMember { device }.into()),
        }
        let workspace = seat.workspace();
        Ok(Self {
            invitation: Invitation::new(relay, workspace, now_ms, expires_ms, entropy)?,
            role,
            history,
            candidate: None,
            done: false,
        })
    }

    /// The invitation, for its link.
    #[must_use]
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    /// Takes a request; gives the card of the device that asks, and the offer to send.
    ///
    /// # Errors
    /// When the invitation has ended or serves another device, or whoever asks does not know it.
    pub fn request(
        &mut self,
        seat: &Seat,
        bytes: &[u8],
        now_ms: u64,
        entropy: &mut Entropy<'_>,
    ) -> Result<(Card, Vec<u8>)> {
        self.invitation.check_time(now_ms)?;
        let plain = decrypt(&self.invitation, "pairing request", bytes)?;
        let mut reader = Reader::new(
            "pairing request",
            &plain,
            "pairing_bytes_max",
            SHORT_BYTES_MAX,
        )?;
        let commitment = reader.array()?;
        let card = Card::read(&mut reader)?;
        reader.end()?;
        let request = crypto::hash("pairing request", &[bytes]);
        if self.done
            || self
                .candidate
                .as_ref()
                .is_some_and(|candidate| candidate.request != request)
        {
            return Err(InvitationFault::Used.into());
        }
        let candidate = self.candidate.get_or_insert_with(|| Candidate {
            card,
            request,
            commitment,
            number: *crypto::random(entropy),
            revealed: None,
        });
        let plain = [&seat.device().0[..], &candidate.number, &request].concat();
        let offer = encrypt(&self.invitation, entropy, "pairing offer", &plain)?;
        Ok((candidate.card.clone(), offer))
    }

    /// Takes the joiner's number; gives the code to compare.
    ///
    /// # Errors
    /// When no device asked, or the number is not the one it committed to: somebody is in between.
    pub fn reveal(&mut self, seat: &Seat, bytes: &[u8]) -> Result<Code> {
        let candidate = self
            .candidate
            .as_mut()
            .filter(|_| !self.done)
            .ok_or(InvitationFault::Order)?;
        let plain = decrypt(&self.invitation, "pairing reveal", bytes)?;
        let mut reader = Reader::new(
            "pairing reveal",
            &plain,
            "pairing_bytes_max",
            SHORT_BYTES_MAX,
        )?;
        let (number, request) = (reader.array()?, reader.array::<32>()?);
        reader.end()?;
        let again = candidate
            .revealed
            .is_some_and(|revealed| revealed != number);
        if commitment(&number) != candidate.commitment || request != candidate.request || again {
            return Err(InvitationFault::Interposed.into());
        }
        candidate.revealed = Some(number);
        Ok(candidate.talk(seat.device(), number).code(&self.invitation))
    }

    /// Adds the device, after people compared the codes; gives the operations for all peers and the
    /// welcome for the device, which carries `more` to it. The invitation is used up.
    ///
    /// # Errors
    /// When no device came this far, the invitation has ended, or the log does not take it.
    pub fn accept(
        &mut self,
        seat: &mut Seat,
        more: &[u8],
        now_ms: u64,
        entropy: &mut Entropy<'_>,
    ) -> Result<(Vec<Vec<u8>>, Vec<u8>)> {
        self.invitation.check_time(now_ms)?;
        let candidate = self
            .candidate
            .clone()
            .filter(|_| !self.done)
            .ok_or(InvitationFault::Order)?;
        let number = candidate.revealed.ok_or(InvitationFault::Order)?;
        let ops = seat.add(candidate.card.clone(), self.role, self.history, entropy)?;
        self.done = true;
        let mut plain = Zeroizing::new(Vec::new());
        write_log(&mut plain, seat.members());
        plain.extend(&seat.keyring().roster()[..]);
        let readable = self.history == History::Readable;
        seat.keyring().write(&mut plain, |_| readable);
        write_progress(&mut plain, seat.progress());
        write_stubs(&mut plain, seat.progress(), !more.is_empty());
        plain.extend(more);
        let talk = candidate.talk(seat.device(), number).hash(&self.invitation);
        let key = self.invitation.key();
        let ciphertext = crypto::encrypt_to(
            entropy,
            candidate.card.agree(),
            Some((&key, &talk)),
            WELCOME,
            &seat.device().0,
            &plain,
        )?;
        let mut welcome = vec![FORMAT];
        put_bytes(&mut welcome, &ciphertext);
        let signed = [&talk[..], &welcome].concat();
        welcome.extend(seat.identity().sign("welcome", &signed));
        within("pairing_bytes_max", welcome.len(), PAIRING_BYTES_MAX)?;
        Ok((ops, welcome))
    }

    /// The bytes to keep on this device while the invitation is out. They hold its secret.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![FORMAT, self.role as u8]);
        out.push(u8::from(self.history == History::Readable) | u8::from(self.done) << 1);
        put_bytes(&mut out, &self.invitation.to_bytes());
        if let Some(candidate) = &self.candidate {
            candidate.card.write(&mut out);
            out.extend(candidate.request);
            out.extend(candidate.commitment);
            out.extend(candidate.number);
            out.extend(candidate.revealed.iter().flatten());
        }
        out
    }

    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// When the bytes are not those.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new("inviter", bytes, "pairing_bytes_max", SHORT_BYTES_MAX)?;
        reader.version()?;
        let role = Role::read(&mut reader)?;
        let flags = reader.byte()?;
        let invitation = Invitation::from_bytes(reader.bytes()?)?;
        let candidate = match reader.end() {
            Ok(()) => None,
            Err(_) => Some(Candidate {
                card: Card::read(&mut reader)?,
                request: reader.array()?,
                commitment: reader.array()?,
                number: reader.array()?,
                revealed: match reader.end() {
                    Ok(()) => None,
                    Err(_) => Some(reader.array()?),
                },
            }),
        };
        reader.end()?;
        Ok(Self {
            invitation,
            role,
            history: match flags & 1 {
                1 => History::Readable,
                _ => History::Hidden,
            },
            candidate,
            done: flags & 2 == 2,
        })
    }

    /// Ends the invitation, for example because the codes differ. Nothing was added.
    pub fn cancel(&mut self) {
        self.done = true;
    }
}

impl Candidate {
    fn talk(&self, inviter: DeviceId, joiner_number: [u8; 32]) -> Talk {
        Talk {
            request: self.request,
            inviter,
            inviter_number: self.number,
            joiner_number,
        }
    }
}
