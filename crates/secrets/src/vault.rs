//! The list of secrets, and the file that it is kept in.
//!
//! The file is JSON: how the key is derived (Argon2id, RFC 9106), and the list under XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha). What
//! says how the key is derived is bound into the seal, so that nobody weakens it unseen. Names and domains are sealed as well.

use crate::{
    DOMAINS_MAX, FILE_BYTES_MAX, NAME_BYTES_MAX, PASSPHRASE_BYTES_MAX, PASSPHRASE_CHARS_MIN,
    Result, SECRET_BYTES_MAX, SECRET_BYTES_MIN, SECRETS_MAX, SecretsError, within,
};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use selvage_tool::Grant;
use selvage_tool::grant::is_domain;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const FORMAT: &str = "selvage-secrets";
const VERSION: u32 = 1;

/// The most memory that a file may ask for when its key is derived, in KiB.
const MEMORY_KIB_MAX: u32 = 128 * 1024;

/// The most passes that a file may ask for.
const PASSES_MAX: u32 = 8;

fn odd(why: &str) -> SecretsError {
    SecretsError::NoVault(why.into())
}

/// How a key is derived from a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Derivation {
    /// `argon2id`.
    name: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
}

impl Derivation {
    /// The second of the two choices of RFC 9106, section 4, with one lane, since a browser's Worker has one thread: 64 MiB, three passes.
    #[must_use]
    pub fn new(salt: [u8; 16]) -> Self {
        Self {
            name: "argon2id".into(),
            memory_kib: 64 * 1024,
            passes: 3,
            salt: STANDARD.encode(salt),
        }
    }

    /// One that protects nothing, for tests.
    #[must_use]
    pub fn fast(salt: [u8; 16]) -> Self {
        Self {
            memory_kib: 8,
            passes: 1,
            ..Self::new(salt)
        }
    }

    fn key(&self, passphrase: &str) -> Result<Zeroizing<[u8; 32]>> {
        if self.name != "argon2id" {
            return Err(odd("its key is derived in another way"));
        }
        if self.memory_kib > MEMORY_KIB_MAX || self.passes > PASSES_MAX {
            return Err(odd("its key asks for too much memory or time"));
        }
        within(
            "passphrase_bytes_max",
            passphrase.len(),
            PASSPHRASE_BYTES_MAX,
        )?;
        let params = Params::new(self.memory_kib, self.passes, 1, Some(32))
            .map_err(|_| odd("its key is derived in a way that can't be"))?;
        let salt = STANDARD
            .decode(&self.salt)
            .map_err(|_| odd("its salt is no base64"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, &mut *key)
            .map_err(|_| odd("its salt can't be one"))?;
        Ok(key)
    }
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sealed {
    format: String,
    version: u32,
    key: Derivation,
    nonce: String,
    sealed: String,
}

impl Sealed {
    fn read(file: &[u8]) -> Result<Self> {
        within("file_bytes_max", file.len(), FILE_BYTES_MAX)?;
        let sealed: Self = serde_json::from_slice(file).map_err(|why| odd(&why.to_string()))?;
        if sealed.format != FORMAT || sealed.version != VERSION {
            let Self {
                format, version, ..
            } = sealed;
            return Err(odd(&format!("it is {format} of version {version}")));
        }
        Ok(sealed)
    }

    fn open(self, key: Zeroizing<[u8; 32]>) -> Result<Vault> {
        let decoded = |text: &str| {
            STANDARD
                .decode(text)
                .map_err(|_| odd("a part of it is no base64"))
        };
        let nonce = <[u8; 24]>::try_from(&decoded(&self.nonce)?[..])
            .map_err(|_| odd("its nonce has another length than 24 bytes"))?;
        let sealed = Payload {
            msg: &decoded(&self.sealed)?,
            aad: &Self::bound(&self.key),
        };
        let opened = XChaCha20Poly1305::new((&*key).into())
            .decrypt(&XNonce::from(nonce), sealed)
            .map(Zeroizing::new)
            .map_err(|_| SecretsError::WrongPassphrase)?;
        let secrets = serde_json::from_slice(&opened)
            // What a parser says of it could tell a part of it.
            .map_err(|_| odd("what was sealed is no list of secrets"))?;
        Ok(Vault {
            derivation: self.key,
            key,
            secrets,
        })
    }

    /// What is bound into the seal.
    fn bound(key: &Derivation) -> Vec<u8> {
        let Derivation {
            name,
            memory_kib,
            passes,
            salt,
        } = key;
        format!("{FORMAT} {VERSION} {name} {memory_kib} {passes} {salt}").into_bytes()
    }
}

/// A secret, as the list has it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secret {
    pub(crate) value: Zeroizing<String>,
    pub(crate) domains: Vec<String>,
    pub(crate) places: Vec<Place>,
}

/// A part of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A header's value.
    Header,
    /// The path or the query of the address.
    Address,
    /// The body.
    Body,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Header, Self::Address, Self::Body];

    /// What it is called.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Address => "address",
            Self::Body => "body",
        }
    }
}

impl Secret {
    /// Whether it may go to a domain.
    pub(crate) fn is_for(&self, domain: &str) -> bool {
        let net = self.domains.clone();
        Grant {
            net,
            ..Grant::default()
        }
        .covers_domain(domain)
    }
}

/// What may be told of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// What flows and rules call it.
    pub name: String,
    /// Where it may go.
    pub domains: Vec<String>,
    /// In which parts of a request.
    pub places: Vec<Place>,
}

