//! Typing that others know nothing of when they delete its file.

use crate::world::{Replica, draft, talk};
use selvage_vfs::Op;

#[test]
fn who_dies_before_it_brings_a_deleted_file_back_does_so_when_it_is_there_again() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    a.write(&[Op::write("notes.md", "one\n")]);
    talk(&mut a, &mut b);
    b.write(&[draft("notes.md", "one\ntwo\n")]);
    let path = "notes.md".to_owned();
    a.write(&[Op::Remove { path }]);
    talk(&mut a, &mut b);
    b.reopen();

    assert!(b.workspace.has_orphans());
    b.seal();

    talk(&mut a, &mut b);
    assert_eq!(a.text("notes.md"), "one\ntwo\n");
}
