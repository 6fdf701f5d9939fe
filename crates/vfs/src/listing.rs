//! What a folder shows: names, and what happens when two nodes want the same one.

use crate::id::NodeId;
use crate::node::{Kind, Mark, Node};
use crate::path::{fold, with_suffix};
use crate::tree::{Shown, Tree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Tree {
    /// Lists a folder anew from its nodes' registers, and the folders below whose union changes.
    pub fn list(&mut self, primary: NodeId) {
        let mut kids: Vec<NodeId> = Vec::new();
        let members = self.members(primary);
        for member in &members {
            if let Some(folder) = self.folder(*member) {
                kids.extend(&folder.kids);
            }
        }
        if members.len() == 1 && self.united.is_empty() && self.list_plain(primary, &kids) {
            return;
        }
        let mut groups: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
        for kid in &kids {
            if let Some(node) = self.node(*kid) {
                groups.entry(fold(&node.name)).or_default().push(node);
            }
        }
        for group in groups.values_mut() {
            // A folder beats a file; the place for recovered files yields to a real folder.
            group.sort_by_key(|node| {
                (
                    node.kind != Kind::Folder,
                    node.id.is_fixed(),
                    node.birth.clone(),
                    node.id,
                )
            });
        }
        let mut names: BTreeMap<String, Shown> = BTreeMap::new();
        let mut marks: Vec<(NodeId, String, Option<Mark>)> = Vec::new();
        let mut unions: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
        let mut late: Vec<(&Node, Vec<NodeId>)> = Vec::new();
        let mut irregular = members.len() > 1;
        for (key, group) in &groups {
            let mut heads: Vec<(&Node, Vec<NodeId>)> = Vec::new();
            for node in group {
                let twin = heads.iter_mut().find(|(head, _)| same(head, node));
                match twin {
                    Some((_, also)) => also.push(node.id),
                    None => heads.push((node, Vec::new())),
                }
            }
            irregular |= group.len() > 1;
            for (place, (node, also)) in heads.into_iter().enumerate() {
                if node.kind == Kind::Folder && !also.is_empty() {
                    unions.push((node.id, also.clone()));
                }
                for twin in &also {
                    marks.push((*twin, node.name.clone(), Some(Mark::United)));
                }
                if place == 0 {
                    let mark = if also.is_empty() {
                        node.own_mark()
                    } else {
                        Some(Mark::United)
                    };
                    marks.push((node.id, node.name.clone(), mark));
                    names.insert(
                        key.clone(),
                        Shown {
                            id: node.id,
                            name: node.name.clone(),
                            also,
                        },
                    );
                } else {
                    late.push((node, also));
                }
            }
        }
        for (node, also) in late {
            let id = node.id.to_string();
            // The whole id is unique, so the last length always fits.
            for length in [3, 6, 12, 26] {
                let name = with_suffix(&node.name, &id[..length]);
                let key = fold(&name);
                if names.contains_key(&key) || groups.contains_key(&key) {
                    continue;
                }
                marks.extend(
                    also.iter()
                        .map(|twin| (*twin, name.clone(), Some(Mark::United))),
                );
                marks.push((node.id, name.clone(), Some(Mark::Renamed)));
                names.insert(
                    key,
                    Shown {
                        id: node.id,
                        name,
                        also,
                    },
                );
                break;
            }
        }
        let folder = Arc::make_mut(self.folders.or_default(primary));
        folder.names = names;
        folder.irregular = irregular;
        for (id, shown, mark) in marks {
            let Some(node) = self.nodes.get_mut(&id) else {
                continue;
            };
            let shown_as = (shown != node.name).then_some(shown);
            if node.shown_as != shown_as || node.mark != mark {
                let node = Arc::make_mut(node);
                node.shown_as = shown_as;
                node.mark = mark;
            }
        }
        self.unite(&kids, &unions);
    }

    /// Lists a folder in which no two nodes want one name, as is the rule. False when some do.
    fn list_plain(&mut self, primary: NodeId, kids: &[NodeId]) -> bool {
        let mut names = Vec::with_capacity(kids.len());
        let mut stale = Vec::new();
        for node in kids.iter().filter_map(|kid| self.node(*kid)) {
            if node.shown_as.is_some() || node.mark != node.own_mark() {
                stale.push(node.id);
            }
            let (id, name, also) = (node.id, node.name.clone(), Vec::new());
            names.push((fold(&name), Shown { id, name, also }));
        }
        let count = names.len();
        let names: BTreeMap<String, Shown> = names.into_iter().collect();
        if names.len() < count {
            return false;
        }
        for id in stale {
            if let Some(node) = self.node_mut(id) {
                node.shown_as = None;
                node.mark = node.own_mark();
            }
        }
        let folder = Arc::make_mut(self.folders.or_default(primary));
        folder.names = names;
        folder.irregular = false;
        true
    }

    /// The folders that a folder shows, itself first.
    pub fn members(&self, primary: NodeId) -> Vec<NodeId> {
        let mut members = vec![primary];
        if !self.united.is_empty() {
            members.extend(
                self.united
                    .iter()
                    .filter(|&(_, &p)| p == primary)
                    .map(|(&id, _)| id),
            );
        }
        members
    }

    fn unite(&mut self, kids: &[NodeId], unions: &[(NodeId, Vec<NodeId>)]) {
        let mut stale: BTreeSet<NodeId> = BTreeSet::new();
        if !self.united.is_empty() {
            for kid in kids {
                if let Some(old) = self.united.remove(kid) {
                    stale.extend([old, *kid]);
                }
                let orphans: Vec<NodeId> = self
                    .united
                    .iter()
                    .filter(|&(_, p)| p == kid)
                    .map(|(&id, _)| id)
                    .collect();
                for orphan in orphans {
                    self.united.remove(&orphan);
                    stale.extend([orphan, *kid]);
                }
            }
        }
        for (first, rest) in unions {
            stale.insert(*first);
            for id in rest {
                self.united.insert(*id, *first);
                stale.remove(id);
            }
        }
        for id in stale {
            if self.is_folder(id) && !self.united.contains_key(&id) {
                self.list(id);
            }
        }
    }
}

/// Two nodes of one name that are shown as one: folders, and files of equal content.
fn same(a: &Node, b: &Node) -> bool {
    match (a.kind, b.kind) {
        (Kind::Folder, Kind::Folder) => true,
        (Kind::File, Kind::File) => {
            let hash = |node: &Node| node.seal().map(|seal| seal.hash);
            !a.is_apart() && !b.is_apart() && hash(a).is_some() && hash(a) == hash(b)
        }
        _ => false,
    }
}
