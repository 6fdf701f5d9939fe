//! `selvage import`.
//!
//! An archive is somebody else's bytes. Its names are checked as the workspace checks paths; links are not followed; what it unpacks to
//! is counted while it is unpacked, whatever it says of itself. All of it lands as one change, or nothing does. What it holds
//! that no workspace can hold is left out, and told.

use super::{IMPORT_BYTES_MAX, IMPORT_DEPTH_MAX, IMPORT_FILES_MAX, is_zip};
use crate::commands::{call, person, typed};
use crate::error::{CliError, Result};
use crate::home::Machine;
use crate::manifest::{self, MANIFESTS};
use crate::progress::Progress;
use crate::{home, show};
use selvage_host::Desk;
use selvage_tool::catalogue::LsOutput;
use selvage_tool::flows::FLOWS_FILE;
use selvage_tool::policy::POLICY_FILE;
use selvage_tool::run::SCOPES_FILE;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Op, Path as WorkspacePath, fold};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// The folder of git's own, which is no part of what a folder holds.
const GIT: &str = ".git";

/// What takes effect by being there, and what it decides.
const RULES: [(&str, &str); 3] = [
    (POLICY_FILE, "it says what flows and agents may do"),
    (
        FLOWS_FILE,
        "its flows have names, and may run by themselves",
    ),
    (
        SCOPES_FILE,
        "it says in which order other workspaces are looked through",
    ),
];

/// Takes in a zip or a folder.
pub fn import(folder: &Path, from: &Path, as_json: bool) -> Result<u8> {
    let mut desk = home::open(folder)?;
    let mut taken = Taken::default();
    let listed: LsOutput = typed(&call(&mut desk, "ls", json!({ "recursive": true }))?)?;
    for entry in &listed.entries {
        taken.know(&entry.path);
    }
    if is_zip(from) {
        unpack(from, &mut taken)?;
    } else {
        walk(from, &mut taken)?;
    }
    taken.prove(&mut desk)?;
    let Taken {
        ops, left, bytes, ..
    } = taken;
    let files = ops.values().filter(|op| matches!(op, Op::Write { .. }));
    let files = files.count();
    let rules = RULES.iter().filter(|(path, _)| ops.contains_key(*path));
    let rules: Vec<&(&str, &str)> = rules.collect();
    let ops: Vec<Op> = ops.into_values().collect();
    let named = from.file_name().unwrap_or(from.as_os_str());
    let message = format!("Import {}", named.to_string_lossy());
    let heads = match ops.is_empty() {
        true => json!([]),
        false => desk.bring(person(), message, ops)?,
    };
    let left: Vec<Value> = left
        .into_iter()
        .map(|(name, why)| json!({ "name": name, "why": why }))
        .collect();
    let paths: Vec<&str> = rules.iter().map(|(path, _)| *path).collect();
    let value =
        json!({ "files": files, "bytes": bytes, "rules": paths, "left": left, "change": heads });
    show::value(as_json, &value, |_: &Value| {
        let mut lines: Vec<String> = left
            .iter()
            .map(|one| {
                format!(
                    "left out: {}: {}",
                    show::text(&one["name"]),
                    show::text(&one["why"])
                )
            })
            .collect();
        lines.extend(
            rules
                .iter()
                .map(|(path, what)| format!("{path}: {what} from now on")),
        );
        lines.push(format!("{files} files, {bytes} bytes"));
        lines.join("\n")
    })?;
    Ok(0)
}

/// What was taken so far.
#[derive(Default)]
struct Taken {
    ops: BTreeMap<String, Op>,
    /// How each path is written, by what no other path may share with it.
    names: BTreeMap<String, String>,
    /// What can't be taken, and why.
    left: Vec<(String, String)>,
    bytes: u64,
    seen: usize,
}

impl Taken {
    /// Counts one more thing, whether it is taken or not.
    fn count(&mut self) -> Result<()> {
        self.seen += 1;
        if self.seen > IMPORT_FILES_MAX {
            return Err(too_large(format!(
                "There are more than {IMPORT_FILES_MAX} files and folders."
            )));
        }
        Ok(())
    }

