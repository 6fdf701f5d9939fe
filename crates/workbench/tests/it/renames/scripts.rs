//! What follows when files of JavaScript move, and the JSON that they import.

use super::told::left;
use super::{go, has, host};
use serde_json::json;

const LIB: &str = "export const total = 1;\n";

#[test]
fn imports_of_scripts_follow_a_library_that_is_renamed_in_one_change() {
    let before = "\
// ./lib/money.js
import { total } from './lib/money.js';
import * as m from \"/flows/lib/money.js\";
export { total as sum } from '../flows/lib//money.js';
export * from './lib/moneys.js';
const late = await import('./lib/money.js'), name = './lib/money.js';
const computed = await import(`./lib/money.js`);
export default () => [total, m, late, name, computed];
";
    let after = "\
// ./lib/money.js
import { total } from './cash/coins.mjs';
import * as m from \"/flows/cash/coins.mjs\";
export { total as sum } from './cash/coins.mjs';
export * from './lib/moneys.js';
const late = await import('./cash/coins.mjs'), name = './lib/money.js';
const computed = await import(`./lib/money.js`);
export default () => [total, m, late, name, computed];
";
    let mut host = host(&[
        ("flows/lib/money.js", LIB),
        ("flows/lib/moneys.js", "export * from './money.js';\n"),
        ("flows/a.flow.js", before),
        ("other/b.mjs", "import '../flows/lib/money.js';\n"),
        ("other/money.js", "import './money.js';\n"),
    ]);
    let moved = go(&mut host, "flows/lib/money.js", "flows/cash/coins.mjs");
    has(
        &mut host,
        &[
            ("flows/a.flow.js", after),
            (
                "flows/lib/moneys.js",
                "export * from '../cash/coins.mjs';\n",
            ),
            ("other/b.mjs", "import '../flows/cash/coins.mjs';\n"),
            ("other/money.js", "import './money.js';\n"),
        ],
    );
    assert_eq!(left(&moved), Vec::<String>::new());
    host.ok("undo", json!({}));
    has(&mut host, &[("flows/a.flow.js", before)]);
}

#[test]
fn data_that_a_script_imports_is_followed_and_its_other_texts_are_not() {
    let mut host = host(&[
        ("data/rates.json", "{}\n"),
        (
            "flows/a.flow.js",
            "import rates from '/data/rates.json' with { type: 'json' };\nexport default (flow) => flow.fs.read('data/rates.json');\n",
        ),
    ]);
    go(&mut host, "data", "tables");
    has(
        &mut host,
        &[(
            "flows/a.flow.js",
            "import rates from '/tables/rates.json' with { type: 'json' };\nexport default (flow) => flow.fs.read('data/rates.json');\n",
        )],
    );
}

#[test]
fn what_moves_along_stays_and_what_moves_away_names_what_it_left() {
    let flow = "import './lib/money.js';\nimport '../shared.js';\nimport '/shared.js';\n";
    let mut host = host(&[
        ("flows/lib/money.js", LIB),
        ("flows/a.flow.js", flow),
        ("shared.js", LIB),
    ]);
    go(&mut host, "flows", "jobs");
    has(&mut host, &[("jobs/a.flow.js", flow)]);
    go(&mut host, "jobs/a.flow.js", "x/y/a.flow.js");
    has(
        &mut host,
        &[(
            "x/y/a.flow.js",
            "import '../../jobs/lib/money.js';\nimport '../../shared.js';\nimport '/shared.js';\n",
        )],
    );
}

#[test]
fn references_follow_a_flow_of_javascript_wherever_they_stand() {
    let named = |path: &str| {
        let entry = json!({ "entry": path });
        json!({ "version": 1, "flows": { "sum": entry } }).to_string()
    };
    let mut host = host(&[
        ("flows/sum.flow.js", "export default () => 1;\n"),
        ("workflows/w.py", "FLOW = 'flows/sum.flow.js'\n"),
        (
            "flows/b.flow.js",
            "export default (flow) => flow.call('run_flow', { path: 'flows/sum.flow.js' });\n",
        ),
    ]);
    let config = "flows/flow.config.json";
    super::write(&mut host, &[(config, &named("flows/sum.flow.js"))]);
    go(&mut host, "flows/sum.flow.js", "flows/add.flow.js");
    has(
        &mut host,
        &[
            (config, &named("flows/add.flow.js")),
            ("workflows/w.py", "FLOW = 'flows/add.flow.js'\n"),
            (
                "flows/b.flow.js",
                "export default (flow) => flow.call('run_flow', { path: 'flows/add.flow.js' });\n",
            ),
        ],
    );
}

#[test]
fn a_script_that_runs_a_python_workflow_follows_it() {
    let flow = |path: &str| {
        format!("export default (flow) => flow.call('run_flow', {{ path: \"{path}::sync\" }});\n")
    };
    let mut host = host(&[("workflows/a.py", "def sync():\n    return 1\n")]);
    super::write(&mut host, &[("flows/a.flow.js", &flow("workflows/a.py"))]);
    go(&mut host, "workflows/a.py", "workflows/b.py");
    has(&mut host, &[("flows/a.flow.js", &flow("workflows/b.py"))]);
}

#[test]
fn what_can_not_follow_is_told_and_what_is_not_meant_is_not() {
    let mut host = host(&[
        ("lib/time.js", LIB),
        ("a.flow.js", "let = ; import './lib/time.js';\n"),
        ("b.flow.js", "let = ; // of something else\n"),
        ("c.flow.js", "import './lib/time.js';\n"),
    ]);
    let moved = go(&mut host, "lib/time.js", "lib/o'clock.js");
    let mut left = left(&moved);
    left.sort();
    assert_eq!(
        left,
        [
            "a.flow.js: it does not parse",
            "c.flow.js: `lib/o'clock.js` has signs that no import is written with",
        ]
    );
}

#[test]
fn what_a_patch_writes_stays_where_it_leads_somewhere_and_follows_where_not() {
    let mut host = host(&[
        ("x/a.js", "import './b.js';\nimport './c.js';\nlet a = 1;\n"),
        ("x/b.js", LIB),
        ("x/c.js", LIB),
        ("kept.js", "import './x/b.js';\n"),
    ]);
    let patch = "*** Begin Patch
*** Update File: x/a.js
*** Move to: y/a.js
@@
-let a = 1;
+let a = 2;
*** Update File: x/b.js
*** Move to: x/old.js
@@
-export const total = 1;
+export const total = 2;
*** Add File: y/b.js
+export const total = 3;
*** End Patch
";
    host.ok("apply_patch", json!({ "patch": patch }));
    has(
        &mut host,
        &[
            (
                "y/a.js",
                "import './b.js';\nimport '../x/c.js';\nlet a = 2;\n",
            ),
            ("kept.js", "import './x/old.js';\n"),
        ],
    );
}
