//! One text out of several, at a cost that fits what is new in it.
//!
//! A text that was joined and is joined to again is being built, so it moves to a *block* with room behind it. What is
//! appended is written into the room, and the new text is a view of the block's beginning that is a little longer; the
//! older view stays what it was. A block doubles, up to a limit of spare room, so n appends copy each byte a few times.
#![allow(
    unsafe_code,
    reason = "the engine's texts are immutable, and the room behind one is written through its address"
)]

use boa_engine::JsString;
use boa_engine::string::{JsStr, JsStrVariant, Latin1JsStringBuilder, Utf16JsStringBuilder};
use std::cell::RefCell;
use std::ptr::NonNull;

/// Shorter texts are copied: a view would cost more than its bytes.
const VIEW_UNITS_MIN: usize = 128;
/// The most code units of room behind a text, so that memory holds at most this much for nothing.
const ROOM_UNITS_MAX: usize = 1 << 20;
/// How many texts may be built at the same time; of more, each append copies.
const BLOCKS_MAX: usize = 4;

thread_local! {
    static BUILT: RefCell<Built> = const { RefCell::new(Built::new()) };
}

/// The concatenation of these texts.
#[must_use]
pub fn join(texts: &[JsStr<'_>]) -> JsString {
    let Some(length) = texts
        .iter()
        .try_fold(0usize, |sum, text| sum.checked_add(text.len()))
    else {
        // As the standard library says it of its own.
        panic!("capacity overflow");
    };
    let latin1 = texts.iter().all(JsStr::is_latin1);
    if length < VIEW_UNITS_MIN {
        return JsString::from(written(texts, latin1, length, 0).as_str());
    }
    BUILT.with_borrow_mut(|built| built.join(texts, latin1, length))
}

/// A text of these texts, with zeros behind them.
fn written(texts: &[JsStr<'_>], latin1: bool, length: usize, room: usize) -> JsString {
    const ZEROS: usize = 4096;
    let zeros = (0..room)
        .step_by(ZEROS)
        .map(|done| (room - done).min(ZEROS));
    if latin1 {
        let mut builder = Latin1JsStringBuilder::with_capacity(length + room);
        for text in texts {
            builder.extend_from_slice(text.as_latin1().unwrap_or_default());
        }
        zeros.for_each(|count| builder.extend_from_slice(&[0; ZEROS][..count]));
        // SAFETY: bytes of Latin-1 texts, and zeros, are Latin-1.
        unsafe { builder.build_as_latin1() }
    } else {
        let mut builder = Utf16JsStringBuilder::with_capacity(length + room);
        for text in texts {
            match text.variant() {
                JsStrVariant::Latin1(text) => builder.extend(text.iter().copied().map(u16::from)),
                JsStrVariant::Utf16(text) => builder.extend_from_slice(text),
            }
        }
        zeros.for_each(|count| builder.extend_from_slice(&[0; ZEROS][..count]));
        builder.build()
    }
}

/// Where a text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    address: usize,
    units: usize,
}

impl Place {
    const NONE: Self = Self {
        address: 0,
        units: 0,
    };

    fn of(text: &JsStr<'_>) -> Self {
        let address = match text.variant() {
            JsStrVariant::Latin1(text) => text.as_ptr().addr(),
            JsStrVariant::Utf16(text) => text.as_ptr().addr(),
        };
        Self {
            address,
            units: text.len(),
        }
    }
}

/// The texts that are being built, as far as it is known.
struct Built {
    blocks: [Option<Block>; BLOCKS_MAX],
    /// Texts that were joined once. A place may belong to another text by now, which then gets some room for nothing.
    joined: [Place; BLOCKS_MAX],
    next: usize,
}

impl Built {
    const fn new() -> Self {
        Self {
            blocks: [const { None }; BLOCKS_MAX],
            joined: [Place::NONE; BLOCKS_MAX],
            next: 0,
        }
    }

    fn join(&mut self, texts: &[JsStr<'_>], latin1: bool, length: usize) -> JsString {
        let first = texts.first().map_or(Place::NONE, Place::of);
        let is_first =
            |block: &Option<Block>| block.as_ref().is_some_and(|block| block.text() == first);
        let known = self.blocks.iter().position(is_first);
        if let Some(block) = known.and_then(|known| self.blocks[known].as_mut())
            && let Some(text) = block.append(&texts[1..], latin1, length)
        {
            return text;
        }
        // What nobody sees any more need not be kept.
        for block in &mut self.blocks {
            block.take_if(|block| !block.is_seen());
        }
        self.next = (self.next + 1) % BLOCKS_MAX;
        if known.is_none() && !self.joined.contains(&first) {
            let text = written(texts, latin1, length, 0);
            self.joined[self.next] = Place::of(&text.as_str());
            return text;
        }
        let block = Block::new(texts, latin1, length);
        let text = block.view();
        self.blocks[known.unwrap_or(self.next)] = Some(block);
        text
    }
}

/// A text with room behind it. Its views end where it does, or before.
struct Block {
    /// The text, and the room as zeros. Only views of the text leave this struct.
    whole: JsString,
    /// Where the text begins.
    begin: NonNull<u8>,
    units: usize,
    latin1: bool,
}

impl Block {
    fn new(texts: &[JsStr<'_>], latin1: bool, length: usize) -> Self {
        let whole = written(texts, latin1, length, length.min(ROOM_UNITS_MAX));
        let offset = {
            let raw = whole.clone().into_raw();
            // SAFETY: the address was given by `into_raw` just now.
            let text = unsafe { JsString::from_raw(raw) };
            Place::of(&text.as_str()).address - raw.addr().get()
        };
        let raw = whole.clone().into_raw();
        // SAFETY: as above; the units lie inside the allocation that begins at `raw`.
        let begin = unsafe {
            drop(JsString::from_raw(raw));
            raw.cast::<u8>().add(offset)
        };
        Self {
            whole,
            begin,
            units: length,
            latin1,
        }
    }

    fn text(&self) -> Place {
        Place {
            address: self.begin.addr().get(),
            units: self.units,
        }
    }

    /// Whether a view of it is anywhere.
    fn is_seen(&self) -> bool {
        self.whole.refcount().is_none_or(|count| count > 1)
    }

    fn view(&self) -> JsString {
        // SAFETY: the text is no longer than the whole.
        unsafe { JsString::slice_unchecked(&self.whole, 0, self.units) }
    }

    /// The text with these behind it, `length` code units in all; nothing when the room or its unit does not do.
    fn append(&mut self, texts: &[JsStr<'_>], latin1: bool, length: usize) -> Option<JsString> {
        if latin1 != self.latin1 || length > self.whole.len() {
            return None;
        }
        for text in texts {
            self.write(text);
        }
        Some(self.view())
    }

    /// Writes into the room. The caller has seen that there is enough of it.
    fn write(&mut self, text: &JsStr<'_>) {
        assert!(self.units + text.len() <= self.whole.len());
        // SAFETY: the units lie inside the allocation, no view reaches into the room, and what is written
        // is another text, or a part of this one before the room, so nothing overlaps.
        unsafe {
            match text.variant() {
                JsStrVariant::Latin1(text) if self.latin1 => {
                    let room = self.begin.add(self.units);
                    room.copy_from_nonoverlapping(NonNull::from_ref(text).cast(), text.len());
                }
                JsStrVariant::Latin1(text) => {
                    let room = self.begin.cast::<u16>().add(self.units);
                    for (index, unit) in text.iter().enumerate() {
                        room.add(index).write(u16::from(*unit));
                    }
                }
                JsStrVariant::Utf16(text) => {
                    let room = self.begin.cast::<u16>().add(self.units);
                    room.copy_from_nonoverlapping(NonNull::from_ref(text).cast(), text.len());
                }
            }
        }
        self.units += text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> JsString {
        JsString::from(text)
    }

    #[test]
    fn a_text_that_is_built_is_copied_a_few_times_and_not_at_every_step() {
        let (mut built, mut places) = (text(""), std::collections::BTreeSet::new());
        for _ in 0..100_000 {
            built = join(&[built.as_str(), text("ab").as_str()]);
            places.insert(Place::of(&built.as_str()).address);
        }
        assert_eq!(built, text(&"ab".repeat(100_000)));
        // Below `VIEW_UNITS_MIN` each is its own; from there on they double.
        assert!(
            places.len() < VIEW_UNITS_MIN + 20,
            "{} places",
            places.len()
        );
    }

    #[test]
    fn what_was_built_before_stays_what_it_was() {
        let mut all = vec![text(&"x".repeat(VIEW_UNITS_MIN))];
        for index in 0..50 {
            let last = all[index].clone();
            all.push(join(&[last.as_str(), text("y").as_str()]));
        }
        // Two ways on from the same text.
        let (one, other) = (
            join(&[all[20].as_str(), text("1").as_str()]),
            join(&[all[20].as_str(), text("2").as_str()]),
        );
        assert!(
            one.to_std_string_lossy().ends_with("y1")
                && other.to_std_string_lossy().ends_with("y2")
        );
        for (index, built) in all.iter().enumerate() {
            assert_eq!(
                *built,
                text(&("x".repeat(VIEW_UNITS_MIN) + &"y".repeat(index)))
            );
        }
    }

    #[test]
    fn a_text_is_appended_to_itself() {
        let mut built = text(&"ab".repeat(VIEW_UNITS_MIN));
        for _ in 0..8 {
            built = join(&[built.as_str(), built.as_str()]);
        }
        assert_eq!(built, text(&"ab".repeat(VIEW_UNITS_MIN << 8)));
    }

    #[test]
    fn what_nobody_sees_is_not_kept() {
        let mut built = text(&"x".repeat(VIEW_UNITS_MIN));
        for _ in 0..5 {
            built = join(&[built.as_str(), built.as_str()]);
        }
        let kept = || {
            BUILT.with_borrow(|built| {
                built
                    .blocks
                    .iter()
                    .flatten()
                    .map(|block| block.whole.len())
                    .sum::<usize>()
            })
        };
        let while_it_is_seen = kept();
        drop(built);
        let _ = join(&[text(&"y".repeat(VIEW_UNITS_MIN)).as_str()]);
        assert!(kept() < while_it_is_seen);
    }

    proptest! {
        #[test]
        fn it_joins_as_the_engine_does(steps in prop::collection::vec((0usize..3, 0usize..3, "[ab\u{e9}\u{2014}\u{1f600}]{0,90}"), 1..40)) {
            let mut ours = [text(""), text(""), text("")];
            let mut engines = ours.clone();
            for (to, from, piece) in steps {
                let piece = text(&piece);
                ours[to] = join(&[ours[from].as_str(), piece.as_str(), ours[to].as_str()]);
                engines[to] = JsString::concat_array(&[engines[from].as_str(), piece.as_str(), engines[to].as_str()]);
            }
            prop_assert_eq!(ours, engines);
        }
    }
}
