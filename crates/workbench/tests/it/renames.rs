//! What follows when files move, and what is told of what can't.

mod limits;
mod packages;
mod scripts;
mod split;
mod told;
mod wholes;
mod written;

use crate::common::{Host, text};
use serde_json::{Value, json};

/// A workspace of these files.
fn host(files: &[(&str, &str)]) -> Host {
    let mut host = Host::with_runner();
    write(&mut host, files);
    host
}

fn write(host: &mut Host, files: &[(&str, &str)]) {
    for (path, content) in files {
        host.ok("write", json!({ "path": path, "content": content }));
    }
}

fn has(host: &mut Host, files: &[(&str, &str)]) {
    for (path, content) in files {
        assert_eq!(&text(host, path), content, "{path}");
    }
}

fn go(host: &mut Host, from: &str, to: &str) -> Value {
    host.ok("move", json!({ "from": from, "to": to }))
}

const MONEY: &str = "def total(rows):\n    return 1\n";

#[test]
fn imports_follow_a_module_that_is_renamed_in_one_change() {
    let before = "\
\"\"\"See modules.money and modules/money.py.\"\"\"
from modules.money import total
import modules.money as m, modules.other
import modules.other
from bifrost.modules import money
from modules import (  # both
    money as cash,
    other,
)
x = f'{modules.money.total([])}'  # modules.money
y = modules.moneys + self.modules.money + 'modules.money'
";
    let after = "\
\"\"\"See modules.money and modules/money.py.\"\"\"
from modules.coins import total
import modules.coins as m, modules.other
import modules.other
from bifrost.modules import coins as money
from modules import (  # both
    coins as cash,
    other,
)
x = f'{modules.money.total([])}'  # modules.money
y = modules.moneys + self.modules.money + 'modules.money'
";
    let mut host = host(&[
        ("modules/money.py", MONEY),
        ("modules/other.py", "import modules.money as a\n"),
        ("workflows/a.py", before),
        ("notes.md", "modules/money.py\n"),
    ]);
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    let renamed = [
        ("modules/other.py", "import modules.coins as a\n"),
        ("workflows/a.py", after),
        ("notes.md", "modules/money.py\n"),
    ];
    has(&mut host, &renamed);
    let paths = moved["paths"].as_array().expect("paths");
    for path in ["modules/other.py", "workflows/a.py", "modules/coins.py"] {
        assert!(paths.contains(&json!(path)), "{paths:?}");
    }
    assert_eq!(
        moved["message"],
        json!("Move modules/money.py to modules/coins.py")
    );
    host.ok("undo", json!({}));
    has(
        &mut host,
        &[("modules/money.py", MONEY), ("workflows/a.py", before)],
    );
    host.ok("redo", json!({}));
    has(&mut host, &renamed);
}

#[test]
fn a_module_in_another_folder_is_imported_from_there() {
    let mut host = host(&[
        ("modules/money.py", MONEY),
        ("modules/psa/halo.py", "A = 1\n"),
        (
            "workflows/a.py",
            "if True:\n    from modules import money, other as o, prices\nimport modules.money as m\n",
        ),
        ("modules/other.py", ""),
        ("modules/prices.py", ""),
        (
            "workflows/b.py",
            "from bifrost.modules import halo\nfrom bifrost.modules.psa import halo as h\nfrom bifrost.modules.halo import A\n",
        ),
    ]);
    go(&mut host, "modules/money.py", "shared/text/cash.py");
    has(
        &mut host,
        &[(
            "workflows/a.py",
            "if True:\n    from modules import other as o, prices\n    from shared.text import cash as money\nimport shared.text.cash as m\n",
        )],
    );
    // By its name alone it is found in every folder.
    go(&mut host, "modules/psa/halo.py", "modules/crm/halo.py");
    has(
        &mut host,
        &[(
            "workflows/b.py",
            "from bifrost.modules import halo\nfrom bifrost.modules.crm import halo as h\nfrom bifrost.modules.halo import A\n",
        )],
    );
    go(&mut host, "modules/crm/halo.py", "halo.py");
    has(
        &mut host,
        &[(
            "workflows/b.py",
            "import halo\nimport halo as h\nfrom halo import A\n",
        )],
    );
}

