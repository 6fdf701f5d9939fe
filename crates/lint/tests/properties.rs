//! What holds for every text: lint never panics or overflows, places are inside the text, and fixes mend.
//!
//! Texts are made from the fixtures by random cuts, repeats and insertions. A failure prints its seed;
//! `SEED=<seed> cargo test -p selvage-lint --test properties` looks at that one text again.

// Tests are hosts: they read fixtures, and start threads with a browser's stack.
#![allow(clippy::disallowed_methods)]

use selvage_lint::{Context, Report, apply_fixes, lint, nesting};
use selvage_tool::{Position, Severity};
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Texts that each property looks at.
const TEXTS: u64 = 3_000;

/// xorshift64*: the texts of a seed are the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % (n.max(1) as u64)).expect("small")
    }

    fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
}

fn fixtures() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut texts = Vec::new();
    for folder in fs::read_dir(root)
        .expect("fixtures")
        .map(|e| e.expect("entry").path())
    {
        for file in fs::read_dir(folder)
            .expect("folder")
            .map(|e| e.expect("entry").path())
        {
            if file
                .extension()
                .is_some_and(|end| end == "js" || end == "mjs")
            {
                texts.push(fs::read_to_string(file).expect("text"));
            }
        }
    }
    texts.sort();
    assert!(texts.len() > 20, "the fixtures are not there");
    texts
}

/// Pieces that are likely to confuse what looks at them.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "`",
    "${",
    "'",
    "\"",
    "/",
    "\\",
    "\n",
    "\r\n",
    "\u{2028}",
    "=>",
    "?",
    ":",
    ";",
    ",",
    "!",
    "await ",
    "async ",
    "function ",
    "class A extends ",
    "if (a) ",
    "else ",
    "for (;;) ",
    "import ",
    "export default ",
    "flow.fs.readText(",
    "flow.args.x",
    "fetch('https://a.org')",
    "new URL(",
    "/(a+)+$/",
    "/[/]/",
    "<!--",
    "-->",
    "/*",
    "*/",
    "//",
    "#!",
    "é",
    "😀",
    "\u{feff}",
    "\0",
    "const { a, ...b } = ",
    "NaN === ",
    "debugger;",
    "const x = 1; x = 2;",
    "${`${a}`}",
    "yield ",
    "a++ /",
    "of ",
];

fn text(seed: u64, from: &[String]) -> String {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut text: Vec<char> = random.pick(from).chars().collect();
    for _ in 0..=random.below(8) {
        let at = random.below(text.len() + 1);
        match random.below(4) {
            0 => {
                let end = (at + random.below(20)).min(text.len());
                text.drain(at..end);
            }
            1 => {
                let piece = random.pick(PIECES);
                let times = if random.below(6) == 0 {
                    random.below(3_000)
                } else {
                    1
                };
                let new: Vec<char> = piece.repeat(times).chars().collect();
                text.splice(at..at, new);
            }
            2 => {
                let other: Vec<char> = random.pick(from).chars().collect();
                let start = random.below(other.len());
                let end = (start + random.below(60)).min(other.len());
                text.splice(at..at, other[start..end].to_vec());
            }
            _ => {
                let end = (at + random.below(40)).min(text.len());
                let again = text[at..end].to_vec();
                text.splice(at..at, again);
            }
        }
    }
    text.into_iter().collect()
}

/// Looks at every text on a stack as small as a browser's.
///
/// The property tells whether it had something to check; it must have for one text in a hundred.
fn for_each_text(property: impl Fn(u64, &str) -> bool + Send + 'static) {
    let only = std::env::var("SEED")
        .ok()
        .map(|seed| seed.parse::<u64>().expect("a number"));
    let looked = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || {
            let from = fixtures();
            for seed in only.map_or(1..=TEXTS, |seed| seed..=seed) {
                let text = text(seed, &from);
                let guard = Seed(seed);
                property(seed, &text);
                std::mem::forget(guard);
            }
        });
    looked
        .expect("a thread")
        .join()
        .expect("the property holds for every text");
}

/// Prints its seed when a property fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        eprintln!("failed at SEED={}", self.0);
    }
}

fn look(source: &str) -> Report {
    let read =
        |path: &str| (path == "lib/csv.js").then(|| "export const parse = (x) => x;".to_owned());
    lint(
        "a.flow.js",
        source,
        &Context {
            exists: &|path| path == "lib/csv.js",
            read: &read,
            astray: &|_, _| None,
            net: &[],
            tools: &["read"],
        },
    )
}

/// The position of a UTF-16 offset, by counting.
fn counted(source: &str, offset: u32) -> Option<Position> {
    let (mut line, mut column, mut at) = (1, 1, 0);
    let mut letters = source.chars().peekable();
    while at < offset {
        let c = letters.next()?;
        let units = u32::try_from(c.len_utf16()).expect("1 or 2");
        (at, column) = (at + units, column + units);
        if c == '\n' || (c == '\r' && letters.peek() != Some(&'\n')) {
            (line, column) = (line + 1, 1);
        }
    }
    (at == offset).then_some(Position {
        line,
        column,
        offset,
    })
}

#[test]
fn lint_never_panics_and_every_place_is_in_the_text() {
    for_each_text(|seed, source| {
        let report = look(source);
        for d in report.diagnostics.iter().filter(|d| d.path == "a.flow.js") {
            let edits = d
                .fix
                .iter()
                .flat_map(|fix| &fix.edits)
                .map(|edit| edit.span);
            for span in edits.chain([d.span]) {
                assert_eq!(
                    counted(source, span.start.offset),
                    Some(span.start),
                    "{seed}: start of {d:?}"
                );
                assert_eq!(
                    counted(source, span.end.offset),
                    Some(span.end),
                    "{seed}: end of {d:?}"
                );
                assert!(span.start <= span.end, "{seed}: {d:?}");
            }
        }
        !report.diagnostics.is_empty()
    });
}

