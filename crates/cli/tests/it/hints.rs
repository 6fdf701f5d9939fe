//! Advice that a person at a terminal can follow.

use crate::Folder;

const FLOW: &str = "\
export default async function (flow) {
  if (flow.args === \"net\") await fetch(\"https://a.example/x\");
  if (flow.args === \"tool\") await flow.call(\"mkdir\", { path: \"a\" });
  if (flow.args === \"read\") await flow.fs.readText(\"README.md\");
  if (flow.args === \"loop\") for (;;) {}
};
";

#[test]
fn what_the_engine_advises_is_said_in_the_words_of_the_command_line() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", FLOW);
    for (line, advice) in [
        ("lint flows/a.flow.js", "with `--allow-net a.example`."),
        (
            "run flows/a.flow.js --args \"net\"",
            "with `--allow-net a.example`.",
        ),
        (
            "run flows/a.flow.js --args \"tool\"",
            "with `--allow-tools mkdir`.",
        ),
        (
            "run flows/a.flow.js --args \"tool\" --allow-tools mkdir --dry-run",
            "without `--dry-run`.",
        ),
        (
            "run flows/a.flow.js --args \"read\" --grant {\"read\":[\"data/**\"]}",
            "with a `--grant` whose `read` covers ",
        ),
        (
            "run flows/a.flow.js --args \"loop\" --limit fuelMax=100000",
            "with `--limit fuelMax=…` above 100000.",
        ),
        ("run none", "`selvage flows` lists the flows."),
        ("cat none.txt", "`selvage ls -r` shows what is there."),
        ("logs none", "`selvage ls -r runs` lists the runs."),
        (
            "approvals show none",
            "`selvage approvals list` has those that are.",
        ),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let said = folder.selvage(&words);
        let told = said.out.clone() + &said.err;
        assert!(told.contains(advice), "{line}: {told}");
        // What scripts read is the engine's own.
        let said = folder.selvage(&[&words[..], &["--json"]].concat());
        assert!(!said.out.contains("--allow-net"), "{line}: {}", said.out);
    }
}
