//! One function of a file, called with its arguments: found, given what it takes, awaited, and what it gives.

use super::{bench, logs};
use crate::bench::{Bench, NOW_MS};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};

/// Writes files and calls a function of one: the record of the run.
pub fn call(
    bench: &mut Bench<'_>,
    files: &[(&str, &str)],
    reference: &str,
    args: Value,
) -> Result<Value, ToolError> {
    for (path, content) in files {
        bench.call("write", json!({ "path": path, "content": content }))?;
    }
    let input = json!({ "path": reference, "args": args, "seed": 1, "startMs": NOW_MS });
    bench.call("run_flow", input)
}

/// The same with one file, `workflows/a.py`, and its value.
pub fn value(source: &str, function: &str, args: Value) -> Value {
    let reference = format!("workflows/a.py::{function}");
    let called = call(
        &mut bench(),
        &[("workflows/a.py", source)],
        &reference,
        args,
    );
    called.unwrap_or_else(|error| panic!("{error:?}"))["value"].clone()
}

fn refused(source: &str, reference: &str, args: Value) -> ToolError {
    let files = [("workflows/a.py", source)];
    call(&mut bench(), &files, reference, args).expect_err("refused")
}

const SYNC: &str = "\
import asyncio
import logging
from bifrost import workflow, tool, data_provider, context, ExecutionContext

logger = logging.getLogger(__name__)

@workflow(name='sync_customers', description='Brings customers over', category='Sync', tags=['a'], schedule='0 * * * *')
async def sync_customers(context: ExecutionContext, region: str, limit: int = 10, dry: bool = False, note: str | None = None):
    await asyncio.sleep(0.01)
    found = await asyncio.gather(*(one(n) for n in range(min(limit, 3))))
    return {'region': region, 'limit': limit, 'dry': dry, 'note': note, 'found': found, 'run': context.execution_id, 'name': context.workflow_name}

async def one(n):
    await asyncio.sleep(0.03 - n / 100)
    logger.warning('done %d', n)
    return n

@tool
def plain(a: float, **more):
    \"\"\"Says what it was given.\"\"\"
    return [a, type(a).__name__, more, context.parameters]

@data_provider()
def choices():
    return [{'label': name, 'value': name.lower()} for name in ('A', 'B')]
";

#[test]
fn a_coroutine_is_called_with_its_context_and_what_it_takes_of_the_arguments() {
    let mut bench = bench();
    let args = json!({ "region": "eu", "limit": "5", "dry": "yes", "unknown": 1 });
    let record = call(
        &mut bench,
        &[("workflows/a.py", SYNC)],
        "workflows/a.py::sync_customers",
        args,
    )
    .expect("a result");
    let expected = json!({
        "region": "eu", "limit": 5, "dry": true, "note": null, "found": [0, 1, 2],
        "run": record["run"], "name": "sync_customers",
    });
    assert_eq!(record["value"], expected);
    let texts: Vec<String> = logs(&record).into_iter().map(|(_, text)| text).collect();
    assert_eq!(
        texts,
        [
            "@workflow of sync_customers does not know: schedule",
            "done 2",
            "done 1",
            "done 0"
        ]
    );
    let record = bench
        .call("flow_status", json!({ "run": record["run"] }))
        .expect("the record");
    assert_eq!(record["function"], json!("sync_customers"));
    let again = bench
        .call("run_verify", json!({ "run": record["run"] }))
        .expect("run again");
    assert_eq!(again["differences"], json!([]));
}

#[test]
fn what_the_machine_s_clock_told_a_program_is_told_again_when_it_is_verified() {
    let python = "import asyncio, datetime, random, time
async def main():
    began = time.monotonic()
    await asyncio.gather(*(asyncio.sleep(random.random() / 100) for _ in range(3)))
    return time.monotonic() - began
took = asyncio.run(main())
open('at.txt', 'w').write(datetime.datetime.now().isoformat())
[took, time.time(), time.perf_counter()]
";
    let js = "export default async (flow) => {
  const began = performance.now();
  await flow.fs.write('at.txt', new Date().toISOString());
  return [began, Date.now(), performance.now()];
};
";
    let mut bench = bench();
    for (path, content) in [("a.py", python), ("a.flow.js", js)] {
        let record = ran(&mut bench, path, content);
        assert_eq!(record["startMs"], json!(null));
        let verify = json!({ "run": record["run"] });
        let again = bench.call("run_verify", verify).expect("run again");
        assert_eq!(again["differences"], json!([]), "{path}");
        assert!(has_answers(&mut bench, &record));
    }
    for (path, content) in [("b.py", "1 + 1"), ("b.flow.js", "1 + 1")] {
        let record = ran(&mut bench, path, content);
        assert!(!has_answers(&mut bench, &record), "{path} asks for no time");
    }
}

