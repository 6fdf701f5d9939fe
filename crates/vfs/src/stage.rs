//! A change while it is made: operations on a copy of the tree, checked one after the other.
//!
//! Nothing outside the stage changes until every operation fits. What is written in the end is
//! the difference between the tree before and the tree after, so operations that cancel each
//! other out leave nothing.

use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use crate::limits::{FILE_BYTES_MAX, TEXT_BYTES_MAX};
use crate::node::{Kind, Node};
use crate::op::Op;
use crate::path::Path;
use crate::tree::{Found, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod moves;

/// What a file shall hold after the change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub sealed: Option<(Arc<[u8]>, Option<Hash>)>,
    /// A content that storage holds and that is no text, with its size; in place of `sealed`.
    pub held: Option<(Hash, u64)>,
    pub draft: Option<String>,
}

/// A change whose every operation fits.
pub(crate) struct Finished {
    pub tree: Tree,
    pub touched: BTreeSet<NodeId>,
    pub bodies: BTreeMap<NodeId, Body>,
    pub paths: BTreeSet<String>,
}

impl Finished {
    /// Whether the tree has to be derived anew: what was deleted comes and goes with its seals and
    /// with the folders around it, in ways that no step of a stage sees.
    pub fn is_about_deleted(&self, before: &Tree) -> bool {
        let touched = || self.touched.iter().filter_map(|id| self.tree.node(*id));
        let was_deleted = |id| {
            let node = before.node(id);
            node.is_some_and(|node| node.restored || !before.is_alive(id))
        };
        let is_gone = |node: &Node| node.kind == Kind::Folder && !self.tree.is_alive(node.id);
        before.folder(NodeId::RECOVERED).is_some()
            || touched().any(|node| node.parent == NodeId::RECOVERED || was_deleted(node.id))
            || (touched().any(is_gone) && before.nodes.values().any(|node| node.restored))
    }
}

/// The change so far.
pub(crate) struct Stage<'a> {
    pub tree: Tree,
    pub touched: BTreeSet<NodeId>,
    pub bodies: BTreeMap<NodeId, Body>,
    pub paths: BTreeSet<String>,
    made: Vec<NodeId>,
    ids: &'a mut dyn FnMut() -> u128,
    at_ms: u64,
    heads: Vec<u8>,
    nodes_max: usize,
}

impl<'a> Stage<'a> {
    pub fn new(
        tree: &Tree,
        ids: &'a mut dyn FnMut() -> u128,
        at_ms: u64,
        heads: &crate::id::Heads,
        nodes_max: usize,
    ) -> Self {
        Self {
            tree: tree.clone(),
            touched: BTreeSet::new(),
            bodies: BTreeMap::new(),
            paths: BTreeSet::new(),
            made: Vec::new(),
            ids,
            at_ms,
            heads: heads.hashes().concat(),
            nodes_max,
        }
    }

    pub fn apply(&mut self, op: &Op) -> Result<()> {
        match op {
            Op::Write {
                path,
                bytes,
                create_only,
                base,
            } => {
                let path = Path::parse(path)?;
                check_size(&path, bytes.len(), "file_bytes_max", FILE_BYTES_MAX)?;
                let id = self.file(&path, *create_only)?;
                let body = self.bodies.entry(id).or_default();
                // A write that follows another one in the same change starts from that one.
                let base = if body.sealed.is_some() { None } else { *base };
                *body = Body {
                    sealed: Some((bytes.as_slice().into(), base)),
                    ..Body::default()
                };
            }
            // What storage holds is looked up first, see `put`.
            Op::Put { .. } => {}
            Op::Draft { path, text } => {
                let path = Path::parse(path)?;
                check_size(&path, text.len(), "text_bytes_max", TEXT_BYTES_MAX)?;
                if text.contains('\0') {
                    return Err(VfsError::NotText {
                        path: path.to_string(),
                    });
                }
                let is_new = !matches!(self.tree.find(&path), Found::Node(_));
                let id = self.file(&path, false)?;
                let body = self.bodies.entry(id).or_default();
                if is_new {
                    body.sealed = Some((text.as_bytes().into(), None));
                    return Ok(());
                }
                let is_text = match &body.sealed {
                    _ if body.held.is_some() => false,
                    Some((bytes, _)) => is_text(bytes),
                    None => self
                        .tree
                        .node(id)
                        .and_then(Node::seal)
                        .is_none_or(|seal| seal.text),
                };
                if !is_text {
                    return Err(VfsError::NotText {
                        path: path.to_string(),
                    });
                }
                body.draft = Some(text.clone());
            }
            Op::Mkdir { path } => {
                let path = Path::parse(path)?;
                self.folder(&path)?;
            }
            Op::Move { from, to } => self.relocate(&Path::parse(from)?, &Path::parse(to)?)?,
            Op::Keep { path } => self.keep(&Path::parse(path)?)?,
            Op::Remove { path } => self.remove(&Path::parse(path)?)?,
        }
        Ok(())
    }

    /// Gives a file a content that storage holds; `bytes` when it was read, since it could be text.
    pub fn put(
        &mut self,
        path: &str,
        content: (Hash, u64),
        bytes: Option<Vec<u8>>,
        create_only: bool,
    ) -> Result<()> {
        let id = self.file(&Path::parse(path)?, create_only)?;
        let body = match bytes {
            Some(bytes) if is_text(&bytes) => Body {
                sealed: Some((bytes.into(), None)),
                ..Body::default()
            },
            _ => Body {
                held: Some(content),
                ..Body::default()
            },
        };
        self.bodies.insert(id, body);
        Ok(())
    }

