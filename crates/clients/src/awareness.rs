//! Awareness: who is at a text, with which cursor. Passed on between clients and forgotten with
//! them; it is no part of the workspace.
//!
//! A message is a number of entries, each a client's id, its clock and its state as JSON; `null`
//! is a client that is gone (y-protocols, `awareness.js`).

use crate::limits::{AWARENESS_BYTES_MAX, AWARENESS_ENTRIES_MAX, AWARENESS_STATES_MAX};
use crate::reason::Reason;
use crate::sessions::SessionId;
use crate::text::{put_bytes, put_number, take_bytes, take_number};
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

const GONE: &str = "null";

/// One client's state.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    /// Whose socket it came over.
    session: SessionId,
    clock: u64,
    json: String,
}

/// Everybody at one text.
#[derive(Debug, Default)]
pub(crate) struct Awareness {
    states: BTreeMap<u64, State>,
}

impl Awareness {
    /// Takes in what a session says of its clients; gives what all are told, the sender included:
    /// a stock client takes a silent connection for a dead one.
    pub fn take(&mut self, session: SessionId, bytes: &[u8]) -> Result<Option<Vec<u8>>, Reason> {
        let entries = read(bytes).ok_or(Reason::Protocol("no awareness"))?;
        let mut told = Vec::new();
        for (client, clock, json) in entries {
            match self.states.get(&client) {
                // Another's state: clients repeat what they know.
                Some(known) if known.session != session => continue,
                Some(known) if known.clock > clock => continue,
                None if json == GONE => continue,
                None if self.of(session).count() == AWARENESS_STATES_MAX => {
                    return Err(Reason::Protocol("too many awareness states"));
                }
                _ => {}
            }
            told.push((client, clock, json));
            let json = json.to_owned();
            match json == GONE {
                true => drop(self.states.remove(&client)),
                false => drop(self.states.insert(
                    client,
                    State {
                        session,
                        clock,
                        json,
                    },
                )),
            }
        }
        Ok((!told.is_empty()).then(|| write(&told)))
    }

    /// Everybody who is here; `None` when that is nobody.
    pub fn all(&self) -> Option<Vec<u8>> {
        let entries = self.states.iter();
        let entries: Vec<_> = entries
            .map(|(client, state)| (*client, state.clock, state.json.as_str()))
            .collect();
        (!entries.is_empty()).then(|| write(&entries))
    }

    /// A session is over; gives what the others are told.
    pub fn end(&mut self, session: SessionId) -> Option<Vec<u8>> {
        let gone: Vec<_> = self.of(session).collect();
        for (client, ..) in &gone {
            self.states.remove(client);
        }
        (!gone.is_empty()).then(|| write(&gone))
    }

    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    fn of(&self, session: SessionId) -> impl Iterator<Item = (u64, u64, &'static str)> {
        let own = self
            .states
            .iter()
            .filter(move |(_, it)| it.session == session);
        own.map(|(client, state)| (*client, state.clock, GONE))
    }
}

/// The entries of a message; `None` when it is none, or passes a limit. What is not JSON would
/// break the clients that it is passed on to.
fn read(mut bytes: &[u8]) -> Option<Vec<(u64, u64, &str)>> {
    let rest = &mut bytes;
    let count = take_number(rest).filter(|count| *count <= AWARENESS_ENTRIES_MAX as u64)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let (client, clock) = (take_number(rest)?, take_number(rest)?);
        let json = std::str::from_utf8(take_bytes(rest)?).ok()?;
        if json.len() > AWARENESS_BYTES_MAX || serde_json::from_str::<IgnoredAny>(json).is_err() {
            return None;
        }
        entries.push((client, clock, json));
    }
    rest.is_empty().then_some(entries)
}

fn write(entries: &[(u64, u64, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    put_number(&mut out, entries.len() as u64);
    for (client, clock, json) in entries {
        put_number(&mut out, *client);
        put_number(&mut out, *clock);
        put_bytes(&mut out, json.as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: SessionId = SessionId(1);
    const B: SessionId = SessionId(2);

    #[test]
    fn states_are_told_to_all_and_end_with_their_session() {
        let mut awareness = Awareness::default();
        let ada = write(&[(5, 0, r#"{"name":"Ada"}"#)]);
        assert_eq!(awareness.take(A, &ada), Ok(Some(ada.clone())));
        assert_eq!(awareness.all(), Some(ada.clone()));
        // Another session repeats it, and says that it is gone: neither is its to say.
        let gone = write(&[(5, 9, "null")]);
        assert_eq!(awareness.take(B, &ada), Ok(None));
        assert_eq!(awareness.take(B, &gone), Ok(None));
        let late = write(&[(5, 3, r#"{"name":"Bob"}"#)]);
        assert_eq!(awareness.take(A, &late), Ok(Some(late)));
        assert_eq!(awareness.take(A, &ada), Ok(None), "an older clock");
        assert_eq!(awareness.end(A), Some(write(&[(5, 3, "null")])));
        assert!(awareness.is_empty() && awareness.end(A).is_none());
    }

    #[test]
    fn what_is_no_awareness_or_too_much_is_refused() {
        let long = format!("\"{}\"", "a".repeat(AWARENESS_BYTES_MAX));
        let many = vec![(5, 0, "{}"); AWARENESS_ENTRIES_MAX + 1];
        let deep = "[".repeat(10_000);
        for bytes in [
            vec![],
            vec![1],
            vec![0, 0],
            vec![0xff, 0xff, 0xff, 0xff, 0x0f],
            write(&[(5, 0, "{")]),
            write(&[(5, 0, &long)]),
            write(&[(5, 0, &deep)]),
            write(&many),
        ] {
            let mut awareness = Awareness::default();
            assert!(awareness.take(A, &bytes).is_err());
            assert!(awareness.is_empty());
        }
        let mut awareness = Awareness::default();
        for client in 0..AWARENESS_STATES_MAX as u64 {
            let one = write(&[(client, 0, "{}")]);
            assert!(awareness.take(A, &one).is_ok());
        }
        assert!(awareness.take(A, &write(&[(99, 0, "{}")])).is_err());
        assert!(awareness.take(B, &write(&[(99, 0, "{}")])).is_ok());
    }
}
