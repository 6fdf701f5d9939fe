//! The lines that a memory is kept in: a checksum, a space, and JSON.

use crate::disk::Stamp;
use crate::error::{MirrorError, Result};
use selvage_vfs::{Hash, NodeId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The version of the lines.
pub(super) const VERSION: u32 = 1;

/// A path, as both sides held it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The node in the workspace.
    #[serde(with = "text")]
    pub node: NodeId,
    /// The content; nothing for a folder.
    #[serde(with = "texts", default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// The file when its content was read; nothing when it has to be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Stamp>,
}

/// What is about to happen, that is not safe to do twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The time of the change.
    pub at_ms: u64,
    /// Its message.
    pub message: String,
    /// The files that are joined in it, and what the folder held of them.
    pub joined: BTreeMap<String, String>,
}

/// What a line says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Line {
    /// The first one.
    Start { version: u32 },
    /// Paths that are equal now, and paths that are nowhere. It ends what was intended.
    Set {
        #[serde(default)]
        set: BTreeMap<String, Known>,
        #[serde(default)]
        drop: Vec<String>,
    },
    /// See [`Intent`].
    Intent(Intent),
    /// Files of the folder that are about to be replaced, and the contents that they get.
    Replace(BTreeMap<String, String>),
}

/// A line as it is kept, with its end.
pub(super) fn written(line: &Line) -> Result<Vec<u8>> {
    let json = serde_json::to_string(line).map_err(|why| MirrorError::Memory(why.into()))?;
    Ok(format!("{} {json}\n", checksum(&json)).into_bytes())
}

/// A line without its end; otherwise why it is none.
pub(super) fn read(line: &[u8]) -> std::result::Result<Line, String> {
    let text = std::str::from_utf8(line).map_err(|_| "it is no text")?;
    let (sum, json) = text.split_once(' ').ok_or("no checksum")?;
    if sum != checksum(json) {
        return Err("its checksum is another one".into());
    }
    serde_json::from_str(json).map_err(|why| why.to_string())
}

/// The first half of a SHA-256: damage is to be seen, and nobody to be kept out.
fn checksum(text: &str) -> String {
    Hash::of(text.as_bytes()).to_string()[..32].to_owned()
}

mod text {
    use super::*;

    pub fn serialize<T: ToString, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&value.to_string())
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        let text = String::deserialize(from)?;
        let unfit = || serde::de::Error::custom(format!("{text:?} is no name"));
        text.parse().map_err(|_| unfit())
    }
}

mod texts {
    use super::*;

    pub fn serialize<T: ToString, S: Serializer>(
        value: &Option<T>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => text::serialize(value, to),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        text::deserialize(from).map(Some)
    }
}
