//! A folder in which somebody, or something, is up to no good; and what is larger than usual.

use crate::world::{Held, Kept, World};
use selvage_mirror::{
    CHANGE_HELD_BYTES_MAX, Disk, FILE_HELD_BYTES_MAX, Item, Kind, MIRRORED_MAX, Mirror,
    MirrorError, Options, Put, RULES_BYTES_MAX, Stamp,
};
use selvage_vfs::Op;
use selvage_vfs::limits::FILE_BYTES_MAX;
use std::io::{self, Read};

#[cfg(unix)]
#[test]
fn nothing_is_read_or_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("secret.txt"), "secret").expect("written");
    let mut world = World::with(&[("a/x.txt", "x\n"), ("b.txt", "b\n"), ("c.txt", "c\n")]);
    symlink(outside.path(), world.at("out")).expect("linked");
    symlink(outside.path().join("secret.txt"), world.at("link.txt")).expect("linked");
    // What was mirrored becomes a link, to outside and to git's own.
    std::fs::rename(world.at("a"), outside.path().join("a")).expect("moved");
    symlink(outside.path().join("a"), world.at("a")).expect("linked");
    world.remove("b.txt");
    symlink(outside.path().join("secret.txt"), world.at("b.txt")).expect("linked");
    let report = world.pass();
    assert_eq!(report.left.len(), 4, "{report:?}");
    assert!(world.texts().values().flatten().all(|it| it != b"secret"));
    assert_eq!(
        (&*world.text("a/x.txt"), &*world.text("b.txt")),
        ("x\n", "b\n")
    );
    // And what others write there goes nowhere.
    world.op_write("a/x.txt", "changed\n");
    world.op_write("a/new.txt", "new\n");
    world.op_write("b.txt", "changed\n");
    world.op_write("out/new.txt", "new\n");
    world.op_write("link.txt", "new\n");
    world.op(Op::Remove {
        path: "c.txt".into(),
    });
    world.pass();
    let read = |path: &str| std::fs::read_to_string(outside.path().join(path)).ok();
    assert_eq!(read("secret.txt").as_deref(), Some("secret"));
    assert_eq!(read("a/x.txt").as_deref(), Some("x\n"));
    assert_eq!((read("a/new.txt"), read("new.txt")), (None, None));
    assert!(!world.at("c.txt").exists(), "the rest goes on");
}

