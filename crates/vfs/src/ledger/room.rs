//! Memory that a ledger is read into.

/// How much of it the engine takes, for each byte that it reads: half of that which was seen.
#[cfg(target_family = "wasm")]
const READING_FACTOR: usize = 32;

/// Asks for the memory of a ledger of so many bytes at once.
///
/// A program's memory grows by what one allocation lacks, thousands of times here, and a browser collects its garbage each time.
/// What is asked for and given back at once stays, and is there for what comes.
pub fn make(bytes: usize) {
    #[cfg(target_family = "wasm")]
    {
        let mut ahead = Vec::<u8>::new();
        // Without it, all goes on as before.
        let _ = ahead.try_reserve_exact(bytes.saturating_mul(READING_FACTOR));
        std::hint::black_box(ahead);
    }
    // An operating system gives memory out as it is touched.
    #[cfg(not(target_family = "wasm"))]
    let _ = bytes;
}
