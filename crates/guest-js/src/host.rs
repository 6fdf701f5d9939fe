//! The one door to the outside. The program that runs in a sandbox implements it with imports,
//! the tests with a folder in memory.

use selvage_tool::ToolError;
use selvage_tool::guest::HostCall;
use serde_json::Value;

/// What a guest may ask of whoever holds it.
pub trait Host {
    /// Makes a call that is answered at once: the answer and its body.
    ///
    /// # Errors
    /// What the host says instead of an answer.
    fn call(&self, call: &HostCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError>;

    /// Fills a buffer with randomness, which may come from a seed.
    fn random(&self, bytes: &mut [u8]);
}
