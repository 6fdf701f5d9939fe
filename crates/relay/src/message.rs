//! What clients and relays say to each other, and its bytes.
//!
//! A message is its kind and its body. Integers are LEB128 (at most 10 bytes), names have fixed
//! lengths, and the bytes that a message carries stand last and run to its end, so that nothing
//! has a length that has to be believed. No message is longer than
//! [`crate::limits::MESSAGE_BYTES_MAX`]. A link is a stream of messages in order: on a WebSocket, one
//! binary message each.

mod input;

use crate::id::{DeviceId, LetterId, Life, LinkId, Nonce, PublicKey, RoomId, Signature};
use crate::limits::ROOM_LINKS_MAX;
use crate::reason::Refusal;
use input::{Input, put};

/// The protocol that this crate speaks.
pub const VERSION: u64 = 1;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The first word.
    Hello {
        /// See [`VERSION`].
        version: u64,
        /// The room to enter.
        room: RoomId,
        /// Who enters.
        device: DeviceId,
    },
    /// The answer to [`Tell::Challenge`]. It makes the room when there is none.
    Prove {
        /// The room's key.
        key: PublicKey,
        /// See the module `access`.
        signature: Signature,
    },
    /// Another key opens the room from now on.
    Rotate {
        /// The new key.
        key: PublicKey,
        /// Made with the old one.
        signature: Signature,
    },
    /// Bytes for another link of the room.
    Send {
        /// Whose.
        link: LinkId,
        /// What.
        bytes: Vec<u8>,
    },
    /// A letter for the mailbox.
    Append {
        /// Its name.
        id: LetterId,
        /// What it says.
        bytes: Vec<u8>,
    },
    /// A summary is to be sent, in the place of all letters up to a number.
    Summarize {
        /// Its name.
        id: LetterId,
        /// The number of the last letter that it stands for.
        covers: u64,
        /// Its length in bytes.
        len: u64,
    },
    /// The next part of the summary; see [`crate::limits::PART_BYTES`].
    Part(Vec<u8>),
    /// From now on all letters after a number are wanted.
    Fetch {
        /// The number of the last letter that the client has; 0 for none.
        since: u64,
    },
    /// The client is there.
    Ping,
}

/// What a relay says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tell {
    /// What is to be signed.
    Challenge(Nonce),
    /// The client is in.
    Welcome {
        /// The room's life.
        life: Life,
        /// Whether the relay keeps letters.
        keeps: bool,
        /// The number of the last letter that is kept; 0 for none.
        last: u64,
        /// The client's own link.
        link: LinkId,
        /// The others that are there.
        peers: Vec<(LinkId, DeviceId)>,
    },
    /// Another link entered.
    Joined(LinkId, DeviceId),
    /// A link is gone. All that it sent came before.
    Left(LinkId),
    /// What another link sent.
    Frame {
        /// Which link.
        link: LinkId,
        /// What.
        bytes: Vec<u8>,
    },
    /// So many bytes to this link are no longer under way.
    Credit {
        /// The receiver.
        link: LinkId,
        /// How many.
        bytes: u64,
    },
    /// The letter or summary is kept, whatever happens to the relay's program.
    Appended {
        /// Its name.
        id: LetterId,
        /// Its number.
        number: u64,
    },
    /// The letter or summary is not kept.
    Refused {
        /// Its name.
        id: LetterId,
        /// Why.
        refusal: Refusal,
    },
    /// The parts of the summary may come.
    Go {
        /// Its name.
        id: LetterId,
    },
    /// A letter.
    Letter {
        /// Its number.
        number: u64,
        /// Its name.
        id: LetterId,
        /// What it says.
        bytes: Vec<u8>,
    },
    /// There is nothing to get under this number: the client wrote it, or it is a summary of what
    /// came already.
    Passed {
        /// The number.
        number: u64,
    },
    /// A summary comes instead of the letters up to a number.
    Summary {
        /// The number.
        covers: u64,
        /// Its length in bytes.
        len: u64,
    },
    /// The next part of the summary.
    Part(Vec<u8>),
    /// The new key is kept. The link ends now, as all that entered with the old key do.
    Rotated,
    /// The answer to [`Ask::Ping`].
    Pong,
}

