//! Secrets, from the passphrase to the answer of a server that repeats what it was told.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use selvage_secrets::{
    DOMAINS_MAX, Derivation, FILE_BYTES_MAX, NAME_BYTES_MAX, PASSPHRASE_BYTES_MAX, Reference,
    Request, SECRET_BYTES_MAX, SECRETS_MAX, SecretsError, Vault,
};
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
    vault.put("billing", VALUE, &domains).expect("kept");
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
    let done = vault().redact(&[reference()], &mut fetched, &mut body);
    done.expect("redacted");
    String::from_utf8(body).expect("text")
}

#[test]
fn a_sealed_vault_opens_with_its_passphrase_alone_and_tells_nothing_without() {
    let file = vault().seal([1; 24]).expect("sealed");
    let text = String::from_utf8(file.clone()).expect("JSON");
    for told in ["billing", "sk_live", "example.com"] {
        assert!(!text.contains(told), "{told} stands in the file");
    }
    let opened = Vault::open(&file, PASSPHRASE).expect("opened");
    assert_eq!(opened.list(), vault().list());
    assert_eq!(
        Vault::open(&file, "correct horse batterz").expect_err("another passphrase"),
        SecretsError::WrongPassphrase
    );
}

#[test]
fn whoever_changes_a_byte_of_the_file_or_weakens_its_key_is_found_out() {
    let file = String::from_utf8(vault().seal([1; 24]).expect("sealed")).expect("JSON");
    let weakened = [
        ("\"passes\": 1", "\"passes\": 2"),
        ("\"memoryKib\": 8", "\"memoryKib\": 9"),
        ("\"version\": 1", "\"version\": 2"),
        ("argon2id", "argon2d"),
        ("\"memoryKib\": 8", "\"memoryKib\": 4000000000"),
        ("\"passes\": 1", "\"passes\": 4000000000"),
        ("\"format\"", "\"more\": 1, \"format\""),
    ];
    for (from, to) in weakened {
        let changed = file.replacen(from, to, 1);
        assert_ne!(changed, file, "{from} is there");
        Vault::open(changed.as_bytes(), PASSPHRASE).expect_err(to);
    }
    for at in 0..file.len() {
        let mut bent = file.clone().into_bytes();
        bent[at] ^= 1;
        if let Ok(opened) = Vault::open(&bent, PASSPHRASE) {
            // White space between the parts may be another one; nothing else may.
            assert!(file.as_bytes()[at].is_ascii_whitespace(), "byte {at}");
            assert_eq!(opened.list(), vault().list());
        }
    }
}

#[test]
fn a_file_that_another_one_changed_opens_again_until_its_passphrase_is_another_one() {
    let mut other = vault();
    other
        .put("bank", "12345678", &["a.org".into()])
        .expect("kept");
    let file = other.seal([2; 24]).expect("sealed");
    let again = vault().again(&file).expect("opened");
    assert_eq!(again.list(), other.list());
    let rekeyed = other.rekeyed("another passphrase", Derivation::fast([8; 16]));
    let file = rekeyed.expect("rekeyed").seal([3; 24]).expect("sealed");
    assert_eq!(
        vault().again(&file).expect_err("another passphrase"),
        SecretsError::WrongPassphrase
    );
}

#[test]
fn nothing_that_prints_itself_prints_a_value() {
    let dressed = vault().dress(&request("https://api.example.com/"), &[reference()]);
    let printed = format!("{:?} {:?} {:?}", vault(), dressed, vault().list());
    assert!(!printed.contains("7f3a9c"), "{printed}");
}

#[test]
fn what_is_no_secret_is_refused_with_the_reason() {
    let domains = vec!["a.org".to_owned()];
    let refused = |name: &str, value: &str, domains: &[String]| {
        empty()
            .put(name, value, domains)
            .expect_err("refused")
            .to_string()
    };
    assert!(refused("", "longenough", &domains).contains("name"));
    assert!(refused("a/b", "longenough", &domains).contains("name"));
    assert!(refused("a", "short", &domains).contains("8 bytes"));
    assert!(refused("a", "two lines\r\nHost: evil.org", &domains).contains("one line"));
    assert!(refused("a", "longenough", &[]).contains("domain"));
    for odd in [
        "*",
        "",
        "https://a.org",
        "a.org:443",
        "a.org/",
        "user@a.org",
        "A.ORG",
        "*.*",
        "ä.org",
    ] {
        assert!(
            refused("a", "longenough", &[odd.into()]).contains("no domain"),
            "{odd}"
        );
    }
    assert!(
        refused(&"n".repeat(NAME_BYTES_MAX + 1), "longenough", &domains).contains("name_bytes_max")
    );
    assert!(refused("a", &"v".repeat(SECRET_BYTES_MAX + 1), &domains).contains("secret_bytes_max"));
    let many = vec!["a.org".to_owned(); DOMAINS_MAX + 1];
    assert!(refused("a", "longenough", &many).contains("domains_max"));
    let mut full = empty();
    for number in 0..SECRETS_MAX {
        full.put(&format!("s{number}"), "longenough", &domains)
            .expect("there is room");
    }
    let one_more = full.put("one-more", "longenough", &domains);
    assert!(
        one_more
            .expect_err("full")
            .to_string()
            .contains("secrets_max")
    );
    full.put("s0", "another value", &domains)
        .expect("in place of one that is there");
    let long = "p".repeat(PASSPHRASE_BYTES_MAX + 1);
    Vault::new(&long, Derivation::fast([0; 16])).expect_err("too long");
    let short = Vault::new("1234567", Derivation::fast([0; 16]));
    assert_eq!(short.expect_err("too short"), SecretsError::ShortPassphrase);
    let large = vec![b' '; FILE_BYTES_MAX + 1];
    Vault::open(&large, PASSPHRASE).expect_err("too large");
}

