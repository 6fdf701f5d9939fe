//! Brotli at its best, which takes seconds a megabyte, and so is done once for the same bytes.

use crate::inputs::hex;
use crate::root;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::fs;

/// Compresses with brotli's quality 11 and a window of 16 MB.
///
/// # Errors
/// When the cache can't be written.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let folder = root::at("target/selvage-cache/brotli");
    let kept = folder.join(hex(&Sha256::digest(bytes)));
    if let Ok(compressed) = fs::read(&kept) {
        return Ok(compressed);
    }
    let compressed = best(bytes)?;
    fs::create_dir_all(&folder)?;
    let beside = kept.with_extension(std::process::id().to_string());
    fs::write(&beside, &compressed)?;
    fs::rename(beside, kept)?;
    Ok(compressed)
}

fn best(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use super::best;

    #[test]
    fn what_is_compressed_is_small_and_comes_back() {
        let text = "a selvage holds by itself; ".repeat(400);
        let compressed = best(text.as_bytes()).expect("compressed");
        assert!(compressed.len() < 100, "{} bytes", compressed.len());
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut compressed.as_slice(), &mut back).expect("decompressed");
        assert_eq!(back, text.as_bytes());
    }
}
