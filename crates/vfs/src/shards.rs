//! A map by node id that is cheap to copy and to change a copy of.
//!
//! A change is made on a copy of the tree, so that nothing is seen of it before it is durable. An
//! ordinary map of a hundred thousand nodes takes longer to copy than most changes take; here a
//! copy shares all parts, and a change copies the part it falls into. Ids are random, so their
//! first byte spreads them evenly, and the parts in order are the ids in order.

use crate::id::NodeId;
use std::collections::BTreeMap;
use std::sync::Arc;

const SHARDS: usize = 256;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shards<V> {
    shards: Vec<Arc<BTreeMap<NodeId, V>>>,
    len: usize,
}

fn shard(id: NodeId) -> usize {
    usize::from(id.0[0])
}

impl<V: Clone> Shards<V> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, id: &NodeId) -> Option<&V> {
        self.shards[shard(*id)].get(id)
    }

    pub fn contains_key(&self, id: &NodeId) -> bool {
        self.get(id).is_some()
    }

    /// The value to be changed; what is missing copies nothing.
    pub fn get_mut(&mut self, id: &NodeId) -> Option<&mut V> {
        let shard = &mut self.shards[shard(*id)];
        match shard.contains_key(id) {
            true => Arc::make_mut(shard).get_mut(id),
            false => None,
        }
    }

    pub fn insert(&mut self, id: NodeId, value: V) {
        let old = Arc::make_mut(&mut self.shards[shard(id)]).insert(id, value);
        self.len += usize::from(old.is_none());
    }

    pub fn remove(&mut self, id: &NodeId) {
        if self.contains_key(id) {
            Arc::make_mut(&mut self.shards[shard(*id)]).remove(id);
            self.len -= 1;
        }
    }

    pub fn or_default(&mut self, id: NodeId) -> &mut V
    where
        V: Default,
    {
        self.len += usize::from(!self.contains_key(&id));
        let shard = Arc::make_mut(&mut self.shards[shard(id)]);
        shard.entry(id).or_default()
    }

    /// All of it, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = (&NodeId, &V)> {
        self.shards.iter().flat_map(|shard| shard.iter())
    }

    /// The ids under which another map has something else. Parts that both share are passed over.
    pub fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = NodeId>
    where
        V: PartialEq,
    {
        let pairs = self.shards.iter().zip(&other.shards);
        let apart = pairs.filter(|(one, other)| !Arc::ptr_eq(one, other));
        apart.flat_map(|(one, other)| {
            let changed = one
                .iter()
                .filter(|(id, value)| other.get(id) != Some(value));
            let added = other.keys().filter(|id| !one.contains_key(id));
            changed.map(|(id, _)| *id).chain(added.copied())
        })
    }

    pub fn keys(&self) -> impl Iterator<Item = &NodeId> {
        self.iter().map(|(id, _)| id)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }
}

impl<V> Default for Shards<V> {
    fn default() -> Self {
        Self {
            shards: vec![Arc::default(); SHARDS],
            len: 0,
        }
    }
}

impl<V: Clone> FromIterator<(NodeId, V)> for Shards<V> {
    /// Quick when the ids come in order.
    fn from_iter<I: IntoIterator<Item = (NodeId, V)>>(values: I) -> Self {
        let mut parts: Vec<Vec<(NodeId, V)>> = Vec::new();
        parts.resize_with(SHARDS, Vec::new);
        for (id, value) in values {
            parts[shard(id)].push((id, value));
        }
        let shards = parts
            .into_iter()
            .map(|part| Arc::new(part.into_iter().collect()));
        let shards: Vec<Arc<BTreeMap<NodeId, V>>> = shards.collect();
        let len = shards.iter().map(|shard| shard.len()).sum();
        Self { shards, len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_is_a_map_and_a_copy_stays_as_it_was() {
        let id = |n: u128| {
            NodeId((n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)).to_be_bytes())
        };
        let mut map: Shards<u32> = (0..1000).map(|n| (id(n), n as u32)).collect();
        let mut model: BTreeMap<NodeId, u32> = (0..1000).map(|n| (id(n), n as u32)).collect();
        let (copy, old) = (map.clone(), model.clone());
        for n in (0..1500).step_by(7) {
            map.insert(id(n), 1);
            model.insert(id(n), 1);
            map.remove(&id(n / 2));
            model.remove(&id(n / 2));
            *map.or_default(id(n + 1)) += 2;
            *model.entry(id(n + 1)).or_default() += 2;
            assert_eq!(map.get_mut(&id(n / 2)), model.get_mut(&id(n / 2)));
            assert_eq!(map.len(), model.len());
        }
        assert!(map.iter().eq(model.iter()));
        assert!(map.keys().eq(model.keys()) && map.values().eq(model.values()));
        assert!(copy.iter().eq(old.iter()));
        assert_eq!(copy.len(), 1000);
        let differing: BTreeSet<NodeId> = copy.differing(&map).collect();
        let ids = old.keys().chain(model.keys());
        let apart = ids.filter(|id| old.get(id) != model.get(id));
        assert_eq!(differing, apart.copied().collect());
        assert_eq!(map.differing(&map.clone()).count(), 0);
    }
}
