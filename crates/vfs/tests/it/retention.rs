//! Retention: what is thinned out of the past, and what never is.

use crate::disk::Disk;
use crate::world::{Place, World, mv, on_every_storage, rm};
use selvage_vfs::{Hash, Heads, Meta, Op, Origin, OriginKind, Thinned, VfsError};

mod thinned;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const DAYS: u32 = 90;

impl World {
    /// Lets days pass.
    fn wait(&mut self, days: u64) {
        self.now_ms += days * DAY_MS;
    }

    /// One pass, if one is due.
    fn thin(&mut self, days: u32, pins: &[Heads]) -> Thinned {
        let begun = self.workspace.thinning(self.now_ms, days);
        let Some(mut pass) = begun.expect("begins") else {
            return Thinned::default();
        };
        let mut pins = pins.iter();
        loop {
            let mut pinned = |_: &_| pins.next().map(|heads| vec![heads.clone()]);
            let done = pass.step(&mut self.workspace, &mut pinned).expect("works");
            if done.is_done {
                return done;
            }
        }
    }

    /// A pass over all that is here now: the note first, a day later the rest.
    fn thin_all(&mut self, pins: &[Heads]) -> Thinned {
        self.thin(DAYS, pins);
        self.wait(1);
        self.thin(DAYS, pins)
    }

    /// So many versions of a binary file, some hours apart. They are not to be undone.
    fn versions(&mut self, path: &str, count: u8, hours: u64) -> Vec<Heads> {
        let write = |number| {
            self.now_ms += hours * HOUR_MS;
            self.note(path, &[0, number])
        };
        (0..count).map(write).collect()
    }

    /// Writes a file as Selvage itself does, which nobody can undo.
    fn note(&mut self, path: &str, content: &[u8]) -> Heads {
        let meta = Meta::new(
            self.now_ms,
            Origin::new(OriginKind::System, "notes"),
            "Note",
        );
        let Self { workspace, rng, .. } = self;
        let ops = [Op::write(path, content)];
        let change = workspace.apply(&mut || rng.id(), &meta, &ops);
        change.expect("fits").heads
    }

