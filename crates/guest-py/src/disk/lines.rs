//! What a program prints, as log entries: one a line.

use crate::secrets::Secrets;
use selvage_guest::Host;
use selvage_tool::ToolError;
use selvage_tool::guest::{HostCall, LogLevel};

/// The most bytes of a line that becomes one entry; a longer one becomes several.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// The line that is being written.
#[derive(Debug)]
pub struct Lines {
    level: LogLevel,
    line: Vec<u8>,
}

impl Lines {
    /// A stream without a word, whose entries have this level.
    #[must_use]
    pub fn new(level: LogLevel) -> Self {
        Self {
            level,
            line: Vec::new(),
        }
    }

    /// Takes what is written, and tells the lines that are whole now.
    ///
    /// # Errors
    /// What the host says: the output quota, for one.
    pub fn write(
        &mut self,
        mut bytes: &[u8],
        secrets: &Secrets,
        host: &dyn Host,
    ) -> Result<(), ToolError> {
        while !bytes.is_empty() {
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let room = LINE_BYTES_MAX - self.line.len();
            let taken = end.unwrap_or(bytes.len()).min(room);
            self.line.extend_from_slice(&bytes[..taken]);
            let whole = end == Some(taken);
            bytes = &bytes[taken + usize::from(whole)..];
            if whole || self.line.len() == LINE_BYTES_MAX {
                self.tell(secrets, host)?;
            }
        }
        Ok(())
    }

    /// Tells the line that has no end.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn flush(&mut self, secrets: &Secrets, host: &dyn Host) -> Result<(), ToolError> {
        if self.line.is_empty() {
            return Ok(());
        }
        self.tell(secrets, host)
    }

    fn tell(&mut self, secrets: &Secrets, host: &dyn Host) -> Result<(), ToolError> {
        let call = HostCall::Log {
            level: self.level,
            source: "console".to_owned(),
        };
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        host.call(&call, secrets.hidden(&line).as_bytes()).map(drop)
    }
}
