//! Values on their way out and in: the mapping between JS and JSON.
//!
//! JSON values stand for themselves. What JSON lacks is an object with `$type`; a plain object that
//! has a `$type` of its own is wrapped, so that every value comes back as it went.

mod decode;
mod encode;

pub use decode::decode;
pub(crate) use encode::primitive;
pub use encode::{Encoded, encode, encode_input};

/// How deep a value's JSON form may be nested. Readers of JSON stop at 128 levels.
pub const VALUE_DEPTH_MAX: usize = 100;
/// How many bytes a value's JSON form may have, counted as it is built.
pub const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The key that marks a value that is no JSON value.
pub const TYPE: &str = "$type";
