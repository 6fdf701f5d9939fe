//! The key that this host signs statements about runs with: Ed25519, in a file for its owner alone.
//!
//! The file is PKCS#8 in PEM (RFC 8410), so that `openssl pkey -in signing.pem -pubout` tells the public key.

use crate::HostError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The name of the file in a workspace's folder.
pub const KEY_FILE: &str = "signing.pem";

/// The most bytes of the file that are read; what was written here has 119.
const KEY_FILE_BYTES_MAX: u64 = 1_024;

/// What stands before the 32 bytes of a private key (RFC 8410, section 7).
const BEFORE: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// See the module. It is wiped when it is dropped.
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// The key in a workspace's folder; made of `random`, when there is none. Whoever calls has the workspace open, so that nobody
    /// makes another one meanwhile.
    ///
    /// # Errors
    /// The file can't be read or written, or holds no such key.
    pub fn open(folder: &Path, random: impl FnOnce() -> [u8; 32]) -> Result<Self, HostError> {
        let file = folder.join(KEY_FILE);
        let failed = |why: std::io::Error| HostError::Key {
            file: file.clone(),
            why: why.to_string(),
        };
        match File::open(&file) {
            Ok(opened) => {
                let mut text = Zeroizing::new(String::new());
                let read = opened.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text);
                read.map_err(failed)?;
                parse(&text).ok_or_else(|| HostError::Key {
                    file: file.clone(),
                    why: "it holds no Ed25519 key in PEM".into(),
                })
            }
            Err(why) if why.kind() == ErrorKind::NotFound => {
                let seed = Zeroizing::new(random());
                keep(folder, &file, &seed).map_err(failed)?;
                Ok(Self(SigningKey::from_bytes(&seed)))
            }
            Err(why) => Err(failed(why)),
        }
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

/// Keys are not for logs.
impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("device key")
    }
}

fn parse(text: &str) -> Option<DeviceKey> {
    let body = text.trim().strip_prefix(BEGIN)?.strip_suffix(END)?.trim();
    let der = Zeroizing::new(STANDARD.decode(body).ok()?);
    let seed = der.strip_prefix(&BEFORE)?;
    Some(DeviceKey(SigningKey::from_bytes(seed.try_into().ok()?)))
}

/// Writes the key so that a death leaves all of it or nothing.
fn keep(folder: &Path, file: &Path, seed: &[u8; 32]) -> std::io::Result<()> {
    let der = Zeroizing::new([&BEFORE[..], seed].concat());
    let base64 = Zeroizing::new(STANDARD.encode(&der[..]));
    let new = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&new)?;
    for part in [BEGIN, "\n", &base64, "\n", END, "\n"] {
        written.write_all(part.as_bytes())?;
    }
    written.sync_all()?;
    std::fs::rename(&new, file)?;
    // The new name is durable with the folder.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signature, VerifyingKey};

    #[test]
    fn a_key_is_made_once_and_for_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = DeviceKey::open(folder.path(), || [7; 32]).expect("made");
        let again = DeviceKey::open(folder.path(), || panic!("there is one")).expect("read");
        assert_eq!(made.public(), again.public());

        let signature = Signature::from_bytes(&again.sign(b"a statement"));
        let key = VerifyingKey::from_bytes(&made.public()).expect("a key");
        assert!(key.verify_strict(b"a statement", &signature).is_ok());

        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let kept = std::fs::metadata(folder.path().join(KEY_FILE)).expect("there");
            assert_eq!(kept.permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(KEY_FILE);
        let long = format!("{BEGIN}\n{}\n{END}", "A".repeat(2_000));
        for text in [
            "",
            "x",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            &long,
        ] {
            std::fs::write(&file, text).expect("written");
            let refused = DeviceKey::open(folder.path(), || [7; 32]);
            assert!(matches!(refused, Err(HostError::Key { .. })), "{text}");
            assert_eq!(std::fs::read_to_string(&file).expect("read"), text);
        }
    }
}
