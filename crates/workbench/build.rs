//! Embeds the starter workspace: every file that `starter/INDEX` names, in that order.

#![allow(
    clippy::disallowed_methods,
    reason = "a build script runs on a host, before there is an engine"
)]

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("starter");
    println!("cargo::rerun-if-changed={}", root.display());
    let index =
        std::fs::read_to_string(root.join("INDEX")).expect("starter/INDEX names the starter files");
    let mut code = String::from(
        "/// Paths and contents of the starter files.\nconst STARTER: &[(&str, &[u8])] = &[\n",
    );
    for path in index.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let file = root.join(path);
        writeln!(
            code,
            "    ({path:?}, include_bytes!({:?})),",
            file.display().to_string()
        )
        .expect("a string takes any text");
    }
    code.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&out).join("starter_files.rs"), code).expect("OUT_DIR can be written");
}
