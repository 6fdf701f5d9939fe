//! The host of an address: names, and addresses of machines.

use icu_normalizer::ComposingNormalizerBorrowed;
use std::net::Ipv6Addr;

/// What no host may hold.
const FORBIDDEN: &str = "\0\t\n\r #/:<>?@[\\]^|";

/// Reads a host as its address writes it.
pub fn parse(text: &str, special: bool) -> Option<String> {
    if let Some(inner) = text.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{}]", compressed(&address)));
    }
    if !special {
        let forbidden = text.contains(|character| FORBIDDEN.contains(character));
        return (!forbidden).then(|| super::encode(text, ""));
    }
    let name = decoded(text)?;
    let name = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        international(&name)?
    };
    let forbidden = |character: char| {
        FORBIDDEN.contains(character) || character == '%' || character.is_ascii_control()
    };
    if name.contains(forbidden) {
        return None;
    }
    let last = name
        .strip_suffix('.')
        .unwrap_or(&name)
        .rsplit('.')
        .next()
        .unwrap_or_default();
    if !last.is_empty()
        && (last.bytes().all(|byte| byte.is_ascii_digit()) || number(last).is_some())
    {
        return ipv4(&name);
    }
    Some(name)
}

/// Percent-decodes; `None` when that is no text.
fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair
            .filter(|_| bytes[at] == b'%')
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).ok()
}

/// A name beyond ASCII, each label in Punycode.
fn international(name: &str) -> Option<String> {
    let lower: String = name
        .chars()
        .flat_map(char::to_lowercase)
        .filter(|character| *character != '\u{ad}')
        .collect();
    let normal = ComposingNormalizerBorrowed::new_nfkc()
        .normalize(&lower)
        .to_lowercase();
    let labels: Option<Vec<String>> = normal
        .split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'])
        .map(|label| {
            if label.is_ascii() {
                Some(label.to_owned())
            } else {
                Some(format!("xn--{}", punycode(label)?))
            }
        })
        .collect();
    Some(labels?.join("."))
}

/// RFC 3492.
fn punycode(label: &str) -> Option<String> {
    let digit = |value: u32| {
        char::from(if value < 26 {
            b'a' + value as u8
        } else {
            b'0' + (value - 26) as u8
        })
    };
    let mut written: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(written.len()).ok()?;
    let total = u32::try_from(label.chars().count()).ok()?;
    let (mut handled, mut code, mut delta, mut bias) = (basic, 128u32, 0u32, 72u32);
    if basic > 0 {
        written.push('-');
    }
    while handled < total {
        let next = label
            .chars()
            .map(u32::from)
            .filter(|point| *point >= code)
            .min()?;
        delta = delta.checked_add((next - code).checked_mul(handled + 1)?)?;
        code = next;
        for point in label.chars().map(u32::from) {
            if point < code {
                delta = delta.checked_add(1)?;
            }
            if point != code {
                continue;
            }
            let mut rest = delta;
            for step in 1u32.. {
                let threshold = (36 * step).saturating_sub(bias).clamp(1, 26);
                if rest < threshold {
                    break;
                }
                written.push(digit(threshold + (rest - threshold) % (36 - threshold)));
                rest = (rest - threshold) / (36 - threshold);
            }
            written.push(digit(rest));
            bias = adapted(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(written)
}

fn adapted(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

/// A part of an IPv4 address: decimal, `0x` hexadecimal or `0` octal.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some("") => Some(0),
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => u64::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

fn ipv4(name: &str) -> Option<String> {
    let parts: Vec<u64> = name
        .strip_suffix('.')
        .unwrap_or(name)
        .split('.')
        .map(number)
        .collect::<Option<_>>()?;
    let (last, before) = parts.split_last()?;
    let room = 4usize.checked_sub(before.len())?;
    if before.iter().any(|part| *part > 255)
        || *last >= 1u64.checked_shl(8 * u32::try_from(room).ok()?)?
    {
        return None;
    }
    let mut address = *last;
    for (index, part) in before.iter().enumerate() {
        address += part << (8 * (3 - index));
    }
    Some(std::net::Ipv4Addr::from(u32::try_from(address).ok()?).to_string())
}

/// The longest run of zeros is left out, and nothing is written in dots.
fn compressed(address: &Ipv6Addr) -> String {
    let segments = address.segments();
    let run = |start: usize| {
        segments[start..]
            .iter()
            .take_while(|segment| **segment == 0)
            .count()
    };
    let longest = (0..8)
        .map(|start| (run(start), start))
        .fold(
            (1, 8),
            |best, other| if other.0 > best.0 { other } else { best },
        );
    let shown = |segments: &[u16]| {
        segments
            .iter()
            .map(|segment| format!("{segment:x}"))
            .collect::<Vec<_>>()
            .join(":")
    };
    match longest {
        (_, 8) => shown(&segments),
        (length, start) => format!(
            "{}::{}",
            shown(&segments[..start]),
            shown(&segments[start + length..])
        ),
    }
}
