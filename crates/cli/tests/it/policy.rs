//! A policy at the command line: what a run is asked about, and that nobody who could be asked is a no.

use crate::Folder;
use serde_json::json;

const POLICY: &str = "\
version: 1
flows:
  - path: flows/**
    environments: [native]
    allow: { read: ['**'], write: ['drafts/**'] }
    ask: { write: ['out/**'] }
";

const WRITE: &str = "\
export default async function (flow) {
  await flow.fs.write(flow.args.to, \"made\\n\");
}
";

#[test]
fn a_run_that_asks_lands_when_the_person_says_yes_and_not_where_nobody_can_be_asked() {
    let folder = Folder::new();
    folder.write("flows/w.flow.js", WRITE);
    folder.write("selvage.policy.yaml", POLICY);
    let to = |path: &str| json!({ "to": path }).to_string();

    let ran = folder.selvage(&["run", "flows/w.flow.js", "--args", &to("drafts/a")]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let asked = folder.selvage(&["run", "flows/w.flow.js", "--args", &to("out/a"), "--json"]);
    assert_eq!(asked.code, Some(4), "{}", asked.err);
    let error = &asked.json()["error"];
    assert_eq!(error["code"], "POLICY_DENIED");
    assert!(error["message"].to_string().contains("terminal"), "{error}");
    assert_eq!(folder.selvage(&["cat", "out/a"]).code, Some(1));

    let yes = folder.selvage(&[
        "run",
        "flows/w.flow.js",
        "--args",
        &to("out/a"),
        "--yes",
        "--json",
    ]);
    assert_eq!(yes.code, Some(0), "{}", yes.err);
    let decisions = yes.json()["value"]["decisions"].to_string();
    assert!(
        decisions.contains("--yes") && decisions.contains("approved"),
        "{decisions}"
    );
    assert_eq!(folder.selvage(&["cat", "out/a"]).out, "made\n");

    let mut elsewhere = folder.command(&["run", "flows/w.flow.js", "--args", &to("out/b")]);
    elsewhere.env("SELVAGE_ENVIRONMENT", "ci");
    let output = elsewhere.output().expect("runs");
    assert_eq!(
        output.status.code(),
        Some(0),
        "no rule is about a person's run in another environment"
    );

    let wrong = folder.fed(
        &["write", "selvage.policy.yaml"],
        "version: 1\nflows:\n  - pth: x\n",
    );
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.err.contains("pth"), "{}", wrong.err);
}
