//! Bends what real runs say.

use crate::Input;

/// Numbers that look random and come again for the same seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Numbers that lengths and counts go wrong at.
const EDGES: [u64; 12] = [
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x100,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0xffff_ffff,
    i64::MAX as u64,
    u64::MAX,
];

/// The most messages of an input, and the most bytes that one message grows to.
const MESSAGES_MAX: usize = 64;
const MESSAGE_BYTES_MAX: usize = 256 * 1024;

/// The input of a seed.
pub fn input(seed: u64, corpus: &[Input]) -> Input {
    let mut dice = Dice(seed);
    let mut input = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(4) {
        bend(&mut input, corpus, &mut dice);
    }
    input.truncate(MESSAGES_MAX);
    input
        .iter_mut()
        .for_each(|message| message.truncate(MESSAGE_BYTES_MAX));
    input
}

fn bend(input: &mut Input, corpus: &[Input], dice: &mut Dice) {
    if input.is_empty() {
        return input.push(vec![dice.next() as u8]);
    }
    let at = dice.below(input.len());
    match dice.below(12) {
        0 => {
            let again = input[at].clone();
            let place = dice.below(input.len() + 1);
            input.insert(place, again);
        }
        1 => {
            let other = dice.below(input.len());
            input.swap(at, other);
        }
        2 => {
            input.remove(at);
        }
        3 => {
            let other = &corpus[dice.below(corpus.len())];
            if !other.is_empty() {
                let place = dice.below(input.len() + 1);
                input.insert(place, other[dice.below(other.len())].clone());
            }
        }
        _ => {
            let other = &corpus[dice.below(corpus.len())];
            let other = other.get(dice.below(other.len()));
            bend_bytes(&mut input[at], other.map_or(&[], Vec::as_slice), dice);
        }
    }
}

fn bend_bytes(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let at = dice.below(bytes.len());
    match dice.below(9) {
        _ if bytes.is_empty() => bytes.push(dice.next() as u8),
        0 | 1 => bytes[at] ^= 1 << dice.below(8),
        2 => bytes[at] = dice.next() as u8,
        3 => bytes.truncate(at),
        4 => {
            // A number where one may stand, in one of the spellings of a length.
            let edge = EDGES[dice.below(EDGES.len())];
            let spelled = match dice.below(4) {
                0 => edge.to_le_bytes()[..4].to_vec(),
                1 => edge.to_le_bytes().to_vec(),
                2 => edge.to_be_bytes().to_vec(),
                _ => varint(edge),
            };
            let end = (at + spelled.len()).min(bytes.len());
            bytes.splice(at..end, spelled);
        }
        5 => {
            let end = at + dice.below(bytes.len() - at + 1);
            let part = bytes[at..end].to_vec();
            for _ in 0..=dice.below(8) {
                bytes.splice(at..at, part.iter().copied());
            }
        }
        6 => {
            let end = at + dice.below(bytes.len() - at + 1);
            bytes.drain(at..end);
        }
        7 => {
            let from = dice.below(other.len());
            bytes.splice(at.., other[from..].iter().copied());
        }
        _ => {
            let count = dice.below(40);
            bytes.splice(at..at, (0..count).map(|_| dice.next() as u8));
        }
    }
}

/// LEB128, as most formats here spell a number.
fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}
