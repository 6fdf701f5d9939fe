//! The guest that looks at Python.
//!
//! **Problem.** What keeps a program from running, the interpreter's guest finds. What is most likely a mistake all the same (a name
//! that nothing defines, a default that all calls share, an exception that nobody chains) takes scopes and bindings, which ruff has
//! followed through for years; and how a text is laid out nobody wants to decide.
//!
//! **Shape.** `ruff_linter` and `ruff_python_formatter` in a `wasm32-wasip1` program that speaks the guest ABI of
//! [`selvage_tool::guest`], where only `selvage_check` has something to do. [`rules`] says which of its rules are looked with;
//! `guest` brings what they find into the contract's form.
//!
//! It is a guest of its own, because its parser makes other trees than the interpreter's, and because nobody needs it to run
//! something: it is fetched when somebody looks at Python. Ruff takes long to build, so it is the feature `ruff`, which only the
//! artifact has; the native host's tests run that.
//!
//! *Invariants.*
//! - It is given only what the interpreter could read, which bounds how deep a text nests.
//! - Nothing that it finds keeps a program from running: the interpreter's guest has that word.
//! - It knows one text, and nothing of the workspace.

#[cfg(all(feature = "ruff", target_family = "wasm"))]
mod ffi;
#[cfg(feature = "ruff")]
mod guest;
pub mod rules;