#[test]
fn a_value_stands_in_place_of_its_placeholder_as_each_place_writes_it() {
    let url = format!("https://api.example.com/v1?key={PLACEHOLDER}&x=1");
    assert_eq!(
        dressed(&request(&url)).expect("dressed").url,
        "https://api.example.com/v1?key=sk%5Flive%2F7f3a9c%2BQX%20z%22%C3%A9%26%7E&x=1"
    );
    let basic = format!("Basic {}", STANDARD.encode(format!("me:{PLACEHOLDER}")));
    let header = |name: &str, value: String| (name.to_owned(), value);
    let with = Request {
        headers: vec![
            header("X-Key", format!("Bearer {PLACEHOLDER}")),
            header("Authorization", basic),
        ],
        ..request("https://api.example.com/")
    };
    let headers = dressed(&with).expect("dressed").headers;
    assert_eq!(headers[0].1, format!("Bearer {VALUE}"));
    assert_eq!(
        headers[1].1,
        format!("Basic {}", STANDARD.encode(format!("me:{VALUE}")))
    );
    let body = |kind: &str, text: String| {
        let with = Request {
            headers: vec![header("Content-Type", kind.into())],
            body: text.into_bytes(),
            ..request("https://api.example.com/")
        };
        String::from_utf8(dressed(&with).expect("dressed").body).expect("text")
    };
    let json = body(
        "application/vnd.x+json; charset=utf-8",
        format!("{{\"k\":\"{PLACEHOLDER}\"}}"),
    );
    let read: serde_json::Value = serde_json::from_str(&json).expect("still JSON");
    assert_eq!(read["k"], VALUE);
    let form = body(
        "application/x-www-form-urlencoded",
        format!("a={PLACEHOLDER}&b=2"),
    );
    assert!(form.ends_with("%26%7E&b=2"), "{form}");
    assert_eq!(body("text/plain", PLACEHOLDER.repeat(2)), VALUE.repeat(2));
}

#[test]
fn a_secret_goes_to_its_own_domains_and_nowhere_else() {
    let to = |url: &str| dressed(&request(url));
    let good = [
        format!("https://api.example.com:8443/?k={PLACEHOLDER}"),
        format!("https://a.hooks.example.com/{PLACEHOLDER}"),
    ];
    for url in good {
        to(&url).expect(&url);
    }
    let bad = [
        format!("https://example.com/?k={PLACEHOLDER}"),
        format!("https://hooks.example.com/?k={PLACEHOLDER}"),
        format!("https://api.example.com.evil.org/?k={PLACEHOLDER}"),
        format!("https://api.example.com@evil.org/?k={PLACEHOLDER}"),
        format!("https://evil.org/?k={PLACEHOLDER}#https://api.example.com/"),
        format!("https://evil.org\\@api.example.com/?k={PLACEHOLDER}"),
        format!("http://api.example.com/?k={PLACEHOLDER}"),
        format!("ftp://api.example.com/?k={PLACEHOLDER}"),
        format!("https://{PLACEHOLDER}.hooks.example.com/"),
        format!("https://me:{PLACEHOLDER}@api.example.com/"),
        format!("//api.example.com/{PLACEHOLDER}"),
    ];
    for url in bad {
        to(&url).expect_err(&url);
    }
    let named = Request {
        headers: vec![(PLACEHOLDER.into(), "1".into())],
        ..request("https://api.example.com/")
    };
    assert!(matches!(dressed(&named), Err(SecretsError::Misplaced(_))));
}

