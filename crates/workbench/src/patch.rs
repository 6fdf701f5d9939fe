//! Patches: a unified diff or a `*** Begin Patch` text, turned into the files' new texts.
//!
//! A patch fits or it does not: nothing is applied in part, and the error names the file, the line
//! and the text that was looked for.

use selvage_tool::catalogue::Replacement;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use std::collections::BTreeMap;

/// The most bytes of a patch.
pub const PATCH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a patch makes of the workspace, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A file is made.
    Create(String, String),
    /// A file has a new text.
    Change(String, String),
    /// A file has another path.
    Move(String, String),
    /// A file is gone.
    Delete(String),
}

/// The texts that a patch is applied to: the workspace's, under what the patch has done so far.
struct Texts<'a> {
    read: &'a dyn Fn(&str) -> ToolResult<String>,
    changed: BTreeMap<String, String>,
}

impl Texts<'_> {
    fn get(&self, path: &str) -> ToolResult<String> {
        match self.changed.get(path) {
            Some(text) => Ok(text.clone()),
            None => (self.read)(path),
        }
    }
}

/// Applies find-and-replace edits.
///
/// # Errors
/// [`ErrorCode::PatchFailed`], or what reading a file gives.
pub fn replace(
    edits: &[Replacement],
    read: &dyn Fn(&str) -> ToolResult<String>,
) -> ToolResult<Vec<Step>> {
    let mut texts = Texts {
        read,
        changed: BTreeMap::new(),
    };
    for edit in edits {
        let path = edit.path.trim_start_matches('/').to_owned();
        let text = texts.get(&path)?;
        if edit.find.is_empty() {
            return Err(failed(&path, "the text to find is empty")
                .hint("Use `write` to replace a whole file."));
        }
        let found = text.matches(edit.find.as_str()).count();
        let replaced = match (found, edit.all) {
            (0, _) => {
                return Err(failed(
                    &path,
                    format!("it does not hold the text {}", shown(&edit.find)),
                )
                .hint("Read the file again: the text must match exactly, white space included."));
            }
            (1, _) | (_, true) => text.replace(edit.find.as_str(), &edit.replace),
            (count, false) => {
                return Err(failed(
                    &path,
                    format!("the text {} stands there {count} times", shown(&edit.find)),
                )
                .hint("Find a longer text that stands there once, or set `all`."));
            }
        };
        texts.changed.insert(path, replaced);
    }
    Ok(texts
        .changed
        .into_iter()
        .map(|(path, text)| Step::Change(path, text))
        .collect())
}

/// Applies a patch in either form.
///
/// # Errors
/// [`ErrorCode::PatchFailed`], [`ErrorCode::TooLarge`], or what reading a file gives.
pub fn apply(patch: &str, read: &dyn Fn(&str) -> ToolResult<String>) -> ToolResult<Vec<Step>> {
    if patch.len() > PATCH_BYTES_MAX {
        return Err(ToolError::new(
            ErrorCode::TooLarge,
            format!("A patch may have {PATCH_BYTES_MAX} bytes at the most."),
        ));
    }
    let mut texts = Texts {
        read,
        changed: BTreeMap::new(),
    };
    if patch.trim_start().starts_with("*** Begin Patch") {
        begin_patch(patch.trim_start(), &mut texts)
    } else {
        unified(patch, &mut texts)
    }
}

