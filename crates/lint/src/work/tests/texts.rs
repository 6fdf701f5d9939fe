//! Texts made to be slow, of any length.

/// A text of so many bytes, of a beginning, of parts by number as often as they fit, and of an end.
pub struct Hostile {
    pub name: &'static str,
    start: &'static str,
    part: fn(usize) -> String,
    end: &'static str,
}

impl Hostile {
    pub fn text(&self, bytes: usize) -> String {
        let mut text = self.start.to_owned();
        for n in 0.. {
            let part = (self.part)(n);
            if text.len() + part.len() + self.end.len() > bytes {
                break;
            }
            text += &part;
        }
        text + self.end
    }
}

const fn of(
    name: &'static str,
    start: &'static str,
    part: fn(usize) -> String,
    end: &'static str,
) -> Hostile {
    Hostile {
        name,
        start,
        part,
        end,
    }
}

/// A character of its own for each of half a million numbers.
fn wide(n: usize) -> char {
    u32::try_from(0x1_0000 + n % 0xf_0000)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or('x')
}

pub const TEXTS: &[Hostile] = &[
    of(
        "undefined names",
        "",
        |n| format!("const loc{n}q=u{n}zz;\n"),
        "",
    ),
    of("one undefined name", "", |_| "zzz;".into(), ""),
    of(
        "regex alternatives",
        "/(?:[c1]",
        |n| format!("|[{}]", wide(n)),
        ")*d/",
    ),
    of(
        "regex literals",
        "",
        |n| format!("/(?:{}b)*d/;\n", "[c1]|".repeat(n % 100)),
        "",
    ),
    of("regex terms that can't fail", "/", |_| "a?".into(), "/"),
    of(
        "regex repeated terms",
        "/(?:",
        |n| format!("{}*", wide(n)),
        ")*d/",
    ),
    of(
        "regex classes",
        "/(?:[",
        |n| wide(2 * n).into(),
        "]|[ab])*d/",
    ),
    of(
        "functions in each other",
        "",
        |_| "(()=>{{let a;{a}}})();".into(),
        "",
    ),
    of(
        "scopes in each other",
        "",
        |_| format!("{}let a;a;{}", "{".repeat(30), "}".repeat(30)),
        "",
    ),
    of("one line", "", |_| "a.b(c);".into(), ""),
    of(
        "a chain of members",
        "",
        |n| {
            if n % 800 == 799 {
                "a;".into()
            } else {
                "a.".into()
            }
        },
        "a",
    ),
    of(
        "a chain of calls",
        "function run(){}function setup(s){",
        |n| {
            if n % 250 == 249 {
                "a();s.".into()
            } else if n == 0 {
                "s.".into()
            } else {
                "inText('a').".into()
            }
        },
        "a()}",
    ),
    of(
        "names for one another",
        "const a0=flow.x;\n",
        |n| format!("const a{}=a{n}.x;\n", n + 1),
        "",
    ),
    of(
        "names in a ring",
        "",
        |n| format!("const b{n}=b{};\n", n + 1),
        "",
    ),
    of(
        "calls with the run-time",
        "function f({a,b,c,d,e}){}\n",
        |_| "f(flow);".into(),
        "",
    ),
    of(
        "a function that is called",
        "function f(a){fetch(a);fetch(a);}\n",
        |n| format!("f('https://h{n}.org');"),
        "",
    ),
    of(
        "fetches of a parameter",
        "",
        |n| {
            if n % 2 == 0 {
                "function f(a){fetch(a);}f('b');".into()
            } else {
                "fetch(c);".into()
            }
        },
        "",
    ),
    of("arguments", "f(", |_| "fetch,".into(), "1)"),
    of("undefined arguments", "f(", |_| "a,".into(), "1)"),
    of(
        "texts that double",
        "const t0='0123456789';\n",
        |n| format!("const t{}=`${{t{n}}}${{t{n}}}`;fetch(t{});\n", n + 1, n + 1),
        "",
    ),
    of(
        "texts of a list",
        "const l=['a','b'];\n",
        |_| "for(const a of l)fetch(a);".into(),
        "",
    ),
    of(
        "properties",
        "const o={a:1};",
        |n| format!("flow.fs.read(o.a{n});"),
        "",
    ),
    of("paths", "", |n| format!("flow.fs.read('a{n}');"), ""),
    of("folders", "", |n| format!("flow.fs.remove('a{n}/b');"), ""),
    of("tools", "", |n| format!("flow.call('t{n}');"), ""),
    of(
        "arguments of the flow",
        "",
        |n| format!("flow.args.a{n};"),
        "",
    ),
    of(
        "unknown members",
        "const {",
        |n| format!("a{n}:b{n},"),
        "}=flow;",
    ),
    of(
        "declared inputs",
        "function run(s){s.inputs.zz}function setup(s){",
        |n| format!("s.inText('a{n}');"),
        "}",
    ),
    of(
        "undeclared inputs",
        "function setup(s){s.inText('topic')}function run(s){const {",
        |n| format!("a{n}:b{n},"),
        "}=s.inputs}",
    ),
    of(
        "declared outputs",
        "function run(s){s.output('zz')}function setup(s){",
        |n| format!("s.outText('a{n}');"),
        "}",
    ),
    of(
        "imports",
        "",
        |n| format!("import a{n} from './a{n}.js';\n"),
        "",
    ),
    of(
        "imports of one file",
        "",
        |n| format!("import a{n} from './there.js';\n"),
        "",
    ),
    of(
        "an import of many names",
        "import {",
        |n| format!("a{n},"),
        "} from './there.js'",
    ),
    of(
        "functions of another file",
        "import * as x from './there.js';import {a} from './there.js';",
        |_| "a(flow);".into(),
        "",
    ),
    of(
        "exports of one name",
        "",
        |_| "export {zz as run};".into(),
        "",
    ),
    of(
        "fixes",
        "export default async()=>{",
        |_| "debugger;".into(),
        "}",
    ),
    of(
        "long names",
        "",
        |n| format!("{}{n};", "z".repeat(10_000)),
        "",
    ),
    of(
        "fixes of one text",
        "",
        |n| match n % 200 {
            0 => format!("'{}'", "x".repeat(20_000)),
            199 => ";".into(),
            _ => "==NaN".into(),
        },
        "",
    ),
    of(
        "promises",
        "const p=fetch('https://a.org');",
        |_| "p.a;".into(),
        "",
    ),
    of(
        "promises of one name",
        "const p=a?fetch(1):b?fetch(2):c?fetch(3):fetch(4);",
        |_| "p.a;".into(),
        "await p",
    ),
    of(
        "endless loops",
        "",
        |_| "for(;;){(()=>{return})}".into(),
        "",
    ),
    of(
        "loops in each other",
        "for(;;)for(;;)for(;;)for(;;)for(;;)for(;;){(()=>{",
        |_| "return;".into(),
        "})}",
    ),
    of("dead code", "function f(){", |_| "return;1;".into(), "}"),
    of("keys", "({", |n| format!("a{}:1,", n % 1_000), "})"),
    of("constants set again", "const a=1;", |_| "a=1;".into(), ""),
    of("syntax errors", "", |_| "let a;".into(), ""),
    of("labels", "", |_| "a:{break a}".into(), ""),
    of("comments", "", |_| "/*a*/".into(), ""),
];
