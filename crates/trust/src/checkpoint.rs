//! What a device says to have seen, signed: so that peers notice what a relay keeps from them.

use crate::crypto;
use crate::identity::{DeviceId, Identity};
use crate::limits::{CHECKPOINT_BYTES_MAX, CHECKPOINT_SIGNERS_MAX};
use crate::op::{OpId, Point, read_heads, write_heads};
use crate::wire::{Reader, put_uint, split_signature};
use crate::{FORMAT, Result, WorkspaceId};
use std::collections::BTreeMap;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The device that signed it.
    pub signer: DeviceId,
    /// Counts the signer's checkpoints, from 1 on.
    pub number: u64,
    /// The heads of its membership log.
    pub heads: Vec<OpId>,
    /// How far it had admitted each signer's envelopes.
    pub seen: BTreeMap<DeviceId, Point>,
    /// The digest of its workspace, or whatever else its host wanted to say; not looked at here.
    pub digest: [u8; 32],
}

impl Checkpoint {
    pub(crate) fn sign(&self, identity: &Identity, workspace: WorkspaceId) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        self.write(&mut bytes);
        let signature = identity.sign(WHAT, &[&workspace.0[..], &bytes].concat());
        bytes.extend(signature);
        bytes
    }

    /// Reads a checkpoint and checks that its signer signed it, for this workspace.
    pub(crate) fn open(workspace: WorkspaceId, bytes: &[u8]) -> Result<Self> {
        crate::within("checkpoint_bytes_max", bytes.len(), CHECKPOINT_BYTES_MAX)?;
        let (body, signature) = split_signature(WHAT, bytes)?;
        let mut reader = Reader::new(WHAT, body, "checkpoint_bytes_max", CHECKPOINT_BYTES_MAX)?;
        reader.version()?;
        let checkpoint = Self::read(&mut reader)?;
        reader.end()?;
        let signed = [&workspace.0[..], body].concat();
        crypto::verify(&checkpoint.signer.0, WHAT, &signed, &signature)?;
        Ok(checkpoint)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.signer.0);
        put_uint(out, self.number);
        write_heads(out, &self.heads);
        put_uint(out, self.seen.len() as u64);
        for (device, point) in &self.seen {
            out.extend(device.0);
            point.write(out);
        }
        out.extend(self.digest);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let signer = DeviceId(reader.array()?);
        let number = reader.uint()?;
        let heads = read_heads(reader)?;
        let count = reader.count(65, "checkpoint_signers_max", CHECKPOINT_SIGNERS_MAX)?;
        let mut seen = BTreeMap::new();
        for _ in 0..count {
            let device = DeviceId(reader.array()?);
            if seen
                .last_key_value()
                .is_some_and(|(last, _)| *last >= device)
            {
                return Err(reader.bad("its devices are not in order"));
            }
            seen.insert(device, Point::read(reader)?);
        }
        Ok(Self {
            signer,
            number,
            heads,
            seen,
            digest: reader.array()?,
        })
    }
}

const WHAT: &str = "checkpoint";
