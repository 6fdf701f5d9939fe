//! What a package's own text gives, and what is a file beside it.

use super::told::left;
use super::{MONEY, go, has, host};

/// What `from pkg import money` becomes when `pkg/money.py` moves, where the package says this, and what is told.
fn moved(says: &str) -> (String, Vec<String>) {
    let mut host = host(&[
        ("pkg/__init__.py", says),
        ("pkg/money.py", MONEY),
        ("pkg/other.py", ""),
        ("a.py", "from pkg import money\n"),
        ("b.py", "from pkg import other\n"),
    ]);
    let moved = go(&mut host, "pkg/money.py", "pkg/coins.py");
    let after = crate::common::text(&mut host, "a.py");
    host.ok("undo", serde_json::json!({}));
    // Where both go together, the name goes on.
    let both = go(&mut host, "pkg", "cash");
    assert!(
        left(&both).iter().all(|left| !left.starts_with("a.py")),
        "{both}"
    );
    has(&mut host, &[("a.py", "from cash import money\n")]);
    (after, left(&moved))
}

#[test]
fn what_a_package_says_itself_stays() {
    for says in [
        "money = 1\n",
        "\u{feff}money = 1\n",
        "import os\nmoney = os.x\nprint(money)\n",
        "def money(rows): return rows\n",
        "@x\nasync def money(rows):\n    return rows\n",
        "class money: pass\n",
        "from .other import money\n",
        "from .other import (\n    x,\n    y as money,\n)\n",
        "from .money import money\n",
        "from . import money\n__all__ = ['money']\n",
        "import json as money\n",
        "del money\nmoney = 1\n",
    ] {
        let after = "from pkg import money\n".to_owned();
        assert_eq!(moved(says), (after, Vec::new()), "{says}");
    }
}

#[test]
fn a_file_that_a_package_only_mentions_follows() {
    for says in [
        "",
        "# See money.\n",
        "\"\"\"See money, and pkg.money.\"\"\"\n",
        "from .money import total\n",
        "from .money import total as all\n",
        "from pkg.money import total\nx = self.money\n",
        "from . import money as m\n",
        "import pkg.money\n",
        "from .other import *\n",
    ] {
        let after = "from pkg import coins as money\n".to_owned();
        assert_eq!(moved(says), (after, Vec::new()), "{says}");
    }
    // What does not parse gives nothing.
    let (after, told) = moved("money = '''\n");
    assert_eq!(after, "from pkg import coins as money\n");
    assert_eq!(told, ["pkg/__init__.py: it does not parse"]);
}

#[test]
fn what_a_package_may_say_is_told() {
    for says in [
        "__all__ = [\"money\"]\n",
        "def __getattr__(name):\n    if name == 'money': return 1\n",
        "def f():\n    money = 1\n",
        "if x:\n    money = 1\n",
        "try:\n    from .other import money\nexcept ImportError: pass\n",
        "x = 1; money = 1\n",
        "money, x = 1, 2\n",
        "money: int\n",
        "money == 1\n",
        "for money in x: pass\n",
        "f(\nmoney=1)\n",
        "print(money)\n",
        "money = 1\ndel money\n",
        "from .money import *\n",
        "import money.x\n",
    ] {
        let stays = "from pkg import money\n".to_owned();
        let why = "a.py: `pkg/__init__.py` has the word `money`, so its import may mean `pkg/coins.py`: look at it by hand";
        assert_eq!(moved(says), (stays, vec![why.to_owned()]), "{says}");
    }
}
