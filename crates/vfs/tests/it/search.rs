//! Search by name and content.

use crate::world::{World, on_every_storage};
use selvage_vfs::limits::{MATCH_TEXT_UNITS_MAX, MATCHES_MAX, QUERY_BYTES_MAX};
use selvage_vfs::{Matches, Op, Query, SearchIn, VfsError};

/// Matches as `path:line:column+length text`, names as the path alone.
fn check(world: &World, query: Query, expected: &[&str]) {
    let found = world.workspace.search(&query).expect("searches");
    let lines = found
        .matches
        .iter()
        .map(|m| match (m.line, m.column, m.length, &m.text) {
            (Some(line), Some(column), Some(length), Some(text)) => {
                format!("{}:{line}:{column}+{length} {text}", m.path)
            }
            _ => m.path.clone(),
        });
    let lines = lines.collect::<Vec<_>>();
    assert_eq!(lines, expected, "{query:?}");
}

fn lay_out(world: &mut World) {
    world.apply(
        "Lay out",
        &[
            Op::write(
                "notes/Invoice.md",
                "# Invoices\r\n😀 an invoice, an INVOICE\r\nlast",
            ),
            Op::write("notes/zoo.txt", "nothing here\n"),
            Op::write("invoices/2024.csv", "id;sum\n1;10\n"),
            Op::write("raw.bin", b"invoice\0".as_slice()),
            Op::write("Ελλάδα.md", "Οδυσσέας\n"),
        ],
    );
}

#[test]
fn names_and_contents_are_found_in_any_case_with_utf16_columns() {
    on_every_storage(|world| {
        lay_out(world);
        check(
            world,
            Query::new("invoice"),
            &[
                "invoices",
                "notes/Invoice.md",
                "notes/Invoice.md:1:3+7 # Invoices",
                "notes/Invoice.md:2:7+7 😀 an invoice, an INVOICE",
                "notes/Invoice.md:2:19+7 😀 an invoice, an INVOICE",
            ],
        );
        check(
            world,
            Query {
                match_case: true,
                ..Query::new("INVOICE")
            },
            &["notes/Invoice.md:2:19+7 😀 an invoice, an INVOICE"],
        );
        check(world, Query::new("ΟΔΥΣΣ"), &["Ελλάδα.md:1:1+5 Οδυσσέας"]);
        check(
            world,
            Query {
                within: SearchIn::Name,
                ..Query::new("csv")
            },
            &["invoices/2024.csv"],
        );
        check(
            world,
            Query {
                within: SearchIn::Content,
                path: "invoices".into(),
                ..Query::new("10")
            },
            &["invoices/2024.csv:2:3+2 1;10"],
        );
        check(
            world,
            Query {
                path: "notes/zoo.txt".into(),
                ..Query::new("here")
            },
            &["notes/zoo.txt:1:9+4 nothing here"],
        );
    });
}

#[test]
fn t6_typed_text_is_searched() {
    on_every_storage(|world| {
        lay_out(world);
        world.draft("notes/zoo.txt", "a giraffe\n");
        check(
            world,
            Query::new("giraffe"),
            &["notes/zoo.txt:1:3+7 a giraffe"],
        );
        check(world, Query::new("nothing"), &[]);
    });
}

#[test]
fn a_regular_expression_sees_lines_and_empty_matches_end() {
    on_every_storage(|world| {
        lay_out(world);
        let regex = |text: &str| Query {
            regex: true,
            within: SearchIn::Content,
            ..Query::new(text)
        };
        check(
            world,
            regex(r"^\d+;(\d+)$"),
            &["invoices/2024.csv:2:1+4 1;10"],
        );
        check(
            world,
            Query {
                match_case: true,
                path: "notes".into(),
                ..regex("INV[A-Z]+")
            },
            &["notes/Invoice.md:2:19+7 😀 an invoice, an INVOICE"],
        );
        let empty = world
            .workspace
            .search(&Query {
                path: "notes/zoo.txt".into(),
                ..regex("x*")
            })
            .expect("searches");
        assert_eq!(
            empty.matches.len(),
            "nothing here\n".len() + 1,
            "one between any two characters"
        );
        for bad in ["(", "", r"\p{L}", "(a{1000}){1000}"] {
            let error = world.workspace.search(&regex(bad)).expect_err(bad);
            assert!(
                matches!(error, VfsError::InvalidQuery { .. }),
                "{bad}: {error}"
            );
        }
    });
}

