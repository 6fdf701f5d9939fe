//! The corpus: programs written for CPython run unchanged, and print in the guest what they print there.
//!
//! `tests/python/corpus/<name>.py` is a program, `<name>.out` what CPython prints. `<name>.here`, where there is one, is what it
//! comes to here instead: a known limitation, which `docs/python.md` names. Files in folders are modules for the programs.

use super::{bench, entries};
use bench::{NOW_MS, for_each};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs that there are at least.
const PROGRAMS_MIN: usize = 60;
/// The oldest CPython whose word counts.
const MINOR_MIN: u32 = 11;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn folder() -> PathBuf {
    root().join("tests/python/corpus")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Python file of a folder and those below it, by its path from the corpus.
fn sources(below: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder().join(below)).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let inner = format!("{below}{name}");
        if path.is_dir() && name != "__pycache__" {
            sources(&format!("{inner}/"), found);
        } else if name.ends_with(".py") {
            found.insert(inner, read(&path));
        }
    }
}

/// The programs by name, and the modules by path.
fn corpus() -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let mut found = BTreeMap::new();
    sources("", &mut found);
    let (modules, programs): (BTreeMap<_, _>, BTreeMap<_, _>) =
        found.into_iter().partition(|(path, _)| path.contains('/'));
    let only = std::env::var("SELVAGE_CORPUS").unwrap_or_default();
    let programs: BTreeMap<_, _> = programs
        .into_iter()
        .map(|(path, text)| (path.trim_end_matches(".py").to_owned(), text))
        .filter(|(name, _)| name.contains(&only))
        .collect();
    assert!(
        !only.is_empty() || programs.len() >= PROGRAMS_MIN,
        "there are only {} programs",
        programs.len()
    );
    (programs, modules)
}

/// What is kept of a program: its output with this ending.
fn kept(name: &str, ending: &str) -> PathBuf {
    folder().join(format!("{name}.{ending}"))
}

/// Whether the files are to be written, and not compared with.
fn updating() -> bool {
    std::env::var_os("UPDATE_CORPUS").is_some()
}

/// Does the same for all programs; gives what was wrong.
fn each(
    programs: &BTreeMap<String, String>,
    act: impl Fn(&str, &str) -> Option<String> + Sync,
) -> Vec<String> {
    let all: Vec<_> = programs.iter().collect();
    let wrong = for_each(&all, |(name, text)| act(name, text));
    wrong.into_iter().flatten().collect()
}

/// What a program prints in the guest, and its failure.
fn here(name: &str, text: &str, modules: &BTreeMap<String, String>) -> String {
    let mut bench = bench();
    let path = format!("{name}.py");
    let own = (path.clone(), text.to_owned());
    for (path, content) in modules.clone().into_iter().chain([own]) {
        let file = json!({ "path": path, "content": content });
        bench.call("write", file).expect("written");
    }
    // What they print is compared, however long a busy machine takes.
    let limits = json!({ "cpuMsMax": 120_000, "wallMsMax": 240_000 });
    let input = json!({ "path": path, "seed": 1, "startMs": NOW_MS, "limits": limits });
    let answer = bench.call("run_flow", input);
    let input = json!({ "path": path, "limit": 1 });
    let runs = bench.call("flow_runs", input).expect("runs");
    // What lint refuses makes no run.
    let logged = runs["runs"].get(0).map(|run| {
        let input = json!({ "run": run["run"] });
        bench.call("flow_logs", input).expect("its log")
    });
    let mut lines: Vec<String> = logged
        .map(|logged| entries(&logged["entries"]))
        .unwrap_or_default()
        .into_iter()
        .filter(|(level, _)| level == "info")
        .map(|(_, text)| text)
        .collect();
    if let Err(error) = answer {
        let place = error.line.map(|line| format!(" (line {line})"));
        lines.push(format!("{}{}", error.message, place.unwrap_or_default()));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// The first line in which two texts differ.
fn difference(expected: &str, found: &str) -> String {
    let (mut a, mut b) = (expected.lines(), found.lines());
    for number in 1.. {
        match (a.next(), b.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => return format!("line {number}\n  expected {a:?}\n  found    {b:?}"),
        }
    }
    "the ends of their lines".to_owned()
}

#[test]
fn every_program_prints_here_what_it_prints_in_cpython() {
    let (programs, modules) = corpus();
    let page = read(&root().join("docs/python.md"));
    let wrong = each(&programs, |name, text| {
        let found = here(name, text, &modules);
        if std::env::var_os("SELVAGE_SHOW").is_some() {
            println!("{found}");
        }
        let (expected, known) = (read(&kept(name, "out")), kept(name, "here"));
        if found == expected {
            let still = known
                .exists()
                .then(|| format!("{name}: {} is of the past", known.display()));
            return still;
        }
        if !known.exists() {
            return Some(format!("{name}: {}", difference(&expected, &found)));
        }
        if updating() {
            std::fs::write(&known, &found).expect("written");
        }
        if read(&known) != found {
            return Some(format!(
                "{name}, known: {}",
                difference(&read(&known), &found)
            ));
        }
        let named = page.contains(&format!("`{name}.py`"));
        (!named).then(|| format!("{name}: docs/python.md does not name its limitation"))
    });
    assert!(
        wrong.is_empty(),
        "{} programs:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// CPython, where it is installed and new enough: `SELVAGE_PYTHON`, or `python3`.
fn cpython() -> Option<(String, String)> {
    let name = std::env::var("SELVAGE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let said = Command::new(&name).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    let minor = version.strip_prefix("Python 3.")?.split('.').next()?;
    (minor.parse::<u32>().ok()? >= MINOR_MIN).then_some((name, version))
}

/// What a program prints in CPython, in a folder of its own.
fn there(python: &str, name: &str, modules: &BTreeMap<String, String>) -> Result<String, String> {
    let place = root().join("target/corpus").join(name);
    let _ = std::fs::remove_dir_all(&place);
    let program = (format!("{name}.py"), read(&kept(name, "py")));
    for (path, content) in modules.clone().into_iter().chain([program]) {
        let path = place.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, content).expect("written");
    }
    let ended = Command::new(python)
        .args(["-X", "utf8", &format!("{name}.py")])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TZ", "UTC")
        .current_dir(&place)
        .output()
        .expect("it starts");
    let _ = std::fs::remove_dir_all(&place);
    match ended.status.success() {
        true => Ok(String::from_utf8_lossy(&ended.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&ended.stderr).into_owned()),
    }
}

#[test]
fn what_is_kept_of_every_program_is_what_cpython_prints() {
    let Some((python, version)) = cpython() else {
        println!(
            "SKIPPED: there is no CPython of 3.{MINOR_MIN} or later here; SELVAGE_PYTHON names one."
        );
        return;
    };
    println!("compared with {version}");
    let (programs, modules) = corpus();
    let wrong = each(&programs, |name, _| {
        let printed = match there(&python, name, &modules) {
            Ok(printed) => printed,
            Err(failure) => return Some(format!("{name}: {failure}")),
        };
        if updating() {
            std::fs::write(kept(name, "out"), &printed).expect("written");
        }
        let expected = read(&kept(name, "out"));
        (expected != printed).then(|| format!("{name}: {}", difference(&expected, &printed)))
    });
    assert!(
        wrong.is_empty(),
        "{} programs:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