/// Writes a program and runs it by the machine's own clock: the record.
fn ran(bench: &mut Bench<'_>, path: &str, content: &str) -> Value {
    bench
        .call("write", json!({ "path": path, "content": content }))
        .expect("written");
    bench
        .call("run_flow", json!({ "path": path }))
        .expect("a result")
}

/// Whether what a run was answered is kept.
fn has_answers(bench: &mut Bench<'_>, record: &Value) -> bool {
    let record = record["record"].as_str().expect("a path");
    let path = record.replace(".json", ".answers.jsonl");
    bench.call("stat", json!({ "path": path })).is_ok()
}

#[test]
fn a_plain_function_is_called_as_well_and_the_only_one_by_itself() {
    assert_eq!(
        value(SYNC, "plain", json!({ "a": "2", "b": [1] })),
        json!([2, "float", { "b": [1] }, { "a": "2", "b": [1] }])
    );
    let labels = json!([{ "label": "A", "value": "a" }, { "label": "B", "value": "b" }]);
    assert_eq!(value(SYNC, "choices", json!(null)), labels);
    let only = "import bifrost\n@bifrost.workflow\ndef only(n: int):\n    def inner():\n        return n\n    return inner() + 1\n";
    let called = call(
        &mut bench(),
        &[("workflows/a.py", only)],
        "workflows/a.py",
        json!({ "n": 1 }),
    );
    assert_eq!(called.expect("a result")["value"], json!(2));
}

#[test]
fn what_cannot_be_called_so_is_refused_before_anything_runs() {
    let error = refused(SYNC, "workflows/a.py", json!({}));
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert!(
        error
            .hint
            .expect("a hint")
            .contains("`workflows/a.py::plain`")
    );
    let error = refused(SYNC, "workflows/a.py::one", json!({}));
    assert_eq!(error.code, ErrorCode::NotFound);
    let error = refused(SYNC, "workflows/a.py::plain", json!({}));
    assert_eq!(error.message, "`plain` needs the argument `a`.");
    assert_eq!(
        (error.path.as_deref(), error.line),
        (Some("workflows/a.py"), Some(19))
    );
    let error = refused(
        SYNC,
        "workflows/a.py::sync_customers",
        json!({ "region": "eu", "limit": "many" }),
    );
    assert_eq!(
        error.message,
        "The argument `limit` of `sync_customers` must be a whole number, and is \"many\"."
    );
}

#[test]
fn a_traceback_begins_in_the_workspace_for_coroutines_and_plain_functions_alike() {
    for source in [
        "from bifrost import workflow\n@workflow\nasync def f():\n    g()\ndef g():\n    raise ValueError('no')\n",
        "from bifrost import workflow\n@workflow\ndef f():\n    g()\ndef g():\n    raise ValueError('no')\n",
    ] {
        let error = refused(source, "workflows/a.py::f", json!({}));
        assert_eq!(
            (error.code, error.line),
            (ErrorCode::RuntimeException, Some(6))
        );
        let stack = error.stack.expect("a traceback");
        let lines: Vec<&str> = stack.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "Traceback (most recent call last):",
                "  File \"workflows/a.py\", line 4, in f",
                "    g()"
            ]
        );
        assert!(!stack.contains("<frozen"), "{stack}");
    }
}

#[test]
fn a_function_is_heard_from_info_on_and_a_script_as_python_has_it() {
    let source = "\
import logging
from bifrost import workflow

log = logging.getLogger(__name__)
log.info('begins')

@workflow
def tells():
    log.debug('fine')
    log.info('two left')
    log.warning('one left')

@workflow
def tells_more():
    logging.basicConfig(level=logging.DEBUG, format='%(message)s', force=True)
    log.debug('fine')
";
    let files = [("workflows/a.py", source)];
    let told = |reference: &str| {
        let record = call(&mut bench(), &files, reference, json!({})).expect("a result");
        let texts = logs(&record).into_iter();
        texts
            .map(|(level, text)| level + " " + &text)
            .collect::<Vec<_>>()
    };
    let heard = ["info begins", "info two left", "warn one left"];
    assert_eq!(told("workflows/a.py::tells"), heard);
    let more = ["info begins", "debug fine"];
    assert_eq!(told("workflows/a.py::tells_more"), more);
    let script = "import logging\nlogging.info('fine')\nlogging.warning('one left')\n";
    let record = call(&mut bench(), &[("a.py", script)], "a.py", json!({})).expect("a result");
    assert_eq!(
        logs(&record),
        [("warn".into(), "WARNING:root:one left".into())]
    );
}

