//! `requests` and `httpx` over the fetch that a run is granted.

use super::{bench, run_with};
use selvage_tool::ErrorCode;
use selvage_tool::guest::Fetched;
use selvage_workbench::{Event, Fetch};
use serde_json::{Value, json};

/// Answers with what it was asked, as JSON; the path says the status, and `/text` answers with lines in Latin 1.
fn server(fetch: &Fetch) -> Event {
    let path = fetch.url.splitn(4, '/').nth(3).unwrap_or_default();
    let status = path.split('?').next().and_then(|path| path.parse().ok());
    let (kind, body) = if path == "text" {
        (
            "text/plain; charset=iso-8859-1",
            b"caf\xe9\ntwo\r\nthree".to_vec(),
        )
    } else {
        let sent = json!({
            "url": fetch.url, "method": fetch.method, "headers": fetch.headers,
            "body": String::from_utf8_lossy(&fetch.body),
        });
        ("application/json", sent.to_string().into_bytes())
    };
    Event::Fetched {
        task: fetch.task,
        result: Ok(Fetched {
            url: fetch.url.clone(),
            status: status.unwrap_or(200),
            status_text: "Said".into(),
            headers: vec![("content-type".into(), kind.into())],
            redirected: false,
        }),
        body,
    }
}

/// Runs a script that may fetch from `a.test`.
fn run(source: &str) -> Result<Value, selvage_tool::ToolError> {
    let mut bench = bench();
    bench.web = server;
    let grant = json!({ "read": ["**"], "write": ["**"], "net": ["a.test"] });
    run_with(&mut bench, source, json!({ "grant": grant })).map(|record| record["value"].clone())
}

