//! What a change says itself, and what a reference is written with.

use super::told::left;
use super::{MONEY, go, has, host};
use serde_json::json;

#[test]
fn text_that_the_same_patch_writes_says_what_holds_afterwards() {
    let mut host = host(&[
        ("util.py", MONEY),
        ("lib/__init__.py", ""),
        ("lib/b.py", MONEY),
        ("workflows/w.py", ""),
        ("a.py", "import util\nA = 1\n"),
        ("kept.py", "import util\n"),
        ("form.json", "[\"workflows/w.py::one\"]\n"),
        (
            "kept.json",
            "[\"workflows/w.py::one\", \"workflow::w::one\"]\n",
        ),
    ]);
    let patch = "*** Begin Patch
*** Update File: util.py
*** Move to: util_old.py
@@
-    return 1
+    return 2
*** Update File: lib/b.py
*** Move to: lib/c.py
@@
-    return 1
+    return 2
*** Update File: workflows/w.py
*** Move to: workflows/old.py
@@
+# old
*** Add File: util.py
+NEW = 1
*** Add File: workflows/w.py
+NEW = 1
*** Update File: a.py
@@
-import util
-A = 1
+import util
+from lib import b
+A = util.NEW
*** Update File: form.json
@@
-[\"workflows/w.py::one\"]
+[\"workflows/w.py::two\", \"workflow::w::two\", \"lib/b.py\"]
*** End Patch
";
    host.ok("apply_patch", json!({ "patch": patch }));
    has(
        &mut host,
        &[
            // What the patch names leads somewhere, or else it follows.
            (
                "a.py",
                "import util\nfrom lib import c as b\nA = util.NEW\n",
            ),
            (
                "form.json",
                "[\"workflows/w.py::two\", \"workflow::w::two\", \"lib/c.py\"]\n",
            ),
            // What it does not write means what it meant.
            ("kept.py", "import util_old as util\n"),
            (
                "kept.json",
                "[\"workflows/old.py::one\", \"workflow::old::one\"]\n",
            ),
        ],
    );
}

#[test]
fn a_reference_that_quotes_or_plain_text_would_break_stays_and_is_told() {
    let texts = [
        ("a.json", "[\"workflows/a.py\"]\n"),
        ("b.yaml", "run: workflows/a.py\nall: [workflows/a.py::f]\n"),
        ("c.py", "X = 'workflows/a.py::f'\nY = \"workflows/a.py\"\n"),
    ];
    let mut host = host(&texts);
    super::write(&mut host, &[("workflows/a.py", "")]);
    for name in [
        "it's", "a\"b", "a: b", "a #b", "a,b", "a[b", "a{b}", "a&b", "a@b", "a`b",
    ] {
        let new = format!("workflows/{name}.py");
        let moved = go(&mut host, "workflows/a.py", &new);
        has(&mut host, &texts);
        let told = left(&moved);
        assert_eq!(told.len(), 3, "{name}: {told:?}");
        let why = "has signs that no reference is written with";
        assert!(told.iter().all(|one| one.ends_with(why)), "{told:?}");
        host.ok("undo", json!({}));
    }
    // Others are read the same everywhere.
    let new = "workflows/my own-flows_2/é.b.py";
    let moved = go(&mut host, "workflows/a.py", new);
    assert_eq!(left(&moved), [""; 0]);
    let renamed = texts.map(|(path, text)| (path, text.replace("workflows/a.py", new)));
    for (path, text) in &renamed {
        has(&mut host, &[(path, text)]);
    }
}

#[test]
fn references_from_the_root_and_without_a_function_follow() {
    let files = [
        (
            "a.json",
            "[\"/workflows/a.py\", \"//workflows/a.py::f\", \"/workflow::a::f\", \"x/workflows/a.py\", \"/\"]\n",
            "[\"/flows/n.py\", \"//flows/n.py::f\", \"/workflow::n::f\", \"x/workflows/a.py\", \"/\"]\n",
        ),
        (
            "b.yaml",
            "run: workflow::a # workflow::a\nall: [/workflows/a.py::f, /workflow::a]\nnote: see workflow::a\n",
            "run: workflow::n # workflow::a\nall: [/flows/n.py::f, /workflow::n]\nnote: see workflow::a\n",
        ),
        (
            "c.py",
            "open('/workflows/a.py')\nx = 'workflow::a', 'workflow::', f'workflow::a', 'workflow::ab'\n",
            "open('/flows/n.py')\nx = 'workflow::n', 'workflow::', f'workflow::a', 'workflow::ab'\n",
        ),
    ];
    let mut host = host(&[("workflows/a.py", ""), ("workflows/b.py", "")]);
    for (path, text, _) in files {
        super::write(&mut host, &[(path, text)]);
    }
    let moved = go(&mut host, "workflows/a.py", "flows/n.py");
    assert_eq!(left(&moved), [""; 0]);
    has(&mut host, &files.map(|(path, _, after)| (path, after)));
    // A name that another file has tells nobody apart, and neither does it without a function.
    go(&mut host, "flows/n.py", "flows/b.py");
    let after = "run: flows/b.py # workflow::a\nall: [/flows/b.py::f, /flows/b.py]\nnote: see workflow::a\n";
    has(&mut host, &[("b.yaml", after)]);
    super::write(&mut host, &[("b.yaml", "run: workflow::b\n")]);
    let moved = go(&mut host, "flows/b.py", "flows/c.py");
    assert_eq!(left(&moved), ["b.yaml: several files are called `b`"]);
}

#[test]
fn what_a_patch_says_of_a_package_that_may_not_give_it_is_told() {
    for (adds, expected) in [("", 1), ("*** Add File: pkg/money.py\n+NEW = 1\n", 0)] {
        let mut host = host(&[
            ("pkg/__init__.py", "__all__ = ['money']\n"),
            ("pkg/money.py", MONEY),
            ("a.py", "A = 1\n"),
        ]);
        let patch = format!(
            "*** Begin Patch\n*** Update File: pkg/money.py\n*** Move to: pkg/coins.py\n@@\n-    return 1\n+    return 2\n*** Update File: a.py\n@@\n+from pkg import money\n A = 1\n{adds}*** End Patch\n"
        );
        let patched = host.ok("apply_patch", json!({ "patch": patch }));
        assert_eq!(left(&patched).len(), expected, "{patched}");
        has(&mut host, &[("a.py", "from pkg import money\nA = 1\n")]);
    }
}
