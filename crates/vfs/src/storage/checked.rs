//! A database file of which every block is checked when it is read.
//!
//! **Problem.** redb trusts its pages. A page of which one bit is another is served as if it were right, or makes redb
//! panic; in a browser nothing catches a panic. redb's own checksums are looked at only when the whole file is.
//!
//! **Shape.** A second file, the *sums*, holds a checksum for each block of the database. It stands between redb and the
//! disk, so redb never sees a block that is not as it wrote it. The database's first block is redb's header, the one thing
//! that redb writes in place; it is kept three times, each time numbered and with a checksum of its own: in the database,
//! and in two places of the sums that are written in turn. The newest whole one counts.
//!
//! *Invariants.* What a durable header leads to has durable sums: they are flushed before the header is written. A crash can
//! only leave blocks and sums apart that no durable header leads to, and redb does not read those: every transaction is
//! committed in two phases. While a header is being written, a whole one lies durably elsewhere. With every flush that
//! returned, there are two copies of the newest header, so that one of them may go bad.

use super::redb::{StorageBackend, io_failed, unchecked};
use super::rows::{FORMAT_VERSION, damaged, read_meta, set_format};
use crate::error::{Result, VfsError};
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use twox_hash::XxHash64;

/// The first bytes of the sums, the format's version the last of them.
const MAGIC: &[u8; 8] = b"SELVSUM\x02";
const _: () = assert!(MAGIC[7] as u32 == FORMAT_VERSION);
/// What redb reads and writes at a time, or several of it.
const BLOCK_BYTES: usize = 4096;
/// Bytes of redb's header, at the beginning of the database.
const HEADER_BYTES: usize = 320;
/// A header with its number and checksum.
const SIGNED_BYTES: usize = HEADER_BYTES + 16;
/// A disk writes so many bytes as a whole or not at all; each copy of the header has its own.
const SECTOR_BYTES: u64 = 512;
/// Where the checksums of blocks begin, in the order of the blocks.
const SUMS_OFFSET: u64 = 4096;
const SUM_BYTES: u64 = 8;
/// Checksums that are read at a time.
const PAGE_SUMS: u64 = 512;
const PAGE_BYTES: u64 = PAGE_SUMS * SUM_BYTES;
/// Blocks that are read at a time when all of a database gets checksums.
const BLOCKS_AT_ONCE: usize = 64;

type File = Arc<dyn StorageBackend>;

/// What redb wrote at the beginning of the database, and how often it had written there.
#[derive(Clone)]
struct Header {
    bytes: [u8; HEADER_BYTES],
    number: u64,
}

impl Header {
    fn encode(&self) -> [u8; SIGNED_BYTES] {
        let mut signed = [0; SIGNED_BYTES];
        signed[..HEADER_BYTES].copy_from_slice(&self.bytes);
        signed[HEADER_BYTES..HEADER_BYTES + 8].copy_from_slice(&self.number.to_le_bytes());
        let sum = sum(&signed[..HEADER_BYTES + 8], 0);
        signed[HEADER_BYTES + 8..].copy_from_slice(&sum.to_le_bytes());
        signed
    }

    /// The header of this place, when there is a whole one.
    fn read(file: &File, offset: u64) -> Result<Option<Self>> {
        if file.len().map_err(io_failed)? < offset + SIGNED_BYTES as u64 {
            return Ok(None);
        }
        let mut signed = [0; SIGNED_BYTES];
        file.read(offset, &mut signed).map_err(io_failed)?;
        let mut header = Self {
            bytes: [0; HEADER_BYTES],
            number: number(&signed[HEADER_BYTES..]),
        };
        header.bytes.copy_from_slice(&signed[..HEADER_BYTES]);
        Ok((header.encode() == signed).then_some(header))
    }

    /// Where the sums have the copy of this header. The one before it lies in the other place.
    fn copy_offset(&self) -> u64 {
        SECTOR_BYTES * (1 + self.number % 2)
    }

    /// Whether it leads to a database: redb writes the first bytes last.
    fn is_finished(&self) -> bool {
        self.bytes[..9] != [0; 9]
    }
}

#[derive(Default)]
struct State {
    /// The header as redb wrote it last.
    header: Option<Header>,
    /// The header is not written yet.
    header_waits: bool,
    /// The copy that was written last survives the loss of power.
    copy_is_durable: bool,
    /// Some checksums are not written yet.
    has_fresh: bool,
    /// The checksums by page, as far as they were needed.
    pages: Vec<Page>,
}

/// Checksums of neighbouring blocks.
#[derive(Default)]
struct Page {
    /// As they are to be; nothing when they were not read yet.
    bytes: Vec<u8>,
    /// Which of these bytes are not written yet.
    fresh: Range<usize>,
}

/// A database behind its checksums.
pub(super) struct CheckedFile {
    database: File,
    sums: File,
    state: Mutex<State>,
}

