//! Bytes of everything that is signed, sent or kept.
//!
//! There is one spelling of each thing: integers are LEB128 in their shortest form, and nothing may
//! follow the end. So a byte that changes always changes the meaning, or makes it unreadable.

use crate::{Result, TrustError};

/// Adds an integer.
pub(crate) fn put_uint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

/// Adds bytes with their length before them.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Reads what [`put_uint`] and [`put_bytes`] wrote.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes` as a `what`, refusing more than `max` of them.
    pub fn new(
        what: &'static str,
        bytes: &'a [u8],
        limit: &'static str,
        max: usize,
    ) -> Result<Self> {
        crate::within(limit, bytes.len(), max)?;
        Ok(Self { what, rest: bytes })
    }

    /// An error about what is read.
    pub fn bad(&self, why: &'static str) -> TrustError {
        TrustError::Malformed {
            what: self.what,
            why,
        }
    }

    /// The format version, which must be the one that this crate writes.
    pub fn version(&mut self) -> Result<()> {
        let found = self.byte()?;
        if found == crate::FORMAT {
            return Ok(());
        }
        Err(TrustError::UnsupportedFormat {
            what: self.what,
            found,
            supported: crate::FORMAT,
        })
    }

    /// So many bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.rest.len() {
            return Err(self.bad("it ends too early"));
        }
        let (head, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(head)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// So many bytes, as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// An integer.
    pub fn uint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                break;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(self.bad("an integer is not in its shortest form"));
                }
                return Ok(value);
            }
        }
        Err(self.bad("an integer is too large"))
    }

    /// How many of something follow, each of which takes at least `size` bytes.
    pub fn count(&mut self, size: usize, limit: &'static str, max: usize) -> Result<usize> {
        let count = self.uint()?;
        if count > max as u64 {
            return Err(TrustError::TooLarge {
                limit,
                size: count,
                max: max as u64,
            });
        }
        let count = count as usize;
        if count.saturating_mul(size) > self.rest.len() {
            return Err(self.bad("it ends too early"));
        }
        Ok(count)
    }

    /// Bytes with their length before them.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.uint()?;
        let length = usize::try_from(length).map_err(|_| self.bad("it ends too early"))?;
        self.take(length)
    }

    /// Text with its length before it.
    pub fn text(&mut self) -> Result<&'a str> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.bad("a text is not UTF-8"))
    }

    /// What is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Checks that nothing is left.
    pub fn end(&self) -> Result<()> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.bad("something follows its end"))
        }
    }
}

/// Takes the last 64 bytes off: a signature, and what it signs.
pub(crate) fn split_signature<'a>(
    what: &'static str,
    bytes: &'a [u8],
) -> Result<(&'a [u8], [u8; 64])> {
    match bytes.split_last_chunk::<64>() {
        Some((body, signature)) => Ok((body, *signature)),
        None => Err(TrustError::Malformed {
            what,
            why: "it ends too early",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_has_one_spelling() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Vec::new();
            put_uint(&mut out, value);
            let mut reader = Reader::new("it", &out, "bytes", 99).expect("it can be read");
            assert_eq!(reader.uint().expect("it can be read"), value);
            reader.end().expect("it can be read");
        }
        for long in [&[0x80, 0][..], &[0xff; 10], &[0xff; 11], &[0x80; 3]] {
            assert!(
                Reader::new("it", long, "bytes", 99)
                    .expect("it can be read")
                    .uint()
                    .is_err()
            );
        }
    }

    #[test]
    fn a_count_is_believed_only_as_far_as_there_are_bytes() {
        let bytes = [200, 1, 7, 7];
        let mut reader = Reader::new("it", &bytes, "bytes", 99).expect("it can be read");
        assert!(reader.clone().count(1, "things_max", 500).is_err());
        assert!(matches!(
            reader.count(0, "things_max", 100),
            Err(TrustError::TooLarge { size: 200, .. })
        ));
    }
}
