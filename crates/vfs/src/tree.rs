//! The tree as it is shown: where every node is, and by which name.
//!
//! It is derived from the ledger and nowhere stored. [`crate::view`] derives it as a whole; a
//! local change keeps it in step folder by folder, which gives the same tree.

use crate::id::NodeId;
use crate::node::{Kind, Node, Seal, edge_rank};
use crate::path::{Path, fold};
use crate::shards::Shards;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a folder shows under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub id: NodeId,
    pub name: String,
    /// The other folders of this union, or the other files with the same content.
    pub also: Vec<NodeId>,
}

/// A folder: its nodes, and what it shows by folded name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folder {
    pub kids: BTreeSet<NodeId>,
    pub names: BTreeMap<String, Shown>,
    /// Some name is shown otherwise than the node's own register says.
    pub irregular: bool,
}

/// Nodes and folders. Cheap to clone: both hold shared values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    pub nodes: Shards<Arc<Node>>,
    pub folders: Shards<Arc<Folder>>,
    /// Folders that are shown as part of another one.
    pub united: BTreeMap<NodeId, NodeId>,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// The workspace's own folder.
    Root,
    /// A node.
    Node(&'a Shown),
    /// Nothing, though the folder (the last name's) exists and a name that differs only in case
    /// may be there.
    Missing {
        folder: NodeId,
        clash: Option<&'a Shown>,
    },
    /// A folder on the way is missing. `depth` counts the names that were found.
    NoFolder {
        depth: usize,
        clash: Option<&'a Shown>,
    },
    /// Something on the way is a file: the name at `depth`.
    FileInWay { depth: usize },
}