#[test]
fn a_request_without_placeholders_goes_anywhere_as_it_is() {
    let plain = request("http://other.org/secret-0123");
    let dressed = vault().dress(&plain, &[reference()]).expect("dressed");
    assert!(!dressed.carries);
    assert_eq!(dressed.request, plain);
    let unknown = Reference {
        name: "other".into(),
        ..reference()
    };
    assert!(matches!(
        vault().dress(&plain, &[unknown]),
        Err(SecretsError::Unknown(_))
    ));
}

#[test]
fn what_a_server_repeats_is_taken_out_however_it_writes_it() {
    let percent = percent_encoding::utf8_percent_encode(VALUE, percent_encoding::NON_ALPHANUMERIC)
        .to_string();
    let hex: String = VALUE.bytes().map(|byte| format!("{byte:02x}")).collect();
    let spelled = [
        VALUE.to_owned(),
        percent.to_lowercase().replace("qx", "QX"),
        percent.replace("%20", "+"),
        percent,
        serde_json::to_string(VALUE)
            .expect("JSON")
            .trim_matches('"')
            .to_owned(),
        VALUE
            .replace('é', "\\u00e9")
            .replace('"', "\\\"")
            .replace('/', "\\/"),
        VALUE.replace('&', "&amp;").replace('"', "&quot;"),
        hex.to_uppercase(),
        hex,
        STANDARD.encode(VALUE),
        STANDARD.encode(format!("me:{VALUE}")),
        URL_SAFE_NO_PAD.encode(format!("user:{VALUE}!")),
    ];
    for text in &spelled {
        let seen = redacted(&format!("you sent <{text}>, thank you"));
        assert!(
            seen.starts_with("you sent <") && seen.ends_with(">, thank you"),
            "{seen}"
        );
        assert!(seen.contains("[secret billing]"), "{text} reads {seen}");
        // Of what is written in another way than as it is, letters at the ends may be left over, which hold less than a byte of it each.
        for part in text.as_bytes().windows(12) {
            let part = String::from_utf8_lossy(part);
            assert!(!seen.contains(&*part), "{part} is left of {text}: {seen}");
        }
    }
}

#[test]
fn a_secret_in_pieces_is_taken_out_piece_by_piece() {
    let (first, last) = VALUE.split_at(12);
    let seen = redacted(&format!("{{\"a\":\"{first}\",\"b\":1}}"));
    assert_eq!(seen, "{\"a\":\"[secret billing]\",\"b\":1}");
    assert_eq!(last.len(), 12, "as long as a piece that is found");
    assert_eq!(redacted(&format!("x{last}y")), "x[secret billing]y");
}

#[test]
fn headers_and_the_address_are_cleaned_as_the_body_is() {
    let (mut fetched, mut body) = answer("");
    fetched.url = format!("https://api.example.com/?k={}", "sk_live/7f3a9c+QX");
    fetched.headers = vec![("location".into(), format!("/login?next={VALUE}"))];
    vault()
        .redact(&[reference()], &mut fetched, &mut body)
        .expect("redacted");
    let told = format!("{fetched:?}");
    assert!(!told.contains("7f3a9c"), "{told}");
    let mut why = format!("no route to https://api.example.com/?k={VALUE}").into_bytes();
    vault()
        .redact_bytes(&[reference()], &mut why)
        .expect("redacted");
    assert_eq!(
        String::from_utf8_lossy(&why),
        "no route to https://api.example.com/?k=[secret billing]"
    );
}

#[test]
fn an_answer_that_tells_nothing_is_left_byte_for_byte() {
    let text = "sk_live is how such keys begin; 7f3a9c is a colour.";
    assert_eq!(redacted(text), text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the secret is and wherever it stands, no piece of it that counts is left, and nothing else is lost.
    #[test]
    fn no_piece_of_a_secret_is_left_and_nothing_else_is_taken(
        value in "[ -~é]{12,40}",
        before in "[α-ω]{0,20}",
        after in "[α-ω]{0,20}",
        shift in 0..3usize,
    ) {
        let mut vault = empty();
        vault.put("s", &value, &["a.org".into()]).expect("kept");
        let reference = Reference { placeholder: PLACEHOLDER.into(), name: "s".into() };
        let shifted = format!("{}{value}", "x".repeat(shift));
        for spelled in [value.clone(), STANDARD.encode(&shifted), serde_json::to_string(&value).expect("JSON")] {
            let (mut fetched, mut body) = answer(&format!("{before}{spelled}{after}"));
            vault.redact(std::slice::from_ref(&reference), &mut fetched, &mut body).expect("redacted");
            let seen = String::from_utf8(body).expect("text");
            prop_assert!(seen.starts_with(&before) && seen.ends_with(&after));
            prop_assert!(seen.contains("[secret s]"));
            prop_assert!(!seen.contains(&value));
        }
    }
}
