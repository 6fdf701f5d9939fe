use super::*;

fn sources(package: &str, features: &[&str]) -> Sources {
    let features: Vec<String> = features.iter().map(|&feature| feature.to_owned()).collect();
    Workspace::read()
        .expect("manifests")
        .sources(package, &features)
        .expect("sources")
}

#[test]
fn an_artifact_is_made_of_its_own_packages_and_of_no_others() {
    let kernel = sources("selvage-wasm", &["kernel"]).packages;
    let runner = sources("selvage-wasm", &["runner"]).packages;
    let guest = sources("guest-js", &[]).packages;
    for (package, in_kernel, in_runner, in_guest) in [
        ("selvage-tool", true, true, true),
        ("selvage-workbench", true, false, false),
        ("automerge", true, false, false),
        ("selvage-sandbox", false, true, false),
        ("boa_engine", false, false, true),
        ("wasmtime", false, false, false),
        ("wasmi", false, false, false),
    ] {
        let found = [&kernel, &runner, &guest].map(|packages| packages.contains(package));
        assert_eq!(found, [in_kernel, in_runner, in_guest], "{package}");
    }
}

#[test]
fn parts_that_touch_are_told_apart() {
    let hash = |parts: &[(&str, &str)]| {
        let mut print = Fingerprint::default();
        parts
            .iter()
            .for_each(|(name, text)| print.part(name, text.as_bytes()));
        print.end()
    };
    assert_ne!(hash(&[("a", "bc")]), hash(&[("ab", "c")]));
    assert_ne!(
        hash(&[("a", "b"), ("c", "")]),
        hash(&[("a", ""), ("c", "b")])
    );
    assert_eq!(hash(&[("a", "b")]), hash(&[("a", "b")]));
}

#[test]
fn a_changed_an_added_and_a_renamed_file_all_change_the_hash() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = || {
        let mut print = Fingerprint::default();
        print.path(folder.path()).expect("readable");
        print.end()
    };
    let mut seen = BTreeSet::from([hash()]);
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("a"), "1").expect("written");
    assert!(seen.insert(hash()));
    std::fs::write(file("a"), "2").expect("written");
    assert!(seen.insert(hash()));
    std::fs::rename(file("a"), file("b")).expect("renamed");
    assert!(seen.insert(hash()));
    std::fs::write(file("a"), "2").expect("written");
    assert!(seen.insert(hash()));
    std::fs::remove_file(file("a")).expect("removed");
    assert!(
        !seen.insert(hash()),
        "what is as it was has the hash it had"
    );
}
