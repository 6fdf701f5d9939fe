//! Imports that must be split, and files of other systems: what is around them stays as it is.

use super::told::left;
use super::{MONEY, go, has, host};
use serde_json::json;

/// A text before and after `modules/money.py` and `modules/cash.py` came to lie elsewhere.
fn splits(cases: &[(&str, &str)]) {
    for (before, after) in cases {
        let mut host = host(&[
            ("modules/money.py", MONEY),
            ("modules/other.py", ""),
            ("workflows/a.py", before),
        ]);
        go(&mut host, "modules/money.py", "shared/coins.py");
        has(&mut host, &[("workflows/a.py", after)]);
    }
}

#[test]
fn comments_and_lines_stay_where_an_import_is_split() {
    splits(&[
        (
            "from modules import (  # these\n    # The first.\n    money,  # counts\n    other,  # else\n)  # end\nx = 1\n",
            "from modules import (  # these\n    # The first.\n    # counts\n    other,  # else\n)  # end\nfrom shared import coins as money\nx = 1\n",
        ),
        (
            "from modules import (\n    other,\n    money,\n)\n",
            "from modules import (\n    other,\n)\nfrom shared import coins as money\n",
        ),
        (
            "from modules import (other as o, money as m)",
            "from modules import (other as o,)\nfrom shared import coins as m",
        ),
        (
            "from modules import (money, other, money as m,)\n",
            "from modules import (other,)\nfrom shared import coins as money, coins as m\n",
        ),
        (
            "from modules import (other, money, money as m)\n",
            "from modules import (other, )\nfrom shared import coins as money, coins as m\n",
        ),
        (
            "from modules import (money # why\n    , other)\n",
            "from modules import (# why\n     other)\nfrom shared import coins as money\n",
        ),
        (
            "from modules import money, \\\n    other  # both\nx = 1\n",
            "from modules import other  # both\nfrom shared import coins as money\nx = 1\n",
        ),
    ]);
}

#[test]
fn a_name_that_spans_lines_in_brackets_is_one_outside_them() {
    splits(&[
        (
            "if x:\n    from modules import (money\n        as m, other)\n",
            "if x:\n    from modules import (other)\n    from shared import coins as m\n",
        ),
        (
            "from modules import money \\\n    as m, other\n",
            "from modules import other\nfrom shared import coins as m\n",
        ),
        (
            "from modules import (money  # why\n    as m)\n",
            "from shared import (coins  # why\n    as m)\n",
        ),
    ]);
    let mut host = host(&[
        ("modules/money.py", MONEY),
        ("a.py", "from modules import (money\n as m)\n"),
    ]);
    go(&mut host, "modules/money.py", "coins.py");
    has(&mut host, &[("a.py", "import coins as m\n")]);
}

#[test]
fn a_comment_inside_a_name_keeps_it_in_its_brackets() {
    let text = "from modules import (money  # why\n    as m, other)\n";
    let mut host = host(&[
        ("modules/money.py", MONEY),
        ("modules/other.py", ""),
        ("a.py", text),
    ]);
    let moved = go(&mut host, "modules/money.py", "shared/coins.py");
    has(&mut host, &[("a.py", text)]);
    assert_eq!(
        left(&moved),
        ["a.py: a comment stands in its import of `modules`"]
    );
}

#[test]
fn a_statement_that_shares_its_line_goes_on_sharing_it() {
    splits(&[
        (
            "if x: from modules import other, money  # both\n",
            "if x: from modules import other; from shared import coins as money  # both\n",
        ),
        (
            "if x:\n\tfrom modules import other, money; y = 1\n",
            "if x:\n\tfrom modules import other; from shared import coins as money; y = 1\n",
        ),
        (
            "if x: \\\n    from modules import other, money\n",
            "if x: \\\n    from modules import other; from shared import coins as money\n",
        ),
        (
            "x = 1; \\\r\n    from modules import other, money\r\n",
            "x = 1; \\\r\n    from modules import other; from shared import coins as money\r\n",
        ),
        (
            "\\\n    from modules import other, money\n",
            "\\\n    from modules import other; from shared import coins as money\n",
        ),
        (
            "if x:\n    # a \\\n    from modules import other, money\n",
            "if x:\n    # a \\\n    from modules import other\n    from shared import coins as money\n",
        ),
    ]);
}

#[test]
fn lines_end_as_the_file_has_them() {
    splits(&[
        (
            "if x:\r\n    from modules import other, money\r\n    y = 1\r\n",
            "if x:\r\n    from modules import other\r\n    from shared import coins as money\r\n    y = 1\r\n",
        ),
        (
            "x = 1\r\nfrom modules import (\r\n    money,\r\n    other,\r\n)",
            "x = 1\r\nfrom modules import (\r\n    other,\r\n)\r\nfrom shared import coins as money",
        ),
        (
            "# a\rif x:\r    from modules import other, money\r    y = 1\r",
            "# a\rif x:\r    from modules import other\r    from shared import coins as money\r    y = 1\r",
        ),
        (
            "x = 1\rfrom modules import (\r    money,\r    other,\r)\rfrom modules import other, money",
            "x = 1\rfrom modules import (\r    other,\r)\rfrom shared import coins as money\rfrom modules import other\rfrom shared import coins as money",
        ),
    ]);
}

#[test]
fn a_file_that_begins_with_a_byte_order_mark_follows() {
    splits(&[(
        "\u{feff}from modules import money, other\nX = 'modules/money.py'\n",
        "\u{feff}from modules import other\nfrom shared import coins as money\nX = 'shared/coins.py'\n",
    )]);
    let mut host = host(&[
        ("workflows/a.py", ""),
        ("a.json", "\u{feff}\"workflows/a.py\""),
        ("a.yaml", "\u{feff}run: workflows/a.py\n"),
    ]);
    go(&mut host, "workflows/a.py", "workflows/b.py");
    has(
        &mut host,
        &[
            ("a.json", "\u{feff}\"workflows/b.py\""),
            ("a.yaml", "\u{feff}run: workflows/b.py\n"),
        ],
    );
}

#[test]
fn a_comment_keeps_an_import_from_becoming_one_of_the_root() {
    let text = "from modules import (  # why\n    money,\n)\n";
    let mut host = host(&[("modules/money.py", MONEY), ("workflows/a.py", text)]);
    let moved = go(&mut host, "modules/money.py", "money.py");
    has(&mut host, &[("workflows/a.py", text)]);
    assert_eq!(
        left(&moved),
        ["workflows/a.py: a comment stands in its import of `modules`"]
    );
}

#[test]
fn a_package_that_the_same_patch_makes_has_what_moves_into_it() {
    let mut host = host(&[
        ("modules/money.py", MONEY),
        ("workflows/a.py", "from modules import money\n"),
    ]);
    let patch = "*** Begin Patch
*** Update File: modules/money.py
*** Move to: shared/money.py
@@
-    return 1
+    return 2
*** Add File: shared/__init__.py
+RATE = 1
*** End Patch
";
    host.ok("apply_patch", json!({ "patch": patch }));
    has(
        &mut host,
        &[("workflows/a.py", "from shared import money\n")],
    );
}
