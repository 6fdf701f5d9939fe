//! `flow.d.ts` is what the editor completes from: every name in it must exist at run time, and every
//! name of the API must be in it.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::script;
use selvage_tool::guest::GuestOutcome;
use std::collections::{BTreeMap, BTreeSet};

const TYPINGS: &str = include_str!("../flow.d.ts");

/// Where a value of an interface is found at run time; classes are found by their names.
const VALUES: &[(&str, &str)] = &[
    ("Flow", "flow"),
    ("FlowFiles", "flow.fs"),
    ("FlowLog", "flow.log"),
    ("Console", "console"),
    ("Crypto", "crypto"),
    ("Performance", "performance"),
    ("FlowSetup", "captured.setup"),
    ("FlowServices", "captured.services"),
];
/// Interfaces of values that a flow makes or that other tests look at.
const SHAPES: &[&str] = &["FlowEntry", "FlowError", "FlowInput", "FetchInit"];

/// A declaration: its members, and the static ones.
#[derive(Default)]
struct Declared {
    members: BTreeSet<String>,
    statics: BTreeSet<String>,
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

/// The globals, and the members of each interface and class. The file is written one member a line.
fn declarations() -> (BTreeSet<String>, BTreeMap<String, Declared>) {
    let mut globals = BTreeSet::new();
    let mut types: BTreeMap<String, Declared> = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in TYPINGS.lines() {
        if let Some(rest) = line
            .strip_prefix("declare const ")
            .or_else(|| line.strip_prefix("declare function "))
        {
            globals.insert(word(rest));
        } else if let Some(rest) = line.strip_prefix("declare class ") {
            globals.insert(word(rest));
            current = Some(word(rest));
        } else if let Some(rest) = line.strip_prefix("interface ") {
            current = Some(word(rest));
        } else if line == "}" {
            current = None;
        } else if let Some(name) = &current {
            let line = line.trim_start().trim_start_matches("readonly ");
            let declared = types.entry(name.clone()).or_default();
            if let Some(member) = line.strip_prefix("static ") {
                declared.statics.insert(word(member));
            } else {
                let member = word(line);
                if !member.is_empty() && member != "constructor" {
                    declared.members.insert(member);
                }
            }
        }
    }
    (globals, types)
}

/// Runs an expression in a flow whose `captured` holds what the older shapes are given.
fn ask(expression: &str) -> serde_json::Value {
    let memory = std::rc::Rc::new(common::Memory::default());
    let text = format!(
        "const captured = {{}};\nfunction setup(flow) {{ captured.setup = flow; }}\n\
         async function run(services) {{ captured.services = services; return {expression}; }}"
    );
    memory
        .files
        .borrow_mut()
        .insert("main.flow.js".into(), text.into_bytes());
    let job = common::job(
        "main.flow.js",
        selvage_tool::guest::Shape::Setup,
        false,
        serde_json::Value::Null,
    );
    match common::run(&memory, &mut common::Outside::default(), &job) {
        GuestOutcome::Value(value) => value,
        GuestOutcome::Error(error) => panic!("{expression}: {error:?}"),
    }
}

#[test]
fn every_global_that_is_declared_exists() {
    let (globals, _) = declarations();
    assert!(globals.len() > 20, "the typings were not read: {globals:?}");
    for name in &globals {
        let kind = ask(&format!("typeof {name}"));
        assert!(kind == "function" || kind == "object", "{name} is {kind}");
    }
    assert_eq!(ask("typeof nothing_of_that_name"), "undefined");
}

#[test]
fn every_member_that_is_declared_exists() {
    let (globals, types) = declarations();
    let mut looked = 0;
    for (name, declared) in &types {
        if SHAPES.contains(&name.as_str()) {
            continue;
        }
        let place = VALUES
            .iter()
            .find(|(interface, _)| interface == name)
            .map(|(_, value)| (*value).to_owned());
        let place = place.or_else(|| globals.contains(name).then(|| format!("{name}.prototype")));
        let place = place.unwrap_or_else(|| panic!("{name} is nowhere"));
        for member in &declared.members {
            // What an object has of its own is not on its prototype: then a new one must have it.
            let made = match name.as_str() {
                "Response" => "new Response()",
                "Event" => "new Event('x')",
                "AbortSignal" => "new AbortController().signal",
                _ => "null",
            };
            let found = ask(&format!(
                "'{member}' in {place} || ({made} !== null && '{member}' in Object({made}))"
            ));
            assert_eq!(found, true, "{name}.{member}");
            looked += 1;
        }
        for member in &declared.statics {
            assert_eq!(
                ask(&format!("typeof {name}.{member}")),
                "function",
                "{name}.{member}"
            );
            looked += 1;
        }
    }
    assert!(looked > 120, "only {looked} members were looked at");
}

#[test]
fn every_member_that_exists_is_declared() {
    let (globals, types) = declarations();
    for (interface, value) in VALUES.iter().take(6) {
        let names = ask(&format!("Object.keys({value})"));
        for name in names.as_array().unwrap() {
            assert!(
                types[*interface].members.contains(name.as_str().unwrap()),
                "{interface}.{name} is not declared"
            );
        }
    }
    for (name, declared) in types.iter().filter(|(name, _)| globals.contains(*name)) {
        let names = ask(&format!(
            "Object.getOwnPropertyNames({name}.prototype).filter((name) => name !== 'constructor')"
        ));
        for member in names.as_array().unwrap() {
            let member = member.as_str().unwrap();
            let inherited = name == "DOMException" && member == "name";
            assert!(
                inherited || declared.members.contains(member),
                "{name}.{member} is not declared"
            );
        }
    }
}

#[test]
fn the_globals_are_those_of_the_language_and_those_that_are_declared() {
    let (globals, _) = declarations();
    let language = [
        "Array",
        "ArrayBuffer",
        "BigInt",
        "BigInt64Array",
        "BigUint64Array",
        "Boolean",
        "DataView",
        "Date",
        "Error",
        "EvalError",
        "FinalizationRegistry",
        "Float16Array",
        "Float32Array",
        "Float64Array",
        "Function",
        "Infinity",
        "Int16Array",
        "Int32Array",
        "Int8Array",
        "Iterator",
        "JSON",
        "Map",
        "Math",
        "NaN",
        "Number",
        "Object",
        "Promise",
        "Proxy",
        "RangeError",
        "ReferenceError",
        "Reflect",
        "RegExp",
        "Set",
        "String",
        "Symbol",
        "SyntaxError",
        "TypeError",
        "URIError",
        "Uint16Array",
        "Uint32Array",
        "Uint8Array",
        "Uint8ClampedArray",
        "WeakMap",
        "WeakRef",
        "WeakSet",
        "AggregateError",
        "AsyncIterator",
        "decodeURI",
        "decodeURIComponent",
        "encodeURI",
        "encodeURIComponent",
        "eval",
        "globalThis",
        "isFinite",
        "isNaN",
        "parseFloat",
        "parseInt",
        "undefined",
        "escape",
        "unescape",
    ];
    let mut own = BTreeSet::from(["setup".to_owned(), "run".to_owned()]);
    own.extend(globals);
    own.extend(language.map(str::to_owned));
    let names = ask("Object.getOwnPropertyNames(globalThis)");
    for name in names.as_array().unwrap() {
        assert!(
            own.contains(name.as_str().unwrap()),
            "{name} is a global that nobody declared"
        );
    }
    assert!(matches!(script("1"), GuestOutcome::Value(_)));
}
