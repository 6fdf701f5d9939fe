//! What a flow is made of: to import a file is to read it, by a run and by lint.

use super::{SECRET, approvals, decide, denials, host, host_with, person, tree, write};
use crate::common::Host;
use crate::common::python::offers;
use selvage_tool::reading::Import;
use selvage_tool::{Diagnostic, ErrorCode, Position, Severity, Span};
use serde_json::{Value, json};

/// Modules that hold what not everybody may read.
const FILES: [(&str, &str); 7] = [
    ("private/config.json", "{ \"key\": \"the-secret-text\" }"),
    (
        "private/keys.js",
        "fetch(\"https://the-secret-text.org/\");\nthe-secret-text(;\n",
    ),
    (
        "private/y.flow.js",
        "export default async () => fetch(\"https://the-secret-text.org/\");\n",
    ),
    (
        "public/hidden/config.json",
        "{ \"key\": \"the-secret-text\" }",
    ),
    (
        "public/through.js",
        "export { default } from \"../private/config.json\";\n",
    ),
    ("public/lib.js", "export const it = 1;\n"),
    ("asked/lib.js", "export const it = 2;\n"),
];

/// What leads to what nobody lets the agent read.
const ASTRAY: [&str; 6] = [
    "../private/config.json",
    "/private/config.json",
    "../private/keys.js",
    "../public/hidden/config.json",
    "../public/through.js",
    "/selvage.policy.yaml",
];

/// Rules for the agent and for its flows that let some be read, and have a person asked about some.
const ASKS: &str = "
version: 1
agents:
  - name: mallory
    allow: { tools: ['*'], read: ['public/**', 'flows/**'], write: ['flows/**'] }
    ask: { read: ['asked/**'] }
flows:
  - path: 'flows/**'
    callers: [mallory]
    allow: { read: ['public/**'] }
    ask: { read: ['asked/**'] }
";

fn imports(path: &str) -> String {
    format!("import * as it from \"{path}\";\nexport default async () => it;\n")
}

/// A flow of the agent's with this text; gives how it is named in a call.
fn flow(host: &mut Host, source: &str) -> Value {
    let path = "flows/x.flow.js";
    host.ok("write", json!({ "path": path, "content": source }));
    json!({ "path": path })
}

/// The files that the run may read which goes on.
fn readable(host: &Host) -> Vec<&str> {
    let files = host.jobs[0].1.files.iter();
    let files = files.filter(|file| file.readable && !file.folder);
    files.map(|file| file.path.as_str()).collect()
}

/// That a call is denied and recorded, and tells nothing of a secret.
fn is_denied(host: &mut Host, tool: &str, input: Value) {
    let before = denials(host);
    let error = host.call(tool, input.clone()).expect_err("denied");
    assert_eq!(error.code, ErrorCode::PolicyDenied, "{input}: {error}");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    assert_eq!(denials(host), before + 1, "{input}");
    assert!(host.jobs.is_empty() && host.sent.is_empty(), "{input}");
}

#[test]
fn no_import_gives_a_run_what_its_rules_do_not_let_it_read() {
    let mut host = host();
    write(&mut host, &FILES);
    for path in ASTRAY {
        let flow = flow(&mut host, &imports(path));
        let before = tree(&mut host);
        for grant in [json!(null), json!({}), json!({ "read": ["**"] })] {
            let mut input = flow.clone();
            input["grant"] = grant;
            is_denied(&mut host, "run_flow", input);
        }
        assert_eq!(tree(&mut host), before, "{path}");
    }
}

#[test]
fn rules_about_a_flow_hold_for_what_a_person_has_it_import() {
    let policy = "version: 1\nflows:\n  - path: 'flows/**'\n    allow: { read: ['public/**'] }\n    deny: { read: ['public/hidden/**'] }\n";
    let mut host = host_with(policy);
    host.who = person();
    write(&mut host, &FILES);
    for path in ASTRAY {
        let flow = flow(&mut host, &imports(path));
        is_denied(&mut host, "run_flow", flow);
    }
    let flow = flow(&mut host, &imports("../public/lib.js"));
    host.start("run_flow", flow);
    assert_eq!(host.jobs.len(), 1);
}

#[test]
fn what_may_be_read_may_be_imported_without_a_grant() {
    let mut host = host();
    write(&mut host, &FILES);
    let mut input = flow(&mut host, &imports("../public/lib.js"));
    input["grant"] = json!({});
    let call = host.start("run_flow", input);
    let mut seen = readable(&host);
    seen.sort_unstable();
    assert_eq!(seen, ["flows/x.flow.js", "public/lib.js"]);
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success");
}

