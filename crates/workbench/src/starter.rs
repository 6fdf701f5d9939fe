//! The files that a new workspace starts with.

use crate::engine::Cx;
use crate::failure::failure;
use selvage_tool::ToolResult;
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};

include!(concat!(env!("OUT_DIR"), "/starter_files.rs"));

/// Writes the starter files.
pub(crate) fn fill(workspace: &mut Workspace, cx: &mut Cx<'_>) -> ToolResult<()> {
    let ops: Vec<Op> = STARTER
        .iter()
        .map(|(path, bytes)| Op::write(*path, *bytes))
        .collect();
    let meta = Meta {
        at_ms: cx.now_ms,
        origin: Origin::new(OriginKind::System, "selvage"),
        message: "Start the workspace".into(),
    };
    workspace.apply(cx.random, &meta, &ops).map_err(failure)?;
    Ok(())
}