#[test]
fn a_file_that_moves_keeps_what_it_imports() {
    let run =
        "from .rules import check\nfrom . import rules\nfrom ..shared import words\nimport json\n";
    let mut host = host(&[
        ("features/a/run.py", run),
        ("features/a/rules.py", ""),
        ("features/shared/words.py", ""),
    ]);
    go(&mut host, "features/a/run.py", "features/b/run.py");
    let moved = "from features.a.rules import check\nfrom features.a import rules\nfrom ..shared import words\nimport json\n";
    has(&mut host, &[("features/b/run.py", moved)]);
    host.ok("undo", json!({}));
    // Renamed beside it, it is still beside it.
    go(&mut host, "features/a/rules.py", "features/a/checks.py");
    let beside = "from .checks import check\nfrom . import checks as rules\nfrom ..shared import words\nimport json\n";
    has(&mut host, &[("features/a/run.py", beside)]);
}

#[test]
fn a_folder_takes_its_modules_and_references_along() {
    let near = "from .rules import check\n";
    let mut host = host(&[
        ("features/a/run.py", near),
        ("features/a/rules.py", "import features.a.run as r\n"),
        ("features/a/data.csv", "1\n"),
        (
            "b.py",
            "from features.a.rules import check\nimport features.a.run as r\nfrom features.a import rules\nW = ['features/a/run.py::go', 'features/a/data.csv', \"workflow::run::go\"]\n",
        ),
        ("forms/x.form.yaml", "run: features/a/run.py::go\n"),
    ]);
    go(&mut host, "features/a", "lib/crm");
    has(
        &mut host,
        &[
            ("lib/crm/run.py", near),
            ("lib/crm/rules.py", "import lib.crm.run as r\n"),
            (
                "b.py",
                "from lib.crm.rules import check\nimport lib.crm.run as r\nfrom lib.crm import rules\nW = ['lib/crm/run.py::go', 'features/a/data.csv', \"workflow::run::go\"]\n",
            ),
            ("forms/x.form.yaml", "run: lib/crm/run.py::go\n"),
        ],
    );
}

