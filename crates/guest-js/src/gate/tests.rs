//! What the gate lets through and what not.

use super::*;

/// How often a construct can be nested before the gate closes.
fn most(open: &str, middle: &str, close: &str) -> usize {
    let passes = |count: usize| {
        let text = format!("x = {}{middle}{}", open.repeat(count), close.repeat(count));
        check("x.js", &text).is_ok()
    };
    let (mut low, mut high) = (0, 100_000);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if passes(middle) {
            low = middle
        } else {
            high = middle
        }
    }
    low
}

#[test]
fn what_people_write_passes_and_what_kills_the_stack_does_not() {
    // What it can be nested for sure, and what the wasm build survives (see the module's words).
    let cases = [
        ("(", "1", ")", 25, 56),
        ("[", "1", "]", 25, 58),
        ("f(", "1", ")", 25, 55),
        ("{a:", "1", "}", 20, 46),
        ("`${", "1", "}`", 20, 44),
        ("(function(){", "", "})", 10, 21),
        ("a.then(()=>{", "", "})", 18, 44),
        ("a.then(async()=>{await ", "1", "})", 15, 38),
        ("(class{m(){", "", "}})", 6, 20),
        ("()=>{return ", "1", "}", 50, 190),
        ("a?a:", "a", "", 100, 367),
        ("!", "a", "", 150, 444),
        ("new ", "a", "", 150, 281),
        ("", "a", ".b()", 300, 1468),
        ("", "a", ".b", 600, 1656),
        ("", "a", "+a", 600, 2031),
    ];
    for (open, middle, close, least, killing) in cases {
        let most = most(open, middle, close);
        assert!(
            most >= least,
            "{open}{middle}{close} passes {most} times only"
        );
        assert!(
            most < killing * 4 / 5,
            "{open}{middle}{close} passes {most} times"
        );
    }
}

#[test]
fn long_code_is_not_deep_code() {
    let lines = [
        "let a = b + c * d\n",
        "call(a, [1, 2], { b: `x${y}z${y}` })\n",
        "if (a) { b() } else if (c) { d() } else { e() }\n",
        "const f = async (x) => x ? y : z;\n",
        "function g() { return /[(/]+/.test(s) ? 1 : 2 }\n",
        "x = a / b / c; y = '(((' + \"[[[\" // {{{\n",
        "items.push({ a: 1, b: [1, 2, 3], 'c': () => { } }),\n",
        "foo() /* ((( */\n",
        "[a, b] = [b, a];\n",
    ];
    for line in lines {
        assert!(check("x.js", &line.repeat(2_000)).is_ok(), "{line}");
    }
    assert!(check("x.js", &lines.concat().repeat(200)).is_ok());
    let list = format!("x = [{}]", "{ a: b.c(d) + 1 },".repeat(10_000));
    assert!(check("x.js", &list).is_ok());
}

#[test]
fn the_refusal_names_the_place() {
    let text = format!("const a = 1;\nx = {}1{}", "(".repeat(100), ")".repeat(100));
    let error = check("deep.js", &text).expect_err("too deep");
    assert_eq!(
        (error.code, error.path.as_deref()),
        (ErrorCode::LintFailed, Some("deep.js"))
    );
    assert_eq!(error.line, Some(2));
    assert!(error.column > Some(20) && error.hint.is_some());
}

#[test]
fn odd_texts_are_scanned_to_their_end() {
    for text in [
        "",
        "}",
        ")))",
        "`",
        "'",
        "/",
        "/*",
        "`${",
        "`${}${",
        "#!x",
        "\\",
        "a\u{2028}b",
        "😀",
        "`${`${1}`}`",
        "x = /[/]\\//g",
    ] {
        assert!(check("x.js", text).is_ok(), "{text:?}");
    }
}

#[test]
fn a_default_async_arrow_is_prepared_in_place() {
    let prepared = |text: &str| {
        check("x.js", text)
            .expect("shallow")
            .prepared(text)
            .into_owned()
    };
    let text = "export default async (flow) => 1;";
    let changed = prepared(text);
    assert!(
        changed.starts_with("let    $main_= async (flow) => 1;"),
        "{changed}"
    );
    assert_eq!(changed.find("(flow)"), text.find("(flow)"));
    for text in [
        "export default async function () {}",
        "export default (flow) => 1",
        "'export default async () => 1'",
        "export default asynchronous",
    ] {
        assert_eq!(prepared(text), text);
    }
}
