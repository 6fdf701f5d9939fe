//! The format once more, written apart from the crate: what somebody who holds a device's keys, and
//! keeps to no rule, can sign.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

pub fn uint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

pub fn hash(of: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut all = Vec::new();
    for part in [b"selvage-trust 1 ".as_slice(), of.as_bytes()]
        .iter()
        .chain(parts)
    {
        all.extend((part.len() as u64).to_be_bytes());
        all.extend(*part);
    }
    Sha256::digest(&all).into()
}

fn key(keys: &[u8]) -> SigningKey {
    let mut out = [0; 32];
    hkdf::Hkdf::<Sha256>::new(None, &keys[1..33])
        .expand(b"selvage-trust 1 identity sign\0", &mut out)
        .unwrap();
    SigningKey::from_bytes(&out)
}

pub fn sign(keys: &[u8], of: &str, body: &[u8]) -> [u8; 64] {
    let message = [b"selvage-trust 1 ", of.as_bytes(), &[0], body].concat();
    key(keys).sign(&message).to_bytes()
}

/// All that an envelope can say.
#[derive(Clone)]
pub struct Forged {
    pub format: u8,
    pub kind: u8,
    pub workspace: [u8; 32],
    pub signer: [u8; 32],
    pub seq: u64,
    pub previous: [u8; 32],
    pub heads: Vec<[u8; 32]>,
    pub epoch: [u8; 32],
    pub payload: Vec<u8>,
}

impl Forged {
    /// Signs it with a device's keys; gives the bytes and the hash.
    pub fn sign(&self, keys: &[u8]) -> (Vec<u8>, [u8; 32]) {
        let mut head = vec![self.format, self.kind];
        head.extend(self.signer);
        head.extend(uint(self.seq));
        head.extend(self.previous);
        head.extend(uint(self.heads.len() as u64));
        head.extend(self.heads.concat());
        head.extend(self.epoch);
        let payload = hash("payload", &[&self.payload]);
        let signed = [&self.workspace[..], &head, &payload].concat();
        let signature = sign(keys, "envelope", &signed);
        head.extend(uint(self.payload.len() as u64));
        head.extend(&self.payload);
        head.extend(signature);
        (head, hash("envelope hash", &[&signed, &signature]))
    }
}

/// An operation of the membership log with any parents and any action.
pub fn operation(keys: &[u8], parents: &[[u8; 32]], action: &[u8]) -> Vec<u8> {
    let mut body = vec![1];
    body.extend(key(keys).verifying_key().to_bytes());
    body.extend(uint(parents.len() as u64));
    body.extend(parents.concat());
    body.extend(action);
    let signature = sign(keys, "operation", &body);
    body.extend(signature);
    body
}

/// One of the first three messages of a pairing, by somebody who has the link.
pub fn pairing_message(link: &str, of: &str, plain: &[u8]) -> Vec<u8> {
    let (_, text) = link.split_once("#pair=").unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    let info = [b"selvage-trust 1 invitation key\0", &bytes[1..33]].concat();
    let mut key = [0; 32];
    hkdf::Hkdf::<Sha256>::new(None, &bytes[33..65])
        .expand(&info, &mut key)
        .unwrap();
    let nonce = [5; 24];
    let payload = Payload {
        msg: plain,
        aad: of.as_bytes(),
    };
    let body = XChaCha20Poly1305::new(&key.into())
        .encrypt(&nonce.into(), payload)
        .unwrap();
    [&[1][..], &nonce, &body].concat()
}
