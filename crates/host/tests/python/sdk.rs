//! The package `bifrost` over the workspace: values, files, texts, events, other workflows. `tables` has the tables.

use super::bench;
use super::calls::call;
use crate::bench::{Bench, NOW_MS};
use serde_json::{Value, json};

/// Runs `async def main()` of a workflow whose body this is, and gives its value.
pub fn main_of(bench: &mut Bench<'_>, imports: &str, body: &str, more: Value) -> Value {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let source =
        format!("from bifrost import workflow, {imports}\n@workflow\nasync def main():\n{body}");
    bench
        .call(
            "write",
            json!({ "path": "workflows/a.py", "content": source }),
        )
        .expect("written");
    let mut input = json!({ "path": "workflows/a.py", "seed": 1, "startMs": NOW_MS });
    let members = more.as_object().expect("an object").clone();
    input.as_object_mut().expect("an object").extend(members);
    let record = bench.call("run_flow", input);
    record.unwrap_or_else(|error| panic!("{error:?}"))["value"].clone()
}

pub fn value(imports: &str, body: &str) -> Value {
    main_of(&mut bench(), imports, body, json!({}))
}

pub fn text(bench: &mut Bench<'_>, path: &str) -> String {
    let read = bench.call("read", json!({ "path": path })).expect("there");
    read["content"].as_str().expect("a text").to_owned()
}

#[test]
fn nothing_of_the_package_is_loaded_before_it_is_used() {
    let source = "\
import sys
before = len(sys.modules)
import bifrost
loaded = sorted(name for name in sys.modules if name.startswith('bifrost'))
bifrost.workflow
[len(sys.modules) - before, loaded, sorted(name for name in sys.modules if name.startswith('bifrost'))]
";
    let record = call(
        &mut bench(),
        &[("workflows/a.py", source)],
        "workflows/a.py",
        json!({}),
    );
    assert_eq!(
        record.expect("a result")["value"],
        json!([2, ["bifrost"], ["bifrost", "bifrost._decorators"]])
    );
    let all = "import bifrost\n[name for name in bifrost.__all__ if not hasattr(bifrost, name)]\n";
    let record = call(
        &mut bench(),
        &[("workflows/a.py", all)],
        "workflows/a.py",
        json!({}),
    );
    assert_eq!(record.expect("a result")["value"], json!([]));
}

#[test]
fn values_are_files_in_configs() {
    let mut bench = bench();
    for (path, content) in [
        ("configs/limits.json", "{\"rows\": 5}"),
        (
            "configs/old.json",
            "{\"type\": \"int\", \"value\": 3, \"description\": \"How many\"}",
        ),
    ] {
        bench
            .call("write", json!({ "path": path, "content": content }))
            .expect("written");
    }
    let body = "\
await config.set('api/url', 'https://a.org')
await config.set('old', 4)
await config.set('gone', 1)
all = await config.list()
return [await config.get('api/url'), await config.get('none', 'default'), await config.get('limits'),
    all.old, all['gone'], 'none' in all, all.none, sorted(all.keys()), await config.delete('gone'), await config.delete('gone')]";
    let expected = json!([
        "https://a.org", "default", { "rows": 5 }, 4, 1, false, null,
        ["api/url", "gone", "limits", "old"], true, false
    ]);
    assert_eq!(main_of(&mut bench, "config", body, json!({})), expected);
    let kept =
        "{\n  \"value\": 4,\n  \"description\": \"How many\",\n  \"config_type\": \"int\"\n}\n";
    assert_eq!(text(&mut bench, "configs/old.json"), kept);
    assert!(text(&mut bench, "configs/api%2Furl.json").contains("\"string\""));
    let body = "\
try:
    await config.get('x', scope='another')
except NotAvailable as error:
    return str(error)";
    let said = main_of(&mut bench, "config, NotAvailable", body, json!({}));
    assert_eq!(
        said,
        json!(
            "There is no scope 'another': a workspace is one scope, and has its parents' files at their own paths. Leave `scope` out."
        )
    );
}

