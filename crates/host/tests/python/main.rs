//! Python on the native executor, through the engine: what a script gives, logs, writes and fails with.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

#[allow(
    dead_code,
    reason = "what an executor was given is for the hostile programs to see"
)]
#[path = "../hostile/bench.rs"]
mod bench;
mod calls;
mod corpus;
mod forms;
mod looks;
mod others;
mod outcomes;
mod reading;
mod scopes;
mod sdk;
mod tables;
mod warm;
mod web;

use bench::{Bench, NOW_MS, compiled, guest};
use selvage_host::Executor;
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Compiles a guest. With `SELVAGE_COLD` in the environment, no run starts from an image.
fn executor(name: &str) -> Executor {
    let cold = std::env::var_os("SELVAGE_COLD").is_some();
    let compile = if cold {
        Executor::cold
    } else {
        Executor::cached
    };
    compile(&guest(name), Some(&compiled())).expect("a guest")
}

/// A bench with both guests, which are compiled once.
fn bench() -> Bench<'static> {
    static GUESTS: OnceLock<[Executor; 2]> = OnceLock::new();
    let [js, python] = GUESTS.get_or_init(|| ["guest-js", "guest-py"].map(executor));
    Bench::new(js).with_python(python)
}

/// Writes a script and runs it: the record of the run.
fn run_with(bench: &mut Bench<'_>, source: &str, more: Value) -> Result<Value, ToolError> {
    let mut input = json!({ "path": "workflows/a.py", "seed": 1, "startMs": NOW_MS });
    let members = more.as_object().expect("an object").clone();
    input.as_object_mut().expect("an object").extend(members);
    bench.call(
        "write",
        json!({ "path": "workflows/a.py", "content": source }),
    )?;
    bench.call("run_flow", input)
}

fn run(source: &str) -> Result<Value, ToolError> {
    run_with(&mut bench(), source, json!({}))
}

fn value(source: &str) -> Value {
    run(source).unwrap_or_else(|error| panic!("{error:?}"))["value"].clone()
}

/// What was logged: level and text.
fn logs(record: &Value) -> Vec<(String, String)> {
    entries(&record["logs"])
}

fn entries(list: &Value) -> Vec<(String, String)> {
    let entries = list.as_array().expect("entries");
    entries
        .iter()
        .map(|entry| {
            let text = |key: &str| entry[key].as_str().expect("a text").to_owned();
            (text("level"), text("text"))
        })
        .collect()
}

#[test]
fn a_script_gives_the_value_of_its_last_expression_or_of_result() {
    assert_eq!(value("1 + 1\n"), json!(2));
    assert_eq!(
        value("result = [n * n for n in range(4)]\n"),
        json!([0, 1, 4, 9])
    );
    assert_eq!(value("def f():\n    return 1\n"), Value::Null);
}

#[test]
fn values_cross_in_the_form_that_every_guest_gives_them() {
    let source = "\
import dataclasses, datetime, decimal, enum
@dataclasses.dataclass
class Point:
    x: int
    y: float
class Kind(enum.Enum):
    A = 'a'
day = datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc)
[None, True, 7, 2.0, 0.5, float('nan'), 2**70, 'ü', b'xy', (1, 2), {'a': {'$type': 1}}, {1: 2}, {3}, Point(1, 2.5), Kind.A, day, decimal.Decimal('1.10')]
";
    let expected = json!([
        null, true, 7, 2, 0.5,
        { "$type": "number", "value": "NaN" },
        { "$type": "bigint", "value": "1180591620717411303424" },
        "ü",
        { "$type": "bytes", "value": "eHk=" },
        [1, 2],
        { "a": { "$type": "object", "value": { "$type": 1 } } },
        { "$type": "map", "value": [[1, 2]] },
        { "$type": "set", "value": [3] },
        { "x": 1, "y": 2.5 },
        "a",
        { "$type": "date", "value": "2020-01-02T03:00:00.000Z" },
        "1.10"
    ]);
    assert_eq!(value(source), expected);

    let args = json!({ "n": 2, "big": { "$type": "bigint", "value": "1180591620717411303424" }, "s": { "$type": "set", "value": [1] }, "b": { "$type": "bytes", "value": "eHk=" } });
    let source = "\
import selvage, sys
a = selvage.args
[a['n'] + 1, a['big'] == 2**70, a['s'] == {1}, a['b'] == b'xy', sys.argv[:2]]
";
    let record = run_with(&mut bench(), source, json!({ "args": args })).expect("a result");
    let argv = json!(["workflows/a.py", "--n=2"]);
    assert_eq!(record["value"], json!([3, true, true, true, argv]));

    let error = run("result = {'a': [1, print]}\n").expect_err("no form");
    assert_eq!(error.code, ErrorCode::InvalidResult);
    assert!(error.message.contains("result[\"a\"][1]"), "{error:?}");
}

