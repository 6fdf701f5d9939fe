//! The programs of `tests/hostile`, and what their first lines say about them.

use selvage_tool::{ErrorCode, Grant, Language, LimitsPatch};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How the programs of a language are kept: how their files' names end, what begins a line of data, and their limits.
struct Kind {
    ending: &'static str,
    comment: &'static str,
    limits: &'static str,
}

const KINDS: [Kind; 2] = [
    Kind {
        ending: ".flow.js",
        comment: "// ",
        limits: "limits.json",
    },
    Kind {
        ending: ".py",
        comment: "# ",
        limits: "limits-py.json",
    },
];

/// One program.
pub struct Program {
    /// Its file's name without its ending.
    pub name: String,
    /// Its file's name.
    file: String,
    /// Its text, generated parts included.
    pub text: String,
    /// The codes that it may end with; `OK` for none.
    pub expect: Vec<String>,
    /// The corpus's limits with its own.
    pub limits: LimitsPatch,
    /// Its arguments.
    pub args: Value,
    /// Its grant; nothing for the workspace's default.
    pub grant: Option<Grant>,
    /// The workspace's other files.
    pub files: BTreeMap<String, String>,
    /// The value that it must end with, where it says one.
    pub value: Option<Value>,
}

impl Program {
    /// Where it lies in the workspace.
    pub fn path(&self) -> String {
        format!("hostile/{}", self.file)
    }

    /// What it is written in.
    pub fn language(&self) -> Language {
        Language::of(&self.file)
    }

    /// Whether how far it gets depends on the clock.
    pub fn is_timed(&self) -> bool {
        self.expect
            .iter()
            .any(|code| code == "QUOTA_CPU" || code == "QUOTA_WALL")
    }
}

/// Where the corpus lies.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile")
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads every program, in the order of their names.
pub fn programs() -> Vec<Program> {
    let files: Vec<String> = std::fs::read_dir(folder())
        .expect("tests/hostile")
        .map(|entry| {
            let entry = entry.expect("an entry");
            entry.file_name().to_string_lossy().into_owned()
        })
        .collect();
    let limits = |kind: &Kind| -> Map<String, Value> {
        serde_json::from_str(&read(&folder().join(kind.limits))).expect("limits")
    };
    let limits = KINDS.map(|kind| limits(&kind));
    let mut found: Vec<_> = files
        .into_iter()
        .filter_map(|file| {
            let at = KINDS.iter().position(|kind| file.ends_with(kind.ending))?;
            Some(program(file, &KINDS[at], limits[at].clone()))
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn program(file: String, kind: &Kind, mut limits: Map<String, Value>) -> Program {
    let text = read(&folder().join(&file));
    let name = file.trim_end_matches(kind.ending).to_owned();
    let mut headers = BTreeMap::new();
    for line in text.lines() {
        let Some((key, value)) = line
            .strip_prefix(kind.comment)
            .and_then(|line| line.split_once(": "))
        else {
            break;
        };
        assert!(
            headers.insert(key, value).is_none(),
            "{name} says `{key}` twice"
        );
    }
    let known = [
        "hostile", "expect", "limits", "args", "grant", "files", "value", "generate", "python",
    ];
    for key in headers.keys() {
        assert!(
            known.contains(key),
            "{name} has a header `{key}`, which means nothing"
        );
    }
    let json = |key: &str| {
        headers.get(key).map(|text| {
            serde_json::from_str::<Value>(text)
                .unwrap_or_else(|error| panic!("`{key}` of {name}: {error}"))
        })
    };
    let of = |value: Option<Value>| value.unwrap_or_else(|| Value::Object(Map::new()));
    assert!(
        headers.contains_key("hostile"),
        "{name} does not say what it tries"
    );
    let expect: Vec<String> = headers
        .get("expect")
        .unwrap_or_else(|| panic!("{name} expects nothing"))
        .split('|')
        .map(str::to_owned)
        .collect();
    for code in &expect {
        let listed = code == "OK" || ErrorCode::ALL.iter().any(|known| known.as_str() == code);
        assert!(listed, "{name} expects {code}, which is no code");
    }
    if let Some(Value::Object(own)) = json("limits") {
        limits.extend(own);
    }
    Program {
        text: generated(&text, json("generate")),
        expect,
        limits: serde_json::from_value(limits.into())
            .unwrap_or_else(|error| panic!("`limits` of {name}: {error}")),
        args: of(json("args")),
        grant: json("grant").map(|grant| serde_json::from_value(grant).expect("a grant")),
        files: serde_json::from_value(of(json("files"))).expect("files"),
        value: json("value"),
        name,
        file,
    }
}

/// Puts what `// generate: [times, open, middle, close]` makes in the place of `GENERATED`.
fn generated(text: &str, rule: Option<Value>) -> String {
    let Some(rule) = rule else {
        return text.to_owned();
    };
    let (times, open, middle, close): (usize, String, String, String) =
        serde_json::from_value(rule).expect("a rule");
    text.replace(
        "GENERATED",
        &format!("{}{middle}{}", open.repeat(times), close.repeat(times)),
    )
}
