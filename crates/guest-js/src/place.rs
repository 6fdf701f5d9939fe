//! Places in texts, and workspace paths.

/// Turns a column in code points into one in UTF-16 code units; both from 1.
#[must_use]
pub fn utf16(text: &str, line: u32, column: u32) -> (u32, u32) {
    let row = lines(text)
        .nth(line.saturating_sub(1) as usize)
        .unwrap_or_default();
    let before = row.chars().take(column.saturating_sub(1) as usize);
    let units: usize = before.map(char::len_utf16).sum();
    let past = (column.saturating_sub(1) as usize).saturating_sub(row.chars().count());
    (line, u32::try_from(units + past + 1).unwrap_or(u32::MAX))
}

/// The line and the UTF-16 column, from 1, of a byte offset.
#[must_use]
pub fn of_offset(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = lines(before).count().max(1);
    let last = lines(before).last().unwrap_or_default();
    let column = last.encode_utf16().count() + 1;
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}

/// The lines as JS counts them: LF, CR, CRLF, U+2028 and U+2029 end one.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r', '\u{2028}', '\u{2029}']) else {
            rest = None;
            return Some(text);
        };
        let (line, after) = text.split_at(end);
        let ending = if after.starts_with("\r\n") {
            2
        } else {
            after.chars().next().map_or(1, char::len_utf8)
        };
        rest = Some(&after[ending..]);
        Some(line)
    })
}

/// Resolves `path` against the folder `base`; `/a` and `a` both start at the root. `None` when it
/// leads out of the workspace.
#[must_use]
pub fn resolve(base: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        base.split('/').collect()
    };
    parts.retain(|part| !part.is_empty());
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder that a path lies in; the root is `""`.
#[must_use]
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_code_units() {
        assert_eq!(utf16("a\nx😀y", 2, 3), (2, 4));
        assert_eq!(of_offset("a\r\nx😀y", "a\r\nx😀".len()), (2, 4));
        assert_eq!(of_offset("a\n", 2), (2, 1));
        assert_eq!(of_offset("", 0), (1, 1));
    }

    #[test]
    fn paths_resolve_inside_the_workspace_only() {
        assert_eq!(resolve("flows/x", "../y.js").as_deref(), Some("flows/y.js"));
        assert_eq!(resolve("flows", "/lib/./a.js").as_deref(), Some("lib/a.js"));
        assert_eq!(resolve("", "./a.js").as_deref(), Some("a.js"));
        assert_eq!(resolve("flows", "../../a.js"), None);
        assert_eq!(folder("flows/a.js"), "flows");
        assert_eq!(folder("a.js"), "");
    }
}
