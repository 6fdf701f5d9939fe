//! Operations of the membership log: what they say, and their bytes.

use crate::crypto::{self, HPKE_BYTES};
use crate::identity::{Card, DeviceId, Identity, check_name};
use crate::limits::{HEADS_MAX, MEMBERS_MAX, OP_BYTES_MAX};
use crate::wire::{Reader, put_bytes, put_uint, split_signature};
use crate::{FORMAT, Result, within};
use std::fmt;

/// The hash of an operation, its signature included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub [u8; 32]);

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::write_hex(f, &self.0[..6])
    }
}

impl fmt::Debug for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op {self}")
    }
}

/// What a device may do. A role may do all that the roles before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer = 1,
    /// Reads and writes.
    Editor = 2,
    /// Reads, writes, and says who may.
    Owner = 3,
}

impl Role {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        match reader.byte()? {
            1 => Ok(Self::Viewer),
            2 => Ok(Self::Editor),
            3 => Ok(Self::Owner),
            _ => Err(reader.bad("there is no such role")),
        }
    }
}

/// How far a signer's envelopes are known: the number and the hash of the last one. The number 0
/// says that none is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Point {
    /// The number of the envelope; the first one is 1.
    pub seq: u64,
    /// Its hash, which through its predecessors names all before it.
    pub hash: [u8; 32],
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.seq)?;
        crate::write_hex(f, &self.hash[..6])
    }
}

impl Point {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_uint(out, self.seq);
        out.extend(self.hash);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            seq: reader.uint()?,
            hash: reader.array()?,
        })
    }
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Founds a workspace, with its author as owner. Its hash names the workspace.
    Found {
        /// The author's card.
        card: Card,
        /// Makes workspaces of one author differ.
        nonce: [u8; 16],
    },
    /// Adds a device.
    Add {
        /// The device's card.
        card: Card,
        /// What it may do.
        role: Role,
    },
    /// Gives a device another role.
    SetRole {
        /// The device.
        device: DeviceId,
        /// What it may do.
        role: Role,
        /// The device's envelopes that the author knows: they stand, whatever the role.
        known: Point,
    },
    /// Takes a device out, for ever: a device that comes back comes with new keys.
    Revoke {
        /// The device.
        device: DeviceId,
        /// The device's envelopes that the author knows: they stand, and no others do.
        known: Point,
    },
    /// Lets envelopes stand that a removed device signed before it could know of its removal,
    /// and that the author had admitted.
    Keep {
        /// The device.
        device: DeviceId,
        /// Up to where its envelopes stand.
        known: Point,
    },
    /// Gives a device another name.
    Rename {
        /// The device.
        device: DeviceId,
        /// How people call it, see [`Card::name`].
        name: String,
    },
    /// Begins an epoch: a new key, encrypted to each member.
    Epoch {
        /// What the key's holder can check it against.
        commitment: [u8; 32],
        /// The key for each member, in the order of their names.
        keys: Vec<(DeviceId, [u8; 32 + HPKE_BYTES])>,
    },
}

impl Action {
    /// The device that it is about, when it takes something away: every removal, and every role
    /// below owner.
    pub(crate) fn removes(&self) -> Option<(DeviceId, Option<Role>)> {
        match self {
            Self::Revoke { device, .. } => Some((*device, None)),
            Self::SetRole { device, role, .. } if *role < Role::Owner => {
                Some((*device, Some(*role)))
            }
            _ => None,
        }
    }

    /// The device that it is about.
    pub(crate) fn about(&self) -> Option<DeviceId> {
        match self {
            Self::Found { card, .. } | Self::Add { card, .. } => Some(card.device()),
            Self::SetRole { device, .. }
            | Self::Revoke { device, .. }
            | Self::Keep { device, .. }
            | Self::Rename { device, .. } => Some(*device),
            Self::Epoch { .. } => None,
        }
    }

