//! What the guests say of texts: asked once, kept by path and text.
//!
//! A guest has its language's parser, and lives in an executor, so its word comes later. A call that needs it is held, and made
//! again from the start when everything it lacked has been read. Texts are read one at a time, between runs: an executor that is
//! given a run meanwhile answers first. Calls that wait take turns, so that one that lacks a text does not wait for one that lacks
//! hundreds. What only lint waits for, the second look at Python, has a line of its own: its guest may
//! have to come first, and nobody else waits for that.

use super::shelf::{Shelf, Subject, THINGS_MAX};
use crate::calls::{HELD_MAX, Had, Held};
use crate::engine::{Cx, Workbench};
use crate::event::{Effect, RunnerId, TaskId};
use crate::notice::Notice;
use selvage_tool::guest::Checked;
use selvage_tool::{ErrorCode, Guest, Language};
use selvage_vfs::{Entry, Hash};

/// How many files of a list are read. They must fit on the shelf, or each list would have them read again.
pub(crate) const LISTED_MAX: usize = THINGS_MAX / 2;

/// What a finding, an import, an entry or a parameter is taken to hold, values and paths apart: its words are bounded.
const THING_BYTES: usize = 2_000;

/// A text that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Its path and hash.
    pub(crate) subject: Subject,
    /// Who reads it.
    pub(crate) guest: Guest,
    /// Whether it is an ES module.
    pub(crate) module: bool,
    /// Whether it is to be laid out.
    pub(crate) format: bool,
    /// The text, where it is not what a file holds.
    pub(crate) text: Option<String>,
}

impl Wanted {
    /// What a file holds.
    pub(crate) fn file(path: &str, text: Hash) -> Self {
        Self {
            subject: subject(path, text),
            guest: Language::of(path).guest(),
            module: false,
            format: false,
            text: None,
        }
    }

    fn key(&self) -> (Guest, bool, Subject) {
        (self.guest, self.format, self.subject.clone())
    }
}

/// What a guest's word is about: no domain changes it.
pub(crate) fn subject(path: &str, text: Hash) -> Subject {
    Subject {
        path: path.to_owned(),
        text,
        net: Vec::new(),
    }
}

/// What was said, what is asked, and who waits for it.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    said: Shelf<Checked>,
    /// What was found by a guest that runs nothing.
    looked: Shelf<Checked>,
    /// What the parsers are asked.
    reads: Line,
    /// What the guest is asked that runs nothing.
    looks: Line,
    /// What nobody waits for.
    later: Vec<Wanted>,
    /// The paths of what lists were shown without and that was read since, until that is told.
    news: Vec<String>,
}

/// What is asked one after the other, and the calls that wait for it.
#[derive(Debug, Default)]
struct Line {
    asked: Option<(TaskId, RunnerId, Wanted)>,
    wanted: Vec<Wanted>,
    held: Vec<Held>,
    /// How many turns there were.
    turn: usize,
}

impl Line {
    /// Takes what the call wants whose turn it is, or else what is wanted longest.
    fn next(&mut self) -> Option<Wanted> {
        self.turn = self.turn.wrapping_add(1);
        let held = self.held.get(self.turn % self.held.len().max(1));
        let mut wanted = self.wanted.iter();
        let at = held.and_then(|held| wanted.position(|one| held.lacks.contains(&one.key())));
        let at = at.unwrap_or_default();
        (at < self.wanted.len()).then(|| self.wanted.remove(at))
    }

    /// Takes the calls that nothing is read for any more.
    fn ready(&mut self) -> Vec<Held> {
        let is_over = self.wanted.is_empty();
        let held = std::mem::take(&mut self.held).into_iter();
        let (ready, held) = held.partition(|held| is_over || held.lacks.is_empty());
        self.held = held;
        ready
    }

    /// No call waits for this any more.
    fn has_read(&mut self, wanted: &Wanted) {
        let key = wanted.key();
        for held in &mut self.held {
            held.lacks.remove(&key);
        }
    }
}

impl Hearing {
    /// How many calls wait for a parser.
    pub(crate) fn waiting(&self) -> usize {
        self.reads.held.len()
    }

