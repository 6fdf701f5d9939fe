//! Moves and removals of a stage.

use super::Stage;
use crate::error::{Result, VfsError};
use crate::id::NodeId;
use crate::limits::{DEPTH_MAX, PATH_BYTES_MAX};
use crate::path::Path;
use crate::tree::{Found, Shown};

impl Stage<'_> {
    pub(super) fn relocate(&mut self, from: &Path, to: &Path) -> Result<()> {
        let shown = self.existing(from)?;
        let Some((parent, name)) = to.split() else {
            return Err(VfsError::AlreadyExists {
                path: String::new(),
                existing: String::new(),
            });
        };
        if from == to {
            return Ok(());
        }
        let is_folder = self.tree.is_folder(shown.id);
        if is_folder && to.names().starts_with(from.names()) {
            return Err(VfsError::MoveIntoSelf {
                from: from.to_string(),
                to: to.to_string(),
            });
        }
        let folder = self.folder(&parent)?;
        self.refuse_clash(to, Some(shown.id))?;
        if is_folder {
            // By ids as well: a path may lead into the folder by another spelling of its name.
            if self.tree.is_within(folder, shown.id) {
                return Err(VfsError::MoveIntoSelf {
                    from: from.to_string(),
                    to: to.to_string(),
                });
            }
            self.check_depth(shown.id, to)?;
        }
        let members = self.members(&shown);
        if members.contains(&NodeId::RECOVERED) {
            return Err(VfsError::InvalidPath {
                path: from.to_string(),
                why: "it is shown only while it holds recovered files; move these",
            });
        }
        let anchored = self.tree.anchor(folder);
        self.touched.extend(anchored);
        for id in members {
            let Some(node) = self.tree.node(id) else {
                continue;
            };
            let (rename, moved) = (node.name != name, node.parent != folder);
            if moved {
                self.tree.place(id, folder);
            } else {
                let anchored = self.tree.anchor(id);
                self.touched.extend(anchored);
            }
            if rename {
                self.tree.rename(id, name);
            }
            self.touched.insert(id);
        }
        self.paths.extend([from.to_string(), to.to_string()]);
        Ok(())
    }

    /// Writes the place and the name that are shown. The edge becomes as recent as that of a
    /// deletion made apart, and between the two the deletion loses (rule V2).
    pub(super) fn keep(&mut self, path: &Path) -> Result<()> {
        let shown = self.existing(path)?;
        let members = self.members(&shown);
        for id in members.into_iter().filter(|id| !id.is_fixed()) {
            let Some(parent) = self.tree.node(id).map(|node| node.parent) else {
                continue;
            };
            let anchored = self.tree.anchor(parent);
            self.touched.extend(anchored);
            self.tree.place(id, parent);
            if self
                .tree
                .node(id)
                .is_some_and(|node| node.name != shown.name)
            {
                self.tree.rename(id, &shown.name);
            }
            self.touched.insert(id);
        }
        self.paths.insert(path.to_string());
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> Result<()> {
        let shown = self.existing(path)?;
        let members = self.members(&shown);
        for id in members {
            if id == NodeId::RECOVERED {
                let kids: Vec<NodeId> = self
                    .tree
                    .folder(id)
                    .into_iter()
                    .flat_map(|f| f.kids.clone())
                    .collect();
                for kid in kids {
                    self.trash(kid);
                }
            } else {
                for file in self.came_back_below(id) {
                    self.trash(file);
                }
                self.trash(id);
            }
        }
        self.paths.insert(path.to_string());
        Ok(())
    }

    /// Files below a folder that came back after their deletion. They have to be deleted once more:
    /// the deletion of their folder says nothing of what they hold, so they would come back again.
    fn came_back_below(&self, folder: NodeId) -> Vec<NodeId> {
        let mut files = Vec::new();
        self.tree.walk(folder, "", &mut |_, shown, _| {
            let ids = std::iter::once(shown.id).chain(shown.also.iter().copied());
            let is_back = |id: &NodeId| self.tree.node(*id).is_some_and(|node| node.restored);
            files.extend(ids.filter(is_back));
        });
        files
    }

    /// The nodes that are shown as one folder, or the one file that stands for its equals.
    fn members(&mut self, shown: &Shown) -> Vec<NodeId> {
        if self.tree.is_folder(shown.id) {
            return self.tree.members(shown.id);
        }
        self.absorb(shown);
        vec![shown.id]
    }

    pub(super) fn existing(&self, path: &Path) -> Result<Shown> {
        match self.tree.find(path) {
            Found::Node(shown) => Ok(shown.clone()),
            Found::Root => Err(VfsError::InvalidPath {
                path: String::new(),
                why: "the workspace's own folder stays",
            }),
            Found::FileInWay { depth } => Err(VfsError::NotAFolder {
                path: path.prefix(depth + 1).to_string(),
            }),
            _ => Err(VfsError::NotFound {
                path: path.to_string(),
            }),
        }
    }

    /// A local change to one of several equal files decides for all: the others go, and nothing
    /// is lost, since the content is the same.
    pub(super) fn absorb(&mut self, shown: &Shown) {
        if !self.tree.is_folder(shown.id) {
            for twin in shown.also.clone() {
                self.trash(twin);
            }
        }
    }

    /// Deletes a node, and notes what the deletion saw.
    pub fn trash(&mut self, id: NodeId) {
        self.tree.place(id, NodeId::TRASH);
        self.note_seen(id);
        self.bodies.remove(&id);
        self.touched.insert(id);
    }

    /// Notes what a node that is deleted by now held when it went.
    pub fn note_seen(&mut self, id: NodeId) {
        if !self.tree.is_alive(id)
            && let Some(node) = self.tree.node_mut(id)
        {
            node.seen = vec![self.heads.clone()];
        }
    }

    /// Names and bytes that a moved folder's content gets, against the limits.
    pub(super) fn check_depth(&self, id: NodeId, to: &Path) -> Result<()> {
        let (mut depth, mut bytes) = (to.names().len(), to.len_bytes());
        self.tree.walk(id, "", &mut |path, _, _| {
            depth = depth.max(to.names().len() + path.split('/').count());
            bytes = bytes.max(to.len_bytes() + 1 + path.len());
        });
        let too_large = |limit, size: usize, max: usize| VfsError::TooLarge {
            path: to.to_string(),
            limit,
            size: size as u64,
            max: max as u64,
        };
        if depth > DEPTH_MAX {
            return Err(too_large("depth_max", depth, DEPTH_MAX));
        }
        if bytes > PATH_BYTES_MAX {
            return Err(too_large("path_bytes_max", bytes, PATH_BYTES_MAX));
        }
        Ok(())
    }
}
