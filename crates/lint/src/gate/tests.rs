use super::*;

fn kind(source: &str) -> Option<NestingKind> {
    nesting(source).err().map(|refused| refused.kind)
}

#[test]
fn ordinary_code_passes() {
    for source in [
        "",
        "#!/usr/bin/env flow\nconst a = 1;",
        "export default async (flow) => {\n  if (a) /* ( */ b()\n  else if (c) d()\n  return `x${f({ a: [1, 2] })}y` // (\n}",
        "const half = (a + b) / 2, re = /[/(]+\\(/gi.test(x) ? 'it\\'s (' : \"(\";",
        "for await (const x of y) { z[x] = x++ / 2 }",
        "class A { static #p = 1; get [x]() { return this.#p } }",
        "label: for (;;) { break label }\nconst o = { if: 1, default: 2 }; o.if / o.default / 2",
        "const n = 1..toFixed(2) / .5 + 1e3 / 2 + a?.5:1",
    ] {
        assert_eq!(nesting(source), Ok(()), "{source}");
    }
}

#[test]
fn brackets_stop_at_the_limit_and_not_before() {
    let nest = |n: usize| "{".repeat(n) + &"}".repeat(n);
    let max = BRACKETS_NESTED_MAX as usize;
    assert_eq!(kind(&nest(max)), None);
    let refused = nesting(&nest(max + 1)).expect_err("too deep");
    assert_eq!(
        (refused.kind, refused.at.column),
        (NestingKind::Brackets, BRACKETS_NESTED_MAX + 1)
    );
    assert_eq!(kind(&"{".repeat(max + 1)), Some(NestingKind::Brackets));
    assert_eq!(
        kind(&format!("x = /{}/", "(".repeat(max + 1))),
        Some(NestingKind::Brackets)
    );
}

#[test]
fn functions_of_every_spelling_stop_at_the_limit() {
    let max = FUNCTIONS_NESTED_MAX as usize;
    for (open, close) in [
        ("function f() {", "}"),
        ("() => {", "}"),
        ("a => ", ""),
        ("async function* f() {", "}"),
    ] {
        let nest = |n: usize| open.repeat(n) + "0" + &close.repeat(n);
        assert_eq!(kind(&nest(max)), None, "{open}");
        assert_eq!(kind(&nest(max + 1)), Some(NestingKind::Functions), "{open}");
    }
}

#[test]
fn what_hangs_together_without_brackets_is_counted() {
    let n = DEPTH_UNITS_MAX as usize + 1;
    for link in [
        "!",
        "- ",
        "typeof ",
        "new ",
        "await ",
        "a ? a : ",
        "a = ",
        "a + ",
        "a.",
        "a.\n",
        "if (a) ",
        "if (a);else ",
        "if (a) {} else ",
        "`b`\n",
        "a: ",
        "a:\n",
        "for (;;) ",
        "do ",
        "while (a)\n",
        "f()",
        "class A extends ",
        "class\nA extends\n",
        "a, b ? c : ",
        "yield ",
        "a ** ",
    ] {
        let refused = kind(&format!("{}a", link.repeat(n)));
        let expected = if link == "a, b ? c : " {
            None
        } else {
            Some(NestingKind::Chain)
        };
        assert!(
            refused == expected || refused == Some(NestingKind::Functions),
            "{link:?} gave {refused:?}"
        );
    }
}

#[test]
fn what_asks_for_more_stack_is_refused_sooner() {
    for (open, close, most) in [
        ("[", "]", 29),
        ("`${", "}`", 29),
        ("(", ")", 28),
        ("({a:", "})", 10),
        ("a = class { x = ", "}", 14),
        ("new ", "", 41),
    ] {
        let nest = |n: usize| open.repeat(n) + "b" + &close.repeat(n);
        let first = (1..60).find(|n| kind(&nest(*n)).is_some());
        assert!(
            first.is_some_and(|first| first.abs_diff(most) <= 2),
            "{open} is refused at {first:?}"
        );
    }
}

#[test]
fn long_flat_files_are_not_chains() {
    for part in [
        "a();\n",
        "a()\n",
        "'x',\n",
        "const a = b\n",
        "if (a) { b() }\n",
        "function f() { return 1 }\n",
        "a: 1,\n",
        "case 1: b(); break\n",
        "case 1:\n",
        "import a from 'b'\n",
        "get a() { return 1 }\n",
        "a = 1\n",
        "x => y, ",
        "var a\nvar b\n",
        "else_(a)\n",
    ] {
        let source = format!("switch (x) {{ {} }}", part.repeat(3_000));
        assert_eq!(kind(&source), None, "{part:?}");
    }
}

#[test]
fn what_it_takes_for_text_really_is_text() {
    let deep = "[".repeat(BRACKETS_NESTED_MAX as usize + 1);
    for before in [
        "'\\\n' +",
        "`\\`` +",
        "/[/]'/ +",
        "/\\// +",
        "a\n/ 1 / '/' /",
        "/* ' */",
        "// '\n",
        "// `\u{2028}",
        "(a) / 2 / '/' +",
        "x.if (a) / 1; '/' ;",
        "a.return / 1; '/';",
        "`${'`'}` +",
        "`${`${'}'}`}` +",
        "[...a]/1; '/';",
        "a++ / 1; '/';",
    ] {
        let refused = kind(&format!("{before} {deep}"));
        assert!(
            matches!(
                refused,
                Some(NestingKind::Brackets | NestingKind::Chain | NestingKind::Unclear(_))
            ),
            "{before:?} hides what follows: {refused:?}"
        );
    }
}

#[test]
fn what_it_cannot_tell_it_refuses() {
    for source in [
        "if (a) /b/",
        "} /b/",
        "{} /b/",
        "await /b/",
        "yield /b/ 2",
        "for (a of /b/) c",
        "a\n++/b/",
        "a <!-- b",
        "/* */ --> b",
        "\\u0069f (a) /b/",
        "[...await /b/]",
    ] {
        let source = if source.starts_with('}') {
            format!("{{{source}")
        } else {
            source.to_owned()
        };
        assert!(
            matches!(kind(&source), Some(NestingKind::Unclear(_))),
            "{source} gave {:?}",
            kind(&source)
        );
    }
}