impl Tree {
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(&id).map(Arc::as_ref)
    }

    pub fn folder(&self, id: NodeId) -> Option<&Folder> {
        self.folders.get(&id).map(Arc::as_ref)
    }

    pub fn is_folder(&self, id: NodeId) -> bool {
        self.folders.contains_key(&id)
    }

    /// The folder that shows a folder's content: itself, or the first of its union.
    pub fn primary(&self, id: NodeId) -> NodeId {
        self.united.get(&id).copied().unwrap_or(id)
    }

    /// Follows a path by exact names.
    pub fn find(&self, path: &Path) -> Found<'_> {
        let mut at = NodeId::ROOT;
        let names = path.names();
        let mut found = Found::Root;
        for (depth, name) in names.iter().enumerate() {
            let last = depth + 1 == names.len();
            let Some(folder) = self.folder(at) else {
                return Found::FileInWay { depth: depth - 1 };
            };
            match folder.names.get(&fold(name)) {
                Some(shown) if shown.name == *name => {
                    at = shown.id;
                    found = Found::Node(shown);
                }
                clash if last => return Found::Missing { folder: at, clash },
                clash => return Found::NoFolder { depth, clash },
            }
        }
        found
    }

    /// The id at a path.
    pub fn lookup(&self, path: &Path) -> Option<NodeId> {
        match self.find(path) {
            Found::Root => Some(NodeId::ROOT),
            Found::Node(shown) => Some(shown.id),
            _ => None,
        }
    }

    /// Where a node is shown; `None` when it is deleted, or shown as part of another node.
    pub fn path_of(&self, id: NodeId) -> Option<String> {
        let mut names = Vec::new();
        let mut at = self.primary(id);
        while at != NodeId::ROOT {
            let node = self.node(at)?;
            names.push(node.shown());
            let parent = self.primary(node.parent);
            // A file that collapsed into an equal one carries that one's name.
            self.folder(parent)?.names.get(&fold(node.shown()))?;
            at = parent;
        }
        names.reverse();
        Some(names.join("/"))
    }

    /// Whether the folder of a node shows it under its own id, and not as part of another.
    pub fn shows(&self, node: &Node) -> bool {
        let folder = self.folder(self.primary(node.parent));
        let shown = folder.and_then(|folder| folder.names.get(&fold(node.shown())));
        shown.is_some_and(|shown| shown.id == node.id)
    }

    /// Whether a node is in the tree that is shown.
    pub fn is_alive(&self, id: NodeId) -> bool {
        let mut at = id;
        while at != NodeId::ROOT {
            if at == NodeId::RECOVERED {
                return true;
            }
            match self.node(at) {
                Some(node) => at = node.parent,
                None => return false,
            }
        }
        true
    }

    /// Whether a node and the folders above it are where their own registers say.
    pub fn is_settled(&self, id: NodeId) -> bool {
        let mut at = id;
        while let Some(node) = self.node(at).filter(|_| !at.is_fixed()) {
            if node.best_edge() != Some(node.parent) {
                return false;
            }
            at = node.parent;
        }
        true
    }

    /// Whether `inner` is `outer` or below it.
    pub fn is_within(&self, inner: NodeId, outer: NodeId) -> bool {
        let outer = self.primary(outer);
        let mut at = self.primary(inner);
        loop {
            if at == outer {
                return true;
            }
            match self.node(at) {
                Some(node) => at = self.primary(node.parent),
                None => return false,
            }
        }
    }

    /// Every node below a folder, with its path relative to it, parents first, in byte order of
    /// folded names.
    pub fn walk<'a>(
        &'a self,
        folder: NodeId,
        prefix: &str,
        visit: &mut dyn FnMut(String, &'a Shown, &'a Node),
    ) {
        let mut stack = vec![(folder, prefix.to_owned())];
        while let Some((id, prefix)) = stack.pop() {
            let Some(folder) = self.folder(id) else {
                continue;
            };
            let mut below = Vec::new();
            for shown in folder.names.values() {
                let Some(node) = self.node(shown.id) else {
                    continue;
                };
                let path = if prefix.is_empty() {
                    shown.name.clone()
                } else {
                    format!("{prefix}/{}", shown.name)
                };
                if node.kind == Kind::Folder {
                    below.push((shown.id, path.clone()));
                }
                visit(path, shown, node);
            }
            stack.extend(below.into_iter().rev());
        }
    }

    /// Changes a node's registers.
    pub fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(&id).map(Arc::make_mut)
    }

    /// Adds a new node.
    pub fn create(&mut self, mut node: Node, parent: NodeId) {
        let id = node.id;
        node.edges.insert(parent, 1);
        node.parent = parent;
        if node.kind == Kind::Folder {
            self.folders.insert(id, Arc::default());
        }
        self.nodes.insert(id, Arc::new(node));
        self.attach(id, parent);
    }

    /// Moves a node: it leaves one folder's listing and enters another's. The caller has made sure
    /// that `parent` is not below the node.
    pub fn place(&mut self, id: NodeId, parent: NodeId) {
        let Some(node) = self.node_mut(id) else {
            return;
        };
        let old = node.parent;
        let count = node.next_count();
        node.edges.insert(parent, count);
        node.settle();
        node.parent = parent;
        self.detach(id, old);
        self.attach(id, parent);
    }

    /// Makes the shown place of a node and of the folders above it what its registers say, so
    /// that a change to it is not lost when what moved it away goes.
    pub fn anchor(&mut self, id: NodeId) -> Vec<NodeId> {
        let mut anchored = Vec::new();
        let mut at = id;
        while let Some(node) = self.nodes.get(&at) {
            let parent = node.parent;
            if node.best_edge() != Some(parent) && !at.is_fixed() {
                let node = Arc::make_mut(self.nodes.get_mut(&at).expect("it was just read"));
                let count = node.next_count();
                node.edges.insert(parent, count);
                node.settle();
                debug_assert_eq!(
                    node.edges
                        .iter()
                        .map(|(&p, &c)| edge_rank(p, c))
                        .max()
                        .map(|r| r.2),
                    Some(parent)
                );
                anchored.push(at);
            }
            at = parent;
        }
        anchored
    }

    /// Gives a node another name.
    pub fn rename(&mut self, id: NodeId, name: &str) {
        let Some(node) = self.node_mut(id) else {
            return;
        };
        let parent = node.parent;
        self.detach(id, parent);
        if let Some(node) = self.node_mut(id) {
            node.name = name.to_owned();
        }
        self.attach(id, parent);
    }

    /// Takes a node out for good. Only for one that was never written.
    pub fn forget(&mut self, id: NodeId) {
        if let Some(parent) = self.node(id).map(|node| node.parent) {
            self.detach(id, parent);
            self.nodes.remove(&id);
            self.folders.remove(&id);
            self.united.remove(&id);
        }
    }

    /// Takes over a node's registers as another replica's changes left them, if that can't change
    /// where any other node is: a new node, or a file, in a folder that is shown, with nothing in
    /// doubt about its place before and after. False when the tree is to be derived anew.
    pub fn adopt(&mut self, new: &Node) -> bool {
        let id = new.id;
        let parent = new.best_edge().filter(|parent| self.is_folder(*parent));
        let Some(parent) = parent.filter(|parent| self.is_alive(*parent)) else {
            return false;
        };
        // A folder for recovered files is there only as long as it holds some.
        if self.is_folder(NodeId::RECOVERED) {
            return false;
        }
        match self.node(id) {
            Some(old) => {
                let is_plain = old.kind == Kind::File && new.kind == Kind::File;
                let is_settled = old.best_edge() == Some(old.parent) && !old.restored;
                if !is_plain || !is_settled || !self.is_alive(id) {
                    return false;
                }
                let old_parent = old.parent;
                self.detach(id, old_parent);
            }
            None if new.kind == Kind::Folder => self.folders.insert(id, Arc::default()),
            None => {}
        }
        let mut node = new.clone();
        node.parent = parent;
        self.nodes.insert(id, Arc::new(node));
        self.attach(id, parent);
        true
    }

    fn detach(&mut self, id: NodeId, parent: NodeId) {
        let primary = self.primary(parent);
        let shown = self.node(id).map(|node| fold(node.shown()));
        if let Some(folder) = self.folders.get_mut(&parent).map(Arc::make_mut) {
            folder.kids.remove(&id);
        }
        let Some(folder) = self.folders.get_mut(&primary).map(Arc::make_mut) else {
            return;
        };
        match shown {
            Some(key) if !folder.irregular => {
                folder.names.remove(&key);
            }
            _ => self.list(primary),
        }
    }

    fn attach(&mut self, id: NodeId, parent: NodeId) {
        let primary = self.primary(parent);
        if let Some(folder) = self.folders.get_mut(&parent).map(Arc::make_mut) {
            folder.kids.insert(id);
        }
        let Some(name) = self.node(id).map(|node| node.name.clone()) else {
            return;
        };
        let key = fold(&name);
        let Some(folder) = self.folders.get_mut(&primary).map(Arc::make_mut) else {
            return;
        };
        if folder.irregular
            || folder.names.contains_key(&key)
            || self.united.values().any(|&p| p == id)
        {
            self.list(primary);
            return;
        }
        folder.names.insert(
            key,
            Shown {
                id,
                name,
                also: Vec::new(),
            },
        );
        if let Some(node) = self.node_mut(id) {
            node.shown_as = None;
            node.mark = node.own_mark();
        }
    }

    /// Seals a file's content. Which files are shown as one depends on their seals.
    pub fn seal(&mut self, id: NodeId, seal: Seal) {
        let Some(node) = self.node_mut(id) else {
            return;
        };
        node.seals = vec![seal];
        let (parent, is_marked) = (node.parent, node.mark.is_some());
        let primary = self.primary(parent);
        if is_marked || self.folder(primary).is_some_and(|folder| folder.irregular) {
            self.list(primary);
        }
    }
}
