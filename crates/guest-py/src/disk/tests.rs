//! The file system over a real sandbox.

use super::*;
use proptest::prelude::*;
use selvage_guest::Host;
use selvage_sandbox::files::hex;
use selvage_sandbox::{Sandbox, Step};
use selvage_tool::guest::{Answer, frame, unframe};
use selvage_tool::run::{Job, JobFile, RunReport};
use selvage_tool::{Grant, ToolResult};
use sha2::{Digest, Sha256};
use std::sync::Arc;

#[derive(Default)]
struct Native {
    blobs: BTreeMap<String, Arc<[u8]>>,
    logged: Vec<(LogLevel, String)>,
}

impl selvage_sandbox::Host for Native {
    fn now_ms(&mut self) -> f64 {
        0.0
    }
    fn wall_ms(&mut self) -> f64 {
        0.0
    }
    fn blob(&mut self, hash: &str) -> Option<Arc<[u8]>> {
        self.blobs.get(hash).cloned()
    }
    fn report(&mut self, report: RunReport) {
        if let RunReport::Logged { entries } = report {
            self.logged
                .extend(entries.into_iter().map(|entry| (entry.level, entry.text)));
        }
    }
}

struct World(RefCell<(Sandbox, Native)>);

impl Host for World {
    fn call(&self, call: &HostCall, body: &[u8]) -> ToolResult<(Value, Vec<u8>)> {
        let (sandbox, native) = &mut *self.0.borrow_mut();
        sandbox.call(&frame(call, body), native);
        let answer = sandbox.take();
        let (said, body) = unframe::<Answer>(&answer)?;
        match said {
            Answer::Ok(value) => Ok((value, body.to_vec())),
            Answer::Error(error) => Err(error),
        }
    }
    fn random(&self, _: &mut [u8]) {}
}

/// A disk over these files, with everything granted but writing below `kept/`.
fn disk(files: &[(&str, &str)]) -> (Disk, Rc<World>) {
    let mut native = Native::default();
    let mut listed = Vec::new();
    for (path, text) in files {
        let hash = hex(&Sha256::digest(text.as_bytes()));
        native.blobs.insert(hash.clone(), text.as_bytes().into());
        listed.push(JobFile {
            path: (*path).to_owned(),
            folder: false,
            size: text.len() as u64,
            hash,
            readable: true,
            mounted: false,
        });
        for (at, _) in path.match_indices('/') {
            listed.push(JobFile {
                path: path[..at].to_owned(),
                folder: true,
                size: 0,
                hash: String::new(),
                readable: true,
                mounted: false,
            });
        }
    }
    let grant = Grant {
        write: ["out/**", "data/**"].map(str::to_owned).to_vec(),
        ..Grant::workspace()
    };
    let job = Job {
        grant: grant.clone(),
        ceiling: grant,
        files: listed,
        ..Job::warm_up()
    };
    let sandbox = Sandbox::new(job, "", &mut native).expect("a job");
    let world = Rc::new(World(RefCell::new((sandbox, native))));
    (Disk::new(world.clone()), world)
}

const READS: Access = Access {
    reads: true,
    writes: false,
    appends: false,
    creates: false,
    exclusive: false,
    empties: false,
    folder: false,
};
const MAKES: Access = Access {
    reads: false,
    writes: true,
    creates: true,
    empties: true,
    ..READS
};

fn all(disk: &mut Disk, path: &str) -> Done<String> {
    let fd = disk.open(path, READS)?;
    let bytes = disk.read(fd, None, 1_000_000)?;
    disk.close(fd)?;
    Ok(String::from_utf8(bytes).expect("text"))
}

#[test]
fn what_is_written_is_read_by_others_at_once_and_lands_when_it_is_closed() {
    let (mut disk, world) = disk(&[("data/a.csv", "1,2\n")]);
    assert_eq!(all(&mut disk, "data/a.csv"), Ok("1,2\n".to_owned()));
    let fd = disk.open("out/b.txt", MAKES).expect("made");
    disk.write(fd, None, b"one ").expect("written");
    disk.write(fd, None, b"two").expect("written");
    assert_eq!(all(&mut disk, "./out//b.txt"), Ok("one two".to_owned()));
    assert_eq!(disk.stat("out/b.txt").expect("there").size, 7);
    disk.close(fd).expect("closed");
    assert_eq!(disk.close(fd), Err(Errno::BADF));
    disk.sync_all().expect("kept");
    let (value, _) = world
        .call(
            &HostCall::Stat {
                path: "out/b.txt".into(),
            },
            &[],
        )
        .expect("there");
    assert_eq!(value["size"], 7);
}

