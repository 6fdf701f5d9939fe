//! The subset of WASI preview 1 that a guest gets: a clock, seeded randomness and a log.
//!
//! Source: <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>. A function that
//! is not listed here answers `ENOSYS`, so that a guest that asks for more is told so, not stopped.

use crate::sandbox::{Host, Memory, Sandbox};
use selvage_tool::guest::LogLevel;
use sha2::{Digest, Sha256};

const SUCCESS: i32 = 0;
const EBADF: i32 = 8;
const EFAULT: i32 = 21;
const EINVAL: i32 = 28;
const ENOSYS: i32 = 52;

/// The most bytes of randomness that one call gives.
pub const RANDOM_BYTES_MAX: usize = 1024 * 1024;

/// The most pieces that one write may have.
pub const IOVECS_MAX: usize = 1024;

/// Randomness that a seed decides: SHA-256 in counter mode.
#[derive(Debug)]
pub struct Randomness {
    seed: u64,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Randomness {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    /// Fills a buffer.
    pub fn fill(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            if self.used == self.block.len() {
                let mut hash = Sha256::new();
                hash.update(self.seed.to_le_bytes());
                hash.update(self.counter.to_le_bytes());
                self.block = hash.finalize().into();
                self.counter += 1;
                self.used = 0;
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }
}

impl Sandbox {
    /// Answers one WASI call: the function's name, its arguments as numbers, the guest's memory.
    /// Gives the error number, 0 for success.
    pub fn wasi(
        &mut self,
        name: &str,
        args: &[u64],
        memory: &mut dyn Memory,
        host: &mut dyn Host,
    ) -> i32 {
        let arg =
            |index: usize| u32::try_from(args.get(index).copied().unwrap_or(0)).unwrap_or(u32::MAX);
        let put = |memory: &mut dyn Memory, at: u32, bytes: &[u8]| {
            if memory.write(at, bytes) {
                SUCCESS
            } else {
                EFAULT
            }
        };
        match name {
            "clock_time_get" => {
                let nanoseconds = self.clock_ns(arg(0) == 0, host);
                put(memory, arg(2), &nanoseconds.to_le_bytes())
            }
            "clock_res_get" => put(memory, arg(1), &1_000_u64.to_le_bytes()),
            "random_get" => {
                let length = arg(1) as usize;
                if length > RANDOM_BYTES_MAX {
                    return EINVAL;
                }
                let mut bytes = vec![0; length];
                self.randomness().fill(&mut bytes);
                put(memory, arg(0), &bytes)
            }
            "args_sizes_get" | "environ_sizes_get" => put(memory, arg(0), &0_u32.to_le_bytes())
                .max(put(memory, arg(1), &0_u32.to_le_bytes())),
            "args_get" | "environ_get" | "sched_yield" => SUCCESS,
            "fd_write" => self.fd_write(arg(0), (arg(1), arg(2)), arg(3), memory, host),
            "fd_close"
            | "fd_seek"
            | "fd_prestat_get"
            | "fd_prestat_dir_name"
            | "fd_fdstat_get"
            | "fd_read" => EBADF,
            _ => ENOSYS,
        }
    }

    fn fd_write(
        &mut self,
        fd: u32,
        pieces: (u32, u32),
        written_at: u32,
        memory: &mut dyn Memory,
        host: &mut dyn Host,
    ) -> i32 {
        let level = match fd {
            1 => LogLevel::Info,
            2 => LogLevel::Error,
            _ => return EBADF,
        };
        if pieces.1 as usize > IOVECS_MAX {
            return EINVAL;
        }
        let Some(table) = memory.read(pieces.0, pieces.1.saturating_mul(8)) else {
            return EFAULT;
        };
        let mut text = Vec::new();
        for [a, b, c, d, e, f, g, h] in table.as_chunks::<8>().0 {
            let (at, length) = (
                u32::from_le_bytes([*a, *b, *c, *d]),
                u32::from_le_bytes([*e, *f, *g, *h]),
            );
            let Some(bytes) = memory.read(at, length) else {
                return EFAULT;
            };
            text.extend_from_slice(&bytes);
        }
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.log(
            level,
            "selvage",
            String::from_utf8_lossy(&text).trim_end(),
            host,
        );
        if memory.write(written_at, &length.to_le_bytes()) {
            SUCCESS
        } else {
            EFAULT
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_bytes_however_they_are_asked_for() {
        let (mut whole, mut pieces) = ([0; 100], [0; 100]);
        Randomness::new(7).fill(&mut whole);
        let mut random = Randomness::new(7);
        for part in pieces.chunks_mut(13) {
            random.fill(part);
        }
        assert_eq!(whole, pieces);
        let mut other = [0; 100];
        Randomness::new(8).fill(&mut other);
        assert_ne!(whole, other);
    }
}
