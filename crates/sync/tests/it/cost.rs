//! What sessions cost, in bytes.

use crate::world::{Link, Replica, draft, talk, talk_on};
use selvage_vfs::{Op, OriginKind};

/// A workspace with files of all kinds, and a history.
fn grown(files: usize) -> Replica {
    let mut a = Replica::new(1);
    let path = |n: usize| format!("d{}/f{n}.md", n % 10);
    for chunk in (0..files).collect::<Vec<_>>().chunks(50) {
        let write = |n: &usize| Op::write(path(*n), format!("file {n}\n{}", "x".repeat(n % 400)));
        a.write(&chunk.iter().map(write).collect::<Vec<_>>());
    }
    for n in 0..files / 4 {
        a.write(&[draft(&path(n), &format!("file {n}\ntyped {n}\n"))]);
    }
    a.seal();
    for n in 0..files / 10 {
        a.write(&[Op::write(path(n), format!("again {n}"))]);
    }
    a
}

/// What a workspace takes up when it is saved: ledger, live texts and contents.
fn saved_bytes(replica: &Replica) -> usize {
    let workspace = &replica.workspace;
    let delta = workspace.ledger_since(&[]);
    let texts = workspace.text_digests().expect("reads").into_iter();
    let texts = texts.map(|(node, _)| {
        let update = workspace.text_since(node, &[]).expect("reads");
        // Whose text it is, is saved with it.
        node.as_bytes().len() + update.expect("has one").len()
    });
    let blobs: u64 = delta.blobs.iter().map(|(_, size)| size).sum();
    delta.document.expect("whole").len() + texts.sum::<usize>() + blobs as usize
}

#[test]
fn equal_peers_stop_after_one_round_trip_and_few_bytes() {
    let (mut a, mut b) = (grown(100), Replica::new(2));
    talk(&mut a, &mut b);
    a.reopen();
    let mut link = Link::new([0, 1]);
    talk_on(&mut link, &mut a, &mut b);
    println!("equal peers: {} bytes", link.bytes.iter().sum::<usize>());
    assert_eq!((link.frames, link.bytes), (2, [2, 35]));
}

#[test]
fn a_responder_is_silent_until_it_has_heard() {
    let (mut a, mut link) = (grown(4), Link::new([0, 1]));
    link.changed(1, &mut a);
    assert!(link.is_quiet());
}

#[test]
fn a_first_clone_costs_little_more_than_what_is_saved_whoever_begins() {
    for a_begins in [true, false] {
        let (mut a, mut b) = (grown(1000), Replica::new(2));
        let bytes = match a_begins {
            true => talk(&mut a, &mut b),
            false => talk(&mut b, &mut a),
        };
        assert_eq!(a.workspace.digest(), b.workspace.digest());
        let (sum, saved) = (bytes[0] + bytes[1], saved_bytes(&a));
        println!(
            "first clone: {sum} bytes, saved {saved}: {}",
            sum as f64 / saved as f64
        );
        assert!(sum * 100 <= saved * 102, "{sum} {saved}");
    }
}

#[test]
fn a_local_change_is_one_small_frame_and_so_is_a_keystroke() {
    let (mut a, mut b) = (grown(200), Replica::new(2));
    let mut link = Link::new([0, 1]);
    talk_on(&mut link, &mut a, &mut b);
    for (op, max) in [
        (Op::write("new.md", "hello"), 600),
        (draft("d0/f0.md", "again 0!"), 120),
        (draft("d0/f0.md", "again 0!!"), 120),
    ] {
        (link.frames, link.bytes) = (0, [0, 0]);
        a.write(&[op]);
        link.changed(0, &mut a);
        talk_on(&mut link, &mut a, &mut b);
        println!("a change: {:?} bytes", link.bytes);
        assert_eq!(link.frames, 1);
        assert!(link.bytes[1] <= max, "{:?}", link.bytes);
        assert_eq!(a.workspace.digest(), b.workspace.digest());
    }
}

#[test]
fn histories_that_differ_at_the_end_cost_what_differs() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    for n in 0..1000 {
        a.write(&[Op::write("log.md", format!("line {n}"))]);
    }
    a.write(&[draft("log.md", "typed")]);
    talk(&mut a, &mut b);
    for n in 0..10 {
        a.write(&[Op::write(format!("a{n}.md"), "a")]);
        b.write(&[Op::write(format!("b{n}.md"), "b")]);
    }
    let bytes = talk(&mut a, &mut b);
    assert_eq!(a.workspace.digest(), b.workspace.digest());
    println!("10 changes on each side of 1000: {bytes:?} bytes");
    assert!(bytes[0] + bytes[1] < 16_000, "{bytes:?}");
}

#[test]
fn one_text_among_many_is_found_in_few_bytes() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let files: Vec<Op> = (0..2000)
        .map(|n| Op::write(format!("{n}.md"), "one"))
        .collect();
    a.write(&files);
    let typed: Vec<Op> = (0..2000)
        .map(|n| draft(&format!("{n}.md"), "one two"))
        .collect();
    a.write(&typed);
    talk(&mut a, &mut b);
    b.write(&[draft("77.md", "one two three")]);
    let bytes = talk(&mut a, &mut b);
    assert_eq!(a.text("77.md"), "one two three");
    println!("one text of 2000: {bytes:?} bytes");
    assert!(bytes[0] + bytes[1] < 3000, "{bytes:?}");
}

#[test]
fn a_large_content_comes_in_parts_and_goes_on_after_a_broken_link() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let bytes: Vec<u8> = (0..3_000_000u32)
        .flat_map(|n| (n ^ (n >> 7)).to_le_bytes())
        .collect();
    let ops = [
        Op::write("big.bin", bytes.clone()),
        Op::write("small.md", "x"),
    ];
    a.apply(OriginKind::Run, "Both", &ops).expect("fits");
    let mut link = Link::new([0, 1]);
    link.changed(0, &mut a);
    while link.bytes[1] < bytes.len() / 2 {
        link.deliver(1, &mut b);
        link.deliver(0, &mut a);
        assert!(
            !b.workspace.exists("small.md").expect("a path"),
            "all or none"
        );
        let under_way: usize = link.queues[1].iter().map(Vec::len).sum();
        assert!(under_way < 2 * 1024 * 1024, "{under_way} bytes under way");
    }
    let [_, at_b] = link.sessions;
    let mut link = Link::new([0, 1]);
    link.sessions[1] = at_b.again();
    talk_on(&mut link, &mut a, &mut b);
    assert_eq!(b.workspace.read("big.bin").expect("there"), bytes);
    assert!(link.bytes[1] < bytes.len() * 6 / 10, "{:?}", link.bytes);
}
