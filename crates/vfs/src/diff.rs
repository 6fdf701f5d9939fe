//! Differences between texts: as edits, as a unified diff, and joined three ways.

use crate::limits::{DIFF_CELLS_MAX, DIFF_CHARS_MAX};
use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, group_diff_ops};
use std::fmt::Write as _;

/// One replaced stretch, in bytes of the old text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub start: usize,
    pub len: usize,
    pub insert: String,
}

/// The edits that turn one text into another, in order and apart from each other: whole lines where they can be.
pub(crate) fn minimal_edits(old: &str, new: &str) -> Vec<Edit> {
    let mut edits = found_edits(old, new);
    let mut floor = 0;
    for edit in &mut edits {
        align(old, floor, edit);
        floor = edit.start + edit.len;
    }
    edits
}

/// Moves an insertion or a removal back to the start of a line, when it is of whole lines and could as well stand there. A new line
/// that begins as the one after it does is found behind what both begin with; there, a removal of the old line by somebody
/// else would leave pieces of the new one.
fn align(old: &str, floor: usize, edit: &mut Edit) {
    let is_insertion = edit.len == 0;
    if !is_insertion && !edit.insert.is_empty() {
        return;
    }
    let inserted = edit.insert.as_bytes();
    let len = edit.len + inserted.len();
    let byte = |at: usize| match is_insertion && at >= edit.start {
        true => inserted[at - edit.start],
        false => old.as_bytes()[at],
    };
    let is_line =
        |start: usize| (start == 0 || byte(start - 1) == b'\n') && byte(start + len - 1) == b'\n';
    let mut start = edit.start;
    while !is_line(start) {
        if start == floor || byte(start - 1) != byte(start + len - 1) {
            return;
        }
        start -= 1;
    }
    if is_insertion {
        let before = &old[start..edit.start.min(start + len)];
        let rest = &edit.insert[..len - before.len()];
        edit.insert = [before, rest].concat();
    }
    edit.start = start;
}

fn found_edits(old: &str, new: &str) -> Vec<Edit> {
    if old == new {
        return Vec::new();
    }
    let start = common_start(old, new);
    let end = common_end(&old[start..], &new[start..]);
    let (old_mid, new_mid) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut edits = Vec::new();
    if old_mid.is_empty() || new_mid.is_empty() {
        push_edit(&mut edits, start, old_mid.len(), new_mid);
        return edits;
    }
    let old_lines: Vec<&str> = old_mid.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new_mid.split_inclusive('\n').collect();
    let (mut at_old, mut at_new) = (start, start);
    for op in line_ops(&old_lines, &new_lines) {
        let old_len: usize = old_lines[op.old_range()]
            .iter()
            .map(|line| line.len())
            .sum();
        let new_len: usize = new_lines[op.new_range()]
            .iter()
            .map(|line| line.len())
            .sum();
        if !matches!(op, DiffOp::Equal { .. }) {
            char_edits(
                &mut edits,
                at_old,
                &old[at_old..at_old + old_len],
                &new[at_new..at_new + new_len],
            );
        }
        at_old += old_len;
        at_new += new_len;
    }
    edits
}

/// The edits within one replaced stretch of lines.
fn char_edits(edits: &mut Vec<Edit>, offset: usize, old: &str, new: &str) {
    let start = common_start(old, new);
    let end = common_end(&old[start..], &new[start..]);
    let (old_mid, new_mid) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    if old_mid.is_empty() || new_mid.is_empty() || old_mid.len().max(new_mid.len()) > DIFF_CHARS_MAX
    {
        push_edit(edits, offset + start, old_mid.len(), new_mid);
        return;
    }
    let (old_chars, new_chars) = (chars(old_mid), chars(new_mid));
    let mut at = offset + start;
    for op in ops(&old_chars, &new_chars) {
        let len: usize = old_chars[op.old_range()].iter().map(|c| c.len()).sum();
        if !matches!(op, DiffOp::Equal { .. }) {
            push_edit(edits, at, len, &new_chars[op.new_range()].concat());
        }
        at += len;
    }
}

/// The characters of a text, as pieces of it.
fn chars(text: &str) -> Vec<&str> {
    let chars = text.char_indices();
    chars.map(|(at, c)| &text[at..at + c.len_utf8()]).collect()
}

/// Compares lines or characters, by Myers. Both are pieces of a text, and no other algorithm is named, so that
/// the kernel has the one comparison once.
fn ops(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut found = Compact::new(Replace::new(Capture::new()), old, new);
    let Ok(()) = myers::diff(&mut found, old, 0..old.len(), new, 0..new.len());
    found.into_inner().into_inner().into_ops()
}

/// Adds an edit; one that touches the edit before it joins it.
fn push_edit(edits: &mut Vec<Edit>, start: usize, len: usize, insert: &str) {
    if len == 0 && insert.is_empty() {
        return;
    }
    match edits.last_mut() {
        Some(last) if last.start + last.len == start => {
            last.len += len;
            last.insert.push_str(insert);
        }
        _ => edits.push(Edit {
            start,
            len,
            insert: insert.to_owned(),
        }),
    }
}

