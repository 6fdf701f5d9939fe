//! What peers say to each other, and its bytes.
//!
//! A message is its length, its kind and its body; integers are LEB128, hashes 32 bytes. Nothing
//! is taken at its word: a count is believed only as far as there are bytes for it.

use crate::limits::MESSAGE_BYTES_MAX;
use bytes::{Input, put, put_bytes, put_hashes, put_list};
use selvage_vfs::{BlobPart, Hash, Heads, NodeId, TextUpdate};

mod bytes;

/// The protocol that this crate speaks.
pub const VERSION: u64 = 1;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// The initiator's first word: are we equal?
    Hello { version: u64, digest: Hash },
    /// We are.
    Same,
    /// What the sender has: heads, older changes, a name for all its live texts.
    Have {
        heads: Heads,
        samples: Vec<[u8; 32]>,
        texts: Hash,
    },
    /// The whole ledger.
    Document { heads: Heads, bytes: Vec<u8> },
    /// Changes, causes first.
    Changes { heads: Heads, changes: Vec<Vec<u8>> },
    /// Whole contents.
    Blobs(Vec<Vec<u8>>),
    /// Updates of live texts.
    Texts(Vec<TextUpdate>),
    /// Stretches of the list of live texts, to find those that differ.
    Ranges(Vec<Range>),
    /// The sender's state of a live text; `back` asks for the receiver's, too.
    TextWant {
        node: NodeId,
        state: Vec<u8>,
        back: bool,
    },
    /// A content is wanted from an offset on.
    BlobWant { hash: Hash, from: u64 },
    /// A stretch of a content.
    Part(BlobPart),
    /// So many bytes of contents and texts arrived.
    Got(u64),
    /// The responder asks the initiator to begin anew.
    Restart,
    /// The session ends, and why: see [`crate::Reason`].
    Close(u64),
    /// Contents that the sender has thinned out, with the times of that in milliseconds since 1970.
    Thinned(Vec<(Hash, u64)>),
}

/// A stretch of the list of live texts, from a node on and up to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub from: [u8; 16],
    /// The first node after the stretch; `None` is the end of the list.
    pub to: Option<[u8; 16]>,
    pub of: Of,
}

/// What a stretch holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    /// A name for all of it.
    Hash([u8; 16]),
    /// Each node, with the first bytes of its digest.
    List(Vec<(NodeId, [u8; 8])>),
}

