//! automerge-repo's messages: CBOR maps, as `@automerge/automerge-repo-network-websocket` has them
//! in its README (version 1).

use crate::limits::{EPHEMERAL_BYTES_MAX, NAME_BYTES_MAX};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder, decode, encode};
use std::convert::Infallible;

/// The version that both have to speak.
const VERSION: &str = "1";

/// What a client says, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard<'a> {
    pub kind: &'a str,
    pub sender: &'a str,
    pub document: &'a str,
    pub session: &'a str,
    pub count: u64,
    pub data: &'a [u8],
    pub speaks_version: bool,
}

impl<'a> Heard<'a> {
    /// Reads a message; `None` when it is none, or passes a limit.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let heard = read(&mut decoder).ok()?;
        let is_whole = decoder.position() == bytes.len();
        let names = [heard.kind, heard.sender, heard.document, heard.session];
        let is_bounded = names.iter().all(|name| name.len() <= NAME_BYTES_MAX)
            && (heard.kind != "ephemeral" || heard.data.len() <= EPHEMERAL_BYTES_MAX);
        (is_whole && is_bounded).then_some(heard)
    }
}

fn read<'a>(decoder: &mut Decoder<'a>) -> Result<Heard<'a>, decode::Error> {
    let mut heard = Heard::default();
    let mut left = decoder.map()?;
    loop {
        match &mut left {
            Some(0) => break,
            Some(left) => *left -= 1,
            None if decoder.datatype()? == Type::Break => {
                decoder.skip()?;
                break;
            }
            None => {}
        }
        match decoder.str()? {
            "type" => heard.kind = decoder.str()?,
            "senderId" => heard.sender = decoder.str()?,
            "documentId" => heard.document = decoder.str()?,
            "sessionId" => heard.session = decoder.str()?,
            "count" => heard.count = decoder.u64()?,
            "data" => heard.data = decoder.bytes()?,
            "supportedProtocolVersions" => {
                for version in decoder.array_iter::<&str>()? {
                    heard.speaks_version |= version? == VERSION;
                }
            }
            _ => decoder.skip()?,
        }
    }
    Ok(heard)
}

/// What is said to a client.
pub(super) enum Said<'a> {
    Peer,
    Sync(&'a [u8]),
    Unavailable,
    Ephemeral {
        sender: &'a str,
        session: &'a str,
        count: u64,
        data: &'a [u8],
    },
    Error(&'a str),
}

impl Said<'_> {
    /// The message, from this host to a client, about a document.
    pub fn write(&self, from: &str, to: &str, document: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out);
        // Memory takes everything, and there is no value here that CBOR has no form for.
        let _ = self.encode(&mut encoder, from, to, document);
        out
    }

    fn encode(
        &self,
        encoder: &mut Encoder<&mut Vec<u8>>,
        from: &str,
        to: &str,
        document: &str,
    ) -> Result<(), encode::Error<Infallible>> {
        let (fields, kind) = match self {
            Self::Peer => (2, "peer"),
            Self::Sync(_) => (2, "sync"),
            Self::Unavailable => (1, "doc-unavailable"),
            Self::Ephemeral { .. } => (4, "ephemeral"),
            Self::Error(_) => (1, "error"),
        };
        encoder.map(fields + 3)?.str("type")?.str(kind)?;
        let mut sender = from;
        match self {
            Self::Peer => {
                encoder.str("selectedProtocolVersion")?.str(VERSION)?;
                // What this host knows of a client goes with the connection.
                encoder.str("peerMetadata")?.map(1)?;
                encoder.str("isEphemeral")?.bool(true)?;
            }
            Self::Sync(data) => {
                encoder.str("documentId")?.str(document)?;
                encoder.str("data")?.bytes(data)?;
            }
            Self::Unavailable => {
                encoder.str("documentId")?.str(document)?;
            }
            Self::Ephemeral {
                sender: other,
                session,
                count,
                data,
            } => {
                encoder.str("documentId")?.str(document)?;
                encoder.str("sessionId")?.str(session)?;
                encoder.str("count")?.u64(*count)?;
                encoder.str("data")?.bytes(data)?;
                sender = other;
            }
            Self::Error(message) => {
                encoder.str("message")?.str(message)?;
            }
        }
        encoder.str("senderId")?.str(sender)?;
        encoder.str("targetId")?.str(to)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_cut_is_not() {
        let bytes = Said::Ephemeral {
            sender: "a",
            session: "s",
            count: 3,
            data: &[1, 2],
        }
        .write("host", "b", "doc");
        let heard = Heard::read(&bytes).expect("a message");
        assert_eq!(
            (heard.kind, heard.sender, heard.session),
            ("ephemeral", "a", "s")
        );
        assert_eq!(
            (heard.document, heard.count, heard.data),
            ("doc", 3, &[1, 2][..])
        );
        for cut in 0..bytes.len() {
            assert_eq!(Heard::read(&bytes[..cut]), None, "cut at {cut}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Heard::read(&longer), None);
    }

    #[test]
    fn a_map_without_a_length_and_keys_of_later_versions_are_read() {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out);
        encoder.begin_map().expect("writes");
        encoder
            .str("later")
            .expect("writes")
            .array(2)
            .expect("writes");
        encoder.u8(1).expect("writes").begin_map().expect("writes");
        encoder.end().expect("writes");
        encoder
            .str("type")
            .expect("writes")
            .str("join")
            .expect("writes");
        encoder.str("supportedProtocolVersions").expect("writes");
        encoder.array(2).expect("writes").str("9").expect("writes");
        encoder.str("1").expect("writes").end().expect("writes");
        let heard = Heard::read(&out).expect("a message");
        assert!(heard.kind == "join" && heard.speaks_version);
    }

    #[test]
    fn names_and_ephemera_are_bounded() {
        let long = |sender: usize, data: usize| {
            let (sender, data) = ("a".repeat(sender), vec![0; data]);
            let said = Said::Ephemeral {
                sender: &sender,
                session: "s",
                count: 0,
                data: &data,
            };
            Heard::read(&said.write("host", "b", "doc")).is_some()
        };
        assert!(long(NAME_BYTES_MAX, EPHEMERAL_BYTES_MAX));
        assert!(!long(NAME_BYTES_MAX + 1, 0) && !long(1, EPHEMERAL_BYTES_MAX + 1));
    }

    #[test]
    fn nesting_costs_no_stack() {
        let mut deep = vec![0xa1, 0x61, b'x'];
        deep.extend(std::iter::repeat_n(0x81, 1_000_000));
        assert_eq!(Heard::read(&deep), None);
        deep.push(0);
        assert!(Heard::read(&deep).is_some());
    }
}
