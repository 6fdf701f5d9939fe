//! The files that a new workspace starts with.

use crate::engine::Cx;
use crate::failure::failure;
use selvage_tool::ToolResult;
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};

include!(concat!(env!("OUT_DIR"), "/starter_files.rs"));

/// Writes the starter files into a workspace in which nothing ever happened.
pub(crate) fn fill(workspace: &mut Workspace, cx: &mut Cx<'_>) -> ToolResult<()> {
    let stats = workspace.stats().map_err(failure)?;
    if stats.files + stats.folders + stats.deleted > 0 {
        return Ok(());
    }
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