/// Texts that grow where they lie are what others make of the same parts, and whoever held one before has it still.
#[test]
fn a_text_that_is_added_to_stays_what_others_hold_of_it() {
    let source = "\
from bifrost import workflow

@workflow
def grows():
    s, held, parts = '', [], []
    for n in range(3000):
        part = 'é\\ud800'[n // 500 % 2] if n % 500 == 499 else chr(97 + n % 26) * (n % 7)
        s += part
        parts.append(part)
        if n % 100 == 0:
            held.append((s, ''.join(parts)))
            hash(s)
    held.append((s, ''.join(parts)))
    return [len(s), all(a == b and hash(a) == hash(b) and len(a) == len(b) for a, b in held), s[-3:] == ''.join(parts)[-3:]]
";
    assert_eq!(value(source, "grows", json!({})), json!([8985, true, true]));
}

#[test]
fn a_coroutine_leaves_nothing_behind_and_never_waits_for_nothing() {
    let source = "\
import asyncio
from bifrost import workflow

@workflow
async def leaves():
    async def late():
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            print('cleaned up')
    asyncio.create_task(late())
    async with asyncio.timeout(0.05):
        await asyncio.sleep(0.02)
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.01)
    except TimeoutError:
        return 'late'

@workflow
async def waits():
    await asyncio.get_running_loop().create_future()
";
    let files = [("workflows/a.py", source)];
    let record = call(&mut bench(), &files, "workflows/a.py::leaves", json!({})).expect("a result");
    assert_eq!(record["value"], json!("late"));
    assert_eq!(
        logs(&record),
        [("info".to_owned(), "cleaned up".to_owned())]
    );
    let error = refused(source, "workflows/a.py::waits", json!({}));
    assert!(error.message.contains("nothing can bring"), "{error:?}");
}

#[test]
fn a_module_has_one_name_however_it_is_imported() {
    let files = [
        ("modules/money.py", "calls = []\ndef total(rows):\n    calls.append(1)\n    return sum(rows)\n"),
        ("modules/psa/halo.py", "from bifrost.modules.money import total\nNAME = 'halo'\n"),
        ("modules/a/twin.py", ""),
        ("modules/b/twin.py", ""),
        ("modules/broken.py", "import nowhere\n"),
        ("features/sync/rules.py", "from shared.text import shout\n"),
        ("shared/text.py", "def shout(text):\n    return text.upper()\n"),
        (
            "workflows/deep/a.py",
            "\
from bifrost import workflow
from bifrost.modules import money
import bifrost.modules.money as same
import modules.money
from bifrost.modules.halo import NAME
from bifrost.modules.psa import halo
from features.sync.rules import shout

@workflow
def f():
    money.total([1]); same.total([2]); modules.money.total([3]); halo.total([4])
    said = []
    for name in ('twin', 'none', 'broken'):
        try:
            __import__('bifrost.modules', fromlist=[name]) and __import__(f'bifrost.modules.{name}')
        except ImportError as error:
            said.append(str(error))
    return [len(money.calls), money is same is modules.money, NAME, shout('x'), __name__, money.__name__, money.__spec__.name, said]
",
        ),
    ];
    let record = call(&mut bench(), &files, "workflows/deep/a.py", json!({})).expect("a result");
    let said = json!([
        "several modules of the workspace are called 'twin': modules.a.twin, modules.b.twin. Import one of them by its place.",
        "the workspace has no module 'none' in `modules/`",
        "No module named 'nowhere'. Packages are not installed here: it is neither a file of the workspace nor a part of the standard library that a run has.",
    ]);
    let expected = json!([
        4,
        true,
        "halo",
        "X",
        "workflows.deep.a",
        "modules.money",
        "modules.money",
        said
    ]);
    assert_eq!(record["value"], expected);
}
