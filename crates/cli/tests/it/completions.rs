//! What a shell completes.

use crate::Folder;
use std::process::Command;

#[test]
fn bash_completes_commands_options_and_words() {
    let folder = Folder::new();
    let script = folder.selvage(&["completions", "bash"]).out;
    std::fs::create_dir(folder.path().join("some folder")).expect("made");
    folder.write("odd $(touch made) `touch made`.txt", "");
    for (words, expected) in [
        ("selvage mir", "mirror"),
        ("selvage mirror --al", "--allow-removals"),
        ("selvage mirror --from w", "workspace"),
        ("selvage mirror som", "some folder"),
        ("selvage run x --dry", "--dry-run"),
        ("selvage keys a", "add"),
        ("selvage run x --limit cp", "cpuMsMax="),
        ("selvage run --dry-run flows/s", "flows/slug.flow.js"),
        ("selvage cat REA", "README.md"),
        (
            "selvage ls --json data/pro",
            "data/products/\ndata/product.schema.json\ndata/products/desk-lamp.json\ndata/products/oak-shelf.json\ndata/products/teapot.json\ndata/products/wall-clock.json\ndata/products/wool-blanket.json",
        ),
        // A name is a text, whatever it says.
        ("selvage rm odd", "odd $(touch made) `touch made`.txt"),
        ("selvage cat --workspace /nowhere REA", ""),
    ] {
        let count = words.split(' ').count();
        let words = words.replacen("selvage", env!("CARGO_BIN_EXE_selvage"), 1);
        let line = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={}; _selvage; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            count - 1
        );
        let said = Command::new("bash")
            .args(["-c", &line])
            .current_dir(folder.path())
            .env("SELVAGE_WORKSPACE", folder.path())
            .output()
            .expect("bash runs");
        let out = String::from_utf8_lossy(&said.stdout);
        assert_eq!(
            out.trim(),
            expected,
            "{words}: {}",
            String::from_utf8_lossy(&said.stderr)
        );
    }
    assert!(!folder.path().join("made").exists());
}