fn unified(patch: &str, texts: &mut Texts<'_>) -> ToolResult<Vec<Step>> {
    let mut steps = Vec::new();
    for part in files_of(patch) {
        let parsed = diffy::Patch::from_str(part).map_err(|error| {
            ToolError::new(
                ErrorCode::PatchFailed,
                format!("The patch does not parse: {error}."),
            )
            .hint("Send a unified diff with `---` and `+++` lines, or use `edits`.")
        })?;
        let side = |name: Option<&str>| {
            let name = name
                .unwrap_or_default()
                .split('\t')
                .next()
                .unwrap_or_default();
            let name = name
                .strip_prefix("a/")
                .or_else(|| name.strip_prefix("b/"))
                .unwrap_or(name);
            (name != "/dev/null" && !name.is_empty())
                .then(|| name.trim_start_matches('/').to_owned())
        };
        let (from, to) = (side(parsed.original()), side(parsed.modified()));
        let before = match &from {
            Some(path) => texts.get(path)?,
            None => String::new(),
        };
        let place = to.clone().or(from.clone()).unwrap_or_default();
        let after = diffy::apply(&before, &parsed).map_err(|error| {
            failed(&place, error.to_string())
                .hint("Read the file again and make the patch anew from what is there now.")
        })?;
        match (from, to) {
            (None, None) => {
                return Err(ToolError::new(
                    ErrorCode::PatchFailed,
                    "The patch names no file.",
                ));
            }
            (None, Some(to)) => steps.push(Step::Create(to.clone(), after.clone())),
            (Some(from), None) => steps.push(Step::Delete(from)),
            (Some(from), Some(to)) => {
                if from != to {
                    steps.push(Step::Move(from, to.clone()));
                }
                steps.push(Step::Change(to.clone(), after.clone()));
            }
        }
        texts.changed.insert(place, after);
    }
    match steps.is_empty() {
        true => Err(ToolError::new(
            ErrorCode::PatchFailed,
            "The patch changes no file.",
        )),
        false => Ok(steps),
    }
}

