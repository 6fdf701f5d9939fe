//! A request of a run, with values in place of placeholders.

use crate::{Result, SecretsError, Vault};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use selvage_tool::grant::domain_of;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What stands for a secret in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The text that stands for it: letters, digits and `-`, which no encoding of addresses, forms or JSON changes.
    pub placeholder: String,
    /// The secret.
    pub name: String,
}

/// What of a request can carry a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The address.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that can be performed.
#[derive(Clone, PartialEq, Eq)]
pub struct Dressed {
    /// The request.
    pub request: Request,
    /// Whether it carries a secret. Then no redirect is followed, and its address is not shown to the run.
    pub carries: bool,
}

/// Values are not for logs.
impl std::fmt::Debug for Dressed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a request that carries secrets: {}", self.carries)
    }
}

/// How a value is written where it stands.
#[derive(Clone, Copy)]
enum Spelling {
    /// In an address or a form.
    Percent,
    /// Inside a text of JSON.
    Json,
    /// As it is.
    Plain,
}

impl Spelling {
    /// That of a body.
    fn of_body(headers: &[(String, String)]) -> Self {
        let named = |(name, _): &&(String, String)| name.eq_ignore_ascii_case("content-type");
        let kind = headers.iter().find(named).map(|(_, value)| value.as_str());
        let kind = kind.unwrap_or_default().split(';').next();
        match kind.unwrap_or_default().trim().to_ascii_lowercase() {
            kind if kind == "application/x-www-form-urlencoded" => Self::Percent,
            kind if kind == "application/json" || kind.ends_with("+json") => Self::Json,
            _ => Self::Plain,
        }
    }

    fn write(self, value: &str) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Percent => utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
            Self::Json => {
                let quoted = Zeroizing::new(serde_json::Value::from(value).to_string());
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::Plain => value.to_owned(),
        })
    }
}

impl Vault {
    /// Puts values in place of placeholders.
    ///
    /// In a header `Authorization: Basic …`, they are found inside of the base64, too. What stands elsewhere in an encoding of its own is not
    /// found, and goes as it is.
    ///
    /// # Errors
    /// A secret is not there, may not go where the request goes, or stands where it can't.
    pub fn dress(&self, request: &Request, references: &[Reference]) -> Result<Dressed> {
        let mut dressed = Dressed {
            request: request.clone(),
            carries: false,
        };
        for reference in references {
            // It has to be there even where this request does not carry it, since the answer may tell it.
            self.named(&reference.name)?;
            self.put_into(&mut dressed, reference)?;
        }
        Ok(dressed)
    }

    fn put_into(&self, dressed: &mut Dressed, reference: &Reference) -> Result<()> {
        let Reference { placeholder, name } = reference;
        let secret = self.named(name)?;
        let request = &mut dressed.request;
        let spelled = |spelling: Spelling| spelling.write(&secret.value);
        let mut carries = false;
        let path_at = path_at(&request.url);
        if request.url[..path_at].contains(placeholder)
            || request
                .headers
                .iter()
                .any(|(name, _)| name.contains(placeholder))
        {
            return Err(SecretsError::Misplaced(name.clone()));
        }
        if request.url.contains(placeholder) {
            carries = true;
            request.url = request
                .url
                .replace(placeholder, &spelled(Spelling::Percent));
        }
        let spelling = Spelling::of_body(&request.headers);
        for (_, value) in &mut request.headers {
            if let Some(basic) = basic(value).filter(|basic| basic.contains(placeholder)) {
                carries = true;
                let basic = Zeroizing::new(basic.replace(placeholder, &secret.value));
                *value = format!("Basic {}", STANDARD.encode(&*basic));
            } else if value.contains(placeholder) {
                carries = true;
                *value = value.replace(placeholder, &secret.value);
            }
        }
        if let Some(body) = replaced(&request.body, placeholder, &spelled(spelling)) {
            carries = true;
            request.body = body;
        }
        if !carries {
            return Ok(());
        }
        dressed.carries = true;
        let domain = domain_of(&request.url).unwrap_or_default();
        if !secret.is_for(&domain) {
            return Err(SecretsError::OtherDomain {
                name: name.clone(),
                domain,
                domains: secret.domains.join(", "),
            });
        }
        let is_here = matches!(&*domain, "localhost" | "127.0.0.1");
        let is_safe = request
            .url
            .get(..8)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
        if !is_safe && !is_here {
            return Err(SecretsError::Unprotected(name.clone()));
        }
        Ok(())
    }
}

/// Where an address's path, query or fragment begins.
fn path_at(url: &str) -> usize {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let rest = &url[authority..];
    authority + rest.find(['/', '?', '#']).unwrap_or(rest.len())
}

/// The user name and password of a header, where it has them (RFC 7617).
fn basic(value: &str) -> Option<String> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

/// Bytes with a text in place of each occurrence of another one; nothing where there is none.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let from = from.as_bytes();
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to.as_bytes());
        rest = &rest[at + from.len()..];
    }
    if rest.len() == bytes.len() {
        return None;
    }
    out.extend_from_slice(rest);
    Some(out)
}
