//! A parser's events become a value, without recursion.

use crate::{DEPTH_MAX, PARTS_MAX, Places, scalar};
use saphyr_parser::{Event, Input, Parser, ScalarStyle, Span};
use selvage_tool::document::{Document, Flaw, Place};
use serde_json::{Map, Value};

/// A list or a mapping that is not complete.
struct Open {
    value: Value,
    /// How many bytes of the path lead here.
    path: usize,
    /// The key that waits for its value.
    key: Option<String>,
}

/// Reads all of a text.
pub fn read<I: Input>(parser: Parser<'_, I>, places: &Places) -> Result<Document, Flaw> {
    let mut reader = Reader {
        places,
        open: Vec::new(),
        path: String::new(),
        found: Vec::new(),
        value: None,
        documents: 0,
    };
    for event in parser {
        let (event, span) = event.map_err(|why| places.broken(&why))?;
        reader.take(event, span)?;
    }
    Ok(Document::Read {
        value: reader.value.unwrap_or_default(),
        places: reader.found,
    })
}

struct Reader<'a> {
    places: &'a Places,
    open: Vec<Open>,
    /// Where the value is that comes next.
    path: String,
    found: Vec<Place>,
    value: Option<Value>,
    documents: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Flaw> {
        match event {
            Event::Alias(_) => {
                return Err(self.refused("An alias", "Write what it stands for.", span));
            }
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                return Err(self.refused("An anchor", "Write the value where it is used.", span));
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return Err(self.refused("A tag", "Leave it out; quotes make a text.", span));
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style, span)?,
            Event::SequenceStart(..) => self.begin(Value::Array(Vec::new()), span)?,
            Event::MappingStart(..) => self.begin(Value::Object(Map::new()), span)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    self.path.truncate(open.path);
                    self.put(open.value);
                }
            }
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self.refused(
                        "A second document",
                        "One file holds one manifest.",
                        span,
                    ));
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn refused(&self, what: &str, hint: &str, span: Span) -> Flaw {
        let message = format!("{what} has no place in a manifest.");
        self.flaw(message, hint, span)
    }

    fn flaw(&self, message: String, hint: &str, span: Span) -> Flaw {
        let at = span.start.index()..span.end.index().max(span.start.index());
        self.places.flaw(message, hint, at)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Result<(), Flaw> {
        if let Some(Open {
            value: Value::Object(members),
            key: key @ None,
            path,
        }) = self.open.last_mut()
        {
            if members.contains_key(text) {
                let message = format!("The key `{text}` is there twice.");
                return Err(self.flaw(message, "Keep one of them.", span));
            }
            *key = Some(text.to_owned());
            self.path.truncate(*path);
            if !self.path.is_empty() {
                self.path.push('.');
            }
            self.path.push_str(text);
            return self.note(span);
        }
        let value = match style {
            ScalarStyle::Plain => scalar::plain(text),
            _ => Some(Value::String(text.to_owned())),
        };
        let Some(value) = value else {
            let message = format!("`{text}` is a number that has no place in a manifest.");
            return Err(self.flaw(message, "Use a finite number, or quote the text.", span));
        };
        self.note_item(span)?;
        self.put(value);
        Ok(())
    }

    /// A list or mapping begins.
    fn begin(&mut self, value: Value, span: Span) -> Result<(), Flaw> {
        let awaits_key = |open: &Open| open.value.is_object() && open.key.is_none();
        if self.open.last().is_some_and(awaits_key) {
            let message = "A key is a text here.".to_owned();
            return Err(self.flaw(message, "Use a word, or quote it.", span));
        }
        if self.open.len() >= DEPTH_MAX {
            let message = format!("A manifest nests {DEPTH_MAX} deep at the most.");
            return Err(self.flaw(message, "Make it flatter.", span));
        }
        self.note_item(span)?;
        self.open.push(Open {
            value,
            path: self.path.len(),
            key: None,
        });
        Ok(())
    }

    /// Notes where the next item of a list, or the whole, is. A member's place is noted with its key.
    fn note_item(&mut self, span: Span) -> Result<(), Flaw> {
        match self.open.last() {
            None => self.note(span),
            Some(Open {
                value: Value::Array(items),
                path,
                ..
            }) => {
                let index = format!("[{}]", items.len());
                self.path.truncate(*path);
                self.path.push_str(&index);
                self.note(span)
            }
            Some(_) => Ok(()),
        }
    }

    fn note(&mut self, span: Span) -> Result<(), Flaw> {
        if self.found.len() >= PARTS_MAX {
            let message = format!("A manifest has {PARTS_MAX} parts at the most.");
            return Err(self.flaw(message, "Move data out of it.", span));
        }
        let range = span.start.index()..span.end.index().max(span.start.index());
        self.found.push(Place {
            part: self.path.clone(),
            span: self.places.span(range),
        });
        Ok(())
    }

    /// Puts a complete value where it belongs.
    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.value = Some(value),
            Some(open) => {
                self.path.truncate(open.path);
                match (&mut open.value, open.key.take()) {
                    (Value::Object(members), Some(key)) => {
                        members.insert(key, value);
                    }
                    (Value::Array(items), _) => items.push(value),
                    _ => {}
                }
            }
        }
    }
}
