//! The keys of the epochs, and what is encrypted under them.
//!
//! A key is 32 random bytes that an owner makes and encrypts to each member (HPKE). It is never used
//! itself: each use has a key of its own, derived from it. So a frame can't be passed off as a stored
//! entry, nor the other way round.

use crate::crypto::{self, AEAD_BYTES, Entropy, HPKE_BYTES, Secret};
use crate::identity::{DeviceId, Identity};
use crate::limits::{PLAIN_BYTES_MAX, SHARED_EPOCHS_MAX};
use crate::members::Members;
use crate::op::{Action, OpId};
use crate::wire::{Reader, put_uint};
use crate::{FORMAT, Result, TrustError, WorkspaceId, within};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// The first half of an epoch's id, as frames carry it; zeros where bytes are of no epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochTag(pub [u8; 16]);

impl EpochTag {
    /// What a frame of this epoch carries.
    #[must_use]
    pub fn of(epoch: OpId) -> Self {
        let mut tag = [0; 16];
        tag.copy_from_slice(&epoch.0[..16]);
        Self(tag)
    }
}

impl fmt::Display for EpochTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::write_hex(f, &self.0[..6])
    }
}

impl fmt::Debug for EpochTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {self}")
    }
}

/// What bytes are encrypted for. Bytes of one purpose don't pass for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A frame to a peer, under the epoch in use.
    Frame = 1,
    /// An entry that a relay stores, under the epoch in use.
    Stored = 2,
    /// Operations of the membership log, under a key that every member has and that never changes:
    /// a device must be able to read them before it has the newest epoch. Whoever was a member
    /// once can read them for ever.
    Roster = 3,
}

/// Bytes that encryption adds: format, purpose, epoch, nonce and tag.
pub const OVERHEAD_BYTES: usize = 2 + 16 + AEAD_BYTES;

/// The keys that a device holds.
#[derive(Clone)]
pub(crate) struct Keyring {
    workspace: WorkspaceId,
    roster: Secret,
    epochs: BTreeMap<EpochTag, (OpId, Secret)>,
    /// How many operations of the log were looked through for keys.
    learned: usize,
}

impl Keyring {
    pub fn new(workspace: WorkspaceId, roster: Secret) -> Self {
        Self {
            workspace,
            roster,
            epochs: BTreeMap::new(),
            learned: 0,
        }
    }

    /// Whether the key of an epoch is here.
    pub fn has(&self, epoch: OpId) -> bool {
        self.epochs.contains_key(&EpochTag::of(epoch))
    }

    /// Takes the keys that the log's epochs hold for this device.
    pub fn learn(&mut self, identity: &Identity, members: &Members) {
        for op in members.after(self.learned) {
            self.learned += 1;
            let Action::Epoch { commitment, keys } = op.action() else {
                continue;
            };
            let own = keys.iter().find(|(device, _)| *device == identity.device());
            let Some((device, key)) = own.filter(|_| !self.has(op.id())) else {
                continue;
            };
            let context = key_context(self.workspace, op.author(), *device, commitment);
            let plain =
                crypto::decrypt_from(identity.agree_secret(), None, EPOCH_KEY, &context, key);
            if let Ok(plain) = plain {
                self.insert(op.id(), commitment, &plain);
            }
        }
    }

    /// Takes a key, if it is that of the epoch.
    pub fn insert(&mut self, epoch: OpId, commitment: &[u8; 32], key: &[u8]) -> bool {
        let Ok(key) = <[u8; 32]>::try_from(key).map(Zeroizing::new) else {
            return false;
        };
        let fits = commit(&key) == *commitment;
        if fits {
            self.epochs.insert(EpochTag::of(epoch), (epoch, key));
        }
        fits
    }

    /// Encrypts under the key of an epoch, or under the roster's.
    pub fn encrypt(
        &self,
        entropy: &mut Entropy<'_>,
        purpose: Purpose,
        epoch: OpId,
        plain: &[u8],
    ) -> Result<Vec<u8>> {
        within("plain_bytes_max", plain.len(), PLAIN_BYTES_MAX)?;
        let tag = match purpose {
            Purpose::Roster => EpochTag([0; 16]),
            _ => EpochTag::of(epoch),
        };
        let mut bytes = [&[FORMAT, purpose as u8][..], &tag.0].concat();
        let key = self.key(purpose, tag)?;
        let body = crypto::encrypt(entropy, &key, &self.associated(&bytes), plain)?;
        bytes.extend(body);
        Ok(bytes)
    }

    /// Decrypts what [`Self::encrypt`] gave, on any member's device.
    pub fn decrypt(&self, purpose: Purpose, bytes: &[u8]) -> Result<Vec<u8>> {
        let limit = "plain_bytes_max";
        let mut reader = Reader::new("frame", bytes, limit, PLAIN_BYTES_MAX + OVERHEAD_BYTES)?;
        reader.version()?;
        if reader.byte()? != purpose as u8 {
            return Err(reader.bad("it was encrypted for another purpose"));
        }
        let tag = EpochTag(reader.array()?);
        if purpose == Purpose::Roster && tag != EpochTag([0; 16]) {
            return Err(reader.bad("it names an epoch"));
        }
        let key = self.key(purpose, tag)?;
        crypto::decrypt(&key, &self.associated(&bytes[..18]), reader.rest())
    }