    fn leave(&mut self, name: &str, why: &str) {
        // A name that nobody can read is not shown as it is.
        let shown = name.chars().flat_map(char::escape_debug);
        self.left.push((shown.collect(), why.to_owned()));
    }

    /// The workspace path that a name stands for, where it stands for one.
    fn path(&mut self, name: &str) -> Option<String> {
        let checked = match WorkspacePath::parse(name) {
            _ if name.starts_with('/') => Err("it is an absolute path".to_owned()),
            Ok(path) if path.names().is_empty() => return None,
            Ok(path) => Ok(path.to_string()),
            Err(why) => Err(why.to_string()),
        };
        match checked {
            Err(why) => self.leave(name, &why),
            Ok(path) if self.ops.contains_key(&path) => {
                self.leave(name, "it is there twice, and the first one was taken");
            }
            Ok(path) => match self.clash(&path) {
                Some(there) => self.leave(
                    name,
                    &format!("`{there}` is there, and names in a folder differ by more than case"),
                ),
                None => {
                    self.know(&path);
                    return Some(path);
                }
            },
        }
        None
    }

    /// Notes a path that is there, and the folders above it.
    fn know(&mut self, path: &str) {
        for part in parts(path) {
            let part = part.to_owned();
            self.names.entry(fold(&part)).or_insert(part);
        }
    }

    /// What is there already by the name of this path, or of a folder above it, in another spelling.
    fn clash(&self, path: &str) -> Option<String> {
        parts(path).find_map(|part| {
            let there = self.names.get(&fold(part))?;
            (there != part).then(|| there.clone())
        })
    }

    /// Leaves out what Selvage itself goes by and could not read: by a broken policy nothing runs any more.
    fn prove(&mut self, desk: &mut Desk<Machine>) -> Result<()> {
        for path in MANIFESTS {
            let Some(Op::Write { bytes, .. }) = self.ops.get(path) else {
                continue;
            };
            let size = bytes.len() as u64;
            let why = match std::str::from_utf8(bytes) {
                Err(_) => Some("it is no text in UTF-8".to_owned()),
                Ok(text) => manifest::flaw(desk, path, text)?.map(|found| {
                    let at = found.span.start;
                    format!("line {}, column {}: {}", at.line, at.column, found.message)
                }),
            };
            if let Some(why) = why {
                self.ops.remove(path);
                self.bytes -= size;
                self.leave(path, &why);
            }
        }
        Ok(())
    }

    fn folder(&mut self, name: &str) {
        if let Some(path) = self.path(name) {
            self.ops.insert(path.clone(), Op::Mkdir { path });
        }
    }

    /// Takes a file's bytes, of which no more are read than an import may have.
    fn file(&mut self, name: &str, reader: impl Read) -> Result<()> {
        let Some(path) = self.path(name) else {
            return Ok(());
        };
        let room = IMPORT_BYTES_MAX - self.bytes;
        let mut bytes = Vec::new();
        let read = reader.take(room + 1).read_to_end(&mut bytes);
        read.map_err(|source| CliError::Read {
            name: name.to_owned(),
            source,
        })?;
        if bytes.len() as u64 > room {
            return Err(too_large(format!(
                "It unpacks to more than {IMPORT_BYTES_MAX} bytes."
            )));
        }
        self.bytes += bytes.len() as u64;
        self.ops.insert(path.clone(), Op::write(path, bytes));
        Ok(())
    }
}

/// The folders above a path, the outermost first, and the path.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at);
    ends.chain([path.len()]).map(|end| &path[..end])
}

fn too_large(message: String) -> CliError {
    ToolError::new(ErrorCode::TooLarge, message)
        .hint("Nothing was taken. Import parts of it, one after the other.")
        .into()
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|source| unread(path, source))
}

fn unread(path: &Path, source: std::io::Error) -> CliError {
    CliError::Read {
        name: path.display().to_string(),
        source,
    }
}

