//! The order of everything in a live text, removed stretches included, from its saved form.
//!
//! The text engine shows what is in a text and not what was in it, but a new letter must name its
//! two neighbours, removed ones included. So the saved form is read and put in order once more, by
//! the rule that Yjs follows (YATA: Nicolaescu et al., "Near real-time peer-to-peer shared editing
//! on extensible data types", 2016).

use super::CLIENT_MAX;
use super::pen::Run;
use crate::node::{take, take_varint};
use std::collections::{BTreeMap, BTreeSet};

/// One letter: who made it, and the how manyth of theirs it is.
pub(super) type LetterId = (u64, u32);

const DELETED: u8 = 1;
const STRING: u8 = 4;
const HAS_ORIGIN: u8 = 0x80;
const HAS_RIGHT_ORIGIN: u8 = 0x40;

/// Letters that were made one after the other and stand side by side.
#[derive(Debug, Clone)]
struct Block {
    run: Run,
    origin: Option<LetterId>,
    right_origin: Option<LetterId>,
    left: Option<usize>,
    right: Option<usize>,
}

#[derive(Debug, Default)]
struct Order {
    blocks: Vec<Block>,
    places: BTreeMap<LetterId, usize>,
    first: Option<usize>,
}

/// The stretches of a text in order, from an update that holds all of it. `None` when the update
/// holds anything but a plain text, or rests on what is not in it.
pub(super) fn read(mut update: &[u8]) -> Option<Vec<Run>> {
    let bytes = &mut update;
    let mut waiting: Vec<std::collections::VecDeque<Block>> = Vec::new();
    for _ in 0..take_varint(bytes)? {
        let blocks = take_varint(bytes)?;
        let client = take_varint(bytes).filter(|client| *client <= CLIENT_MAX)?;
        let mut clock = number(bytes)?;
        let mut own = std::collections::VecDeque::new();
        for _ in 0..blocks {
            let block = read_block(bytes, (client, clock))?;
            clock = clock.checked_add(block.run.len)?;
            own.push_back(block);
        }
        waiting.push(own);
    }
    let mut order = Order::default();
    while waiting.iter().any(|own| !own.is_empty()) {
        let mut is_stuck = true;
        for own in &mut waiting {
            while own.front().is_some_and(|block| order.can_take(block)) {
                order.take(own.pop_front()?)?;
                is_stuck = false;
            }
        }
        if is_stuck {
            return None;
        }
    }
    for _ in 0..take_varint(bytes)? {
        let client = take_varint(bytes)?;
        for _ in 0..take_varint(bytes)? {
            let (start, len) = (number(bytes)?, number(bytes)?);
            order.remove(client, start, start.checked_add(len)?)?;
        }
    }
    bytes.is_empty().then(|| order.runs())
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    u32::try_from(take_varint(bytes)?).ok()
}

fn read_block(bytes: &mut &[u8], (client, clock): LetterId) -> Option<Block> {
    let info = take(bytes, 1)?[0];
    let mut neighbours = [None, None];
    for (flag, neighbour) in [HAS_ORIGIN, HAS_RIGHT_ORIGIN].iter().zip(&mut neighbours) {
        if info & flag != 0 {
            *neighbour = Some((take_varint(bytes)?, number(bytes)?));
        }
    }
    if neighbours == [None, None] {
        // The name of the text: a document holds one.
        take_varint(bytes).filter(|kind| *kind == 1)?;
        let len = number(bytes)?;
        take(bytes, len as usize)?;
    }
    let (len, is_removed) = match info & !(HAS_ORIGIN | HAS_RIGHT_ORIGIN) {
        DELETED => (number(bytes)?, true),
        STRING => {
            let len = number(bytes)?;
            let text = std::str::from_utf8(take(bytes, len as usize)?).ok()?;
            (super::utf16_len(text), false)
        }
        _ => return None,
    };
    Some(Block {
        run: Run {
            client,
            clock,
            len,
            is_removed,
        },
        origin: neighbours[0],
        right_origin: neighbours[1],
        left: None,
        right: None,
    })
}

