//! The files of a run: the snapshot's, under a write overlay that remembers what was done in order.

use selvage_tool::guest::FileStat;
use selvage_tool::run::{FileOp, JobFile};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a file's bytes are.
#[derive(Debug, Clone)]
enum Content {
    /// In the snapshot, by hash.
    Snapshot,
    /// In the snapshot, and not to be read.
    Hidden,
    /// Written by this run.
    Written(Arc<[u8]>),
}

#[derive(Debug, Clone)]
enum Node {
    Folder,
    File {
        hash: String,
        size: u64,
        content: Content,
        /// Whether it is a parent's.
        mounted: bool,
    },
}

/// What reading a file found.
#[derive(Debug, Clone)]
pub enum Found {
    /// The run's own bytes.
    Written(Arc<[u8]>),
    /// The snapshot's bytes, to be had by this hash.
    Snapshot(String),
    /// The snapshot's bytes, which this run may not read.
    Hidden,
}

/// A run's view of the workspace.
#[derive(Debug, Default)]
pub struct Files {
    nodes: BTreeMap<String, Node>,
    ops: Vec<FileOp>,
    /// Where in `ops` a path was last written, as long as nothing was moved or removed since.
    written: BTreeMap<String, usize>,
}

impl Files {
    /// The view of a job's files.
    #[must_use]
    pub fn new(files: &[JobFile]) -> Self {
        let nodes = files
            .iter()
            .map(|file| {
                let node = if file.folder {
                    Node::Folder
                } else {
                    let content = if file.readable {
                        Content::Snapshot
                    } else {
                        Content::Hidden
                    };
                    Node::File {
                        hash: file.hash.clone(),
                        size: file.size,
                        content,
                        mounted: file.mounted,
                    }
                };
                (file.path.clone(), node)
            })
            .collect();
        Self {
            nodes,
            ..Self::default()
        }
    }

    /// What was done, in order.
    #[must_use]
    pub fn ops(&self) -> &[FileOp] {
        &self.ops
    }

    /// The bytes of every written file that is still there, by hash.
    #[must_use]
    pub fn written(&self) -> BTreeMap<String, Arc<[u8]>> {
        self.nodes
            .values()
            .filter_map(|node| match node {
                Node::File {
                    hash,
                    content: Content::Written(bytes),
                    ..
                } => Some((hash.clone(), bytes.clone())),
                _ => None,
            })
            .collect()
    }

    /// Finds a file's bytes.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] or [`ErrorCode::NotAFile`].
    pub fn read(&self, path: &str) -> ToolResult<Found> {
        match self.node(path) {
            Some(Node::File {
                content: Content::Written(bytes),
                ..
            }) => Ok(Found::Written(bytes.clone())),
            Some(Node::File {
                hash,
                content: Content::Snapshot,
                ..
            }) => Ok(Found::Snapshot(hash.clone())),
            Some(Node::File {
                content: Content::Hidden,
                ..
            }) => Ok(Found::Hidden),
            Some(Node::Folder) => Err(not_a_file(path)),
            None => Err(not_found(path)),
        }
    }

    /// What is at a path.
    #[must_use]
    pub fn stat(&self, path: &str) -> Option<FileStat> {
        let folder_and_size = match self.node(path)? {
            Node::Folder => (true, 0),
            Node::File { size, .. } => (false, *size),
        };
        Some(FileStat {
            path: path.to_owned(),
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            folder: folder_and_size.0,
            size: folder_and_size.1,
        })
    }

    /// What a folder holds, by name.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] or [`ErrorCode::NotAFolder`].
    pub fn list(&self, path: &str) -> ToolResult<Vec<FileStat>> {
        match self.node(path) {
            Some(Node::Folder) => {}
            Some(Node::File { .. }) => return Err(not_a_folder(path)),
            None => return Err(not_found(path)),
        }
        let prefix = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        Ok(self
            .nodes
            .range(prefix.clone()..)
            .take_while(|(child, _)| child.starts_with(&prefix))
            .filter(|(child, _)| !child.is_empty() && !child[prefix.len()..].contains('/'))
            .filter_map(|(child, _)| self.stat(child))
            .collect())
    }

