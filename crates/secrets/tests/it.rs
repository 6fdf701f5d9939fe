//! Secrets, from the passphrase to the answer of a server that repeats what it was told.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use selvage_secrets::{
    DOMAINS_MAX, Derivation, FILE_BYTES_MAX, NAME_BYTES_MAX, PASSPHRASE_BYTES_MAX, PLACEMENTS_MAX,
    Place, Reference, Request, SECRET_BYTES_MAX, SECRETS_MAX, SecretsError, Vault,
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
        .put("bank", "12345678", &["a.org".into()], &[Place::Body])
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
            .put(name, value, domains, &Place::ALL)
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
        "*.com",
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
        full.put(&format!("s{number}"), "longenough", &domains, &Place::ALL)
            .expect("there is room");
    }
    let one_more = full.put("one-more", "longenough", &domains, &Place::ALL);
    assert!(
        one_more
            .expect_err("full")
            .to_string()
            .contains("secrets_max")
    );
    full.put("s0", "another value", &domains, &Place::ALL)
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
        percent.clone(),
        serde_json::to_string(VALUE)
            .expect("JSON")
            .trim_matches('"')
            .to_owned(),
        VALUE
            .replace('é', "\\u00e9")
            .replace('"', "\\\"")
            .replace('/', "\\/"),
        VALUE.replace('&', "&amp;").replace('"', "&quot;"),
        VALUE.replace('&', "&#38;").replace('"', "&#x22;"),
        // As Go, Rails and .NET write JSON, and Python addresses.
        VALUE
            .replace('&', "\\u0026")
            .replace('"', "\\u0022")
            .replace('+', "\\u002B"),
        percent
            .replace("%2F", "/")
            .replace("%7E", "~")
            .replace("%5F", "_"),
        // JSON in a text of JSON.
        serde_json::to_string(&serde_json::to_string(VALUE).expect("JSON")).expect("JSON"),
        STANDARD.encode(serde_json::to_string(VALUE).expect("JSON")),
        // An address inside of JSON.
        percent.replace('%', "\\u0025"),
        hex.to_uppercase(),
        hex,
        STANDARD.encode(VALUE),
        STANDARD.encode(format!("me:{VALUE}")),
        URL_SAFE_NO_PAD.encode(format!("user:{VALUE}!")),
        folded(&STANDARD.encode(format!("me:{VALUE}")), "\r\n"),
        folded(&STANDARD.encode(format!("me:{VALUE}")), "\\n"),
    ];
    for text in &spelled {
        let seen = redacted(&format!("you sent <{text}>, thank you"));
        assert!(
            seen.starts_with("you sent <") && seen.ends_with(">, thank you"),
            "{seen}"
        );
        assert!(seen.contains("[secret billing]"), "{text} reads {seen}");
        assert!(!seen.contains(text), "{seen}");
    }
}

/// As mails and some services break base64 into lines.
fn folded(text: &str, end: &str) -> String {
    let lines = text.as_bytes().chunks(16).map(String::from_utf8_lossy);
    lines.collect::<Vec<_>>().join(end)
}

#[test]
fn a_server_that_repeats_guesses_tells_nothing_of_how_near_they_are() {
    let nearly = &VALUE[..VALUE.len() - 1];
    for guess in [
        nearly.to_owned(),
        STANDARD.encode(nearly),
        VALUE[1..].to_owned(),
    ] {
        assert_eq!(redacted(&guess), guess);
    }
    let (mut fetched, mut body) = answer(VALUE);
    fetched.url = "https://evil.org/".into();
    vault()
        .redact(&[reference()], &mut fetched, &mut body, u64::MAX)
        .expect("redacted");
    assert_eq!(
        body,
        VALUE.as_bytes(),
        "whom it may not go to is not searched"
    );
}

#[test]
fn an_answer_does_not_grow_past_its_limit_by_marks() {
    let (mut fetched, mut body) = answer(&VALUE.repeat(10));
    let redacted = |max, fetched: &mut Fetched, body: &mut Vec<u8>| {
        let mut vault = empty();
        let name = "n".repeat(NAME_BYTES_MAX);
        vault
            .put(&name, VALUE, &["api.example.com".into()], &Place::ALL)
            .expect("kept");
        let reference = Reference {
            name,
            ..reference()
        };
        vault.redact(&[reference], fetched, body, max)
    };
    assert!(matches!(
        redacted(500, &mut fetched, &mut body),
        Err(SecretsError::TooLarge {
            limit: "fetch_bytes_max",
            ..
        })
    ));
}

#[test]
fn a_secret_stands_where_it_was_kept_for_and_not_too_often() {
    let header = |value: String| Request {
        headers: vec![
            ("x-key".into(), value),
            ("Range".into(), "bytes=0-9".into()),
        ],
        ..request("https://api.example.com/")
    };
    let mut vault = empty();
    vault
        .put(
            "billing",
            VALUE,
            &["api.example.com".into()],
            &[Place::Header],
        )
        .expect("kept");
    let dressed = |request: &Request| vault.dress(request, &[reference()]);
    let worn = dressed(&header(PLACEHOLDER.into())).expect("in a header");
    assert_eq!(
        worn.request.headers.len(),
        1,
        "and no part of an answer is asked for"
    );
    let body = Request {
        body: PLACEHOLDER.into(),
        ..request("https://api.example.com/")
    };
    let address = request(&format!("https://api.example.com/{PLACEHOLDER}"));
    for elsewhere in [body, address] {
        assert!(matches!(
            dressed(&elsewhere),
            Err(SecretsError::Misplaced(_))
        ));
    }
    let often = |count: usize| dressed(&header(PLACEHOLDER.repeat(count)));
    often(PLACEMENTS_MAX).expect("that often");
    assert!(matches!(
        often(PLACEMENTS_MAX + 1),
        Err(SecretsError::TooLarge { .. })
    ));
    let none = vault.put("x", "longenough", &["a.org".into()], &[]);
    assert!(matches!(none, Err(SecretsError::Unfit(_))));
}

#[test]
fn headers_and_the_address_are_cleaned_as_the_body_is() {
    let (mut fetched, mut body) = answer("");
    fetched.url = "https://api.example.com/?k=sk_live%2F7f3a9c%2BQX%20z%22%C3%A9%26~".into();
    fetched.headers = vec![("location".into(), format!("/login?next={VALUE}"))];
    vault()
        .redact(&[reference()], &mut fetched, &mut body, u64::MAX)
        .expect("redacted");
    let told = format!("{fetched:?}");
    assert!(!told.contains("7f3a9c"), "{told}");
    let mut why = format!("no route to https://api.example.com/?k={VALUE}");
    vault()
        .redact_failure(&[reference()], "https://api.example.com/", &mut why)
        .expect("redacted");
    assert_eq!(
        why,
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
        vault.put("s", &value, &["api.example.com".into()], &Place::ALL).expect("kept");
        let reference = Reference { placeholder: PLACEHOLDER.into(), name: "s".into() };
        let shifted = format!("{}{value}", "x".repeat(shift));
        for spelled in [value.clone(), STANDARD.encode(&shifted), serde_json::to_string(&value).expect("JSON")] {
            let (mut fetched, mut body) = answer(&format!("{before}{spelled}{after}"));
            vault.redact(std::slice::from_ref(&reference), &mut fetched, &mut body, u64::MAX).expect("redacted");
            let seen = String::from_utf8(body).expect("text");
            prop_assert!(seen.starts_with(&before) && seen.ends_with(&after));
            prop_assert!(seen.contains("[secret s]"));
            prop_assert!(!seen.contains(&value));
        }
    }
}
