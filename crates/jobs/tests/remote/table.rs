//! The table of `tests/runs` at a server: each flow comes to what it comes to here, to the last unit of fuel and byte of memory.
//!
//! A server is asked by the same host that runs the flow itself, and both draw the same numbers; so records are alike as a whole,
//! the names of runs in them too, but for what a clock measured, and the heads of the workspace, which records are a part of. What ends by the clock ends at no certain place: of a pair that is
//! `timed`, only the code counts.

use crate::bench::{Bench, NOW_MS, for_each};
use crate::server::{SECRET, at, bilingual, executor, server};
use selvage_jobs::Settings;
use selvage_tool::Language;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The folder of the table and of its programs.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/runs");

#[derive(Deserialize)]
struct Table {
    limits: Map<String, Value>,
    files: BTreeMap<String, String>,
    programs: Vec<Program>,
}

/// A program, and for each of its cases the arguments and how it ends.
#[derive(Deserialize)]
struct Program {
    program: String,
    #[serde(default)]
    limits: Map<String, Value>,
    grant: Option<Value>,
    #[serde(default)]
    timed: bool,
    cases: Vec<(Value, String)>,
}

impl Table {
    fn read() -> Self {
        let text = std::fs::read_to_string(Path::new(FOLDER).join("table.json"));
        let mut table: Self = serde_json::from_str(&text.expect("a table")).expect("JSON");
        for entry in std::fs::read_dir(FOLDER).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|it| it == "js" || it == "py") {
                let name = path.file_name().expect("a file").to_string_lossy();
                let text = std::fs::read_to_string(&path).expect("a program");
                table.files.insert(format!("flows/t/{name}"), text);
            }
        }
        table
    }

    /// A call of `run_flow` for each case of a program.
    fn inputs(&self, program: &Program) -> Vec<Value> {
        let mut limits = self.limits.clone();
        limits.extend(program.limits.clone());
        let of = |(args, _): &(Value, String)| {
            let mut input = json!({
                "path": format!("flows/t/{}", program.program),
                "args": args, "limits": limits, "seed": 1, "startMs": NOW_MS,
            });
            if let Some(grant) = &program.grant {
                input["grant"] = grant.clone();
            }
            input
        };
        program.cases.iter().map(of).collect()
    }
}

/// A workspace with the files of the table, and its heads.
fn begin(bench: &mut Bench<'_>, table: &Table) -> Value {
    for (path, content) in &table.files {
        let file = json!({ "path": path, "content": content });
        bench.call("write", file).expect("written");
    }
    let status = bench.call("workspace_status", json!({}));
    status.expect("a workspace")["heads"].clone()
}

/// How a run ended, and all that is to be the same of it. The workspace is then as it was before.
fn receipt(bench: &mut Bench<'_>, input: &Value, heads: &Value) -> (String, Value) {
    bench.ran = None;
    let answer = bench.call("run_flow", input.clone());
    let code = answer.as_ref().err().map(|error| error.code.as_str());
    let mut told = json!({ "error": answer.as_ref().err() });
    if bench.ran.is_some() {
        let run = match &answer {
            Ok(record) => record["run"].clone(),
            Err(_) => bench
                .call("flow_runs", json!({ "limit": 1 }))
                .expect("runs")["runs"][0]["run"]
                .clone(),
        };
        let named = json!({ "run": run });
        let record = bench.call("flow_status", named.clone());
        let mut record = record.expect("a record");
        let logs = bench.call("flow_logs", named).expect("a log");
        record["logs"] = logs["entries"].clone();
        for measured in ["cpuMs", "wallMs"] {
            record["usage"][measured].take();
        }
        for named_by_content in ["headsIn", "headsOut"] {
            record[named_by_content].take();
        }
        for entry in record["logs"].as_array_mut().into_iter().flatten() {
            entry["atMs"].take();
        }
        bench
            .call("restore", json!({ "at": heads }))
            .expect("as before");
        told["record"] = record;
    }
    (code.unwrap_or("OK").to_owned(), told)
}

/// Runs a program's cases here and at a server; what is not as it should be, in words.
fn differences(table: &Table, program: &Program, address: &str) -> Vec<String> {
    let js = executor(Language::Js);
    let mut here = Bench::over(js, bilingual());
    let mut there = Bench::over(js, at(bilingual(), address, SECRET));
    let [heads, same] = [&mut here, &mut there].map(|bench| begin(bench, table));
    assert_eq!(heads, same);
    let inputs = table.inputs(program);
    let pairs = inputs.iter().zip(&program.cases);
    pairs
        .filter_map(|(input, (args, code))| {
            let (ended, told) = receipt(&mut here, input, &heads);
            let (ended_there, told_there) = receipt(&mut there, input, &heads);
            let name = format!("{} {args}", program.program);
            if ended != *code || ended_there != *code {
                return Some(format!("{name}: {code}, but {ended} and {ended_there}"));
            }
            let is_same = program.timed || told == told_there;
            (!is_same).then(|| format!("{name}: {told}\n  {told_there}"))
        })
        .collect()
}

#[test]
fn every_flow_of_the_table_comes_at_a_server_to_what_it_comes_to_here() {
    let table = Table::read();
    let count: usize = table.programs.iter().map(|it| it.cases.len()).sum();
    let timed = table.programs.iter().filter(|it| it.timed);
    let timed: usize = timed.map(|it| it.cases.len()).sum();
    let cases = table.programs.iter().flat_map(|it| &it.cases);
    let codes: BTreeSet<&String> = cases.map(|(_, code)| code).collect();
    assert!(
        count - timed >= 200 && codes.len() > 10,
        "{count}, {codes:?}"
    );
    let (address, board) = server(bilingual(), Settings::default());
    let differ = for_each(&table.programs, |program| {
        differences(&table, program, &address)
    });
    let differ: Vec<String> = differ.into_iter().flatten().collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    let figures = board.metrics();
    let taken = figures
        .lines()
        .find_map(|line| line.strip_prefix("selvage_jobs_taken_total "));
    let taken: usize = taken
        .and_then(|count| count.parse().ok())
        .expect("a figure");
    println!("{count} pairs, {timed} of them by their code alone; {taken} ran at the server");
    assert!(taken >= 200, "{figures}");
}
