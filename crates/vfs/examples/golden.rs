//! Makes the golden file of the current format: `cargo run -p selvage-vfs --example golden -- <file>`.
//!
//! Run it once for a new format version, and keep the files of the older ones.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a host: it may write a file"
)]

use selvage_vfs::storage::{RedbStorage, backends::FileBackend};
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(path)?;
    let storage = RedbStorage::open(FileBackend::new(file)?)?;
    let mut workspace = Workspace::open(Box::new(storage), [1; 16])?;
    let mut count = 0u128;
    let mut ids = || {
        count += 1;
        count << 64 | 1
    };
    let meta = |message: &str| {
        Meta::new(
            1_700_000_000_000,
            Origin::new(OriginKind::Person, "Ada"),
            message,
        )
    };
    let start = [
        Op::write("notes.md", "bread\n"),
        Op::write("blob.bin", vec![7; 300_000]),
        Op::write("hello.flow.js", "flow.log('hello')\n"),
    ];
    workspace.apply(&mut ids, &meta("Start"), &start)?;
    workspace.apply(
        &mut ids,
        &meta("Add milk"),
        &[Op::write("notes.md", "bread\nmilk\n")],
    )?;
    let typed = |text: &str| {
        [Op::Draft {
            path: "notes.md".into(),
            text: text.into(),
        }]
    };
    workspace.apply(&mut ids, &meta(""), &typed("bread\nmilk\neggs\n"))?;
    workspace.seal(&meta("Seal"))?;
    let there = Op::Move {
        from: "hello.flow.js".into(),
        to: "flows/hello.flow.js".into(),
    };
    workspace.apply(&mut ids, &meta("Move the flow"), &[there])?;
    workspace.apply(&mut ids, &meta(""), &typed("bread\nmilk\neggs, typed\n"))?;
    println!("{}", workspace.history(None, 10)?[3].change);
    Ok(())
}
