//! The file of secrets, and what can be one.

use super::*;
use selvage_secrets::{
    DOMAINS_MAX, FILE_BYTES_MAX, NAME_BYTES_MAX, PASSPHRASE_BYTES_MAX, SECRET_BYTES_MAX,
    SECRETS_MAX,
};

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