/// Splits a diff of several files before each `---` line that a `+++` line follows.
fn files_of(patch: &str) -> Vec<&str> {
    let mut starts = Vec::new();
    let mut at = 0;
    let mut lines = patch.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("--- ") && lines.peek().is_some_and(|next| next.starts_with("+++ ")) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([patch.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| strip_headers(&patch[*start..end]))
        .collect()
}

/// Cuts the next file's `diff --git` and `index` lines off the end of a part.
fn strip_headers(part: &str) -> &str {
    match part.find("\ndiff --git ") {
        Some(at) => &part[..=at],
        None => part,
    }
}

fn begin_patch(patch: &str, texts: &mut Texts<'_>) -> ToolResult<Vec<Step>> {
    let mut steps = Vec::new();
    let mut lines = patch.lines().skip(1).peekable();
    while let Some(line) = lines.next() {
        let mut body = Vec::new();
        let header = line.trim_end();
        if header == "*** End Patch" {
            break;
        }
        while let Some(line) = lines.next_if(|line| !is_header(line)) {
            body.push(line);
        }
        if let Some(path) = header.strip_prefix("*** Add File: ") {
            let text: String = body
                .iter()
                .map(|line| format!("{}\n", line.strip_prefix('+').unwrap_or(line)))
                .collect();
            texts.changed.insert(path.to_owned(), text.clone());
            steps.push(Step::Create(path.to_owned(), text));
        } else if let Some(path) = header.strip_prefix("*** Delete File: ") {
            texts.get(path)?;
            steps.push(Step::Delete(path.to_owned()));
        } else if let Some(path) = header.strip_prefix("*** Update File: ") {
            let moved = body
                .first()
                .and_then(|line| line.strip_prefix("*** Move to: "))
                .map(str::to_owned);
            let body = if moved.is_some() {
                &body[1..]
            } else {
                &body[..]
            };
            let text = update(path, &texts.get(path)?, body)?;
            let target = moved.clone().unwrap_or_else(|| path.to_owned());
            if let Some(to) = moved {
                steps.push(Step::Move(path.to_owned(), to));
            }
            texts.changed.insert(target.clone(), text.clone());
            steps.push(Step::Change(target, text));
        } else {
            return Err(ToolError::new(ErrorCode::PatchFailed, format!("The patch has a line that means nothing here: {}.", shown(line)))
                .hint("Each file starts with `*** Add File: `, `*** Update File: ` or `*** Delete File: `."));
        }
    }
    match steps.is_empty() {
        true => Err(ToolError::new(
            ErrorCode::PatchFailed,
            "The patch changes no file.",
        )),
        false => Ok(steps),
    }
}

fn is_header(line: &str) -> bool {
    [
        "*** Add File: ",
        "*** Update File: ",
        "*** Delete File: ",
        "*** End Patch",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

/// Applies the hunks of one file. A hunk is found by its old lines, from where the last one ended;
/// a line `@@ text` moves that place to after the line `text`.
fn update(path: &str, text: &str, body: &[&str]) -> ToolResult<String> {
    let ended = text.ends_with('\n') || text.is_empty();
    let lines: Vec<&str> = text.lines().collect();
    let mut written: Vec<&str> = Vec::with_capacity(lines.len());
    let mut from = 0;
    for hunk in body.split_inclusive_before(|line| line.starts_with("@@")) {
        let (anchor, hunk) = match hunk.first() {
            Some(first) if first.starts_with("@@") => (first[2..].trim(), &hunk[1..]),
            _ => ("", hunk),
        };
        if !anchor.is_empty() && !anchor.starts_with('-') {
            let rest = &lines[from..];
            let at = rest
                .iter()
                .position(|line| line.trim() == anchor)
                .ok_or_else(|| failed(path, format!("it has no line {}", shown(anchor))))?;
            written.extend(&rest[..=at]);
            from += at + 1;
        }
        let side = |sign: char| -> Vec<&str> {
            let kept = hunk
                .iter()
                .filter(|line| !line.starts_with("*** End of File"));
            kept.filter_map(|line| match line.chars().next() {
                None => Some(""),
                Some(first) if first == sign || first == ' ' => Some(&line[1..]),
                Some('+' | '-') => None,
                Some(_) => Some(line),
            })
            .collect()
        };
        let (old, new) = (side('-'), side('+'));
        let rest = &lines[from..];
        let at = found(rest, &old).ok_or_else(|| {
            failed(
                path,
                format!("it does not hold the lines {}", shown(&old.join("\n"))),
            )
            .hint(
                "Read the file again: the lines of a hunk must stand there exactly, in this order.",
            )
        })?;
        written.extend(rest[..at].iter().chain(&new));
        from += at + old.len();
    }
    written.extend(&lines[from..]);
    let mut text = written.join("\n");
    if ended && !text.is_empty() {
        text.push('\n');
    }
    Ok(text)
}

/// Where some lines stand in others, for the first time. A file may be a million lines that are
/// equal but for the last, so none is compared twice with the same one.
///
/// Source: Knuth, Morris and Pratt, "Fast Pattern Matching in Strings".
fn found(lines: &[&str], wanted: &[&str]) -> Option<usize> {
    // For each line of `wanted`, how many of its first lines the ones up to it end with.
    let mut ends: Vec<usize> = Vec::with_capacity(wanted.len());
    let next = |ends: &[usize], mut matched: usize, line: &str| {
        while matched > 0 && wanted[matched] != line {
            matched = ends[matched - 1];
        }
        matched + usize::from(wanted[matched] == line)
    };
    if wanted.is_empty() {
        return Some(0);
    }
    for (index, line) in wanted.iter().enumerate() {
        let before = ends.last().copied().unwrap_or_default();
        let matched = if index == 0 {
            0
        } else {
            next(&ends, before, line)
        };
        ends.push(matched);
    }
    let mut matched = 0;
    for (index, line) in lines.iter().enumerate() {
        matched = next(&ends, matched, line);
        if matched == wanted.len() {
            return Some(index + 1 - matched);
        }
    }
    None
}

/// Splits a slice before each element that starts a new part.
trait SplitBefore<T> {
    fn split_inclusive_before(&self, starts: impl Fn(&T) -> bool) -> Vec<&[T]>;
}

impl<T> SplitBefore<T> for [T] {
    fn split_inclusive_before(&self, starts: impl Fn(&T) -> bool) -> Vec<&[T]> {
        let mut cuts: Vec<usize> = (1..self.len()).filter(|at| starts(&self[*at])).collect();
        cuts.insert(0, 0);
        cuts.push(self.len());
        cuts.windows(2)
            .map(|pair| &self[pair[0]..pair[1]])
            .filter(|part| !part.is_empty())
            .collect()
    }
}

fn failed(path: &str, why: impl std::fmt::Display) -> ToolError {
    ToolError::new(
        ErrorCode::PatchFailed,
        format!("The patch does not fit `{path}`: {why}."),
    )
    .path(path)
}

fn shown(text: &str) -> String {
    let line: String = text.chars().take(60).collect();
    format!("`{}`", line.replace('\n', "⏎"))
}

#[cfg(test)]
mod tests;
