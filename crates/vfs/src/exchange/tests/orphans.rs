//! Typing in files that others delete (T10).

use super::*;

/// One has typed into a file that the other, who had seen the file only, deleted together with its folder.
fn typed_and_deleted() -> (Workspace, Workspace) {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("d/a.md", "one\n")]);
    send(&a, &mut b);
    apply(&mut a, &[draft("d/a.md", "one\ntwo\n")]);
    let path = "d".to_owned();
    apply(&mut b, &[Op::Remove { path }]);
    (a, b)
}

#[test]
fn t10_typing_that_a_deletion_had_not_seen_brings_the_file_back_wherever_the_two_meet() {
    for way in 0..2 {
        let (mut a, mut b) = typed_and_deleted();
        let mut c = replica(3);
        // The one who typed hears of the deletion; or is no more, and its typing comes to who deleted.
        match way {
            0 => send(&b, &mut a),
            _ => send(&a, &mut b),
        };
        let (here, other) = if way == 0 {
            (&mut a, &mut b)
        } else {
            (&mut b, &mut a)
        };
        assert!(here.has_orphans() && !other.has_orphans());
        here.seal(&meta()).expect("seals");
        assert!(!here.has_orphans());
        meet(here, other);
        meet(here, &mut c);
        for replica in [&*here, &*other, &c] {
            let file = replica
                .list("", true)
                .expect("lists")
                .pop()
                .expect("is back");
            assert_eq!(file.mark, Some(Mark::Restored));
            assert_eq!(text(replica, &file.path), "one\ntwo\n");
        }
    }
}

#[test]
fn t10_a_deletion_that_had_seen_all_that_was_typed_stays() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one\n")]);
    apply(&mut a, &[draft("a.md", "one\ntwo\n")]);
    a.seal(&meta()).expect("seals");
    send(&a, &mut b);
    let path = "a.md".to_owned();
    apply(&mut a, &[Op::Remove { path }]);
    meet(&mut a, &mut b);
    for replica in [&mut a, &mut b] {
        assert!(!replica.has_orphans());
        replica.seal(&meta()).expect("seals nothing");
        assert_eq!(replica.list("", true).expect("lists"), []);
    }
}