#[test]
fn hostile_expressions_take_linear_time() {
    let mut world = World::memory();
    world.write("a.txt", "a".repeat(20_000) + "b");
    let query = Query {
        regex: true,
        within: SearchIn::Content,
        ..Query::new("(a|a)*c")
    };
    // A backtracking engine would not come back from this in the age of the universe; a linear
    // one reads the text once for each start.
    let query = Query {
        text: "^(a|a)*c".into(),
        ..query
    };
    assert_eq!(world.workspace.search(&query), Ok(Matches::default()));
}

#[test]
fn limits_end_a_search_and_say_so() {
    let mut world = World::memory();
    world.write("many.txt", "x\n".repeat(MATCHES_MAX + 10));
    let few = world
        .workspace
        .search(&Query {
            limit: 3,
            ..Query::new("x")
        })
        .expect("searches");
    assert_eq!((few.matches.len(), few.truncated), (3, true));
    let all = world
        .workspace
        .search(&Query {
            limit: usize::MAX,
            ..Query::new("x")
        })
        .expect("searches");
    assert_eq!((all.matches.len(), all.truncated), (MATCHES_MAX, true));
    let exact = world
        .workspace
        .search(&Query {
            limit: 1,
            ..Query::new("many")
        })
        .expect("searches");
    assert_eq!((exact.matches.len(), exact.truncated), (1, false));
    let long = Query::new("q".repeat(QUERY_BYTES_MAX + 1));
    assert!(matches!(
        world.workspace.search(&long),
        Err(VfsError::InvalidQuery { .. })
    ));

    world.write(
        "long.txt",
        format!("{}needle{}", "é".repeat(5000), "é".repeat(5000)),
    );
    let found = world
        .workspace
        .search(&Query::new("needle"))
        .expect("searches");
    let text = found.matches[0].text.as_deref().expect("a line");
    assert!(
        text.contains("needle") && text.encode_utf16().count() <= MATCH_TEXT_UNITS_MAX,
        "{}",
        text.len()
    );
    assert_eq!(found.matches[0].column, Some(5001));
}

#[test]
fn what_is_not_seen_changes_nothing_of_an_answer() {
    on_every_storage(|world| {
        lay_out(world);
        world.write("hidden/secret.md", "invoice\n".repeat(50));
        world.write("last.txt", "an invoice\n");
        let sees = |path: &str| !path.starts_with("hidden");
        let within = |path: &str, limit| Query {
            path: path.into(),
            limit,
            ..Query::new("invoice")
        };
        let with = world.workspace.search_seen(&within("", 7), &sees);
        let gone = world.workspace.search_seen(&within("hidden", 7), &sees);
        let file = world
            .workspace
            .search_seen(&within("hidden/secret.md", 7), &sees);
        let never = world
            .workspace
            .search_seen(&within("hidden/never.md", 7), &sees);
        world.apply(
            "Remove it",
            &[Op::Remove {
                path: "hidden".into(),
            }],
        );
        let without = world.workspace.search(&within("", 7));
        assert_eq!(
            with, without,
            "neither its matches nor the limit tell of it"
        );
        assert_eq!(with.map(|found| found.matches.len()), Ok(6));
        for (found, path) in [
            (gone, "hidden"),
            (file, "hidden/secret.md"),
            (never, "hidden/never.md"),
        ] {
            let path = path.to_owned();
            assert_eq!(found, Err(VfsError::NotFound { path }));
        }
    });
}
