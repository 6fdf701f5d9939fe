//! Places and names where several nodes are in each other's way.

use super::*;
use crate::Hash;

fn hash(replica: &Replica, path: &str) -> Option<Hash> {
    replica.workspace.stat(path).expect("is there").hash
}

fn of(text: &str) -> Option<Hash> {
    Some(Hash::of(text.as_bytes()))
}

#[test]
fn v2_what_hangs_on_a_cycle_is_a_place_for_others_as_well() {
    // Two cycles: `d` and `e` know no other folder than one that hangs on the first.
    let start = [mkdir("a/c/d"), mkdir("a/c/e"), mkdir("b")];
    let ours = [mv("a/c/d", "a/c/e/d"), mv("a", "b/a")];
    let theirs = [mv("a/c/e", "a/c/d/e"), mv("b", "a/b")];
    let paths = apart(&start, &ours, &theirs).paths();
    assert_eq!(paths.len(), 5, "{paths:?}");
    let below = paths
        .iter()
        .find(|path| path.ends_with("a/c"))
        .expect("c hangs on a");
    let nested = ["d/e", "e/d"].map(|nested| format!("{below}/{nested}"));
    assert!(
        nested.iter().any(|nested| paths.contains(nested)),
        "{paths:?}"
    );
}

#[test]
fn v4_the_first_created_keeps_the_name_and_a_suffix_grows_until_it_is_unique() {
    for is_ours_first in [true, false] {
        let (mut a, mut b) = (Replica::new(1), Replica::new(2));
        let (first, second) = match is_ours_first {
            true => (&mut a, &mut b),
            false => (&mut b, &mut a),
        };
        // Who had made more by then made it later.
        second.apply(&[mkdir("x")]);
        first.apply(&[Op::write("n.md", "first")]);
        second.apply(&[Op::write("n.md", "second")]);
        a.meet(&mut b);
        assert_eq!(hash(&a, "n.md"), of("first"));
        let other = a.paths().into_iter().find(|path| path.starts_with("n~"));
        let short = other.expect("a suffix");
        let id = a.workspace.stat(&short).expect("there").id.to_string();
        assert_eq!(short, format!("n~{}.md", &id[..3]));
        // Somebody else has a file of that very name.
        let mut c = Replica::new(3);
        c.apply(&[Op::write(short.as_str(), "third")]);
        a.meet(&mut c);
        assert_eq!(hash(&a, &short), of("third"));
        assert_eq!(a.mark(&short), None);
        let long = format!("n~{}.md", &id[..6]);
        assert_eq!(hash(&a, &long), of("second"));
    }
}
