//! `bifrost.workflows` and `bifrost.executions`: other workflows, and runs.

use super::bench;
use super::calls::call;
use super::sdk::{main_of, text};
use selvage_tool::ErrorCode;
use selvage_tool::run::RunStatus;
use serde_json::{Value, json};

#[test]
fn a_workflow_calls_another_where_it_is_granted() {
    let mut bench = bench();
    let other = "\
from bifrost import workflow
@workflow
async def double(n: int):
    open(f'out/double-{n}.txt', 'w').write(str(n * 2))
    return {'n': n * 2}
@workflow
def fails():
    raise ValueError('inner')
";
    for (path, content) in [("workflows/other.py", other), ("out/.keep", "")] {
        bench
            .call("write", json!({ "path": path, "content": content }))
            .expect("written");
    }
    let body = "\
import asyncio
async def ended(run):
    while (found := await workflows.get(run)).status in ('Pending', 'Running'):
        await asyncio.sleep(0.01)
    return found
started = await asyncio.gather(*(workflows.execute('workflows/other.py::double', {'n': n}) for n in (1, 2)))
found = [await ended(run) for run in started]
failed = await ended(await workflows.execute('workflows/other.py::fails'))
latest = await executions.list('workflows/other.py', limit=2)
return [[(one.status, one.result, one.workflow_name) for one in found], failed.status, failed.error_message, failed.variables, len(latest), len(await workflows.list()) > 1]";
    let grant = json!({ "grant": { "read": ["**"], "write": ["**"], "tools": ["run_flow", "flow_status", "flow_runs", "flow_list"] } });
    let found = main_of(&mut bench, "executions, workflows", body, grant);
    let doubles = json!([["Success", { "n": 2 }, "double"], ["Success", { "n": 4 }, "double"]]);
    assert_eq!(
        found,
        json!([doubles, "Failed", "ValueError: inner", {}, 2, true])
    );
    assert_eq!(text(&mut bench, "out/double-1.txt"), "2");
    assert_eq!(text(&mut bench, "out/double-2.txt"), "4");

    let body = "\
try:
    await workflows.execute('workflows/other.py::double', {'n': 1})
except Exception as error:
    return [error.code, error.hint is not None]";
    let found = main_of(&mut bench, "workflows", body, json!({}));
    assert_eq!(found, json!(["POLICY_DENIED", true]));
    let source = "from bifrost import workflow, workflows\n@workflow\nasync def f():\n    await workflows.execute('other')\n";
    let error = call(
        &mut bench,
        &[("workflows/b.py", source)],
        "workflows/b.py",
        json!({}),
    )
    .expect_err("not granted");
    assert_eq!((error.code, error.line), (ErrorCode::PolicyDenied, Some(4)));
    assert_eq!(error.message, "The run may not call the tool `run_flow`.");
    assert!(
        error
            .hint
            .expect("a hint")
            .contains("allowTools: [\"run_flow\"]")
    );
}

#[test]
fn a_run_that_waits_is_not_over() {
    use RunStatus::{
        Asking, Cancelled, CompletedWithErrors, Failed, Queued, Running, Succeeded, Waiting,
    };
    let statuses = [
        (Queued, "Pending"),
        (Running, "Running"),
        (Asking, "Pending"),
        (Waiting, "Pending"),
        (Succeeded, "Success"),
        (CompletedWithErrors, "CompletedWithErrors"),
        (Failed, "Failed"),
        (Cancelled, "Cancelled"),
    ];
    // What the tool tells of a run, as the package reads it.
    let source = "\
import selvage
from bifrost import ExecutionStatus, workflows
found = []
for status in selvage.args:
    one = workflows._execution({'run': 'r', 'path': 'a.py', 'status': status, 'startedMs': 1, 'durationMs': 2})
    found.append([ExecutionStatus(one.status).value, one.completed_at is None, one.duration_ms])
found
";
    let asked: Vec<RunStatus> = statuses.iter().map(|(status, _)| *status).collect();
    let record = call(
        &mut bench(),
        &[("workflows/a.py", source)],
        "workflows/a.py",
        json!(asked),
    );
    let expected: Vec<Value> = statuses
        .iter()
        .map(|(status, said)| {
            let over = status.ended();
            json!([said, !over, over.then_some(2)])
        })
        .collect();
    assert_eq!(record.expect("a result")["value"], json!(expected));
}

#[test]
fn all_workflows_are_listed_whoever_read_them_before() {
    let mut bench = bench();
    let other = "\
from bifrost import tool, workflow
@workflow(name='Sync customers')
def sync():
    print('hello')
@tool
def double(n: int):
    return n * 2
";
    let write = json!({ "path": "workflows/other.py", "content": other });
    bench.call("write", write).expect("written");
    let body = "\
found = [one for one in await workflows.list() if one.source_file_path == 'workflows/other.py']
run = await workflows.execute('Sync customers')
import asyncio
while (await workflows.get(run)).status in ('Pending', 'Running'):
    await asyncio.sleep(0.01)
await workflows.execute('double', {'n': 1})
by_name = await executions.list('Sync customers')
said = []
for given in ({'status': 'Done'}, {'start_date': 'today'}, {'workflow_name': 'nobody'}):
    try:
        await executions.list(**given)
    except (ValidationError, WorkflowError) as error:
        said.append(type(error).__name__)
day = [len(await executions.list('sync', **{name: '2000-01-01'})) for name in ('start_date', 'end_date')]
logs = (await executions.get(run)).logs
return [sorted((one.id, one.name, one.is_tool) for one in found), [(one.workflow_name, one.execution_id == run) for one in by_name],
    len(await executions.list('workflows/other.py', status='Success', limit=1)), said, day, [(one['level'], one['message']) for one in logs]]";
    let grant = json!({ "grant": { "read": ["**"], "write": ["**"], "tools": ["run_flow", "flow_status", "flow_runs", "flow_list", "flow_logs"] } });
    let imports = "executions, workflows, ValidationError, WorkflowError";
    let found = main_of(&mut bench, imports, body, grant);
    let expected = json!([
        [
            ["workflows/other.py::double", "double", true],
            ["workflows/other.py::sync", "Sync customers", false]
        ],
        [["sync", true]],
        1,
        ["ValidationError", "ValidationError", "Refused"],
        [1, 0],
        [["INFO", "hello"]]
    ]);
    assert_eq!(found, expected);
}

#[test]
fn what_waits_for_the_workspace_says_where_it_can() {
    let source = "\
import asyncio
from bifrost import NotAvailable, workflows
try:
    asyncio.run(workflows.list())
except NotAvailable as error:
    result = str(error)
";
    let files = [("workflows/a.py", source)];
    let record = call(&mut bench(), &files, "workflows/a.py", json!({})).expect("a result");
    let said = record["value"].as_str().expect("an error");
    assert!(said.contains("`async def` workflow"), "{said}");
}