#[test]
fn places_in_a_file_are_those_of_posix() {
    let (mut disk, _) = disk(&[("data/a.txt", "0123456789")]);
    let both = Access {
        writes: true,
        ..READS
    };
    let fd = disk.open("data/a.txt", both).expect("open");
    assert_eq!(disk.seek(fd, -3, Whence::End), Ok(7));
    assert_eq!(disk.read(fd, None, 2), Ok(b"78".to_vec()));
    assert_eq!(disk.seek(fd, 1, Whence::Here), Ok(10));
    assert_eq!(disk.read(fd, None, 2), Ok(Vec::new()));
    assert_eq!(disk.read(fd, Some(1), 2), Ok(b"12".to_vec()));
    assert_eq!(disk.seek(fd, -11, Whence::End), Err(Errno::INVAL));
    disk.seek(fd, 12, Whence::Start).expect("beyond the end");
    disk.write(fd, None, b"x").expect("written");
    assert_eq!(
        all(&mut disk, "data/a.txt"),
        Ok("0123456789\0\0x".to_owned())
    );
    disk.set_size(fd, 4).expect("cut");
    let more = Access {
        appends: true,
        ..both
    };
    let end = disk.open("data/a.txt", more).expect("open");
    disk.write(end, None, b"end").expect("written");
    assert_eq!(all(&mut disk, "data/a.txt"), Ok("0123end".to_owned()));
    assert_eq!(disk.set_size(fd, FILE_BYTES_MAX + 1), Err(Errno::FBIG));
    disk.seek(fd, FILE_BYTES_MAX.cast_signed(), Whence::Start)
        .expect("a place");
    assert_eq!(disk.write(fd, None, b"x"), Err(Errno::FBIG));
    let reader = disk.open("data/a.txt", READS).expect("open");
    assert_eq!(disk.write(reader, None, b"x"), Err(Errno::BADF));
    assert_eq!(disk.seek(1, 0, Whence::Here), Err(Errno::SPIPE));
}

