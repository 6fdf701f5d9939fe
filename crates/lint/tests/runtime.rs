//! The table of the run-time against the interpreter that provides it.

// Tests are hosts: they read fixtures, and start threads with a browser's stack.
#![allow(clippy::disallowed_methods)]

use selvage_lint::runtime::{DECLARES_INPUT, DECLARES_OUTPUT, FLOW, FS, GLOBALS, Member};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn guest(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../guest-js")
        .join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The texts in quotes that directly follow the places where a text begins so.
fn quoted_after(source: &str, start: &str) -> BTreeSet<String> {
    let after = source.split(start).skip(1).map(str::trim_start);
    after
        .filter_map(|rest| rest.strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

fn names(members: &[Member]) -> BTreeSet<String> {
    members
        .iter()
        .map(|member| member.name.to_owned())
        .collect()
}

#[test]
fn the_members_of_fs_are_the_interpreters() {
    assert_eq!(
        quoted_after(&guest("src/api/fs.rs"), "api.method(&fs,"),
        names(FS)
    );
}

#[test]
fn the_members_of_flow_are_the_interpreters() {
    let source = guest("src/api/flow.rs");
    let mut found = quoted_after(&source, "api.method(&flow,");
    found.extend(quoted_after(&source, "api.value(&flow,"));
    found.extend(quoted_after(
        &source,
        "flow.create_data_property_or_throw(js_string!(",
    ));
    assert_eq!(found, names(FLOW));
}

#[test]
fn the_globals_are_the_interpreters() {
    let source = ["mod", "bytes", "timers"]
        .map(|file| guest(&format!("src/api/{file}.rs")))
        .join("\n");
    let mut found = quoted_after(&source, "api.global(");
    let timers = guest("src/api/timers.rs");
    for name in [
        "setTimeout",
        "setInterval",
        "clearTimeout",
        "clearInterval",
        "queueMicrotask",
    ] {
        assert!(timers.contains(&format!("\"{name}\"")), "{name}");
        found.insert(name.to_owned());
    }
    let (_, preludes) = source
        .split_once("const PRELUDES")
        .expect("the parts written in JS");
    let (preludes, _) = preludes.split_once("];").expect("their end");
    let preludes: String = preludes.split_whitespace().collect();
    for list in preludes
        .split("&[\"")
        .skip(1)
        .filter_map(|rest| rest.split(']').next())
    {
        let list = format!("\"{list}");
        found.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    assert_eq!(
        found,
        GLOBALS.iter().map(|name| (*name).to_owned()).collect()
    );
}

#[test]
fn what_setup_may_declare_is_what_the_interpreter_takes() {
    let source = guest("src/api/services.js");
    for (name, kind) in DECLARES_INPUT {
        assert!(source.contains(&format!("{name}: \"{kind}\"")), "{name}");
    }
    let inputs = source
        .lines()
        .find(|line| line.contains("const INPUTS"))
        .expect("the inputs");
    assert_eq!(inputs.matches(": \"").count(), DECLARES_INPUT.len());
    let outputs = source
        .lines()
        .find(|line| line.contains("const OUTPUTS"))
        .expect("the outputs");
    let found: BTreeSet<&str> = outputs.split('"').skip(1).step_by(2).collect();
    assert_eq!(found, DECLARES_OUTPUT.iter().copied().collect());
}

#[test]
fn every_name_of_the_table_is_in_the_typings() {
    let typings = guest("flow.d.ts");
    for member in FLOW.iter().chain(FS) {
        let declared = [":", "(", "?:", "<"]
            .iter()
            .any(|after| typings.contains(&format!("{}{after}", member.name)));
        assert!(declared, "{} is not in flow.d.ts", member.name);
    }
    for (name, _) in DECLARES_INPUT {
        assert!(typings.contains(name), "{name} is not in flow.d.ts");
    }
    for name in DECLARES_OUTPUT.iter().chain(GLOBALS) {
        assert!(typings.contains(name), "{name} is not in flow.d.ts");
    }
}
