//! Who may do what in a shared workspace, and what a relay can see.
//!
//! **Problem.** Replicas of a workspace exchange changes through relays and peers that nobody has to
//! trust, and without a server that could say who may do what. Each replica must decide by itself,
//! and all alike, which changes may land; a relay must neither read nor bend what it passes on; and
//! what it keeps back must be noticed.
//!
//! **Shape.** Pure state machines: no clock, no randomness, no disk and no socket; time and
//! [`Entropy`] are arguments. An [`Identity`] is the keys of one device. A [`Seat`] is what one device
//! knows in one workspace:
//!
//! - the **membership log** ([`Members`]): signed operations, each citing its parents, which come to
//!   the same members on every replica (`members/settle.rs` has the rules);
//! - how far each signer's **envelopes** were admitted: an [`Envelope`] is one payload with its
//!   signer, its number and the membership that it was made under (`seat/admit.rs` has the rules);
//! - the keys of the **epochs**: everything that leaves a device is encrypted under the epoch in use,
//!   and a new one begins with every revocation.
//!
//! [`Inviter`] and [`Joiner`] are the two sides of a pairing over a link. What each part protects,
//! and what not, is in `docs/design-trust.md`.
//!
//! **Control loop.** The host signs what its replica made ([`Seat::sign`]), encrypts it
//! ([`Seat::encrypt`]) and sends it. What arrives it decrypts ([`Seat::decrypt`]); operations go to
//! [`Seat::receive`], and then it calls [`Seat::follow_up`] and sends what that gives; envelopes go to
//! [`Seat::admit`], and only an admitted payload may land. Now and then it sends a
//! [`Seat::checkpoint`], and looks at those of others with [`Seat::compare`]. It keeps
//! [`Seat::to_bytes`] before it sends anything that the seat gave.
//!
//! **Invariants.** An answer depends on what was received, never on when or in which order, but for
//! two envelopes with one number, which are shown as such. No input makes it panic, or hold more than
//! [`limits`] says. Secrets are in no error, no debug text and no link but the invitation's.
//!
//! ```
//! use selvage_trust::*;
//! # let mut state = 7_u64;
//! # let mut system_random = move |out: &mut [u8]| {
//! #     for byte in out { state = state.wrapping_mul(6364136223846793005).wrapping_add(1); *byte = (state >> 56) as u8; }
//! # };
//! // A host fills this from its system, for example from `crypto.getRandomValues`.
//! let random: &mut Entropy = &mut system_random;
//! let now_ms = 1_700_000_000_000;
//!
//! // Ada founds a workspace, and shows a link on her screen.
//! let mut ada = Seat::found(Identity::new(random), "Ada's laptop", random)?;
//! let times = (now_ms, now_ms + 600_000);
//! let relay = "wss://relay.example";
//! let mut inviter = Inviter::new(&ada, Role::Editor, History::Readable, relay, times, random)?;
//! let link = inviter.invitation().link("https://selvage.example/")?;
//!
//! // Ben opens it. Four messages go through the relay; both see the same nine digits.
//! let invitation = Invitation::parse(&link)?;
//! let (mut joiner, request) =
//!     Joiner::new(Identity::new(random), "Ben's phone", invitation, now_ms, random)?;
//! let (card, offer) = inviter.request(&ada, &request, now_ms, random)?;
//! let (code_at_ben, reveal) = joiner.offer(&offer, random)?;
//! let code_at_ada = inviter.reveal(&ada, &reveal)?;
//! assert_eq!(code_at_ada.to_string(), code_at_ben.to_string());
//! let (_operations_for_other_peers, welcome) = inviter.accept(&mut ada, b"more", now_ms, random)?;
//! let (mut ben, more) = joiner.welcome(&welcome)?;
//! assert_eq!(&more[..], b"more");
//! assert_eq!(ada.members().get(card.device()).map(|member| member.role), Some(Role::Editor));
//!
//! // Ben's changes travel signed and encrypted.
//! let envelope = ben.sign(Kind::Change, b"bread")?;
//! let frame = ben.encrypt(Purpose::Frame, &envelope, random)?;
//! let arrived = ada.decrypt(Purpose::Frame, &frame)?;
//! let [Admission::Admitted(change)] = &ada.admit(&[&arrived])[..] else { panic!() };
//! assert_eq!(change.payload(), b"bread");
//! // The same once more does not count.
//! assert!(matches!(ada.admit(&[&arrived])[..], [Admission::Refused(Refusal::Replayed { .. })]));
//!
//! // Ben's phone is lost. What it signs from now on is refused, and it reads nothing new.
//! let operations = ada.revoke(ben.device(), random)?;
//! let late = ben.sign(Kind::Change, b"by the thief")?;
//! assert!(matches!(
//!     ada.admit(&[&late])[..],
//!     [Admission::Refused(Refusal::BeyondRemoval { limit: 1, seq: 2, .. })]
//! ));
//! ben.receive(operations.iter().map(Vec::as_slice));
//! let next = ada.encrypt(Purpose::Frame, b"secret", random)?;
//! assert!(matches!(ben.decrypt(Purpose::Frame, &next), Err(TrustError::NoKey { .. })));
//! # Ok::<(), TrustError>(())
//! ```

mod checkpoint;
mod crypto;
mod envelope;
mod identity;
mod keyring;
pub mod limits;
mod live;
mod members;
mod op;
mod pairing;
mod progress;
mod seat;
mod wire;

