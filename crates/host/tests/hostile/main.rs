//! The hostile corpus on the native executor: every program of `tests/hostile` must end with the code
//! that it expects, within its limits, twice alike, and leave nothing behind for the next run.
//!
//! The verdicts go to `target/hostile-native.json`; the browser's test compares its own with them.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

mod bench;
mod corpus;

use bench::{Bench, NOW_MS, compiled, for_each, guest};
use corpus::Program;
use selvage_host::Executor;
use selvage_tool::{Language, ToolResult};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::Instant;

/// The most bytes of an error as JSON: a message, a hint and a stack that somebody could read.
const ERROR_BYTES_MAX: usize = 32 * 1024;

/// What a run after a hostile one finds of the world.
const CLEAN: &str = "\
const names = (object) => Object.getOwnPropertyNames(object).length;
const own = [Object.prototype, Array.prototype, Promise.prototype, Function.prototype, Error.prototype, globalThis, flow, flow.fs];
export default async (flow) => {
  await flow.fs.write('out/clean.txt', 'clean');
  return [own.map(names), await flow.fs.read('out/clean.txt'), [...[1, 2]].join(), Math.random(), Date.now(), JSON.stringify([1])];
};
";

/// The same for Python.
const CLEAN_PYTHON: &str = "\
import asyncio, builtins, gc, json, logging, os, random, sys, time
os.makedirs('out', exist_ok=True)
with open('out/clean.txt', 'w') as file:
    file.write('clean')
[len(vars(builtins)), len(vars(os)), len(sys.modules), open('out/clean.txt').read(), sys.getrecursionlimit(), random.random(), time.time() > 0, json.dumps([1]), logging.root.level, len(sys.meta_path)]
";

/// How a program ended.
struct Verdict {
    code: String,
    answer: ToolResult,
    ran: Option<bench::Ran>,
    ms: f64,
}

fn run_in(bench: &mut Bench<'_>, program: &Program) -> Verdict {
    for (path, text) in [(program.path(), &program.text)]
        .into_iter()
        .chain(program.files.iter().map(|(p, t)| (p.clone(), t)))
    {
        bench
            .call("write", json!({ "path": path, "content": text }))
            .expect("written");
    }
    bench.ran = None;
    let began = Instant::now();
    let mut input = json!({
        "path": program.path(),
        "args": program.args,
        "limits": program.limits,
        "seed": 1,
        "startMs": NOW_MS,
    });
    if let Some(grant) = &program.grant {
        input["grant"] = json!(grant);
    }
    let answer = bench.call("run_flow", input);
    let code = answer
        .as_ref()
        .err()
        .map_or("OK", |error| error.code.as_str())
        .to_owned();
    Verdict {
        code,
        answer,
        ran: bench.ran.take(),
        ms: began.elapsed().as_secs_f64() * 1000.0,
    }
}

fn run_clean(bench: &mut Bench<'_>, language: Language) -> Value {
    let (path, content) = match language {
        Language::Js => ("clean.flow.js", CLEAN),
        Language::Python => ("clean.py", CLEAN_PYTHON),
    };
    bench
        .call("write", json!({ "path": path, "content": content }))
        .expect("written");
    let input = json!({ "path": path, "seed": 1, "startMs": NOW_MS });
    let record = bench.call("run_flow", input);
    record.expect("a clean run")["value"].clone()
}

/// What is wrong with a verdict; nothing when it is right.
fn faults(program: &Program, first: &Verdict, second: &Verdict) -> Vec<String> {
    let mut wrong = Vec::new();
    if !program.expect.contains(&first.code) {
        wrong.push(format!(
            "ended with {} instead of {}: {} {:?}",
            first.code,
            program.expect.join(" or "),
            said(&first.answer),
            first.ran.as_ref().map(|ran| &ran.last_words),
        ));
    }
    if let (Some(expected), Ok(record)) = (&program.value, &first.answer)
        && record["value"] != *expected
    {
        wrong.push(format!("gave {} instead of {expected}", record["value"]));
    }
    if let Err(error) = &first.answer {
        let bytes = json!(error).to_string().len();
        if bytes > ERROR_BYTES_MAX {
            wrong.push(format!("has an error of {bytes} bytes"));
        }
    }
    if let Some(ran) = &first.ran {
        let (limits, usage) = (&ran.job.limits, &ran.outcome.usage);
        let mut within = |name: &str, used: u64, most: u64| {
            if used > most {
                wrong.push(format!("used {used} of {most} {name}"));
            }
        };
        within(
            "bytes of memory",
            usage.memory_bytes,
            limits.memory_bytes_max,
        );
        within("units of fuel", usage.fuel, limits.fuel_max);
        // What was refused is counted too, until the guest is stopped; what was done is not over.
        within(
            "operations on files",
            ran.outcome.ops.len() as u64,
            limits.files_max,
        );
    }
    let fuel = |verdict: &Verdict| verdict.ran.as_ref().map(|ran| ran.outcome.usage.fuel);
    if first.code != second.code {
        wrong.push(format!("ended with {} the second time", second.code));
    } else if !program.is_timed() {
        if fuel(first) != fuel(second) {
            wrong.push(format!(
                "used {:?} units of fuel, and {:?} the second time",
                fuel(first),
                fuel(second)
            ));
        }
        let bytes = |verdict: &Verdict| {
            let ran = verdict.ran.as_ref();
            ran.map(|ran| {
                json!([
                    ran.outcome.value,
                    ran.outcome.error,
                    ran.outcome.ops,
                    ran.outcome.artifacts
                ])
                .to_string()
            })
        };
        if bytes(first) != bytes(second) {
            wrong.push("gave other bytes the second time".to_owned());
        }
    }
    wrong
}

