//! Where everything stands in a live text, so that typing needs no walk through it.
//!
//! **Problem.** The text engine finds a position by walking from the start, for every edit. A long
//! text that was typed over months takes seconds to type into once more.
//!
//! **Shape.** A [`Pen`] holds the text's stretches in order ([`Run`]: ids and lengths, no letters),
//! in chunks with the sum of what they show. It finds a position in the chunks, names the two
//! neighbours there, and writes the update itself, in Yjs's encoding, version 1; the engine takes
//! that in like one from elsewhere, for which it needs no walk.
//!
//! *Invariants.* A pen is right only as long as every edit of the text goes through it. Whoever
//! takes in an update from elsewhere drops it; [`super::order`] makes a new one from the saved
//! text. It makes the very operations that the engine would. It counts UTF-16 code units and holds
//! no letters, so it can't tell when a position cuts a surrogate pair: a text that has any gets no
//! pen.

use super::order::LetterId;
use super::{FIELD, order, utf16_len};
use crate::node::put_varint;

/// Runs in one chunk; a chunk that grows to twice as many is cut. Few in tests, whose texts are
/// short.
const CHUNK_RUNS: usize = if cfg!(test) { 3 } else { 128 };

/// Letters of one maker, made one after the other, that stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub client: u64,
    pub clock: u32,
    pub len: u32,
    pub is_removed: bool,
}

impl Run {
    fn shown(&self) -> u32 {
        if self.is_removed { 0 } else { self.len }
    }

    fn last(&self) -> LetterId {
        (self.client, self.clock + self.len - 1)
    }

    /// Whether another run is the next part of this one.
    pub fn goes_on_with(&self, next: &Run) -> bool {
        (next.client, next.clock) == (self.client, self.clock + self.len)
            && next.is_removed == self.is_removed
    }

    /// Cuts off what is behind this many letters.
    fn cut(&mut self, len: u32) -> Run {
        let rest = Run {
            clock: self.clock + len,
            len: self.len - len,
            ..*self
        };
        self.len = len;
        rest
    }
}

#[derive(Debug, Default)]
struct Chunk {
    runs: Vec<Run>,
    shown: u32,
}

/// A text that is being inserted: what follows at its end joins it.
#[derive(Debug)]
struct Typed {
    left: Option<LetterId>,
    right: Option<LetterId>,
    text: String,
}

/// The stretches of one live text, and the edits since the last [`Pen::lift`].
#[derive(Debug)]
pub(super) struct Pen {
    client: u64,
    clock: u32,
    chunks: Vec<Chunk>,
    shown: u32,
    first_clock: u32,
    typed: Vec<Typed>,
    removed: Vec<Run>,
}

impl Pen {
    /// A pen for a text, given an update that holds all of it and how many edits the client made.
    /// `None` when the update is not what a plain text is saved as.
    pub fn new(update: &[u8], client: u64, clock: u32) -> Option<Self> {
        let runs = order::read(update)?;
        let chunk = |runs: &[Run]| Chunk {
            shown: runs.iter().map(Run::shown).sum(),
            runs: runs.to_vec(),
        };
        let mut chunks: Vec<Chunk> = runs.chunks(CHUNK_RUNS).map(chunk).collect();
        if chunks.is_empty() {
            chunks.push(Chunk::default());
        }
        Some(Self {
            client,
            clock,
            shown: chunks.iter().map(|chunk| chunk.shown).sum(),
            chunks,
            first_clock: clock,
            typed: Vec::new(),
            removed: Vec::new(),
        })
    }

    /// UTF-16 code units of the text.
    pub fn len(&self) -> u32 {
        self.shown
    }

    /// Where the run is behind the letter in front of a position, or 0 in the first chunk: the
    /// chunk, the run, and how many letters of the run come before. Removed runs come after.
    fn find(&self, at: u32) -> (usize, usize, u32) {
        let mut left = at;
        let mut chunk = 0;
        while left > self.chunks[chunk].shown {
            left -= self.chunks[chunk].shown;
            chunk += 1;
        }
        let mut run = 0;
        while left > 0 {
            let shown = self.chunks[chunk].runs[run].shown();
            if left < shown {
                return (chunk, run, left);
            }
            left -= shown;
            run += 1;
        }
        (chunk, run, 0)
    }

    /// Makes a position the border of two runs; gives the chunk and the run behind it.
    fn border(&mut self, at: u32) -> (usize, usize) {
        let (chunk, run, inside) = self.find(at);
        if inside == 0 {
            return (chunk, run);
        }
        let runs = &mut self.chunks[chunk].runs;
        let rest = runs[run].cut(inside);
        runs.insert(run + 1, rest);
        (chunk, run + 1)
    }

    fn run_before(&self, chunk: usize, run: usize) -> Option<&Run> {
        match run {
            0 => self.chunks[..chunk]
                .iter()
                .rev()
                .find_map(|chunk| chunk.runs.last()),
            _ => self.chunks[chunk].runs.get(run - 1),
        }
    }

    fn run_behind(&self, chunk: usize, run: usize) -> Option<&Run> {
        let here = self.chunks[chunk].runs.get(run);
        here.or_else(|| {
            self.chunks[chunk + 1..]
                .iter()
                .find_map(|chunk| chunk.runs.first())
        })
    }

