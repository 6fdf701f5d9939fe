//! Envelopes as their readers get them: whole, bent, and one missing.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use selvage_provenance::*;
use selvage_tool::run::RunRecord;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const RECORD: &str = include_str!("fixtures/record.json");

/// An envelope as version 1 writes it. It is read by other programs in `tests/clients/provenance.test.mjs`.
const GOLDEN: &str = include_str!("fixtures/run.dsse.json");

fn record() -> RunRecord {
    serde_json::from_str(RECORD).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(key: &SigningKey) -> PublicKey {
    key.verifying_key().to_bytes()
}

/// A run's evidence with something in every part of it.
fn evidence(key: &SigningKey, record: &RunRecord, link: Link) -> Evidence {
    Evidence {
        left: vec![("out/final/rates.csv".into(), sha256(b"0"))],
        asked_by: Asker {
            kind: "agent".into(),
            name: "helper".into(),
        },
        env: BTreeMap::from([("TOKEN".into(), "s3cr3t".into())]),
        calls_count: 1,
        calls_hash: and_then("", &fetched()),
        calls: vec![fetched()],
        answers: Some((answers_path(&record.record), sha256(b"{}\n"))),
        ..Evidence::new(public(key), link, RECORD.as_bytes(), json!(record))
    }
}

fn fetched() -> Value {
    let (asked, answered) = (sha256(b"asked"), sha256(b"answered"));
    call(
        "fetch",
        "https://api.example.org/rates",
        &asked,
        &answered,
        None,
    )
}

fn sign(key: &SigningKey, record: &RunRecord, link: Link) -> Vec<u8> {
    let mut envelope = Envelope::unsigned(record, &evidence(key, record, link)).unwrap();
    let signature = key.sign(&envelope.pae()).to_bytes();
    envelope.attach(&public(key), &signature);
    envelope.to_bytes()
}

/// What is said of a run.
fn said_of(record: &RunRecord) -> Statement {
    read(&sign(&key(7), record, Link::first("x")), &key(7)).unwrap()
}

fn read(bytes: &[u8], key: &SigningKey) -> Result<Statement> {
    verify(&Envelope::parse(bytes)?, &[public(key)])
}

fn golden() -> Vec<u8> {
    sign(&key(7), &record(), Link::first("a1b2"))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own file, written anew when it is told to"
)]
fn version_1_is_these_bytes() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/run.dsse.json");
        std::fs::write(file, golden()).unwrap();
    }
    assert_eq!(String::from_utf8(golden()).unwrap(), GOLDEN);
    let said = read(GOLDEN.as_bytes(), &key(7)).unwrap();
    assert_eq!(said.record(), record().record);
}

#[test]
fn its_subjects_are_the_record_and_what_the_run_left() {
    let said = read(GOLDEN.as_bytes(), &key(7)).unwrap();
    let names: Vec<_> = said.subject.iter().map(|subject| &*subject.name).collect();
    assert_eq!(names, [&*record().record, "out/final/rates.csv"]);
    assert_eq!(said.subject[0].digest.sha256, sha256(RECORD.as_bytes()));
}

#[test]
fn what_the_environment_held_is_not_told() {
    assert!(!payload_of(&golden()).contains("s3cr3t"));
    // Equal environments of two runs do not look alike.
    let other = RunRecord {
        run: "other".into(),
        ..record()
    };
    let hash = |record| said_of(&record).predicate.env_hash;
    assert_ne!(hash(record()), hash(other));
}

#[test]
fn the_order_of_members_makes_no_other_bytes() {
    let turned = RunRecord {
        args: json!({ "days": 30.0, "base": "EUR" }),
        ..record()
    };
    let bytes = |record| sign(&key(7), &record, Link::first("x"));
    assert_eq!(bytes(record()), bytes(turned));
}

#[test]
fn a_key_is_named_as_openssl_names_it() {
    // openssl pkey -inform DER -outform DER -pubout, of a private key of 32 bytes 07, through sha256sum.
    assert_eq!(public_key_info(&public(&key(7))).len(), 44);
    let said = read(GOLDEN.as_bytes(), &key(7)).unwrap();
    assert_eq!(said.predicate.signer.keyid, key_id(&public(&key(7))));
}

#[test]
fn only_a_known_key_is_believed() {
    let stranger = read(GOLDEN.as_bytes(), &key(8));
    assert!(matches!(stranger, Err(ProvenanceError::UnknownSigner(_))));

    // Somebody signs what names another signer, under either name.
    let unsigned =
        || Envelope::unsigned(&record(), &evidence(&key(7), &record(), Link::first("x"))).unwrap();
    let mut envelope = unsigned();
    let signature = key(8).sign(&envelope.pae()).to_bytes();
    envelope.attach(&public(&key(8)), &signature);
    assert_eq!(
        verify(&envelope, &[public(&key(8))]),
        Err(ProvenanceError::OtherSigner)
    );
    let mut envelope = unsigned();
    envelope.attach(&public(&key(7)), &signature);
    assert_eq!(
        verify(&envelope, &[public(&key(7))]),
        Err(ProvenanceError::BadSignature)
    );
}

