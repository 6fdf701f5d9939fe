//! Names of things that are not paths: nodes, contents, points in time.

use crate::error::{Result, VfsError};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The name of a file or a folder for its whole life, wherever it moves. As text: 26 characters
/// of lower-case base32, or `root`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) [u8; 16]);

impl NodeId {
    /// The workspace's own folder.
    pub const ROOT: NodeId = NodeId([0; 16]);
    /// Where deleted nodes hang. It is never shown.
    pub(crate) const TRASH: NodeId = NodeId([0xff; 16]);
    /// Where edited files appear whose folders were deleted elsewhere. It is shown when not empty.
    pub(crate) const RECOVERED: NodeId = NodeId([0xfe; 16]);

    /// An id from 128 random bits; `None` for the few values that name fixed places.
    #[must_use]
    pub fn from_random(bits: u128) -> Option<Self> {
        let id = Self(bits.to_be_bytes());
        (!id.is_fixed()).then_some(id)
    }

    /// The id's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn is_fixed(self) -> bool {
        matches!(self, Self::ROOT | Self::TRASH | Self::RECOVERED)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ROOT => return f.write_str("root"),
            Self::TRASH => return f.write_str("trash"),
            Self::RECOVERED => return f.write_str("recovered"),
            _ => {}
        }
        let bits = u128::from_be_bytes(self.0);
        let mut text = String::with_capacity(26);
        for digit in (0..26).rev() {
            // 26 digits hold 130 bits: the first one carries the top three.
            let value = (bits >> (digit * 5)) & 31;
            text.push(char::from(BASE32[value as usize]));
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for NodeId {
    type Err = VfsError;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "root" => return Ok(Self::ROOT),
            "trash" => return Ok(Self::TRASH),
            "recovered" => return Ok(Self::RECOVERED),
            _ => {}
        }
        let wrong = || VfsError::Damaged {
            why: format!("`{text}` is not a node id"),
        };
        if text.len() != 26 {
            return Err(wrong());
        }
        let mut bits: u128 = 0;
        for (place, byte) in text.bytes().enumerate() {
            let value = BASE32.iter().position(|&b| b == byte).ok_or_else(wrong)?;
            if place == 0 && value > 7 {
                return Err(wrong());
            }
            bits = (bits << 5) | value as u128;
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

/// The SHA-256 of a content. As text: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of a content.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Hash {
    type Err = VfsError;

    fn from_str(text: &str) -> Result<Self> {
        unhex(text).map(Self).ok_or_else(|| VfsError::Damaged {
            why: format!("`{text}` is not a SHA-256"),
        })
    }
}

/// A point in the workspace's time: the changes that nothing follows yet. As text: hexadecimal
/// hashes in order, with commas between them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Heads(pub(crate) Vec<[u8; 32]>);

impl Heads {
    /// Heads from the hashes of changes, in any order.
    #[must_use]
    pub fn new(mut hashes: Vec<[u8; 32]>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// The hashes of the changes, in order.
    #[must_use]
    pub fn hashes(&self) -> &[[u8; 32]] {
        &self.0
    }

    /// The hashes as text, one each: the form that the contract uses.
    #[must_use]
    pub fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(|hash| hex(hash)).collect()
    }

    /// Heads from the form that [`Heads::to_strings`] gives.
    pub fn from_strings<S: AsRef<str>>(texts: &[S]) -> Result<Self> {
        texts
            .iter()
            .map(|text| {
                unhex(text.as_ref()).ok_or_else(|| VfsError::InvalidQuery {
                    why: format!("`{}` is not the hash of a change", text.as_ref()),
                })
            })
            .collect::<Result<Vec<_>>>()
            .map(Self::new)
    }
}

impl fmt::Display for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_strings().join(","))
    }
}

impl fmt::Debug for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heads({self})")
    }
}

impl FromStr for Heads {
    type Err = VfsError;

    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        Self::from_strings(&text.split(',').collect::<Vec<_>>())
    }
}

/// Lower-case hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_hashes_and_heads_survive_their_text() {
        let id = NodeId::from_random(0x8000_0000_0000_0000_0000_0000_0000_0001).expect("random");
        assert_eq!(id.to_string().len(), 26);
        assert_eq!(id.to_string().parse::<NodeId>(), Ok(id));
        assert_eq!("root".parse::<NodeId>(), Ok(NodeId::ROOT));
        assert!(
            "z".repeat(26).parse::<NodeId>().is_err(),
            "more than 128 bits"
        );

        let hash = Hash::of(b"abc");
        assert!(hash.to_string().starts_with("ba7816bf"));
        assert_eq!(hash.to_string().parse::<Hash>(), Ok(hash));

        let heads = Heads::new(vec![[2; 32], [1; 32], [2; 32]]);
        assert_eq!(heads.hashes(), [[1; 32], [2; 32]]);
        assert_eq!(heads.to_string().parse::<Heads>(), Ok(heads));
        assert!(Heads::from_strings(&["12"]).is_err());
    }

    #[test]
    fn fixed_places_are_never_drawn() {
        assert_eq!(NodeId::from_random(0), None);
        assert_eq!(NodeId::from_random(u128::MAX), None);
    }
}
