//! Secrets: kept under a passphrase, sent where they may go, and in nothing that a run leaves behind.

use crate::Folder;
use crate::web::Echo;
use serde_json::Value;
use std::fs;
use std::path::Path;

const VALUE: &str = "sk_live/7f3a9c+Q \"z";
const PASSPHRASE: &str = "correct horse battery";

/// Sends a secret everywhere it can, and keeps whatever comes back in every way that it can.
const THIEF: &str = r#"
export default async (flow) => {
  const token = flow.env.TOKEN;
  const echo = async (path, init) => {
    const answer = await fetch(`${flow.args.url}${path}`, init);
    return { url: answer.url, headers: [...answer.headers], text: await answer.text() };
  };
  const seen = [
    await echo("/header", { headers: { "x-key": token } }),
    await echo("/basic", { headers: { authorization: `Basic ${btoa(`me:${token}`)}` } }),
    await echo(`/query?key=${token}`),
    await echo("/json", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token }) }),
    await echo("/form", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: `token=${token}` }),
    await echo("/later"),
  ];
  console.log(token, [...token].join(" "), btoa(token), encodeURIComponent(token));
  for (const { text, url, headers } of seen) console.log(text, url, headers);
  await flow.fs.write(`out/${token}.txt`, JSON.stringify(seen));
  await flow.artifact(`out/${token}.txt`);
  if (flow.args.fails) throw new Error(`${token} ${JSON.stringify(seen)}`);
  return { token, seen };
};
"#;

/// A folder with a secret that may go to this machine.
fn folder() -> Folder {
    let folder = Folder::new();
    let said = secrets(
        &folder,
        &[
            "set",
            "billing",
            "--domain",
            "127.0.0.1",
            "--in",
            "header",
            "--in",
            "address",
            "--in",
            "body",
        ],
        VALUE,
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    folder
}

fn secrets(folder: &Folder, arguments: &[&str], input: &str) -> crate::Said {
    let arguments = [&["secrets"], arguments].concat();
    folder.fed_with(
        &arguments,
        input,
        &[("SELVAGE_SECRETS_PASSPHRASE", PASSPHRASE)],
    )
}

/// Runs the flow with a secret, and in an environment.
fn run_in(folder: &Folder, url: &str, env: &[(&str, &str)]) -> crate::Said {
    let args = format!("{{\"url\":\"{url}\"}}");
    let arguments = [
        "run",
        "flows/t.flow.js",
        "--json",
        "--args",
        &args,
        "--secret",
        "TOKEN=billing",
        "--allow-net",
        "127.0.0.1",
    ];
    folder.fed_with(&arguments, "", env)
}

fn run(folder: &Folder, url: &str) -> crate::Said {
    run_in(folder, url, &[("SELVAGE_SECRETS_PASSPHRASE", PASSPHRASE)])
}

/// Everything that could be read off the secret, in whatever file of a folder.
fn traces(folder: &Path) -> Vec<String> {
    let hex: String = VALUE.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 = ["bGl2ZS83ZjNhOWMr", "X2xpdmUvN2YzYTlj", "a19saXZlLzdmM2E5"];
    // What base64 makes of it depends on where it begins: the middle of each of the three.
    let looked_for = ["sk_live", "7f3a9c", &hex, "sk%5Flive", "sk_live%2F"];
    let looked_for = [&looked_for[..], &base64].concat();
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = fs::read(&path).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            let traces = looked_for.iter().filter(|trace| text.contains(**trace));
            found.extend(traces.map(|trace| format!("{trace} in {}", path.display())));
        }
    }
    found
}

