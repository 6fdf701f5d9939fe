//! The spelling of what is kept: fields with their lengths.

use crate::{CourierError, Result};

pub(crate) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_le_bytes());
    out.extend(bytes);
}

pub(crate) fn put_list<'a>(out: &mut Vec<u8>, items: impl ExactSizeIterator<Item = &'a [u8]>) {
    out.extend((items.len() as u64).to_le_bytes());
    items.for_each(|item| put(out, item));
}

pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (head, rest) = self
            .0
            .split_at_checked(len)
            .ok_or(CourierError::Unreadable)?;
        self.0 = rest;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| CourierError::Unreadable)
    }

    pub fn uint(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let len = usize::try_from(self.uint()?).map_err(|_| CourierError::Unreadable)?;
        self.take(len)
    }

    pub fn list(&mut self) -> Result<Vec<Vec<u8>>> {
        (0..self.uint()?)
            .map(|_| self.bytes().map(<[u8]>::to_vec))
            .collect()
    }

    pub fn end(&self) -> Result<()> {
        self.0
            .is_empty()
            .then_some(())
            .ok_or(CourierError::Unreadable)
    }
}
