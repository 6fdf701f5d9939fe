//! `docs/tools.md` and `tools.json` are made from the catalogue. Run with `UPDATE_DOCS=1` to write them anew.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

use selvage_tool::catalogue::{Effect, tools};
use selvage_tool::flows::{FLOWS_FILE, Flows};
use selvage_tool::policy::{POLICY_FILE, Policy};
use selvage_tool::{ErrorCode, Limits};
use serde_json::Value;
use std::fmt::Write as _;

/// Which limits are asked about. That it is so is tested by the sandbox (`crates/sandbox/src/meter/tests.rs`).
const ASKED: &str = "\
A caller that sets `ask` is asked about `fuelMax`, `cpuMsMax` and `wallMsMax` when one of them is used up, while the run computes or waits. \
The run stands still, and its clock with it, until `flow_answer` grants more; then it goes on where it was. \
Refused, or not answered within ten minutes, it ends with the limit's code. So it does at once where nobody set `ask`, and in the middle of a computation in a browser without JSPI.\n\n\
All other limits end the run at once with their code. Memory and stack have broken the interpreter by then, so that nothing is left to go on with. \
Output, files, host calls and fetches are counted in the middle of a call, which is answered before the run could wait for anybody. \
`fetchBytesMax` is about one answer: a larger one fails that fetch, which the flow can catch.";

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn the_document_of_the_tools_is_fresh() {
    check("docs/tools.md", &document());
}

#[test]
fn the_tools_that_agents_are_shown_are_those_of_the_types() {
    let tools: Vec<Value> = tools()
        .iter()
        .map(selvage_tool::catalogue::Tool::to_json)
        .collect();
    let mut made = serde_json::to_string(&tools).expect("JSON");
    made.push('\n');
    check("crates/tool/src/catalogue/tools.json", &made);
}

#[test]
fn the_schemas_by_which_the_editor_completes_manifests_are_those_of_the_types() {
    let schemas = serde_json::json!({
        POLICY_FILE: schemars::schema_for!(Policy),
        FLOWS_FILE: schemars::schema_for!(Flows),
    });
    check(
        "crates/tool/src/catalogue/manifests.json",
        &format!("{schemas}\n"),
    );
}

fn check(path: &str, made: &str) {
    let file = format!("{ROOT}/{path}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, made).expect("it can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == made,
        "{path} is stale: run `UPDATE_DOCS=1 cargo test -p selvage-tool --features schema --test docs`"
    );
}

fn document() -> String {
    let mut text = String::from(
        "# Tools\n\nThis page is made from the catalogue in `crates/tool/src/catalogue`.\n\n\
         A call is a name and a JSON object; every call answers `{ ok: true, value }` or `{ ok: false, error }`.\n\
         From the page: `await selvage.tools.call(\"read\", { path: \"README.md\" })`. `selvage.tools.catalogue()` gives all of this with its JSON Schemas.\n\
         From an embedding page whose origin the workspace's `embed.json` lists: post `{ selvage: 1, id, name, input }` to the frame, and get `{ selvage: 1, id, result }` back.\n\n\
         | tool | what it does |\n| --- | --- |\n",
    );
    for tool in tools() {
        let summary = tool
            .description
            .split_inclusive(". ")
            .next()
            .unwrap_or_default()
            .trim();
        writeln!(text, "| [`{0}`](#{0}) | {summary} |", tool.name)
            .expect("a string takes any text");
    }
    for tool in tools() {
        let effect = match tool.effect {
            Effect::Reads => "It only reads.",
            Effect::Writes => "It may change the workspace; history keeps what was there.",
            Effect::Destroys => "It may change much at once; history keeps what was there.",
        };
        write!(
            text,
            "\n## {}\n\n{} {effect}\n",
            tool.name, tool.description
        )
        .expect("a string takes any text");
        section(&mut text, "input", &tool.input);
        section(&mut text, "value", &tool.output);
    }
    write!(text, "\n## Limits of a run\n\nEvery limit is finite. A caller sets them with `run_flow`'s `limits`, up to the ceiling.\n\n{ASKED}\n\n| limit | default | ceiling | code | what it bounds |\n| --- | --- | --- | --- | --- |\n")
        .expect("a string takes any text");
    for (name, default, ceiling, code, meaning) in Limits::table() {
        let name = camel(name);
        writeln!(
            text,
            "| `{name}` | {default} | {ceiling} | `{}` | {} |",
            code.as_str(),
            meaning.trim()
        )
        .expect("a string takes any text");
    }
    text.push_str("\n## Errors\n\nAn error has a `code` from this closed list, a `message`, and where they are known a `hint` (what to do), `path`, `line`, `column` and `stack`.\n\n| code | meaning |\n| --- | --- |\n");
    for code in ErrorCode::ALL {
        writeln!(text, "| `{}` | {} |", code.as_str(), code.meaning().trim())
            .expect("a string takes any text");
    }
    text
}

/// The fields of an object's schema as a table.
fn section(text: &mut String, title: &str, schema: &Value) {
    let Some(fields) = schema["properties"].as_object() else {
        return;
    };
    let required = |name: &str| {
        schema["required"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == name))
    };
    write!(
        text,
        "\n| {title} | type | meaning |\n| --- | --- | --- |\n"
    )
    .expect("a string takes any text");
    for (name, field) in fields {
        let meaning = field["description"]
            .as_str()
            .unwrap_or_default()
            .replace('\n', " ");
        let mark = if title == "input" && required(name) {
            " (required)"
        } else {
            ""
        };
        writeln!(text, "| `{name}`{mark} | {} | {meaning} |", kind(field))
            .expect("a string takes any text");
    }
}

/// A schema's type in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    if let Some(options) = schema["anyOf"].as_array() {
        return options
            .iter()
            .map(kind)
            .filter(|one| one != "null")
            .collect::<Vec<_>>()
            .join(" or ");
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("{}[]", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| *name != "null")
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "any".into(),
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        text + &word[..1].to_uppercase() + &word[1..]
    })
}
