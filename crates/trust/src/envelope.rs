//! A signed change: one payload of the exchange, who made it, and under which membership.

use crate::crypto;
use crate::identity::{DeviceId, Identity};
use crate::limits::{ENVELOPE_BYTES_MAX, PAYLOAD_BYTES_MAX, STUB_BYTES_MAX};
use crate::op::{OpId, Point, read_heads, write_heads};
use crate::wire::{Reader, put_bytes, put_uint, split_signature};
use crate::{FORMAT, Result, WorkspaceId, within};

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A change of the ledger.
    Change = 1,
    /// A text update.
    Text = 2,
    /// Bytes of a content. A content that a signed change names by its hash needs no envelope.
    Content = 3,
    /// What a signer says before it mails all that it has: how far it had admitted each signer, as
    /// stubs. It needs nothing before it, so that what was mailed before can be thrown away.
    Whole = 4,
}

/// What an envelope says besides its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub signer: DeviceId,
    /// Counts the signer's envelopes, from 1 on.
    pub seq: u64,
    /// The hash of the signer's envelope before this one; zeros before the first.
    pub previous: [u8; 32],
    /// The membership log as the signer saw it.
    pub heads: Vec<OpId>,
    /// The epoch that was in use there.
    pub epoch: OpId,
    pub kind: Kind,
}

/// An envelope whose signature fits; whether it may be admitted, a [`crate::Seat`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub(crate) header: Header,
    payload: Vec<u8>,
    hash: [u8; 32],
    stub: Vec<u8>,
}

impl Envelope {
    /// Signs a payload; gives the envelope's bytes, its hash and its stub.
    pub(crate) fn sign(
        identity: &Identity,
        workspace: WorkspaceId,
        header: &Header,
        payload: &[u8],
    ) -> Result<(Vec<u8>, [u8; 32], Vec<u8>)> {
        within("payload_bytes_max", payload.len(), PAYLOAD_BYTES_MAX)?;
        let mut bytes = vec![FORMAT, header.kind as u8];
        bytes.extend(header.signer.0);
        put_uint(&mut bytes, header.seq);
        bytes.extend(header.previous);
        write_heads(&mut bytes, &header.heads);
        bytes.extend(header.epoch.0);
        let payload_hash = crypto::hash("payload", &[payload]);
        let signed = signed(workspace, &bytes, &payload_hash);
        let signature = identity.sign("envelope", &signed);
        let stub = [&bytes[..], &payload_hash, &signature].concat();
        put_bytes(&mut bytes, payload);
        bytes.extend(signature);
        Ok((bytes, hash(&signed, &signature), stub))
    }

    /// Reads an envelope and checks that its signer signed it, for this workspace.
    ///
    /// # Errors
    /// When it can't be read, is of another format, too large or forged.
    pub fn read(workspace: WorkspaceId, bytes: &[u8]) -> Result<Self> {
        within("envelope_bytes_max", bytes.len(), ENVELOPE_BYTES_MAX)?;
        Self::open(workspace, bytes, false)
    }

    /// Reads a stub, which has the payload's hash in the payload's place, and checks its signature.
    pub(crate) fn read_stub(workspace: WorkspaceId, bytes: &[u8]) -> Result<Self> {
        within("stub_bytes_max", bytes.len(), STUB_BYTES_MAX)?;
        Self::open(workspace, bytes, true)
    }

    fn open(workspace: WorkspaceId, bytes: &[u8], is_stub: bool) -> Result<Self> {
        let what = "envelope";
        let (body, signature) = split_signature(what, bytes)?;
        let mut reader = Reader::new(what, body, "envelope_bytes_max", ENVELOPE_BYTES_MAX)?;
        reader.version()?;
        let kind = match reader.byte()? {
            1 => Kind::Change,
            2 => Kind::Text,
            3 => Kind::Content,
            4 => Kind::Whole,
            _ => return Err(reader.bad("there is no such kind")),
        };
        let header = Header {
            signer: DeviceId(reader.array()?),
            seq: reader.uint()?,
            previous: reader.array()?,
            heads: read_heads(&mut reader)?,
            epoch: OpId(reader.array()?),
            kind,
        };
        let head = body.len() - reader.clone().rest().len();
        let (payload, payload_hash) = if is_stub {
            (&[][..], reader.array()?)
        } else {
            let payload = reader.bytes()?;
            within("payload_bytes_max", payload.len(), PAYLOAD_BYTES_MAX)?;
            (payload, crypto::hash("payload", &[payload]))
        };
        reader.end()?;
        if header.seq == 0 || (header.seq == 1) != (header.previous == [0; 32]) {
            return Err(reader.bad("its number does not fit what is before it"));
        }
        let signed = signed(workspace, &body[..head], &payload_hash);
        crypto::verify(&header.signer.0, what, &signed, &signature)?;
        Ok(Self {
            header,
            payload: payload.to_vec(),
            hash: hash(&signed, &signature),
            stub: [&body[..head], &payload_hash, &signature].concat(),
        })
    }

    /// The device that signed it.
    #[must_use]
    pub fn signer(&self) -> DeviceId {
        self.header.signer
    }

    /// Its number among the signer's envelopes, and its hash.
    #[must_use]
    pub fn point(&self) -> Point {
        Point {
            seq: self.header.seq,
            hash: self.hash,
        }
    }

    /// What the payload is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.header.kind
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What shows that its signer signed it, without the payload.
    pub(crate) fn stub(&self) -> &[u8] {
        &self.stub
    }

    /// The payload, without the rest.
    #[must_use]
    pub fn into_payload(self) -> Vec<u8> {
        self.payload
    }
}

/// What a signature covers: the workspace, all of the header, and the payload's hash.
fn signed(workspace: WorkspaceId, head: &[u8], payload_hash: &[u8; 32]) -> Vec<u8> {
    [&workspace.0[..], head, payload_hash].concat()
}

fn hash(signed: &[u8], signature: &[u8; 64]) -> [u8; 32] {
    crypto::hash("envelope hash", &[signed, signature])
}