impl Ask {
    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Hello {
                version,
                room,
                device,
            } => {
                out.push(0);
                put(&mut out, *version);
                out.extend_from_slice(&room.0);
                out.extend_from_slice(&device.0);
            }
            Self::Prove { key, signature } => {
                out.push(1);
                out.extend_from_slice(&key.0);
                out.extend_from_slice(&signature.0);
            }
            Self::Rotate { key, signature } => {
                out.push(2);
                out.extend_from_slice(&key.0);
                out.extend_from_slice(&signature.0);
            }
            Self::Send { link, bytes } => {
                out.push(3);
                put(&mut out, link.0);
                out.extend_from_slice(bytes);
            }
            Self::Append { id, bytes } => {
                out.push(4);
                out.extend_from_slice(&id.0);
                out.extend_from_slice(bytes);
            }
            Self::Summarize { id, covers, len } => {
                out.push(5);
                out.extend_from_slice(&id.0);
                put(&mut out, *covers);
                put(&mut out, *len);
            }
            Self::Part(bytes) => {
                out.push(6);
                out.extend_from_slice(bytes);
            }
            Self::Fetch { since } => {
                out.push(7);
                put(&mut out, *since);
            }
            Self::Ping => out.push(8),
        }
        out
    }

    /// Reads a message; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut input = Input::new(bytes);
        let ask = match input.byte()? {
            0 => Self::Hello {
                version: input.varint()?,
                room: RoomId(input.array()?),
                device: DeviceId(input.array()?),
            },
            1 => Self::Prove {
                key: PublicKey(input.array()?),
                signature: Signature(input.array()?),
            },
            2 => Self::Rotate {
                key: PublicKey(input.array()?),
                signature: Signature(input.array()?),
            },
            3 => Self::Send {
                link: LinkId(input.varint()?),
                bytes: input.payload()?,
            },
            4 => Self::Append {
                id: LetterId(input.array()?),
                bytes: input.payload()?,
            },
            5 => Self::Summarize {
                id: LetterId(input.array()?),
                covers: input.varint()?,
                len: input.varint()?,
            },
            6 => Self::Part(input.payload()?),
            7 => Self::Fetch {
                since: input.varint()?,
            },
            8 => Self::Ping,
            _ => return None,
        };
        input.is_empty().then_some(ask)
    }
}

impl Tell {
    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Challenge(nonce) => {
                out.push(32);
                out.extend_from_slice(&nonce.0);
            }
            Self::Welcome {
                life,
                keeps,
                last,
                link,
                peers,
            } => {
                out.push(33);
                out.extend_from_slice(&life.0);
                out.push(u8::from(*keeps));
                put(&mut out, *last);
                put(&mut out, link.0);
                for (link, device) in peers {
                    put(&mut out, link.0);
                    out.extend_from_slice(&device.0);
                }
            }
            Self::Joined(link, device) => {
                out.push(34);
                put(&mut out, link.0);
                out.extend_from_slice(&device.0);
            }
            Self::Left(link) => {
                out.push(35);
                put(&mut out, link.0);
            }
            Self::Frame { link, bytes } => {
                out.push(36);
                put(&mut out, link.0);
                out.extend_from_slice(bytes);
            }
            Self::Credit { link, bytes } => {
                out.push(37);
                put(&mut out, link.0);
                put(&mut out, *bytes);
            }
            Self::Appended { id, number } => {
                out.push(38);
                out.extend_from_slice(&id.0);
                put(&mut out, *number);
            }
            Self::Refused { id, refusal } => {
                out.push(39);
                out.extend_from_slice(&id.0);
                out.push(*refusal as u8);
            }
            Self::Go { id } => {
                out.push(40);
                out.extend_from_slice(&id.0);
            }
            Self::Letter { number, id, bytes } => {
                out.push(41);
                put(&mut out, *number);
                out.extend_from_slice(&id.0);
                out.extend_from_slice(bytes);
            }
            Self::Passed { number } => {
                out.push(42);
                put(&mut out, *number);
            }
            Self::Summary { covers, len } => {
                out.push(43);
                put(&mut out, *covers);
                put(&mut out, *len);
            }
            Self::Part(bytes) => {
                out.push(44);
                out.extend_from_slice(bytes);
            }
            Self::Rotated => out.push(45),
            Self::Pong => out.push(46),
        }
        out
    }

    /// Reads a message; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut input = Input::new(bytes);
        let tell = match input.byte()? {
            32 => Self::Challenge(Nonce(input.array()?)),
            33 => Self::Welcome {
                life: Life(input.array()?),
                keeps: input.flag()?,
                last: input.varint()?,
                link: LinkId(input.varint()?),
                peers: input.peers(ROOM_LINKS_MAX)?,
            },
            34 => Self::Joined(LinkId(input.varint()?), DeviceId(input.array()?)),
            35 => Self::Left(LinkId(input.varint()?)),
            36 => Self::Frame {
                link: LinkId(input.varint()?),
                bytes: input.payload()?,
            },
            37 => Self::Credit {
                link: LinkId(input.varint()?),
                bytes: input.varint()?,
            },
            38 => Self::Appended {
                id: LetterId(input.array()?),
                number: input.varint()?,
            },
            39 => Self::Refused {
                id: LetterId(input.array()?),
                refusal: input.refusal()?,
            },
            40 => Self::Go {
                id: LetterId(input.array()?),
            },
            41 => Self::Letter {
                number: input.varint()?,
                id: LetterId(input.array()?),
                bytes: input.payload()?,
            },
            42 => Self::Passed {
                number: input.varint()?,
            },
            43 => Self::Summary {
                covers: input.varint()?,
                len: input.varint()?,
            },
            44 => Self::Part(input.payload()?),
            45 => Self::Rotated,
            46 => Self::Pong,
            _ => return None,
        };
        input.is_empty().then_some(tell)
    }
}

#[cfg(test)]
mod tests;
