//! A relay's address: as a person types it, as it is dialled, and as the relay knows itself.

use crate::{CourierError, Result};
use selvage_trust::limits::RELAY_BYTES_MAX;

/// Where `selvage serve` has its relay.
const PATH: &str = "/relay";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// `wss://host[:port]`.
    pub base: String,
    /// `host[:port]`, without the scheme's own port.
    pub audience: String,
}

impl Address {
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").unwrap_or(("wss", &text));
        let (scheme, own_port) = match scheme {
            "wss" | "https" => ("wss", ":443"),
            "ws" | "http" => ("ws", ":80"),
            _ => return Err(CourierError::Address("it begins with wss:// or https://")),
        };
        let rest = rest.trim_end_matches('/');
        let authority = rest.strip_suffix(PATH).unwrap_or(rest);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if authority.is_empty() || !authority.chars().all(is_plain) {
            return Err(CourierError::Address("it is a host, and a port if need be"));
        }
        let audience = authority.strip_suffix(own_port).unwrap_or(authority);
        let host = match audience.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => audience,
        };
        let is_near = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if scheme == "ws" && !is_near {
            return Err(CourierError::Address(
                "without encryption only on this computer",
            ));
        }
        let base = format!("{scheme}://{audience}");
        if base.len() > RELAY_BYTES_MAX {
            return Err(CourierError::Address("it is longer than 64 bytes"));
        }
        let audience = audience.to_owned();
        Ok(Self { base, audience })
    }

    /// What a socket dials.
    pub fn dialled(&self) -> String {
        format!("{}{PATH}", self.base)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn people_type_addresses_in_many_ways() {
        for text in [
            "relay.example",
            "https://Relay.example/",
            "wss://relay.example:443/relay",
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.audience, "relay.example");
            assert_eq!(address.dialled(), "wss://relay.example/relay");
        }
        assert_eq!(
            Address::parse("http://localhost:8080").unwrap().base,
            "ws://localhost:8080"
        );
        assert!(Address::parse("ws://relay.example").is_err());
        assert!(Address::parse("ftp://relay.example").is_err());
        assert!(Address::parse("wss://a b").is_err());
        assert!(Address::parse(&format!("wss://{}", "a".repeat(59))).is_err());
    }
}
