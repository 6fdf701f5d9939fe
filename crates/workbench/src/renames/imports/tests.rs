//! Imports of any text, and of very many names.

use super::super::edited;
use super::super::packages::Given;
use super::super::scan::scan;
use super::{Followed, Scene, Tree, follow};
use proptest::prelude::*;

/// A workspace whose `modules/money.py` and `pkg/money.py` become `coins.py` elsewhere and beside.
fn followed(text: &str) -> Option<Followed> {
    let moved = |path: &str| match path {
        "modules/money.py" => "shared/coins.py".to_owned(),
        "pkg/money.py" => "pkg/coins.py".to_owned(),
        path => path.to_owned(),
    };
    let (mut before, mut after) = (Tree::default(), Tree::default());
    for path in [
        "modules/money.py",
        "modules/other.py",
        "pkg/__init__.py",
        "pkg/money.py",
        "pkg/a.py",
    ] {
        before.add(path.into(), path.into());
        after.add(moved(path), path.into());
    }
    let scene = Scene {
        before: &before,
        after: &after,
        moved: &moved,
        says: &|_, name| Some(name == "said"),
        importer: ("pkg/a.py", "pkg/a.py"),
        is_written: false,
    };
    Some(follow(text, &scan(text)?, &scene))
}

/// Texts of words that matter here, with what may come between them.
fn texts(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec![
        "\\",
        "'",
        "\"",
        "'''",
        "\n",
        "\r\n",
        "\r",
        "\n    ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        ";",
        ":",
        ".",
        "*",
        "#",
        " ",
        " ",
        " as ",
        "import ",
        "from ",
        "from . import ",
        "f'",
        "rb\"",
        "f'''",
        "é",
        "漢",
        "\u{feff}",
        "\u{a0}",
        "😀",
        "0",
        "=",
        "!r",
        "{{",
    ]);
    let words = prop_oneof![
        signs.prop_map(str::to_owned),
        prop::sample::select(names).prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(words, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_followed(text in texts(&["modules", "money", "pkg.money", "modules.money", "from modules import (money, other", "bifrost.modules", "import modules.money", "modules.money.x", "import_module('modules.money')"])) {
        if let Some(followed) = followed(&text) {
            edited(&text, followed.edits);
        }
    }

    #[test]
    fn any_text_of_a_package_is_read(text in texts(&["money", "money = ", "def money", "del money", "from . import money", "import *"])) {
        Given::of(&text);
    }

    #[test]
    fn what_does_not_name_what_moved_stays(text in texts(&["modules", "other", "pkg", "from modules import other", "bifrost.modules", "said", "import modules.other", "import_module('modules.other')"])) {
        if let Some(followed) = followed(&text) {
            prop_assert_eq!(&followed.left, &None);
            prop_assert_eq!(edited(&text, followed.edits), text);
        }
    }
}

#[test]
fn many_imports_of_many_names_take_no_time() {
    let text = "from modules import money, other\n".repeat(200_000);
    let many = followed(&text).expect("whole");
    assert_eq!(many.edits.len(), 500);
    let left = "it imports more than 500 names";
    assert_eq!(many.left.as_deref(), Some(left));
    // All on one line.
    let text = "from modules import money, other; ".repeat(100_000);
    let many = followed(&text).expect("whole");
    assert_eq!(many.edits.len(), 500);
    // Called by their whole names.
    let text = format!(
        "{}{}",
        "import modules.money\n".repeat(500),
        "modules.money.x\n".repeat(100_000)
    );
    let many = followed(&text).expect("whole");
    assert_eq!((many.edits.len(), many.left), (100_500, None));
    let text = format!("import modules.money\nmodules{}", ".money".repeat(300_000));
    let many = followed(&text).expect("whole");
    assert_eq!(many.edits.len(), 2);
}
