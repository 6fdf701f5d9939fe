//! References in files of JSON and YAML: whole scalars that are nothing else, so that prose, comments, order and spelling stay.
//!
//! JSON is read as the YAML that it is, too.

/// A text with its references renamed; nothing where it has none.
pub(super) fn rewrite(text: &str, renamed: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let bytes = text.as_bytes();
    let blank = |at: usize| bytes.get(at).is_none_or(u8::is_ascii_whitespace);
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    // How many brackets are open, where the line begins, and how far in the lines stand that belong to the value on it.
    let (mut open, mut line, mut deeper, mut is_first) = (0_usize, 0, 0, true);
    while let Some(&now) = bytes.get(at) {
        let column = at - line;
        let is_outer = column == 0 && open == 0;
        let is_comment = now == b'#' && at.checked_sub(1).is_none_or(blank);
        if now == b'\n' {
            at += 1;
            (line, is_first) = (at, true);
            continue;
        } else if is_outer && is_marker(&text[at..], "---") {
            // What begins behind it is the whole document, and its lines may stand anywhere.
            (at, deeper, is_first) = (at + 3, 0, false);
            continue;
        } else if is_comment || is_outer && (now == b'%' || is_marker(&text[at..], "...")) {
            at = line_end(text, at);
            continue;
        } else if now.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if is_first {
            (deeper, is_first) = (column, false);
        }
        match now {
            b'-' | b'?' if open == 0 && blank(at + 1) => (at, deeper) = (at + 1, column + 1),
            b':' if open > 0 || blank(at + 1) => at += 1,
            b'[' | b'{' => (at, open) = (at + 1, open + 1),
            b']' | b'}' => (at, open) = (at + 1, open.saturating_sub(1)),
            b',' => at += 1,
            b'|' | b'>' if open == 0 => at = behind(text, line_end(text, at), deeper),
            // A tag, an anchor or the name of one.
            b'!' | b'&' | b'*' => at += (at..).take_while(|at| !blank(*at)).count(),
            _ => {
                let is_quoted = matches!(now, b'"' | b'\'');
                let (start, mut end) = match is_quoted {
                    true => (at + 1, quoted(bytes, at + 1, now)),
                    false => (at, plain(bytes, at, open > 0)),
                };
                let value = &text[start..end];
                let value = if is_quoted { value } else { value.trim_end() };
                end += usize::from(is_quoted && end < bytes.len());
                let rest = text[end..].trim_start_matches([' ', '\t', '\r']);
                let mut is_whole = true;
                at = end;
                if open == 0 && rest.starts_with(':') {
                    deeper = column + 1;
                } else if open == 0 && !is_quoted && !rest.starts_with('#') {
                    let next = behind(text, end, deeper);
                    let more = text[end..next].lines().map(str::trim);
                    if more
                        .into_iter()
                        .any(|line| !line.is_empty() && !line.starts_with('#'))
                    {
                        (is_whole, at) = (false, next);
                    }
                }
                if let Some(new) = renamed(value).filter(|_| is_whole) {
                    out.push_str(&text[done..start]);
                    out.push_str(&new);
                    done = start + value.len();
                }
            }
        }
    }
    out.push_str(&text[done..]);
    (done > 0).then_some(out)
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
fn quoted(bytes: &[u8], mut at: usize, quote: u8) -> usize {
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
fn plain(bytes: &[u8], start: usize, is_inside: bool) -> usize {
    let blank = |at: usize| bytes.get(at).is_none_or(u8::is_ascii_whitespace);
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
    use super::rewrite;
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
        rewrite(text, &|found| {
            let rest = found.strip_prefix("workflows/a.py");
            let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with("::"));
            rest.map(|rest| format!("workflows/b.py{rest}"))
        })
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
