//! The subset of WASI preview 1 that a guest gets: a clock, seeded randomness and a log.
//!
//! Source: <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>. A function that
//! is not listed here answers `ENOSYS`, so that a guest that asks for more is told so, not stopped.

use crate::sandbox::{Host, Memory, Sandbox};
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use selvage_tool::guest::LogLevel;

const SUCCESS: i32 = 0;
const EBADF: i32 = 8;
const EFAULT: i32 = 21;
const EINVAL: i32 = 28;
const ENOSYS: i32 = 52;

/// The most bytes of randomness that one call gives.
pub const RANDOM_BYTES_MAX: usize = 64 * 1024;

/// The most pieces that one write may have.
pub const IOVECS_MAX: usize = 1024;

/// The most bytes that one write puts into the log; the guest is told that the rest was not written.
pub const WRITE_BYTES_MAX: u32 = 64 * 1024;

/// Randomness that a seed decides: ChaCha with eight rounds, so fast that a guest which asks for nothing else still comes
/// to its next look at the limits in time.
#[derive(Debug)]
pub struct Randomness {
    stream: ChaCha8Rng,
    block: [u8; 64],
    used: usize,
}

impl Randomness {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            stream: ChaCha8Rng::seed_from_u64(seed),
            block: [0; 64],
            used: 64,
        }
    }

    /// Fills a buffer. The bytes do not hang on the sizes in which they are asked for.
    pub fn fill(&mut self, mut buffer: &mut [u8]) {
        while !buffer.is_empty() {
            if self.used == self.block.len() {
                self.stream.fill_bytes(&mut self.block);
                self.used = 0;
            }
            let count = buffer.len().min(self.block.len() - self.used);
            let (now, later) = buffer.split_at_mut(count);
            now.copy_from_slice(&self.block[self.used..self.used + count]);
            self.used += count;
            buffer = later;
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
                let nanoseconds = self.clock.look_ns(arg(0) == 0, host);
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
        let mut room = WRITE_BYTES_MAX;
        for [a, b, c, d, e, f, g, h] in table.as_chunks::<8>().0 {
            let (at, length) = (
                u32::from_le_bytes([*a, *b, *c, *d]),
                u32::from_le_bytes([*e, *f, *g, *h]),
            );
            let length = length.min(room);
            room -= length;
            let Some(bytes) = memory.read(at, length) else {
                return EFAULT;
            };
            text.extend_from_slice(&bytes);
        }
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let text = String::from_utf8_lossy(&text);
        if !text.trim_end().is_empty() {
            self.log(level, "selvage", text.trim_end(), host);
        }
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

    struct World {
        reports: usize,
    }

    impl Host for World {
        fn now_ms(&mut self) -> f64 {
            0.0
        }
        fn wall_ms(&mut self) -> f64 {
            0.0
        }
        fn blob(&mut self, _: &str) -> Option<std::sync::Arc<[u8]>> {
            None
        }
        fn report(&mut self, _: selvage_tool::run::RunReport) {
            self.reports += 1;
        }
    }

    /// A page of memory that seems to be 4 GiB: every read beyond it gives zeros, and is noted.
    #[derive(Default)]
    struct Endless {
        page: Vec<u8>,
        read: std::cell::Cell<u64>,
    }

    impl Memory for Endless {
        fn read(&self, at: u32, length: u32) -> Option<Vec<u8>> {
            self.read.set(self.read.get() + u64::from(length));
            let mut bytes = vec![b'x'; length as usize];
            for (byte, own) in bytes.iter_mut().zip(self.page.get(at as usize..)?) {
                *byte = *own;
            }
            Some(bytes)
        }
        fn write(&mut self, at: u32, bytes: &[u8]) -> bool {
            let at = at as usize;
            let Some(room) = self.page.get_mut(at..at + bytes.len()) else {
                return false;
            };
            room.copy_from_slice(bytes);
            true
        }
    }

    #[test]
    fn a_write_of_more_than_there_is_takes_little_and_empty_ones_say_nothing() {
        let mut host = World { reports: 0 };
        let mut sandbox =
            Sandbox::new(selvage_tool::run::Job::warm_up(), "", &mut host).expect("a job");
        let mut memory = Endless {
            page: vec![0; 65536],
            ..Endless::default()
        };
        for piece in memory.page[..1024 * 8].as_chunks_mut::<8>().0 {
            piece[..4].copy_from_slice(&60_000_u32.to_le_bytes());
            piece[4..].copy_from_slice(&(128_u32 << 20).to_le_bytes());
        }
        let written_at = 65_000;
        let mut write = |pieces: u64, memory: &mut Endless| {
            sandbox.wasi("fd_write", &[2, 0, pieces, written_at], memory, &mut host)
        };
        assert_eq!(write(IOVECS_MAX as u64, &mut memory), SUCCESS);
        assert_eq!(write(IOVECS_MAX as u64 + 1, &mut memory), EINVAL);
        assert_eq!(
            memory.page[written_at as usize..][..4],
            WRITE_BYTES_MAX.to_le_bytes()
        );
        assert!(memory.read.get() <= u64::from(WRITE_BYTES_MAX) + IOVECS_MAX as u64 * 8);
        assert_eq!(write(0, &mut memory), SUCCESS);
        assert_eq!(host.reports, 1, "an empty write is no entry");
        let random = |length: usize| vec![0, length as u64];
        let mut ask = |args: Vec<u64>| sandbox.wasi("random_get", &args, &mut memory, &mut host);
        assert_eq!(ask(random(RANDOM_BYTES_MAX)), SUCCESS);
        assert_eq!(ask(random(RANDOM_BYTES_MAX + 1)), EINVAL);
    }
}