#[cfg(unix)]
#[test]
fn what_can_not_be_mirrored_is_left_alone_and_told() {
    use std::os::unix::ffi::OsStrExt;
    let mut world = World::with(&[("Readme.md", "r\n")]);
    world.write("readme.md", "another\n");
    world.write("aux", "a device on Windows\n");
    world.write("dot.", "ends in a dot\n");
    let name = std::ffi::OsStr::from_bytes(b"no\xfftext");
    std::fs::write(world.root().join(name), "x").expect("written");
    let pipe = world.at("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    let report = world.pass();
    assert_eq!(report.left.len(), 5, "{report:?}");
    assert_eq!(world.texts().len(), 1);
    assert_eq!(world.file("readme.md"), "another\n");
    // A name of the workspace that the folder has in another case.
    world.op_write("Notes.md", "workspace\n");
    world.write("notes.md", "folder\n");
    let report = world.pass();
    assert_eq!(report.left.len(), 6, "{report:?}");
    assert_eq!(
        (&*world.text("Notes.md"), &*world.file("notes.md")),
        ("workspace\n", "folder\n")
    );
}

#[test]
fn what_is_ignored_is_ignored_on_both_sides() {
    let mut world = World::new();
    world.write(".gitignore", "out/\n*.log\n");
    world.write("out/a.txt", "a\n");
    world.write("b.log", "b\n");
    world.write("src/node_modules/x.js", "x\n");
    world.write(".git/config", "[core]\n");
    world.write("c.txt", "c\n");
    world.op_write("out/there.txt", "t\n");
    world.op_write(".git/hooks/post-checkout", "evil\n");
    world.op_write("sub/.GIT/hooks/post-checkout", "evil\n");
    world.options.from = Some(selvage_mirror::From::Both);
    world.pass();
    assert!(!world.at("out/there.txt").exists());
    assert!(!world.at(".git/hooks").exists() && !world.at("sub/.GIT").exists());
    for path in [
        "out/a.txt",
        "b.log",
        "src/node_modules/x.js",
        ".git/config",
        "src",
    ] {
        assert!(world.held.workspace.stat(path).is_err(), "{path}");
    }
    assert_eq!(
        (&*world.text("c.txt"), &*world.text(".gitignore")),
        ("c\n", "out/\n*.log\n")
    );
    // A file that is ignored from now on is gone from neither side.
    world.write(".gitignore", "out/\n*.log\nc.txt\n");
    let report = world.pass();
    assert_eq!(report.to_workspace.len(), 1, "{report:?}");
    assert_eq!(
        (&*world.text("c.txt"), &*world.file("c.txt")),
        ("c\n", "c\n")
    );
    // A folder that holds nothing but what is ignored goes in the workspace alone.
    world.write("src/main.js", "m\n");
    world.pass();
    world.op(Op::Remove { path: "src".into() });
    world.pass();
    world.pass();
    assert!(world.at("src/node_modules/x.js").exists() && !world.at("src/main.js").exists());
    assert!(world.held.workspace.stat("src").is_err());
    // Rules that are too long to follow are told.
    world.write("long/.gitignore", "x\n".repeat(RULES_BYTES_MAX as usize));
    let report = world.pass();
    assert_eq!(report.left.len(), 1, "{report:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_can_not_be_read_is_not_gone_and_a_file_keeps_its_rights() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |at: &std::path::Path| {
        let metadata = std::fs::metadata(at).expect("there");
        metadata.permissions().mode() & 0o777
    };
    let mut world = World::with(&[("run.sh", "#!/bin/sh\n"), ("shut/a.txt", "a\n")]);
    let set = |at: &std::path::Path, mode| {
        std::fs::set_permissions(at, std::fs::Permissions::from_mode(mode)).expect("set");
    };
    set(&world.at("run.sh"), 0o751);
    world.op_write("run.sh", "#!/bin/sh\ntrue\n");
    world.quiet();
    assert_eq!(mode(&world.at("run.sh")), 0o751);
    set(&world.at("shut"), 0);
    // Whoever may read everything sees no difference.
    if std::fs::read_dir(world.at("shut")).is_err() {
        let report = world.pass();
        assert_eq!(report.left.len(), 1, "{report:?}");
        assert_eq!(world.text("shut/a.txt"), "a\n");
    }
    set(&world.at("shut"), 0o755);
}

#[test]
fn large_files_come_and_go_piece_by_piece() {
    let large = |byte: u8, len: u64| vec![byte; usize::try_from(len).expect("fits")];
    let mut world = World::new();
    world.write("large.bin", large(0, FILE_HELD_BYTES_MAX + 7));
    // Together they are more than one change holds.
    let count = CHANGE_HELD_BYTES_MAX / FILE_HELD_BYTES_MAX + 2;
    for number in 0..count {
        let mut bytes = large(1, FILE_HELD_BYTES_MAX - 8);
        bytes.extend(number.to_le_bytes());
        world.write(&format!("many/{number}"), bytes);
    }
    world.quiet();
    assert_eq!(world.texts().len() as u64, count + 2);
    world.op_write("large.bin", large(2, 3 * FILE_HELD_BYTES_MAX));
    world.quiet();
    // Moved and joined with nothing: both versions stay.
    world.write("large.bin", large(3, FILE_HELD_BYTES_MAX + 1));
    world.op_write("large.bin", large(4, FILE_HELD_BYTES_MAX + 2));
    let report = world.quiet();
    assert_eq!(report.conflicts.len(), 1);
}

#[test]
fn what_a_dead_pass_left_is_put_away_and_what_may_be_the_only_copy_is_given_back() {
    let mut world = World::with(&[("a.txt", "a\n")]);
    world.write(".selvage-mirror.test.part.7", "half of so");
    world.write(".selvage-mirror.test.swap.8", "a\n");
    world.write(".selvage-mirror.test.swap.9", "nobody else has this\n");
    world.write(".selvage-mirror.other.part.1", "of another mirror");
    let report = world.pass();
    let [conflict] = &report.conflicts[..] else {
        panic!("{report:?}");
    };
    assert_eq!(world.file(&conflict.copy), "nobody else has this\n");
    world.pass();
    assert_eq!(world.text(&conflict.copy), "nobody else has this\n");
    assert!(world.at(".selvage-mirror.other.part.1").exists());
    let own = world.files().into_keys();
    assert_eq!(
        own.filter(|it| it.starts_with(".selvage-mirror.test"))
            .count(),
        0
    );
}

#[test]
fn a_file_that_the_workspace_refuses_keeps_no_other_one_out() {
    let mut world = World::new();
    for number in 0..20 {
        world.write(&format!("{number}.txt"), "x\n");
    }
    world.quiet();
    for number in 0..20 {
        world.write(&format!("{number}.txt"), "y\n");
    }
    world.held.refuses = Some("7.txt".into());
    let report = world.pass();
    assert_eq!(report.left.len(), 1, "{report:?}");
    assert_eq!(
        (&*world.text("6.txt"), &*world.text("7.txt")),
        ("y\n", "x\n")
    );
    assert_eq!(world.text("19.txt"), "y\n");
    world.held.refuses = None;
    world.quiet();
    assert_eq!(world.text("7.txt"), "y\n");
}

/// A folder that holds so many empty folders, and can do nothing else.
struct Crowd(usize);

impl Disk for Crowd {
    fn list(&mut self, folder: &str) -> io::Result<Vec<Item>> {
        let stamp = Stamp {
            size: 0,
            modified_ns: 0,
            changed_ns: 0,
            inode: 0,
        };
        let items = (0..self.0).map(|number| Item {
            name: number.to_string().into(),
            kind: Kind::Folder,
            stamp,
        });
        Ok(if folder.is_empty() {
            items.collect()
        } else {
            Vec::new()
        })
    }

    fn stat(&mut self, _: &str) -> io::Result<Option<Item>> {
        Ok(None)
    }

    fn open(&mut self, _: &str) -> io::Result<Box<dyn Read + '_>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn put(&mut self, _: &str, _: Option<&Stamp>, _: &mut dyn Read) -> io::Result<Put> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn rename(&mut self, _: &str, _: &str, _: &Stamp) -> io::Result<Put> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove(&mut self, _: &str, _: &Stamp) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn make_folder(&mut self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove_folder(&mut self, _: &str) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn is_own(&self, _: &str) -> Option<bool> {
        None
    }
}

#[test]
fn there_is_an_end_to_how_much_is_mirrored() {
    let look = |count: usize| {
        let options = Options::default();
        let mut mirror = Mirror::open(Crowd(count), Kept::default(), options).expect("opens");
        mirror.look(&mut Held::new(), 1, &mut |_| {})
    };
    assert_eq!(
        look(MIRRORED_MAX).expect("fits").to_workspace.len(),
        MIRRORED_MAX
    );
    assert!(matches!(
        look(MIRRORED_MAX + 1),
        Err(MirrorError::TooMany { .. })
    ));
    let mut world = World::with(&[("a.txt", "a\n")]);
    let file = std::fs::File::create(world.at("large")).expect("made");
    file.set_len(FILE_BYTES_MAX as u64 + 1).expect("sparse");
    let report = world.pass();
    assert!(report.left[0].why.contains("larger"), "{report:?}");
    assert_eq!(world.texts().len(), 1);
}
