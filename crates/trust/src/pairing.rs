//! Pairing: a device comes in over a link, and two people can make sure that it is the right one.
//!
//! **Problem.** A link travels over channels that others may read. Whoever has it must not be able
//! to slip in unseen, and the relay in between must learn nothing and be able to change nothing.
//!
//! **Shape.** Four messages through the relay, at the meeting place [`Invitation::topic`]:
//!
//! | | from | holds |
//! | --- | --- | --- |
//! | request | joiner | its card, and a commitment to a number |
//! | offer | inviter | its own number |
//! | reveal | joiner | the number that it committed to |
//! | welcome | inviter | the log, the keys, how far each signer was admitted, and what else the host gives |
//!
//! The first three are encrypted under a key of the invitation's secret: to make one proves to know
//! it. Then both sides show a **code** of nine digits over all that was said. Since the joiner is
//! bound to its number before it sees the inviter's, somebody between the two can't search for numbers
//! that make both codes equal: they agree by chance once in 10⁹ (S. Vaudenay, *Secure Communications
//! over Insecure Channels Based on Short Authenticated Strings*, CRYPTO 2005). When the people say that
//! the codes are equal, [`Inviter::accept`] adds the device and encrypts the welcome to its card,
//! with the invitation's secret as well (HPKE, mode PSK, RFC 9180 section 5.1.2), and signs it.
//!
//! **Invariants.** An invitation serves the first device that shows it, and no other, even when it
//! is not accepted. Nothing is added before [`Inviter::accept`]. A joiner takes only a log that
//! begins with the invitation's workspace, in which the welcome's signer is an owner and it is a
//! member.

use crate::crypto::{self, Entropy};
use crate::identity::DeviceId;
use crate::wire::Reader;
use crate::{FORMAT, Result};
use std::fmt;

mod inviter;
mod joiner;
mod link;

pub use inviter::Inviter;
pub use joiner::Joiner;
pub use link::Invitation;

/// What the welcome is encrypted for.
const WELCOME: &[u8] = b"selvage-trust 1 welcome";

/// Nine digits that both devices show: equal, unless somebody is between them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code(u32);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (high, low) = (self.0 / 1_000_000, self.0 % 1_000_000);
        write!(f, "{high:03} {:03} {:03}", low / 1000, low % 1000)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What both sides know of one pairing.
#[derive(Clone)]
struct Talk {
    /// The hash of the request, which names card and commitment.
    request: [u8; 32],
    inviter: DeviceId,
    inviter_number: [u8; 32],
    joiner_number: [u8; 32],
}

impl Talk {
    fn hash(&self, invitation: &Invitation) -> [u8; 32] {
        let parts = [
            &invitation.workspace().0,
            &*invitation.key(),
            &self.request,
            &self.inviter.0,
            &self.inviter_number,
            &self.joiner_number,
        ];
        crypto::hash("pairing", &parts.map(|part| &part[..]))
    }

    fn code(&self, invitation: &Invitation) -> Code {
        let hash = self.hash(invitation);
        let number = hash[..8]
            .iter()
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        Code((number % 1_000_000_000) as u32)
    }
}

/// Bytes of a message before the welcome.
const SHORT_BYTES_MAX: usize = 4096;

fn commitment(number: &[u8; 32]) -> [u8; 32] {
    crypto::hash("pairing commitment", &[number])
}

/// Encrypts one of the first three messages.
fn encrypt(
    invitation: &Invitation,
    entropy: &mut Entropy<'_>,
    of: &str,
    plain: &[u8],
) -> Result<Vec<u8>> {
    let body = crypto::encrypt(entropy, &invitation.key(), of.as_bytes(), plain)?;
    Ok([&[FORMAT], &body[..]].concat())
}

fn decrypt(invitation: &Invitation, of: &'static str, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Reader::new(of, bytes, "pairing_bytes_max", SHORT_BYTES_MAX)?;
    reader.version()?;
    crypto::decrypt(&invitation.key(), of.as_bytes(), reader.rest())
}
