//! What must not be told: the values that the workspace marks as secret, wherever a run would show them.
//!
//! This keeps secrets out of records and logs by mistake, and not by intent: a program that has a secret can show it letter by
//! letter.

use serde_json::Value;
use std::borrow::Cow;

/// What is shown in a secret's place.
pub const REDACTED: &str = "[REDACTED]";
/// The fewest characters of a secret. Shorter texts are everywhere, and to hide them would make a log unreadable.
pub const SECRET_CHARS_MIN: usize = 4;
/// The fewest characters of a line of a secret that has several; each is hidden by itself, since a log is told line by line.
pub const LINE_CHARS_MIN: usize = 8;
/// The most secrets of a run, each line of one counted. What is told is searched for each of them.
pub const SECRETS_MAX: usize = 1_000;

/// The secrets that a run has seen.
#[derive(Debug, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Takes a secret. Gives whether there was room for it.
    #[must_use]
    pub fn add(&mut self, secret: &str) -> bool {
        let whole = (secret.chars().count() >= SECRET_CHARS_MIN).then_some(secret);
        let lines = secret.lines().map(str::trim);
        let lines = lines.filter(|line| line.chars().count() >= LINE_CHARS_MIN);
        for part in whole.into_iter().chain(lines) {
            if self.0.iter().any(|known| known == part) {
                continue;
            }
            if self.0.len() >= SECRETS_MAX {
                return false;
            }
            // A secret that holds another one is hidden first, and so as a whole.
            let at = self.0.partition_point(|known| known.len() >= part.len());
            self.0.insert(at, part.to_owned());
        }
        true
    }

    /// Takes every text in a value. Gives whether there was room for all.
    #[must_use]
    pub fn add_all(&mut self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(items) => items.iter().all(|item| self.add_all(item)),
            Value::Object(members) => members.values().all(|member| self.add_all(member)),
            _ => true,
        }
    }

    /// A text without secrets.
    #[must_use]
    pub fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in &self.0 {
            if shown.contains(secret.as_str()) {
                shown = Cow::Owned(shown.replace(secret.as_str(), REDACTED));
            }
        }
        shown
    }

    /// Takes the secrets out of every text in a value, names included.
    pub fn hide(&self, value: &mut Value) {
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::String(text) => {
                if let Cow::Owned(shown) = self.hidden(text) {
                    *text = shown;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide(item)),
            Value::Object(members) => {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, mut member)| {
                        self.hide(&mut member);
                        (self.hidden(&name).into_owned(), member)
                    })
                    .collect();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn secrets(all: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        assert!(all.iter().all(|secret| secrets.add(secret)));
        secrets
    }

    #[test]
    fn a_secret_is_hidden_wherever_it_stands() {
        let secrets = secrets(&["hunter22", "hunter22-and-more"]);
        assert_eq!(
            secrets.hidden("a hunter22, and hunter22-and-more"),
            "a [REDACTED], and [REDACTED]"
        );
        let mut value = json!({ "a": ["x hunter22"], "hunter22": { "b": "hunter22" }, "n": 1 });
        secrets.hide(&mut value);
        assert_eq!(
            value,
            json!({ "a": ["x [REDACTED]"], "[REDACTED]": { "b": "[REDACTED]" }, "n": 1 })
        );
    }

    #[test]
    fn short_texts_are_no_secrets() {
        let secrets = secrets(&["abc", "", "äöüß"]);
        assert_eq!(secrets.hidden("abc äöüß"), "abc [REDACTED]");
    }

    #[test]
    fn each_long_line_of_a_secret_is_one_by_itself() {
        let secrets = secrets(&["-----BEGIN KEY-----\nMIIEpAIBAAKC\nab\n-----END KEY-----"]);
        assert_eq!(secrets.hidden("  MIIEpAIBAAKC"), "  [REDACTED]");
        assert_eq!(secrets.hidden("ab"), "ab");
    }

    #[test]
    fn the_texts_of_a_structured_secret_are_secrets() {
        let mut secrets = Secrets::default();
        assert!(secrets.add_all(&json!({ "user": "root", "keys": ["k-12345"], "port": 8080 })));
        assert_eq!(
            secrets.hidden("root k-12345 8080 user"),
            "[REDACTED] [REDACTED] 8080 user"
        );
    }

    #[test]
    fn a_run_has_so_many_secrets_and_no_more() {
        let mut secrets = Secrets::default();
        for n in 0..SECRETS_MAX {
            assert!(secrets.add(&format!("secret-{n}")));
        }
        assert!(!secrets.add("one more"));
        assert!(secrets.add("secret-0"), "it is known");
    }
}