pub use checkpoint::Checkpoint;
pub use crypto::Entropy;
pub use envelope::{Envelope, Kind};
pub use identity::{Card, DeviceId, Identity};
pub use keyring::{EpochTag, OVERHEAD_BYTES, Purpose};
pub use live::{Heard, Live};
pub use members::{Dispute, Member, Members, Received};
pub use op::{Action, Op, OpId, Point, Role};
pub use pairing::{Code, Invitation, Inviter, Joiner};
pub use seat::{
    Admission, Ahead, Finding, History, Overhang, Refusal, Report, Seat, Vouched, Wait,
};

use std::fmt;

/// The format of everything that this crate signs, sends or keeps.
pub const FORMAT: u8 = 1;

/// Why a call failed. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Bytes or a text that are not what they should be.
    #[error("this {what} can't be used: {why}")]
    Malformed {
        /// What it should be.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It was written by a later version of this crate, or by an older one that is no longer read.
    #[error("this {what} has format {found}; this program reads {supported}")]
    UnsupportedFormat {
        /// What it is.
        what: &'static str,
        /// The format that it names.
        found: u8,
        /// The format that can be read.
        supported: u8,
    },
    /// A limit of [`limits`] was passed.
    #[error("{limit} is {max}, and this is {size}")]
    TooLarge {
        /// The limit's name, as in [`limits`], in lower case.
        limit: &'static str,
        /// What was asked for, in the limit's unit.
        size: u64,
        /// The limit.
        max: u64,
    },
    /// A signature does not fit what is signed.
    #[error("the signature of this {what} is forged")]
    BadSignature {
        /// What should have been signed.
        what: &'static str,
    },
    /// The bytes were not encrypted for this use under this key, or were changed.
    #[error("the bytes can't be decrypted: they were changed, or are not for this key")]
    NotDecrypted,
    /// The bytes belong to an epoch whose key this device does not hold.
    #[error("this device has no key of epoch {epoch}")]
    NoKey {
        /// The epoch, as it stands in a frame.
        epoch: EpochTag,
    },
    /// The roles of the membership do not allow it.
    #[error("this is not allowed: {0}")]
    NotAllowed(#[from] Denial),
    /// An invitation can't be used.
    #[error("this invitation can't be used: {0}")]
    Invitation(#[from] InvitationFault),
    /// This device was set back: others have envelopes that it signed and no longer knows. It
    /// signs again when it has admitted those.
    #[error("this device was set back: others know its envelopes up to {others}, it knows {own}")]
    SetBack {
        /// The number of its last envelope that it knows.
        own: u64,
        /// The number of its last envelope that others know.
        others: u64,
    },
}
/// Why the membership does not allow something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The device never was a member, or what added it is void.
    #[error("{device} is no member")]
    NotAMember {
        /// The device.
        device: DeviceId,
    },
    /// The device was taken out, and does not come back under these keys.
    #[error("{device} was taken out")]
    Revoked {
        /// The device.
        device: DeviceId,
    },
    /// The device is a member.
    #[error("{device} is a member already")]
    MemberAlready {
        /// The device.
        device: DeviceId,
    },
    /// The device's role is too low.
    #[error("this takes the role {needed:?}, and the device is {has:?}")]
    Role {
        /// Its role.
        has: Role,
        /// The role that it takes.
        needed: Role,
    },
    /// A log has one founding operation.
    #[error("the workspace is founded already")]
    FoundedAlready,
    /// An epoch has a key for each member, and for nobody else.
    #[error("the epoch has no key for each member, or one for somebody else")]
    NotEveryMember,
    /// The membership that is named has no such epoch.
    #[error("there is no such epoch in the membership that is named")]
    NoEpoch,
    /// Nobody could change the membership any more.
    #[error("it is the last owner")]
    LastOwner,
}

/// Why an invitation can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationFault {
    /// Its time is over.
    #[error("its time is over")]
    Expired,
    /// It serves another device, or was used up or ended.
    #[error("it was used already")]
    Used,
    /// Somebody changes messages between the two devices.
    #[error("somebody is between the two devices")]
    Interposed,
    /// The message does not belong here in the conversation.
    #[error("the message comes at the wrong time")]
    Order,
    /// The welcome leads to another workspace.
    #[error("it leads to another workspace")]
    OtherWorkspace,
}

/// The name of a workspace: the hash of its founding operation. Whoever has it can check a whole
/// membership log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(pub [u8; 32]);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0[..6])
    }
}

impl fmt::Debug for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "workspace {self}")
    }
}

/// What a call of this crate gives.
pub type Result<T, E = TrustError> = std::result::Result<T, E>;

/// A check of bytes that a device keeps beside its seat: it tells damage by chance, and no forgery.
#[must_use]
pub fn checksum(bytes: &[u8]) -> [u8; 8] {
    let hash = crypto::hash("kept check", &[bytes]);
    let mut check = [0; 8];
    check.copy_from_slice(&hash[..8]);
    check
}

/// Checks a size against a limit.
fn within(limit: &'static str, size: usize, max: usize) -> Result<()> {
    if size <= max {
        return Ok(());
    }
    Err(TrustError::TooLarge {
        limit,
        size: size as u64,
        max: max as u64,
    })
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}
