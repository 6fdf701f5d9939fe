//! Flows as files. A file `tests/flows/<name>.flow.js` (or `.mjs`) is a test; adding one is adding a file.
//!
//! Lines that begin with `//:` say how to run it and what must come of it:
//!
//! | line | meaning |
//! | --- | --- |
//! | `//: shape module` | `script` (the default), `module`, `setup`, `init`; add `as module` to the last two |
//! | `//: args {"a": 1}` | the arguments, as JSON |
//! | `//: file data/a.txt "text"` | a file of the workspace, its content as JSON text |
//! | `//: page https://x.org/ 200 "body"` | what a fetch of this address gives |
//! | `//: tool sum {"ok": 3}` | what a call of this tool gives: `ok`, or `error` with code and message |
//! | `//: value 42` | the result |
//! | `//: error {"code": "STALLED"}` | the failure; fields that are not named may be anything |
//! | `//: log info hello` | a log entry, in order; when there is one, there are no others |
//! | `//: wrote out.txt "text"` | a file afterwards |
//!
//! All files under `tests/flows` are in the workspace, at their own paths.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "the flows are files on disk")]

mod common;

use common::{Memory, Outside, job, run};
use selvage_tool::ToolError;
use selvage_tool::guest::{Answer, Fetched, GuestOutcome, Shape};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::rc::Rc;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flows")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found)
        } else {
            found.push(path)
        }
    }
}

struct Expected {
    outcome: Option<Result<Value, Value>>,
    logs: Vec<String>,
    wrote: Vec<(String, String)>,
}

fn check(name: &str, text: &str, all: &[(String, Vec<u8>)]) -> Result<(), String> {
    let memory = Rc::new(Memory::default());
    memory.files.borrow_mut().extend(all.iter().cloned());
    let mut outside = Outside::default();
    let mut expected = Expected {
        outcome: None,
        logs: Vec::new(),
        wrote: Vec::new(),
    };
    let (mut shape, mut module, mut args) = (Shape::Script, name.ends_with(".mjs"), Value::Null);
    for line in text.lines().filter_map(|line| line.strip_prefix("//: ")) {
        let (key, rest) = line
            .split_once(' ')
            .ok_or_else(|| format!("not understood: {line}"))?;
        let parse = |text: &str| {
            serde_json::from_str::<Value>(text).map_err(|error| format!("{line}: {error}"))
        };
        let pair = || {
            rest.split_once(' ')
                .ok_or_else(|| format!("not understood: {line}"))
        };
        match key {
            "shape" => {
                module |= rest.contains("module");
                shape = match rest.split(' ').next().unwrap() {
                    "module" => Shape::Module,
                    "setup" => Shape::Setup,
                    "init" => Shape::Init,
                    _ => Shape::Script,
                };
            }
            "args" => args = parse(rest)?,
            "file" => {
                let (path, content) = pair()?;
                memory.files.borrow_mut().insert(
                    path.into(),
                    parse(content)?.as_str().unwrap().as_bytes().to_vec(),
                );
            }
            "page" => {
                let mut parts = rest.splitn(3, ' ');
                let (url, status, body) = (
                    parts.next().unwrap(),
                    parts.next().unwrap(),
                    parse(parts.next().unwrap())?,
                );
                let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
                let fetched = Fetched {
                    url: url.into(),
                    status: status.parse().unwrap(),
                    status_text: "OK".into(),
                    headers,
                    redirected: false,
                };
                outside.pages.insert(
                    url.into(),
                    (fetched, body.as_str().unwrap().as_bytes().to_vec()),
                );
            }
            "tool" => {
                let (tool, answer) = pair()?;
                let answer = parse(answer)?;
                let answer = match answer.get("ok") {
                    Some(value) => Answer::Ok(value.clone()),
                    None => Answer::Error(
                        serde_json::from_value::<ToolError>(answer["error"].clone())
                            .map_err(|error| error.to_string())?,
                    ),
                };
                outside.tools.insert(tool.into(), answer);
            }
            "value" => expected.outcome = Some(Ok(parse(rest)?)),
            "error" => expected.outcome = Some(Err(parse(rest)?)),
            "log" => expected.logs.push(rest.to_owned()),
            "wrote" => {
                let (path, content) = pair()?;
                expected
                    .wrote
                    .push((path.into(), parse(content)?.as_str().unwrap().to_owned()));
            }
            _ => return Err(format!("not understood: {line}")),
        }
    }
    let outcome = run(&memory, &mut outside, &job(name, shape, module, args));
    match (
        expected
            .outcome
            .ok_or("the file says neither value nor error")?,
        outcome,
    ) {
        (Ok(wanted), GuestOutcome::Value(value)) if wanted == value => {}
        (Err(wanted), GuestOutcome::Error(error)) => {
            let error = json!(error);
            for (field, wanted) in wanted.as_object().unwrap() {
                if error.get(field) != Some(wanted) {
                    return Err(format!("{field}: wanted {wanted}, got {error:#}"));
                }
            }
        }
        (wanted, outcome) => return Err(format!("wanted {wanted:?}, got {}", json!(outcome))),
    }
    let logs: Vec<String> = memory
        .logs
        .borrow()
        .iter()
        .map(|(level, _, text)| {
            format!(
                "{} {}",
                json!(level).as_str().unwrap(),
                text.replace('\n', "\\n")
            )
        })
        .collect();
    if !expected.logs.is_empty() && logs != expected.logs {
        return Err(format!("wanted logs {:#?}, got {logs:#?}", expected.logs));
    }
    for (path, wanted) in expected.wrote {
        let files = memory.files.borrow();
        let found = files
            .get(&path)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        if found.as_ref() != Some(&wanted) {
            return Err(format!("{path}: wanted {wanted:?}, got {found:?}"));
        }
    }
    Ok(())
}

#[test]
fn every_flow_gives_what_its_header_says() {
    let mut paths = Vec::new();
    files(&root(), &mut paths);
    let all: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| {
            (
                path.strip_prefix(root())
                    .unwrap()
                    .to_string_lossy()
                    .into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    let mut failures = Vec::new();
    let mut ran = 0;
    for (name, bytes) in all
        .iter()
        .filter(|(name, _)| name.ends_with(".flow.js") || name.ends_with(".flow.mjs"))
    {
        let text = String::from_utf8_lossy(bytes);
        ran += 1;
        if let Err(why) = check(name, &text, &all) {
            failures.push(format!("{name}: {why}"));
        }
    }
    assert!(ran > 30, "only {ran} flows were found");
    assert!(
        failures.is_empty(),
        "{} of {ran} failed:\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn a_wrong_expectation_fails() {
    let flow = |header: &str| format!("{header}\n1 + 1\n");
    let all = |text: &str| vec![("x.flow.js".to_owned(), text.as_bytes().to_vec())];
    for header in [
        "//: value 3",
        "//: error {\"code\":\"STALLED\"}",
        "//: nonsense 1",
        "",
        "//: value 2\n//: log info x",
        "//: value 2\n//: wrote a \"b\"",
    ] {
        let text = flow(header);
        assert!(
            check("x.flow.js", &text, &all(&text)).is_err(),
            "{header:?} was accepted"
        );
    }
}
