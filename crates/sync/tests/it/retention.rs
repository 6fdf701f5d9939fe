//! Replicas that keep different parts of the past.

use crate::world::{Replica, talk};
use selvage_sync::Mail;
use selvage_vfs::{Hash, Heads, Op, OriginKind, VfsError};

const DAY_MS: u64 = 24 * 3_600_000;

/// A replica with versions of a small file, of a large one and of a text, on one day.
fn old() -> Replica {
    let mut a = Replica::new(1);
    a.clock_ms = 1_700_000_000_000;
    for number in 0..100u8 {
        let ops = [
            Op::write("small.bin", [0, number]),
            Op::write("large.bin", large_bytes(number)),
            Op::write("text.md", format!("version {number}\n")),
        ];
        a.apply(OriginKind::System, "Write", &ops).expect("fits");
    }
    a
}

fn large_bytes(number: u8) -> Vec<u8> {
    [&[0], &[number; 100_000][..]].concat()
}

fn large(number: u8) -> Hash {
    Hash::of(&large_bytes(number))
}

/// Lets a hundred days pass, and thins the past out.
fn thin(a: &mut Replica, pins: &[Heads]) -> u64 {
    a.clock_ms += 100 * DAY_MS;
    look(a, 30, pins)
}

/// Looks twice at the past, of which so many days are kept: the first look may only note what is there.
fn look(a: &mut Replica, days: u32, pins: &[Heads]) -> u64 {
    let (mut pins, mut contents) = (pins.iter(), 0);
    for _ in 0..2 {
        a.clock_ms += DAY_MS;
        let begun = a.workspace.thinning(a.clock_ms, days).expect("begins");
        let Some(mut pass) = begun else { continue };
        loop {
            let mut pinned = |_: &_| pins.next().map(|heads| vec![heads.clone()]);
            let done = pass.step(&mut a.workspace, &mut pinned).expect("works");
            contents = done.contents;
            if done.is_done {
                break;
            }
        }
    }
    contents
}

#[test]
fn a_clone_of_a_thinned_replica_is_equal_and_asks_for_nothing_that_is_gone() {
    let (mut a, mut b) = (old(), Replica::new(2));
    assert!(thin(&mut a, &[]) > 200);
    let bytes = talk(&mut a, &mut b);
    assert!(bytes[0] < 1_000, "it asks for one content: {bytes:?}");
    assert_eq!(a.workspace.digest(), b.workspace.digest());
    assert_eq!(a.workspace.list("", true), b.workspace.list("", true));
    for entry in a.workspace.list("", true).expect("lists") {
        assert_eq!(a.workspace.read(&entry.path), b.workspace.read(&entry.path));
    }
    let gone = b.workspace.read_hash(&large(3));
    assert!(matches!(gone, Err(VfsError::Thinned { .. })), "{gone:?}");
    assert_eq!(gone, a.workspace.read_hash(&large(3)));
    // What a text would begin with is there on both, so what is typed apart stands on one ground.
    for (replica, word) in [(&mut a, "one\n"), (&mut b, "two\n")] {
        let text = replica.text("text.md") + word;
        replica.write(&[crate::world::draft("text.md", &text)]);
    }
    talk(&mut a, &mut b);
    let text = a.text("text.md");
    assert_eq!(text, b.text("text.md"));
    assert_eq!(text.matches("version 99").count(), 1, "{text}");
    b.reopen();
    let bytes = talk(&mut a, &mut b);
    assert!(bytes[0] + bytes[1] <= 128, "{bytes:?}");
}

#[test]
fn a_clone_by_mail_of_a_thinned_replica_is_equal() {
    let (mut a, mut b) = (old(), Replica::new(2));
    thin(&mut a, &[]);
    let (mut out, mut back) = (Mail::default(), Mail::default());
    while let Some(parcel) = out.next(&a.workspace).expect("fits") {
        let (_, reason) = back.take(&mut b.workspace, &parcel.bytes).expect("works");
        assert_eq!(reason, None);
    }
    assert_eq!(a.workspace.digest(), b.workspace.digest());
    assert!(back.is_whole());
    assert_eq!(
        back.next(&b.workspace).expect("fits"),
        None,
        "nothing goes back"
    );
}

