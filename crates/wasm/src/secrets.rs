//! The device's secrets: decode, call, encode. Errors are a tool's error as JSON.

use selvage_secrets::{Derivation, Dressed, Reference, Request, SecretsError, Vault};
use selvage_tool::guest::Fetched;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

fn told(error: &SecretsError) -> JsError {
    JsError::new(&serde_json::to_string(&error.as_tool_error()).unwrap_or_default())
}

fn sized<const N: usize>(bytes: &[u8]) -> Result<[u8; N], JsError> {
    <[u8; N]>::try_from(bytes).map_err(|_| JsError::new("that many bytes are not drawn"))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, JsError> {
    Ok(serde_json::from_str(text)?)
}

/// The secrets, open. `worker/secrets.ts` keeps one while it is unlocked.
#[wasm_bindgen]
pub struct Secrets(Vault);

/// A request that can be performed.
#[wasm_bindgen]
pub struct Worn(Dressed);

#[wasm_bindgen]
impl Secrets {
    /// An empty list under a passphrase; the salt is 16 random bytes.
    ///
    /// # Errors
    /// The passphrase can't be one.
    pub fn create(passphrase: &str, salt: &[u8]) -> Result<Secrets, JsError> {
        let vault = Vault::new(passphrase, Derivation::new(sized(salt)?));
        vault.map(Self).map_err(|why| told(&why))
    }

    /// Opens a file.
    ///
    /// # Errors
    /// The passphrase is another one, or the file is none.
    pub fn open(file: &[u8], passphrase: &str) -> Result<Secrets, JsError> {
        Vault::open(file, passphrase)
            .map(Self)
            .map_err(|why| told(&why))
    }

    /// Opens a file that this list, or an earlier one under the same passphrase, was sealed into.
    ///
    /// # Errors
    /// Its passphrase was changed, or the file is none.
    pub fn again(&self, file: &[u8]) -> Result<Secrets, JsError> {
        self.0.again(file).map(Self).map_err(|why| told(&why))
    }

    /// The file to keep; the nonce is 24 random bytes.
    ///
    /// # Errors
    /// It would be too large.
    pub fn seal(&self, nonce: &[u8]) -> Result<Vec<u8>, JsError> {
        self.0.seal(sized(nonce)?).map_err(|why| told(&why))
    }

    /// Keeps one.
    ///
    /// # Errors
    /// The name, the value or a domain can't be one.
    pub fn put(&mut self, name: &str, value: &str, domains: Vec<String>) -> Result<(), JsError> {
        self.0.put(name, value, &domains).map_err(|why| told(&why))
    }

    /// Forgets one.
    pub fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name)
    }

    /// JSON of their names and domains.
    #[must_use]
    pub fn list(&self) -> String {
        serde_json::to_string(&self.0.list()).unwrap_or_default()
    }

    /// The same under another passphrase.
    ///
    /// # Errors
    /// The passphrase can't be one.
    pub fn rekeyed(&self, passphrase: &str, salt: &[u8]) -> Result<Secrets, JsError> {
        let vault = self.0.rekeyed(passphrase, Derivation::new(sized(salt)?));
        vault.map(Self).map_err(|why| told(&why))
    }

    /// A request with values in place of placeholders. `references` and `headers` are JSON.
    ///
    /// # Errors
    /// A secret is not there, or may not go there.
    pub fn dress(
        &self,
        references: &str,
        url: String,
        headers: &str,
        body: Vec<u8>,
    ) -> Result<Worn, JsError> {
        let references: Vec<Reference> = read(references)?;
        let request = Request {
            url,
            headers: read(headers)?,
            body,
        };
        let dressed = self.0.dress(&request, &references);
        dressed.map(Worn).map_err(|why| told(&why))
    }

    /// Takes secrets out of an answer: JSON of it without its body, in and out.
    ///
    /// # Errors
    /// A secret is not there.
    pub fn redact(&self, references: &str, fetched: &str) -> Result<String, JsError> {
        let references: Vec<Reference> = read(references)?;
        let mut fetched: Fetched = read(fetched)?;
        let done = self.0.redact(&references, &mut fetched, &mut Vec::new());
        done.map_err(|why| told(&why))?;
        Ok(serde_json::to_string(&fetched)?)
    }

    /// Takes secrets out of bytes.
    ///
    /// # Errors
    /// A secret is not there.
    pub fn redact_bytes(&self, references: &str, bytes: Vec<u8>) -> Result<Vec<u8>, JsError> {
        let references: Vec<Reference> = read(references)?;
        let mut bytes = bytes;
        let done = self.0.redact_bytes(&references, &mut bytes);
        done.map_err(|why| told(&why))?;
        Ok(bytes)
    }
}

#[wasm_bindgen]
impl Worn {
    /// The address.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn url(&self) -> String {
        self.0.request.url.clone()
    }

    /// JSON of the headers.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn headers(&self) -> String {
        serde_json::to_string(&self.0.request.headers).unwrap_or_default()
    }

    /// The body.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.0.request.body.clone()
    }

    /// Whether it carries a secret.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn carries(&self) -> bool {
        self.0.carries
    }
}
