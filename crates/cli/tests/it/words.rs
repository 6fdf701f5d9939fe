//! What is written on the command line, and what is said about it.

use crate::Folder;

#[test]
fn a_limit_beyond_what_a_run_can_have_is_told() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", "export default () => 1;\n");
    let run = |limit: &str| folder.selvage(&["run", "flows/a.flow.js", "--limit", limit]);
    let said = run("cpuMsMax=99999999999");
    assert_eq!(said.code, Some(0), "{}", said.err);
    let told =
        "selvage: cpuMsMax is 3600000 here, the most that a run can have, and not 99999999999\n";
    assert_eq!(said.err, told);
    assert_eq!(run("cpuMsMax=3600000").err, "");
    for wrong in ["foo=3", "cpuMsMax=abc", "cpuMsMax"] {
        let said = run(wrong);
        assert_eq!(said.code, Some(2), "{}", said.err);
    }
    assert!(run("foo=3").err.contains("fuelMax, cpuMsMax, "));
}