    fn is_here(&self, content: &[u8]) -> bool {
        match self.workspace.read_hash(&Hash::of(content)) {
            Ok(bytes) => bytes == content,
            Err(VfsError::Thinned { hash, at_ms }) => {
                assert_eq!(hash, Hash::of(content));
                assert!(at_ms <= self.now_ms);
                false
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn r1_everything_of_the_last_days_stays_and_then_the_last_version_of_each_day() {
    on_every_storage(|world| {
        // One version every six hours, for four months.
        let count = 4 * 120;
        let content = |number: usize| format!("\0{number}").into_bytes();
        let mut days = Vec::new();
        for number in 0..count {
            world.now_ms += 6 * HOUR_MS;
            world.note("a.bin", &content(number));
            days.push(world.now_ms);
        }
        assert_eq!(
            world.thin(DAYS, &[]).contents,
            0,
            "the first look only notes"
        );
        world.wait(1);
        let done = world.thin(DAYS, &[]);
        let old_ms = world.now_ms - u64::from(DAYS) * DAY_MS;
        let (mut gone, mut bytes) = (0, 0);
        for number in 0..count {
            let is_last = days
                .get(number + 1)
                .is_none_or(|next| next / DAY_MS > days[number] / DAY_MS);
            // What was shown at the beginning of the last days is one of them.
            let next = days.get(number + 1).copied().unwrap_or(u64::MAX);
            let is_kept = is_last || next >= old_ms;
            assert_eq!(world.is_here(&content(number)), is_kept, "{number}");
            if !is_kept {
                (gone, bytes) = (gone + 1, bytes + content(number).len() as u64);
            }
        }
        assert!(gone > 80);
        assert_eq!((done.contents, done.bytes), (gone, bytes));
        // What is gone stays gone, and is counted once.
        world.reopen();
        assert_eq!(world.thin(DAYS, &[]).contents, 0);
        world.wait(1);
        assert!(world.thin(DAYS, &[]).contents <= 4, "one more day is old");
        assert!(!world.is_here(&content(0)));
        assert_eq!(world.read("a.bin").as_bytes(), content(count - 1));
    });
}

#[test]
fn r2_nothing_goes_that_was_not_known_for_a_day_and_zero_days_keep_everything() {
    let mut world = World::memory();
    world.versions("a.bin", 10, 1);
    world.wait(300);
    assert_eq!(world.thin(0, &[]), Thinned::default());
    world.wait(2);
    assert_eq!(world.thin(0, &[]), Thinned::default());
    // The first look notes, an early one does nothing, and a clock that was set back begins anew.
    assert_eq!(world.thin(DAYS, &[]), Thinned::default());
    world.now_ms += DAY_MS - 1;
    assert_eq!(world.thin(DAYS, &[]), Thinned::default());
    world.now_ms -= 30 * DAY_MS;
    assert_eq!(world.thin(DAYS, &[]), Thinned::default());
    world.now_ms += DAY_MS - 1;
    assert_eq!(world.thin(DAYS, &[]), Thinned::default());
    assert!(world.is_here(&[0, 0]));
    world.now_ms += 1;
    assert!(world.thin(DAYS, &[]).contents > 0);
    assert!(!world.is_here(&[0, 5]));
}

#[test]
fn r2_what_comes_today_with_an_old_date_stays_for_a_day() {
    let mut world = World::memory();
    world.thin(DAYS, &[]);
    let now = world.now_ms;
    world.now_ms -= 300 * DAY_MS;
    world.versions("a.bin", 3, 0);
    world.now_ms = now + DAY_MS;
    assert_eq!(world.thin(DAYS, &[]).contents, 0);
    assert!(world.is_here(&[0, 0]));
    world.wait(1);
    assert_eq!(world.thin(DAYS, &[]).contents, 2);
}

#[test]
fn r2_a_slow_clock_makes_nothing_older_than_what_it_follows_and_a_fast_one_nothing_younger() {
    let mut world = World::memory();
    world.write("a.bin", [0, 200]);
    let now = world.now_ms;
    // A replica whose battery is empty writes with a clock of years ago.
    world.now_ms = 1_000_000_000_000;
    world.versions("a.bin", 5, 1);
    world.now_ms = now;
    world.thin_all(&[]);
    for number in 0..5 {
        assert!(
            world.is_here(&[0, number]),
            "{number} is a day old, whatever it says"
        );
    }
    // Another one is years ahead. What comes later is not as young as it says.
    world.now_ms = now + 4_000 * DAY_MS;
    world.write("b.bin", [0, 201]);
    world.now_ms = now + DAY_MS;
    world.versions("a.bin", 5, 1);
    world.wait(200);
    world.thin_all(&[]);
    assert!(!world.is_here(&[0, 1]));
}

#[test]
fn r3_what_is_shown_deleted_apart_undoable_or_pinned_stays() {
    on_every_storage(|world| {
        let heads = world.versions("a.bin", 6, 0);
        world.write("gone.bin", [1, 0]);
        world.apply("", &[rm("gone.bin")]);
        world.write("moved.bin", [2, 0]);
        world.apply("", &[mv("moved.bin", "d/moved.bin")]);
        for number in 0..3 {
            world.write("b.bin", [0, number]);
        }
        world.wait(u64::from(DAYS) + 10);
        world.thin_all(&[heads[3].clone()]);
        let here: Vec<bool> = (0..6).map(|number| world.is_here(&[0, number])).collect();
        // The contents of `b.bin` are equal to the first three of `a.bin`, and can be undone; the
        // fourth is pinned.
        assert_eq!(here, [true, true, true, true, false, true]);
        assert!(world.is_here(&[1, 0]) && world.is_here(&[2, 0]));
        for _ in 0..2 {
            world.undo().expect("can be undone");
        }
        assert_eq!(world.read("b.bin"), "\0\0");
        let past = world.workspace.at(&heads[3]).expect("opens");
        for entry in past.entries().iter().filter(|entry| !entry.is_folder()) {
            let hash = entry.hash.expect("a file");
            world.workspace.read_hash(&hash).expect("pinned");
        }
    });
}

#[test]
fn r4_what_a_live_text_begins_with_stays() {
    on_every_storage(|world| {
        for number in 0..200 {
            world.note("a.md", format!("line {number}\n").as_bytes());
        }
        world.wait(u64::from(DAYS) + 10);
        assert_eq!(world.thin_all(&[]).contents, 136);
        let first_kept = 200 - 2 * selvage_vfs::limits::LINEAGE_SEALS_MAX;
        for number in 0..200 {
            let is_here = world.is_here(format!("line {number}\n").as_bytes());
            assert_eq!(is_here, number >= first_kept, "{number}");
        }
        world.draft("a.md", "line 199\ntyped\n");
        world.seal();
        world.reopen();
        assert_eq!(world.read("a.md"), "line 199\ntyped\n");
    });
}

#[test]
fn r6_what_is_written_while_a_pass_goes_on_stays() {
    on_every_storage(|world| {
        world.versions("a.bin", 200, 0);
        world.write("b.bin", [7, 7]);
        world.wait(u64::from(DAYS) + 10);
        world.thin(DAYS, &[]);
        world.wait(1);
        let begun = world.workspace.thinning(world.now_ms, DAYS);
        let mut pass = begun.expect("begins").expect("is due");
        let mut is_named = false;
        loop {
            let done = pass
                .step(&mut world.workspace, &mut |_| None)
                .expect("works");
            if done.is_done {
                break;
            }
            if done.contents == 0 && !is_named {
                // It comes back, and goes again, before the pass is over.
                for number in 0..199 {
                    world.write("c.bin", [0, number]);
                }
                world.write("c.bin", [1]);
                is_named = true;
            }
        }
        for number in 0..200 {
            assert!(world.is_here(&[0, number]), "{number}");
        }
    });
}

#[test]
fn r1_the_place_that_contents_took_is_used_again() {
    let disk = Disk::new();
    let mut world = World::on(Place::Disk(disk.clone()));
    let mut number = 0u32;
    let fill = |world: &mut World, number: &mut u32| {
        for _ in 0..100 {
            *number += 1;
            let noise: Vec<u8> = (0..10_000u32)
                .flat_map(|n| (n ^ *number).wrapping_mul(2_654_435_761).to_le_bytes())
                .collect();
            world.note("a.bin", &noise);
        }
        world.wait(u64::from(DAYS) + 10);
    };
    fill(&mut world, &mut number);
    let full = disk.file(0).bytes().len();
    for _ in 0..3 {
        world.thin_all(&[]);
        fill(&mut world, &mut number);
    }
    let now = disk.file(0).bytes().len();
    assert!(
        now < full + full / 2,
        "{full} bytes after one round, {now} after four"
    );
}

#[test]
fn r1_whatever_was_shown_in_the_last_days_stays_however_old_it_is() {
    on_every_storage(|world| {
        let old = world.versions("a.bin", 3, 0)[2].clone();
        world.wait(u64::from(DAYS) + 50);
        // It is written over today, and another one of that day was before it.
        let before = world.workspace.heads();
        world.note("a.bin", &[0, 3]);
        world.note("a.bin", &[0, 4]);
        world.thin_all(&[]);
        assert_eq!(before, old);
        let here: Vec<bool> = (0..5).map(|number| world.is_here(&[0, number])).collect();
        assert_eq!(here, [false, false, true, true, true]);
    });
}