#[test]
fn a_person_is_asked_about_imports_as_about_other_reading() {
    let mut host = host_with(ASKS);
    write(&mut host, &FILES);
    let flow = flow(&mut host, &imports("../asked/lib.js"));
    let call = host.start("run_flow", flow);
    assert!(host.jobs.is_empty(), "it waits");
    let risks = approvals(&mut host)["approvals"][0]["risks"].clone();
    assert_eq!(risks, json!(["read asked/lib.js"]));
    decide(&mut host, |_| {}).expect("approved");
    assert!(readable(&host).contains(&"asked/lib.js"));
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success");
}

#[test]
fn a_run_that_is_made_again_to_be_compared_imports_no_more() {
    let mut host = host();
    write(&mut host, &FILES);
    write(
        &mut host,
        &[("flows/p.flow.js", &imports("../private/config.json"))],
    );
    host.as_person(|host| {
        host.start("run_flow", json!({ "path": "flows/p.flow.js" }));
    });
    host.finish(Ok(json!(1)), &[]);
    host.sent.clear();
    let run = host.ok("flow_runs", json!({}))["runs"][0]["run"].clone();
    is_denied(&mut host, "run_verify", json!({ "run": run }));
}

/// What there is of the files that the agent may not read, gone.
fn without_hidden(host: &mut Host) {
    let hidden = FILES.iter().map(|(path, _)| *path);
    let hidden = hidden.filter(|path| path.starts_with("private/") || path.contains("hidden"));
    for path in hidden {
        host.as_person(|host| host.ok("delete", json!({ "path": path })));
    }
}

#[test]
fn lint_tells_an_agent_of_a_hidden_file_as_of_one_that_is_not_there() {
    let mut host = host();
    write(&mut host, &FILES);
    let linted = |host: &mut Host| {
        ASTRAY.map(|path| {
            let flow = flow(host, &imports(path));
            let (mut typed, mut fixed) = (flow.clone(), flow.clone());
            typed["content"] = json!(imports(path));
            fixed["fix"] = json!(true);
            [flow, typed, fixed].map(|input| {
                let told = host.ok("lint_flow", input);
                let codes = told["diagnostics"].as_array().into_iter().flatten();
                let codes: Vec<_> = codes.map(|found| &found["code"]).collect();
                assert_eq!(codes, ["unresolved-import"], "{path}: {told}");
                assert!(told["ok"] == false && !told.to_string().contains(SECRET));
                told
            })
        })
    };
    let before = linted(&mut host);
    without_hidden(&mut host);
    assert_eq!(linted(&mut host), before);
    let policy = before[5][0].to_string();
    let flow = flow(&mut host, &imports("/selvage.policy.yuml"));
    let never = host.ok("lint_flow", flow).to_string();
    assert_eq!(never.replace("policy.yuml", "policy.yaml"), policy);
    // Nor do the hints name what is there.
    write(&mut host, &FILES);
    for path in ["../private/keys", "private/keys.js", "../private/config"] {
        let flow = self::flow(&mut host, &imports(path));
        let told = host.ok("lint_flow", flow)["diagnostics"][0].clone();
        let hint = told["hint"].as_str().unwrap_or_default();
        assert!(
            !hint.starts_with("Write") && !hint.starts_with("From"),
            "{told}"
        );
    }
    let flow = self::flow(&mut host, &imports("../public/lib.js"));
    assert_eq!(host.ok("lint_flow", flow)["ok"], true);
}

#[test]
fn no_denial_of_a_run_tells_whether_what_it_would_import_is_there() {
    let mut host = host();
    write(&mut host, &FILES);
    let denied = |host: &mut Host| {
        ASTRAY.map(|path| {
            let flow = flow(host, &imports(path));
            host.call("run_flow", flow).expect_err("denied")
        })
    };
    let before = denied(&mut host);
    without_hidden(&mut host);
    assert_eq!(denied(&mut host), before);
}

#[test]
fn a_denial_does_not_name_what_a_file_imports_that_the_agent_may_not_read() {
    let policy = super::POLICY.replacen("read: ['public/**']", "read: ['public/**', 'lib/**']", 1);
    let mut host = host_with(&policy);
    write(&mut host, &FILES);
    let through = "export { default } from \"../private/config.json\";\n";
    write(&mut host, &[("lib/through.js", through)]);
    let flow = flow(&mut host, &imports("../lib/through.js"));
    is_denied(&mut host, "run_flow", flow.clone());
    let error = host.call("run_flow", flow).expect_err("denied");
    assert!(error.message.contains("read flows/x.flow.js"), "{error}");
    assert!(!format!("{error:?}").contains("private"), "{error:?}");
}

