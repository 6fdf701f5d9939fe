//! What runs reach, see and land.

use super::{asks, calls, denied, fetches, host, record, tree};
use crate::common::{Host, write_op};
use selvage_tool::guest::Answer;
use selvage_tool::run::{FileOp, RunReport};
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::Effect;
use serde_json::{Value, json};

/// A run of the agent's, which goes on. Gives its call.
pub(crate) fn running(host: &mut Host, source: &str, input: Value) -> u64 {
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": source }),
    );
    let mut call = json!({ "path": "flows/x.flow.js" });
    for (key, value) in input.as_object().into_iter().flatten() {
        call[key] = value.clone();
    }
    // The newest is the one that started last.
    host.pass(10);
    host.start("run_flow", call)
}

/// What the record of the newest run says that it was denied.
fn kept(host: &mut Host) -> Vec<String> {
    let newest = |host: &mut Host| {
        let run = host.ok("flow_runs", json!({ "limit": 1 }))["runs"][0]["run"].clone();
        host.ok("flow_status", json!({ "run": run }))
    };
    denied(&host.as_person(newest))
}

#[test]
fn no_address_leads_a_run_to_a_domain_that_is_not_allowed() {
    let source = "export default async (flow) => { await fetch(flow.args.url); };\n";
    let mut host = host();
    running(&mut host, source, json!({ "allowNet": ["*"] }));
    assert_eq!(host.jobs.len(), 1);
    let attempts = [
        "https://evil.org/",
        "https://good.org/",
        "https://api.good.org.evil.org/",
        "https://api.good.org@evil.org/",
        "https://api.good.org:80@evil.org/",
        "https://evil.org/?api.good.org",
        "https://evil.org#api.good.org",
        "https://evil.org\\@api.good.org/",
        "https://api.good.org.",
        "https://tracker.cdn.good.org/pixel",
        "https://TRACKER.CDN.good.org/pixel",
        "https://cdn.good.org/",
        "https://xn--pi-eka.good.org/",
        "https://\u{430}pi.good.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://localhost/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://[fe80::1%25eth0]/",
        "https://user@api.good.org/",
        "ftp://api.good.org/",
        "//api.good.org/",
    ];
    for (id, url) in (0..).zip(attempts) {
        let answer = asks(&mut host, id, fetches(url));
        assert!(matches!(answer, Some(Answer::Error(_))), "{url}");
        let fetched = host
            .others
            .iter()
            .any(|effect| matches!(effect, Effect::Fetch(_)));
        assert!(!fetched, "{url}");
    }
    assert_eq!(
        denied(&record(&mut host)),
        attempts.map(|url| format!("fetch {url}")),
        "each is in the record"
    );
    for (url, domains) in [
        ("https://api.good.org/x", vec!["api.good.org"]),
        ("https://a.cdn.good.org/x", vec!["a.cdn.good.org"]),
    ] {
        asks(&mut host, 99, fetches(url));
        let Some(Effect::Fetch(fetch)) = host.others.pop() else {
            panic!("{url} is allowed");
        };
        assert_eq!(fetch.domains, domains, "a redirect leads nowhere else");
    }
}

#[test]
fn a_run_sees_and_lands_no_more_than_its_rules_allow() {
    let source = "export default async (flow) => { await flow.fs.write(flow.args.to, await flow.fs.readText(flow.args.from)); await flow.call(\"delete\", { path: \"public/a.txt\" }); };\n";
    let wide =
        json!({ "grant": { "read": ["**"], "write": ["**"], "net": ["*"], "tools": ["*"] } });
    let mut host = host();
    let call = running(&mut host, source, wide.clone());
    let seen: Vec<_> = host.jobs[0]
        .1
        .files
        .iter()
        .filter(|file| file.readable && !file.folder)
        .map(|file| file.path.clone())
        .collect();
    assert!(seen.contains(&"public/a.txt".to_owned()), "{seen:?}");
    assert!(
        seen.iter()
            .all(|path| !path.contains("secret") && !path.contains("policy")),
        "{seen:?}"
    );
    calls(&mut host, 1, "delete", json!({ "path": "public/a.txt" }));
    assert_eq!(denied(&record(&mut host)), ["call delete"]);
    host.finish(Ok(json!(1)), &[("private/x", "y")]);
    assert_eq!(
        host.reply(call)
            .expect("an answer")
            .expect_err("denied")
            .code,
        ErrorCode::PolicyDenied
    );
    assert_eq!(kept(&mut host), ["call delete", "land what it wrote"]);
    for ops in [
        vec![write_op("public/locked/x", "y")],
        vec![FileOp::Move {
            from: "public".into(),
            to: "public2".into(),
        }],
        vec![FileOp::Remove {
            path: "public".into(),
        }],
        vec![
            write_op("public/ok", "y"),
            FileOp::Move {
                from: "public/ok".into(),
                to: "public/locked/ok".into(),
            },
        ],
        vec![write_op("selvage.policy.yaml", "version: 1\n")],
    ] {
        let before = tree(&mut host);
        let call = running(&mut host, source, wide.clone());
        host.finish_with(Ok(json!(1)), ops.clone(), &[("public/ok", "y")]);
        let error = host.reply(call).expect("an answer").expect_err("denied");
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{ops:?}");
        assert_eq!(tree(&mut host), before, "{ops:?}");
        let kept = kept(&mut host);
        assert!(kept.len() == 1 && kept[0].starts_with("land "), "{kept:?}");
    }
    // The tools that a run calls are called by whoever is behind it.
    running(&mut host, source, wide);
    let input = json!({ "path": "private/x", "content": "y" });
    calls(&mut host, 1, "write", input);
    assert!(!tree(&mut host).contains("private/x"));
    assert_eq!(denied(&record(&mut host)), ["call write"]);
}

