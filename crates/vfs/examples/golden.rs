//! Makes the golden files of the current format, one with all in the database and its checksums, and one with
//! all in the journal:
//! `cargo run -p selvage-vfs --example golden -- <database> <sums> <journal>`.
//!
//! Run it once for a new format version, and keep the files of the older ones.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a host: it may write a file"
)]

use selvage_vfs::storage::{
    JournaledStorage, RedbStorage, Storage,
    backends::{FileBackend, InMemoryBackend},
};
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = |place| {
        let path = std::env::args().nth(place).ok_or("which files?")?;
        let mut options = std::fs::File::options();
        options.read(true).write(true).create_new(true);
        Ok::<_, Box<dyn std::error::Error>>(FileBackend::new(options.open(path)?)?)
    };
    tell(Box::new(RedbStorage::open(file(1)?, file(2)?)?))?;
    let (database, sums) = (InMemoryBackend::new(), InMemoryBackend::new());
    tell(Box::new(JournaledStorage::open(database, sums, file(3)?)?))
}

fn tell(storage: Box<dyn Storage>) -> Result<(), Box<dyn std::error::Error>> {
    let mut workspace = Workspace::open(storage, [1; 16])?;
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
