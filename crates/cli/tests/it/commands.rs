//! A story at the command line.

use crate::Folder;
use serde_json::json;
use std::process::Command;
use std::time::Duration;

const SUM: &str = "\
export default async function (flow) {
  flow.log(`adding ${flow.args.numbers.length}`);
  const sum = flow.args.numbers.reduce((a, b) => a + b, 0);
  await flow.fs.write(\"out/sum.txt\", String(sum));
  return { sum };
}
";

const GREET: &str = "from bifrost import workflow\n\n\n@workflow(name='Greet')\nasync def greet(context, who: str):\n    \"\"\"Greets.\"\"\"\n    print('greeting', who)\n    return 'hello ' + who\n";

#[test]
fn a_flow_is_written_checked_tried_and_run() {
    let folder = Folder::new();
    folder.write(
        "flows/sum.flow.js",
        "export default (flow) => {\n  const n = ;\n};\n",
    );
    let linted = folder.selvage(&["lint", "flows/sum.flow.js"]);
    assert_eq!(linted.code, Some(3), "{}", linted.err);
    assert!(
        linted.out.starts_with("flows/sum.flow.js:2:13: error:"),
        "{}",
        linted.out
    );
    let ran = folder.selvage(&["run", "flows/sum.flow.js", "--json"]);
    assert_eq!(ran.code, Some(3));
    let answer = ran.json();
    assert_eq!(
        (
            &answer["ok"],
            &answer["error"]["code"],
            &answer["error"]["line"]
        ),
        (&json!(false), &json!("LINT_FAILED"), &json!(2))
    );

    folder.write("flows/sum.flow.js", SUM);
    assert_eq!(folder.selvage(&["lint", "flows/sum.flow.js"]).code, Some(0));
    let args = r#"{"numbers":[1,2,39]}"#;
    let tried = folder.selvage(&["run", "flows/sum.flow.js", "--args", args, "--dry-run"]);
    assert_eq!(tried.code, Some(0), "{}", tried.err);
    let change = "\
would write out/sum.txt
--- /dev/null
+++ b/out/sum.txt
@@ -0,0 +1 @@
+42
";
    assert!(tried.err.contains(change), "{}", tried.err);
    let read = folder.selvage(&["cat", "out/sum.txt"]);
    assert_eq!(read.code, Some(1), "a dry run lands nothing");
    assert!(read.err.contains("NOT_FOUND"), "{}", read.err);

    let ran = folder.selvage(&["run", "flows/sum.flow.js", "--args", args]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(ran.out, "{\n  \"sum\": 42\n}\n");
    assert!(ran.err.contains("adding 3"), "{}", ran.err);
    assert_eq!(folder.selvage(&["cat", "out/sum.txt"]).out, "42");
    let logs = folder.selvage(&["logs"]);
    assert_eq!(logs.out, "adding 3\n");
    let listed = folder.selvage(&["ls", "out", "--json"]).json();
    assert_eq!(listed["value"]["entries"][0]["path"], json!("out/sum.txt"));
}

#[test]
fn python_runs_as_well_and_the_list_shows_what_it_offers() {
    let folder = Folder::new();
    folder.write("workflows/greet.py", GREET);
    let ran = folder.selvage(&[
        "run",
        "workflows/greet.py::greet",
        "--args",
        r#"{"who":"Ann"}"#,
    ]);
    assert_eq!(
        (ran.code, &*ran.out),
        (Some(0), "hello Ann\n"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("greeting Ann"), "{}", ran.err);
    let flows = folder.selvage(&["flows"]);
    assert!(
        flows.out.contains("workflows/greet.py  Greet (who)"),
        "{}",
        flows.out
    );
}

#[test]
fn a_flow_that_the_manifest_names_is_listed_and_run_by_that_name() {
    let folder = Folder::new();
    folder.write("workflows/greet.py", GREET);
    folder.write("flows/sum.flow.js", SUM);
    let manifest = json!({ "version": 1, "flows": {
        "good-morning": { "entry": "workflows/greet.py::greet", "args": { "who": "all" } },
    } });
    folder.write("flows/flow.config.json", &manifest.to_string());

    let flows = folder.selvage(&["flows"]).out;
    let named = flows.lines().find(|line| line.starts_with("good-morning"));
    assert_eq!(
        named,
        Some("good-morning  Greet (who): workflows/greet.py"),
        "{flows}"
    );
    let ran = folder.selvage(&["run", "good-morning"]);
    assert_eq!(
        (ran.code, &*ran.out),
        (Some(0), "hello all\n"),
        "{}",
        ran.err
    );
    // What the manifest does not name goes on to be called by the name of its file.
    let ran = folder.selvage(&["run", "sum", "--args", r#"{"numbers":[4]}"#]);
    assert_eq!(ran.out, "{\n  \"sum\": 4\n}\n", "{}", ran.err);
    let none = folder.selvage(&["run", "good-night", "--json"]);
    assert_eq!(none.json()["error"]["code"], json!("NOT_FOUND"));
}

#[test]
fn what_fails_says_why_and_ends_with_its_code() {
    let folder = Folder::new();
    folder.write(
        "flows/throws.flow.js",
        "export default () => {\n  throw new Error(\"no\");\n};\n",
    );
    let threw = folder.selvage(&["run", "flows/throws.flow.js"]);
    assert_eq!(threw.code, Some(4), "{}", threw.err);
    assert!(
        threw.err.contains("flows/throws.flow.js:2:")
            && threw.err.contains("RUNTIME_EXCEPTION: Error: no"),
        "{}",
        threw.err
    );
    folder.write("flows/long.flow.js", "for (;;) {}\n");
    let used = folder.selvage(&["run", "flows/long.flow.js", "--limit", "fuelMax=100000"]);
    assert_eq!(used.code, Some(4));
    assert!(used.err.contains("QUOTA_FUEL"), "{}", used.err);
    assert_eq!(folder.selvage(&["fly"]).code, Some(2));
    let none = folder.selvage(&["ls", "--workspace", "/nowhere/at/all", "--json"]);
    assert_eq!(
        (none.code, &none.json()["error"]["code"]),
        (Some(1), &json!("NOT_FOUND"))
    );
    let mut lost = folder.command(&["run", "flows/throws.flow.js"]);
    let lost = lost
        .env("SELVAGE_GUESTS", "/nowhere")
        .output()
        .expect("ends");
    let text = String::from_utf8_lossy(&lost.stderr);
    assert!(
        text.contains("EXECUTOR_UNAVAILABLE") && text.contains("SELVAGE_GUESTS"),
        "{text}"
    );
    assert_eq!(lost.status.code(), Some(4), "it was queued");
}

#[test]
fn a_run_that_began_and_failed_is_told_from_one_that_never_was() {
    let folder = Folder::new();
    let source = "\
export default async (flow) => {
  if (flow.args === \"file\") await flow.fs.readText(\"none.txt\");
  if (flow.args === \"folder\") await flow.fs.readText(\"flows\");
  if (flow.args === \"path\") await flow.fs.write(\"../x\", \"\");
};
";
    folder.write("flows/reads.flow.js", source);
    for (args, code) in [
        ("file", "NOT_FOUND"),
        ("folder", "NOT_A_FILE"),
        ("path", "INVALID_PATH"),
    ] {
        let args = json!(args).to_string();
        let grant = ["run", "flows/reads.flow.js", "--args", &args, "--json"];
        let failed = folder.selvage(&grant);
        let answer = failed.json();
        assert_eq!(answer["error"]["code"], json!(code), "{answer}");
        assert_eq!(failed.code, Some(4), "{answer}");
    }
    let none = folder.selvage(&["run", "flows/none.flow.js", "--json"]);
    assert_eq!(none.json()["error"]["code"], json!("NOT_FOUND"));
    assert_eq!(none.code, Some(1), "there is no such flow");
}

#[test]
fn one_program_writes_at_a_time() {
    let folder = Folder::new();
    let mut holder = folder.command(&["mcp"]).spawn().expect("starts");
    let held = (0..500).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let said = folder.selvage(&["ls", "--json"]);
        (said.code != Some(0)).then_some(said)
    });
    let held = held.expect("the other program has the workspace open");
    assert_eq!(
        (held.code, &held.json()["error"]["code"]),
        (Some(5), &json!("BUSY"))
    );
    // Its client is gone with its standard input.
    drop(holder.stdin.take());
    holder.wait().expect("ends");
    assert_eq!(folder.selvage(&["ls"]).code, Some(0));
}

#[cfg(unix)]
#[test]
fn whoever_stops_the_program_cancels_the_run_and_nothing_lands() {
    for signal in ["-INT", "-TERM"] {
        stopped_by(signal);
    }
}

#[cfg(unix)]
fn stopped_by(signal: &str) {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new();
    let source = "export default async (flow) => {\n  await flow.fs.write(\"out.txt\", \"x\");\n  flow.log(\"begun\");\n  for (;;) await new Promise((done) => setTimeout(done, 50));\n};\n";
    folder.write("flows/waits.flow.js", source);
    let mut child = folder
        .command(&["run", "flows/waits.flow.js"])
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("a text");
    assert_eq!(first, "begun");
    let told = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(told.expect("kill runs").success());
    assert_eq!(child.wait().expect("ends").code(), Some(130), "{signal}");
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert!(
        rest.iter().any(|line| line.contains("CANCELLED")),
        "{rest:?}"
    );
    assert_eq!(folder.selvage(&["cat", "out.txt"]).code, Some(1));
    // The record of the run is kept all the same.
    assert_eq!(folder.selvage(&["logs"]).out, "begun\n");
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_ends_the_program_at_once_and_leaves_the_workspace_whole() {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new();
    // It writes, and computes where nothing lets go of the thread.
    let source = "export default async (flow) => {\n  await flow.fs.write(\"out.txt\", \"x\");\n  flow.log(\"begun\");\n  for (;;) {}\n};\n";
    folder.write("flows/busy.flow.js", source);
    let mut child = folder
        .command(&["run", "flows/busy.flow.js", "--limit", "wallMsMax=60000"])
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    assert_eq!(lines.next().expect("a line").expect("a text"), "begun");
    let since = std::time::Instant::now();
    let id = child.id().to_string();
    for _ in 0..2 {
        // The second one may find it gone already.
        let _ = Command::new("kill").args(["-INT", &id]).status();
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(child.wait().expect("ends").code(), Some(130));
    assert!(
        since.elapsed() < Duration::from_secs(10),
        "{:?}",
        since.elapsed()
    );
    assert_eq!(folder.selvage(&["status"]).code, Some(0));
    assert_eq!(
        folder.selvage(&["cat", "out.txt"]).code,
        Some(1),
        "nothing landed"
    );
}

#[test]
fn what_can_not_be_followed_is_json_as_well_when_that_is_asked_for() {
    let folder = Folder::new();
    for line in [&["fly", "--json"][..], &["ls", "a", "b", "--json"]] {
        let said = folder.selvage(line);
        assert_eq!(said.code, Some(2));
        assert_eq!(said.json()["error"]["code"], json!("INVALID_INPUT"));
    }
}

#[test]
fn a_mistake_is_told_in_a_few_lines_and_the_help_is_a_word_away() {
    let folder = Folder::new();
    for line in [
        &["ls", "a", "b"][..],
        &["serve", "--listen", "nowhere"],
        &["fly"],
        &[],
    ] {
        let said = folder.selvage(line);
        assert_eq!((said.code, &*said.out), (Some(2), ""), "{line:?}");
        let first = said.err.lines().next().unwrap_or_default();
        assert!(first.starts_with("selvage: "), "{}", said.err);
        assert!(said.err.lines().count() <= 6, "{}", said.err);
        assert!(said.err.contains("`selvage help"), "{}", said.err);
    }
    for line in [
        &["help", "export"][..],
        &["export", "--help"],
        &["--json", "export", "-h"],
    ] {
        let said = folder.selvage(line);
        assert_eq!(said.code, Some(0), "{line:?}");
        assert!(
            said.out.starts_with("usage: selvage export [PATH]"),
            "{}",
            said.out
        );
        assert!(!said.out.contains("--allow-net"), "{}", said.out);
    }
}

#[test]
fn a_run_has_what_it_is_granted_and_is_made_again() {
    let folder = Folder::new();
    let source = "\
export default async function (flow) {
  await flow.call(\"mkdir\", { path: flow.args.to });
  return [Date.now(), flow.args.to];
}
";
    folder.write("flows/m.flow.js", source);
    let run = |more: &[&str]| {
        let line = [
            "run",
            "flows/m.flow.js",
            "--args",
            "{\"to\":\"a\"}",
            "--json",
        ];
        folder.selvage(&[&line, more].concat())
    };
    let refused = run(&[]);
    assert_eq!(refused.code, Some(4), "{}", refused.out);
    let ran = run(&["--allow-tools", "mkdir", "--start-ms", "86400000"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    let value = ran.json()["value"].clone();
    assert_eq!(value["startMs"], 86_400_000);
    let granted = run(&["--grant", "{\"tools\":[\"mkdir\"]}"]);
    assert_eq!(granted.json()["value"]["grant"]["tools"], json!(["mkdir"]));

    let id = value["run"].as_str().expect("a run");
    let line = ["run", "--again", id, "--allow-tools", "mkdir", "--json"];
    let again = folder.selvage(&line);
    assert_eq!(again.code, Some(0), "{}", again.out);
    assert_eq!(again.json()["value"]["value"][1], "a");
}
