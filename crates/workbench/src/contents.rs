//! Contents that hosts bring and take piece by piece, so that a large file is never in memory as a whole.
//!
//! They are no tools: what goes through JSON is whole. A content that was brought belongs to no file yet; `write` with
//! the encoding `hash` gives it to one.

use crate::calls::Unread;
use crate::engine::{Caller, Cx, Workbench};
use crate::event::{Brought, Effect};
use crate::failure::failure;
use crate::policy::Consent;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Origin, Workspace};
use serde_json::json;

impl Workbench {
    /// Makes one change of many steps, or none of them, whatever the manifests among them say: of a host whose files are so already.
    /// Gives the heads after it, and what to do.
    ///
    /// # Errors
    /// One of them can't be made.
    pub fn import(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        message: String,
        ops: &[Op],
    ) -> (ToolResult<Vec<String>>, Vec<Effect>) {
        self.consent = Consent::default();
        let change = self.change(cx, origin, message, ops);
        self.tell_others(cx);
        let heads = change.map(|change| change.heads.to_strings());
        (heads, std::mem::take(&mut self.effects))
    }

    /// Makes one change of what somebody brings, when the manifests among it were read, and answers with the heads after it.
    pub(crate) fn bring(&mut self, cx: &mut Cx<'_>, brought: Brought) {
        self.consent = Consent::that_waits();
        let message = brought.message.clone();
        let change = self.change(cx, &brought.origin, message, &brought.ops);
        if std::mem::take(&mut self.consent.is_unproved) && !self.holds_its_most() {
            return self.unread.push(Unread::Brought(brought));
        }
        let heads = change.map(|change| json!(change.heads.to_strings()));
        self.reply(&Caller::Host(brought.call), heads);
    }

    /// Makes what is typed part of the history, so that every content has a name; gives what to do.
    ///
    /// # Errors
    /// Storage refused.
    pub fn seal_typing(&mut self, cx: &mut Cx<'_>) -> (ToolResult<()>, Vec<Effect>) {
        let sealed = self.seal(cx).map(drop);
        self.tell_others(cx);
        (sealed, std::mem::take(&mut self.effects))
    }

    /// The workspace, for a host that looks at it as a whole.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Begins to take in a content of so many bytes, by its SHA-256 in hexadecimal, or goes on with it; gives how many
    /// of them are here.
    ///
    /// # Errors
    /// It is larger than a file may be, or storage failed.
    pub fn begin_content(&mut self, hash: &str, size: u64) -> ToolResult<u64> {
        let hash = hash_of(hash)?;
        self.workspace.begin_content(&hash, size).map_err(failure)
    }

    /// Adds bytes to a content that was begun; true when it is whole by this, and durable.
    ///
    /// # Errors
    /// The bytes are not those of the content, which is then given up; or storage failed.
    pub fn add_content(&mut self, hash: &str, from: u64, bytes: &[u8]) -> ToolResult<bool> {
        let hash = hash_of(hash)?;
        self.workspace
            .add_content(&hash, from, bytes)
            .map_err(failure)
    }

    /// Gives up a content that is not whole: nothing of it is kept.
    ///
    /// # Errors
    /// Storage failed.
    pub fn drop_content(&mut self, hash: &str) -> ToolResult<()> {
        let hash = hash_of(hash)?;
        self.workspace.drop_content(&hash).map_err(failure)
    }

    /// A stretch of a content, shorter where the content ends.
    ///
    /// # Errors
    /// It is not here, or storage failed.
    pub fn read_content(&self, hash: &str, from: u64, bytes: u64) -> ToolResult<Vec<u8>> {
        self.content_part(&hash_of(hash)?, from, bytes)
    }

    pub(crate) fn content_part(&self, hash: &Hash, from: u64, bytes: u64) -> ToolResult<Vec<u8>> {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.workspace
            .read_range(hash, from, bytes)
            .map_err(failure)
    }
}

/// The name of a content, as a caller wrote it.
pub(crate) fn hash_of(text: &str) -> ToolResult<Hash> {
    text.parse().map_err(|_| {
        ToolError::new(
            ErrorCode::InvalidInput,
            format!("`{text}` is no SHA-256 in hexadecimal."),
        )
        .hint("Take the `hash` that `stat` or `read` gives.")
    })
}