    /// Writes a file and the folders above it.
    ///
    /// # Errors
    /// [`ErrorCode::NotAFile`], or [`ErrorCode::NotAFolder`] where a file stands in the way.
    pub fn write(&mut self, path: &str, bytes: &[u8]) -> ToolResult<()> {
        if let Some(Node::Folder) = self.node(path) {
            return Err(not_a_file(path));
        }
        self.make_folders_above(path)?;
        let hash = hex(&Sha256::digest(bytes));
        let size = bytes.len() as u64;
        let op = FileOp::Write {
            path: path.to_owned(),
            hash: hash.clone(),
            size,
        };
        match self.written.get(path) {
            Some(index) => self.ops[*index] = op,
            None => {
                self.written.insert(path.to_owned(), self.ops.len());
                self.ops.push(op);
            }
        }
        self.nodes.insert(
            path.to_owned(),
            Node::File {
                hash,
                size,
                content: Content::Written(bytes.into()),
                mounted: false,
            },
        );
        Ok(())
    }

    /// Makes a folder and those above it; one that is there is left alone.
    ///
    /// # Errors
    /// [`ErrorCode::NotAFolder`] where a file stands in the way.
    pub fn mkdir(&mut self, path: &str) -> ToolResult<()> {
        match self.node(path) {
            Some(Node::Folder) => Ok(()),
            Some(Node::File { .. }) => Err(not_a_folder(path)),
            None => {
                self.make_folders_above(path)?;
                self.nodes.insert(path.to_owned(), Node::Folder);
                self.ops.push(FileOp::Mkdir {
                    path: path.to_owned(),
                });
                Ok(())
            }
        }
    }

    /// Moves a file or folder to a path that is free.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`], [`ErrorCode::AlreadyExists`] or [`ErrorCode::MoveIntoSelf`].
    pub fn rename(&mut self, from: &str, to: &str) -> ToolResult<()> {
        if self.node(from).is_none() || from.is_empty() {
            return Err(not_found(from));
        }
        if to.starts_with(&format!("{from}/")) {
            return Err(ToolError::new(
                ErrorCode::MoveIntoSelf,
                format!("`{from}` can't move into itself."),
            )
            .path(from));
        }
        if self.node(to).is_some() {
            return Err(ToolError::new(
                ErrorCode::AlreadyExists,
                format!("`{to}` is there already."),
            )
            .path(to)
            .hint("Remove it first, or choose another name."));
        }
        self.make_folders_above(to)?;
        for path in self.below(from) {
            if let Some(node) = self.nodes.remove(&path) {
                self.nodes
                    .insert(format!("{to}{}", &path[from.len()..]), node);
            }
        }
        self.written.clear();
        self.ops.push(FileOp::Move {
            from: from.to_owned(),
            to: to.to_owned(),
        });
        Ok(())
    }

    /// Removes a file, or a folder with everything in it.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn remove(&mut self, path: &str) -> ToolResult<()> {
        if self.node(path).is_none() || path.is_empty() {
            return Err(not_found(path));
        }
        for path in self.below(path) {
            self.nodes.remove(&path);
        }
        self.written.clear();
        self.ops.push(FileOp::Remove {
            path: path.to_owned(),
        });
        Ok(())
    }

    /// Every path at or below `path`.
    #[must_use]
    pub fn below(&self, path: &str) -> Vec<String> {
        let prefix = format!("{path}/");
        self.nodes
            .range(path.to_owned()..)
            .take_while(|(child, _)| child.starts_with(path))
            .filter(|(child, _)| *child == path || child.starts_with(&prefix))
            .map(|(child, _)| child.clone())
            .collect()
    }

    /// Whether a parent's file is at a path.
    #[must_use]
    pub fn is_mounted(&self, path: &str) -> bool {
        matches!(self.node(path), Some(Node::File { mounted: true, .. }))
    }

    fn node(&self, path: &str) -> Option<&Node> {
        if path.is_empty() {
            Some(&Node::Folder)
        } else {
            self.nodes.get(path)
        }
    }

    fn make_folders_above(&mut self, path: &str) -> ToolResult<()> {
        for (at, _) in path.match_indices('/') {
            let folder = &path[..at];
            match self.node(folder) {
                Some(Node::Folder) => {}
                Some(Node::File { .. }) => return Err(not_a_folder(folder)),
                None => {
                    self.nodes.insert(folder.to_owned(), Node::Folder);
                }
            }
        }
        Ok(())
    }
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

fn not_found(path: &str) -> ToolError {
    ToolError::new(
        ErrorCode::NotFound,
        format!("There is no file or folder `{path}`."),
    )
    .path(path)
}

fn not_a_file(path: &str) -> ToolError {
    ToolError::new(ErrorCode::NotAFile, format!("`{path}` is a folder.")).path(path)
}

fn not_a_folder(path: &str) -> ToolError {
    ToolError::new(ErrorCode::NotAFolder, format!("`{path}` is a file.")).path(path)
}

#[cfg(test)]
mod tests;
