//! Functions that stand in for the engine's own, which are right but slow, or large.
//!
//! **Problem.** The engine's texts are exact: `s += x` copies all of `s`, so a text that is built of n pieces costs n² / 2
//! copied bytes; `indexOf(x, from)` walks to `from`, so that splitting and replacing are quadratic, too; and a date is read
//! with a library of which a twentieth would do.
//!
//! **Shape.** The build puts these in the place of the engine's functions (`graft` in `wasm-pack.toml`). They have the same
//! signatures, and give the same results; [`date()`] reads some texts more. Natively the engine's own run.

mod date;
mod find;
mod join;

pub use date::date;
pub use find::find;
pub use join::join;

use boa_engine::JsString;
use boa_engine::context::HostHooks;
use boa_engine::string::JsStr;

/// Keeps the functions, which no code of the guest calls, and their signatures as they are.
#[used]
static JOIN: fn(&[JsStr<'_>]) -> JsString = join;
#[used]
static FIND: fn(&JsString, JsStr<'_>, usize) -> Option<usize> = find;
#[used]
static DATE: fn(&JsString, &dyn HostHooks) -> Option<i64> = date;
