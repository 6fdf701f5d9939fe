//! The side that comes in.

use super::{Code, Invitation, SHORT_BYTES_MAX, Talk, WELCOME, commitment, decrypt, encrypt};
use crate::crypto::{self, Entropy, Secret};
use crate::identity::{DeviceId, Identity};
use crate::keyring::Keyring;
use crate::limits::PAIRING_BYTES_MAX;
use crate::op::Role;
use crate::seat::{Seat, read_log, read_progress, read_stubs};
use crate::wire::{Reader, put_bytes, split_signature};
use crate::{Denial, FORMAT, InvitationFault, Result, TrustError, within};
use zeroize::Zeroizing;

/// The side that comes in.
pub struct Joiner {
    identity: Identity,
    invitation: Invitation,
    number: Secret,
    request: [u8; 32],
    talk: Option<Talk>,
}

impl Joiner {
    /// Shows an invitation with a name for this device; gives the request to send.
    ///
    /// # Errors
    /// When the invitation has ended, or the name can't be used.
    pub fn new(
        identity: Identity,
        name: &str,
        invitation: Invitation,
        now_ms: u64,
        entropy: &mut Entropy<'_>,
    ) -> Result<(Self, Vec<u8>)> {
        invitation.check_time(now_ms)?;
        let number: Secret = crypto::random(entropy);
        let mut plain = commitment(&number).to_vec();
        identity.card(name)?.write(&mut plain);
        let bytes = encrypt(&invitation, entropy, "pairing request", &plain)?;
        let joiner = Self {
            identity,
            invitation,
            number,
            request: crypto::hash("pairing request", &[&bytes]),
            talk: None,
        };
        Ok((joiner, bytes))
    }

    /// The bytes to keep on this device beside its identity and the request, to go on with the same
    /// conversation after a restart. They hold the invitation's secret.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![FORMAT]);
        put_bytes(&mut out, &self.invitation.to_bytes());
        out.extend(&self.number[..]);
        if let Some(talk) = &self.talk {
            out.extend(talk.inviter.0);
            out.extend(talk.inviter_number);
        }
        out
    }

    /// Reads what [`Self::to_bytes`] gave, for the same identity and request.
    ///
    /// # Errors
    /// When the bytes are not those.
    pub fn from_bytes(identity: Identity, request: &[u8], bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new("joiner", bytes, "pairing_bytes_max", SHORT_BYTES_MAX)?;
        reader.version()?;
        let invitation = Invitation::from_bytes(reader.bytes()?)?;
        let number: Secret = Zeroizing::new(reader.array()?);
        let request = crypto::hash("pairing request", &[request]);
        let talk = match reader.end() {
            Ok(()) => None,
            Err(_) => Some(Talk {
                request,
                inviter: DeviceId(reader.array()?),
                inviter_number: reader.array()?,
                joiner_number: *number,
            }),
        };
        reader.end()?;
        Ok(Self {
            identity,
            invitation,
            number,
            request,
            talk,
        })
    }

    /// The invitation that it shows.
    #[must_use]
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    /// Takes the inviter's offer; gives the code to compare, and the reveal to send.
    ///
    /// # Errors
    /// When whoever sent it does not know the invitation, or a second, different offer comes:
    /// somebody is in between.
    pub fn offer(&mut self, bytes: &[u8], entropy: &mut Entropy<'_>) -> Result<(Code, Vec<u8>)> {
        let plain = decrypt(&self.invitation, "pairing offer", bytes)?;
        let mut reader = Reader::new(
            "pairing offer",
            &plain,
            "pairing_bytes_max",
            SHORT_BYTES_MAX,
        )?;
        let talk = Talk {
            inviter: DeviceId(reader.array()?),
            inviter_number: reader.array()?,
            request: reader.array()?,
            joiner_number: *self.number,
        };
        reader.end()?;
        let other = |known: &Talk| {
            (known.inviter, known.inviter_number) != (talk.inviter, talk.inviter_number)
        };
        if talk.request != self.request || self.talk.as_ref().is_some_and(other) {
            return Err(InvitationFault::Interposed.into());
        }
        let code = talk.code(&self.invitation);
        self.talk = Some(talk);
        let plain = [&self.number[..], &self.request].concat();
        let reveal = encrypt(&self.invitation, entropy, "pairing reveal", &plain)?;
        Ok((code, reveal))
    }

    /// Takes the welcome: the seat in the workspace, and what else the inviter gave along. The seat
    /// begins where the inviter's stood; the workspace's contents come from peers.
    ///
    /// # Errors
    /// When it is not for this device and this conversation, or does not fit the invitation.
    pub fn welcome(self, bytes: &[u8]) -> Result<(Seat, Zeroizing<Vec<u8>>)> {
        let what = "welcome";
        within("pairing_bytes_max", bytes.len(), PAIRING_BYTES_MAX)?;
        let talk = self.talk.as_ref().ok_or(InvitationFault::Order)?;
        let hash = talk.hash(&self.invitation);
        let (body, signature) = split_signature(what, bytes)?;
        let signed = [&hash[..], body].concat();
        crypto::verify(&talk.inviter.0, what, &signed, &signature)?;
        let mut reader = Reader::new(what, body, "pairing_bytes_max", PAIRING_BYTES_MAX)?;
        reader.version()?;
        let ciphertext = reader.bytes()?;
        reader.end()?;
        let key = self.invitation.key();
        let plain = crypto::decrypt_from(
            self.identity.agree_secret(),
            Some((&key, &hash)),
            WELCOME,
            &talk.inviter.0,
            ciphertext,
        )?;
        let mut reader = Reader::new(what, &plain, "pairing_bytes_max", PAIRING_BYTES_MAX)?;
        let members = read_log(&mut reader)?;
        if members.workspace() != self.invitation.workspace() {
            return Err(InvitationFault::OtherWorkspace.into());
        }
        if members.role(talk.inviter) != Some(Role::Owner) {
            let device = talk.inviter;
            return Err(TrustError::NotAllowed(Denial::NotAMember { device }));
        }
        let device = self.identity.device();
        if members.role(device).is_none() {
            return Err(Denial::NotAMember { device }.into());
        }
        let mut keyring = Keyring::new(members.workspace(), Zeroizing::new(reader.array()?));
        keyring.read(&mut reader, &members)?;
        let mut progress = read_progress(&mut reader)?;
        read_stubs(&mut reader, &mut progress)?;
        let more = Zeroizing::new(reader.rest().to_vec());
        let seat = Seat::with(self.identity, members, keyring, progress);
        Ok((seat, more))
    }
}
