//! The bytes of a seat in its device's own storage.

use super::Seat;
use crate::checkpoint::Checkpoint;
use crate::identity::{DeviceId, Identity};
use crate::keyring::Keyring;
use crate::limits::{LOG_OPS_MAX, SEAT_BYTES_MAX, STUB_BYTES_MAX};
use crate::members::{Members, Received};
use crate::op::Op;
use crate::progress::Progress;
use crate::wire::{Reader, put_bytes, put_uint};
use crate::{FORMAT, Result, crypto, within};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

impl Seat {
    /// All of the seat but the identity. It holds the keys of the epochs, so it is to be kept on this
    /// device only. Operations that wait for others are left out; they come again.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = vec![FORMAT];
        write_log(&mut out, &self.members);
        out.extend(&self.keyring.roster()[..]);
        self.keyring.write(&mut out, |_| true);
        put_uint(&mut out, self.signed);
        write_progress(&mut out, &self.progress);
        put_uint(&mut out, self.checkpoints.len() as u64);
        for checkpoint in self.checkpoints.values() {
            checkpoint.write(&mut out);
        }
        write_stubs(&mut out, &self.progress, false);
        let check = crypto::hash("seat check", &[&out]);
        out.extend(&check[..8]);
        Zeroizing::new(out)
    }

    /// Reads what [`Self::to_bytes`] gave, on the same device.
    ///
    /// # Errors
    /// When the bytes are not those, or were written by another format.
    pub fn from_bytes(identity: Identity, bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new("seat", bytes, "seat_bytes_max", SEAT_BYTES_MAX)?;
        let Some((body, check)) = bytes.split_last_chunk::<8>() else {
            return Err(reader.bad("it ends too early"));
        };
        reader.version()?;
        if crypto::hash("seat check", &[body])[..8] != check[..] {
            return Err(reader.bad("its check does not fit"));
        }
        let mut reader = Reader::new("seat", &body[1..], "seat_bytes_max", SEAT_BYTES_MAX)?;
        let members = read_log(&mut reader)?;
        let mut keyring = Keyring::new(members.workspace(), Zeroizing::new(reader.array()?));
        keyring.read(&mut reader, &members)?;
        let signed = reader.uint()?;
        let progress = read_progress(&mut reader)?;
        let mut seat = Self::with(identity, members, keyring, progress);
        seat.signed = signed;
        for _ in 0..reader.count(66, "log_ops_max", LOG_OPS_MAX)? {
            let checkpoint = Checkpoint::read(&mut reader)?;
            seat.checkpoints.insert(checkpoint.signer, checkpoint);
        }
        read_stubs(&mut reader, &mut seat.progress)?;
        reader.end()?;
        Ok(seat)
    }
}

/// Adds a log, causes first.
pub(crate) fn write_log(out: &mut Vec<u8>, members: &Members) {
    let ops: Vec<&Op> = members.since(&[]).collect();
    put_uint(out, ops.len() as u64);
    for op in ops {
        put_bytes(out, op.bytes());
    }
}

/// Reads what [`write_log`] wrote, checking all of it anew.
pub(crate) fn read_log(reader: &mut Reader<'_>) -> Result<Members> {
    let count = reader.count(1, "log_ops_max", LOG_OPS_MAX)?;
    let mut members = Members::new(Op::read(reader.bytes()?)?)?;
    for _ in 1..count {
        match members.take(Op::read(reader.bytes()?)?) {
            Received::Added(_) => {}
            Received::Refused(error) => return Err(error),
            Received::Known(_) | Received::Waiting(_) => {
                return Err(reader.bad("its membership log is not in order"));
            }
        }
    }
    Ok(members)
}

/// Adds how far each signer was admitted.
pub(crate) fn write_progress(out: &mut Vec<u8>, progress: &BTreeMap<DeviceId, Progress>) {
    put_uint(out, progress.len() as u64);
    for (device, progress) in progress {
        out.extend(device.0);
        progress.write(out);
    }
}

/// Reads what [`write_progress`] wrote.
pub(crate) fn read_progress(reader: &mut Reader<'_>) -> Result<BTreeMap<DeviceId, Progress>> {
    let count = reader.count(68, "log_ops_max", LOG_OPS_MAX)?;
    let mut progress = BTreeMap::new();
    for _ in 0..count {
        progress.insert(DeviceId(reader.array()?), Progress::read(reader)?);
    }
    Ok(progress)
}

/// Adds the last envelope of each signer without its payload, if there is one or something follows.
pub(crate) fn write_stubs(
    out: &mut Vec<u8>,
    progress: &BTreeMap<DeviceId, Progress>,
    is_followed: bool,
) {
    if is_followed || progress.values().any(|progress| !progress.stub.is_empty()) {
        put_uint(out, progress.len() as u64);
        progress.values().for_each(|one| put_bytes(out, &one.stub));
    }
}

/// Reads what [`write_stubs`] wrote. Bytes of before there were stubs end here.
pub(crate) fn read_stubs(
    reader: &mut Reader<'_>,
    progress: &mut BTreeMap<DeviceId, Progress>,
) -> Result<()> {
    if reader.end().is_ok() {
        return Ok(());
    }
    let count = reader.count(1, "log_ops_max", LOG_OPS_MAX)?;
    for progress in progress.values_mut().take(count) {
        let stub = reader.bytes()?;
        within("stub_bytes_max", stub.len(), STUB_BYTES_MAX)?;
        progress.stub = stub.to_vec();
    }
    Ok(())
}
