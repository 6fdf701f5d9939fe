//! Whether bytes are ASCII, many at a time.

/// How many bytes are looked at before the next question whether one of them is not.
const BLOCK_BYTES: usize = 64;
/// The bit that no byte of ASCII has.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Whether all bytes are ASCII. It must not ask the slice itself, which it stands in for.
#[must_use]
pub fn is_ascii(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
    let whole = blocks.iter().all(|block| {
        let (words, _) = block.as_chunks::<8>();
        let all = words
            .iter()
            .fold(0, |all, word| all | u64::from_le_bytes(*word));
        all & HIGH == 0
    });
    whole && rest.iter().all(|byte| *byte < 0x80)
}

#[cfg(test)]
mod tests {
    use super::is_ascii;

    #[test]
    fn every_place_of_a_byte_that_is_not_is_seen() {
        for length in [0, 1, 7, 8, 63, 64, 65, 127, 128, 200] {
            let mut bytes = vec![0x7f; length];
            assert!(is_ascii(&bytes), "{length}");
            for at in 0..length {
                bytes[at] = 0x80;
                assert!(!is_ascii(&bytes), "{at} of {length}");
                bytes[at] = b'a';
            }
        }
    }
}