#[test]
fn a_flow_that_does_all_it_can_sends_a_secret_and_never_has_it() {
    let server = Echo::start();
    for fails in [false, true] {
        let folder = folder();
        folder.write(
            "flows/t.flow.js",
            &THIEF.replace("flow.args.fails", &fails.to_string()),
        );
        let said = run(&folder, &server.url());
        assert_eq!(
            said.code,
            Some(if fails { 4 } else { 0 }),
            "{} {}",
            said.out,
            said.err
        );
        let sent = server.heard();
        assert!(
            sent.contains("x-key: sk_live/7f3a9c+Q \"z"),
            "the server got it: {sent}"
        );
        assert!(
            sent.contains(&format!("me:{VALUE}"))
                || sent.contains("bWU6c2tfbGl2ZS83ZjNhOWMrUSAieg=="),
            "{sent}"
        );
        assert!(sent.contains("key=sk%5Flive%2F7f3a9c%2BQ%20%22z"), "{sent}");
        assert!(
            sent.contains(r#"{"token":"sk_live/7f3a9c+Q \"z"}"#),
            "{sent}"
        );
        assert!(
            said.out.contains("[secret billing]"),
            "what came back says what was taken out"
        );
        for (name, text) in [("output", &said.out), ("messages", &said.err)] {
            assert!(!text.contains("7f3a9c"), "{name}: {text}");
            assert!(!text.contains("c2tfbGl2ZS83"), "{name}: {text}");
        }
        let out = tempfile::tempdir().expect("a folder");
        let to = out.path().join("all");
        let exported = folder.selvage(&["export", "--to", &to.display().to_string()]);
        assert_eq!(exported.code, Some(0), "{}", exported.err);
        assert_eq!(traces(folder.path()), Vec::<String>::new());
        assert_eq!(traces(&to), Vec::<String>::new());
    }
}

#[test]
fn a_secret_that_may_not_go_somewhere_stays_and_the_refusal_is_in_the_record() {
    let server = Echo::start();
    let folder = Folder::new();
    let said = secrets(
        &folder,
        &["set", "billing", "--domain", "api.example.com"],
        VALUE,
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    folder.write("flows/t.flow.js", THIEF);
    let said = run(&folder, &server.url());
    assert_eq!(said.code, Some(4), "{}", said.err);
    let error = said.json()["error"].clone();
    assert_eq!(error["code"], "POLICY_DENIED");
    assert!(
        error["message"]
            .to_string()
            .contains("may not go to `127.0.0.1`"),
        "{error}"
    );
    assert_eq!(server.heard(), "");
}

#[test]
fn a_server_that_redirects_a_secret_gets_no_second_request() {
    let server = Echo::start();
    let folder = folder();
    folder.write("flows/t.flow.js", "export default async (flow) => { await fetch(`${flow.args.url}/redirect`, { headers: { \"x-key\": flow.env.TOKEN } }); };\n");
    let said = run(&folder, &server.url());
    assert_eq!(said.json()["error"]["code"], "FETCH_FAILED", "{}", said.err);
    assert_eq!(server.heard().matches("x-key:").count(), 1);
}

#[test]
fn without_the_passphrase_a_run_has_no_secret_and_says_why() {
    let server = Echo::start();
    let folder = folder();
    folder.write("flows/t.flow.js", THIEF);
    for (passphrase, why) in [
        (None, "nobody gave the passphrase"),
        (Some("another one"), "the passphrase is another one"),
    ] {
        let given: Vec<_> = passphrase
            .map(|text| ("SELVAGE_SECRETS_PASSPHRASE", text))
            .into_iter()
            .collect();
        let said = run_in(&folder, &server.url(), &given);
        let error = said.json()["error"].clone();
        assert_eq!(error["code"], "FETCH_FAILED", "{error}");
        assert!(error["message"].to_string().contains(why), "{error}");
    }
    assert_eq!(server.heard(), "");
}

#[test]
fn secrets_are_listed_by_name_changed_and_forgotten() {
    let folder = folder();
    let list = |folder: &Folder| -> Value {
        secrets(folder, &["list", "--json"], "").json()["value"].clone()
    };
    let listed = list(&folder);
    assert_eq!(listed["secrets"][0]["name"], "billing");
    assert!(!listed.to_string().contains("7f3a9c"));
    let file = folder.path().join("secrets.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let bad = secrets(
        &folder,
        &["set", "other", "--domain", "https://a.org/"],
        VALUE,
    );
    assert!(bad.err.contains("no domain"), "{}", bad.err);
    let bad = secrets(&folder, &["set", "other", "--domain", "a.org"], "short");
    assert!(bad.err.contains("at least 8 bytes"), "{}", bad.err);
    let wrong = folder.fed_with(
        &["secrets", "list"],
        "",
        &[("SELVAGE_SECRETS_PASSPHRASE", "another one")],
    );
    assert!(
        wrong.err.contains("passphrase is another one"),
        "{}",
        wrong.err
    );
    let new = folder.path().join("new");
    fs::write(&new, "a better passphrase\n").expect("written");
    let changed = folder.fed_with(
        &["secrets", "passphrase"],
        "",
        &[
            ("SELVAGE_SECRETS_PASSPHRASE", PASSPHRASE),
            (
                "SELVAGE_SECRETS_NEW_PASSPHRASE_FILE",
                &new.display().to_string(),
            ),
        ],
    );
    assert_eq!(changed.code, Some(0), "{}", changed.err);
    assert_ne!(
        secrets(&folder, &["list"], "").code,
        Some(0),
        "the old one is of no use"
    );
    let opens = [("SELVAGE_SECRETS_PASSPHRASE", "a better passphrase")];
    let removed = folder.fed_with(&["secrets", "remove", "billing"], "", &opens);
    assert_eq!(removed.code, Some(0), "{}", removed.err);
    let gone = folder.fed_with(&["secrets", "remove", "billing"], "", &opens);
    assert!(gone.err.contains("no secret"), "{}", gone.err);
}
