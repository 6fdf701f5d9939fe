//! The workspace's errors in the contract's words.

use crate::record::stamp;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::VfsError;

/// Puts an error of the workspace into the contract's words.
#[must_use]
pub fn failure(error: VfsError) -> ToolError {
    let message = sentence(&error.to_string());
    let about = |code, path: String| ToolError::new(code, message.clone()).path(path);
    match error {
        VfsError::NotFound { path } => about(ErrorCode::NotFound, path).hint("`ls` and `search` show what is there."),
        VfsError::AlreadyExists { path, existing } => {
            about(ErrorCode::AlreadyExists, path).hint(format!("Choose another name, or move or delete `{existing}` first."))
        }
        VfsError::InvalidPath { path, .. } => about(ErrorCode::InvalidPath, path)
            .hint("A path is names with `/` between them, below the workspace's root: `flows/report.flow.js`."),
        VfsError::NotAFile { path } => about(ErrorCode::NotAFile, path).hint("Name a file in it; `ls` shows them."),
        VfsError::NotAFolder { path } => about(ErrorCode::NotAFolder, path).hint("Name the folder that holds it."),
        VfsError::NotText { path } => about(ErrorCode::NotText, path).hint("Read it with `encoding: \"base64\"`."),
        VfsError::TooLarge { path, max, .. } => {
            about(ErrorCode::TooLarge, path).hint(format!("The limit is {max}. Work with smaller pieces."))
        }
        VfsError::OutOfRange { path, len, .. } => {
            about(ErrorCode::InvalidInput, path).hint(format!("The text ends at {len}. Read it again."))
        }
        VfsError::NotTheContent { .. } => ToolError::new(ErrorCode::InvalidInput, message)
            .hint("The file changed while it was read, or was read badly. Try again."),
        VfsError::MoveIntoSelf { from, .. } => {
            about(ErrorCode::MoveIntoSelf, from).hint("Choose a target outside the folder that moves.")
        }
        VfsError::NothingToUndo | VfsError::NothingToRedo => ToolError::new(ErrorCode::NothingToUndo, message)
            .hint("`history` lists the changes; `restore` goes back to any of them."),
        VfsError::UnknownHeads { .. } => {
            ToolError::new(ErrorCode::NotFound, message).hint("`history` lists the heads that can be named.")
        }
        VfsError::Thinned { at_ms, .. } => {
            ToolError::new(ErrorCode::Thinned, format!("This version was thinned out on {}.", &stamp(at_ms)[..10]))
                .hint("`history` of the file marks the versions that were thinned out; the others can be read and restored.")
        }
        VfsError::InvalidQuery { .. } => {
            ToolError::new(ErrorCode::InvalidInput, message).hint("Mend the query, or search for it as plain text.")
        }
        VfsError::StorageFull { .. } => ToolError::new(ErrorCode::StorageFull, message)
            .hint("Delete what is not needed, export the workspace, or free space on the device. What was kept before is safe."),
        VfsError::Damaged { .. } => ToolError::new(ErrorCode::Damaged, message)
            .hint("A tab or device that has a healthy copy of a file gives it by itself. Export what can be read before you do anything else."),
        VfsError::StorageFailed { .. } | VfsError::UnsupportedFormat { .. } => {
            ToolError::new(ErrorCode::StorageFailed, message)
                .hint("Nothing of this change was kept. Export the workspace, then reload the page.")
        }
        VfsError::Internal { .. } => ToolError::new(ErrorCode::Internal, message)
            .hint("This is a defect of Selvage. Nothing of this change was kept."),
    }
}

/// A message with a capital and a full stop.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
