//! Functions that stand in for those of the interpreter and its libraries, which are right but slow.
//!
//! **Problem.** Each text that a program makes is looked through for what is not ASCII, four bytes at a time; and `s += x` looks
//! through all of `s` again, though both parts say what they hold.
//!
//! **Shape.** The build puts these in the place of the others (`graft` in `wasm-pack.toml`). They have the same signatures, and give
//! the same results. Natively the others run.

pub mod ascii;
#[cfg(feature = "interpreter")]
mod text;

/// Keeps the functions, which no code of the guest calls, and their signatures as they are.
#[cfg(feature = "interpreter")]
#[used]
static IS_ASCII: fn(&[u8]) -> bool = ascii::is_ascii;
#[cfg(feature = "interpreter")]
#[used]
static APPEND: fn(
    &mut text::Text,
    &rustpython_vm::common::wtf8::Wtf8,
    &rustpython_vm::VirtualMachine,
) = text::append;
