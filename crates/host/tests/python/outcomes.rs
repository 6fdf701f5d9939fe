//! What is kept of a call: how it went, what it had, and nothing of what is secret.

use super::calls::call;
use super::{bench, value};
use crate::bench::Bench;
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};

fn ran(bench: &mut Bench<'_>, source: &str, function: &str) -> Result<Value, ToolError> {
    let reference = format!("workflows/a.py::{function}");
    call(bench, &[("workflows/a.py", source)], &reference, json!({}))
}

/// The record of the run that failed. The clock stands still here, so no run is later than another one.
fn failed(bench: &mut Bench<'_>) -> Value {
    let listed = bench.call("flow_runs", json!({})).expect("runs");
    let mut runs = listed["runs"].as_array().into_iter().flatten();
    let run = runs
        .find(|run| run["status"] == "failed")
        .expect("it failed")["run"]
        .clone();
    let mut record = bench
        .call("flow_status", json!({ "run": run }))
        .expect("a record");
    record["logs"] = bench
        .call("flow_logs", json!({ "run": run }))
        .expect("logs")["entries"]
        .clone();
    record
}

#[test]
fn a_result_that_says_no_success_is_completed_with_errors_and_lands() {
    let source = "\
from bifrost import workflow
@workflow
async def badly():
    open('out.txt', 'w').write('kept')
    return {'success': False, 'failed': 2}
@workflow
async def well():
    return {'success': True}
";
    let mut bench = bench();
    let record = ran(&mut bench, source, "badly").expect("a result");
    assert_eq!(record["status"], json!("completedWithErrors"));
    assert_eq!(record["value"], json!({ "success": false, "failed": 2 }));
    assert_eq!(
        bench
            .call("read", json!({ "path": "out.txt" }))
            .expect("landed")["content"],
        json!("kept")
    );
    assert_eq!(
        ran(&mut bench, source, "well").expect("a result")["status"],
        json!("succeeded")
    );
    let script = "{'success': False}\n";
    let record = call(
        &mut bench,
        &[("workflows/b.py", script)],
        "workflows/b.py",
        json!({}),
    );
    assert_eq!(
        record.expect("a result")["status"],
        json!("succeeded"),
        "a script means what it means"
    );
}

#[test]
fn an_error_for_people_is_its_message_alone() {
    let source = "\
import bifrost
from bifrost import workflow
class Mine(bifrost.UserError):
    pass
@workflow
async def told():
    raise bifrost.UserError('There is no customer 7.')
@workflow
def told_as_mine():
    raise Mine('Mine.')
@workflow
def other():
    raise bifrost.IntegrationError('It refused.', status=500)
";
    let mut bench = bench();
    let error = ran(&mut bench, source, "told").expect_err("raised");
    assert_eq!(
        (error.code, error.message.as_str()),
        (ErrorCode::RuntimeException, "There is no customer 7.")
    );
    assert_eq!((error.stack, error.line), (None, None));
    assert_eq!(
        ran(&mut bench, source, "told_as_mine")
            .expect_err("raised")
            .message,
        "Mine."
    );
    let error = ran(&mut bench, source, "other").expect_err("raised");
    assert_eq!(error.message, "IntegrationError: It refused.");
    assert!(error.stack.expect("a traceback").contains("in other"));
}

#[test]
fn a_program_that_asks_is_told_how_to_ask() {
    let source =
        "from bifrost import workflow\n@workflow\ndef asks():\n    return input('Name? ')\n";
    let error = ran(&mut bench(), source, "asks").expect_err("nobody answers");
    assert!(error.message.starts_with("EOFError"), "{error:?}");
    let hint = error.hint.expect("what to do");
    assert!(hint.contains("parameter"), "{hint}");
}

const VARIABLES: &str = "\
import asyncio, datetime, math
from bifrost import workflow, ExecutionContext
class Customer:
    pass
@workflow
async def waits(context: ExecutionContext, region: str = 'eu'):
    await asyncio.sleep(0.01)
    rows = [1, 2]
    rows.append(rows)
    _hidden = 1
    helper = lambda: 1
    large = 'x' * 20_000
    many = list(range(1_000_000))
    customer = Customer()
    nested = {'at': datetime.date(2026, 1, 2), 'who': customer}
    return len(rows)
@workflow
def plain(n: int = 1):
    total = n + 1
    module = math
    return total
@workflow
def fails(n: int = 1):
    before = 'seen'
    raise ValueError(before)
    after = 'never'
";

#[test]
fn what_the_function_took_and_had_is_kept_bounded_and_without_code() {
    let mut bench = bench();
    let record = ran(&mut bench, VARIABLES, "waits").expect("a result");
    let expected = json!({
        "region": "eu",
        "rows": [1, 2, "[circular]"],
        "large": "[more than 10000 bytes]",
        "many": "[more than 10000 bytes]",
        "customer": "<Customer>",
        "nested": { "at": "2026-01-02", "who": "<Customer>" },
    });
    assert_eq!(record["variables"], expected);
    let record = ran(&mut bench, VARIABLES, "plain").expect("a result");
    assert_eq!(record["variables"], json!({ "n": 1, "total": 2 }));
    ran(&mut bench, VARIABLES, "fails").expect_err("raised");
    let record = failed(&mut bench);
    assert_eq!(record["variables"], json!({ "n": 1, "before": "seen" }));
    assert_eq!(record["status"], json!("failed"));
    let script = call(
        &mut bench,
        &[("workflows/b.py", "x = 1\n")],
        "workflows/b.py",
        json!({}),
    );
    assert_eq!(script.expect("a result")["variables"], Value::Null);
}

