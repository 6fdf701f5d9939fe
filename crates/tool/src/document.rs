//! A manifest's text as its reader gives it: a value, and where in the text each part of it stands.

use crate::json::{self, Misfit};
use crate::{Diagnostic, Position, Severity, Span};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a reader made of a manifest's text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Document {
    /// It can be read.
    Read {
        /// What it holds.
        value: Value,
        /// Where the parts of the value are, the whole first; each path is one of [`Misfit::place`].
        places: Vec<Place>,
    },
    /// It is neither YAML nor JSON, or more than a manifest may be.
    Flawed(Flaw),
}

/// Where a part of a value is. That of a member is its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its path, as `flows.report.args`.
    pub part: String,
    /// Where it stands.
    pub span: Span,
}

/// Why a text can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Why, in a sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Where.
    pub span: Span,
}

impl Document {
    /// What stands for a text that nobody could read.
    #[must_use]
    pub fn unread(why: &str) -> Self {
        Self::Flawed(Flaw {
            message: format!("It could not be read: {why}."),
            hint: "Open the workspace again while there is a connection.".into(),
            span: START,
        })
    }

    /// Reads what it holds as a type.
    ///
    /// # Errors
    /// What is wrong with it, and where; at that place `hint` is what to do.
    pub fn read<T: DeserializeOwned>(&self, path: &str, hint: &str) -> Result<T, Box<Diagnostic>> {
        match self {
            Self::Flawed(flaw) => Err(finding(
                path,
                flaw.span,
                flaw.message.clone(),
                flaw.hint.clone(),
            )),
            Self::Read { value, .. } => {
                json::from_value(value.clone()).map_err(|Misfit { place, why }| {
                    let what = match place.as_str() {
                        "" => format!("This does not fit: {why}."),
                        place => format!("`{place}` does not fit: {why}."),
                    };
                    self.finding(path, &place, what, hint)
                })
            }
        }
    }

    /// A finding about a part of it, or about the nearest part around that has a place.
    #[must_use]
    pub fn finding(&self, path: &str, part: &str, message: String, hint: &str) -> Box<Diagnostic> {
        finding(path, self.place(part), message, hint.to_owned())
    }

    fn place(&self, part: &str) -> Span {
        let Self::Read { places, .. } = self else {
            return START;
        };
        let mut part = part;
        loop {
            if let Some(place) = places.iter().find(|place| place.part == part) {
                return place.span;
            }
            match part.rfind(['.', '[']) {
                Some(at) => part = &part[..at],
                None if part.is_empty() => return START,
                None => part = "",
            }
        }
    }
}

const START: Span = {
    let at = Position {
        line: 1,
        column: 1,
        offset: 0,
    };
    Span { start: at, end: at }
};

fn finding(path: &str, span: Span, message: String, hint: String) -> Box<Diagnostic> {
    Box::new(Diagnostic {
        code: "manifest".into(),
        severity: Severity::Error,
        path: path.to_owned(),
        span,
        message,
        hint: Some(hint),
        fix: None,
    })
}
