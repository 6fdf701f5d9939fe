use super::*;
use serde_json::{Value, json};

fn value(path: &str, text: &str) -> Value {
    match read(path, text) {
        Document::Read { value, .. } => value,
        Document::Flawed(flaw) => panic!("{text:?}: {flaw:?}"),
    }
}

fn flaw(path: &str, text: &str) -> Flaw {
    match read(path, text) {
        Document::Flawed(flaw) => flaw,
        Document::Read { value, .. } => panic!("{text:?} was read as {value}"),
    }
}

fn place(path: &str, text: &str, part: &str) -> (u32, u32, u32) {
    let Document::Read { places, .. } = read(path, text) else {
        panic!("{text:?}");
    };
    let found = places.iter().find(|place| place.part == part);
    let span = found.unwrap_or_else(|| panic!("{part} in {places:?}")).span;
    (span.start.line, span.start.column, span.end.column)
}

#[test]
fn yaml_is_read_by_the_core_schema() {
    let text = "
a: 1
b: [yes, true, ~, 0x1f, 0o17, -3, 1.5e3, 1.2.3, 2026-01-01, \"7\", '']
c:
  - d: |
      two
      lines
    e: >-
      one
      line
  - {f: g}
";
    let expected = json!({
        "a": 1,
        "b": ["yes", true, null, 31, 15, -3, 1500.0, "1.2.3", "2026-01-01", "7", ""],
        "c": [{ "d": "two\nlines\n", "e": "one line" }, { "f": "g" }],
    });
    assert_eq!(value("a.yaml", text), expected);
    assert_eq!(value("a.yaml", ""), Value::Null);
    assert_eq!(value("a.yaml", "# nothing\n"), Value::Null);
}

#[test]
fn every_part_has_a_place() {
    let text = "rules:\n  - read: [\u{1f600}, b]\n    net: c\n";
    assert_eq!(place("a.yaml", text, ""), (1, 1, 1));
    assert_eq!(place("a.yaml", text, "rules"), (1, 1, 6));
    assert_eq!(place("a.yaml", text, "rules[0].read"), (2, 5, 9));
    assert_eq!(
        place("a.yaml", text, "rules[0].read[1]"),
        (2, 16, 17),
        "columns are UTF-16 units"
    );
    assert_eq!(place("a.yaml", text, "rules[0].net"), (3, 5, 8));
}

#[test]
fn json_is_json_and_has_the_same_places() {
    let text = "{\n\t\"flows\": {\n\t\t\"a\": { \"args\": [1, \"\\ud83d\\ude00\"] }\n\t}\n}";
    let text = text.replace("\\ud83d\\ude00", "x");
    assert_eq!(
        value("a.json", &text),
        json!({ "flows": { "a": { "args": [1, "x"] } } })
    );
    assert_eq!(place("a.json", &text, "flows.a.args"), (3, 10, 16));
    assert_eq!(place("a.json", &text, "flows.a.args[1]"), (3, 22, 25));
    let broken = flaw("a.json", "{\n  \"a\": 1,\n}");
    assert!(broken.message.contains("trailing comma"), "{broken:?}");
    assert_eq!(broken.span.start.line, 3);
    let escaped = flaw("a.json", "{\"a\": \"\\ud83d\\ude00\"}");
    assert!(escaped.hint.contains("escapes"), "{escaped:?}");
    flaw("a.json", "a: 1");
    flaw("a.json", "{\"a\": 1, \"a\": 2}");
}

#[test]
fn what_says_something_else_than_it_seems_to_is_refused() {
    for (text, why) in [
        ("a: &x [1]\nb: *x\n", "anchor"),
        ("a: !!str 7\n", "tag"),
        ("a: 1\na: 2\n", "twice"),
        ("? [a, b]\n: 1\n", "key"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("a: .inf\n", "number"),
        ("a: [1\nb: 2\n", "YAML"),
        ("a: \"open\n", "YAML"),
    ] {
        let flaw = flaw("a.yaml", text);
        let told = flaw.message.to_lowercase();
        assert!(told.contains(&why.to_lowercase()), "{text:?}: {flaw:?}");
        assert!(!flaw.hint.is_empty());
    }
    assert_eq!(flaw("a.yaml", "a: 1\nb: &x 2\n").span.start.line, 2);
}

#[test]
fn a_text_past_a_limit_is_refused() {
    let long = format!("a: {}", "x".repeat(TEXT_BYTES_MAX));
    assert!(flaw("a.yaml", &long).message.contains("bytes"));
    let deep = format!("{}{}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1));
    assert!(flaw("a.yaml", &deep).message.contains("deep"));
    assert!(flaw("a.json", &deep).message.contains("deep"));
    let many = "- 1\n".repeat(PARTS_MAX + 1);
    assert!(flaw("a.yaml", &many).message.contains("parts"));
    let fits = format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX));
    value("a.yaml", &fits);
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "[a-c:\\-\\[\\]{}&*!#|>'\" \n\t,?~0-9.\\\\]{0,80}") {
        for path in ["a.yaml", "a.json"] {
            let _ = read(path, &text);
        }
    }

    #[test]
    fn any_json_value_is_the_same_as_yaml(numbers in proptest::collection::vec(-1000_i64..1000, 0..5), word in "[a-z #:'\"\u{e9}\u{1f600}]{0,12}") {
        let made = json!({ "a": numbers, "b": { "c": word, "d": null, "e": true } });
        let text = made.to_string();
        proptest::prop_assert_eq!(value("a.json", &text), made.clone());
        proptest::prop_assert_eq!(value("a.yaml", &text), made);
    }
}
