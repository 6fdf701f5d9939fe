//! Answers of servers that repeat what they were told.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use selvage_secrets::NAME_BYTES_MAX;

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

    /// Whatever the secret is and wherever it stands, it is not left, and nothing else is lost.
    #[test]
    fn no_secret_is_left_and_nothing_else_is_taken(
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