#[test]
fn variables_of_many_bytes_are_told_as_far_as_there_is_room() {
    let many: String = (0..100)
        .map(|n| format!("    v{n:03} = 'x' * 9_000\n"))
        .collect();
    let source = format!("from bifrost import workflow\n@workflow\ndef f():\n{many}    return 1\n");
    let record = ran(&mut bench(), &source, "f").expect("a result");
    let told = record["variables"].as_object().expect("variables");
    assert!(told.len() > 10 && told.len() < 20, "{}", told.len());
}

#[test]
fn a_secret_is_in_no_part_of_a_record() {
    let source = "\
import logging, sys
from bifrost import config, workflow
@workflow
async def uses():
    key = await config.get('api_key')
    short = await config.get('short')
    logging.getLogger(__name__).error('with %s', key)
    print('printed', key, short)
    print('to stderr', key, file=sys.stderr)
    return {'key': key, key: [f'Bearer {key}'], 'short': short}
@workflow
async def fails():
    key = await config.get('api_key')
    raise ValueError(f'refused {key}')
@workflow
async def sets():
    await config.set('fresh', 'fresh-secret', is_secret=True)
    return ['fresh-secret', await config.get('fresh')]
";
    let mut bench = bench();
    for (key, value) in [("api_key", "s3cr3t-value"), ("short", "abc")] {
        let kept = json!({ "config_type": "secret", "value": value }).to_string();
        let path = format!("configs/{key}.json");
        bench
            .call("write", json!({ "path": path, "content": kept }))
            .expect("written");
    }
    let record = ran(&mut bench, source, "uses").expect("a result");
    let hidden = "[REDACTED]";
    assert_eq!(
        record["value"],
        json!({ "key": hidden, hidden: ["Bearer [REDACTED]"], "short": "abc" })
    );
    assert_eq!(
        record["variables"],
        json!({ "key": hidden, "short": "abc" })
    );
    assert_eq!(record["logs"].as_array().map(Vec::len), Some(3));
    assert!(!record.to_string().contains("s3cr3t-value"), "{record}");
    let error = ran(&mut bench, source, "fails").expect_err("raised");
    assert_eq!(error.message, "ValueError: refused [REDACTED]");
    assert!(!failed(&mut bench).to_string().contains("s3cr3t-value"));
    assert_eq!(
        ran(&mut bench, source, "sets").expect("a result")["value"],
        json!([hidden, hidden])
    );
}

/// The whole record of a call, but for what differs from machine to machine and from build to build. `UPDATE_EXPECT=1` writes it anew.
#[test]
fn a_record_is_as_it_was_written_down() {
    let source = "\
import logging
from typing import Literal
from bifrost import ExecutionContext, config, tables, workflow

log = logging.getLogger('sync')

@workflow(name='Sync customers', description='Brings customers over', category='Sync', tags=['nightly'])
async def sync_customers(context: ExecutionContext, region: Literal['eu', 'us'], limit: int = 10):
    key = await config.get('api_key')
    log.warning('%s in %s with %s', context.workflow_name, region, key)
    document = await tables.upsert('customers', 'acme', {'name': 'Acme', 'region': region})
    return {'success': False, 'document': document.data, 'limit': limit}
";
    let mut bench = bench();
    let secret = json!({ "config_type": "secret", "value": "s3cr3t-value" }).to_string();
    let files = [
        ("workflows/crm.py", source),
        ("configs/api_key.json", secret.as_str()),
    ];
    let args = json!({ "region": "eu", "limit": "5", "unknown": true });
    let mut record =
        call(&mut bench, &files, "workflows/crm.py::sync_customers", args).expect("a result");
    let members = record.as_object_mut().expect("an object");
    for volatile in ["usage", "guestHash", "headsIn", "headsOut", "limits"] {
        assert!(members.remove(volatile).is_some(), "{volatile}");
    }
    for entry in members["logs"].as_array_mut().expect("logs") {
        entry.as_object_mut().expect("an entry").remove("atMs");
    }
    let text = serde_json::to_string_pretty(&record).expect("JSON") + "\n";
    expect_test::expect_file!["golden/record.json"].assert_eq(&text);
}

/// Texts that grow are put together by a function of our own, where the interpreter has seen that it pays.
#[test]
fn a_text_that_grows_holds_what_its_parts_hold() {
    let source = "\
def grow(parts):
    s = ''
    for part in parts:
        s += part
    return s
def shared(parts):
    s = 'a'
    all = [s]
    for part in parts:
        s += part
        all.append(s)
    return all
kinds = [['a', 'b'], ['a', 'é'], ['é', 'a', '😀'], ['a', '\\ud800', '\\udc00', 'b'], ['', 'a', '']]
for parts in kinds:
    parts *= 40
    whole, kept = ''.join(parts), shared(parts)
    assert grow(parts) == whole and {grow(parts): 1}[whole] == 1 and hash(grow(parts)) == hash(whole)
    assert grow(parts).isascii() == whole.isascii() and len(grow(parts)) == len(whole)
    assert kept == ['a' + ''.join(parts[:n]) for n in range(len(parts) + 1)]
len(grow(['x' * 1000] * 100))
";
    assert_eq!(value(source), json!(100_000));
}