#[test]
fn files_are_the_workspaces_own_and_land_as_one_change() {
    let mut bench = bench();
    let input = "id,name\n1,\"Weber, Sons\"\n2,Nord\n";
    bench
        .call("write", json!({ "path": "data/in.csv", "content": input }))
        .expect("written");
    let source = "\
import csv, json, os, pathlib
with open('data/in.csv', newline='') as file:
    rows = list(csv.DictReader(file))
out = pathlib.Path('out/deep')
out.mkdir(parents=True)
(out / 'names.json').write_text(json.dumps([row['name'] for row in rows]))
left = open('out/left-open.txt', 'w')
left.write('kept all the same')
os.rename('out/deep/names.json', 'out/names.json')
os.rmdir('out/deep')
[sorted(os.listdir('out')), os.path.exists('data/none'), os.path.getsize('data/in.csv'), os.getcwd()]
";
    let record = run_with(&mut bench, source, json!({})).expect("a result");
    let names = json!(["left-open.txt", "names.json"]);
    assert_eq!(record["value"], json!([names, false, input.len(), "/"]));
    assert_eq!(record["headsOut"].as_array().map(Vec::len), Some(1));
    let mut read =
        |path: &str| bench.call("read", json!({ "path": path })).expect("there")["content"].clone();
    assert_eq!(read("out/names.json"), json!("[\"Weber, Sons\", \"Nord\"]"));
    assert_eq!(read("out/left-open.txt"), json!("kept all the same"));
}

#[test]
fn what_is_printed_is_a_log_line_by_line() {
    let record =
        run("import sys\nprint('one', 2)\nprint('a\\nb', end='')\nprint('bad', file=sys.stderr)\n")
            .expect("a result");
    let line = |level: &str, text: &str| (level.to_owned(), text.to_owned());
    let expected = [
        line("info", "one 2"),
        line("info", "a"),
        line("error", "bad"),
        line("info", "b"),
    ];
    assert_eq!(logs(&record), expected);
}

#[test]
fn time_and_chance_come_from_the_host_and_a_seed_decides_them() {
    let source = "import random, time, uuid, datetime\n[random.random(), str(uuid.uuid4()), int(time.time()), datetime.datetime.now(datetime.UTC).year, hash('a')]\n";
    let with = |seed: u64| {
        let more = json!({ "seed": seed });
        let record = run_with(&mut bench(), source, more).expect("a result");
        (record["value"].clone(), record["usage"]["fuel"].clone())
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1).0[0], with(2).0[0]);
    assert_eq!(with(1).0[2], json!(NOW_MS / 1000));
}

#[test]
fn a_failure_names_the_line_and_shows_the_traceback() {
    let error = run("import json\n\ndef inner(text):\n    return json.loads(text)\n\ninner('{')\n")
        .expect_err("no JSON");
    assert_eq!(error.code, ErrorCode::RuntimeException);
    assert_eq!(
        (error.path.as_deref(), error.line),
        (Some("workflows/a.py"), Some(4))
    );
    assert!(error.message.starts_with("JSONDecodeError: "), "{error:?}");
    let stack = error.stack.expect("a traceback");
    let lines: Vec<&str> = stack.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "Traceback (most recent call last):",
            "  File \"workflows/a.py\", line 6, in <module>",
            "    inner('{')",
            "  File \"workflows/a.py\", line 4, in inner",
            "    return json.loads(text)",
        ]
    );

    let error =
        run("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('x') from e\n")
            .expect_err("raised");
    assert!(error.stack.expect("a traceback").contains("direct cause"));
    let error = run("import sys\nsys.exit('no')\n").expect_err("it exited");
    assert_eq!(error.message, "the program exited with no");
    assert_eq!(value("import sys\nsys.exit()\n"), Value::Null);
}

#[test]
fn what_may_not_be_touched_is_refused_with_the_hosts_words() {
    let mut bench = bench();
    bench
        .call("write", json!({ "path": "secret.txt", "content": "s" }))
        .expect("written");
    let grant = json!({ "grant": { "read": ["data/**"], "write": ["out/**"] } });
    let error =
        run_with(&mut bench, "open('elsewhere.txt', 'w')\n", grant.clone()).expect_err("refused");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert_eq!(error.line, Some(1));
    let error =
        run_with(&mut bench, "open('secret.txt').read()\n", grant.clone()).expect_err("not seen");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    let caught =
        "try:\n    open('x.txt', 'w')\nexcept PermissionError as e:\n    result = e.errno\n";
    let record = run_with(&mut bench, caught, grant).expect("caught");
    assert!(record["value"].is_number());
}

