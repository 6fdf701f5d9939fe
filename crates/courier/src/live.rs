//! Who is there, by which way, and what is on its way to them.
//!
//! A *way* is a link of the relay's room, or a direct link. Over either go the same messages of
//! [`Live`], which are signed, encrypted and never heard twice, so a way is trusted with nothing.

use crate::limits::{LETTERS_UNDER_WAY_MAX, TEXTS_PER_SECOND_MAX};
use crate::limits::{PEERS_MAX, PIECE_BYTES, PIECES_MAX, SAYINGS_MAX, TAKEN_MAX};
use crate::saved::Reader;
use crate::state::Linked;
use selvage_relay::LinkId;
use selvage_trust::{DeviceId, Live};
use std::collections::{BTreeMap, VecDeque};

pub(crate) type LetterName = [u8; 16];

/// By which way something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Relay(LinkId),
    Direct(DeviceId),
}

/// The body of a live message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Saying {
    /// That a device is there: nothing else is believed of one that was not answered yet.
    Hello,
    /// How far a device is: a checkpoint.
    Have(Vec<u8>),
    /// A part of a letter, as the mailbox would have it.
    Piece {
        letter: LetterName,
        index: u8,
        count: u8,
        bytes: Vec<u8>,
    },
    /// A letter was taken, and what it brought is kept.
    Took(LetterName),
    /// What a page says to the pages of others.
    Text(String),
}

impl Saying {
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Hello => vec![0],
            Self::Have(checkpoint) => [&[1], &checkpoint[..]].concat(),
            Self::Piece {
                letter,
                index,
                count,
                bytes,
            } => [&[2], &letter[..], &[*index, *count], bytes].concat(),
            Self::Took(letter) => [&[3], &letter[..]].concat(),
            Self::Text(text) => [&[4], text.as_bytes()].concat(),
        }
    }

    pub fn read(body: &[u8]) -> Option<Self> {
        let (kind, rest) = body.split_first()?;
        let mut reader = Reader(rest);
        Some(match kind {
            0 => Self::Hello,
            1 => Self::Have(rest.to_vec()),
            2 => {
                let letter = reader.array().ok()?;
                let [index, count] = reader.array().ok()?;
                let fits = index < count && usize::from(count) <= PIECES_MAX;
                let bytes = reader.0.to_vec();
                (fits && bytes.len() <= PIECE_BYTES).then_some(Self::Piece {
                    letter,
                    index,
                    count,
                    bytes,
                })?
            }
            3 => {
                let letter = reader.array().ok()?;
                reader.end().ok()?;
                Self::Took(letter)
            }
            4 => Self::Text(String::from_utf8(rest.to_vec()).ok()?),
            _ => return None,
        })
    }
}

/// A letter as it is said.
pub(crate) fn pieces(letter: LetterName, bytes: &[u8]) -> Vec<Saying> {
    let count = bytes.len().div_ceil(PIECE_BYTES) as u8;
    let cut = bytes.chunks(PIECE_BYTES).zip(0_u8..);
    let piece = |(bytes, index): (&[u8], u8)| Saying::Piece {
        letter,
        index,
        count,
        bytes: bytes.to_vec(),
    };
    cut.map(piece).collect()
}

/// Another device that is there.
#[derive(Default)]
pub(crate) struct Peer {
    pub link: Option<LinkId>,
    pub is_direct: bool,
    /// It spoke in an older epoch.
    pub lacks_log: bool,
    /// It answered, so what it says counts.
    pub is_heard: bool,
    /// What waits to be said beside letters.
    pub sayings: VecDeque<Saying>,
    /// The letters that were said, and whether it took them.
    pub letters: BTreeMap<LetterName, bool>,
    /// The letter that comes, as far as it is here.
    coming: Option<(LetterName, BTreeMap<u8, Vec<u8>>)>,
    /// The second in which texts were counted last, and how many.
    texts: (u64, u32),
}

impl Peer {
    pub fn say(&mut self, saying: Saying) {
        if self.sayings.len() < SAYINGS_MAX {
            self.sayings.push_back(saying);
        }
    }

