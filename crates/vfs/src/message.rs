//! What a change says about itself: when, who, and what for.

use crate::limits::MESSAGE_BYTES_MAX;
use crate::node::{Origin, OriginKind};
use serde_json::{Value, json};

/// When, who and why: what a caller says about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Milliseconds since 1970, by the caller's clock. It is shown and orders nothing.
    pub at_ms: u64,
    /// Who makes the change.
    pub origin: Origin,
    /// What the change does, in one sentence.
    pub message: String,
}

impl Meta {
    /// What a caller says about a change.
    #[must_use]
    pub fn new(at_ms: u64, origin: Origin, message: impl Into<String>) -> Self {
        Self {
            at_ms,
            origin,
            message: message.into(),
        }
    }
}

/// The same as the ledger keeps it, as JSON in the change's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub at_ms: u64,
    pub origin: Origin,
    pub text: String,
}

impl Message {
    pub fn of(meta: &Meta) -> Self {
        let mut text = meta.message.clone();
        let mut end = text.len().min(MESSAGE_BYTES_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        Self {
            at_ms: meta.at_ms,
            origin: meta.origin.clone(),
            text,
        }
    }

    pub fn encode(&self) -> String {
        json!({
            "at": self.at_ms,
            "by": self.origin.kind.as_str(),
            "name": self.origin.name,
            "text": self.text,
        })
        .to_string()
    }

    /// Reads a change's message; another program's is taken as it is.
    pub fn decode(message: Option<&str>, seconds: i64) -> Self {
        let raw = message.unwrap_or_default();
        let parsed = serde_json::from_str::<Value>(raw).ok();
        let field = |name: &str| parsed.as_ref().and_then(|value| value.get(name));
        let word = |name: &str| field(name).and_then(Value::as_str);
        match (
            field("at").and_then(Value::as_u64),
            word("by").and_then(OriginKind::from_word),
        ) {
            (Some(at_ms), Some(kind)) => Self {
                at_ms,
                origin: Origin::new(kind, word("name").unwrap_or_default()),
                text: word("text").unwrap_or_default().to_owned(),
            },
            _ => Self {
                at_ms: u64::try_from(seconds).unwrap_or(0).saturating_mul(1000),
                origin: Origin::new(OriginKind::Peer, "another program"),
                text: raw.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_survives_the_ledger_and_a_long_one_is_cut_between_characters() {
        let meta = Meta::new(
            5,
            Origin::new(OriginKind::Agent, "a \"b\""),
            "é".repeat(MESSAGE_BYTES_MAX),
        );
        let message = Message::of(&meta);
        assert_eq!(message.text.len(), MESSAGE_BYTES_MAX);
        assert_eq!(Message::decode(Some(&message.encode()), 0), message);
    }

    #[test]
    fn another_programs_message_is_taken_as_it_is() {
        let message = Message::decode(Some("hello"), 7);
        assert_eq!((message.text.as_str(), message.at_ms), ("hello", 7000));
    }
}
