//! A request of a run, with values in place of placeholders.

use crate::{PLACEMENTS_MAX, Place, Result, SecretsError, Vault, within};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem::Finder;
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
pub(crate) enum Spelling {
    /// In an address or a form.
    Percent,
    /// Inside a text of JSON.
    Json,
    /// As it is.
    Plain,
}

impl Spelling {
    pub(crate) const ALL: [Self; 3] = [Self::Percent, Self::Json, Self::Plain];

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

    pub(crate) fn write(self, value: &str) -> Zeroizing<String> {
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
    /// A secret is not there, may not go where the request goes, stands where it may not, or stands there too often.
    pub fn dress(&self, request: &Request, references: &[Reference]) -> Result<Dressed> {
        let mut dressed = Dressed {
            request: request.clone(),
            carries: false,
        };
        // A part of an answer is not searched for what stands in all of it.
        let is_range = |name: &str| name.eq_ignore_ascii_case("range");
        dressed.request.headers.retain(|(name, _)| !is_range(name));
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
        let path_at = path_at(&request.url);
        let misplaced = || Err(SecretsError::Misplaced(name.clone()));
        if request.url[..path_at].contains(placeholder)
            || request
                .headers
                .iter()
                .any(|(name, _)| name.contains(placeholder))
        {
            return misplaced();
        }
        let mut found = Vec::new();
        if request.url.contains(placeholder) {
            found.push(Place::Address);
            bounded(request.url.matches(placeholder).count())?;
            request.url = request
                .url
                .replace(placeholder, &spelled(Spelling::Percent));
        }
        let spelling = Spelling::of_body(&request.headers);
        for (header, value) in &mut request.headers {
            let basic = (header.eq_ignore_ascii_case("authorization"))
                .then(|| basic(value))
                .flatten()
                .filter(|basic| basic.contains(placeholder));
            if let Some(basic) = basic {
                found.push(Place::Header);
                bounded(basic.matches(placeholder).count())?;
                let basic = Zeroizing::new(basic.replace(placeholder, &secret.value));
                *value = format!("Basic {}", STANDARD.encode(&*basic));
            } else if value.contains(placeholder) {
                found.push(Place::Header);
                bounded(value.matches(placeholder).count())?;
                *value = value.replace(placeholder, &secret.value);
            }
            bounded(found.len())?;
        }
        if let Some(body) = replaced(&request.body, placeholder, &spelled(spelling))? {
            found.push(Place::Body);
            request.body = body;
        }
        let carries = !found.is_empty();
        if found.iter().any(|place| !secret.places.contains(place)) {
            return misplaced();
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
fn replaced(bytes: &[u8], from: &str, to: &str) -> Result<Option<Vec<u8>>> {
    let finder = Finder::new(from);
    let count = finder.find_iter(bytes).take(PLACEMENTS_MAX + 1).count();
    bounded(count)?;
    if count == 0 {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(bytes.len() + count * to.len());
    let mut done = 0;
    for at in finder.find_iter(bytes) {
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(to.as_bytes());
        done = at + from.len();
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(Some(out))
}

/// A request that names a secret again and again would grow by its length each time.
fn bounded(count: usize) -> Result<()> {
    within("placements_max", count, PLACEMENTS_MAX)
}
