//! Secrets, from the passphrase to the answer of a server that repeats what it was told.

mod dress;
mod redact;
mod vault;

use selvage_secrets::{Derivation, Place, Reference, Request, SecretsError, Vault};
use selvage_tool::guest::Fetched;

const PASSPHRASE: &str = "correct horse battery";
const VALUE: &str = "sk_live/7f3a9c+QX z\"é&~";
const PLACEHOLDER: &str = "secret-0123456789abcdef0123456789abcdef";

fn empty() -> Vault {
    Vault::new(PASSPHRASE, Derivation::fast([7; 16])).expect("a vault")
}

fn vault() -> Vault {
    let mut vault = empty();
    let domains = ["api.example.com".into(), "*.hooks.example.com".into()];
    vault
        .put("billing", VALUE, &domains, &Place::ALL)
        .expect("kept");
    vault
}

fn reference() -> Reference {
    Reference {
        placeholder: PLACEHOLDER.into(),
        name: "billing".into(),
    }
}

fn request(url: &str) -> Request {
    Request {
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

fn dressed(request: &Request) -> Result<Request, SecretsError> {
    vault()
        .dress(request, &[reference()])
        .map(|dressed| dressed.request)
}

fn answer(body: &str) -> (Fetched, Vec<u8>) {
    let fetched = Fetched {
        url: "https://api.example.com/".into(),
        status: 200,
        status_text: "OK".into(),
        headers: Vec::new(),
        redirected: false,
    };
    (fetched, body.as_bytes().to_vec())
}

/// What a run gets to see of an answer.
fn redacted(body: &str) -> String {
    let (mut fetched, mut body) = answer(body);
    let done = vault().redact(&[reference()], &mut fetched, &mut body, u64::MAX);
    done.expect("redacted");
    String::from_utf8(body).expect("text")
}
