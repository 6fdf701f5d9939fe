//! Tests of the module above.

use super::*;
use selvage_tool::catalogue::{EFFECTS, Effect};

#[test]
fn a_path_is_covered_whatever_its_case_and_the_reason_has_the_words_of_the_rule() {
    let globs = ["a/**", "Data/*.{csv,KEY}", "Straße/**"].map(str::to_owned);
    let powers = Powers {
        read: globs.to_vec(),
        write: globs[..1].to_vec(),
        ..Powers::default()
    };
    let rule = Rule::new("it".into(), [Powers::default(), Powers::default(), powers]);
    let ruling = Ruling {
        rules: vec![rule],
        ..Ruling::default()
    };
    for (path, glob) in [
        ("A/x", "a/**"),
        ("dAta/x.CSV", "Data/*.{csv,KEY}"),
        ("STRASSE/x", "Straße/**"),
    ] {
        let said = ruling.say(Want::Read(path));
        let reason = format!("it: `allow.read` has `{glob}`");
        assert_eq!((said.says, said.reason), (Says::Allow, reason));
        let is_written = ruling.say(Want::Write(path)).says == Says::Allow;
        assert_eq!(is_written, glob == "a/**", "{path}");
    }
    assert!(!ruling.sees("data/x/y.csv") && !ruling.sees("data/x.js"));
}

#[test]
fn every_tool_that_destroys_is_asked_about_by_its_name_or_another_way() {
    // Only persons call them, or what a run does is weighed where it lands.
    let others = [
        "run_flow",
        "scope_mount",
        "scope_unmount",
        "approval_decide",
    ];
    let all = EFFECTS
        .iter()
        .filter(|(_, effect)| *effect == Effect::Destroys);
    let left = all
        .map(|(name, _)| *name)
        .filter(|name| !others.contains(name));
    assert_eq!(left.collect::<Vec<_>>(), DESTROYING);
}