fn unpack(from: &Path, taken: &mut Taken) -> Result<()> {
    let broken = |why: zip::result::ZipError| unread(from, why.into());
    let mut archive = ZipArchive::new(BufReader::new(open(from)?)).map_err(broken)?;
    let mut progress = Progress::new(archive.len());
    for number in 0..archive.len() {
        taken.count()?;
        let raw = archive.by_index_raw(number).map_err(broken)?;
        let (is_link, is_locked) = (raw.is_symlink(), raw.encrypted());
        let name = raw
            .name()
            .map(|name| name.into_owned())
            .map_err(|_| raw.name_raw().to_vec());
        drop(raw);
        let name = match name {
            Ok(name) => name,
            Err(raw) => {
                taken.leave(&String::from_utf8_lossy(&raw), "its name does not read");
                continue;
            }
        };
        progress.step(&name);
        if is_link {
            taken.leave(&name, "it is a link");
        } else if is_locked {
            taken.leave(&name, "it is encrypted");
        } else {
            let entry = archive.by_index(number).map_err(broken)?;
            match name.strip_suffix('/') {
                Some(name) => taken.folder(name),
                None => taken.file(&name, entry)?,
            }
        }
    }
    Ok(())
}

fn walk(from: &Path, taken: &mut Taken) -> Result<()> {
    let mut open_folders: Vec<(PathBuf, String, usize)> = vec![(from.to_owned(), String::new(), 0)];
    let mut progress = Progress::open();
    while let Some((folder, below, depth)) = open_folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|source| unread(&folder, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| unread(&folder, source))?;
            taken.count()?;
            let at = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                taken.leave(&at.display().to_string(), "its name is no Unicode");
                continue;
            };
            let path = if below.is_empty() {
                name.clone()
            } else {
                format!("{below}/{name}")
            };
            progress.step(&path);
            // Of the thing itself, not of what a link leads to.
            let kind = entry.file_type().map_err(|source| unread(&at, source))?;
            if name == GIT {
                taken.leave(&path, "it is git's own");
            } else if kind.is_dir() && depth == IMPORT_DEPTH_MAX {
                taken.leave(&path, "it is too deep");
            } else if kind.is_dir() {
                taken.folder(&path);
                open_folders.push((at, path, depth + 1));
            } else if kind.is_file() {
                taken.file(&path, open(&at)?)?;
            } else {
                taken.leave(&path, "it is neither a file nor a folder");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_large(result: Result<()>) -> bool {
        matches!(result, Err(CliError::Tool(error)) if error.code == ErrorCode::TooLarge)
    }

    #[test]
    fn what_unpacks_to_more_than_there_is_room_for_is_refused_before_it_is_held() {
        let mut taken = Taken {
            bytes: IMPORT_BYTES_MAX - 4,
            ..Taken::default()
        };
        assert!(taken.file("a", &b"1234"[..]).is_ok());
        // An end that never comes is not waited for.
        assert!(is_too_large(taken.file("b", std::io::repeat(0))));
    }

    #[test]
    fn so_many_files_and_no_more() {
        let mut taken = Taken::default();
        for _ in 0..IMPORT_FILES_MAX {
            taken.count().expect("there is room");
        }
        assert!(is_too_large(taken.count()));
    }

    #[test]
    fn names_that_lead_elsewhere_are_left_out_and_told() {
        let mut taken = Taken::default();
        for name in [
            "../a",
            "a/../../b",
            "/etc/passwd",
            "a//b",
            ".",
            "..",
            "a/./b",
            "a\0b",
            "..\\a",
            "C:\\a",
        ] {
            taken.file(name, &b"x"[..]).expect("it goes on");
        }
        for path in taken.ops.keys() {
            let has_dots = path.split('/').any(|part| part == "." || part == "..");
            assert!(
                !has_dots && !path.starts_with('/') && !path.contains('\\'),
                "{path}"
            );
        }
        assert_eq!(taken.ops.len() + taken.left.len(), 10);
        assert!(taken.left.len() >= 8, "{:?}", taken.left);
    }
}
