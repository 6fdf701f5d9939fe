//! References in files of JSON and YAML: whole scalars that are nothing else, so that prose, comments, order and spelling stay.
//!
//! JSON is read as the YAML that it is, too.

use std::ops::Range;

/// Where the scalars of a text stand that are on one line, without their quotes.
pub(super) fn scalars(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut reader = Reader {
        text,
        at: 0,
        open: 0,
        line: 0,
        deeper: 0,
        is_first: true,
    };
    std::iter::from_fn(move || reader.next())
}

/// A place in a text, and what is around it.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many brackets are open.
    open: usize,
    /// Where the line begins.
    line: usize,
    /// How far in the lines stand that belong to the value on this one.
    deeper: usize,
    /// Whether nothing stands before the place on its line.
    is_first: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Range<usize>> {
        while let Some(&now) = self.text.as_bytes().get(self.at) {
            if self.passes_between(now) {
                continue;
            }
            if std::mem::take(&mut self.is_first) {
                self.deeper = self.column();
            }
            if self.passes_sign(now) {
                continue;
            }
            let found = self.scalar(now);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn column(&self) -> usize {
        self.at - self.line
    }

    /// Goes past what belongs to no value: blanks, the ends of lines and of documents, and comments.
    fn passes_between(&mut self, now: u8) -> bool {
        let is_outer = self.column() == 0 && self.open == 0;
        let rest = &self.text[self.at..];
        let is_comment = now == b'#' && (self.at == 0 || is_blank(self.text, self.at - 1));
        if now == b'\n' {
            self.at += 1;
            (self.line, self.is_first) = (self.at, true);
        } else if is_outer && is_marker(rest, "---") {
            // What begins behind it is the whole document, and its lines may stand anywhere.
            (self.at, self.deeper, self.is_first) = (self.at + 3, 0, false);
        } else if is_comment || is_outer && (now == b'%' || is_marker(rest, "...")) {
            self.at = line_end(self.text, self.at);
        } else if now.is_ascii_whitespace() {
            self.at += 1;
        } else {
            return false;
        }
        true
    }

    /// Goes past a sign that parts values, and past what is no value of its own: a block of text, a tag, an anchor and its name.
    fn passes_sign(&mut self, now: u8) -> bool {
        let is_block = self.open == 0;
        let stands_alone = is_blank(self.text, self.at + 1);
        match now {
            b'-' | b'?' if is_block && stands_alone => self.deeper = self.column() + 1,
            b':' if !is_block || stands_alone => {}
            b',' => {}
            b'[' | b'{' => self.open += 1,
            b']' | b'}' => self.open = self.open.saturating_sub(1),
            b'|' | b'>' if is_block => {
                self.at = behind(self.text, line_end(self.text, self.at), self.deeper);
                return true;
            }
            b'!' | b'&' | b'*' => {
                let ends = (self.at..).find(|at| is_blank(self.text, *at));
                self.at = ends.unwrap_or(self.text.len());
                return true;
            }
            _ => return false,
        }
        self.at += 1;
        true
    }

    /// Goes past a scalar, and gives its place where it is on one line.
    fn scalar(&mut self, now: u8) -> Option<Range<usize>> {
        let (text, column) = (self.text, self.column());
        let is_quoted = matches!(now, b'"' | b'\'');
        let place = match is_quoted {
            true => self.at + 1..quoted(text, self.at + 1, now),
            false => self.at..plain(text, self.at, self.open > 0),
        };
        self.at = (place.end + usize::from(is_quoted)).min(text.len());
        let rest = text[self.at..].trim_start_matches([' ', '\t', '\r']);
        let is_block = self.open == 0;
        if is_block && rest.starts_with(':') {
            // It is a key, and the lines of its value stand deeper.
            self.deeper = column + 1;
        } else if is_block && !is_quoted && !rest.starts_with('#') && self.passes_lines() {
            return None;
        }
        let value = &text[place.clone()];
        let value = if is_quoted { value } else { value.trim_end() };
        Some(place.start..place.start + value.len())
    }

    /// Goes past the lines that belong to the scalar before the place; whether there are some.
    fn passes_lines(&mut self) -> bool {
        let next = behind(self.text, self.at, self.deeper);
        let mut more = self.text[self.at..next].lines().map(str::trim);
        let goes_on = more.any(|line| !line.is_empty() && !line.starts_with('#'));
        if goes_on {
            self.at = next;
        }
        goes_on
    }
}

/// Whether nothing that counts stands at a place.
fn is_blank(text: &str, at: usize) -> bool {
    let byte = text.as_bytes().get(at);
    byte.is_none_or(u8::is_ascii_whitespace)
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end)
}

