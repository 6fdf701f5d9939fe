//! Python files with scripted readings.

use super::Host;
use selvage_tool::reading::{Entry, EntryKind, Parameter, ParameterKind, Reading};
use serde_json::{Value, json};

fn entry(function: &str, name: &str) -> Entry {
    Entry {
        kind: EntryKind::Workflow,
        function: function.into(),
        name: name.into(),
        description: Some("Does it.".into()),
        category: "General".into(),
        tags: Vec::new(),
        parameters: vec![Parameter {
            name: "mode".into(),
            label: "Mode".into(),
            kind: ParameterKind::Integer,
            required: false,
            default: Some(json!(2)),
            options: vec![json!(1), json!(2)],
        }],
        takes_more: false,
        is_async: true,
        line: 3,
    }
}

/// A reading of these functions, each with the name that people call it by.
pub fn offers(entries: &[(&str, &str)]) -> Reading {
    Reading {
        entries: entries.iter().map(|(f, name)| entry(f, name)).collect(),
        ..Reading::default()
    }
}

/// A workspace with Python files of these readings; the content of each is its path.
pub fn host(files: &[(&str, Reading)]) -> Host {
    let mut host = Host::with_runner();
    for (path, reading) in files {
        host.ok(
            "write",
            json!({ "path": path, "content": format!("# {path}\n") }),
        );
        host.readings.insert((*path).into(), reading.clone());
    }
    host
}

/// The file and the function that a run is of.
pub fn ran(host: &mut Host, input: Value) -> (String, Option<String>) {
    let call = host.start("run_flow", input);
    if let Some(Err(error)) = host.reply(call) {
        panic!("{error:?}");
    }
    let job = host.jobs.last().expect("a job").1.clone();
    host.finish(Ok(json!(1)), &[]);
    (job.entry, job.function)
}