    /// Whether an executor reads something.
    pub(crate) fn asks(&self, runner: RunnerId) -> bool {
        let asked = [&self.reads.asked, &self.looks.asked];
        asked
            .into_iter()
            .flatten()
            .any(|(_, asked, _)| *asked == runner)
    }

    fn line(&mut self, guest: Guest) -> &mut Line {
        match guest {
            Guest::Ruff => &mut self.looks,
            Guest::Js | Guest::Python => &mut self.reads,
        }
    }

    /// What the guest said of a text.
    pub(crate) fn said(&mut self, subject: &Subject) -> Option<&Checked> {
        self.said.get(subject)
    }

    /// What the guest said that only looks at texts, its layout included where that is wanted and it could look at all.
    pub(crate) fn looked(&mut self, subject: &Subject, format: bool) -> Option<&Checked> {
        let looked = self.looked.get(subject);
        looked.filter(|checked| !format || checked.formatted.is_some() || checked.error.is_some())
    }

    fn has(&mut self, wanted: &Wanted) -> bool {
        match wanted.guest {
            Guest::Ruff => self.looked(&wanted.subject, wanted.format).is_some(),
            Guest::Js | Guest::Python => self.said(&wanted.subject).is_some(),
        }
    }

    fn keep(&mut self, wanted: Wanted, checked: Checked) {
        self.line(wanted.guest).has_read(&wanted);
        let Wanted { guest, subject, .. } = wanted;
        let reading = &checked.reading;
        let mut bytes = (1 + reading.diagnostics.len()) * THING_BYTES;
        bytes += checked.formatted.as_ref().map_or(0, String::len);
        for import in &reading.imports {
            bytes += THING_BYTES + import.any.iter().map(String::len).sum::<usize>();
        }
        for entry in &reading.entries {
            bytes += THING_BYTES;
            for parameter in &entry.parameters {
                let values = parameter.options.iter().chain(&parameter.default);
                bytes += THING_BYTES + values.map(|value| value.to_string().len()).sum::<usize>();
            }
        }
        match guest {
            Guest::Ruff => self.looked.put(subject, checked, bytes),
            Guest::Js | Guest::Python => self.said.put(subject, checked, bytes),
        }
    }
}

impl Workbench {
    /// The text of a file, if only its guest knows what it offers and that is still to be read.
    pub(crate) fn unread(&mut self, file: &Entry) -> Option<Wanted> {
        let is_python = Language::of(&file.path) == Language::Python;
        let wanted = Wanted::file(&file.path, file.hash.filter(|_| is_python)?);
        let is_said = self.hearing.said(&wanted.subject).is_some();
        (!is_said).then_some(wanted)
    }

    /// Has texts of a list read when there is time.
    pub(crate) fn read_later(&mut self, cx: &mut Cx<'_>, texts: Vec<Wanted>) {
        let later = &mut self.hearing.later;
        for wanted in texts {
            if later.len() < LISTED_MAX && !later.contains(&wanted) {
                later.push(wanted);
            }
        }
        self.listen(cx);
    }

    /// Holds a call until what it lacks has been read.
    pub(crate) fn hold(&mut self, cx: &mut Cx<'_>, wanted: Vec<Wanted>, mut held: Held) {
        let guest = wanted.first().map_or(Guest::Js, |wanted| wanted.guest);
        let line = self.hearing.line(guest);
        let keys: Had = wanted.iter().map(Wanted::key).collect();
        // What was read for this call and is not there any more does not fit: reading it again would never end.
        held.asking.alone |= !held.had.is_disjoint(&keys);
        // Calls that wait for a second look are so many, and the next ones go on without.
        held.asking.alone |= guest == Guest::Ruff && line.held.len() >= HELD_MAX;
        held.had.extend(keys.iter().cloned());
        if !held.asking.alone {
            held.lacks = keys;
            for wanted in wanted {
                if !line.wanted.contains(&wanted) {
                    line.wanted.push(wanted);
                }
            }
        }
        line.held.push(held);
        self.listen(cx);
    }