/// Compares lines; when there are too many to compare exactly, the middle counts as replaced.
fn line_ops(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let end = old[start..]
        .iter()
        .rev()
        .zip(new[start..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (old_len, new_len) = (old.len() - start - end, new.len() - start - end);
    if old_len.saturating_mul(new_len) <= DIFF_CELLS_MAX {
        return ops(old, new);
    }
    let equal = |old_index, new_index, len| DiffOp::Equal {
        old_index,
        new_index,
        len,
    };
    let middle = DiffOp::Replace {
        old_index: start,
        old_len,
        new_index: start,
        new_len,
    };
    [
        equal(0, 0, start),
        middle,
        equal(start + old_len, start + new_len, end),
    ]
    .into_iter()
    .filter(|op| !op.old_range().is_empty() || !op.new_range().is_empty())
    .collect()
}

/// Bytes at the start that both texts share, on a boundary of both.
fn common_start(a: &str, b: &str) -> usize {
    let mut len = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(len) {
        len -= 1;
    }
    len
}

/// Bytes at the end that both texts share, on a boundary of both.
fn common_end(a: &str, b: &str) -> usize {
    let mut len = a
        .bytes()
        .rev()
        .zip(b.bytes().rev())
        .take_while(|(x, y)| x == y)
        .count();
    while !a.is_char_boundary(a.len() - len) {
        len -= 1;
    }
    len
}

/// Whether two sides changed the same line of a text otherwise, so that [`join`] leaves a line that neither of them wrote.
/// Whole lines that are added do not count: they stay whole.
#[must_use]
pub fn clashes(base: &str, new: &str, current: &str) -> bool {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(base.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let line_of = |at: usize| starts.partition_point(|start| *start <= at) - 1;
    let touched = |edit: &Edit| {
        let is_start = starts[line_of(edit.start)] == edit.start;
        let is_end = base[edit.start..].is_empty() || base[edit.start..].starts_with('\n');
        let is_lines =
            (is_start && edit.insert.ends_with('\n')) || (is_end && edit.insert.starts_with('\n'));
        match edit.len {
            0 if is_lines => None,
            len => Some((
                line_of(edit.start),
                line_of(edit.start + len.saturating_sub(1)),
            )),
        }
    };
    let (ours, theirs) = (minimal_edits(base, new), minimal_edits(base, current));
    let mut others = theirs.iter().peekable();
    for edit in &ours {
        let Some((first, last)) = touched(edit) else {
            continue;
        };
        while let Some(other) = others.peek() {
            match touched(other) {
                Some((from, _)) if from > last => break,
                Some((_, to)) if to >= first && *other != edit => return true,
                // It may reach to where our next edit is, too.
                Some((_, to)) if to >= first => break,
                _ => {}
            }
            others.next();
        }
    }
    false
}

/// What `new` changed in `base`, done to `current`: both sides' insertions stay, what either side
/// removed is gone.
#[must_use]
pub fn join(base: &str, new: &str, current: &str) -> String {
    if base == current || new == current {
        return new.to_owned();
    }
    if base == new {
        return current.to_owned();
    }
    let (ours, theirs) = (minimal_edits(base, new), minimal_edits(base, current));
    let mut cuts: Vec<usize> = vec![0, base.len()];
    cuts.extend(
        ours.iter()
            .chain(&theirs)
            .flat_map(|edit| [edit.start, edit.start + edit.len]),
    );
    cuts.sort_unstable();
    cuts.dedup();
    let mut out = String::with_capacity(current.len().max(new.len()));
    for (place, &cut) in cuts.iter().enumerate() {
        let (first, second) = (inserted(&theirs, cut), inserted(&ours, cut));
        out.push_str(first);
        if first != second {
            out.push_str(second);
        }
        let next = cuts.get(place + 1).copied().unwrap_or(cut);
        if !is_removed(&ours, cut) && !is_removed(&theirs, cut) {
            out.push_str(&base[cut..next]);
        }
    }
    out
}

/// What edits insert at a position of the base.
fn inserted(edits: &[Edit], at: usize) -> &str {
    edits
        .binary_search_by_key(&at, |edit| edit.start)
        .map_or("", |place| edits[place].insert.as_str())
}

/// Whether edits remove the stretch of the base that begins at a cut.
fn is_removed(edits: &[Edit], cut: usize) -> bool {
    let after = edits.partition_point(|edit| edit.start <= cut);
    after > 0 && cut < edits[after - 1].start + edits[after - 1].len
}

/// A unified diff with three lines of context; empty when both texts are equal. `None` stands for
/// a file that is not there.
pub fn unified(path: &str, old: Option<&str>, new: Option<&str>) -> String {
    let (from, to) = (old.unwrap_or_default(), new.unwrap_or_default());
    if from == to && old.is_some() == new.is_some() {
        return String::new();
    }
    let header = |side: &str, there: bool| {
        if there {
            format!("{side}/{path}")
        } else {
            "/dev/null".to_owned()
        }
    };
    let mut out = format!(
        "--- {}\n+++ {}\n",
        header("a", old.is_some()),
        header("b", new.is_some())
    );
    let old_lines: Vec<&str> = from.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = to.split_inclusive('\n').collect();
    for group in group_diff_ops(line_ops(&old_lines, &new_lines), 3) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        let old_range = first.old_range().start..last.old_range().end;
        let new_range = first.new_range().start..last.new_range().end;
        let _ = writeln!(
            out,
            "@@ -{} +{} @@",
            hunk_range(&old_range),
            hunk_range(&new_range)
        );
        for op in group {
            if matches!(op, DiffOp::Equal { .. }) {
                put_lines(&mut out, ' ', &old_lines[op.old_range()]);
            } else {
                put_lines(&mut out, '-', &old_lines[op.old_range()]);
                put_lines(&mut out, '+', &new_lines[op.new_range()]);
            }
        }
    }
    out
}

fn hunk_range(range: &std::ops::Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    }
}

fn put_lines(out: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests;