    /// The change as a whole.
    pub fn finish(mut self) -> Finished {
        self.drop_stillborn();
        // The place for recovered files is shown only while it holds some.
        if self
            .tree
            .folder(NodeId::RECOVERED)
            .is_some_and(|folder| folder.kids.is_empty())
        {
            self.tree.nodes.remove(&NodeId::RECOVERED);
            self.tree.folders.remove(&NodeId::RECOVERED);
            self.tree.united.remove(&NodeId::RECOVERED);
            if let Some(root) = self.tree.folders.get_mut(&NodeId::ROOT) {
                Arc::make_mut(root).kids.remove(&NodeId::RECOVERED);
            }
            self.tree.list(NodeId::ROOT);
        }
        Finished {
            tree: self.tree,
            touched: self.touched,
            bodies: self.bodies,
            paths: self.paths,
        }
    }

    /// Forgets what came and went within the change. A folder stays, deleted, while it holds
    /// something from before: that must hang somewhere.
    fn drop_stillborn(&mut self) {
        let mut dead: Vec<NodeId> = std::mem::take(&mut self.made);
        dead.retain(|id| !self.tree.is_alive(*id));
        loop {
            let left = dead.len();
            dead.retain(|id| {
                let is_empty = self
                    .tree
                    .folder(*id)
                    .is_none_or(|folder| folder.kids.is_empty());
                if is_empty {
                    self.tree.forget(*id);
                    self.touched.remove(id);
                    self.bodies.remove(id);
                }
                !is_empty
            });
            if dead.len() == left {
                return;
            }
        }
    }

    /// The file at a path, made when it is missing.
    fn file(&mut self, path: &Path, create_only: bool) -> Result<NodeId> {
        let Some((parent, name)) = path.split() else {
            return Err(VfsError::NotAFile {
                path: String::new(),
            });
        };
        if let Found::Node(shown) = self.tree.find(path) {
            let shown = shown.clone();
            if self.tree.is_folder(shown.id) {
                return Err(VfsError::NotAFile {
                    path: path.to_string(),
                });
            }
            if create_only {
                return Err(VfsError::AlreadyExists {
                    path: path.to_string(),
                    existing: path.to_string(),
                });
            }
            self.absorb(&shown);
            let anchored = self.tree.anchor(shown.id);
            self.touched.extend(anchored);
            self.touched.insert(shown.id);
            self.paths.insert(path.to_string());
            return Ok(shown.id);
        }
        let folder = self.folder(&parent)?;
        self.refuse_clash(path, None)?;
        self.create(folder, name, Kind::File, path)
    }

    /// The folder at a path, made when it is missing, together with those above it.
    fn folder(&mut self, path: &Path) -> Result<NodeId> {
        let mut at = NodeId::ROOT;
        for depth in 1..=path.names().len() {
            let here = path.prefix(depth);
            at = match self.tree.find(&here) {
                Found::Node(shown) if self.tree.is_folder(shown.id) => shown.id,
                Found::Node(_) => {
                    return Err(VfsError::NotAFolder {
                        path: here.to_string(),
                    });
                }
                _ => {
                    self.refuse_clash(&here, None)?;
                    self.create(at, &path.names()[depth - 1], Kind::Folder, &here)?
                }
            };
        }
        Ok(at)
    }

    fn create(&mut self, parent: NodeId, name: &str, kind: Kind, path: &Path) -> Result<NodeId> {
        if self.tree.nodes.len() >= self.nodes_max {
            let (size, max) = (self.tree.nodes.len() as u64 + 1, self.nodes_max as u64);
            return Err(VfsError::TooLarge {
                path: path.to_string(),
                limit: "nodes_max",
                size,
                max,
            });
        }
        // A generator that repeats itself is broken; asking it forever would hang.
        let mut drawn = (0..64).filter_map(|_| NodeId::from_random((self.ids)()));
        let id = drawn
            .find(|id| !self.tree.nodes.contains_key(id))
            .ok_or_else(|| VfsError::Internal {
                why: "the source of ids repeats itself".into(),
            })?;
        let anchored = self.tree.anchor(parent);
        self.touched.extend(anchored);
        self.tree
            .create(Node::new(id, kind, name.to_owned(), self.at_ms), parent);
        self.made.push(id);
        self.touched.insert(id);
        self.paths.insert(path.to_string());
        Ok(id)
    }

    /// Fails when a path is taken, by its very name or by one that differs only in case.
    fn refuse_clash(&self, path: &Path, moving: Option<NodeId>) -> Result<()> {
        let clash = match self.tree.find(path) {
            Found::Node(shown) => Some(shown),
            Found::Missing { clash, .. } | Found::NoFolder { clash, .. } => clash,
            Found::Root | Found::FileInWay { .. } => None,
        };
        match clash {
            Some(shown) if Some(shown.id) != moving => Err(VfsError::AlreadyExists {
                path: path.to_string(),
                existing: self
                    .tree
                    .path_of(shown.id)
                    .unwrap_or_else(|| shown.name.clone()),
            }),
            _ => Ok(()),
        }
    }
}

fn check_size(path: &Path, size: usize, limit: &'static str, max: usize) -> Result<()> {
    if size > max {
        return Err(VfsError::TooLarge {
            path: path.to_string(),
            limit,
            size: size as u64,
            max: max as u64,
        });
    }
    Ok(())
}

/// Whether a content is kept as text.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    bytes.len() <= TEXT_BYTES_MAX && !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}