/// An answer in a few words.
fn said(answer: &ToolResult) -> String {
    let text = match answer {
        Ok(record) => format!("value {}", record["value"]),
        Err(error) => error.to_string(),
    };
    text.chars().take(300).collect()
}

/// Both guests, and what a run in each finds of a clean world.
struct Guests {
    js: Executor,
    python: Executor,
    clean: [Value; 2],
}

impl Guests {
    fn new() -> Self {
        let [js, python] = ["guest-js", "guest-py"]
            .map(|name| Executor::cached(&guest(name), Some(&compiled())).expect("a guest"));
        let mut guests = Self {
            js,
            python,
            clean: [Value::Null, Value::Null],
        };
        guests.clean = [Language::Js, Language::Python]
            .map(|language| run_clean(&mut guests.bench(), language));
        guests
    }

    fn bench(&self) -> Bench<'_> {
        Bench::new(&self.js).with_python(&self.python)
    }
}

/// What came of one program.
struct Judged {
    row: String,
    verdict: Value,
    faults: Vec<String>,
}

fn judge(program: &Program, guests: &Guests) -> Judged {
    let mut bench = guests.bench();
    let first = run_in(&mut bench, program);
    let second = run_in(&mut guests.bench(), program);
    let mut faults = faults(program, &first, &second);
    let after = run_clean(&mut bench, program.language());
    let clean = &guests.clean[usize::from(program.language() == Language::Python)];
    if after != *clean {
        faults.push(format!(
            "left something behind: the next run found {after} instead of {clean}"
        ));
    }
    let ran = first.ran.as_ref();
    let usage = ran.map(|ran| ran.outcome.usage.clone()).unwrap_or_default();
    let row = format!(
        "{:<28} {:<18} {:>12} {:>9.1} {:>9.2} {:>7.0}{}",
        program.name,
        first.code,
        usage.fuel,
        usage.cpu_ms,
        usage.memory_bytes as f64 / f64::from(1 << 20),
        first.ms,
        if faults.is_empty() { "" } else { "  WRONG" },
    );
    Judged {
        row,
        verdict: verdict_of(program, &first),
        faults,
    }
}

#[test]
fn every_hostile_program_ends_as_it_must_and_the_next_run_finds_a_clean_world() {
    let began = Instant::now();
    let guests = Guests::new();
    println!("compiled in {:.1} s", began.elapsed().as_secs_f64());
    let only = std::env::var("SELVAGE_HOSTILE").unwrap_or_default();
    let programs: Vec<_> = corpus::programs()
        .into_iter()
        .filter(|program| program.name.contains(&only))
        .collect();
    println!(
        "{:<28} {:<18} {:>12} {:>9} {:>9} {:>7}",
        "program", "code", "fuel", "cpu ms", "MiB", "ms"
    );
    let (mut verdicts, mut wrong) = (Map::new(), Vec::new());
    let judged = for_each(&programs, |program| judge(program, &guests));
    for (program, judged) in programs.iter().zip(judged) {
        println!("{}", judged.row);
        verdicts.insert(program.name.clone(), judged.verdict);
        wrong.extend(
            judged
                .faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", program.name)),
        );
    }
    println!(
        "{} programs in {:.1} s",
        programs.len(),
        began.elapsed().as_secs_f64()
    );
    if only.is_empty() {
        for (language, least) in [(Language::Js, 70), (Language::Python, 100)] {
            let count = programs
                .iter()
                .filter(|program| program.language() == language)
                .count();
            assert!(
                count >= least,
                "there are only {count} programs in {language:?}"
            );
        }
        let hashes =
            json!({ "guest-js": guests.js.guest_hash(), "guest-py": guests.python.guest_hash() });
        keep(&json!({ "guests": hashes, "programs": verdicts }));
    }
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What the browser's test needs to know of a program: its verdict, and the very job, where there was one.
fn verdict_of(program: &Program, verdict: &Verdict) -> Value {
    let ran = verdict.ran.as_ref();
    json!({
        "code": verdict.code,
        "fuel": ran.map(|ran| ran.outcome.usage.fuel),
        "memoryBytes": ran.map(|ran| ran.outcome.usage.memory_bytes),
        "timed": program.is_timed(),
        "job": ran.map(|ran| &ran.job),
    })
}

fn keep(verdicts: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/hostile-native.json");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("target");
    std::fs::write(&path, verdicts.to_string())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// A run must be told at once what the workspace would refuse when its change lands.
#[test]
fn a_run_and_the_workspace_take_the_same_paths() {
    use selvage_vfs::limits;
    assert_eq!(
        selvage_sandbox::calls::PATH_BYTES_MAX,
        limits::PATH_BYTES_MAX
    );
    assert_eq!(
        selvage_sandbox::calls::NAME_BYTES_MAX,
        limits::NAME_BYTES_MAX
    );
    assert_eq!(selvage_sandbox::calls::DEPTH_MAX, limits::DEPTH_MAX);
}