/// The golden envelope with another payload or type, under a signature that fits.
fn signed_as(payload: &str, payload_type: &str) -> Vec<u8> {
    use base64::Engine as _;
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let pae = format!(
        "DSSEv1 {} {payload_type} {} {payload}",
        payload_type.len(),
        payload.len()
    );
    let signature = key(7).sign(pae.as_bytes()).to_bytes();
    let signatures = json!([{ "keyid": key_id(&public(&key(7))), "sig": base64(&signature) }]);
    json!({ "payload": base64(payload.as_bytes()), "payloadType": payload_type, "signatures": signatures })
        .to_string()
        .into_bytes()
}

fn payload_of(envelope: &[u8]) -> String {
    use base64::Engine as _;
    let file: Value = serde_json::from_slice(envelope).unwrap();
    let payload = file["payload"].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(payload);
    String::from_utf8(bytes.unwrap()).unwrap()
}

#[test]
fn what_is_signed_must_be_a_statement_about_a_run() {
    let good = payload_of(&golden());
    let as_statement = |payload: &str| read(&signed_as(payload, PAYLOAD_TYPE), &key(7));
    assert_eq!(as_statement(&good), read(&golden(), &key(7)));

    let other = read(&signed_as(&good, "application/json"), &key(7));
    assert!(matches!(other, Err(ProvenanceError::OtherPayload(_))));
    let twice = good.replacen("\"subject\":", "\"subject\":[],\"subject\":", 1);
    for payload in [
        "{}",
        "",
        &twice,
        &good.replace("Statement/v1", "Statement/v0.1"),
        &good.replace("urn:selvage:run:v1", "https://slsa.dev/provenance/v1"),
    ] {
        let refused = as_statement(payload);
        assert!(
            matches!(refused, Err(ProvenanceError::NoStatement(_))),
            "{payload}"
        );
    }
}

#[test]
fn every_limit_holds() {
    let too_large = |limit| move |error: ProvenanceError| matches!(error, ProvenanceError::TooLarge { limit: found, .. } if found == limit);
    let long = vec![b' '; ENVELOPE_BYTES_MAX + 1];
    assert!(Envelope::parse(&long).is_err_and(too_large("envelope_bytes_max")));

    let mut file: Value = serde_json::from_str(GOLDEN).unwrap();
    let signature = file["signatures"][0].clone();
    file["signatures"] = Value::from(vec![signature; SIGNATURES_MAX + 1]);
    let many = Envelope::parse(file.to_string().as_bytes());
    assert!(many.is_err_and(too_large("signatures_max")));

    let link = Link::first("x");
    let made = |record: &RunRecord, evidence: &Evidence| Envelope::unsigned(record, evidence);
    let plain = evidence(&key(7), &record(), link);
    let mut wide = plain.clone();
    wide.left = vec![wide.left[0].clone(); SUBJECTS_MAX];
    assert!(made(&record(), &wide).is_err_and(too_large("subjects_max")));

    let mut busy = plain.clone();
    busy.calls = vec![busy.calls[0].clone(); CALLS_MAX + 1];
    assert!(made(&record(), &busy).is_err_and(too_large("calls_max")));

    let decided = |decisions| {
        let record = RunRecord {
            decisions,
            ..record()
        };
        made(&record, &evidence(&key(7), &record, Link::first("x")))
    };
    let often = decided(vec![Value::Null; DECISIONS_MAX + 1]);
    assert!(often.is_err_and(too_large("decisions_max")));
    let long = decided(vec![Value::from("x".repeat(ENVELOPE_BYTES_MAX))]);
    assert!(long.is_err_and(too_large("envelope_bytes_max")));

    // Whoever signs more than that is not believed either.
    let mut said: Value = serde_json::from_str(&payload_of(&golden())).unwrap();
    said["predicate"]["decisions"] = Value::from(vec![Value::Null; DECISIONS_MAX + 1]);
    let refused = read(&signed_as(&said.to_string(), PAYLOAD_TYPE), &key(7));
    assert!(refused.is_err_and(too_large("decisions_max")));

    let nothing = (0..=ENVELOPES_MAX).map(|number| (number.to_string(), Vec::new()));
    assert!(chain(&nothing.collect()).is_err_and(too_large("envelopes_max")));
}

/// So many runs of one signer, one a second from a time on.
fn runs(key: &SigningKey, mut link: Link, from_ms: u64, count: u64) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for number in 0..count {
        let run = format!("{}-{number}", link.id);
        let record = RunRecord {
            record: format!("runs/rates/{run}.json"),
            run,
            started_ms: from_ms + 1_000 * number,
            ..record()
        };
        let bytes = sign(key, &record, link.clone());
        link = link.next(&bytes);
        files.insert(envelope_path(&record.record), bytes);
    }
    files
}

