//! Standard output that is closed or full, and standard error that nothing can be written to.

use crate::Folder;
use std::fs::{File, OpenOptions};
use std::process::{Output, Stdio};

/// What everything that is written to fails on: there is no room.
fn full() -> File {
    let mut options = OpenOptions::new();
    options.write(true).open("/dev/full").expect("opens")
}

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

fn ended(folder: &Folder, line: &str, out: Stdio, err: Option<Stdio>) -> Output {
    let words: Vec<&str> = line.split(' ').collect();
    let mut command = folder.command(&words);
    command.stdout(out);
    if let Some(err) = err {
        command.stderr(err);
    }
    command.output().expect("ends")
}

/// Each writes something, and no line end stands behind what `cat` writes.
const LINES: [&str; 8] = [
    "--help",
    "run --help",
    "serve --help",
    "completions bash",
    "ls -r",
    "ls -r --json",
    "cat a.txt",
    "fly --json",
];

#[test]
fn whoever_has_read_enough_is_told_nothing() {
    let folder = Folder::new();
    folder.write("a.txt", "no line end");
    for line in &LINES[..7] {
        let said = ended(&folder, line, closed(), None);
        assert_eq!(said.status.code(), Some(141), "{line}");
        let err = String::from_utf8_lossy(&said.stderr);
        assert_eq!(err, "", "{line}");
    }
}

#[test]
fn what_can_not_be_written_is_an_error_in_a_sentence() {
    let folder = Folder::new();
    folder.write("a.txt", "no line end");
    for line in &LINES[..7] {
        let said = ended(&folder, line, full().into(), None);
        let err = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(1), "{line}: {err}");
        assert!(
            err.starts_with("selvage: cannot write to standard output: "),
            "{line}: {err}"
        );
    }
    // Why it failed is told, though the form that was asked for can't be had.
    let said = ended(&folder, LINES[7], full().into(), None);
    let err = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(2), "{err}");
    assert!(err.contains("fly"), "{err}");
}

#[test]
fn nothing_depends_on_standard_error() {
    let folder = Folder::new();
    let source = "export default async (flow) => {\n  flow.log(\"a\");\n  await flow.fs.write(\"out.txt\", \"x\");\n  return 1;\n};\n";
    folder.write("flows/a.flow.js", source);
    // Nobody vouches for the run, which is said.
    let key = folder.path().join("signing.pem");
    std::fs::write(key, "no key").expect("written");
    for err in [full().into(), closed()] {
        let said = ended(&folder, "run flows/a.flow.js", Stdio::piped(), Some(err));
        assert_eq!(said.status.code(), Some(0));
        assert_eq!(said.stdout, b"1\n");
    }
    let said = ended(&folder, "fly", Stdio::piped(), Some(full().into()));
    assert_eq!(said.status.code(), Some(2));
}
