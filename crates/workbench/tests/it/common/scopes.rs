//! Workspaces that are mounted in others.

use serde_json::{Value, json};

/// What `scope_mount` takes of these files.
pub fn mount(name: &str, head: &str, files: &[(&str, &str)]) -> Value {
    let files = files
        .iter()
        .map(|(path, content)| ((*path).to_owned(), json!(content)));
    let files = Value::Object(files.collect());
    json!({ "name": name, "workspace": "w-1", "heads": [head], "files": files })
}