impl Message {
    /// Adds the message to a stream.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        self.write_body(&mut body);
        put(out, body.len() as u64);
        out.extend_from_slice(&body);
    }

    fn write_body(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hello { version, digest } => {
                out.push(0);
                put(out, *version);
                out.extend_from_slice(&digest.0);
            }
            Self::Same => out.push(1),
            Self::Have {
                heads,
                samples,
                texts,
            } => {
                out.push(2);
                put_hashes(out, heads.hashes());
                put_hashes(out, samples);
                out.extend_from_slice(&texts.0);
            }
            Self::Document { heads, bytes } => {
                out.push(3);
                put_hashes(out, heads.hashes());
                out.extend_from_slice(bytes);
            }
            Self::Changes { heads, changes } => {
                out.push(4);
                put_hashes(out, heads.hashes());
                put_list(out, changes);
            }
            Self::Blobs(blobs) => {
                out.push(5);
                put_list(out, blobs);
            }
            Self::Texts(texts) => {
                out.push(6);
                put(out, texts.len() as u64);
                let mut after = &Heads::default();
                for text in texts {
                    // Mostly all of a message rest on the same ledger, which is said once.
                    if text.after == *after {
                        out.push(0);
                    } else {
                        put_hashes(out, text.after.hashes());
                        after = &text.after;
                    }
                    out.extend_from_slice(text.node.as_bytes());
                    put_bytes(out, &text.update);
                }
            }
            Self::Ranges(ranges) => {
                out.push(7);
                put(out, ranges.len() as u64);
                for range in ranges {
                    range.write(out);
                }
            }
            Self::TextWant { node, state, back } => {
                out.push(8);
                out.extend_from_slice(node.as_bytes());
                out.push(u8::from(*back));
                out.extend_from_slice(state);
            }
            Self::BlobWant { hash, from } => {
                out.push(9);
                out.extend_from_slice(&hash.0);
                put(out, *from);
            }
            Self::Part(part) => {
                out.push(10);
                out.extend_from_slice(&part.hash.0);
                put(out, part.from);
                out.extend_from_slice(&part.bytes);
            }
            Self::Got(bytes) => {
                out.push(11);
                put(out, *bytes);
            }
            Self::Restart => out.push(12),
            Self::Close(code) => {
                out.push(13);
                put(out, *code);
            }
            Self::Thinned(contents) => {
                out.push(14);
                put(out, contents.len() as u64);
                for (hash, at_ms) in contents {
                    out.extend_from_slice(&hash.0);
                    put(out, *at_ms);
                }
            }
        }
    }

    /// Takes the first message off a stream: `Ok(None)` while it is not whole, an error when it
    /// can't become one. Gives the bytes that it took, too.
    pub fn read(stream: &[u8]) -> Result<Option<(Self, usize)>, ()> {
        let mut input = Input(stream);
        let Some(len) = input.varint() else {
            return if stream.len() < 10 { Ok(None) } else { Err(()) };
        };
        let len = usize::try_from(len).map_err(|_| ())?;
        if len > MESSAGE_BYTES_MAX {
            return Err(());
        }
        let head = stream.len() - input.0.len();
        let Some(body) = input.take(len) else {
            return Ok(None);
        };
        let message = Self::read_body(body).ok_or(())?;
        Ok(Some((message, head + len)))
    }

    fn read_body(body: &[u8]) -> Option<Self> {
        let mut input = Input(body);
        let message = match input.byte()? {
            0 => Self::Hello {
                version: input.varint()?,
                digest: input.hash()?,
            },
            1 => Self::Same,
            2 => Self::Have {
                heads: Heads::new(input.hashes()?),
                samples: input.hashes()?,
                texts: input.hash()?,
            },
            3 => Self::Document {
                heads: Heads::new(input.hashes()?),
                bytes: input.rest(),
            },
            4 => Self::Changes {
                heads: Heads::new(input.hashes()?),
                changes: input.list()?,
            },
            5 => Self::Blobs(input.list()?),
            6 => {
                let mut texts: Vec<TextUpdate> = Vec::new();
                for _ in 0..input.count(18)? {
                    let hashes = input.hashes()?;
                    let after = match (hashes.is_empty(), texts.last()) {
                        (true, Some(before)) => before.after.clone(),
                        _ => Heads::new(hashes),
                    };
                    texts.push(TextUpdate {
                        node: input.node()?,
                        after,
                        update: input.bytes()?,
                    });
                }
                Self::Texts(texts)
            }
            7 => {
                let mut ranges = Vec::new();
                for _ in 0..input.count(18)? {
                    ranges.push(Range::read(&mut input)?);
                }
                Self::Ranges(ranges)
            }
            8 => Self::TextWant {
                node: input.node()?,
                back: input.flag()?,
                state: input.rest(),
            },
            9 => Self::BlobWant {
                hash: input.hash()?,
                from: input.varint()?,
            },
            10 => Self::Part(BlobPart {
                hash: input.hash()?,
                from: input.varint()?,
                bytes: input.rest(),
            }),
            11 => Self::Got(input.varint()?),
            12 => Self::Restart,
            13 => Self::Close(input.varint()?),
            14 => {
                let contents = 0..input.count(33)?;
                let contents = contents.map(|_| Some((input.hash()?, input.varint()?)));
                Self::Thinned(contents.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        input.0.is_empty().then_some(message)
    }
}

impl Range {
    fn write(&self, out: &mut Vec<u8>) {
        let is_list = matches!(self.of, Of::List(_));
        out.push(u8::from(self.to.is_some()) | (u8::from(is_list) << 1));
        out.extend_from_slice(&self.from);
        out.extend_from_slice(self.to.as_ref().map_or(&[][..], |to| &to[..]));
        match &self.of {
            Of::Hash(hash) => out.extend_from_slice(hash),
            Of::List(list) => {
                put(out, list.len() as u64);
                for (node, digest) in list {
                    out.extend_from_slice(node.as_bytes());
                    out.extend_from_slice(digest);
                }
            }
        }
    }

    fn read(input: &mut Input<'_>) -> Option<Self> {
        let flags = input.byte()?;
        if flags > 3 {
            return None;
        }
        let from = input.array()?;
        let to = match flags & 1 {
            0 => None,
            _ => Some(input.array()?),
        };
        let of = match flags & 2 {
            0 => Of::Hash(input.array()?),
            _ => {
                let mut list = Vec::new();
                for _ in 0..input.count(24)? {
                    list.push((input.node()?, input.array()?));
                }
                Of::List(list)
            }
        };
        Some(Self { from, to, of })
    }
}

#[cfg(test)]
mod tests;
