//! Search by name and by content.

use crate::error::{Result, VfsError};
use crate::id::NodeId;
use crate::limits::{MATCH_TEXT_UNITS_MAX, MATCHES_MAX, QUERY_BYTES_MAX};
use crate::node::Kind;
use crate::path::Path;
use crate::workspace::Workspace;
use regex_lite::{Regex, RegexBuilder};

/// Where to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchIn {
    /// In the names of files and folders.
    Name,
    /// In the content of text files.
    Content,
    /// In both.
    Both,
}

/// What to search for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The words, or the regular expression.
    pub text: String,
    /// Where to search.
    pub within: SearchIn,
    /// The folder (or file) to search in; empty for the whole workspace.
    pub path: String,
    /// Read `text` as a regular expression. It runs in time linear in what it reads. Its `\w`,
    /// `\d` and case are those of ASCII.
    pub regex: bool,
    /// Tell upper case from lower case.
    pub match_case: bool,
    /// Matches to give at most; held at [`MATCHES_MAX`].
    pub limit: usize,
}

impl Query {
    /// A search for words in names and contents of the whole workspace, in any case.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            within: SearchIn::Both,
            path: String::new(),
            regex: false,
            match_case: false,
            limit: 200,
        }
    }
}

/// One place that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The file or folder.
    pub path: String,
    /// The line from 1; `None` when the name matches.
    pub line: Option<u32>,
    /// The column in that line, in UTF-16 code units from 1.
    pub column: Option<u32>,
    /// UTF-16 code units that match, up to the line's end.
    pub length: Option<u32>,
    /// The line, or what surrounds the match in a long one.
    pub text: Option<String>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    /// The places, in the order of the tree and then of lines.
    pub matches: Vec<Match>,
    /// More may be there: a limit ended the search.
    pub truncated: bool,
}

enum Pattern {
    Regex(Regex),
    /// Words in any case, character by character in simple lower case.
    Folded(Vec<char>),
}

impl Pattern {
    fn of(query: &Query) -> Result<Self> {
        let invalid = |why: String| VfsError::InvalidQuery { why };
        if query.text.is_empty() {
            return Err(invalid("it is empty".into()));
        }
        if query.text.len() > QUERY_BYTES_MAX {
            return Err(invalid(format!(
                "it is longer than {QUERY_BYTES_MAX} bytes"
            )));
        }
        if !query.regex && !query.match_case {
            return Ok(Self::Folded(query.text.chars().map(lower).collect()));
        }
        let source = if query.regex {
            query.text.clone()
        } else {
            regex_lite::escape(&query.text)
        };
        RegexBuilder::new(&source)
            .case_insensitive(!query.match_case)
            .multi_line(true)
            .size_limit(1 << 20)
            .build()
            .map(Self::Regex)
            .map_err(|error| invalid(error.to_string()))
    }

    /// The first match at or after a byte: its start and its end.
    fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        match self {
            Self::Regex(regex) => regex
                .find_at(text, from)
                .map(|found| (found.start(), found.end())),
            Self::Folded(words) => text[from..].char_indices().find_map(|(start, c)| {
                if lower(c) != words[0] {
                    return None;
                }
                let mut rest = text[from + start..].char_indices();
                for word in words {
                    if rest.next().map(|(_, c)| lower(c)) != Some(*word) {
                        return None;
                    }
                }
                let end = rest.next().map_or(text.len(), |(at, _)| from + start + at);
                Some((from + start, end))
            }),
        }
    }
}

