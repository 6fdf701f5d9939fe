//! How the tree differs between two points in time.

use crate::world::{World, mkdir, mv, on_every_storage, rm};
use selvage_vfs::{Difference, Op, Verb};

fn words(found: &[Difference]) -> Vec<String> {
    let words = found.iter().map(|one| match &one.was {
        Some(was) => format!("{} {} from {was}", one.verb.as_str(), one.path),
        None => format!("{} {}", one.verb.as_str(), one.path),
    });
    words.collect()
}

#[test]
fn u6_each_way_to_differ_is_told_once_and_a_moved_folder_for_all_it_holds() {
    on_every_storage(|world| {
        let ops = [
            "edited", "gone", "moved", "renamed", "same", "d/one", "d/two",
        ];
        let ops = ops.map(|name| Op::write(format!("{name}.md"), name));
        let before = world.apply("Lay out", &ops).heads;
        world.write("edited.md", "otherwise");
        world.apply("Go", &[rm("gone.md"), Op::write("new.md", "new")]);
        let moves = [
            mv("moved.md", "e/moved.md"),
            mv("renamed.md", "other.md"),
            mv("d", "e/d"),
        ];
        world.apply("Move", &moves);
        world.write("e/moved.md", "moved and edited");
        let expected = [
            "added e",
            "moved e/d from d",
            "moved e/moved.md from moved.md",
            "edited edited.md",
            "removed gone.md",
            "added new.md",
            "renamed other.md from renamed.md",
        ];
        let found = world.workspace.compare(Some(&before), None, 99);
        let found = found.expect("compares");
        assert_eq!(words(&found.first), expected);
        assert_eq!(found.total, expected.len());
        let moved = &found.first[2];
        assert!(moved.hashes[0].is_some() && moved.hashes[0] != moved.hashes[1]);

        // Back again, between any two points.
        let now = world.workspace.heads();
        let back = world.workspace.compare(Some(&now), Some(&before), 99);
        let back = back.expect("compares");
        assert_eq!(back.total, expected.len());
        assert!(words(&back.first).contains(&"added gone.md".to_owned()));
        let none = world.workspace.compare(Some(&now), None, 99);
        assert_eq!(none.expect("compares").total, 0);
    });
}

#[test]
fn u6_differences_past_the_limit_are_counted() {
    let mut world = World::memory();
    world.apply("Lay out", &["c", "a", "b"].map(mkdir));
    let found = world.workspace.compare(None, None, 2).expect("compares");
    assert_eq!(words(&found.first), ["added a", "added b"]);
    assert_eq!(found.total, 3);
    assert!(found.first.iter().all(|one| one.verb == Verb::Added));
}