/// Whether a line begins with what ends a document.
fn is_marker(line: &str, marker: &str) -> bool {
    let rest = line.strip_prefix(marker);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Where the lines end that follow a line's end and stand so far in, in the same document.
fn behind(text: &str, mut at: usize, deeper: usize) -> usize {
    while text[at..].starts_with('\n') {
        let end = line_end(text, at + 1);
        let line = text[at + 1..end].trim_end();
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_other = ["---", "..."].iter().any(|one| is_marker(line, one));
        if is_other || !line.is_empty() && indent < deeper {
            break;
        }
        at = end;
    }
    at
}

/// Where a quoted scalar ends, without its quote. Two single quotes are one that it holds.
fn quoted(text: &str, mut at: usize, quote: u8) -> usize {
    let bytes = text.as_bytes();
    while let Some(&now) = bytes.get(at) {
        let is_pair = match quote {
            b'"' => now == b'\\',
            _ => now == quote && bytes.get(at + 1) == Some(&quote),
        };
        if now == quote && !is_pair {
            break;
        }
        at += 1 + usize::from(is_pair);
    }
    at.min(bytes.len())
}

/// Where a plain scalar ends: at its line's end or a comment, before a value, and in brackets at their signs.
fn plain(text: &str, start: usize, is_inside: bool) -> usize {
    let bytes = text.as_bytes();
    let blank = |at: usize| is_blank(text, at);
    let is_sign = |byte: &u8| is_inside && b",[]{}".contains(byte);
    let rest = bytes.iter().enumerate().skip(start);
    let mut ends = rest.filter(|(at, now)| match now {
        b'\n' => !is_inside,
        b'#' => *at > start && blank(at - 1),
        b':' => blank(at + 1) || bytes.get(at + 1).is_some_and(is_sign),
        now => is_sign(now),
    });
    ends.next().map_or(bytes.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::super::edited;
    use super::scalars;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read_and_stays_without_a_reference(words in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                "\"", "'", "\\", "\n", "\r\n", "\n  ", ": ", ":", "- ", "|", ">-\n", "[", "]", "{", "}", ",", " #", "#",
                "%", "---", "!t", "&a ", "*a", " ", "é", "漢", "\u{a0}", "\u{feff}", "workflows/b.py", "x",
            ]).prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ], 0..40)) {
            prop_assert_eq!(renamed(&words.concat()), None);
        }
    }

    fn renamed(text: &str) -> Option<String> {
        let edits = scalars(text).filter_map(|at| {
            let rest = text[at.clone()].strip_prefix("workflows/a.py");
            let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with("::"));
            rest.map(|rest| (at, format!("workflows/b.py{rest}")))
        });
        let edits: Vec<_> = edits.collect();
        (!edits.is_empty()).then(|| edited(text, edits))
    }

    #[test]
    fn whole_strings_change_and_nothing_else() {
        let text = "\
{\"run\": \"workflows/a.py::sync\", \"path\":\"workflows/a.py\",
 \"other\": [\"x/workflows/a.py\", \"workflows/a.pyc\", \"see workflows/a.py\", \"is: workflows/a.py\"]}
";
        let expected = "\
{\"run\": \"workflows/b.py::sync\", \"path\":\"workflows/b.py\",
 \"other\": [\"x/workflows/a.py\", \"workflows/a.pyc\", \"see workflows/a.py\", \"is: workflows/a.py\"]}
";
        assert_eq!(renamed(text).as_deref(), Some(expected));
        let yaml = "path: workflows/a.py  # the file\nlist: [workflows/a.py::f, 'workflows/a.py::g']\n- workflows/a.py\nähnlich: é workflows/a.py\n";
        let expected = "path: workflows/b.py  # the file\nlist: [workflows/b.py::f, 'workflows/b.py::g']\n- workflows/b.py\nähnlich: é workflows/a.py\n";
        assert_eq!(renamed(yaml).as_deref(), Some(expected));
        assert_eq!(renamed("path: workflows/c.py\n"), None);
    }

    #[test]
    fn prose_that_has_a_reference_in_it_stays() {
        for text in [
            "{\"note\": \"We ran workflows/c.py, workflows/a.py, and [workflows/a.py] # workflows/a.py\"}",
            "{\"note\": \"a \\\"workflows/a.py\\\"\"}",
            "note: see 'workflows/a.py', workflows/a.py, [workflows/a.py]\n",
            "# [workflows/a.py, \"workflows/a.py\"]\nx: 1 # 'workflows/a.py'\n",
            "a: |\n  - workflows/a.py\n\n  run: 'workflows/a.py'\nb: 1\n",
            "- - a: >-  # folded\n      workflows/a.py\n      [workflows/a.py]\n",
            "- |\n run: workflows/a.py\n",
            "a: we ran\n  workflows/a.py\n  run: workflows/a.py\nb: 1\n",
            "a: workflows/a.py\n  and more\n",
            "a:\n  workflows/a.py\n  and more\n",
            "a: 'it''s\n  workflows/a.py\n  so'\n",
            "a: \"we ran\n  workflows/a.py\n  so\"\n",
            "[we ran\n workflows/a.py, é\n workflows/a.py]",
            "\"\\é",
            "'",
            "--- |\n run: workflows/a.py\n",
            "--- >-\nrun: workflows/a.py\n- workflows/a.py\n",
            "--- workflows/a.py\nand more\n",
            "---run: x\n  workflows/a.py\n",
            "a: 'a''workflows/a.py'\n",
            "['''workflows/a.py']",
        ] {
            assert_eq!(renamed(text), None, "{text}");
        }
    }

    #[test]
    fn scalars_are_found_wherever_one_may_stand() {
        for text in [
            "--- # first\n%: 1\n- @\n- x: |\n    no\n  y: @\r\n  z: &a '@' # note\n",
            "--- @\n--- '@'\n--- {a: @}\n--- |\nno\n... # end\nb: 'it''s'\nc: '@'\n---\n- @\n--- !t\na: @\n",
            "a:\n  @\n\n# note\nb:\n- @\n- @::f\n-   c: @\n    d: !t \"@\"\n",
            "{\"@\":\"@\",\n\"b\": [\"@\", 'x', \"\\\\\", \"@\"], e: {f: @, @: @}}",
            "\"a b\": @\n'c': [\n  @,\n  @ # note\n]\n? @\n: @\n",
        ] {
            let [old, new] =
                ["a", "b"].map(|name| text.replace('@', &format!("workflows/{name}.py")));
            assert_eq!(renamed(&old), Some(new), "{text}");
        }
    }
}
