//! A workspace as a zip or a folder, and back.

use crate::Folder;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const BYTES: &str = "\u{1}\u{0}\u{7f} and more";

fn filled() -> Folder {
    let folder = Folder::new();
    folder.write("data/a.csv", "n\n1\n");
    folder.write("data/deep/b.bin", BYTES);
    folder.write("ä b.txt", "ö");
    folder
}

fn listed(folder: &Folder) -> Value {
    let said = folder.selvage(&["ls", "-r", "--json"]);
    let entries = said.json()["value"]["entries"].clone();
    let of = |entry: &Value| json!([entry["path"], entry["hash"]]);
    entries.as_array().expect("a list").iter().map(of).collect()
}

/// A zip of texts, by their names.
fn zip_of(texts: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let outside = tempfile::tempdir().expect("a folder");
    let path = outside.path().join("in.zip");
    let mut writer = ZipWriter::new(File::create(&path).expect("made"));
    for (name, text) in texts {
        let options = SimpleFileOptions::default();
        writer.start_file(*name, options).expect("begun");
        writer.write_all(text.as_bytes()).expect("written");
    }
    writer.finish().expect("ended");
    let path = path.to_str().expect("a path").to_owned();
    (outside, path)
}

#[test]
fn of_names_that_differ_in_case_alone_the_first_is_taken() {
    let folder = Folder::new();
    folder.write("Docs/Ä.txt", "old");
    let (_outside, zip) = zip_of(&[
        ("A.txt", "1"),
        ("a.TXT", "2"),
        ("docs/ä.txt", "3"),
        ("Docs/ä.txt", "4"),
        ("Docs/Ä.txt", "new"),
    ]);
    let said = folder.selvage(&["import", &zip]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for (left, there) in [
        ("a.TXT", "A.txt"),
        ("docs/ä.txt", "Docs"),
        ("Docs/ä.txt", "Docs/Ä.txt"),
    ] {
        let line = format!("left out: {left}: `{there}` is there");
        assert!(said.out.contains(&line), "{}", said.out);
    }
    assert!(said.out.ends_with("\n2 files, 4 bytes\n"), "{}", said.out);
    assert_eq!(folder.selvage(&["cat", "A.txt"]).out, "1");
    assert_eq!(folder.selvage(&["cat", "Docs/Ä.txt"]).out, "new");
}

#[test]
fn a_broken_policy_does_not_come_in_and_the_rest_does() {
    let folder = Folder::new();
    folder.write("flows/a.flow.js", "export default () => 1;\n");
    let (_outside, zip) = zip_of(&[
        ("selvage.policy.yaml", "version: 1\nflows:\n  - pth: x\n"),
        ("flows/flow.config.json", "{ \"version\": 1, \"flos\": {} }"),
        ("b.txt", "b"),
    ]);
    let said = folder.selvage(&["import", &zip]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for left in [
        "left out: selvage.policy.yaml: line 3, column 5: ",
        "left out: flows/flow.config.json: line 1, ",
    ] {
        assert!(said.out.contains(left), "{}", said.out);
    }
    assert!(said.out.ends_with("\n1 files, 1 bytes\n"), "{}", said.out);
    assert_eq!(folder.selvage(&["cat", "b.txt"]).out, "b");
    assert_eq!(folder.selvage(&["run", "flows/a.flow.js"]).out, "1\n");

    // Sound ones come in, though their flows are not there yet.
    let sound = "{ \"version\": 1, \"flows\": { \"c\": { \"entry\": \"flows/c.flow.js\" } } }";
    let (_outside, zip) = zip_of(&[("flows/flow.config.json", sound)]);
    assert_eq!(
        folder.selvage(&["import", &zip]).out,
        format!(
            "flows/flow.config.json: its flows have names, and may run by themselves from now on\n1 files, {} bytes\n",
            sound.len()
        )
    );
}

#[test]
fn what_takes_effect_by_being_there_is_told() {
    let folder = Folder::new();
    let (_outside, zip) = zip_of(&[
        ("selvage.policy.yaml", "version: 1\n"),
        ("scopes.json", "{ \"order\": [] }"),
        ("a.txt", "a"),
    ]);
    let said = folder.selvage(&["import", &zip]);
    assert_eq!(
        said.out,
        "selvage.policy.yaml: it says what flows and agents may do from now on\n\
         scopes.json: it says in which order other workspaces are looked through from now on\n\
         3 files, 27 bytes\n",
        "{}",
        said.err
    );
    let told = folder.selvage(&["import", &zip, "--json"]);
    let value: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let rules = serde_json::json!(["selvage.policy.yaml", "scopes.json"]);
    assert_eq!(value["value"]["rules"], rules, "{}", told.out);
}

#[test]
fn a_workspace_goes_out_and_comes_in_as_it_was() {
    let folder = filled();
    let outside = tempfile::tempdir().expect("a folder");
    for name in ["all.zip", "all"] {
        let to = outside.path().join(name);
        let to = to.to_str().expect("a path");
        let said = folder.selvage(&["export", "--to", to]);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert!(
            said.err.is_empty(),
            "no bar where there is no terminal: {}",
            said.err
        );
        let again = folder.selvage(&["export", "--to", to]);
        assert_eq!(again.code, Some(1), "what is there is not written over");
        let told =
            again.err.contains("already") && again.err.contains("Name a zip that is not there");
        assert!(told, "{}", again.err);

        let other = Folder::new();
        let said = other.selvage(&["import", to, "--json"]);
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
        let value = &said.json()["value"];
        assert_eq!(value["left"], json!([]));
        assert_eq!(
            value["change"].as_array().map(Vec::len),
            Some(1),
            "one change"
        );
        assert_eq!(listed(&other), listed(&folder));
    }
    // Nor is what lies beside, by whatever name.
    let lying = outside.path().join("more.zip.part");
    std::fs::write(&lying, "mine").expect("written");
    let to = outside.path().join("more.zip");
    let said = folder.selvage(&["export", "--to", to.to_str().expect("a path")]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(std::fs::read(&lying).expect("read"), b"mine");
    let names = std::fs::read_dir(outside.path()).expect("listed");
    assert_eq!(names.count(), 4, "no other part is left");
    // A part of it, and the same bytes each time.
    let [one, two] = ["1.zip", "2.zip"].map(|name| outside.path().join(name));
    for to in [&one, &two] {
        let said = folder.selvage(&["export", "data", "--to", to.to_str().expect("a path")]);
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
    let read = |path| std::fs::read(path).expect("read");
    assert_eq!(read(&one), read(&two));
    let mut archive = ZipArchive::new(File::open(one).expect("opens")).expect("a zip");
    let mut text = String::new();
    let mut file = archive.by_name("data/deep/b.bin").expect("there");
    file.read_to_string(&mut text).expect("read");
    assert_eq!(text, BYTES);
}

#[test]
fn a_hostile_zip_gets_nowhere() {
    let folder = Folder::new();
    let outside = tempfile::tempdir().expect("a folder");
    let path = outside.path().join("evil.zip");
    let mut zip = ZipWriter::new(File::create(&path).expect("made"));
    let options = SimpleFileOptions::default();
    for name in [
        "../evil.txt",
        "/abs.txt",
        "a/../../up.txt",
        "good/e\u{301}.txt",
        "good/\u{e9}.txt",
    ] {
        zip.start_file(name, options).expect("a name");
        zip.write_all(b"x").expect("written");
    }
    zip.add_symlink("good/link", "/etc/passwd", options)
        .expect("a link");
    zip.finish().expect("whole");
    let said = folder.selvage(&["import", path.to_str().expect("a path"), "--json"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let value = &said.json()["value"];
    assert_eq!(value["files"], 1, "{value}");
    let left = value["left"].as_array().expect("a list");
    assert_eq!(left.len(), 5, "{value}");
    assert!(
        left.iter()
            .any(|one| one["name"] == "good/link" && one["why"] == "it is a link")
    );
    let listed = listed(&folder).to_string();
    assert!(
        !listed.contains("evil") && !listed.contains("link") && !listed.contains("abs"),
        "{listed}"
    );
    assert!(!outside.path().join("../evil.txt").exists());
}

#[test]
fn a_folder_is_taken_without_what_its_links_lead_to_and_without_git() {
    let folder = Folder::new();
    let outside = tempfile::tempdir().expect("a folder");
    let secret = tempfile::tempdir().expect("a folder");
    std::fs::write(secret.path().join("secret.txt"), "s").expect("written");
    let from = outside.path().join("tree");
    std::fs::create_dir_all(from.join(".git/objects")).expect("made");
    std::fs::create_dir(from.join("empty")).expect("made");
    std::fs::write(from.join(".git/config"), "x").expect("written");
    std::fs::write(from.join("a.txt"), "a").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(secret.path(), from.join("out")).expect("linked");
    let said = folder.selvage(&["import", from.to_str().expect("a path")]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out.contains("left out: .git") && said.out.contains("1 files"),
        "{}",
        said.out
    );
    let listed = listed(&folder).to_string();
    assert!(
        listed.contains("a.txt") && listed.contains("empty") && !listed.contains("secret"),
        "{listed}"
    );
}

#[test]
fn what_can_not_land_lands_not_at_all() {
    let folder = Folder::new();
    let outside = tempfile::tempdir().expect("a folder");
    folder.write("x/b.txt", "b");
    let before = listed(&folder);
    // `x` is a folder here.
    for name in ["a.txt", "x"] {
        let at = outside.path().join(name);
        std::fs::create_dir_all(at.parent().expect("a folder")).expect("made");
        std::fs::write(at, "a").expect("written");
    }
    let from = outside.path().to_str().expect("a path");
    let said = folder.selvage(&["import", from]);
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert_eq!(listed(&folder), before);
    // A zip that is none, and nothing at all.
    let broken = outside.path().join("broken.zip");
    std::fs::write(&broken, "PK").expect("written");
    for from in [broken.to_str().expect("a path"), "/no/such/folder"] {
        assert_eq!(folder.selvage(&["import", from]).code, Some(1));
    }
    assert_eq!(listed(&folder), before);
}
