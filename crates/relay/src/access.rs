//! Who may enter a room: whoever holds its access key.
//!
//! A signature is made over a purpose, the name under which the relay was dialled, the nonce of
//! the link, the room, and what is asked for. So it is good for one link to one relay: a relay
//! that passes on another one's challenge gets a signature that the other one refuses.

use crate::id::{DeviceId, Nonce, PublicKey, RoomId, Signature};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use subtle::ConstantTimeEq;

/// The key pair that members of a room hold, made of 32 secret bytes. The bytes are wiped when it
/// is dropped.
#[derive(Clone)]
pub struct AccessKey(SigningKey);

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({:?})", self.public())
    }
}

impl AccessKey {
    /// The key of a secret, which must not be used for anything else.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// What the relay keeps.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, what: &Signed<'_>) -> Signature {
        Signature(self.0.sign(&what.bytes()).to_bytes())
    }
}

/// What is signed.
#[derive(Debug)]
pub(crate) struct Signed<'a> {
    pub audience: &'a str,
    pub nonce: &'a Nonce,
    pub room: &'a RoomId,
    pub purpose: Purpose,
}

/// What a signature is good for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// Enter as this device.
    Enter(DeviceId),
    /// From now on another key opens the room.
    Rotate(PublicKey),
}

impl Signed<'_> {
    fn bytes(&self) -> Vec<u8> {
        let (word, subject) = match &self.purpose {
            Purpose::Enter(device) => (&b"selvage-relay 1 enter\0"[..], device.0),
            Purpose::Rotate(key) => (&b"selvage-relay 1 rotate\0"[..], key.0),
        };
        // The audience is the only part without a fixed length, so it stands last.
        let parts = [word, &self.nonce.0, &self.room.0, &subject];
        [&parts.concat(), self.audience.as_bytes()].concat()
    }

    /// Whether the key signed this. Strict: keys and signatures of small order, with which one
    /// signature fits several messages, are refused.
    pub fn is_signed(&self, key: &PublicKey, signature: &Signature) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(&key.0) else {
            return false;
        };
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&self.bytes(), &signature).is_ok()
    }
}

/// Whether two keys are one, in a time that does not tell where they differ: outsiders do not
/// know a room's public key either.
pub(crate) fn is_same(a: &PublicKey, b: &PublicKey) -> bool {
    a.0.ct_eq(&b.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_one_purpose_at_one_relay() {
        let key = AccessKey::from_secret(&[7; 32]);
        let enter = Purpose::Enter(DeviceId([3; 32]));
        let (nonce, room) = (Nonce([1; 32]), RoomId([2; 32]));
        let signed = |audience, nonce, purpose| Signed {
            audience,
            nonce,
            room: &room,
            purpose,
        };
        let what = signed("a.example", &nonce, enter);
        let signature = key.sign(&what);
        assert!(what.is_signed(&key.public(), &signature));
        let (other, device) = (Nonce([2; 32]), DeviceId([4; 32]));
        for what in [
            signed("b.example", &nonce, enter),
            signed("a.example", &other, enter),
            signed("a.example", &nonce, Purpose::Enter(device)),
            signed("a.example", &nonce, Purpose::Rotate(PublicKey([3; 32]))),
        ] {
            assert!(!what.is_signed(&key.public(), &signature));
        }
        assert!(!format!("{key:?}").contains("[7, 7"));
    }

    #[test]
    fn a_key_of_small_order_opens_nothing() {
        // The identity: with it, the all-zero scalar signs every message.
        let mut key = [0; 32];
        key[0] = 1;
        let mut signature = [0; 64];
        signature[0] = 1;
        let what = Signed {
            audience: "",
            nonce: &Nonce([0; 32]),
            room: &RoomId([0; 32]),
            purpose: Purpose::Enter(DeviceId([0; 32])),
        };
        assert!(!what.is_signed(&PublicKey(key), &Signature(signature)));
    }
}
