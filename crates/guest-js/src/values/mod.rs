//! Values on their way out and in: the mapping between JS and JSON.
//!
//! JSON values stand for themselves. What JSON lacks is an object with `$type`; a plain object that
//! has a `$type` of its own is wrapped, so that every value comes back as it went.

mod decode;
mod encode;

pub use decode::decode;
pub(crate) use encode::primitive;
pub use encode::{Encoded, encode, encode_input};

pub use selvage_guest::values::{TYPE, VALUE_BYTES_MAX, VALUE_DEPTH_MAX};
