//! The JS guest.
//!
//! **Problem.** A flow is somebody else's program. It must run the same in a tab and on a server,
//! reach nothing but what it was granted, stop when it is told to, and fail with a message that
//! names the line.
//!
//! **Shape.** Boa inside a `wasm32-wasip1` program that speaks the guest ABI of
//! [`selvage_tool::guest`]. [`Guest`] is a run from its job to its outcome; [`Host`] is its only
//! door; [`api`] is what the flow finds; [`values`] is how values cross; [`gate`] keeps out texts
//! that the parser would not survive; `ffi` makes a program of it and exists in wasm
//! only, so that everything else is tested natively with a host in memory.
//!
//! **Control loop.** `warm` builds a context. `start` takes the job, parses, runs until every job
//! of the queue is done, and gives either the outcome or the calls that the run waits for. Each
//! `resume` settles one of them and runs on.
//!
//! ```
//! use guest_js::{Guest, Host, Interpreter};
//! use selvage_tool::{ToolError, guest::{ABI, GuestJob, GuestOutcome, HostCall, Progress, Shape}};
//! use serde_json::{Value, json};
//!
//! struct OneFile;
//! impl Host for OneFile {
//!     fn call(&self, _: &HostCall, _: &[u8]) -> Result<(Value, Vec<u8>), ToolError> {
//!         Ok((Value::Null, b"flow.args.a + flow.args.b".to_vec()))
//!     }
//!     fn random(&self, bytes: &mut [u8]) {
//!         bytes.fill(4);
//!     }
//! }
//!
//! let mut guest = Guest::new(std::rc::Rc::new(OneFile))?;
//! let job = GuestJob {
//!     abi: ABI, entry: "sum.flow.js".into(), function: None, shape: Shape::Script, module: false,
//!     args: json!({ "a": 2, "b": 3 }), env: Default::default(), stack_calls_max: 400, run: "r1".into(), began_ms: 0,
//! };
//! let (progress, _) = guest.start(&job);
//! assert_eq!(progress, Progress::Finished { outcome: GuestOutcome::Value(json!(5)) });
//! # Ok::<(), ToolError>(())
//! ```

pub mod api;
mod entry;
pub mod executor;
pub mod failure;
#[cfg(target_family = "wasm")]
mod ffi;
pub mod gate;
pub mod grafts;
pub mod guest;
pub mod loader;
pub mod place;
pub mod state;
pub mod url;
pub mod values;

pub use guest::Guest;
pub use selvage_guest::{Host, Interpreter};
