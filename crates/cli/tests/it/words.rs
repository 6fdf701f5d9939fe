//! What is written on the command line, and what is said about it.

use crate::Folder;

#[test]
fn init_says_where_the_workspace_is_and_whether_it_was_there() {
    let outside = tempfile::tempdir().expect("a folder");
    let folder = Folder::new();
    let init = || {
        let mut command = folder.command(&["init"]);
        command
            .env_remove("SELVAGE_WORKSPACE")
            .current_dir(outside.path());
        let said = command.output().expect("ends");
        String::from_utf8_lossy(&said.stdout).into_owned()
    };
    let place = outside.path().canonicalize().expect("there");
    let place = place.display();
    assert_eq!(init(), format!("The workspace is in {place}.\n"));
    assert_eq!(
        init(),
        format!("A workspace was in {place} already, and is as it was.\n")
    );
}

#[test]
fn an_address_that_is_taken_is_named() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("an address");
    let address = taken.local_addr().expect("known").to_string();
    let said = folder.selvage(&["mcp", "--listen", &address, "--no-key"]);
    assert_eq!(said.code, Some(1));
    let told = format!("selvage: cannot listen on {address}: ");
    assert!(said.err.starts_with(&told), "{}", said.err);
}

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
