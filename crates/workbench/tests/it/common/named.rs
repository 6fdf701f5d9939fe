//! Flows that the manifest names.

use super::Host;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};

pub const FLOW: &str = "export default async (flow) => flow.args.to;\n";
pub const WRITES: &str =
    "export default async (flow) => { await flow.fs.write(flow.args.to, ''); };\n";
pub const FILE: &str = "flows/flow.config.json";

pub fn manifest(flows: &Value) -> String {
    json!({ "version": 1, "flows": flows }).to_string()
}

/// A host with a manifest and the flows `a` and `b`.
pub fn named(flows: &Value) -> Host {
    named_of(FLOW, flows)
}

/// The same over flows with another text.
pub fn named_of(source: &str, flows: &Value) -> Host {
    let mut host = Host::with_runner();
    host.who = Origin::new(OriginKind::Person, "Ann");
    for name in ["a", "b"] {
        host.ok(
            "write",
            json!({ "path": format!("flows/{name}.flow.js"), "content": source }),
        );
    }
    host.ok("write", json!({ "path": FILE, "content": manifest(flows) }));
    host
}

pub fn failed() -> ToolError {
    ToolError::new(ErrorCode::RuntimeException, "no luck")
}