#[test]
fn a_run_that_fails_by_what_its_files_refuse_it_is_on_record() {
    let source = "export default async (flow) => flow.fs.readText(flow.args.from);\n";
    let mut host = host();
    let refused = |code, path: &str| ToolError::new(code, format!("not {path}")).path(path);
    for (error, what) in [
        (
            refused(ErrorCode::PolicyDenied, "private/secret.txt"),
            Some("touch private/secret.txt"),
        ),
        (
            refused(ErrorCode::InvalidPath, "../../etc/passwd"),
            Some("touch ../../etc/passwd"),
        ),
        (
            ToolError::new(ErrorCode::InvalidPath, "it leads out"),
            Some("touch what is no path"),
        ),
        // A slip, and what says nothing of a path.
        (refused(ErrorCode::InvalidPath, "public/con"), None),
        (refused(ErrorCode::NotFound, "public/none.txt"), None),
        (ToolError::new(ErrorCode::PolicyDenied, "no"), None),
    ] {
        let call = running(&mut host, source, json!({}));
        host.finish(Err(error), &[]);
        host.reply(call).expect("an answer").expect_err("failed");
        assert_eq!(kept(&mut host), what.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_a_run_fails_by_is_recorded_once() {
    let mut host = host();
    let source = "export default async (flow) => flow.call(\"read\", flow.args);\n";
    running(&mut host, source, json!({}));
    let input = json!({ "path": "public/../private/secret.txt" });
    let Some(Answer::Error(error)) = calls(&mut host, 1, "read", input) else {
        panic!("there is no such path");
    };
    assert_eq!(error.code, ErrorCode::InvalidPath);
    host.finish(Err(error), &[]);
    assert_eq!(kept(&mut host), ["call read"]);
}

#[test]
fn a_run_that_asks_gets_no_more_than_its_rules_give() {
    let mut host = host();
    host.who = super::person();
    let held = format!(
        "{}    limits: {{ fuelMax: 3000, cpuMsMax: 500 }}\n",
        super::POLICY
    );
    host.ok(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": held }),
    );
    host.pass(3_000);
    host.who = selvage_vfs::Origin::new(selvage_vfs::OriginKind::Agent, "mallory");
    let source = "export default async () => { for (;;); };\n";
    running(
        &mut host,
        source,
        json!({ "ask": true, "limits": { "fuelMax": 1_000 } }),
    );
    let run = host.jobs[0].1.run.clone();
    let asks = || RunReport::Asked {
        error: selvage_tool::ToolError::new(ErrorCode::QuotaFuel, "used up"),
        limit: "fuelMax".into(),
        used: 1_000,
    };
    host.report(asks());
    host.others.clear();
    let everything = json!({ "fuelMax": 9_000_000, "cpuMsMax": 60_000, "wallMsMax": 90_000 });
    host.ok("flow_answer", json!({ "run": run, "limits": everything }));
    let Some(Effect::More {
        limits: Some(more), ..
    }) = host.others.pop()
    else {
        panic!("the run hears what it is given");
    };
    assert_eq!(
        (more.fuel_max, more.cpu_ms_max, more.wall_ms_max),
        (Some(3_000), Some(500), Some(90_000)),
        "what no rule bounds is given, and of the rest what the rules give"
    );
    host.others.clear();
    host.report(asks());
    assert!(
        matches!(host.others[..], [Effect::More { limits: None, .. }]),
        "nobody is asked for what nobody may give"
    );
    let limits = &host.ok("flow_status", json!({ "run": run }))["limits"];
    assert_eq!(
        (&limits["fuelMax"], &limits["cpuMsMax"]),
        (&json!(3_000), &json!(500))
    );
}