    fn key(&self, purpose: Purpose, tag: EpochTag) -> Result<Secret> {
        let (secret, of) = match purpose {
            Purpose::Roster => (&self.roster, "roster"),
            Purpose::Frame | Purpose::Stored => {
                let (_, key) = self
                    .epochs
                    .get(&tag)
                    .ok_or(TrustError::NoKey { epoch: tag })?;
                (
                    key,
                    if purpose == Purpose::Frame {
                        "frame"
                    } else {
                        "stored"
                    },
                )
            }
        };
        Ok(crypto::derive(secret, of, &self.workspace.0))
    }

    fn associated(&self, head: &[u8]) -> Vec<u8> {
        [&self.workspace.0, head].concat()
    }

    /// Adds the keys of the epochs that are let through.
    pub fn write(&self, out: &mut Vec<u8>, mut which: impl FnMut(OpId) -> bool) {
        let keys: Vec<_> = self.epochs.values().filter(|(id, _)| which(*id)).collect();
        put_uint(out, keys.len() as u64);
        for (id, key) in keys {
            out.extend(id.0);
            out.extend(&key[..]);
        }
    }

    /// Takes what [`Self::write`] wrote: the keys that fit an epoch of the log. How many are new.
    pub fn read(&mut self, reader: &mut Reader<'_>, members: &Members) -> Result<usize> {
        let mut new = 0;
        for _ in 0..reader.count(64, "shared_epochs_max", SHARED_EPOCHS_MAX)? {
            let id = OpId(reader.array()?);
            let key: Secret = Zeroizing::new(reader.array()?);
            let Some((_, commitment, _)) = members.epoch_of(id) else {
                return Err(reader.bad("it holds the key of an unknown epoch"));
            };
            if !self.has(id) {
                if !self.insert(id, commitment, &key[..]) {
                    return Err(reader.bad("it holds a key that does not fit its epoch"));
                }
                new += 1;
            }
        }
        Ok(new)
    }

    /// A secret for a use outside of this crate, out of the roster's key. No label makes it a key
    /// that is used here.
    pub fn derive(&self, label: &str) -> Secret {
        self.derive_from(&self.roster, label)
    }

    /// The same out of the key of an epoch, if it is here.
    pub fn derive_of(&self, epoch: OpId, label: &str) -> Option<Secret> {
        let (_, key) = self.epochs.get(&EpochTag::of(epoch))?;
        Some(self.derive_from(key, label))
    }

    /// The same out of a secret that was derived.
    pub fn derive_from(&self, secret: &Secret, label: &str) -> Secret {
        let context = [&self.workspace.0, label.as_bytes()].concat();
        crypto::derive(secret, "outside", &context)
    }

    /// The key that the membership log is encrypted under.
    pub fn roster(&self) -> &Secret {
        &self.roster
    }
}

const EPOCH_KEY: &[u8] = b"selvage-trust 1 epoch key";

/// The action that begins an epoch with a new key for all members.
pub(crate) fn begin_epoch(
    entropy: &mut Entropy<'_>,
    author: DeviceId,
    members: &Members,
) -> Result<Action> {
    let key: Secret = crypto::random(entropy);
    let commitment = commit(&key);
    let mut keys: Vec<(DeviceId, [u8; 32 + HPKE_BYTES])> = Vec::new();
    for member in members.iter() {
        let context = key_context(members.workspace(), author, member.device, &commitment);
        let bytes =
            crypto::encrypt_to(entropy, member.agree(), None, EPOCH_KEY, &context, &key[..])?;
        let key = bytes.try_into().map_err(|_| TrustError::NotDecrypted)?;
        keys.push((member.device, key));
    }
    Ok(Action::Epoch { commitment, keys })
}

fn commit(key: &Secret) -> [u8; 32] {
    crypto::hash("epoch commitment", &[&key[..]])
}

fn key_context(
    workspace: WorkspaceId,
    author: DeviceId,
    recipient: DeviceId,
    commitment: &[u8; 32],
) -> Vec<u8> {
    [workspace.0, author.0, recipient.0, *commitment].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_does_not_fit_its_epoch_is_not_taken() {
        let (epoch, other) = (OpId([1; 32]), OpId([2; 32]));
        let key: Secret = Zeroizing::new([7; 32]);
        let commitment = commit(&key);
        let mut keyring = Keyring::new(WorkspaceId([0; 32]), Zeroizing::new([3; 32]));
        assert!(!keyring.insert(epoch, &commitment, &[8; 32]));
        assert!(!keyring.insert(epoch, &commitment, &[7; 31]));
        assert!(!keyring.has(epoch));
        assert!(keyring.insert(epoch, &commitment, &key[..]));
        assert!(keyring.has(epoch) && !keyring.has(other));
    }
}