impl Order {
    /// The block that holds a letter.
    fn find(&self, id: LetterId) -> Option<usize> {
        let (_, &place) = self.places.range(..=id).next_back()?;
        let run = &self.blocks[place].run;
        (run.client == id.0 && id.1 < run.clock + run.len).then_some(place)
    }

    fn can_take(&self, block: &Block) -> bool {
        let has = |id: &LetterId| self.find(*id).is_some();
        block.origin.iter().chain(&block.right_origin).all(has)
    }

    /// The block that begins with a letter, after a cut in front of it if need be.
    fn beginning(&mut self, id: LetterId) -> Option<usize> {
        let place = self.find(id)?;
        let new = self.blocks.len();
        let block = &mut self.blocks[place];
        let offset = id.1 - block.run.clock;
        if offset == 0 {
            return Some(place);
        }
        let mut rest = block.clone();
        block.run.len = offset;
        rest.run.clock = id.1;
        rest.run.len -= offset;
        rest.origin = Some((id.0, id.1 - 1));
        rest.left = Some(place);
        let next = rest.right;
        block.right = Some(new);
        self.blocks.push(rest);
        if let Some(next) = next {
            self.blocks[next].left = Some(new);
        }
        self.places.insert(id, new);
        Some(new)
    }

    /// The block that ends with a letter, after a cut behind it if need be.
    fn ending(&mut self, id: LetterId) -> Option<usize> {
        let place = self.find(id)?;
        let run = self.blocks[place].run;
        if id.1 + 1 < run.clock + run.len {
            self.beginning((id.0, id.1 + 1))?;
        }
        Some(place)
    }

    /// Puts a block in its place, as every replica does.
    fn take(&mut self, mut block: Block) -> Option<()> {
        let mut left = match block.origin {
            Some(id) => Some(self.ending(id)?),
            None => None,
        };
        let right = match block.right_origin {
            Some(id) => Some(self.beginning(id)?),
            None => None,
        };
        let after = |order: &Self, left: Option<usize>| match left {
            Some(left) => order.blocks[left].right,
            None => order.first,
        };
        let mut at = after(self, left);
        let mut before = BTreeSet::new();
        let mut conflicting = BTreeSet::new();
        while let Some(other) = at.filter(|at| Some(*at) != right) {
            before.insert(other);
            conflicting.insert(other);
            let theirs = &self.blocks[other];
            if theirs.origin == block.origin {
                if theirs.run.client < block.run.client {
                    left = Some(other);
                    conflicting.clear();
                } else if theirs.right_origin == block.right_origin {
                    break;
                }
            } else {
                let origin = theirs.origin.and_then(|origin| self.find(origin));
                match origin.filter(|origin| before.contains(origin)) {
                    Some(origin) if !conflicting.contains(&origin) => {
                        left = Some(other);
                        conflicting.clear();
                    }
                    Some(_) => {}
                    None => break,
                }
            }
            at = theirs.right;
        }
        let new = self.blocks.len();
        let next = after(self, left);
        (block.left, block.right) = (left, next);
        match left {
            Some(left) => self.blocks[left].right = Some(new),
            None => self.first = Some(new),
        }
        if let Some(next) = next {
            self.blocks[next].left = Some(new);
        }
        self.places.insert((block.run.client, block.run.clock), new);
        self.blocks.push(block);
        Some(())
    }

    fn remove(&mut self, client: u64, start: u32, end: u32) -> Option<()> {
        let mut at = start;
        while at < end {
            let place = self.beginning((client, at))?;
            let run = self.blocks[place].run;
            if run.clock + run.len > end {
                self.ending((client, end - 1))?;
            }
            self.blocks[place].run.is_removed = true;
            at += self.blocks[place].run.len;
        }
        Some(())
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::with_capacity(self.blocks.len());
        let mut at = self.first;
        while let Some(place) = at {
            let block = &self.blocks[place];
            match runs.last_mut().filter(|last| last.goes_on_with(&block.run)) {
                Some(last) => last.len += block.run.len,
                None => runs.push(block.run),
            }
            at = block.right;
        }
        runs
    }
}