#[test]
fn lint_has_the_interpreters_own_word_on_syntax_and_no_other() {
    let mut bench = bench();
    let mut lint = |source: &str| {
        bench
            .call(
                "lint_flow",
                json!({ "path": "workflows/a.py", "content": source }),
            )
            .expect("linted")
    };
    let fine = lint("match 1:\n    case x if x > 0:\n        print(f'{x!r:>{5}}')\n");
    assert_eq!(
        (fine["ok"].clone(), fine["diagnostics"].clone()),
        (json!(true), json!([]))
    );
    let broken = lint("def f(:\n    pass\n");
    assert_eq!(broken["ok"], json!(false));
    let found = &broken["diagnostics"][0];
    assert_eq!(
        (&found["code"], &found["span"]["start"]["line"]),
        (&json!("syntax"), &json!(1))
    );
    let placed = lint("x = 1\nreturn x\n");
    assert_eq!(
        placed["diagnostics"][0]["span"]["start"]["line"],
        json!(2),
        "{placed}"
    );
    let error = run("x = 1\nif x = 2:\n    pass\n").expect_err("no Python");
    assert_eq!((error.code, error.line), (ErrorCode::LintFailed, Some(2)));
}

#[test]
fn a_module_of_the_workspace_is_imported_and_is_no_flow() {
    let mut bench = bench();
    for (path, content) in [
        (
            "modules/sums.py",
            "def total(numbers):\n    return sum(numbers)\n",
        ),
        ("shared/__init__.py", ""),
        (
            "shared/text.py",
            "from modules.sums import total\n\ndef shown(n):\n    return f'<{total(n)}>'\n",
        ),
    ] {
        bench
            .call("write", json!({ "path": path, "content": content }))
            .expect("written");
    }
    let source = "from shared.text import shown\nshown([1, 2])\n";
    let record = run_with(&mut bench, source, json!({})).expect("a result");
    assert_eq!(record["value"], json!("<3>"));
    let error = bench
        .call("run_flow", json!({ "path": "modules/sums.py" }))
        .expect_err("no flow");
    assert_eq!(error.code, ErrorCode::NotAFlow);
    let listed = bench.call("flow_list", json!({})).expect("listed");
    let flows = listed["flows"].as_array().expect("flows");
    assert!(flows.iter().any(|flow| flow["name"] == "a"));
    assert!(flows.iter().all(|flow| flow["path"] != "modules/sums.py"));
}

#[test]
fn a_record_of_logging_is_an_entry_of_its_level() {
    let source = "import logging\nlogging.basicConfig(level=logging.DEBUG, format='%(name)s: %(message)s')\nlog = logging.getLogger('sync')\nprint('a', end='')\nlog.debug('fine')\nlog.info('two\\nlines')\nlog.warning('%d left', 3)\nlog.error('bad')\n";
    let record = run(source).expect("a result");
    let line = |level: &str, text: &str| (level.to_owned(), text.to_owned());
    let expected = [
        line("info", "a"),
        line("debug", "sync: fine"),
        line("info", "sync: two\nlines"),
        line("warn", "sync: 3 left"),
        line("error", "sync: bad"),
    ];
    assert_eq!(logs(&record), expected);
}

#[test]
fn asyncio_runs_on_a_loop_that_sleeps_until_something_is_due() {
    let source = "\
import asyncio, time

async def work(n):
    await asyncio.sleep(n / 50)
    print('done', n)
    return n

async def main():
    queue = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        group.create_task(queue.put('item'))
        item = group.create_task(queue.get())
    found = await asyncio.gather(work(3), work(1), work(2))
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except TimeoutError:
        found.append('late')
    return found, item.result(), await asyncio.to_thread(sum, [1, 2])

began = time.monotonic()
found = asyncio.run(main())
time.sleep(0.1)
[found, time.monotonic() - began >= 0.16]
";
    let more = json!({ "limits": { "cpuMsMax": 10_000, "wallMsMax": 30_000 } });
    let record = run_with(&mut bench(), source, more).expect("a result");
    assert_eq!(
        record["value"],
        json!([[[3, 1, 2, "late"], "item", 3], true])
    );
    let texts: Vec<String> = logs(&record).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["done 1", "done 2", "done 3"]);

    let waits = "import asyncio\nasync def main():\n    await asyncio.get_running_loop().create_future()\nasyncio.run(main())\n";
    let error = run(waits).expect_err("nothing can come");
    assert!(error.message.contains("nothing can bring"), "{error:?}");
    let sleeps = "import time\ntime.sleep(3600)\n";
    let short = json!({ "limits": { "wallMsMax": 300 } });
    let error = run_with(&mut bench(), sleeps, short).expect_err("it is stopped");
    assert_eq!(error.code, ErrorCode::QuotaWall);
}

#[test]
fn every_module_of_the_list_can_be_imported() {
    let list = include_str!("../../../guest-py/stdlib.txt");
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split('#').next())
        .map(|name| name.trim().trim_end_matches(".*"))
        .filter(|name| !name.is_empty())
        .collect();
    assert!(names.len() > 100, "{names:?}");
    let source = "\
import importlib, selvage
result = {}
for name in selvage.args:
    try:
        importlib.import_module(name)
    except BaseException as error:
        result[name] = repr(error)
";
    let more = json!({ "args": names });
    let record = run_with(&mut bench(), source, more).expect("a result");
    assert_eq!(record["value"], json!({}));
}