    /// What was said last may not have come over a way that ended.
    pub fn say_again(&mut self) {
        self.letters.retain(|_, took| *took);
    }

    pub fn may_say_more(&self) -> bool {
        self.letters.values().filter(|took| !**took).count() < LETTERS_UNDER_WAY_MAX
    }

    /// Gives a letter when it is whole.
    pub fn piece(
        &mut self,
        name: LetterName,
        at: u8,
        count: u8,
        bytes: Vec<u8>,
    ) -> Option<Vec<u8>> {
        if self.coming.as_ref().is_none_or(|(other, _)| *other != name) {
            self.coming = Some((name, BTreeMap::new()));
        }
        let (_, parts) = self.coming.as_mut()?;
        parts.insert(at, bytes);
        if parts.len() != usize::from(count) {
            return None;
        }
        let (_, parts) = self.coming.take()?;
        Some(parts.into_values().collect::<Vec<_>>().concat())
    }

    /// Whether one text more is heard.
    pub fn may_text(&mut self, now_ms: u64) -> bool {
        let second = now_ms / 1000;
        if self.texts.0 != second {
            self.texts = (second, 0);
        }
        self.texts.1 += 1;
        self.texts.1 <= TEXTS_PER_SECOND_MAX
    }
}

/// See the module.
pub(crate) struct Room {
    pub live: Live,
    pub peers: BTreeMap<DeviceId, Peer>,
    /// The newest letters of each device that were taken, beyond its links: it says them again when
    /// a link broke before it heard of that.
    taken: BTreeMap<DeviceId, VecDeque<LetterName>>,
    /// A peer lacks changes, and this device mails all that it has.
    pub owes_whole: bool,
}

impl Room {
    pub fn new(random: &mut selvage_trust::Entropy<'_>) -> Self {
        Self {
            live: Live::new(random),
            peers: BTreeMap::new(),
            taken: BTreeMap::new(),
            owes_whole: false,
        }
    }

    /// A device is there by a way; gives nothing for one too many.
    pub fn met(&mut self, device: DeviceId, way: Way) -> Option<&mut Peer> {
        if self.peers.len() >= PEERS_MAX && !self.peers.contains_key(&device) {
            return None;
        }
        let peer = self.peers.entry(device).or_default();
        match way {
            Way::Relay(link) if peer.link.is_none() => peer.link = Some(link),
            Way::Relay(_) => {}
            Way::Direct(_) => peer.is_direct = true,
        }
        Some(peer)
    }

    pub fn left(&mut self, link: LinkId) {
        for peer in self.peers.values_mut().filter(|it| it.link == Some(link)) {
            peer.link = None;
            peer.say_again();
        }
        self.forget();
    }

    pub fn relay_is_gone(&mut self) {
        for peer in self.peers.values_mut() {
            peer.link = None;
            peer.say_again();
        }
        self.forget();
    }

    pub fn direct_is_gone(&mut self, device: DeviceId) {
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.is_direct = false;
            peer.say_again();
        }
        self.forget();
    }

    fn forget(&mut self) {
        self.peers
            .retain(|_, peer| peer.link.is_some() || peer.is_direct);
    }

    pub fn linked(&self, device: DeviceId) -> Linked {
        match self.peers.get(&device).filter(|peer| peer.is_heard) {
            Some(peer) if peer.is_direct => Linked::Direct,
            Some(_) => Linked::Relay,
            None => Linked::Mail,
        }
    }

    /// Whether everybody who is there took a letter; not, where nobody is.
    pub fn is_taken(&self, letter: &LetterName) -> bool {
        let mut heard = self.peers.values().filter(|it| it.is_heard).peekable();
        heard.peek().is_some() && heard.all(|it| it.letters.get(letter) == Some(&true))
    }

    /// Remembers a letter; tells whether it was taken before.
    pub fn took(&mut self, device: DeviceId, letter: LetterName) -> bool {
        let taken = self.taken.entry(device).or_default();
        if taken.contains(&letter) {
            return true;
        }
        taken.push_back(letter);
        if taken.len() > TAKEN_MAX {
            taken.pop_front();
        }
        false
    }
}