#[test]
fn files_have_places_by_location_and_what_is_temporary_does_not_land() {
    let mut bench = bench();
    let body = "\
await files.write('out/a.txt', 'héllo')
await files.write_bytes('/b.bin', b'\\x00\\xff', location='uploads')
await files.write('c.txt', 'c', location='exports')
await files.write('deep/t.txt', 'one\\nTwo', location='temp')
found = [await files.read('out/a.txt'), list(await files.read_bytes('b.bin', 'uploads')), await files.list('out'),
    await files.list(location='exports'), await files.list('', 'temp'), await files.search('two', 'temp'),
    await files.exists('deep/t.txt', 'temp'), await files.exists('deep/none', 'temp'), await files.exists('out')]
await files.delete('deep', 'temp')
await files.delete('c.txt', 'exports')
for path, location in (('none', 'workspace'), ('deep/t.txt', 'temp'), ('../x', 'exports')):
    try:
        await files.read(path, location)
    except Exception as error:
        found.append(type(error).__name__)
return found";
    let expected = json!([
        "héllo", [0, 255], ["a.txt"], ["c.txt"], ["deep"],
        [{ "path": "deep/t.txt", "line": 2, "text": "Two" }], true, false, true,
        "FileNotFoundError", "FileNotFoundError", "ValidationError"
    ]);
    assert_eq!(main_of(&mut bench, "files", body, json!({})), expected);
    let there =
        |bench: &mut Bench<'_>, path: &str| bench.call("stat", json!({ "path": path })).is_ok();
    assert!(there(&mut bench, "uploads/b.bin"));
    assert!(
        !there(&mut bench, "files/exports/c.txt")
            && !there(&mut bench, "deep")
            && !there(&mut bench, "temp")
    );
}

#[test]
fn a_location_or_a_scope_that_is_none_is_told() {
    let body = "\
said = []
async def told(call, *given, **named):
    try:
        said.append(await call(*given, **named))
    except (ConfigurationError, ValidationError) as error:
        said.append([type(error).__name__, isinstance(error, FileNotFoundError), str(error).partition(':')[0]])
for call in (files.read, files.list, files.delete):
    await told(call, 'x', 'nowhere')
await told(files.search, 'x', 'nowhere')
await told(files.exists, 'x', 'nowhere')
for location in ('Workspace', '_repo', 'a/b', '', None):
    await told(files.write, 'x', 'x', location)
for call in (files.read, files.read_bytes, files.list, files.delete, files.exists, files.search):
    await told(call, 'x', scope='org-1')
await told(files.write, 'x', 'x', scope='org-1')
await told(files.write, 'x', b'x')
await told(files.write_bytes, 'x', 'x')
for scope in (None, 'workspace', 'global'):
    await files.write('same.txt', f'{scope}', scope=scope)
    await told(files.read, 'same.txt', scope=scope)
return said";
    let unknown = json!([
        "UnknownLocation",
        true,
        "there is no location 'nowhere' yet"
    ]);
    let none = |location: &str| {
        let said = format!("there is no location {location}");
        json!(["ValidationError", false, said])
    };
    let text = |given: &str| {
        let said = format!("a location is a text that is not empty, and not {given}");
        json!(["ValidationError", false, said])
    };
    let mut expected = vec![unknown; 4];
    expected.push(json!(false));
    expected.extend([
        none("'Workspace'"),
        none("'_repo'"),
        none("'a/b'"),
        text("''"),
        text("None"),
    ]);
    expected.extend(vec![
        json!([
            "NotAvailable",
            false,
            "There is no scope 'org-1'"
        ]);
        7
    ]);
    expected.extend([
        json!([
            "ValidationError",
            false,
            "files.write takes a text, and not a bytes"
        ]),
        json!([
            "ValidationError",
            false,
            "files.write_bytes takes bytes, and not a str"
        ]),
        json!("None"),
        json!("workspace"),
        json!("global"),
    ]);
    assert_eq!(
        value("files, ConfigurationError, ValidationError", body),
        json!(expected)
    );
}

#[test]
fn texts_are_found_by_their_telling_words() {
    let body = "\
await knowledge.store_many([
    {'content': 'Returns are taken within 30 days of the delivery.', 'key': 'returns', 'metadata': {'kind': 'policy'}},
    {'content': 'The delivery takes three days. The driver calls before.', 'key': 'delivery'},
    {'content': 'Lunch is at noon.', 'key': 'lunch'}], namespace='rules')
