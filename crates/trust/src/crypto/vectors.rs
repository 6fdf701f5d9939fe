//! The primitives against the vectors of their specifications.

use super::*;

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|two| {
            let two = std::str::from_utf8(two).expect("ASCII");
            u8::from_str_radix(two, 16).expect("hexadecimal")
        })
        .collect()
}

fn fixed<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().expect("as long as it should be")
}

#[test]
fn hpke_base_is_that_of_rfc_9180_a_2_1() {
    let ct = "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28";
    hpke(
        "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b",
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
        "1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df",
        None,
        ct,
    );
}

#[test]
fn hpke_psk_is_that_of_rfc_9180_a_2_2() {
    let psk = Zeroizing::new(fixed(
        "0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82",
    ));
    let id = hex("456e6e796e20447572696e206172616e204d6f726961");
    let ct = "4a177f9c0d6f15cfdf533fb65bf84aecdc6ab16b8b85b4cf65a370e07fc1d78d28fb073214525276f4a89608ff";
    hpke(
        "35706a0b09fb26fb45c39c2f5079c709c7cf98e43afa973f14d88ece7e29c2e3",
        "2261299c3f40a9afc133b969a97f05e95be2c514e54f3de26cbe5644ac735b04",
        "26b923eade72941c8a85b09986cdfa3f1296852261adedc52d58d2930269812b",
        Some((&psk, &id)),
        ct,
    );
}

fn hpke(ikm_e: &str, enc: &str, ikm_r: &str, shared: Shared<'_>, ct: &str) {
    let info = hex("4f6465206f6e2061204772656369616e2055726e");
    let aad = hex("436f756e742d30");
    let plain = hex("4265617574792069732074727574682c20747275746820626561757479");
    let recipient = Zeroizing::new(fixed(ikm_r));
    let ikm_e = hex(ikm_e);
    let mut entropy = |out: &mut [u8]| out.copy_from_slice(&ikm_e);
    let public = agree_public(&recipient);
    let bytes = encrypt_to(&mut entropy, &public, shared, &info, &aad, &plain);
    assert_eq!(bytes, Ok([hex(enc), hex(ct)].concat()));
    let bytes = bytes.expect("encrypted");
    let back = decrypt_from(&recipient, shared, &info, &aad, &bytes);
    assert_eq!(back.as_deref(), Ok(&plain));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(decrypt_from(&recipient, shared, &info, &aad, &changed).is_err());
    }
}

#[test]
fn xchacha20_poly1305_is_that_of_draft_xchacha_03_a_3_1() {
    let key = Zeroizing::new(fixed(
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
    ));
    let nonce = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
    let plain: &[u8] = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    let body = hex(concat!(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda",
        "7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b23835",
        "65d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
    ));
    let aad = hex("50515253c0c1c2c3c4c5c6c7");
    let mut entropy = |out: &mut [u8]| out.copy_from_slice(&nonce);
    let bytes = encrypt(&mut entropy, &key, &aad, plain);
    assert_eq!(bytes, Ok([nonce.clone(), body].concat()));
    let bytes = bytes.expect("encrypted");
    assert_eq!(decrypt(&key, &aad, &bytes).as_deref(), Ok(plain));
    assert_eq!(
        decrypt(&key, &aad, &bytes[..20]),
        Err(TrustError::NotDecrypted)
    );
    assert_eq!(decrypt(&key, b"", &bytes), Err(TrustError::NotDecrypted));
}

#[test]
fn ed25519_is_that_of_rfc_8032_7_1() {
    let key = SigningKey::from_bytes(&fixed(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    ));
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_eq!(key.verifying_key().to_bytes().to_vec(), public);
    let signature = hex(concat!(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555",
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ));
    assert_eq!(key.sign(b"").to_bytes().to_vec(), signature);
}

#[test]
fn a_signature_is_checked_strictly() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let signer = key.verifying_key().to_bytes();
    let signature = sign(&key, "test", b"body");
    assert_eq!(verify(&signer, "test", b"body", &signature), Ok(()));
    let what = "other";
    let refused = Err(TrustError::BadSignature { what });
    assert_eq!(verify(&signer, what, b"body", &signature), refused);
    // The same signature with S + L (RFC 8032, section 5.1.7, forbids it).
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut second = signature;
    let mut carry = 0;
    for (byte, more) in second[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert!(verify(&signer, "test", b"body", &second).is_err());
    // Keys of small order sign everything, and are refused.
    let mut zero = [0; 64];
    zero[0] = 1;
    let mut weak = [0; 32];
    weak[0] = 1;
    assert!(verify(&weak, "test", b"anything", &zero).is_err());
}

#[test]
fn hkdf_is_that_of_rfc_5869_a_1() {
    let ikm = [0x0b; 22];
    let salt = hex("000102030405060708090a0b0c");
    let mut out = [0; 42];
    hkdf::Hkdf::<Sha256>::new(Some(&salt), &ikm)
        .expand(&hex("f0f1f2f3f4f5f6f7f8f9"), &mut out)
        .expect("a length that HKDF can give");
    let okm =
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(out.to_vec(), hex(okm));
}

#[test]
fn borders_of_parts_and_names_of_uses_count() {
    assert_ne!(hash("a", &[b"bc"]), hash("ab", &[b"c"]));
    assert_ne!(hash("a", &[b"b", b"c"]), hash("a", &[b"bc"]));
    let secret = [1; 32];
    assert_ne!(derive(&secret, "a", b"b"), derive(&secret, "ab", b""));
    assert_eq!(
        hash("a", &[b"b"])[..4],
        Sha256::digest(
            [
                &16_u64.to_be_bytes()[..],
                b"selvage-trust 1 ",
                &1_u64.to_be_bytes(),
                b"a",
                &1_u64.to_be_bytes(),
                b"b"
            ]
            .concat()
        )[..4]
    );
}
