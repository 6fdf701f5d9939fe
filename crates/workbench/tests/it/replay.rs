//! A run that asked its host for something is made again with the same answers in the same order, and its host is asked for nothing.

use crate::common::{Host, text};
use ed25519_dalek::{Signer as _, SigningKey};
use selvage_provenance::{
    CALLS_MAX, Envelope, Statement, and_then, answers_path, envelope_path, sha256, verify,
};
use selvage_tool::ErrorCode;
use selvage_tool::guest::{Answer, Fetched, PendingOp};
use selvage_tool::run::RunReport;
use selvage_workbench::{ANSWERS_BYTES_MAX, Effect, Event};
use serde_json::{Value, json};

const FLOW: &str = "export default async (flow) => {
  await Promise.all([\"a\", \"b\"].map((name) => fetch(`https://api.example.com/${name}?key=plain`)));
  await flow.call(\"search\", { query: \"x\" });
};
";

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn host() -> Host {
    let mut host = Host::with_runner();
    let key = Some(key().verifying_key().to_bytes());
    host.tell(Event::Signer { key });
    host
}

/// A request as the flow makes it.
fn get(name: &str) -> PendingOp {
    PendingOp::Fetch {
        url: format!("https://api.example.com/{name}?key=plain"),
        method: "GET".into(),
        headers: vec![("accept".into(), "text/plain".into())],
    }
}

fn search(query: &str) -> PendingOp {
    PendingOp::Tool {
        name: "search".into(),
        input: json!({ "query": query }),
    }
}

fn asks(host: &mut Host, id: u32, request: PendingOp) {
    host.report(RunReport::Called { id, request });
}

type Told = Vec<(u32, Answer, Vec<u8>)>;

/// What the host is asked to do next, and what the run is told, with the numbers of its calls.
fn done(host: &mut Host) -> (Vec<Effect>, Told) {
    let (mut wanted, mut told) = (Vec::new(), Vec::new());
    for effect in host.others.drain(..) {
        match effect {
            Effect::Answer {
                id, answer, body, ..
            } => told.push((id, answer, body)),
            other => wanted.push(other),
        }
    }
    (wanted, told)
}

fn fetched(host: &mut Host, effect: &Effect, body: &[u8]) {
    let Effect::Fetch(fetch) = effect else {
        panic!("{effect:?} is no fetch");
    };
    let (task, url) = (fetch.task, fetch.url.clone());
    let result = Ok(Fetched {
        url,
        status: 200,
        status_text: "OK".into(),
        headers: Vec::new(),
        redirected: false,
    });
    let body = body.to_vec();
    host.tell(Event::Fetched { task, result, body });
}

/// Ends the run, and signs its record where one is kept.
fn end(host: &mut Host, call: u64) -> Value {
    host.finish(Ok(json!(1)), &[]);
    let is_sign = |effect: &Effect| matches!(effect, Effect::Sign { .. });
    if let Some(at) = host.others.iter().position(is_sign)
        && let Effect::Sign { task, bytes } = host.others.remove(at)
    {
        let signature = Ok(key().sign(&bytes).to_bytes());
        host.tell(Event::Signed { task, signature });
    }
    host.reply(call).expect("an answer").expect("success")
}

/// Two fetches that are answered the other way round, and a call of a tool. Gives what the run was told, and its record.
fn first(host: &mut Host, body: &[u8]) -> (Told, Value) {
    let call = host.start_flow(FLOW, json!({ "allowNet": ["api.example.com"] }));
    asks(host, 1, get("a"));
    asks(host, 2, get("b"));
    let (wanted, _) = done(host);
    let [a, b] = &wanted[..] else {
        panic!("two fetches and not {wanted:?}");
    };
    fetched(host, b, b"of b");
    fetched(host, a, body);
    asks(host, 3, search("x"));
    let (_, told) = done(host);
    assert_eq!(
        told.iter().map(|(id, ..)| *id).collect::<Vec<_>>(),
        [2, 1, 3]
    );
    (told, end(host, call))
}

fn again(host: &mut Host, record: &Value) -> u64 {
    host.start("run_verify", json!({ "run": record["run"] }))
}

fn path_of(record: &Value) -> &str {
    record["record"].as_str().expect("a path")
}

fn envelope_of(host: &mut Host, record: &Value) -> Envelope {
    let envelope = text(host, &envelope_path(path_of(record)));
    Envelope::parse(envelope.as_bytes()).expect("an envelope")
}

fn said_of(host: &mut Host, record: &Value) -> Statement {
    let envelope = envelope_of(host, record);
    verify(&envelope, &[key().verifying_key().to_bytes()]).expect("signed")
}

/// The calls of a statement as it has them.
fn calls_of(host: &mut Host, record: &Value) -> Vec<Value> {
    let pae = String::from_utf8(envelope_of(host, record).pae()).expect("a text");
    let payload = &pae[pae.find('{').expect("JSON")..];
    let statement: Value = serde_json::from_str(payload).expect("JSON");
    assert!(!payload.contains("plain"), "no argument is in it");
    statement["predicate"]["calls"]
        .as_array()
        .expect("calls")
        .clone()
}

fn differences(compared: &Value) -> Vec<&str> {
    let all = compared["differences"].as_array().expect("a list").iter();
    all.map(|one| one.as_str().expect("a text")).collect()
}

#[test]
fn it_is_told_the_same_in_the_same_order_and_nothing_is_fetched() {
    let mut host = host();
    let (told, record) = first(&mut host, b"of a");
    let call = again(&mut host, &record);
    asks(&mut host, 1, get("a"));
    assert_eq!(done(&mut host).1, [], "the other one was answered first");
    asks(&mut host, 2, get("b"));
    asks(&mut host, 3, search("x"));
    let (wanted, told_again) = done(&mut host);
    assert!(wanted.is_empty(), "{wanted:?}");
    assert_eq!(told_again, told);
    let compared = end(&mut host, call);
    assert_eq!(differences(&compared), Vec::<&str>::new());
    assert_eq!(compared["reproduced"], true);
}

#[test]
fn a_run_that_asks_for_something_else_or_for_less_is_not_the_same() {
    let mut host = host();
    let (_, record) = first(&mut host, b"of a");
    let call = again(&mut host, &record);
    asks(&mut host, 1, get("a"));
    asks(&mut host, 2, get("b"));
    asks(&mut host, 3, search("y"));
    let (wanted, told) = done(&mut host);
    assert!(wanted.is_empty());
    let (_, Answer::Error(error), _) = &told[2] else {
        panic!("{told:?} has no error");
    };
    assert_eq!(error.code, ErrorCode::NotFound);
    let compared = end(&mut host, call);
    assert_eq!(differences(&compared), ["The calls of the host differ."]);

    let call = again(&mut host, &record);
    asks(&mut host, 1, get("a"));
    asks(&mut host, 2, get("b"));
    let compared = end(&mut host, call);
    assert_eq!(differences(&compared), ["The calls of the host differ."]);
}

#[test]
fn what_was_too_large_to_be_kept_is_said_and_never_taken_for_equal() {
    let mut host = host();
    let (_, record) = first(&mut host, &vec![b'x'; ANSWERS_BYTES_MAX]);
    let kept = json!({ "path": answers_path(path_of(&record)) });
    assert_eq!(
        host.call("stat", kept).expect_err("no file").code,
        ErrorCode::NotFound
    );
    let said = said_of(&mut host, &record).predicate;
    assert_eq!((said.calls.len(), said.answers), (3, None));

    let call = again(&mut host, &record);
    asks(&mut host, 1, get("a"));
    let (wanted, told) = done(&mut host);
    assert!(wanted.is_empty(), "nothing is fetched in its place");
    assert_eq!(told.len(), 1);
    let compared = end(&mut host, call);
    assert_eq!(
        differences(&compared),
        ["What the host answered is not kept, so the run can't be made again."]
    );
    assert_eq!(compared["reproduced"], false);
}

#[test]
fn a_statement_tells_every_call_by_hashes_and_no_argument() {
    let mut host = host();
    let (_, record) = first(&mut host, b"of a");
    let said = said_of(&mut host, &record).predicate;
    let told: Vec<_> = said
        .calls
        .iter()
        .map(|call| (&*call.op, &*call.target))
        .collect();
    let site = "https://api.example.com/";
    assert_eq!(
        told,
        [
            ("fetch", &*format!("{site}b")),
            ("fetch", &*format!("{site}a")),
            ("tool", "search")
        ]
    );
    let asked = json!([
        "GET",
        format!("{site}a?key=plain"),
        [["accept", "text/plain"]]
    ]);
    assert_eq!(
        said.calls[1].request_hash,
        sha256(asked.to_string().as_bytes())
    );
    assert_eq!(said.calls_count, 3);
    let calls = calls_of(&mut host, &record);
    let all = calls.iter();
    assert_eq!(
        said.calls_hash,
        all.fold(String::new(), |hash, call| and_then(&hash, call))
    );

    let answers = said.answers.expect("they are kept");
    assert_eq!(answers.name, answers_path(path_of(&record)));
    let kept = text(&mut host, &answers.name);
    assert_eq!(answers.digest.sha256, sha256(kept.as_bytes()));
    assert_eq!(kept.lines().count(), 3);
    let runs = host.ok("flow_runs", json!({}));
    assert_eq!(
        runs["runs"].as_array().map(Vec::len),
        Some(1),
        "no list of runs has them"
    );
}

#[test]
fn of_very_many_calls_the_first_are_told_and_all_are_counted_and_hashed() {
    let mut host = host();
    let call = host.start_flow(FLOW, json!({}));
    let count = u32::try_from(CALLS_MAX).expect("few") + 1;
    for id in 0..count {
        asks(&mut host, id, search("x"));
    }
    done(&mut host);
    let record = end(&mut host, call);
    let said = said_of(&mut host, &record).predicate;
    assert_eq!(said.calls.len(), CALLS_MAX);
    assert_eq!(said.calls_count, u64::from(count));
    let one = &calls_of(&mut host, &record)[0];
    assert_eq!(
        said.calls_hash,
        (0..count).fold(String::new(), |hash, _| and_then(&hash, one))
    );
}

#[test]
fn what_was_refused_or_never_answered_is_so_again() {
    let mut host = host();
    let call = host.start_flow(FLOW, json!({ "allowNet": ["api.example.com"] }));
    let other = PendingOp::Fetch {
        url: "https://elsewhere.example/".into(),
        method: "GET".into(),
        headers: Vec::new(),
    };
    asks(&mut host, 1, get("a"));
    asks(&mut host, 2, other.clone());
    let (_, told) = done(&mut host);
    let record = end(&mut host, call);
    assert_eq!(
        record["logs"].as_array().map(Vec::len),
        Some(1),
        "a refusal is in the log"
    );
    let said = said_of(&mut host, &record).predicate;
    let codes: Vec<_> = said
        .calls
        .iter()
        .map(|call| call.error.as_deref())
        .collect();
    assert_eq!(codes, [Some("POLICY_DENIED"), None]);

    let call = again(&mut host, &record);
    asks(&mut host, 1, get("a"));
    asks(&mut host, 2, other);
    assert_eq!(done(&mut host).1, told);
    let compared = end(&mut host, call);
    assert_eq!(differences(&compared), Vec::<&str>::new());
}

#[test]
fn answers_that_somebody_forged_lead_to_no_fetch_and_no_panic() {
    let mut host = host();
    let (_, record) = first(&mut host, b"of a");
    let path = answers_path(path_of(&record));
    for forged in [
        "",
        "{}\n",
        "not JSON\n[1, 2]\n",
        "{\"id\":1,\"answer\":{\"ok\":1},\"body\":\"?\",\"requestHash\":7}\n",
        "{\"clock\":[-1,\"x\"]}\n{\"clock\":[1]}\n",
    ] {
        host.who = selvage_vfs::Origin::new(selvage_vfs::OriginKind::Person, "Ann");
        host.ok("write", json!({ "path": path, "content": forged }));
        let call = again(&mut host, &record);
        asks(&mut host, 1, get("a"));
        let (wanted, told) = done(&mut host);
        assert!(wanted.is_empty() && told.len() == 1, "{forged}");
        let compared = end(&mut host, call);
        assert_eq!(compared["reproduced"], false, "{forged}");
    }
}
