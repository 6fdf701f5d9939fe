//! What is told of what came.

use super::*;

#[test]
fn what_came_is_told_by_where_it_was_and_where_it_is() {
    let (mut a, mut b) = (replica(1), replica(2));
    for path in ["d/a.md", "b.md", "c.md"] {
        apply(&mut a, &[Op::write(path, path)]);
    }
    send(&a, &mut b);
    let [from, to, gone] = ["d", "e", "b.md"].map(str::to_owned);
    apply(&mut a, &[Op::Move { from, to }]);
    apply(&mut a, &[Op::Remove { path: gone }]);
    assert_eq!(send(&a, &mut b).paths, ["b.md", "d", "e"]);
    // Two files that were made apart want one name, and one of them gets another.
    apply(&mut a, &[Op::write("n.md", "of a")]);
    apply(&mut b, &[Op::write("c.md", "of b")]);
    apply(&mut b, &[Op::write("n.md", "of b")]);
    let told = send(&a, &mut b).paths;
    let shown = b.list("", false).expect("lists").into_iter();
    let names = shown.map(|entry| entry.path);
    let names: Vec<String> = names.filter(|path| path.starts_with('n')).collect();
    assert_eq!((&told, told.len()), (&names, 2));
}
