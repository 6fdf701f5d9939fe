//! One device's seat in one workspace: what it knows of the membership, what it admitted of each
//! signer, and the keys that it holds.

use crate::checkpoint::Checkpoint;
use crate::crypto::{self, Entropy};
use crate::envelope::{Envelope, Header, Kind};
use crate::identity::{Card, DeviceId, Identity};
use crate::keyring::{Keyring, Purpose, begin_epoch};
use crate::limits::HEADS_MAX;
use crate::members::{Members, Received};
use crate::op::{Action, Op, OpId, Point, Role};
use crate::progress::Progress;
use crate::{Denial, Result, TrustError, WorkspaceId};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

mod admit;
mod save;
mod watch;
mod whole;

pub use admit::{Admission, Refusal, Wait};
pub(crate) use save::{
    read_log, read_progress, read_stubs, write_log, write_progress, write_stubs,
};
pub use watch::{Ahead, Finding, Overhang, Report};
pub use whole::Vouched;

/// What an added device can read of what was encrypted before it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// All that the device which adds it can read.
    Readable,
    /// Nothing: an epoch begins with it.
    Hidden,
}

/// See the module. Everything that changes it is to be kept with [`Self::to_bytes`] **before** what
/// it gave is sent: a device that forgets what it signed signs the same number twice.
pub struct Seat {
    identity: Identity,
    members: Members,
    keyring: Keyring,
    progress: BTreeMap<DeviceId, Progress>,
    /// The last checkpoint of each device, its own included.
    checkpoints: BTreeMap<DeviceId, Checkpoint>,
    /// The highest number of an own envelope that was shown with the own signature.
    signed: u64,
}

impl Seat {
    /// Founds a workspace whose owner is this device, called `name`.
    ///
    /// # Errors
    /// When the name can't be used.
    pub fn found(identity: Identity, name: &str, entropy: &mut Entropy<'_>) -> Result<Self> {
        let card = identity.card(name)?;
        let nonce = *crypto::random(entropy);
        let founding = Op::new(&identity, &[], Action::Found { card, nonce })?;
        let members = Members::new(founding)?;
        let keyring = Keyring::new(members.workspace(), crypto::random(entropy));
        let mut seat = Self::with(identity, members, keyring, BTreeMap::new());
        seat.rotate(entropy)?;
        Ok(seat)
    }

    /// A seat out of what a device was given when it was added.
    pub(crate) fn with(
        identity: Identity,
        members: Members,
        keyring: Keyring,
        progress: BTreeMap<DeviceId, Progress>,
    ) -> Self {
        let mut seat = Self {
            identity,
            members,
            keyring,
            progress,
            checkpoints: BTreeMap::new(),
            signed: 0,
        };
        seat.keyring.learn(&seat.identity, &seat.members);
        seat
    }

