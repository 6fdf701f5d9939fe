//! Who vouches for a run, at the command line.

use crate::Folder;
use crate::web::Echo;
use serde_json::{Value, json};

const FLOW: &str = "\
export default async function (flow) {
  await flow.fs.write(\"out.txt\", String(flow.args.n));
  return Math.random();
}
";

/// Runs the flow and gives the path of its record.
fn run(folder: &Folder, n: u32) -> String {
    let args = json!({ "n": n }).to_string();
    let ran = folder.selvage(&["run", "flows/a.flow.js", "--args", &args, "--json"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let record = &ran.json()["value"]["record"];
    record.as_str().expect("a path").to_owned()
}

fn verified(folder: &Folder, arguments: &[&str]) -> (Option<i32>, Value) {
    let words = [&["verify", "--json"], arguments].concat();
    let said = folder.selvage(&words);
    (said.code, said.json()["value"].clone())
}

#[test]
fn a_run_that_wrote_the_date_comes_to_the_same_with_the_environment_it_had() {
    let folder = Folder::new();
    let flow = "export default async (flow) => {
  await flow.fs.write(\"out.txt\", `${flow.env.MODE} at ${new Date().toISOString()}`);
  return Date.now();
};
";
    folder.write("flows/a.flow.js", flow);
    let ran = folder.selvage(&["run", "flows/a.flow.js", "--env", "MODE=quiet", "--json"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let (code, _) = verified(&folder, &["--env", "MODE=quiet"]);
    assert_eq!(code, Some(0));
    let (code, said) = verified(&folder, &["--env", "MODE=loud"]);
    assert_eq!(code, Some(6), "another environment writes another file");
    let problem = said["runs"][0]["problems"][0].as_str().expect("words");
    assert!(
        problem.contains("The changes of files differ."),
        "{problem}"
    );
    let (code, said) = verified(&folder, &[]);
    assert_eq!(code, Some(6));
    assert!(said.to_string().contains("give it as `env`"), "{said}");
}

#[test]
fn a_run_is_vouched_for_and_comes_to_the_same_again() {
    let folder = Folder::new();
    let nothing = folder.selvage(&["verify", "--all"]);
    assert_eq!(nothing.code, Some(0), "{}", nothing.err);
    folder.write("flows/a.flow.js", FLOW);
    for n in 0..3 {
        run(&folder, n);
    }
    let said = folder.selvage(&["verify"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(
        said.out.contains(": verified, signed by this folder's key"),
        "{}",
        said.out
    );

    let (code, value) = verified(&folder, &["--all"]);
    assert_eq!(
        (code, &value["verified"]),
        (Some(0), &json!(true)),
        "{value}"
    );
    let runs = value["runs"].as_array().expect("a list");
    assert_eq!(runs.len(), 3);
    for run in runs {
        assert_eq!(run["replay"]["reproduced"], true, "{run}");
        assert_eq!(
            (&run["notes"], &run["signer"]["own"]),
            (&json!([]), &json!(true))
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = std::fs::metadata(folder.0.path().join("signing.pem")).expect("a key");
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn what_was_changed_forged_or_taken_away_is_told() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", FLOW);
    let records: Vec<_> = (0..3).map(|n| run(&folder, n)).collect();
    let envelope = |n: usize| records[n].replace(".json", ".dsse.json");

    // A record that says something else.
    let text = folder.selvage(&["cat", &records[2]]).out;
    folder.write(&records[2], &text.replace("\"n\": 2", "\"n\": 7"));
    let said = folder.selvage(&["verify", "--no-replay"]);
    assert_eq!(said.code, Some(6));
    assert!(
        said.out.contains("changed after it was signed"),
        "{}",
        said.out
    );
    folder.write(&records[2], &text);
    assert_eq!(folder.selvage(&["verify", "--no-replay"]).code, Some(0));

    // An envelope in another one's place: neither run is vouched for, and the chain has a gap.
    let last = folder.selvage(&["cat", &envelope(2)]).out;
    folder.write(&envelope(1), &last);
    let (code, value) = verified(&folder, &["--all", "--no-replay"]);
    assert_eq!(code, Some(6));
    let findings = value["findings"].to_string();
    assert!(
        findings.contains("copy") && findings.contains("not there"),
        "{findings}"
    );

    // One that is none.
    folder.write(&envelope(0), "{}");
    let id = records[0]
        .rsplit('-')
        .next()
        .and_then(|end| end.strip_suffix(".json"));
    let said = folder.selvage(&["verify", id.expect("a run"), "--no-replay"]);
    assert_eq!(said.code, Some(6));
    assert!(
        said.out.contains("unsigned") && said.out.contains("can't be believed"),
        "{}",
        said.out
    );

    let unknown = folder.selvage(&["verify", "nobody"]);
    assert_eq!(unknown.code, Some(1));
}

#[test]
fn a_run_that_something_else_ended_is_looked_at_and_not_called_different() {
    let folder = Folder::new();
    let flow = "\
export default async (flow) => {
  await flow.fs.write(flow.args, \"x\");
  if (flow.args === \"slow.txt\") for (;;) await new Promise((done) => setTimeout(done, 20));
};
";
    folder.write("flows/a.flow.js", flow);
    let policy = "\
version: 1
flows:
  - path: flows/**
    allow: { read: ['**'], write: ['*.txt'] }
    deny: { write: ['denied.txt'] }
    ask: { write: ['asked.txt'] }
";
    folder.write("selvage.policy.yaml", policy);
    for (path, code) in [
        ("denied.txt", "POLICY_DENIED"),
        ("asked.txt", "POLICY_DENIED"),
        ("slow.txt", "QUOTA_WALL"),
    ] {
        let args = json!(path).to_string();
        let limit = ["--limit", "wallMsMax=1000"];
        let run = ["run", "flows/a.flow.js", "--args", &args, "--json"];
        let said = folder.selvage(&[&run[..], &limit].concat());
        assert_eq!(said.json()["error"]["code"], json!(code), "{}", said.out);
    }
    let (code, value) = verified(&folder, &["--all"]);
    assert_eq!(code, Some(0), "{value}");
    let runs = value["runs"].as_array().expect("a list");
    assert_eq!(runs.len(), 3);
    for run in runs {
        assert_eq!(
            (&run["verified"], &run["replay"]),
            (&json!(true), &Value::Null)
        );
        let notes = run["notes"].to_string();
        assert!(notes.contains("can't be compared"), "{notes}");
    }

    // What can be checked of them is: who vouches for them, and that nobody changed them.
    let record = runs[0]["record"].as_str().expect("a path");
    let text = folder.selvage(&["cat", record]).out;
    folder.write(record, &format!("{text}\n"));
    let (code, value) = verified(&folder, &["--all"]);
    assert_eq!(code, Some(6), "{value}");
    assert!(
        value.to_string().contains("changed after it was signed"),
        "{value}"
    );
}

#[test]
fn a_run_that_can_not_be_made_again_here_is_not_called_different_either() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", FLOW);
    run(&folder, 1);
    let said = folder.fed_with(
        &["verify", "--all", "--json"],
        "",
        &[("SELVAGE_GUESTS", "/nowhere")],
    );
    let value = said.json()["value"].clone();
    assert_eq!(said.code, Some(8), "{value}");
    let run = &value["runs"][0];
    assert_eq!(
        (&run["verified"], &run["problems"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(run["unmade"]["code"], "EXECUTOR_UNAVAILABLE", "{run}");
    assert_eq!(folder.selvage(&["verify", "--all"]).code, Some(0));
}

#[test]
fn on_another_device_signature_and_chain_hold_and_that_is_said() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", FLOW);
    let record = run(&folder, 1);
    let outside = tempfile::tempdir().expect("a folder");
    let zip = outside.path().join("all.zip");
    let zip = zip.to_str().expect("a path");
    assert_eq!(folder.selvage(&["export", "--to", zip]).code, Some(0));
    let other = Folder::new();
    assert_eq!(other.selvage(&["import", zip]).code, Some(0));
    let said = other.selvage(&["verify", "--all"]);
    assert_eq!(said.code, Some(8), "{}{}", said.out, said.err);
    for words in [
        ": signature and chain hold, signed by ",
        "  it can't be made again here: ",
    ] {
        assert!(said.out.contains(words), "{}", said.out);
    }
    // What does not hold is told as ever.
    other.write(&record, "{}");
    let said = other.selvage(&["verify", "--all"]);
    assert_eq!(said.code, Some(6), "{}", said.out);
    assert!(said.out.contains("NOT verified"), "{}", said.out);
}

#[test]
fn a_run_that_fetched_comes_to_the_same_again_without_the_network() {
    let folder = Folder::new();
    let echo = Echo::start();
    let source = "\
export default async (flow) => {
  const ask = async (path) => (await fetch(flow.args.url + path)).text();
  const all = await Promise.all([\"/there\", \"/there?again\"].map(ask));
  await flow.fs.write(\"out.txt\", all.join(\"\\n\"));
  return Date.now() > 0 && all;
};
";
    folder.write("flows/a.flow.js", source);
    let args = json!({ "url": echo.url() }).to_string();
    let ran = folder.selvage(&[
        "run",
        "flows/a.flow.js",
        "--args",
        &args,
        "--allow-net",
        "127.0.0.1",
        "--json",
    ]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    let record = ran.json()["value"]["record"].clone();
    assert_eq!(echo.heard().matches("GET /there").count(), 2);

    let said = folder.selvage(&["verify"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert_eq!(echo.heard(), "", "nothing was fetched");

    // What it was answered is changed afterwards: the statement knows another hash, and the run comes to something else.
    let record = record.as_str().expect("a path");
    let answers = record.replace(".json", ".answers.jsonl");
    let text = folder.selvage(&["cat", &answers]).out;
    folder.write(
        &answers,
        &text.replacen("\"status\":200", "\"status\":404", 1),
    );
    let (code, value) = verified(&folder, &["--no-replay"]);
    assert_eq!(code, Some(6));
    assert!(
        value["runs"][0]["problems"]
            .to_string()
            .contains("what it was answered was changed"),
        "{value}"
    );
}
