//! Makes the golden files of the current format: one with all in the database and its checksums, one with
//! all in the journal, and a database with contents of every kind, one that came again after it was damaged, one
//! that is not whole and one that was thinned out:
//! `cargo run -p selvage-vfs --example golden -- <database> <sums> <journal> <database> <sums>`.
//!
//! Run it once for a new format version, and keep the files of the older ones.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a host: it may write a file"
)]

use selvage_vfs::storage::{
    Arrival, Batch, JournaledStorage, PIECE_BYTES, RedbStorage, Storage,
    backends::{FileBackend, InMemoryBackend},
};
use selvage_vfs::{Hash, Meta, Op, Origin, OriginKind, Workspace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = |place| {
        let path = std::env::args().nth(place).ok_or("which files?")?;
        let mut options = std::fs::File::options();
        options.read(true).write(true).create_new(true);
        Ok::<_, Box<dyn std::error::Error>>(FileBackend::new(options.open(path)?)?)
    };
    tell(Box::new(RedbStorage::open(file(1)?, file(2)?)?))?;
    let (database, sums) = (InMemoryBackend::new(), InMemoryBackend::new());
    tell(Box::new(JournaledStorage::open(database, sums, file(3)?)?))?;
    RedbStorage::open(file(4)?, file(5)?)?;
    let path = |place| std::env::args().nth(place).ok_or("which files?");
    contents(&path(4)?, &path(5)?)
}

/// A content of a file that is not text.
fn noise(seed: u32, bytes: u32) -> Vec<u8> {
    let number = |n: u32| (n ^ seed).wrapping_mul(2_654_435_761) >> 24;
    (0..bytes).map(|n| number(n) as u8).collect()
}

fn contents(database: &str, sums: &str) -> Result<(), Box<dyn std::error::Error>> {
    let open = || -> Result<RedbStorage, Box<dyn std::error::Error>> {
        let file = |path| {
            let mut options = std::fs::File::options();
            Ok::<_, Box<dyn std::error::Error>>(FileBackend::new(
                options.read(true).write(true).open(path)?,
            )?)
        };
        Ok(RedbStorage::open(file(database)?, file(sums)?)?)
    };
    let meta = Meta::new(
        1_700_000_000_000,
        Origin::new(OriginKind::Person, "Ada"),
        "Write",
    );
    let mut count = 0u128;
    let mut ids = || {
        count += 1;
        count << 64 | 1
    };
    let mut workspace = Workspace::open(Box::new(open()?), [1; 16])?;
    let (again, old) = (noise(1, 20_000), noise(2, 500));
    for (path, bytes) in [
        ("again.bin", &again),
        ("old.bin", &old),
        ("old.bin", &noise(3, 500)),
    ] {
        workspace.apply(&mut ids, &meta, &[Op::write(path, bytes.clone())])?;
    }
    drop(workspace);
    open()?.commit(Batch {
        arrivals: vec![Arrival::Thinned {
            hash: Hash::of(&old),
            at_ms: 1_710_000_000_000,
        }],
        ..Batch::default()
    })?;

    // One bit of it goes bad, and a healthy copy comes.
    let mut bytes = std::fs::read(database)?;
    let mut places = bytes.windows(64).enumerate();
    let place = places.find(|(_, window)| *window == &again[5_000..5_064]);
    let (place, _) = place.ok_or("the content is not stored")?;
    bytes[place] ^= 1;
    std::fs::write(database, bytes)?;
    let mut workspace = Workspace::open(Box::new(open()?), [1; 16])?;
    let hash = Hash::of(&again);
    workspace.read_hash(&hash).expect_err("is damaged");
    workspace.begin_content(&hash, again.len() as u64)?;
    workspace.add_content(&hash, 0, &again)?;
    drop(workspace);

    let mut storage = open()?;
    let coming = noise(4, PIECE_BYTES as u32 + 1_000);
    storage.commit(Batch {
        arrivals: vec![Arrival::Pieces {
            hash: Hash::of(&coming),
            size: coming.len() as u64,
            first: 0,
            bytes: coming[..PIECE_BYTES].into(),
        }],
        ..Batch::default()
    })?;
    Ok(())
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