#[test]
fn an_agent_is_told_no_errors_of_what_its_flow_may_read_and_it_may_not() {
    let policy = ASKS.replacen(
        "read: ['public/**'] }\n    ask",
        "read: ['**'] }\n    ask",
        1,
    );
    assert_ne!(policy, ASKS);
    let mut host = host_with(&policy);
    write(&mut host, &FILES);
    let open = "import {} from \"../public/lib.js\";\nthe-open-text(;\n";
    for (source, is_told) in [(imports("../private/keys.js"), false), (open.into(), true)] {
        let flow = flow(&mut host, &source);
        let error = host.call("run_flow", flow).expect_err("it has errors");
        assert_eq!(error.code, ErrorCode::LintFailed, "{error:?}");
        assert_eq!(error.line.is_some(), is_told, "{error:?}");
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
}

#[test]
fn a_person_is_asked_before_lint_tells_of_what_rules_ask_about() {
    let mut host = host_with(ASKS);
    write(&mut host, &FILES);
    let mut input = flow(&mut host, &imports("../asked/lib.js"));
    input["fix"] = json!(true);
    let call = host.start("lint_flow", input.clone());
    assert!(host.reply(call).is_none(), "it waits");
    let approval = approvals(&mut host)["approvals"][0].clone();
    assert_eq!(approval["tool"], "lint_flow");
    let reason = approval["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("`ask.read` has `asked/**`"), "{reason}");
    decide(&mut host, |_| {}).expect("approved");
    let told = host.reply(call).expect("an answer").expect("told");
    assert_eq!(told["ok"], true);

    let call = host.start("lint_flow", input);
    decide(&mut host, |input| input["allow"] = json!(false)).expect("refused");
    host.reply(call).expect("an answer").expect_err("refused");

    // That a person is asked tells nothing of whether it is there.
    let flow = flow(&mut host, &imports("../asked/never.js"));
    let call = host.start("lint_flow", flow);
    assert!(host.reply(call).is_none(), "it waits");
    decide(&mut host, |_| {}).expect("approved");
    let told = host.reply(call).expect("an answer").expect("told");
    assert_eq!(told["diagnostics"][0]["code"], "unresolved-import");
}

#[test]
fn what_python_may_not_import_is_not_there() {
    let policy = super::POLICY.replace("flows/*.flow.js", "flows/*");
    let policy = policy.replace("read: ['public/**']", "read: ['public/**', 'flows/**']");
    let mut host = host_with(&policy);
    let secret = format!("KEY = '{SECRET}'\n");
    let files = [
        ("private/keys.py", secret.as_str()),
        ("flows/p.py", "import keys\n"),
    ];
    write(&mut host, &files);
    let mut reading = offers(&[("main", "Main")]);
    reading.imports.push(Import {
        any: vec!["flows/keys.py".into(), "private/keys.py".into()],
        missing: None,
    });
    host.readings.insert("flows/p.py".into(), reading);
    let program = json!({ "path": "flows/p.py" });
    // What its import may mean is not there for the run, nor for whoever looks at it.
    let told = host.ok("lint_flow", program.clone());
    host.start("run_flow", program.clone());
    assert!(!readable(&host).contains(&"private/keys.py"));
    host.finish(Ok(json!(1)), &[]);
    assert!(
        !host.checked.contains(&"private/keys.py".to_owned()),
        "nobody read it"
    );
    host.as_person(|host| host.ok("delete", json!({ "path": "private/keys.py" })));
    assert_eq!(host.ok("lint_flow", program.clone()), told);
    write(&mut host, &files[..1]);
    // What the import means as well is the agent's own.
    host.ok(
        "write",
        json!({ "path": "flows/keys.py", "content": "KEY = ''\n" }),
    );
    host.start("run_flow", program);
    let seen = readable(&host);
    assert!(seen.contains(&"flows/keys.py") && !seen.contains(&"private/keys.py"));
}

#[test]
fn what_python_lacks_is_told_alike_whether_it_is_hidden_or_not_there() {
    let policy = super::POLICY.replace("flows/*.flow.js", "flows/*");
    let mut host = host_with(&policy);
    write(&mut host, &[("flows/p.py", "import keys\n")]);
    let mut reading = offers(&[("main", "Main")]);
    reading.imports.push(Import {
        any: vec!["private/keys.py".into(), "private/**/keys.py".into()],
        missing: Some(lacking("keys")),
    });
    host.readings.insert("flows/p.py".into(), reading);
    let told = |host: &mut Host| {
        let linted = host.ok("lint_flow", json!({ "path": "flows/p.py" }));
        let run = host.call("run_flow", json!({ "path": "flows/p.py" }));
        (linted, run.expect_err("it lacks a file"))
    };
    let before = told(&mut host);
    assert_eq!(before.0["diagnostics"][0]["message"], "no module keys");
    assert_eq!(before.1.code, ErrorCode::LintFailed);
    write(&mut host, &[("private/keys.py", "KEY = 1\n")]);
    assert_eq!(told(&mut host), before);
}

/// What a guest says of an import that means nothing.
fn lacking(module: &str) -> Diagnostic {
    let at = Position {
        line: 1,
        column: 1,
        offset: 0,
    };
    Diagnostic {
        code: "unresolved-import".into(),
        severity: Severity::Error,
        path: String::new(),
        span: Span { start: at, end: at },
        message: format!("no module {module}"),
        hint: None,
        fix: None,
    }
}
