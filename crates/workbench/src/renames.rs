//! What else must change when a Python file moves: the references to it in manifests and forms.
//!
//! A reference is a whole string of a JSON or YAML file: `workflows/a.py`, `workflows/a.py::sync`, or `workflow::a::sync`. Its file
//! is read as text and only the reference changes, so comments, order and spelling stay.

use crate::engine::Workbench;
use crate::record::flow_name;
use crate::reference::PORTABLE;
use crate::scopes::View;
use selvage_tool::Language;
use selvage_tool::run::RUNS_FOLDER;
use selvage_vfs::Op;

/// The files that hold references, by how their names end.
const ENDINGS: [&str; 3] = [".json", ".yaml", ".yml"];

/// The most bytes of such a file.
const BYTES_MAX: u64 = 2 * 1024 * 1024;

/// The most files that are looked at.
const FILES_MAX: usize = 2_000;

/// What is called otherwise from now on.
struct Rename<'a> {
    /// What a reference begins with now, and then.
    paths: (&'a str, &'a str),
    /// Whether a folder moves, with all that is in it.
    folder: bool,
    /// The name of the file now and then, where only this file has it.
    names: Option<(&'a str, &'a str)>,
}

impl Workbench {
    /// The writes that keep references true when something moves. Files that whoever moves it may not read are left alone: whether they
    /// are written would tell what they hold.
    pub(crate) fn renamed_references(&self, from: &str, to: &str) -> Vec<Op> {
        let view = View::own(self.workspace.snapshot());
        let Ok(moved) = view.stat(from) else {
            return Vec::new();
        };
        let is_python = |path: &str| Language::of(path) == Language::Python;
        let concerns = if moved.is_folder() {
            let inside = view.list(from, true).unwrap_or_default();
            inside.iter().any(|entry| is_python(&entry.path))
        } else {
            is_python(from)
        };
        if !concerns || from == to {
            return Vec::new();
        }
        let rename = Rename {
            paths: (from, to),
            folder: moved.is_folder(),
            names: names(from, to, &self.flows_seen(&view, 0)),
        };
        let holds = |path: &str| ENDINGS.iter().any(|ending| path.ends_with(ending));
        let records = format!("{RUNS_FOLDER}/");
        let candidates = view.entries().into_iter().filter(|entry| {
            !entry.is_folder()
                && self.may_see(&entry.path)
                && entry.size <= BYTES_MAX
                && holds(&entry.path)
                && !entry.path.starts_with(&records)
        });
        let mut ops = Vec::new();
        for entry in candidates.take(FILES_MAX) {
            let text = self.workspace.read(&entry.path).ok();
            let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some(text) = text.and_then(|text| rewrite(&text, &rename)) {
                ops.push(Op::write(entry.path, text));
            }
        }
        ops
    }
}

/// The file's name now and then, where it changes and no other flow has it.
fn names<'a>(from: &'a str, to: &'a str, flows: &[String]) -> Option<(&'a str, &'a str)> {
    let (old, new) = (flow_name(from)?, flow_name(to)?);
    let is_its_own = flows
        .iter()
        .all(|path| path == from || flow_name(path) != Some(old));
    (old != new && is_its_own).then_some((old, new))
}

/// A text with its references renamed; nothing where it has none.
fn rewrite(text: &str, rename: &Rename<'_>) -> Option<String> {
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
        match renamed(value, rename) {
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

/// A reference under its new name.
fn renamed(found: &str, rename: &Rename<'_>) -> Option<String> {
    if let Some((old, new)) = rename.names {
        let rest = found
            .strip_prefix(PORTABLE)
            .and_then(|rest| rest.strip_prefix(old));
        if let Some(rest) = rest.filter(|rest| rest.starts_with("::")) {
            return Some(format!("{PORTABLE}{new}{rest}"));
        }
    }
    path(found, rename)
}

/// A path or `path::function` under its new name.
fn path(found: &str, rename: &Rename<'_>) -> Option<String> {
    let (old, new) = rename.paths;
    let rest = found.strip_prefix(old)?;
    let file = found.split_once("::").map_or(found, |(file, _)| file);
    let follows = if rename.folder {
        rest.starts_with('/') && Language::of(file) == Language::Python
    } else {
        rest.is_empty() || rest.starts_with("::")
    };
    follows.then(|| format!("{new}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed_in(text: &str, folder: bool, from: &str, to: &str) -> Option<String> {
        let rename = Rename {
            paths: (from, to),
            folder,
            names: (!folder).then_some(("a", "b")),
        };
        rewrite(text, &rename)
    }

    #[test]
    fn whole_strings_change_and_nothing_else() {
        let text = "\
{\"run\": \"workflows/a.py::sync\", \"path\":\"workflows/a.py\", \"name\": \"workflow::a::sync\",
 \"other\": [\"x/workflows/a.py\", \"workflows/a.pyc\", \"see workflows/a.py\", \"is: workflows/a.py\", \"workflow::ab::sync\"]}
";
        let expected = "\
{\"run\": \"workflows/b.py::sync\", \"path\":\"workflows/b.py\", \"name\": \"workflow::b::sync\",
 \"other\": [\"x/workflows/a.py\", \"workflows/a.pyc\", \"see workflows/a.py\", \"is: workflows/a.py\", \"workflow::ab::sync\"]}
";
        let renamed = |text| renamed_in(text, false, "workflows/a.py", "workflows/b.py");
        assert_eq!(renamed(text).as_deref(), Some(expected));
        let yaml = "path: workflows/a.py  # the file\nlist: [workflows/a.py::f, 'workflow::a::f']\n- workflows/a.py\nähnlich: é workflows/a.py\n";
        let expected = "path: workflows/b.py  # the file\nlist: [workflows/b.py::f, 'workflow::b::f']\n- workflows/b.py\nähnlich: é workflows/a.py\n";
        assert_eq!(renamed(yaml).as_deref(), Some(expected));
        assert_eq!(renamed("path: workflows/c.py\n"), None);
    }

    #[test]
    fn a_folder_takes_its_files_along() {
        let text = "a: old/in/x.py::f\nb: old/in/data.csv\nc: older/x.py\nd: old\n";
        let renamed = renamed_in(text, true, "old", "new/place");
        let expected = "a: new/place/in/x.py::f\nb: old/in/data.csv\nc: older/x.py\nd: old\n";
        assert_eq!(renamed.as_deref(), Some(expected));
    }
}