impl fmt::Debug for CheckedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckedFile")
    }
}

impl CheckedFile {
    /// Opens a database with its sums, or begins anew when there is none. One without sums is read as a whole and
    /// gets them; so does one whose sums have lost their beginning.
    ///
    /// # Errors
    /// What is there can't be read, or a later version wrote it. Nothing is written then.
    pub fn open(database: File, sums: File) -> Result<Self> {
        let length = sums.len().map_err(io_failed)?;
        let mut magic = [0; MAGIC.len()];
        if length >= SUMS_OFFSET {
            sums.read(0, &mut magic).map_err(io_failed)?;
        }
        let has_sums = magic == *MAGIC;
        if !has_sums && magic[..7] == MAGIC[..7] && magic[7] > MAGIC[7] {
            return Err(VfsError::UnsupportedFormat {
                found: u32::from(magic[7]),
                supported: FORMAT_VERSION,
            });
        }
        let file = Self {
            database,
            sums,
            state: Mutex::default(),
        };
        let header = if has_sums { file.newest()? } else { None };
        match header {
            Some(header) if header.is_finished() => {
                if file.database.len().map_err(io_failed)? == 0 {
                    return Err(damaged("the database is gone, and its checksums are not"));
                }
                file.state().header = Some(header);
                file.lengthen_sums().map_err(io_failed)?;
            }
            // The making of a database was cut short.
            Some(_) => file.begin().map_err(io_failed)?,
            None if file.is_unfinished()? => file.begin().map_err(io_failed)?,
            None if has_sums => return Err(damaged("no copy of the database's header is whole")),
            None => file.adopt()?,
        }
        Ok(file)
    }

    /// Makes place for the checksums of all blocks: the loss of power can leave the database longer, and not them.
    fn lengthen_sums(&self) -> io::Result<()> {
        let wanted = sums_len(self.database.len()?);
        match self.sums.len()? < wanted {
            true => self.sums.set_len(wanted),
            false => Ok(()),
        }
    }

    fn newest(&self) -> Result<Option<Header>> {
        let copies = [
            Header::read(&self.database, 0)?,
            Header::read(&self.sums, SECTOR_BYTES)?,
            Header::read(&self.sums, 2 * SECTOR_BYTES)?,
        ];
        let found = copies.into_iter().flatten();
        Ok(found.max_by_key(|header| header.number))
    }

    /// A database whose making was cut short holds nothing.
    fn is_unfinished(&self) -> Result<bool> {
        let length = self.database.len().map_err(io_failed)?;
        let mut start = [0; 9];
        let start = &mut start[..usize::try_from(length).unwrap_or(usize::MAX).min(9)];
        self.database.read(0, start).map_err(io_failed)?;
        Ok(start.iter().all(|&byte| byte == 0))
    }

    fn begin(&self) -> io::Result<()> {
        for file in [&self.database, &self.sums] {
            if file.len()? > 0 {
                file.set_len(0)?;
            }
        }
        self.sums.set_len(SUMS_OFFSET)?;
        self.sums.write(0, MAGIC)
    }

    /// Gives a database its checksums. They count when their first bytes are there, which come last.
    fn adopt(&self) -> Result<()> {
        let database = unchecked(&self.database)?;
        let format = read_meta(&database, "format")?;
        if let Some(format) = format.filter(|&format| format > u64::from(FORMAT_VERSION)) {
            return Err(VfsError::UnsupportedFormat {
                found: u32::try_from(format).unwrap_or(u32::MAX),
                supported: FORMAT_VERSION,
            });
        }
        if format.is_some() {
            // From here on, no program may write that does not know of the checksums.
            set_format(&database)?;
        }
        drop(database);
        self.sum_all().map_err(io_failed)
    }

    fn sum_all(&self) -> io::Result<()> {
        let length = self.database.len()?;
        self.sums.set_len(0)?;
        self.sums.set_len(sums_len(length))?;
        let mut header = [0; HEADER_BYTES];
        self.database.read(0, &mut header)?;
        self.write(0, &header)?;
        let mut buffer = vec![0; BLOCKS_AT_ONCE * BLOCK_BYTES];
        let mut offset = BLOCK_BYTES as u64;
        while offset < length {
            let rest = usize::try_from(length - offset).unwrap_or(usize::MAX);
            let bytes = &mut buffer[..rest.min(BLOCKS_AT_ONCE * BLOCK_BYTES)];
            self.database.read(offset, bytes)?;
            self.sum_up(&mut self.state(), offset, bytes)?;
            offset += bytes.len() as u64;
        }
        self.sync_data()?;
        self.sums.write(0, MAGIC)?;
        self.sums.sync_data()
    }

