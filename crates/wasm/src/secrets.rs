//! The device's secrets: decode, call, encode. Errors are a tool's error as JSON.

use selvage_secrets::{Derivation, Dressed, Place, Reference, Request, SecretsError, Vault};
use selvage_tool::ToolError;
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

/// An answer that tells no secret.
#[wasm_bindgen]
pub struct Clean {
    fetched: String,
    body: Vec<u8>,
}

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
    pub fn put(
        &mut self,
        name: &str,
        value: &str,
        domains: Vec<String>,
        places: Vec<String>,
    ) -> Result<(), JsError> {
        let is_named = |place: &Place| places.iter().any(|name| name == place.as_str());
        let places: Vec<Place> = Place::ALL.into_iter().filter(is_named).collect();
        self.0
            .put(name, value, &domains, &places)
            .map_err(|why| told(&why))
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

    /// Takes secrets out of an answer: JSON of it without its body, and the body.
    ///
    /// # Errors
    /// A secret is not there, or the answer grows past `bytes_max`.
    pub fn redact(
        &self,
        references: &str,
        fetched: &str,
        body: Vec<u8>,
        bytes_max: f64,
    ) -> Result<Clean, JsError> {
        let references: Vec<Reference> = read(references)?;
        let mut fetched: Fetched = read(fetched)?;
        let mut body = body;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the engine gave it as a whole number below 2^53"
        )]
        let bytes_max = bytes_max as u64;
        let done = self
            .0
            .redact(&references, &mut fetched, &mut body, bytes_max);
        done.map_err(|why| told(&why))?;
        let fetched = serde_json::to_string(&fetched)?;
        Ok(Clean { fetched, body })
    }

    /// Takes secrets out of why a request to an address failed: a tool's error as JSON, in and out.
    ///
    /// # Errors
    /// A secret is not there.
    pub fn redact_failure(
        &self,
        references: &str,
        url: &str,
        why: &str,
    ) -> Result<String, JsError> {
        let references: Vec<Reference> = read(references)?;
        let mut error: ToolError = read(why)?;
        let done = self.0.redact_failure(&references, url, &mut error.message);
        done.map_err(|why| told(&why))?;
        Ok(serde_json::to_string(&error)?)
    }
}

#[wasm_bindgen]
impl Clean {
    /// JSON of the answer without its body.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn fetched(&self) -> String {
        self.fetched.clone()
    }

    /// The body.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.body.clone()
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
