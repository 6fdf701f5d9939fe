//! A call's arguments as the words of a command line.

use serde_json::Value;

/// `sys.argv`: the script, and then the words of an array, or `--name=value` for each member of an object, or the one value
/// that is no `null`.
#[must_use]
pub fn argv(entry: &str, args: &Value) -> Vec<String> {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let words: Vec<String> = match args {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(word).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("--{name}={}", word(value)))
            .collect(),
        value => vec![word(value)],
    };
    std::iter::once(entry.to_owned()).chain(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_are_words_in_the_order_in_which_they_were_given() {
        let words = |args| argv("a.py", &args)[1..].join(" ");
        assert_eq!(words(json!(null)), "");
        assert_eq!(words(json!(["in.csv", 3, true])), "in.csv 3 true");
        assert_eq!(words(json!({ "to": "x y", "n": [1] })), "--to=x y --n=[1]");
        assert_eq!(words(json!("one")), "one");
        assert_eq!(argv("a.py", &json!(null)), ["a.py"]);
    }
}