    /// Notes the checksums of blocks that are written.
    fn sum_up(&self, state: &mut State, offset: u64, data: &[u8]) -> io::Result<()> {
        let first = blocks_at(offset, data)?;
        for (block, bytes) in (first..).zip(data.chunks(BLOCK_BYTES)) {
            let (page, at) = self.page(state, block)?;
            let end = at + SUM_BYTES as usize;
            page.bytes[at..end].copy_from_slice(&sum(bytes, block).to_le_bytes());
            page.fresh = match page.fresh.is_empty() {
                true => at..end,
                false => page.fresh.start.min(at)..page.fresh.end.max(end),
            };
        }
        state.has_fresh = true;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page that has a block's checksum, and where in it.
    fn page<'a>(&self, state: &'a mut State, block: u64) -> io::Result<(&'a mut Page, usize)> {
        let number = (block / PAGE_SUMS) as usize;
        if state.pages.len() <= number {
            state.pages.resize_with(number + 1, Page::default);
        }
        let page = &mut state.pages[number];
        if page.bytes.is_empty() {
            let mut bytes = vec![0; PAGE_BYTES as usize];
            let offset = SUMS_OFFSET + number as u64 * PAGE_BYTES;
            self.sums.read(offset, &mut bytes)?;
            page.bytes = bytes;
        }
        Ok((page, (block % PAGE_SUMS * SUM_BYTES) as usize))
    }

    fn write_fresh(&self, state: &mut State) -> io::Result<()> {
        for (number, page) in state.pages.iter_mut().enumerate() {
            let fresh = std::mem::take(&mut page.fresh);
            if !fresh.is_empty() {
                let offset = SUMS_OFFSET + number as u64 * PAGE_BYTES + fresh.start as u64;
                self.sums.write(offset, &page.bytes[fresh])?;
            }
        }
        Ok(())
    }
}

impl StorageBackend for CheckedFile {
    fn len(&self) -> io::Result<u64> {
        self.database.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.state();
        if offset == 0 && out.len() <= HEADER_BYTES {
            match &state.header {
                Some(header) => out.copy_from_slice(&header.bytes[..out.len()]),
                None => out.fill(0),
            }
            return Ok(());
        }
        let first = blocks_at(offset, out)?;
        self.database.read(offset, out)?;
        for (block, bytes) in (first..).zip(out.chunks(BLOCK_BYTES)) {
            let (page, at) = self.page(&mut state, block)?;
            if number(&page.bytes[at..]) != sum(bytes, block) {
                let why = format!("block {block} of the database is not as it was written");
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if self.sums.len()? < sums_len(len) {
            self.sums.set_len(sums_len(len))?;
        }
        self.database.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let state = &mut *self.state();
        let header = state.header.as_ref().filter(|_| state.header_waits);
        let header = header.cloned();
        // The copy must not go over the last durable one, nor a header lead to sums that are not durable.
        let is_copied_first = header.is_some() && !state.copy_is_durable;
        let is_ahead = is_copied_first || state.has_fresh;
        let copy = |header: &Header| self.sums.write(header.copy_offset(), &header.encode());
        if is_ahead {
            self.write_fresh(state)?;
            header.as_ref().map_or(Ok(()), copy)?;
            self.sums.sync_data()?;
            state.copy_is_durable = true;
            state.has_fresh = false;
        }
        if let Some(header) = &header {
            self.database.write(0, &header.encode())?;
        }
        self.database.sync_data()?;
        if let Some(header) = header.filter(|_| !is_ahead) {
            copy(&header)?;
            state.copy_is_durable = false;
        }
        state.header_waits = false;
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let state = &mut *self.state();
        if let (0, Ok(bytes)) = (offset, <[u8; HEADER_BYTES]>::try_from(data)) {
            let before = state.header.as_ref().map_or(0, |header| header.number);
            state.header = Some(Header {
                bytes,
                number: before + u64::from(!state.header_waits),
            });
            state.header_waits = true;
            return Ok(());
        }
        self.database.write(offset, data)?;
        self.sum_up(state, offset, data)
    }
}

/// The checksum of a block; another block with the same bytes has another one.
fn sum(bytes: &[u8], block: u64) -> u64 {
    XxHash64::oneshot(block.wrapping_add(1), bytes)
}

/// The number of the first block of these bytes, which must be whole blocks and not the header's.
fn blocks_at(offset: u64, bytes: &[u8]) -> io::Result<u64> {
    let block = BLOCK_BYTES as u64;
    if offset == 0 || !offset.is_multiple_of(block) || !bytes.len().is_multiple_of(BLOCK_BYTES) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok(offset / block)
}

/// How long the sums of a database of this length are.
fn sums_len(length: u64) -> u64 {
    SUMS_OFFSET + length.div_ceil(BLOCK_BYTES as u64 * PAGE_SUMS) * PAGE_BYTES
}

fn number(bytes: &[u8]) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(number)
}