    /// The role that `author` needs for it.
    pub(crate) fn needs(&self, author: DeviceId) -> Role {
        match self {
            Self::Revoke { device, .. } | Self::Rename { device, .. } if *device == author => {
                Role::Viewer
            }
            Self::Keep { .. } => Role::Editor,
            _ => Role::Owner,
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Found { .. } => 0,
            Self::Add { .. } => 1,
            Self::SetRole { .. } => 2,
            Self::Revoke { .. } => 3,
            Self::Keep { .. } => 4,
            Self::Rename { .. } => 5,
            Self::Epoch { .. } => 6,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(self.kind());
        match self {
            Self::Found { card, nonce } => {
                card.write(out);
                out.extend(nonce);
            }
            Self::Add { card, role } => {
                card.write(out);
                out.push(*role as u8);
            }
            Self::SetRole {
                device,
                role,
                known,
            } => {
                out.extend(device.0);
                out.push(*role as u8);
                known.write(out);
            }
            Self::Revoke { device, known } | Self::Keep { device, known } => {
                out.extend(device.0);
                known.write(out);
            }
            Self::Rename { device, name } => {
                out.extend(device.0);
                put_bytes(out, name.as_bytes());
            }
            Self::Epoch { commitment, keys } => {
                out.extend(commitment);
                put_uint(out, keys.len() as u64);
                for (device, key) in keys {
                    out.extend(device.0);
                    out.extend(key);
                }
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(match reader.byte()? {
            0 => Self::Found {
                card: Card::read(reader)?,
                nonce: reader.array()?,
            },
            1 => Self::Add {
                card: Card::read(reader)?,
                role: Role::read(reader)?,
            },
            2 => Self::SetRole {
                device: DeviceId(reader.array()?),
                role: Role::read(reader)?,
                known: Point::read(reader)?,
            },
            3 => Self::Revoke {
                device: DeviceId(reader.array()?),
                known: Point::read(reader)?,
            },
            4 => Self::Keep {
                device: DeviceId(reader.array()?),
                known: Point::read(reader)?,
            },
            5 => {
                let device = DeviceId(reader.array()?);
                let name = reader.text()?.to_owned();
                check_name(&name)?;
                Self::Rename { device, name }
            }
            6 => {
                let commitment = reader.array()?;
                let count = reader.count(32 + 32 + HPKE_BYTES, "members_max", MEMBERS_MAX)?;
                let mut keys = Vec::with_capacity(count);
                for _ in 0..count {
                    keys.push((DeviceId(reader.array()?), reader.array()?));
                }
                if !keys.is_sorted_by(|a, b| a.0 < b.0) {
                    return Err(reader.bad("its devices are not in order"));
                }
                Self::Epoch { commitment, keys }
            }
            _ => return Err(reader.bad("there is no such action")),
        })
    }
}

/// A signed operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    id: OpId,
    author: DeviceId,
    parents: Vec<OpId>,
    action: Action,
    bytes: Vec<u8>,
}

impl Op {
    pub(crate) fn new(author: &Identity, parents: &[OpId], action: Action) -> Result<Self> {
        let mut body = vec![FORMAT];
        body.extend(author.device().0);
        write_heads(&mut body, parents);
        action.write(&mut body);
        let signature = author.sign("operation", &body);
        body.extend(signature);
        Self::read(&body)
    }

    /// Reads an operation and checks its signature; whether it was allowed, its log says.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self> {
        let what = "operation";
        within("op_bytes_max", bytes.len(), OP_BYTES_MAX)?;
        let (body, signature) = split_signature(what, bytes)?;
        let mut reader = Reader::new(what, body, "op_bytes_max", OP_BYTES_MAX)?;
        reader.version()?;
        let author = DeviceId(reader.array()?);
        crypto::verify(&author.0, what, body, &signature)?;
        let parents = read_heads(&mut reader)?;
        let action = Action::read(&mut reader)?;
        reader.end()?;
        match &action {
            Action::Found { card, .. } if card.device() != author => {
                return Err(reader.bad("it founds a workspace for somebody else"));
            }
            Action::Found { .. } if !parents.is_empty() => {
                return Err(reader.bad("it founds a workspace and has parents"));
            }
            Action::Found { .. } => {}
            _ if parents.is_empty() => return Err(reader.bad("it has no parents")),
            _ => {}
        }
        Ok(Self {
            id: OpId(crypto::hash("operation id", &[bytes])),
            author,
            parents,
            action,
            bytes: bytes.to_vec(),
        })
    }

    /// The operation's name.
    #[must_use]
    pub fn id(&self) -> OpId {
        self.id
    }

    /// The device that signed it.
    #[must_use]
    pub fn author(&self) -> DeviceId {
        self.author
    }

    /// The heads of the log as its author saw them.
    #[must_use]
    pub fn parents(&self) -> &[OpId] {
        &self.parents
    }

    /// What it does.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// Its bytes, as they are sent and kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Adds heads, which are in order.
pub(crate) fn write_heads(out: &mut Vec<u8>, heads: &[OpId]) {
    put_uint(out, heads.len() as u64);
    for head in heads {
        out.extend(head.0);
    }
}

/// Reads what [`write_heads`] wrote.
pub(crate) fn read_heads(reader: &mut Reader<'_>) -> Result<Vec<OpId>> {
    let count = reader.count(32, "heads_max", HEADS_MAX)?;
    let mut heads = Vec::with_capacity(count);
    for _ in 0..count {
        heads.push(OpId(reader.array()?));
    }
    if heads.is_sorted_by(|a, b| a < b) {
        Ok(heads)
    } else {
        Err(reader.bad("its heads are not in order"))
    }
}
