//! A whole: what lets the mail of all devices begin anew.
//!
//! A mailbox that only grows is full one day. A device that may write then mails all that it has, and
//! what was mailed before is thrown away. Whoever was away needs no envelope of those any more, but
//! has to go on with each signer where the whole stands. So a [`Kind::Whole`] holds the last envelope
//! of each signer without its payload: **each signer vouches for its own place**, and the signer of
//! the whole for the contents that follow, which it might have written itself.

use super::Seat;
use super::admit::Chains;
use crate::Result;
use crate::envelope::{Envelope, Kind};
use crate::identity::DeviceId;
use crate::limits::LOG_OPS_MAX;
use crate::wire::{Reader, put_bytes, put_uint};
use std::collections::BTreeMap;

/// What the signer of a whole had when it signed that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The number of the last envelope that it had admitted of each signer, itself included.
    pub admitted: BTreeMap<DeviceId, u64>,
    /// Operations of this device that it lacked.
    pub lacking: Vec<Vec<u8>>,
}

impl Seat {
    /// Signs how far each signer was admitted here, before this device mails all that it has. `None`
    /// when it can't show that of a signer; the signer's next envelope brings what is missing.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_whole(&mut self) -> Result<Option<Vec<u8>>> {
        let own = self.device();
        let others = || self.progress.iter().filter(|(device, _)| **device != own);
        if others().any(|(_, progress)| progress.stub.is_empty()) {
            return Ok(None);
        }
        let mut payload = Vec::new();
        put_uint(&mut payload, others().count() as u64);
        others().for_each(|(_, progress)| put_bytes(&mut payload, &progress.stub));
        self.sign(Kind::Whole, &payload).map(Some)
    }

    /// Goes on with each signer where a whole stands, where that is further than here. What a signer
    /// may not have signed moves nothing.
    pub(super) fn skip(&mut self, payload: &[u8]) -> Result<()> {
        let stubs = self.stubs(payload)?;
        let mut chains = Chains::default();
        chains.skips = true;
        for stub in stubs {
            if stub.signer() != self.device() && self.judge(&stub, &mut chains) == Ok(None) {
                let progress = self.progress.entry(stub.signer()).or_default();
                progress.advance(stub.point(), &stub.header.heads, stub.stub());
            }
        }
        Ok(())
    }

    fn stubs(&self, payload: &[u8]) -> Result<Vec<Envelope>> {
        let mut reader = Reader::new("whole", payload, "payload_bytes_max", payload.len())?;
        let mut stubs = Vec::new();
        for _ in 0..reader.count(1, "log_ops_max", LOG_OPS_MAX)? {
            stubs.push(Envelope::read_stub(self.workspace(), reader.bytes()?)?);
        }
        reader.end()?;
        Ok(stubs)
    }

    /// What the signer of a whole had.
    ///
    /// # Errors
    /// When it is no whole.
    pub fn vouched_in(&self, whole: &Envelope) -> Result<Vouched> {
        let stubs = self.stubs(whole.payload())?;
        let places = stubs.iter().chain([whole]);
        let own = self.device();
        let ops = self.members.since(&whole.header.heads);
        let lacking = ops.filter(|op| op.author() == own);
        Ok(Vouched {
            admitted: places.map(|one| (one.signer(), one.point().seq)).collect(),
            lacking: lacking.map(|op| op.bytes().to_vec()).collect(),
        })
    }
}