    /// Has the next text of each line read, where an executor is free. Where none is, lint goes on without: the run itself will
    /// say what the parser refuses.
    pub(crate) fn listen(&mut self, cx: &mut Cx<'_>) {
        self.listen_in(cx, Guest::Ruff);
        self.listen_in(cx, Guest::Python);
    }

    fn listen_in(&mut self, cx: &mut Cx<'_>, guest: Guest) {
        while self.hearing.line(guest).asked.is_none() {
            let ready = self.hearing.line(guest).ready();
            if !ready.is_empty() {
                self.make_again(cx, ready);
                continue;
            }
            let Some(runner) = self.idle_runner() else {
                let line = self.hearing.line(guest);
                let (alone, held) = std::mem::take(&mut line.held)
                    .into_iter()
                    .partition(Held::goes_on);
                line.held = held;
                return self.make_alone(cx, alone);
            };
            let hearing = &mut self.hearing;
            let is_last = guest == Guest::Ruff;
            let wanted = match hearing.line(guest).next() {
                Some(wanted) => wanted,
                None if is_last => return,
                None if hearing.later.is_empty() => return self.tell_read(),
                None => {
                    // Whoever was shown a list without it is told in any case: a call may have had it read meanwhile.
                    let wanted = hearing.later.remove(0);
                    hearing.news.push(wanted.subject.path.clone());
                    wanted
                }
            };
            match self.hearing.has(&wanted) {
                true => self.hearing.line(guest).has_read(&wanted),
                false => self.ask(runner, wanted),
            }
        }
    }

    fn ask(&mut self, runner: RunnerId, wanted: Wanted) {
        let Subject { path, text, .. } = wanted.subject.clone();
        let source = match &wanted.text {
            Some(text) => Some(text.clone()),
            None => self
                .workspace
                .read_hash(&text)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok()),
        };
        let Some(source) = source else {
            // What is no text says nothing, and whoever runs it is told so.
            return self.hearing.keep(wanted, Checked::default());
        };
        let task = self.new_task();
        self.effects.push(Effect::Check {
            task,
            runner,
            path,
            guest: wanted.guest,
            module: wanted.module,
            format: wanted.format,
            source,
        });
        let line = self.hearing.line(wanted.guest);
        line.asked = Some((task, runner, wanted));
    }

    /// A guest has spoken.
    pub(crate) fn checked(&mut self, cx: &mut Cx<'_>, task: TaskId, checked: Checked) {
        let hearing = &mut self.hearing;
        let lines = [&mut hearing.reads, &mut hearing.looks];
        let asked = lines
            .into_iter()
            .find_map(|line| line.asked.take_if(|(asked, ..)| *asked == task));
        let Some((_, _, wanted)) = asked else {
            return;
        };
        let code = checked.error.as_ref().map(|error| error.code);
        if wanted.guest == Guest::Ruff && code == Some(ErrorCode::ExecutorUnavailable) {
            // It can't be had now. The next one to ask tries again.
            let held = std::mem::take(&mut hearing.looks).held;
            self.make_alone(cx, held);
            return self.listen(cx);
        }
        hearing.keep(wanted, checked);
        self.listen(cx);
    }

    /// An executor is gone: what waits for its word goes on without.
    pub(crate) fn drop_checks(&mut self, cx: &mut Cx<'_>, runner: RunnerId) {
        let hearing = &mut self.hearing;
        let mut held = Vec::new();
        for line in [&mut hearing.reads, &mut hearing.looks] {
            if line
                .asked
                .take_if(|(_, asked, _)| *asked == runner)
                .is_some()
            {
                held.append(&mut std::mem::take(line).held);
                hearing.later.clear();
            }
        }
        self.make_alone(cx, held);
    }

    fn make_alone(&mut self, cx: &mut Cx<'_>, mut held: Vec<Held>) {
        for held in &mut held {
            held.asking.alone = true;
        }
        self.make_again(cx, held);
    }

    /// What lists show has changed.
    fn tell_read(&mut self) {
        if self.hearing.news.is_empty() {
            return;
        }
        let paths = std::mem::take(&mut self.hearing.news);
        let heads = self.workspace.heads().to_strings();
        self.effects
            .push(Effect::Notify(Notice::Changed { paths, heads }));
    }
}
