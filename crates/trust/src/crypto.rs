//! The primitives, each with a name of what it is used for in its input.
//!
//! SHA-256 (FIPS 180-4), HKDF (RFC 5869), Ed25519 (RFC 8032, checked strictly), HPKE with
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305 (RFC 9180), and
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). Nothing here makes a scheme of its own.

use crate::{Result, TrustError};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, PskBundle, Serializable as _,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::X25519HkdfSha256,
    rand_core::{TryCryptoRng, TryRng},
};
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;
use zeroize::Zeroizing;

/// Where random bytes come from: a host fills the slice from its system's generator. Bytes that
/// somebody could guess give away every key that is made of them.
pub type Entropy<'a> = dyn FnMut(&mut [u8]) + 'a;

/// A secret of 32 bytes, wiped when it is dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Bytes that HPKE adds: the encapsulated key and the tag.
pub(crate) const HPKE_BYTES: usize = 32 + 16;
/// Bytes that XChaCha20-Poly1305 adds: the nonce and the tag.
pub(crate) const AEAD_BYTES: usize = 24 + 16;

/// Every input of a hash, a key derivation and a signature begins with this and what it is for.
const DOMAIN: &str = "selvage-trust 1 ";

/// New random bytes.
pub(crate) fn random<const N: usize>(entropy: &mut Entropy<'_>) -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    entropy(&mut bytes[..]);
    bytes
}

/// The hash of some parts, whose borders count.
pub(crate) fn hash(of: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in [DOMAIN.as_bytes(), of.as_bytes()].iter().chain(parts) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// A key for one use, out of a secret.
pub(crate) fn derive(secret: &[u8; 32], of: &str, context: &[u8]) -> Secret {
    let mut key = Zeroizing::new([0; 32]);
    let info = [DOMAIN.as_bytes(), of.as_bytes(), &[0], context];
    hkdf::Hkdf::<Sha256>::new(None, secret)
        .expand_multi_info(&info, &mut key[..])
        .unwrap_or_else(|_| unreachable!("32 bytes are fewer than HKDF can give"));
    key
}

fn message(of: &str, body: &[u8]) -> Vec<u8> {
    [DOMAIN.as_bytes(), of.as_bytes(), &[0], body].concat()
}

/// Signs `body` as an `of`.
pub(crate) fn sign(key: &SigningKey, of: &'static str, body: &[u8]) -> [u8; 64] {
    key.sign(&message(of, body)).to_bytes()
}

/// Checks that the holder of `signer` signed `body` as an `of`.
pub(crate) fn verify(
    signer: &[u8; 32],
    of: &'static str,
    body: &[u8],
    signature: &[u8; 64],
) -> Result<()> {
    VerifyingKey::from_bytes(signer)
        .and_then(|key| key.verify_strict(&message(of, body), &Signature::from_bytes(signature)))
        .map_err(|_| TrustError::BadSignature { what: of })
}

/// Encrypts with a fresh nonce, which stands before the rest.
pub(crate) fn encrypt(
    entropy: &mut Entropy<'_>,
    key: &Secret,
    associated: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>> {
    let nonce = random::<24>(entropy);
    let payload = Payload {
        msg: plain,
        aad: associated,
    };
    let body = XChaCha20Poly1305::new((&**key).into())
        .encrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| TrustError::TooLarge {
            limit: "plain_bytes_max",
            size: plain.len() as u64,
            max: crate::limits::PLAIN_BYTES_MAX as u64,
        })?;
    Ok([&nonce[..], &body].concat())
}

/// Decrypts what [`encrypt`] gave.
pub(crate) fn decrypt(key: &Secret, associated: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
    let (nonce, body) = bytes
        .split_first_chunk::<24>()
        .ok_or(TrustError::NotDecrypted)?;
    let payload = Payload {
        msg: body,
        aad: associated,
    };
    XChaCha20Poly1305::new((&**key).into())
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| TrustError::NotDecrypted)
}

/// A secret that both sides of an HPKE message know, besides the recipient's key.
pub(crate) type Shared<'a> = Option<(&'a Secret, &'a [u8])>;

fn bundle<'a>((secret, id): (&'a Secret, &'a [u8])) -> Result<PskBundle<'a>> {
    PskBundle::new(&secret[..], id).map_err(|_| TrustError::NotDecrypted)
}

/// The key pair of a device for HPKE, out of a secret (RFC 9180, section 7.1.3).
fn agree_keys(
    secret: &Secret,
) -> (
    <X25519HkdfSha256 as hpke::Kem>::PrivateKey,
    <X25519HkdfSha256 as hpke::Kem>::PublicKey,
) {
    X25519HkdfSha256::derive_keypair(&secret[..])
}

/// The public half of the key pair for HPKE.
pub(crate) fn agree_public(secret: &Secret) -> [u8; 32] {
    agree_keys(secret).1.to_bytes().into()
}

/// Encrypts to the holder of a public key: the encapsulated key, then the ciphertext.
pub(crate) fn encrypt_to(
    entropy: &mut Entropy<'_>,
    recipient: &[u8; 32],
    shared: Shared<'_>,
    info: &[u8],
    associated: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>> {
    let bad_key = |_| TrustError::Malformed {
        what: "card",
        why: "its key can't be used",
    };
    let recipient =
        <X25519HkdfSha256 as hpke::Kem>::PublicKey::from_bytes(recipient).map_err(bad_key)?;
    let mode = match shared {
        Some(shared) => OpModeS::Psk(bundle(shared)?),
        None => OpModeS::Base,
    };
    let (key, body) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &mode,
            &recipient,
            info,
            plain,
            associated,
            &mut Generator(entropy),
        )
        .map_err(bad_key)?;
    Ok([&key.to_bytes()[..], &body].concat())
}

/// Decrypts what [`encrypt_to`] gave.
pub(crate) fn decrypt_from(
    secret: &Secret,
    shared: Shared<'_>,
    info: &[u8],
    associated: &[u8],
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let (key, body) = bytes
        .split_first_chunk::<32>()
        .ok_or(TrustError::NotDecrypted)?;
    let key = <X25519HkdfSha256 as hpke::Kem>::EncappedKey::from_bytes(key)
        .map_err(|_| TrustError::NotDecrypted)?;
    let mode = match shared {
        Some(shared) => OpModeR::Psk(bundle(shared)?),
        None => OpModeR::Base,
    };
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &mode,
        &agree_keys(secret).0,
        &key,
        info,
        body,
        associated,
    )
    .map(Zeroizing::new)
    .map_err(|_| TrustError::NotDecrypted)
}

/// [`Entropy`] as HPKE wants it.
struct Generator<'a, 'b>(&'a mut Entropy<'b>);

impl TryRng for Generator<'_, '_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(*random(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(*random(self.0)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Generator<'_, '_> {}

#[cfg(test)]
mod vectors;
