//! Paths and names: what may be written down, and when two names are the same.

use crate::error::{Result, VfsError};
use crate::limits::{DEPTH_MAX, NAME_BYTES_MAX, PATH_BYTES_MAX};
use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// A checked workspace path: names in NFC, without a leading slash; empty for the root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path {
    names: Vec<String>,
}

impl Path {
    /// Checks a path as it comes from outside. A leading slash is allowed.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why| VfsError::InvalidPath {
            path: text.to_owned(),
            why,
        };
        let inner = text.strip_prefix('/').unwrap_or(text);
        if inner.is_empty() {
            return Ok(Self::default());
        }
        // Checked on the raw text first, so that nobody pays for normalising a huge one.
        if inner.len() > 4 * PATH_BYTES_MAX {
            return Err(refuse("it is longer than 1024 bytes"));
        }
        let names = inner
            .split('/')
            .map(|name| check_name(name).map_err(refuse))
            .collect::<Result<Vec<_>>>()?;
        let path = Self { names };
        path.check_size().map_err(refuse)?;
        Ok(path)
    }

    fn check_size(&self) -> Result<(), &'static str> {
        if self.names.len() > DEPTH_MAX {
            return Err("it is deeper than 64 names");
        }
        if self.len_bytes() > PATH_BYTES_MAX {
            return Err("it is longer than 1024 bytes");
        }
        Ok(())
    }

    /// Bytes of the path's text.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.names
            .iter()
            .map(|name| name.len() + 1)
            .sum::<usize>()
            .saturating_sub(1)
    }

    /// The names from the root down.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether this is the workspace's own folder.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.names.is_empty()
    }

    /// The folder and the last name; `None` for the root.
    #[must_use]
    pub fn split(&self) -> Option<(Path, &str)> {
        let (last, rest) = self.names.split_last()?;
        Some((
            Path {
                names: rest.to_vec(),
            },
            last,
        ))
    }

    /// The first `count` names.
    #[must_use]
    pub fn prefix(&self, count: usize) -> Path {
        Path {
            names: self.names[..count.min(self.names.len())].to_vec(),
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.names.join("/"))
    }
}

/// A path as a workspace keeps it. What can't be a path stays as it came, for whoever refuses it.
#[must_use]
pub fn kept(text: &str) -> String {
    Path::parse(text).map_or_else(|_| text.to_owned(), |path| path.to_string())
}

/// A name in NFC, or why it can't be one.
pub fn check_name(name: &str) -> Result<String, &'static str> {
    if name.is_empty() {
        return Err("a name is empty");
    }
    if name.len() > 4 * NAME_BYTES_MAX {
        return Err("a name is longer than 255 bytes");
    }
    let name: String = name.nfc().collect();
    if name == "." || name == ".." {
        return Err("`.` and `..` are not names");
    }
    for c in name.chars() {
        match c {
            '/' | '\\' => return Err("a name holds a slash"),
            '\0' => return Err("a name holds a NUL"),
            // Marks that turn the direction of writing make a name look like another one.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                return Err("a name holds a mark that turns the direction of writing");
            }
            c if c.is_control() => return Err("a name holds a control character"),
            _ => {}
        }
    }
    if name.ends_with(['.', ' ']) {
        return Err("a name ends in a dot or a space");
    }
    if is_reserved(&name) {
        return Err("the name is reserved on Windows");
    }
    if name.len() > NAME_BYTES_MAX {
        return Err("a name is longer than 255 bytes");
    }
    Ok(name)
}

/// Windows keeps these names for devices, with any ending.
fn is_reserved(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or(name)
        .trim_end()
        .to_ascii_lowercase();
    if matches!(
        stem.as_str(),
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$"
    ) {
        return true;
    }
    let Some(rest) = stem
        .strip_prefix("com")
        .or_else(|| stem.strip_prefix("lpt"))
    else {
        return false;
    };
    let mut rest = rest.chars();
    matches!(
        (rest.next(), rest.next()),
        (Some('0'..='9' | '¹' | '²' | '³'), None)
    )
}

/// What two names of one folder may not share: the name without case, in NFC.
#[must_use]
pub fn fold(name: &str) -> String {
    if name.is_ascii() {
        let mut folded = name.to_owned();
        // In place, which takes half the time of collecting letters.
        folded.make_ascii_lowercase();
        return folded;
    }
    name.nfd().default_case_fold().nfc().collect()
}

/// A name with a mark before its ending: `report.csv` and `k3f` give `report~k3f.csv`.
#[must_use]
pub fn with_suffix(name: &str, suffix: &str) -> String {
    match name.rfind('.') {
        Some(dot) if dot > 0 => format!("{}~{suffix}{}", &name[..dot], &name[dot..]),
        _ => format!("{name}~{suffix}"),
    }
}
