//! References in files of JSON and YAML: whole strings, found by the signs around them, so that comments, order and spelling stay.

/// A text with its references renamed; nothing where it has none.
pub(super) fn rewrite(text: &str, renamed: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let ends = |c: char| matches!(c, '"' | '\'' | '[' | ']' | '{' | '}' | ',' | '#' | '\n');
    let (mut out, mut quoted) = (String::new(), false);
    for piece in text.split_inclusive(ends) {
        let body = piece.trim_end_matches(ends);
        // A colon before a space ends a key, and a dash before one begins an item; in quotes they are what they are.
        let key = body
            .rfind(": ")
            .filter(|_| !quoted || body.starts_with(':'));
        let value = body.get(key.map_or(0, |at| at + 2)..).unwrap_or_default();
        let value = value.trim_start();
        let value = value
            .strip_prefix("- ")
            .filter(|_| !quoted)
            .unwrap_or(value);
        let value = value.trim();
        let end = body.trim_end().len();
        match renamed(value) {
            Some(new) => {
                out.push_str(&piece[..end - value.len()]);
                out.push_str(&new);
                out.push_str(&piece[end..]);
            }
            None => out.push_str(piece),
        }
        quoted = piece.ends_with(['"', '\'']);
    }
    (out != text).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::rewrite;

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
}
