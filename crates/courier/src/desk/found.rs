//! What a person should know: remembered until it is settled, or the person has seen it.

use super::*;
use crate::limits::FINDINGS_MAX;

const ASK: &str = "Ask the persons of the other devices. If it happens again, use another relay.";
const WITHHELD: &str = "Wait a little. If it stays, the relay keeps letters back: use another one.";
const INCOMPLETE: &str = "Open the workspace on the device that made them. The device that is named said last to mail everything.";
const TAKE_OUT: &str = "Take that device out, unless you know why.";

/// Every code of a finding with what can be done about it.
const HINTS: &[(&str, &str)] = &[
    ("ALTERED", ASK),
    ("DISPUTED", TAKE_OUT),
    ("FORKED", TAKE_OUT),
    ("INCOMPLETE", INCOMPLETE),
    ("LOCKED", WITHHELD),
    ("MEMBERSHIP", ASK),
    ("MISSING", WITHHELD),
    ("MOVE", ASK),
    (
        "REFUSED",
        "An owner can give that device the right to edit, or add it anew.",
    ),
    (
        "RELAY_SET_BACK",
        "Nothing is lost that a device has. If it happens again, use another relay.",
    ),
    ("REPEATED", ASK),
    ("SET_BACK", ASK),
    ("UNKNOWN", "Reload the page to have the newest version."),
    ("WITHHELD", WITHHELD),
];

/// One finding.
#[derive(Debug, Clone)]
pub(super) struct Found {
    code: &'static str,
    hint: &'static str,
    message: String,
    device: Option<DeviceId>,
    /// It is settled when so many envelopes of a signer are here.
    until: Option<(DeviceId, u64)>,
}

impl Found {
    fn named(code: &str) -> Option<(&'static str, &'static str)> {
        let mut hints = HINTS.iter().copied();
        hints.find(|(known, _)| *known == code)
    }

    fn shown(&self) -> Shown {
        Shown {
            code: self.code,
            message: self.message.clone(),
            hint: self.hint,
            device: self.device.map(hex),
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, self.code.as_bytes());
        put(&mut out, self.message.as_bytes());
        put(&mut out, self.device.as_ref().map_or(&[][..], |id| &id.0));
        let until = self
            .until
            .map(|(id, seq)| [&id.0[..], &seq.to_le_bytes()].concat());
        put(&mut out, &until.unwrap_or_default());
        out
    }

    /// `None` for a code of another version.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>> {
        let mut reader = Reader(bytes);
        let named = Self::named(&String::from_utf8_lossy(reader.bytes()?));
        let message = String::from_utf8_lossy(reader.bytes()?).into_owned();
        let mut device = Reader(reader.bytes()?);
        let mut until = Reader(reader.bytes()?);
        let device = match device.end() {
            Ok(()) => None,
            Err(_) => Some(DeviceId(device.array()?)),
        };
        let until = match until.end() {
            Ok(()) => None,
            Err(_) => Some((DeviceId(until.array()?), until.uint()?)),
        };
        Ok(named.map(|(code, hint)| Self {
            code,
            hint,
            message,
            device,
            until,
        }))
    }
}

impl Desk {
    /// The relay has not what it had before.
    pub fn relay_was_set_back(&mut self) {
        let message = "The relay lost letters, or was set back to an older state.".into();
        self.find("RELAY_SET_BACK", message, None, None);
    }

    pub fn find(
        &mut self,
        code: &'static str,
        message: String,
        device: Option<DeviceId>,
        until: Option<(DeviceId, u64)>,
    ) {
        let is_known = |known: &Found| known.code == code && known.device == device;
        if self.findings.iter().any(is_known) || self.findings.len() >= FINDINGS_MAX {
            return;
        }
        let named = Found::named(code);
        self.findings.extend(named.map(|(code, hint)| Found {
            code,
            hint,
            message,
            device,
            until,
        }));
        self.dirty = true;
    }

    /// What was missing has come.
    pub(super) fn settle(&mut self) {
        let seat = &self.seat;
        let is_open = self.locked.is_empty();
        self.findings.retain(|found| {
            let lacks = |(signer, seq)| seat.admitted(signer).seq < seq;
            found.until.is_none_or(lacks) && !(is_open && found.code == "LOCKED")
        });
    }

    /// What came rests on changes that did not come; whoever said last to mail everything is named.
    pub fn stays_incomplete(&mut self) {
        let message = "Changes came that rest on others which did not come.".into();
        self.find("INCOMPLETE", message, self.voucher, None);
    }

    /// All that came landed.
    pub fn has_landed(&mut self) {
        self.findings.retain(|found| found.code != "INCOMPLETE");
    }

    /// The person has seen it. The same is shown again when it happens again.
    pub fn dismiss(&mut self, code: &str, device: Option<DeviceId>) {
        let is_it = |found: &Found| found.code == code && found.device == device;
        self.findings.retain(|found| !is_it(found));
        self.dirty = true;
    }

    pub fn findings(&self) -> Vec<Shown> {
        let found = self.findings.iter().map(Found::shown);
        let overhangs = self.seat.overhangs().into_iter().map(|overhang| Shown {
            code: "OVERHANG",
            message: "Changes of a removed device are here that other devices refuse.".into(),
            hint: match overhang.keepable {
                true => "An owner can let this device write: it then keeps them for all.",
                false => "Copy what is wanted of them, and write it anew.",
            },
            device: Some(hex(overhang.device)),
        });
        found.chain(overhangs).collect()
    }
}