fn lower(c: char) -> char {
    let mut all = c.to_lowercase();
    match (all.next(), all.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

impl Workspace {
    /// Searches names, and contents as they are now, typed text included.
    pub fn search(&self, query: &Query) -> Result<Matches> {
        self.search_seen(query, &|_| true)
    }

    /// The same for somebody who does not see every path. What is not seen is not there: it is not read, not counted, and
    /// takes nothing from a limit, so that nothing of the answer follows from it.
    ///
    /// # Errors
    /// As [`Self::search`]; and [`VfsError::NotFound`] where neither the place to search in nor anything below it is seen.
    pub fn search_seen(&self, query: &Query, sees: &dyn Fn(&str) -> bool) -> Result<Matches> {
        let pattern = Pattern::of(query)?;
        let path = Path::parse(&query.path)?;
        let id = self.tree.lookup(&path).ok_or_else(|| self.missing(&path))?;
        let mut nodes = Vec::new();
        let prefix = path.to_string();
        if let Some(node) = self.tree.node(id).filter(|node| node.kind == Kind::File) {
            nodes.push((prefix.clone(), node.shown().to_owned(), node));
        }
        self.tree.walk(id, &prefix, &mut |path, shown, node| {
            nodes.push((path, shown.name.clone(), node))
        });
        nodes.retain(|(path, ..)| sees(path));
        if nodes.is_empty() && !path.is_root() && !sees(&prefix) {
            return Err(self.missing(&path));
        }

        let limit = query.limit.min(MATCHES_MAX);
        let mut found = Matches::default();
        let mut bytes_left = self.search_bytes_max;
        for (path, name, node) in nodes {
            if query.within != SearchIn::Content && pattern.find(&name, 0).is_some() {
                if found.matches.len() == limit {
                    found.truncated = true;
                    return Ok(found);
                }
                let (line, column, length, text) = (None, None, None, None);
                found.matches.push(Match {
                    path: path.clone(),
                    line,
                    column,
                    length,
                    text,
                });
            }
            if query.within == SearchIn::Name || !self.holds_text(node.id) {
                continue;
            }
            let size = node.seal().map_or(0, |seal| seal.size);
            if size > bytes_left {
                found.truncated = true;
                return Ok(found);
            }
            bytes_left -= size;
            let Ok(text) = String::from_utf8(self.content(node)?) else {
                continue;
            };
            if !search_text(&pattern, &path, &text, limit, &mut found.matches) {
                found.truncated = true;
                return Ok(found);
            }
        }
        Ok(found)
    }

    fn holds_text(&self, id: NodeId) -> bool {
        self.texts.is_draft(id)
            || self
                .tree
                .node(id)
                .and_then(|node| node.seal())
                .is_some_and(|seal| seal.text)
    }
}

/// Adds the matches of one text; false when the limit is reached before its end.
fn search_text(
    pattern: &Pattern,
    path: &str,
    text: &str,
    limit: usize,
    matches: &mut Vec<Match>,
) -> bool {
    let (mut from, mut line, mut line_start) = (0, 1u32, 0);
    while let Some((start, end)) = pattern.find(text, from) {
        if matches.len() >= limit {
            return false;
        }
        let passed = &text[line_start..start];
        line += passed.bytes().filter(|&byte| byte == b'\n').count() as u32;
        line_start += passed.rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        matches.push(Match {
            path: path.to_owned(),
            line: Some(line),
            column: Some(units(&text[line_start..start]) + 1),
            length: Some(units(&text[start..end.min(line_end)])),
            text: Some(excerpt(&text[line_start..line_end], start - line_start)),
        });
        // An empty match moves on by a character, or the search would stand still.
        from = if end > start {
            end
        } else {
            end + text[end..].chars().next().map_or(1, char::len_utf8)
        };
        if from > text.len() {
            break;
        }
    }
    true
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// A line, cut to what surrounds a byte of it.
fn excerpt(line: &str, at: usize) -> String {
    let line = line.trim_end_matches('\r');
    if line.len() <= MATCH_TEXT_UNITS_MAX {
        return line.to_owned();
    }
    let before = MATCH_TEXT_UNITS_MAX / 4;
    let mut start = at.min(line.len()).saturating_sub(before);
    while !line.is_char_boundary(start) {
        start -= 1;
    }
    line[start..]
        .chars()
        .take(MATCH_TEXT_UNITS_MAX / 2)
        .collect()
}