fn value(source: &str) -> Value {
    run(source).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn requests_sends_what_it_is_told_and_reads_what_comes() {
    let source = "\
import requests
from requests.auth import HTTPBasicAuth
r = requests.get('https://a.test/x', params={'q': 'a b', 'n': [1, 2], 'none': None}, headers={'X-A': '1'}, timeout=5)
s = requests.Session()
s.headers.update({'X-S': 's'})
s.auth = HTTPBasicAuth('u', 'p')
p = s.post('https://a.test/201', json={'a': [1]})
f = s.put('https://a.test/f#part', data={'k': 'ü'})
t = requests.request('get', 'https://a.test/text')
[r.ok, r.json(), r.headers['Content-Type'], r.url, p.status_code, p.json(), f.json(), t.text, t.encoding, list(t.iter_lines(decode_unicode=True)), len(t.content), bool(requests.head('https://a.test/404'))]
";
    let basic = json!(["Authorization", "Basic dTpw"]);
    let expected = json!([
        true,
        { "url": "https://a.test/x?q=a+b&n=1&n=2", "method": "GET", "headers": [["X-A", "1"]], "body": "" },
        "application/json",
        "https://a.test/x?q=a+b&n=1&n=2",
        201,
        { "url": "https://a.test/201", "method": "POST", "headers": [["X-S", "s"], ["Content-Type", "application/json"], basic], "body": "{\"a\": [1]}" },
        { "url": "https://a.test/f", "method": "PUT", "headers": [["X-S", "s"], ["Content-Type", "application/x-www-form-urlencoded"], basic], "body": "k=%C3%BC" },
        "café\ntwo\r\nthree",
        "iso-8859-1",
        ["café", "two", "three"],
        15,
        false
    ]);
    assert_eq!(value(source), expected);
}

#[test]
fn httpx_has_clients_that_wait_and_clients_that_are_awaited() {
    let source = "\
import asyncio, httpx
async def main():
    async with httpx.AsyncClient(base_url='https://a.test/api', headers={'k': 'v'}) as client:
        many = await asyncio.gather(*(client.get(f'/{n}', params={'n': n}) for n in (1, 2)))
        async with client.stream('GET', 'https://a.test/text') as response:
            lines = [line async for line in response.aiter_lines()]
    return [r.json()['url'] for r in many], lines
with httpx.Client() as client:
    sent = client.patch('https://a.test/p', content=b'raw').json()
try:
    httpx.get('https://a.test/503').raise_for_status()
except httpx.HTTPStatusError as error:
    failed = [error.response.status_code, str(error)]
[asyncio.run(main()), sent['method'], sent['body'], failed, httpx.get('https://a.test/').raise_for_status().is_success]
";
    let expected = json!([
        [
            ["https://a.test/api/1?n=1", "https://a.test/api/2?n=2"],
            ["café", "two", "three"]
        ],
        "PATCH",
        "raw",
        [503, "Server error '503 Said' for url 'https://a.test/503'"],
        true
    ]);
    assert_eq!(value(source), expected);
}

#[test]
fn what_is_not_granted_is_an_error_that_names_the_domain_and_what_to_do() {
    let source = "\
import httpx, requests
result = []
for act, kind in ((lambda: requests.get('https://other.test/'), requests.ConnectionError), (lambda: httpx.get('https://other.test/'), httpx.ConnectError)):
    try:
        act()
    except kind as error:
        result.append(['`other.test`' in str(error), 'allowNet' in str(error)])
for act in (lambda: requests.get('a.test'), lambda: requests.get('ftp://a.test/')):
    try:
        act()
    except requests.RequestException as error:
        result.append(type(error).__name__)
";
    let expected = json!([[true, true], [true, true], "MissingSchema", "InvalidSchema"]);
    assert_eq!(value(source), expected);
    for source in [
        "import requests\nrequests.get('https://other.test/')\n",
        "import httpx\nhttpx.get('https://other.test/')\n",
    ] {
        let error = run(source).expect_err("refused");
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{error:?}");
        assert!(error.message.contains("other.test"), "{error:?}");
        assert_eq!(error.line, Some(2));
    }
}

#[test]
fn a_workflow_that_is_awaited_fetches_while_others_have_their_turn() {
    let source = "\
import asyncio, httpx
from bifrost import workflow
@workflow
async def many():
    beats = []
    async def beat():
        while True:
            beats.append(1)
            await asyncio.sleep(0)
    pulse = asyncio.create_task(beat())
    async with httpx.AsyncClient(base_url='https://a.test/') as client:
        found = await asyncio.gather(client.post('201', content=b'one'), client.put('x', content='two ü'), client.get('text'))
        try:
            await client.get('https://other.test/')
        except httpx.NotGranted as error:
            refused = 'allowNet' in str(error)
    pulse.cancel()
    return [[one.status_code for one in found], [one.json()['body'] for one in found[:2]], found[2].text, refused, len(beats) > 1]
@workflow
async def uncaught():
    async with httpx.AsyncClient() as client:
        return (await client.get('https://other.test/')).text
";
    let mut bench = bench();
    bench.web = server;
    let mut run = |function: &str| {
        let grant = json!({ "read": ["**"], "write": ["**"], "net": ["a.test"] });
        let more = json!({ "path": format!("workflows/a.py::{function}"), "grant": grant });
        run_with(&mut bench, source, more)
    };
    let found = run("many").expect("it runs");
    let texts = json!(["one", "two ü"]);
    assert_eq!(
        found["value"],
        json!([[201, 200, 200], texts, "café\ntwo\r\nthree", true, true])
    );
    let error = run("uncaught").expect_err("refused");
    assert_eq!(error.code, ErrorCode::PolicyDenied, "{error:?}");
}

#[test]
fn an_import_of_what_cannot_be_here_says_why() {
    for (module, why) in [
        ("socket", "sockets"),
        ("numpy", "compiled"),
        ("subprocess", "other programs"),
        ("leftpad", "not installed"),
        ("email.message", "leaves out"),
    ] {
        // Lint refuses an `import` that it can read, so the name comes at run time.
        let source = format!("import importlib\nimportlib.import_module('{module}')\n");
        let error = run(&source).expect_err("no module");
        assert!(
            error
                .message
                .starts_with("ModuleNotFoundError: No module named")
        );
        assert!(error.message.contains(why), "{error:?}");
    }
    let asks = "import importlib.util\n[importlib.util.find_spec(name) is None for name in ('numpy', 'leftpad')]\n";
    assert_eq!(value(asks), json!([true, true]));
}
