//! What a name may be. The table is `tests/fixtures/names.tsv`: to add a case, add a line.

use crate::world::{World, mv};
use selvage_vfs::{Op, VfsError};

/// `\u{…}` in the table stands for a character, `*N` after a character for N of it.
fn unescape(field: &str) -> String {
    let mut out = String::new();
    let mut rest = field;
    while let Some(start) = rest.find("\\u{") {
        let end = rest[start..].find('}').expect("closes") + start;
        out.push_str(&rest[..start]);
        let code = u32::from_str_radix(&rest[start + 3..end], 16).expect("hexadecimal");
        out.push(char::from_u32(code).expect("a character"));
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    match out.rsplit_once('*') {
        Some((text, count)) if count.parse::<usize>().is_ok() => {
            text.repeat(count.parse().expect("a number"))
        }
        _ => out,
    }
}

#[test]
fn n1_to_n4_the_table_of_names() {
    let table = include_str!("../fixtures/names.tsv");
    let mut cases = 0;
    for line in table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (input, expected) = line.split_once('\t').expect("two columns");
        let (input, expected) = (unescape(input), unescape(expected));
        let mut world = World::memory();
        let result = world.try_apply("Write", &[Op::write(input.as_str(), "x")]);
        match expected.strip_prefix("! ") {
            Some(reason) => match result {
                Err(VfsError::InvalidPath { path, why }) => {
                    assert!(why.contains(reason), "{line:?}: {why}");
                    assert_eq!(path, input, "{line:?}");
                }
                other => panic!("{line:?}: {other:?}"),
            },
            None => {
                result.unwrap_or_else(|error| panic!("{line:?}: {error}"));
                assert!(
                    world.paths().contains(&expected),
                    "{line:?}: {:?}",
                    world.paths()
                );
                assert_eq!(world.read(&input), "x", "{line:?}");
            }
        }
        cases += 1;
    }
    assert!(cases > 40, "{cases} cases");
}

#[test]
fn n5_names_that_differ_in_case_or_form_clash() {
    for (first, second) in [
        ("README.md", "readme.MD"),
        ("Straße.txt", "STRASSE.TXT"),
        ("caf\u{e9}.md", "CAFE\u{301}.md"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("Docs/a.md", "docs/b.md"),
    ] {
        let mut world = World::memory();
        world.write(first, "x");
        let error = world
            .try_apply("Clash", &[Op::write(second, "y")])
            .expect_err(second);
        let VfsError::AlreadyExists { existing, .. } = error else {
            panic!("{error:?}")
        };
        assert!(
            first.starts_with(&existing),
            "{existing} is the name that is there"
        );
        let error = world.try_apply(
            "Folder",
            &[Op::Mkdir {
                path: second.into(),
            }],
        );
        assert!(error.is_err(), "{second} as a folder");
    }
}

#[test]
fn n5_a_node_may_change_the_case_of_its_own_name() {
    let mut world = World::memory();
    world.write("docs/readme.md", "x");
    world.apply(
        "Shout",
        &[mv("docs/readme.md", "docs/README.md"), mv("docs", "Docs")],
    );
    assert_eq!(world.paths(), ["Docs/", "Docs/README.md"]);
    world.reopen();
    assert_eq!(world.paths(), ["Docs/", "Docs/README.md"]);
}

#[test]
fn n6_looking_up_is_exact() {
    let mut world = World::memory();
    world.write("README.md", "x");
    let missing = VfsError::NotFound {
        path: "readme.md".into(),
    };
    assert_eq!(world.workspace.read("readme.md"), Err(missing));
    assert_eq!(world.read("/README.md"), "x");
}
