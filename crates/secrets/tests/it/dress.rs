//! Requests, with values in place of placeholders.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_secrets::PLACEMENTS_MAX;

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