fn path(run: &str) -> String {
    format!("runs/rates/{run}.dsse.json")
}

#[test]
fn a_whole_chain_has_no_findings() {
    let found = chain(&runs(&key(7), Link::first("a"), 0, 5)).unwrap();
    assert_eq!((found.statements.len(), found.findings), (5, Vec::new()));
}

#[test]
fn an_engine_that_starts_anew_goes_on_from_the_newest() {
    let mut files = runs(&key(7), Link::first("a"), 0, 3);
    let again = Link {
        previous: Some(sha256(&files[&path("a-2")])),
        ..Link::first("b")
    };
    files.extend(runs(&key(7), again, 10_000, 2));
    assert_eq!(chain(&files).unwrap().findings, []);

    // So that the end of a chain is missed, too.
    files.remove(&path("a-2"));
    let found = chain(&files).unwrap().findings;
    assert!(matches!(&found[..], [Finding::Missing { file, .. }] if *file == path("b-0")));
}

#[test]
fn one_that_is_taken_away_leaves_a_gap() {
    let mut files = runs(&key(7), Link::first("a"), 0, 5);
    files.remove(&path("a-2"));
    let found = chain(&files).unwrap().findings;
    assert!(matches!(&found[..], [Finding::Missing { file, .. }] if *file == path("a-3")));
}

#[test]
fn two_in_one_place_are_a_fork() {
    let mut files = runs(&key(7), Link::first("a"), 0, 2);
    let record = RunRecord {
        record: "runs/rates/other.json".into(),
        ..record()
    };
    let link = Link::first("a").next(&files[&path("a-0")]);
    files.insert(path("other"), sign(&key(7), &record, link));
    let found = chain(&files).unwrap().findings;
    let expected = Finding::Forked {
        file: path("other"),
        other: path("a-1"),
    };
    assert_eq!(found, [expected]);
}

#[test]
fn numbers_and_times_that_do_not_follow_are_told() {
    for (number, started_ms) in [(3, 9_000), (1, 0)] {
        let mut files = runs(&key(7), Link::first("a"), 0, 2);
        files.remove(&path("a-1"));
        let before = files.values().next().unwrap();
        let link = Link {
            number,
            ..Link::first("a").next(before)
        };
        let record = RunRecord {
            record: "runs/rates/late.json".into(),
            started_ms,
            duration_ms: 1.0,
            ..record()
        };
        files.insert(path("late"), sign(&key(7), &record, link));
        let found = chain(&files).unwrap().findings;
        let expected = Finding::Reordered {
            file: path("late"),
            previous: path("a-0"),
        };
        assert_eq!(found, [expected]);
    }
}

#[test]
fn another_key_does_not_go_on_with_a_chain() {
    let mut files = runs(&key(7), Link::first("a"), 0, 1);
    let link = Link::first("a").next(&files[&path("a-0")]);
    let record = RunRecord {
        record: "runs/rates/more.json".into(),
        ..record()
    };
    files.insert(path("more"), sign(&key(8), &record, link));
    let found = chain(&files).unwrap().findings;
    assert!(matches!(&found[..], [Finding::SignerChanged { file, .. }] if *file == path("more")));
}

#[test]
fn swapped_copied_and_forged_files_are_told() {
    let mut files = runs(&key(7), Link::first("a"), 0, 2);
    let [first, second] = [path("a-0"), path("a-1")];
    let taken = files.remove(&first).unwrap();
    let given = files.insert(second.clone(), taken.clone()).unwrap();
    files.insert(first.clone(), given.clone());
    let found = chain(&files).unwrap().findings;
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|found| matches!(found, Finding::Misplaced { .. }))
    );

    let files = BTreeMap::from([
        (first.clone(), taken.clone()),
        (second, given),
        (path("z"), taken),
        (path("zz"), b"{}".to_vec()),
    ]);
    let found = chain(&files).unwrap().findings;
    assert!(
        matches!(&found[..], [Finding::Copied { original, .. }, Finding::Forged { .. }] if *original == first)
    );
}

proptest! {
    /// Whatever byte of an envelope is bent, it is refused, or says the very same under the same signature.
    #[test]
    fn bent_bytes_say_nothing_else(place in 0..GOLDEN.len(), bit in 0_u32..8) {
        let mut bytes = GOLDEN.as_bytes().to_vec();
        bytes[place] ^= 1 << bit;
        if let Ok(said) = read(&bytes, &key(7)) {
            prop_assert_eq!(said, read(GOLDEN.as_bytes(), &key(7)).unwrap());
        }
    }

    /// Nothing that comes from outside makes it panic.
    #[test]
    fn any_bytes_are_taken_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
        let _ = Envelope::parse(&bytes);
        let _ = read(&signed_as(&text, PAYLOAD_TYPE), &key(7));
    }
}