/// See the module. Values and the key are wiped when it is dropped.
#[derive(Clone)]
pub struct Vault {
    derivation: Derivation,
    key: Zeroizing<[u8; 32]>,
    pub(crate) secrets: BTreeMap<String, Secret>,
}

/// Values are not for logs.
impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a vault of {} secrets", self.secrets.len())
    }
}

impl Vault {
    /// An empty one under a passphrase.
    ///
    /// # Errors
    /// The passphrase is too short or too long.
    pub fn new(passphrase: &str, derivation: Derivation) -> Result<Self> {
        if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(SecretsError::ShortPassphrase);
        }
        Ok(Self {
            key: derivation.key(passphrase)?,
            derivation,
            secrets: BTreeMap::new(),
        })
    }

    /// Opens a file.
    ///
    /// # Errors
    /// It is none, or the passphrase is another one.
    pub fn open(file: &[u8], passphrase: &str) -> Result<Self> {
        let sealed = Sealed::read(file)?;
        let key = sealed.key.key(passphrase)?;
        sealed.open(key)
    }

    /// Opens a file that this list, or another one under the same passphrase and derivation, was sealed into.
    ///
    /// # Errors
    /// It is none, or its passphrase was changed.
    pub fn again(&self, file: &[u8]) -> Result<Self> {
        let sealed = Sealed::read(file)?;
        if sealed.key != self.derivation {
            return Err(SecretsError::WrongPassphrase);
        }
        sealed.open(self.key.clone())
    }

    /// The file to keep. A nonce is drawn for each, and never used twice.
    ///
    /// # Errors
    /// It would be too large.
    pub fn seal(&self, nonce: [u8; 24]) -> Result<Vec<u8>> {
        let failed = |what: &str| SecretsError::Unfit(format!("the secrets can't be {what}"));
        let list = Zeroizing::new(
            serde_json::to_vec(&self.secrets).map_err(|_| failed("written as JSON"))?,
        );
        let sealed = XChaCha20Poly1305::new((&*self.key).into())
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &list,
                    aad: &Sealed::bound(&self.derivation),
                },
            )
            .map_err(|_| failed("sealed"))?;
        let file = Sealed {
            format: FORMAT.into(),
            version: VERSION,
            key: self.derivation.clone(),
            nonce: STANDARD.encode(nonce),
            sealed: STANDARD.encode(sealed),
        };
        let bytes = serde_json::to_vec_pretty(&file).map_err(|_| failed("written as JSON"))?;
        within("file_bytes_max", bytes.len(), FILE_BYTES_MAX)?;
        Ok(bytes)
    }

    /// The same secrets under another passphrase.
    ///
    /// # Errors
    /// The passphrase is too short or too long.
    pub fn rekeyed(&self, passphrase: &str, derivation: Derivation) -> Result<Self> {
        let fresh = Self::new(passphrase, derivation)?;
        Ok(Self {
            secrets: self.secrets.clone(),
            ..fresh
        })
    }

    /// Keeps a secret, in place of one of that name. What a server is sent in an address or a body it may keep and show to others, so a secret
    /// should go there only where the server asks for it there.
    ///
    /// # Errors
    /// The name, the value or a domain can't be one, or there are too many.
    pub fn put(
        &mut self,
        name: &str,
        value: &str,
        domains: &[String],
        places: &[Place],
    ) -> Result<()> {
        let unfit = |why: String| Err(SecretsError::Unfit(why));
        within("name_bytes_max", name.len(), NAME_BYTES_MAX)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_plain) {
            return unfit("a secret's name is made of letters, digits, `-`, `_` and `.`".into());
        }
        within("secret_bytes_max", value.len(), SECRET_BYTES_MAX)?;
        if value.len() < SECRET_BYTES_MIN {
            return unfit(format!(
                "a secret has at least {SECRET_BYTES_MIN} bytes: a shorter one can't be told from other text in an answer"
            ));
        }
        if value.chars().any(char::is_control) {
            return unfit("a secret is one line of text".into());
        }
        if domains.is_empty() {
            return unfit("a secret needs a domain that it may go to".into());
        }
        if places.is_empty() {
            return unfit("a secret needs a part of a request that it may stand in".into());
        }
        within("domains_max", domains.len(), DOMAINS_MAX)?;
        let fits = |domain: &String| {
            let below = domain.strip_prefix("*.");
            let is_far = below.is_some_and(|domain| !domain.contains('.'));
            !is_far && is_domain(domain) && *domain == domain.to_ascii_lowercase()
        };
        if let Some(odd) = domains.iter().find(|domain| !fits(domain)) {
            return unfit(format!(
                "{odd:?} is no domain: `api.example.com`, or `*.example.com` for all below"
            ));
        }
        if !self.secrets.contains_key(name) {
            within("secrets_max", self.secrets.len() + 1, SECRETS_MAX)?;
        }
        let secret = Secret {
            value: Zeroizing::new(value.to_owned()),
            domains: domains.to_vec(),
            places: Place::ALL
                .into_iter()
                .filter(|place| places.contains(place))
                .collect(),
        };
        self.secrets.insert(name.to_owned(), secret);
        Ok(())
    }

    /// Forgets a secret; whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.secrets.remove(name).is_some()
    }

    /// What may be told of them, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        let listed = self.secrets.iter().map(|(name, secret)| Listed {
            name: name.clone(),
            domains: secret.domains.clone(),
            places: secret.places.clone(),
        });
        listed.collect()
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Secret> {
        let unknown = || SecretsError::Unknown(name.to_owned());
        self.secrets.get(name).ok_or_else(unknown)
    }
}