#[test]
fn references_in_python_follow_and_words_do_not() {
    let before = "\
# workflows/a.py::one
await workflows.execute('workflows/a.py::one', {})
await workflows.execute(\"workflow::a::one\")
print('see workflows/a.py::one', f'workflows/a.py::one', 'workflows/' 'a.py::one', b'workflows/a.py')
";
    let after = before
        .replace(
            "('workflows/a.py::one', {})",
            "('workflows/crm/b.py::one', {})",
        )
        .replace("\"workflow::a::one\"", "\"workflow::b::one\"");
    let mut host = host(&[
        ("workflows/a.py", ""),
        ("workflows/c.py", before),
        ("workflows/other.py", ""),
    ]);
    go(&mut host, "workflows/a.py", "workflows/crm/b.py");
    has(&mut host, &[("workflows/c.py", &after)]);
    // A name that another file has tells nobody apart; the path does.
    go(&mut host, "workflows/crm/b.py", "workflows/crm/other.py");
    let after = after
        .replace("workflows/crm/b.py", "workflows/crm/other.py")
        .replace("workflow::b::one", "workflows/crm/other.py::one");
    has(&mut host, &[("workflows/c.py", &after)]);
}

#[test]
fn a_patch_that_moves_is_a_move_and_keeps_what_else_it_changes() {
    let mut host = host(&[
        ("modules/money.py", MONEY),
        ("workflows/a.py", "from modules.money import total\nA = 1\n"),
        ("workflows/b.py", "from modules.money import total\n"),
        ("workflows/c.py", "import modules.money as m\n"),
    ]);
    let patch = "*** Begin Patch
*** Update File: modules/money.py
*** Move to: modules/coins.py
@@
-    return 1
+    return 2
*** Update File: workflows/a.py
@@
-A = 1
+A = 2
*** Update File: workflows/b.py
@@
-from modules.money import total
+from modules.coins import total
*** Add File: workflows/new.py
+from modules.money import total
*** End Patch
";
    let patched = host.ok("apply_patch", json!({ "patch": patch }));
    let renamed = [
        ("modules/coins.py", "def total(rows):\n    return 2\n"),
        ("workflows/a.py", "from modules.coins import total\nA = 2\n"),
        ("workflows/b.py", "from modules.coins import total\n"),
        ("workflows/c.py", "import modules.coins as m\n"),
        ("workflows/new.py", "from modules.coins import total\n"),
    ];
    has(&mut host, &renamed);
    let row = |path: &str, kind: &str| json!({ "path": path, "kind": kind });
    assert_eq!(
        patched["files"],
        json!([
            row("modules/coins.py", "moved"),
            row("modules/coins.py", "changed"),
            row("workflows/a.py", "changed"),
            row("workflows/b.py", "changed"),
            row("workflows/new.py", "created"),
            row("workflows/c.py", "changed"),
        ])
    );
    host.ok("undo", json!({}));
    has(
        &mut host,
        &[
            ("workflows/c.py", "import modules.money as m\n"),
            ("modules/money.py", MONEY),
        ],
    );
    // Where the patch puts another file in its place, that one is meant from now on.
    let patch = "*** Begin Patch
*** Update File: modules/money.py
*** Move to: modules/coins.py
@@
-    return 1
+    return 2
*** Add File: modules/money.py
+from modules.coins import *
*** End Patch
";
    host.ok("apply_patch", json!({ "patch": patch }));
    has(
        &mut host,
        &[
            ("workflows/c.py", "import modules.coins as m\n"),
            ("modules/money.py", "from modules.coins import *\n"),
        ],
    );
}

#[test]
fn a_package_says_what_it_offers_before_its_files_do() {
    let mut host = host(&[
        ("lib/__init__.py", "from lib.tools import tools\n"),
        ("lib/tools.py", "def tools(): pass\n"),
        ("lib/more.py", ""),
        ("a.py", "from lib import tools, more\n"),
    ]);
    go(&mut host, "lib/tools.py", "lib/kit.py");
    has(
        &mut host,
        &[
            ("a.py", "from lib import tools, more\n"),
            ("lib/__init__.py", "from lib.kit import tools\n"),
        ],
    );
    go(&mut host, "lib/more.py", "lib/rest.py");
    has(
        &mut host,
        &[("a.py", "from lib import tools, rest as more\n")],
    );
}

#[test]
fn named_flows_go_on_and_the_policy_is_left_to_persons() {
    let flows = |path: &str| {
        let entry = json!({ "entry": format!("{path}::one") });
        json!({ "version": 1, "flows": { "nightly": entry } }).to_string()
    };
    let policy = |path: &str| {
        format!("version: 1\nflows:\n  - path: {path}\n    allow: {{ read: ['**'] }}\n")
    };
    let mut host = host(&[
        ("workflows/a.py", ""),
        ("flows/flow.config.json", &flows("workflows/a.py")),
    ]);
    go(&mut host, "workflows/a.py", "workflows/b.py");
    has(
        &mut host,
        &[("flows/flow.config.json", &flows("workflows/b.py"))],
    );
    let rules = policy("workflows/b.py");
    host.as_person(|host| {
        write(host, &[("selvage.policy.yaml", &rules)]);
        // Rules that were about the file still are.
        go(host, "workflows/b.py", "workflows/c.py");
        has(host, &[("selvage.policy.yaml", &policy("workflows/c.py"))]);
        host.ok("delete", json!({ "path": "selvage.policy.yaml" }));
        write(host, &[("embed.json", "[\"workflows/c.py\"]")]);
    });
    go(&mut host, "workflows/c.py", "workflows/d.py");
    has(&mut host, &[("embed.json", "[\"workflows/d.py\"]")]);
}

#[test]
fn a_package_that_moves_alone_is_followed_by_what_lies_beside_it() {
    let mut host = host(&[
        ("pkg/__init__.py", "RATE = 1\n"),
        ("pkg/near.py", "from . import RATE, far\n"),
        ("pkg/in/far.py", "from .. import RATE\n"),
        ("pkg/far.py", ""),
    ]);
    let moved = go(&mut host, "pkg/__init__.py", "pkg/core.py");
    has(
        &mut host,
        &[
            ("pkg/near.py", "from . import far\nfrom .core import RATE\n"),
            ("pkg/in/far.py", "from ..core import RATE\n"),
        ],
    );
    assert_eq!(told::left(&moved), [""; 0]);
    go(&mut host, "pkg/core.py", "pkg/__init__.py");
    let moved = go(&mut host, "pkg/__init__.py", "pkg/the-core.py");
    assert_eq!(told::left(&moved).len(), 2, "{moved}");
}
