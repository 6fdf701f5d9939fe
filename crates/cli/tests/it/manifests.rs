//! A manifest and a policy that came to be broken: nobody is left to wonder.

use crate::Folder;

const NAMED: &str = "{ \"version\": 1, \"flows\": { \"a\": { \"entry\": \"flows/a.flow.js\" } } }";

/// A workspace whose manifest names nothing any more: what a mirrored folder holds is taken as it is.
fn broken() -> (Folder, tempfile::TempDir, String) {
    let folder = Folder::new();
    let outside = tempfile::tempdir().expect("a folder");
    let flows = outside.path().join("flows");
    std::fs::create_dir(&flows).expect("made");
    std::fs::write(flows.join("a.flow.js"), "export default () => 1;\n").expect("written");
    std::fs::write(
        flows.join("flow.config.json"),
        NAMED.replace("entry", "entri"),
    )
    .expect("written");
    let at = outside.path().to_str().expect("a path").to_owned();
    (folder, outside, at)
}

const PLACE: &str = "selvage: flows/flow.config.json:1:";

#[test]
fn a_broken_manifest_is_told_wherever_it_counts() {
    let (folder, outside, at) = broken();
    let mirrored = ["mirror", &*at, "--once", "--from", "both"];
    let said = folder.selvage(&mirrored);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.err.starts_with(PLACE), "{}", said.err);

    for line in [
        &["flows"][..],
        &["status"],
        &["run", "flows/a.flow.js"],
        &mirrored,
    ] {
        let said = folder.selvage(line);
        assert_eq!(said.code, Some(0), "{line:?}: {}", said.err);
        assert!(said.err.starts_with(PLACE), "{line:?}: {}", said.err);
        assert!(said.err.contains("entri"), "{line:?}: {}", said.err);
    }
    for command in ["flows", "status"] {
        let said = folder.selvage(&[command, "--json"]);
        let found = said.json()["value"]["diagnostics"][0].clone();
        assert_eq!(found["path"], "flows/flow.config.json", "{found}");
    }
    let said = folder.selvage(&["run", "a"]);
    assert!(said.err.starts_with(PLACE), "{}", said.err);

    // A sound one is nothing to tell, and neither is none.
    std::fs::write(outside.path().join("flows/flow.config.json"), NAMED).expect("written");
    assert_eq!(folder.selvage(&mirrored).err, "");
    for command in ["flows", "status"] {
        let said = folder.selvage(&[command, "--json"]);
        assert_eq!(said.err, "");
        assert!(
            said.json()["value"]["diagnostics"].is_null(),
            "{}",
            said.out
        );
    }
    assert_eq!(Folder::new().selvage(&["flows"]).err, "");
}