    /// The workspace.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.members.workspace()
    }

    /// This device.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.identity.device()
    }

    /// The membership.
    #[must_use]
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// How far a signer's envelopes were admitted.
    #[must_use]
    pub fn admitted(&self, signer: DeviceId) -> Point {
        self.progress
            .get(&signer)
            .map_or(Point::default(), |progress| progress.last)
    }

    /// The devices of which envelopes were admitted, and how far.
    pub fn admitted_all(&self) -> impl Iterator<Item = (DeviceId, Point)> + '_ {
        let progress = self.progress.iter();
        progress.map(|(device, progress)| (*device, progress.last))
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub(crate) fn progress(&self) -> &BTreeMap<DeviceId, Progress> {
        &self.progress
    }

    /// Takes in operations of the membership log, in any order; one answer each. Call
    /// [`Self::follow_up`] afterwards.
    pub fn receive<'a>(&mut self, ops: impl IntoIterator<Item = &'a [u8]>) -> Vec<Received> {
        let received = self.members.receive(ops);
        if received.iter().any(|one| matches!(one, Received::Added(_))) {
            self.keyring.learn(&self.identity, &self.members);
        }
        received
    }

    /// What this device has to add to the log on account of what it received, as far as its role
    /// goes: it keeps what it had admitted of a device that was removed meanwhile ([`Overhang`]),
    /// begins an epoch where one is due, and joins heads that became too many. The operations are
    /// for all peers.
    ///
    /// # Errors
    /// When a limit of the log is reached.
    pub fn follow_up(&mut self, entropy: &mut Entropy<'_>) -> Result<Vec<Vec<u8>>> {
        let mut ops = Vec::new();
        let Some(role) = self.members.role(self.device()) else {
            return Ok(ops);
        };
        if self.members.heads().len() > HEADS_MAX {
            ops.extend(self.join_heads()?);
        }
        if role >= Role::Editor {
            for overhang in self.overhangs().into_iter().filter(|one| one.keepable) {
                let (device, known) = (overhang.device, overhang.admitted);
                ops.push(self.append(Action::Keep { device, known })?);
            }
        }
        if role == Role::Owner && self.members.rotation_due() {
            ops.push(self.rotate(entropy)?);
        }
        Ok(ops)
    }

    /// Adds a device; the operations are for all peers. [`crate::Inviter`] does it as the end of a
    /// pairing, which also hands the device its keys.
    pub(crate) fn add(
        &mut self,
        card: Card,
        role: Role,
        history: History,
        entropy: &mut Entropy<'_>,
    ) -> Result<Vec<Vec<u8>>> {
        let mut ops = vec![self.append(Action::Add { card, role })?];
        if history == History::Hidden {
            ops.push(self.rotate(entropy)?);
        }
        Ok(ops)
    }

    /// Gives a device another role; the operation is for all peers. What an editor signed stands as
    /// far as it is known here; what it signs from then on does not, if it becomes a viewer.
    ///
    /// # Errors
    /// When this device is no owner, or the other one no member.
    pub fn set_role(&mut self, device: DeviceId, role: Role) -> Result<Vec<u8>> {
        self.owners_remain(device, Some(role))?;
        let known = self.admitted(device);
        self.append(Action::SetRole {
            device,
            role,
            known,
        })
    }

    /// Takes a device out, for ever, and begins an epoch that it can't read; the operations are for
    /// all peers. A device that takes itself out leaves; an owner then begins the epoch.
    ///
    /// # Errors
    /// When this device may not, or the other one is no member.
    pub fn revoke(&mut self, device: DeviceId, entropy: &mut Entropy<'_>) -> Result<Vec<Vec<u8>>> {
        self.owners_remain(device, None)?;
        let known = self.admitted(device);
        let mut ops = vec![self.append(Action::Revoke { device, known })?];
        if device != self.device() {
            ops.push(self.rotate(entropy)?);
        }
        Ok(ops)
    }

    /// Gives a device another name; the operation is for all peers.
    ///
    /// # Errors
    /// When it is another device and this one is no owner, or the name can't be used.
    pub fn rename(&mut self, device: DeviceId, name: &str) -> Result<Vec<u8>> {
        let name = name.to_owned();
        self.append(Action::Rename { device, name })
    }

    /// Begins an epoch; the operation is for all peers.
    ///
    /// # Errors
    /// When this device is no owner.
    pub fn rotate(&mut self, entropy: &mut Entropy<'_>) -> Result<Vec<u8>> {
        if self.members.heads().len() > HEADS_MAX {
            self.join_heads()?;
        }
        let action = begin_epoch(entropy, self.device(), &self.members)?;
        self.append(action)
    }

    /// A log whose last owner goes could never change again.
    fn owners_remain(&self, device: DeviceId, role: Option<Role>) -> Result<()> {
        let owner = |role: Option<Role>| role == Some(Role::Owner);
        let others = self.members.iter().filter(|member| member.device != device);
        let remain = owner(role) || others.map(|member| Some(member.role)).any(owner);
        match remain || !owner(self.members.role(device)) {
            true => Ok(()),
            false => Err(Denial::LastOwner.into()),
        }
    }

    /// Signs an operation on top of the log, and takes it in.
    fn append(&mut self, action: Action) -> Result<Vec<u8>> {
        let op = Op::new(&self.identity, &self.members.parents(), action)?;
        let bytes = op.bytes().to_vec();
        match self.members.take(op) {
            Received::Refused(error) => Err(error),
            _ => {
                self.keyring.learn(&self.identity, &self.members);
                Ok(bytes)
            }
        }
    }

    fn join_heads(&mut self) -> Result<Vec<Vec<u8>>> {
        let mut ops = Vec::new();
        while self.members.heads().len() > HEADS_MAX {
            let device = self.device();
            let name = self.members.get(device).map(|member| member.name.clone());
            let name = name.unwrap_or_default();
            ops.push(self.append(Action::Rename { device, name })?);
        }
        Ok(ops)
    }

    /// Signs a payload as this device's next envelope.
    ///
    /// # Errors
    /// When this device may not write, was set back ([`TrustError::SetBack`]), or the payload is
    /// too large.
    pub fn sign(&mut self, kind: Kind, payload: &[u8]) -> Result<Vec<u8>> {
        let device = self.device();
        let last = self.admitted(device);
        if last.seq < self.signed {
            return Err(TrustError::SetBack {
                own: last.seq,
                others: self.signed,
            });
        }
        let heads = self.members.parents();
        let past = self.members.closure_of_known(&heads);
        self.members.may_write(device, &past)?;
        let (epoch, ..) = self.members.epoch(&past).ok_or(Denial::NoEpoch)?;
        let header = Header {
            signer: device,
            seq: last.seq + 1,
            previous: last.hash,
            heads,
            epoch: epoch.id(),
            kind,
        };
        let (bytes, hash, stub) =
            Envelope::sign(&self.identity, self.workspace(), &header, payload)?;
        let point = Point {
            seq: header.seq,
            hash,
        };
        let progress = self.progress.entry(device).or_default();
        progress.advance(point, &header.heads, &stub);
        self.signed = point.seq;
        Ok(bytes)
    }

    /// Encrypts bytes for the members: under the epoch in use, or for [`Purpose::Roster`] under the
    /// roster's key.
    ///
    /// # Errors
    /// [`TrustError::NoKey`] when this device has not got the key of the epoch in use; it comes with
    /// the log, or with an epoch that an owner begins.
    pub fn encrypt(
        &self,
        purpose: Purpose,
        plain: &[u8],
        entropy: &mut Entropy<'_>,
    ) -> Result<Vec<u8>> {
        let (epoch, ..) = self
            .members
            .epoch(&self.members.everything())
            .ok_or(Denial::NoEpoch)?;
        self.keyring.encrypt(entropy, purpose, epoch.id(), plain)
    }

    /// Decrypts what a member encrypted for this purpose, in any epoch whose key is here.
    ///
    /// # Errors
    /// [`TrustError::NoKey`] when the epoch's key is not here; [`TrustError::NotDecrypted`] when the
    /// bytes were changed.
    pub fn decrypt(&self, purpose: Purpose, bytes: &[u8]) -> Result<Vec<u8>> {
        self.keyring.decrypt(purpose, bytes)
    }

    /// Whether bytes are of the epoch in use: whoever encrypted them knows of no older one only.
    #[must_use]
    pub fn is_current(&self, bytes: &[u8]) -> bool {
        let epoch = self.members.epoch(&self.members.everything());
        epoch
            .is_some_and(|(epoch, ..)| bytes.get(2..18) == Some(&crate::EpochTag::of(epoch.id()).0))
    }

    /// A secret that all members have and that never changes, for a use outside of this crate that
    /// `label` names: where they meet at a relay, for example. Whoever was a member once has it too.
    #[must_use]
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        self.keyring.derive(label)
    }

    /// The same for those who have the key of an epoch; `None` when this device has not. Whoever was
    /// taken out before the epoch began has it never.
    #[must_use]
    pub fn derive_of(&self, epoch: OpId, label: &str) -> Option<Zeroizing<[u8; 32]>> {
        self.keyring.derive_of(epoch, label)
    }

    /// A secret for one use, out of one of [`Self::derive_of`]: so a device can be given that one
    /// without the epoch's key.
    #[must_use]
    pub fn derive_from(&self, secret: &Zeroizing<[u8; 32]>, label: &str) -> Zeroizing<[u8; 32]> {
        self.keyring.derive_from(secret, label)
    }

    /// The epoch of the log that bytes were encrypted in.
    #[must_use]
    pub fn epoch_of(&self, bytes: &[u8]) -> Option<OpId> {
        let tag = crate::EpochTag(*bytes.get(2..18)?.first_chunk()?);
        let mut ops = self.members.since(&[]).map(Op::id);
        ops.find(|&id| crate::EpochTag::of(id) == tag)
    }

    /// Whether this device holds the key of an epoch of the log.
    #[must_use]
    pub fn has_key(&self, epoch: OpId) -> bool {
        self.keyring.has(epoch)
    }
}
