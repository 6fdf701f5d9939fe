//! What does not follow a file that moves, and the words for it.

use crate::common::python::offers;
use crate::common::scopes::mount;
use crate::common::{Host, person};
use crate::{MONEY, go, has, host, imports, write};
use serde_json::{Value, json};

/// What was left as it was, and why.
fn left(moved: &Value) -> Vec<String> {
    let left = moved["left"].as_array().into_iter().flatten();
    let text = |one: &Value, key: &str| one[key].as_str().expect("a text").to_owned();
    left.map(|one| format!("{}: {}", text(one, "path"), text(one, "why")))
        .collect()
}

#[test]
fn of_files_with_one_name_the_function_tells_which_is_meant() {
    let mut host = host(&[
        ("features/a/providers.py", "# a\n"),
        ("features/b/providers.py", "# b\n"),
        (
            "forms/x.form.json",
            "[\"workflow::providers::sizes\", \"workflow::providers::colours\"]",
        ),
    ]);
    let a = offers(&[("sizes", "sizes"), ("colours", "colours")]);
    host.readings.insert("features/a/providers.py".into(), a);
    let b = offers(&[("colours", "colours")]);
    host.readings.insert("features/b/providers.py".into(), b);
    let moved = go(&mut host, "features/a/providers.py", "features/a/sized.py");
    has(
        &mut host,
        &[(
            "forms/x.form.json",
            "[\"workflow::sized::sizes\", \"workflow::providers::colours\"]",
        )],
    );
    assert_eq!(
        left(&moved),
        ["forms/x.form.json: several files are called `providers`"]
    );
}

#[test]
fn a_name_of_one_part_is_the_interpreters_unless_its_guest_says_otherwise() {
    let files = [
        ("features/a/types.py", "A = 1\n"),
        ("features/a/run.py", "import types\nfrom types import A\n"),
    ];
    let mut own = host(&files);
    own.readings.insert(
        "features/a/run.py".into(),
        imports(&["types.py", "features/a/types.py"]),
    );
    go(&mut own, "features/a/types.py", "features/b/kinds.py");
    has(
        &mut own,
        &[(
            "features/a/run.py",
            "import features.b.kinds as types\nfrom features.b.kinds import A\n",
        )],
    );
    let mut library = host(&files);
    let moved = go(&mut library, "features/a/types.py", "features/b/kinds.py");
    has(&mut library, &[files[1]]);
    assert_eq!(library.checked, ["features/a/run.py"]);
    assert_eq!(left(&moved), [""; 0]);
    // Nobody waits for an executor to move a file.
    let mut without = Host::new();
    write(&mut without, &files);
    let moved = go(&mut without, "features/a/types.py", "features/b/kinds.py");
    has(&mut without, &[files[1]]);
    assert_eq!(
        left(&moved),
        ["features/a/run.py: its import of `types` was not read"]
    );
}

#[test]
fn what_can_not_follow_is_told_with_the_reason() {
    let large = format!("\"workflows/a.py\" {}", " ".repeat(2 * 1024 * 1024));
    let mut host = host(&[
        ("workflows/a.py", "# a\n"),
        ("modules/money.py", MONEY),
        ("forms/large.json", &large),
        ("broken.py", "x = '''a\n"),
        ("uses.py", "from modules.money import total\n"),
    ]);
    let flows =
        json!({ "version": 1, "flows": { "nightly": { "entry": "workflows/a.py" } } }).to_string();
    write(&mut host, &[("flows/flow.config.json", &flows)]);
    host.ok(
        "scope_mount",
        mount(
            "global",
            "aa",
            &[("forms/p.form.json", "[\"modules/money.py\"]")],
        ),
    );
    let moved = go(&mut host, "workflows/a.py", "modules/a.py");
    assert_eq!(
        left(&moved),
        [
            "broken.py: it does not parse",
            "flows/flow.config.json: it runs `workflows/a.py`, and `modules/a.py` can't be run",
            "forms/large.json: it is too large"
        ]
    );
    has(&mut host, &[("flows/flow.config.json", &flows)]);
    let moved = go(&mut host, "modules/money.py", "modules/my-money.py");
    let left_now = left(&moved);
    for one in [
        "scopes/global/forms/p.form.json: it belongs to a parent",
        "uses.py: no import can name `modules/my-money.py` there",
    ] {
        assert!(left_now.iter().any(|left| left == one), "{left_now:?}");
    }
    has(
        &mut host,
        &[("uses.py", "from modules.money import total\n")],
    );
}

#[test]
fn the_policy_keeps_files_from_following_and_not_the_move_from_happening() {
    let policy = "version: 1
agents:
  - name: '*'
    allow: { tools: ['*'], read: ['**'], write: ['**'] }
    deny: { read: ['private/**'], write: ['locked/**'] }
";
    let import = "from modules.money import total\n";
    let mut host = Host::with_runner();
    host.as_person(|host| {
        write(
            host,
            &[
                ("modules/money.py", MONEY),
                ("locked/a.py", import),
                ("private/a.py", import),
                ("workflows/a.py", import),
                ("selvage.policy.yaml", policy),
            ],
        );
    });
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    assert_eq!(
        left(&moved),
        ["locked/a.py: the policy does not let it be written"]
    );
    // What Selvage itself goes by is not an agent's, whatever it names.
    host.as_person(|host| write(host, &[("embed.json", "[\"modules/coins.py\"]")]));
    let moved = go(&mut host, "modules/coins.py", "modules/cash.py");
    let kept = "embed.json: only persons change what Selvage itself goes by";
    assert!(left(&moved).iter().any(|left| left == kept), "{moved}");
    go(&mut host, "modules/cash.py", "modules/coins.py");
    // A file that may not be read takes no name away.
    host.as_person(|host| {
        let reference = "['workflow::b::one']\n";
        write(
            host,
            &[
                ("workflows/b.py", ""),
                ("private/b.py", ""),
                ("private/c.py", ""),
                ("x.yaml", reference),
            ],
        );
    });
    let moved = go(&mut host, "workflows/b.py", "workflows/c.py");
    assert_eq!(
        moved["message"],
        json!("Move workflows/b.py to workflows/c.py")
    );
    has(&mut host, &[("x.yaml", "['workflow::c::one']\n")]);
    host.who = person();
    has(
        &mut host,
        &[
            ("locked/a.py", import),
            ("private/a.py", import),
            ("workflows/a.py", "from modules.coins import total\n"),
        ],
    );
}

#[test]
fn so_many_files_are_looked_at_and_so_many_told_of() {
    let mut host = host(&[("modules/money.py", MONEY)]);
    for n in 0..2_000 {
        let path = format!("w/{n:04}.json");
        host.ok("write", json!({ "path": path, "content": "" }));
    }
    write(
        &mut host,
        &[("x/last.py", "from modules.money import total\n")],
    );
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    let first = left(&moved).remove(0);
    assert!(
        first.ends_with(": more than 2000 files were to be looked at"),
        "{first}"
    );
    has(
        &mut host,
        &[("x/last.py", "from modules.money import total\n")],
    );
    for n in 0..30 {
        let path = format!("b/{n:02}.py");
        host.ok("write", json!({ "path": path, "content": "money = '''" }));
    }
    let moved = go(&mut host, "modules/coins.py", "modules/money.py");
    assert_eq!(left(&moved).len(), 20);
}