    /// Inserts a text at a position, which is not behind the end.
    pub fn insert(&mut self, at: u32, text: &str) {
        let len = utf16_len(text);
        if len == 0 {
            return;
        }
        let (mut chunk, mut run) = self.border(at);
        // Behind what was removed there, as the engine does.
        loop {
            match self.chunks[chunk].runs.get(run) {
                Some(gone) if gone.is_removed => run += 1,
                None if chunk + 1 < self.chunks.len() => (chunk, run) = (chunk + 1, 0),
                _ => break,
            }
        }
        let left = self.run_before(chunk, run).map(Run::last);
        let right = self.run_behind(chunk, run);
        let right = right.map(|run| (run.client, run.clock));
        let clock = self.clock;
        let goes_on = left == clock.checked_sub(1).map(|last| (self.client, last));
        match self.typed.last_mut() {
            Some(last) if goes_on && last.right == right => last.text.push_str(text),
            _ => self.typed.push(Typed {
                left,
                right,
                text: text.to_owned(),
            }),
        }
        self.clock += len;
        self.shown += len;
        let new = Run {
            client: self.client,
            clock,
            len,
            is_removed: false,
        };
        let chunk_here = &mut self.chunks[chunk];
        chunk_here.shown += len;
        let before = run
            .checked_sub(1)
            .and_then(|run| chunk_here.runs.get_mut(run));
        match before.filter(|before| before.goes_on_with(&new)) {
            Some(before) => before.len += len,
            None => chunk_here.runs.insert(run, new),
        }
        self.cut_chunk(chunk);
    }

    /// Removes this many code units behind a position; all of them are there.
    pub fn remove(&mut self, at: u32, count: u32) {
        let mut left = count;
        while left > 0 {
            let (mut chunk, mut run) = self.border(at);
            // Over what is removed already, to the run that is shown.
            while self.chunks[chunk]
                .runs
                .get(run)
                .is_none_or(|run| run.is_removed)
            {
                run += 1;
                if run >= self.chunks[chunk].runs.len() {
                    (chunk, run) = (chunk + 1, 0);
                }
            }
            let here = &mut self.chunks[chunk];
            if here.runs[run].len > left {
                let rest = here.runs[run].cut(left);
                here.runs.insert(run + 1, rest);
            }
            here.runs[run].is_removed = true;
            let gone = here.runs[run];
            here.shown -= gone.len;
            self.shown -= gone.len;
            left -= gone.len;
            self.removed.push(gone);
            self.join(chunk, run);
            self.cut_chunk(chunk);
        }
    }

    /// Joins a run with its neighbours, if they are parts of one.
    fn join(&mut self, chunk: usize, run: usize) {
        let runs = &mut self.chunks[chunk].runs;
        for first in [run, run.wrapping_sub(1)] {
            if let Some([a, b]) = runs.get(first..first.saturating_add(2))
                && a.goes_on_with(b)
            {
                let len = b.len;
                runs[first].len += len;
                runs.remove(first + 1);
            }
        }
    }

    fn cut_chunk(&mut self, chunk: usize) {
        if self.chunks[chunk].runs.len() < 2 * CHUNK_RUNS {
            return;
        }
        let runs = self.chunks[chunk].runs.split_off(CHUNK_RUNS);
        let shown = runs.iter().map(Run::shown).sum();
        self.chunks[chunk].shown -= shown;
        self.chunks.insert(chunk + 1, Chunk { runs, shown });
    }

    /// The edits since the last time, as one update; nothing when there are none.
    pub fn lift(&mut self) -> Option<Vec<u8>> {
        let typed = std::mem::take(&mut self.typed);
        let mut removed = std::mem::take(&mut self.removed);
        let first_clock = std::mem::replace(&mut self.first_clock, self.clock);
        if typed.is_empty() && removed.is_empty() {
            return None;
        }
        let mut out = Vec::with_capacity(32);
        put_varint(&mut out, u64::from(!typed.is_empty()));
        if !typed.is_empty() {
            put_varint(&mut out, typed.len() as u64);
            put_varint(&mut out, self.client);
            put_varint(&mut out, u64::from(first_clock));
        }
        for typed in typed {
            let (left, right) = (typed.left, typed.right);
            out.push(4 | u8::from(left.is_some()) << 7 | u8::from(right.is_some()) << 6);
            for (client, clock) in left.into_iter().chain(right) {
                put_varint(&mut out, client);
                put_varint(&mut out, u64::from(clock));
            }
            if left.or(right).is_none() {
                put_varint(&mut out, 1);
                put_text(&mut out, FIELD);
            }
            put_text(&mut out, &typed.text);
        }
        removed.sort_unstable_by_key(|run| (std::cmp::Reverse(run.client), run.clock));
        removed.dedup_by(|next, run| {
            let goes_on = run.goes_on_with(next);
            run.len += if goes_on { next.len } else { 0 };
            goes_on
        });
        let clients = removed.chunk_by(|a, b| a.client == b.client);
        put_varint(&mut out, clients.clone().count() as u64);
        for own in clients {
            put_varint(&mut out, own[0].client);
            put_varint(&mut out, own.len() as u64);
            for run in own {
                put_varint(&mut out, u64::from(run.clock));
                put_varint(&mut out, u64::from(run.len));
            }
        }
        Some(out)
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}