#[test]
fn folders_are_listed_made_moved_and_removed() {
    let (mut disk, _) = disk(&[("data/a/x.txt", "x"), ("data/b.txt", "b")]);
    let names = |disk: &mut Disk, path: &str| {
        let folder = Access {
            folder: true,
            ..READS
        };
        let fd = disk.open(path, folder).expect("a folder");
        let entries = disk.entries(fd).expect("listed");
        disk.close(fd).expect("closed");
        entries
            .into_iter()
            .map(|entry| entry.name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names(&mut disk, "data"), ". .. a b.txt");
    assert_eq!(disk.make_folder("data"), Err(Errno::EXIST));
    assert_eq!(disk.make_folder("data/none/below"), Err(Errno::NOENT));
    disk.make_folder("data/new").expect("made");
    disk.remove_folder("data/new").expect("removed");
    assert_eq!(disk.remove_folder("data/a"), Err(Errno::NOTEMPTY));
    assert_eq!(disk.remove_folder("data/b.txt"), Err(Errno::NOTDIR));
    assert_eq!(disk.remove_file("data/a"), Err(Errno::ISDIR));

    let open = disk
        .open(
            "data/a/x.txt",
            Access {
                writes: true,
                ..READS
            },
        )
        .expect("open");
    disk.write(open, None, b"y").expect("written");
    disk.rename("data/a", "data/c").expect("moved");
    assert_eq!(all(&mut disk, "data/c/x.txt"), Ok("y".to_owned()));
    assert_eq!(all(&mut disk, "data/a/x.txt"), Err(Errno::NOENT));
    disk.rename("data/b.txt", "data/c/x.txt")
        .expect("it takes the other's place");
    assert_eq!(all(&mut disk, "data/c/x.txt"), Ok("b".to_owned()));
    assert_eq!(
        disk.read(open, Some(0), 1),
        Ok(b"y".to_vec()),
        "who has it open keeps it"
    );
    disk.write(open, None, b"z").expect("into what is gone");
    disk.close(open).expect("closed");
    assert_eq!(all(&mut disk, "data/c/x.txt"), Ok("b".to_owned()));
}

#[test]
fn what_may_not_be_done_is_refused_where_it_is_asked_for() {
    let (mut disk, _) = disk(&[("kept/a.md", "a")]);
    assert_eq!(disk.open("kept/b.md", MAKES), Err(Errno::ACCES));
    let refusal = disk.take_refusal().expect("the host's words");
    assert_eq!(refusal.code, ErrorCode::PolicyDenied);
    assert_eq!(disk.remove_file("kept/a.md"), Err(Errno::ACCES));
    assert_eq!(disk.open("kept", MAKES), Err(Errno::ISDIR));
    assert_eq!(disk.open("none", READS), Err(Errno::NOENT));
    assert_eq!(
        disk.open(
            "kept/a.md",
            Access {
                folder: true,
                ..READS
            }
        ),
        Err(Errno::NOTDIR)
    );
    let exclusive = Access {
        exclusive: true,
        ..MAKES
    };
    assert_eq!(disk.open("kept/a.md", exclusive), Err(Errno::EXIST));
    assert_eq!(disk.open("a\0b", READS), Err(Errno::INVAL));
    let up = all(&mut disk, "../../kept/../kept/a.md");
    assert_eq!(up, Ok("a".to_owned()), "above the root is the root");
}

#[test]
fn only_so_many_files_are_open_at_a_time() {
    let (mut disk, _) = disk(&[("a.txt", "a")]);
    let open: Vec<u32> = (0..OPEN_MAX)
        .map(|_| disk.open("a.txt", READS).expect("open"))
        .collect();
    assert_eq!(disk.open("a.txt", READS), Err(Errno::MFILE));
    disk.close(open[7]).expect("closed");
    assert_eq!(disk.open("a.txt", READS), Ok(open[7]));
}

#[test]
fn a_line_is_an_entry_and_a_long_one_is_several() {
    let (mut disk, world) = disk(&[]);
    for part in ["one", " line\n", "\n", "two\nthree\nand"] {
        disk.write(1, None, part.as_bytes()).expect("told");
    }
    disk.write(2, None, b"bad\n").expect("told");
    let long = "x".repeat(LINE_BYTES_MAX + 1);
    disk.write(2, None, long.as_bytes()).expect("told");
    disk.sync_all().expect("kept");
    let logged = &world.0.borrow().1.logged;
    let short: Vec<_> = logged.iter().filter(|(_, text)| text.len() < 20).collect();
    let info = |text: &str| (LogLevel::Info, text.to_owned());
    let error = |text: &str| (LogLevel::Error, text.to_owned());
    assert_eq!(
        short,
        [
            &info("one line"),
            &info(""),
            &info("two"),
            &info("three"),
            &error("bad"),
            &info("and"),
            &error("x")
        ]
    );
    assert!(logged.contains(&error(&long[1..])));
}

proptest! {
    #[test]
    fn a_file_is_what_the_same_writes_make_of_a_vector(writes in prop::collection::vec((0_usize..64, prop::collection::vec(any::<u8>(), 0..16)), 0..24)) {
        let (mut disk, world) = disk(&[]);
        let fd = disk.open("out/a", MAKES).expect("made");
        let mut model: Vec<u8> = Vec::new();
        for (at, bytes) in &writes {
            disk.write(fd, Some(*at as u64), bytes).expect("written");
            if bytes.is_empty() {
                continue;
            }
            model.resize(model.len().max(at + bytes.len()), 0);
            model[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        disk.close(fd).expect("closed");
        let (_, kept) = world.call(&HostCall::Read { path: "out/a".into() }, &[]).expect("there");
        prop_assert_eq!(kept, model);
    }
}

#[test]
fn nothing_lands_of_a_file_that_was_only_read() {
    let (mut disk, world) = disk(&[("data/a.txt", "a")]);
    all(&mut disk, "data/a.txt").expect("read");
    disk.sync_all().expect("kept");
    let (sandbox, native) = &mut *world.0.borrow_mut();
    let Step::Finished(outcome, _) = sandbox.end(native) else {
        panic!("it does not end");
    };
    assert!(outcome.ops.is_empty(), "{:?}", outcome.ops);
}