#[test]
fn a_fix_keeps_a_text_that_parses_parsing_and_leaves_less_to_fix() {
    let errors = |report: &Report| {
        report
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .count()
    };
    for_each_text(move |seed, source| {
        let before = look(source);
        let (fixed, applied) = apply_fixes(source, &before.diagnostics);
        if applied == 0 {
            assert_eq!(fixed, source, "{seed}: nothing was applied");
            return false;
        }
        let after = look(&fixed);
        let broken = after.diagnostics.iter().find(|d| d.code == "syntax");
        assert!(
            broken.is_none(),
            "{seed}: {broken:#?}\nbefore\n{source}\nafter\n{fixed}"
        );
        assert!(
            errors(&after) <= errors(&before),
            "{seed}: new errors\nbefore\n{source}\nafter\n{fixed}"
        );
        true
    });
}

#[test]
fn the_same_text_gives_the_same_report() {
    for_each_text(|seed, source| {
        let report = look(source);
        assert_eq!(report, look(source), "{seed}");
        report != Report::default()
    });
}

/// Texts that nest as deep as one wants, each in a way of its own.
#[test]
fn no_text_overflows_the_parsers() {
    let looked = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(|| {
            let mut refused = 0;
            for (open, middle, close) in [
                ("(", "1", ")"),
                ("[", "", "]"),
                ("({a:", "1", "})"),
                ("`${", "1", "}`"),
                ("function f(){", "", "}"),
                ("()=>{", "", "}"),
                ("a=>", "a", ""),
                ("async a=>", "a", ""),
                ("class A{static{", "", "}}"),
                ("class A extends ", "A{}", "{}"),
                ("class A{[", "1", "]=1}"),
                ("{", "", "}"),
                ("if(a)", "b", ""),
                ("if(a);else ", "b", ""),
                ("if(a){}else ", "b", ""),
                ("for(;;)", "b", ""),
                ("while(a)\n", "b", ""),
                ("do ", "b", ";while(a)"),
                ("a:", "b", ""),
                ("try{", "", "}catch{}"),
                ("!", "1", ""),
                ("- ", "1", ""),
                ("typeof\n", "1", ""),
                ("new ", "a", ""),
                ("a?", "b", ":c"),
                ("a?b:", "c", ""),
                ("a=", "1", ""),
                ("a+", "1", ""),
                ("1**", "1", ""),
                ("a||", "1", ""),
                ("a??", "1", ""),
                ("a,", "1", ""),
                ("a.b.", "c", ""),
                ("a?.", "c", ""),
                ("", "a", "()"),
                ("", "a", "[0]"),
                ("", "a", "``"),
                ("", "a", "\n`b`"),
                ("[a=", "1", "]=b"),
                ("/(", "/", ")"),
                ("/[", "/v", ""),
                ("await ", "1", ""),
                ("(a,b)=>(", "1", ")"),
                ("((a)=>", "1", ")"),
                ("switch(a){case 1:", "", "}"),
                ("import(", "1", ")"),
                ("x=<a>", "1", "</a>"),
                ("@a ", "class A{}", ""),
                ("var a=1;", "", ""),
                ("'a'+\n", "'b'", ""),
                ("/*", "", "*/"),
                ("#x in ", "a", ""),
                ("yield ", "1", ""),
                ("else ", "", ""),
                ("'", "", ""),
                ("/a", "\n", "(((((((("),
                ("{let a=", "1", "}"),
                ("async function*f(){for await(a of ", "b", ");}"),
            ] {
                for depth in [10, 39, 300, 20_000] {
                    let source = open.repeat(depth) + middle + &close.repeat(depth);
                    for source in [
                        source.clone(),
                        format!("export default {source}"),
                        format!("function* f() {{ {source} }}"),
                    ] {
                        let started = Instant::now();
                        let report = look(&source);
                        refused +=
                            usize::from(report.diagnostics.iter().any(|d| d.code == "nesting"));
                        assert_eq!(
                            nesting(&source).is_err(),
                            report.diagnostics.iter().any(|d| d.code == "nesting")
                        );
                        let seconds = started.elapsed().as_secs_f64();
                        assert!(seconds < 20.0, "{open:?} {depth} took {seconds} s");
                    }
                }
            }
            assert!(refused > 100, "the gate refused only {refused} texts");
        });
    looked.expect("a thread").join().expect("no text overflows");
}

#[test]
fn how_fast_it_is() {
    let part = "async function step(flow, row) {\n  const text = await flow.fs.readText(`data/${row.name}.csv`);\n  const sum = text.split(',').map((x) => Number(x)).reduce((a, b) => a + b, 0);\n  if (sum > 10 && /^[a-z]+$/.test(row.name)) flow.log(`sum ${sum}`);\n  return { ...row, sum };\n}\n";
    let names = |n: usize| {
        (0..n)
            .map(|i| part.replace("step", &format!("step{i}")))
            .collect::<String>()
    };
    let source = names(18 * 1024 / part.len())
        + "export default async (flow) => step0(flow, flow.args.row);\n";
    let mut best = f64::MAX;
    for _ in 0..10 {
        let started = Instant::now();
        assert!(look(&source).ok());
        best = best.min(started.elapsed().as_secs_f64() * 1e3);
    }
    println!("{} bytes: {best:.2} ms", source.len());
}
