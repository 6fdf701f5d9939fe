//! Who a device is: its secret keys, and the card that it shows.

use crate::crypto::{self, Entropy, Secret};
use crate::limits::NAME_BYTES_MAX;
use crate::wire::{Reader, put_bytes};
use crate::{FORMAT, Result, TrustError};
use ed25519_dalek::SigningKey;
use std::fmt;
use zeroize::Zeroizing;

/// The name of a device: its public key for signatures (Ed25519, RFC 8032).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub [u8; 32]);

/// The first bytes in hexadecimal, enough for a person to tell devices apart.
impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::write_hex(f, &self.0[..6])
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {self}")
    }
}

/// The secret keys of one device. They never leave it but in [`Identity::to_bytes`], for its own
/// storage.
pub struct Identity {
    seed: Secret,
    signing: SigningKey,
    agree: Secret,
}

impl Identity {
    /// A new device.
    #[must_use]
    pub fn new(entropy: &mut Entropy<'_>) -> Self {
        Self::from_seed(crypto::random(entropy))
    }

    fn from_seed(seed: Secret) -> Self {
        let signing = SigningKey::from_bytes(&crypto::derive(&seed, "identity sign", &[]));
        let agree = crypto::derive(&seed, "identity agree", &[]);
        Self {
            seed,
            signing,
            agree,
        }
    }

    /// The bytes to keep on this device, and nowhere else.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let check = crypto::hash("identity check", &[&self.seed[..]]);
        Zeroizing::new([&[FORMAT], &self.seed[..], &check[..4]].concat())
    }

    /// Reads what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// When the bytes are not those.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new("identity", bytes, "identity_bytes_max", 37)?;
        reader.version()?;
        let seed = Zeroizing::new(reader.array()?);
        if reader.array::<4>()? != crypto::hash("identity check", &[&seed[..]])[..4] {
            return Err(reader.bad("its check does not fit"));
        }
        reader.end()?;
        Ok(Self::from_seed(seed))
    }

    /// The device's name.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        DeviceId(self.signing.verifying_key().to_bytes())
    }

    /// The device's card with a name for people to read.
    ///
    /// # Errors
    /// When the name can't be used, see [`Card::name`].
    pub fn card(&self, name: &str) -> Result<Card> {
        check_name(name)?;
        let mut card = Card {
            device: self.device(),
            agree: crypto::agree_public(&self.agree),
            name: name.to_owned(),
            signature: [0; 64],
        };
        card.signature = self.sign("card", &card.body());
        Ok(card)
    }

    pub(crate) fn sign(&self, of: &'static str, body: &[u8]) -> [u8; 64] {
        crypto::sign(&self.signing, of, body)
    }

    pub(crate) fn agree_secret(&self) -> &Secret {
        &self.agree
    }
}

/// Keys are not for logs.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "identity of {:?}", self.device())
    }
}

/// What a device shows: its public keys and its name, signed by itself, so that nobody can put
/// another key for encryption beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    device: DeviceId,
    agree: [u8; 32],
    name: String,
    signature: [u8; 64],
}

impl Card {
    /// The device.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// What people call it: 1 to 64 bytes, without control characters and without those that turn
    /// the direction of writing.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key that the device's keys are encrypted to.
    pub(crate) fn agree(&self) -> &[u8; 32] {
        &self.agree
    }

    fn body(&self) -> Vec<u8> {
        let mut body = [self.device.0, self.agree].concat();
        put_bytes(&mut body, self.name.as_bytes());
        body
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.body());
        out.extend(self.signature);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let card = Self {
            device: DeviceId(reader.array()?),
            agree: reader.array()?,
            name: reader.text()?.to_owned(),
            signature: reader.array()?,
        };
        check_name(&card.name)?;
        crypto::verify(&card.device.0, "card", &card.body(), &card.signature)?;
        Ok(card)
    }
}

/// Checks a device's name, see [`Card::name`].
pub(crate) fn check_name(name: &str) -> Result<()> {
    crate::within("name_bytes_max", name.len(), NAME_BYTES_MAX)?;
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let why = if name.trim().is_empty() {
        "it is empty"
    } else if name.chars().any(|c| c.is_control() || turns(c)) {
        "it holds characters that can't be shown"
    } else {
        return Ok(());
    };
    Err(TrustError::Malformed {
        what: "device name",
        why,
    })
}
