//! Modules that are called by their whole names: `import a.b`, and then `a.b.f()`.

use super::told::left;
use super::{MONEY, go, has, host};

/// What a text becomes when a file moves, and what is told of that.
fn moved(text: &str, from: &str, to: &str) -> (String, Vec<String>) {
    let mut host = host(&[
        ("p/__init__.py", "VERSION = 1\n"),
        ("p/b.py", "x = 1\n"),
        ("p/c.py", ""),
        ("p/s/t.py", ""),
        ("q/e.py", ""),
        ("run.py", text),
    ]);
    let moved = go(&mut host, from, to);
    (crate::common::text(&mut host, "run.py"), left(&moved))
}

#[test]
fn a_module_and_its_uses_follow() {
    let text = "\
import ~
def f(a, b):  # p.b.x, p
    return ~.x(a)[b] + self.p.b.x + f'{~.x!r:>{~.w}} p.b.x'
~.x = 'p.b.x'
@~.deco
class A(~.A):
    import ~, json
    y = [~.x for x in (~.x, ~)]
";
    for (from, to, old, new) in [
        ("p/b.py", "p/d.py", "p.b", "p.d"),
        ("p/b.py", "q/d.py", "p.b", "q.d"),
        ("p/b.py", "d.py", "p.b", "d"),
        ("p/s", "u", "p.s.t", "u.t"),
        ("p/s", "p/u", "p.s.t", "p.u.t"),
        ("p", "u/v", "p.b", "u.v.b"),
    ] {
        let [old, new] = [old, new].map(|name| text.replace('~', name));
        assert_eq!(moved(&old, from, to), (new, Vec::new()), "{to}");
    }
}

#[test]
fn other_imports_may_give_the_first_part_of_a_name() {
    for (text, after) in [
        // That of the new one.
        (
            "import q.e\nq.e.x\nimport p.b\np.b.x\n",
            "import q.e\nq.e.x\nimport q.d\nq.d.x\n",
        ),
        // That of the old one, for what else it is used for.
        (
            "import p.c as c, p.c\np.c.y + p.VERSION\nimport p.b\np.b.x\n",
            "import p.c as c, p.c\np.c.y + p.VERSION\nimport q.d\nq.d.x\n",
        ),
        (
            "import p\nimport p.b\np.b.x + p.VERSION\n",
            "import p\nimport q.d\nq.d.x + p.VERSION\n",
        ),
        // Where it is imported in a function alone, it is called there alone.
        (
            "def f():\n    import p.b\n    return p.b.x\n",
            "def f():\n    import q.d\n    return q.d.x\n",
        ),
    ] {
        let followed = moved(text, "p/b.py", "q/d.py");
        assert_eq!(followed, (after.to_owned(), Vec::new()));
    }
    // Of several names of which one begins with another, the whole one is meant.
    let text = "import p, p.b, p.s.t\np.b.x + p.VERSION + p.s.t.x\n";
    let after = "import u as p, u.b, u.s.t\nu.b.x + p.VERSION + u.s.t.x\n";
    assert_eq!(moved(text, "p", "u"), (after.to_owned(), Vec::new()));
}

#[test]
fn what_may_be_something_else_stays_and_is_told_with_its_line() {
    for (uses, line) in [
        ("def f(p): return p.b.x", 2),
        ("\ng = lambda p: p.b", 3),
        ("p = 3", 2),
        ("print(p)", 2),
        ("for p in p.b.x: pass", 2),
        ("from m import p", 2),
        ("import m as p", 2),
        ("from m import *", 2),
        // It would not be there any more.
        ("print(p.VERSION)", 2),
        ("if p.b.x:\n    import p.c\nprint(p.c.x)", 4),
        ("def f():\n    import p.c\n    return p.c.x", 4),
        // It would be something else.
        ("q = 1", 2),
        ("def f(q): pass", 2),
        ("print(q.x)", 2),
        ("from m import q", 2),
        // More than a name stands there.
        ("(p  # x\n .b.x)", 2),
    ] {
        let text = format!("import p.b, json\n{uses}\n");
        let why = format!(
            "run.py: it imports `p.b` by its whole name, and line {line} may mean something else by a part of it: mend its uses by hand"
        );
        assert_eq!(moved(&text, "p/b.py", "q/d.py"), (text, vec![why]));
    }
    // Where each of two functions has an import of its own, it is not known which one gives the part.
    let before = "def f():\n    import p.b\ndef g():\n    import p.c\n    return p.b.x\n";
    let (after, told) = moved(before, "p/b.py", "q/d.py");
    assert_eq!((after.as_str(), told.len()), (before, 1), "{told:?}");
    // Both give the same one where the file stays beside.
    let after = before.replace("p.b", "p.d");
    assert_eq!(moved(before, "p/b.py", "p/d.py"), (after, Vec::new()));
}

#[test]
fn a_module_without_dots_is_called_as_before() {
    let mut host = host(&[
        ("money.py", MONEY),
        ("pay.py", "import money\nmoney.total([])\n"),
    ]);
    let moved = go(&mut host, "money.py", "coins.py");
    has(
        &mut host,
        &[("pay.py", "import coins as money\nmoney.total([])\n")],
    );
    assert_eq!(left(&moved), [""; 0]);
}

#[test]
fn a_module_that_is_imported_by_a_call_follows() {
    let text = "\
import importlib
from importlib import import_module
a = importlib.import_module('p.b')
b = import_module(\"p.b\", package=None)
c = f'{import_module(\"p.b\").x}'
d = [import_module('.b', 'p'), import_module('p' '.b'), import_module(f'p.b'), load('p.b'), 'p.b']
";
    let after = text
        .replace("import_module('p.b')", "import_module('q.d')")
        .replace("import_module(\"p.b\"", "import_module(\"q.d\"");
    assert_eq!(moved(text, "p/b.py", "q/d.py"), (after, Vec::new()));
    let why = "run.py: no import can name `q/my-d.py` there";
    let stays = (text.to_owned(), vec![why.to_owned()]);
    assert_eq!(moved(text, "p/b.py", "q/my-d.py"), stays);
}