#[test]
fn replicas_that_keep_different_things_do_not_refill_each_other() {
    let (mut a, mut b) = (old(), Replica::new(2));
    talk(&mut a, &mut b);
    assert!(thin(&mut a, &[]) > 200);
    for _ in 0..3 {
        let bytes = talk(&mut a, &mut b);
        assert!(bytes[0] + bytes[1] <= 128, "{bytes:?}");
    }
    assert_eq!(a.workspace.has_content(&large(3)), Ok(false));
    assert_eq!(b.workspace.has_content(&large(3)), Ok(true));
}

#[test]
fn what_a_run_refers_to_and_is_gone_comes_back_from_a_replica_that_has_it() {
    let (mut a, mut b) = (old(), Replica::new(2));
    talk(&mut a, &mut b);
    thin(&mut a, &[]);
    let history = a.workspace.history(None, 200).expect("reads");
    let heads = history[60].heads.clone();
    assert!(a.workspace.has_content(&large(39)) == Ok(false));
    // The record of the run comes later; the next look finds it.
    thin(&mut a, std::slice::from_ref(&heads));
    talk(&mut a, &mut b);
    for entry in a.workspace.at(&heads).expect("known").entries() {
        a.workspace
            .read_hash(&entry.hash.expect("a file"))
            .expect("came back");
    }
    assert_eq!(a.workspace.has_content(&large(3)), Ok(false));
    assert_eq!(a.workspace.wanted_contents(), []);
}

#[test]
fn what_a_run_refers_to_comes_back_also_to_a_replica_that_would_have_kept_it() {
    let (mut a, mut b) = (old(), Replica::new(2));
    talk(&mut a, &mut b);
    let history = a.workspace.history(None, 200).expect("reads");
    let heads = history[60].heads.clone();
    thin(&mut a, &[]);
    // A new one keeps more than the replica that it has everything from.
    let mut c = Replica::new(3);
    talk(&mut a, &mut c);
    c.clock_ms = a.clock_ms;
    assert_eq!(c.workspace.has_content(&large(39)), Ok(false));
    assert_eq!(look(&mut c, 365, &[heads]), 0, "all of it is young there");
    talk(&mut b, &mut c);
    assert_eq!(c.workspace.has_content(&large(39)), Ok(true));
}

#[test]
fn what_is_young_here_comes_back_though_it_was_gone_where_it_came_from() {
    let (mut a, mut b) = (old(), Replica::new(2));
    talk(&mut a, &mut b);
    thin(&mut a, &[]);
    let mut c = Replica::new(3);
    talk(&mut a, &mut c);
    c.clock_ms = a.clock_ms;
    let gone = (0..100).filter(|number| c.workspace.has_content(&large(*number)) == Ok(false));
    assert_eq!(gone.count(), 99);
    assert_eq!(look(&mut c, 365, &[]), 0, "all of it is young there");
    talk(&mut b, &mut c);
    let history = c.workspace.history(None, 200).expect("reads");
    for change in &history {
        for entry in c.workspace.at(&change.heads).expect("known").entries() {
            c.workspace
                .read_hash(&entry.hash.expect("a file"))
                .expect("came back");
        }
    }
    assert_eq!(c.workspace.wanted_contents(), []);
}

#[test]
fn a_peer_is_asked_for_all_that_is_wanted_however_much_of_it_that_one_does_not_have() {
    let mut a = old();
    let history = a.workspace.history(None, 200).expect("reads");
    let mut b = Replica::new(2);
    talk(&mut a, &mut b);
    // Each keeps other versions: the one those of three runs, the other none.
    let runs = [20, 50, 80].map(|change: usize| history[change].heads.clone());
    thin(&mut b, &runs);
    thin(&mut a, &[]);
    let mut c = Replica::new(3);
    talk(&mut a, &mut c);
    c.clock_ms = a.clock_ms;
    look(&mut c, 365, &[]);
    let wanted = c.workspace.wanted_contents().len();
    assert!(wanted > 150, "{wanted}");
    talk(&mut b, &mut c);
    for heads in &runs {
        for entry in c.workspace.at(heads).expect("known").entries() {
            c.workspace
                .read_hash(&entry.hash.expect("a file"))
                .expect("came back");
        }
    }
}