loose = await knowledge.store('Nobody is named here')
found = await knowledge.search('within how many days are returns taken?', namespace='rules')
filtered = await knowledge.search('days', namespace=['rules', 'default'], metadata_filter={'kind': 'policy'})
one = await knowledge.get('lunch', namespace='rules')
return [[document.key for document in found], all(0 < document.score <= 1 for document in found), [document.id for document in filtered],
    one.content, await knowledge.get('none'), [(n.namespace, n.scopes['total']) for n in await knowledge.list_namespaces()],
    await knowledge.search('vehicle'), await knowledge.delete('lunch', namespace='rules'), await knowledge.delete_namespace('rules'), (await knowledge.get(loose)).key]";
    let expected = json!([
        ["returns", "delivery"],
        true,
        ["returns"],
        "Lunch is at noon.",
        null,
        [["default", 1], ["rules", 3]],
        [],
        true,
        2,
        null
    ]);
    assert_eq!(value("knowledge", body), expected);
}

#[test]
fn an_event_is_a_file_that_others_find() {
    let mut bench = bench();
    let body = "\
ids = [await events.emit('customer.added', {'n': n}) for n in range(2)]
return [ids == sorted(ids), ids[0], context.execution_id]";
    let found = main_of(&mut bench, "context, events", body, json!({}));
    assert_event(&mut bench, &found);
    // A script has no context, and a run all the same.
    let script = "\
import asyncio, selvage
from bifrost import events
[True, asyncio.run(events.emit('customer.added', {'n': 0})), selvage.run]
";
    let files = [("workflows/script.py", script)];
    let record = call(&mut bench, &files, "workflows/script.py", json!({})).expect("a result");
    assert_event(&mut bench, &record["value"]);
}

/// That an event of this id and run is kept.
fn assert_event(bench: &mut Bench<'_>, found: &Value) {
    assert_eq!(found[0], json!(true));
    let path = format!(
        "events/customer.added/{}.json",
        found[1].as_str().expect("an id")
    );
    let event: Value = serde_json::from_str(&text(bench, &path)).expect("JSON");
    assert_eq!(
        (&event["topic"], &event["data"], &event["execution_id"]),
        (&json!("customer.added"), &json!({ "n": 0 }), &found[2])
    );
}

#[test]
fn what_has_no_meaning_here_says_what_it_would_need() {
    let mut bench = bench();
    let kept = json!({ "config": { "url": "https://h.org", "key": "k-123456" }, "secrets": ["key"], "oauth": { "client_id": "c", "access_token": "t-123456" } });
    bench
        .call(
            "write",
            json!({ "path": "configs/integrations/Halo PSA.json", "content": kept.to_string() }),
        )
        .expect("written");
    let body = "\
said = []
for call in (lambda: ai.complete('x'), lambda: agents.run('a'), lambda: organizations.list(), lambda: roles.create('r'), lambda: users.get('u'),
        lambda: forms.submit('f'), lambda: api.get('/x'), lambda: email.send('a'), lambda: files.get_signed_url('a'),
        lambda: integrations.list_mappings('a'), lambda: integrations.get('a', oauth_scope='s'), lambda: workflows.execute('a', delay_seconds=5)):
    try:
        await call()
    except ConfigurationError as error:
        said.append([type(error).__name__, str(error)])
halo = await integrations.get('Halo PSA')
return [said, await integrations.get('None'), halo.config, halo.oauth.client_id, halo.oauth.access_token, halo.oauth.refresh_token]";
    let found = main_of(
        &mut bench,
        "agents, ai, api, email, files, forms, integrations, organizations, roles, users, workflows, ConfigurationError",
        body,
        json!({}),
    );
    let said = found[0].as_array().expect("a list");
    assert_eq!(said.len(), 12, "{found}");
    for one in said {
        let why = one[1].as_str().expect("a text");
        // What it would need, and what to do in its place.
        assert_eq!(one[0], json!("NotAvailable"), "{found}");
        assert!(why.contains(". ") && why.len() > 60, "{why}");
    }
    assert_eq!(
        (&found[1], &found[2], &found[3], &found[4], &found[5]),
        (
            &json!(null),
            &json!({ "url": "https://h.org", "key": "[REDACTED]" }),
            &json!("c"),
            &json!("[REDACTED]"),
            &json!(null)
        )
    );
}
