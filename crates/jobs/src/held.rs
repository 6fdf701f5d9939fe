//! What a board holds, within its bounds: jobs, their queue, and the bytes of each key.

use crate::admit::Quota;
use crate::blobs::Shelf;
use crate::entry::Entry;
use crate::error::JobsError;
use crate::message::State;
use crate::settings::Settings;
use selvage_host::{Blobs, Ended};
use selvage_tool::run::Job;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::thread::JoinHandle;

/// A key's name and a job's.
pub type Name = (String, String);

/// A job that waits for another one, which runs in its place.
pub struct Lender {
    pub name: Name,
    /// How many jobs it is itself within.
    pub depth: usize,
}

/// See the module.
#[derive(Default)]
pub struct Held {
    pub jobs: BTreeMap<Name, Entry>,
    pub queue: VecDeque<Name>,
    pub shelves: BTreeMap<String, Shelf>,
    pub stopping: bool,
    pub threads: Vec<JoinHandle<()>>,
    /// How many jobs were taken.
    pub taken: u64,
    /// How many milliseconds those that began had waited.
    pub waited_ms: u64,
    /// How many were refused because there was no room.
    pub refused: u64,
    /// How jobs ended: by their error's code, or `OK`.
    pub ends: BTreeMap<&'static str, u64>,
}

impl Held {
    /// The jobs of a key.
    pub fn of(&self, key: &str) -> impl Iterator<Item = (&Name, &Entry)> {
        let from = (key.to_owned(), String::new());
        let all = self.jobs.range(from..);
        all.take_while(move |((of, _), _)| of == key)
    }

    /// Whether the run that a job is within has a job here that runs.
    pub fn is_nested(&self, key: &str, within: Option<&str>) -> bool {
        within.is_some_and(|run| self.running_as(key, run).is_some())
    }

    /// The job of a key that runs as this run.
    fn running_as(&self, key: &str, run: &str) -> Option<(&Name, &Entry)> {
        let mut own = self.of(key);
        own.find(|(_, entry)| entry.state == State::Running && entry.run == run)
    }

    /// How many jobs run.
    pub fn running(&self) -> usize {
        let running = self.jobs.values();
        running
            .filter(|entry| entry.state == State::Running)
            .count()
    }

    /// How many places are taken: by one key, or by all. A job in the place of one that runs takes none, and no more do so many
    /// whose clocks stand still.
    fn places(&self, key: Option<&str>, held_max: usize) -> usize {
        let runs = |name: &Name| {
            let entry = self.jobs.get(name);
            entry.is_some_and(|entry| entry.state == State::Running)
        };
        let taken = self.jobs.iter().filter(|(name, entry)| {
            key.is_none_or(|key| name.0 == key)
                && runs(name)
                && !entry.lender.as_ref().is_some_and(runs)
        });
        let (held, taken): (Vec<_>, Vec<_>) = taken.partition(|(_, entry)| entry.is_held);
        taken.len() + held.len().saturating_sub(held_max)
    }

    /// Whether there is room for one more job of a key, of so many bytes. One within a job that runs has that one's place before it:
    /// it asks for none of the queue's.
    pub fn has_room(
        &self,
        key: &str,
        size: usize,
        is_nested: bool,
        quota: Quota,
        settings: &Settings,
    ) -> Result<(), JobsError> {
        let waiting = self.queue.iter().filter_map(|name| self.jobs.get(name));
        let bytes: usize = waiting.clone().map(|entry| entry.size).sum();
        let count = waiting.filter(|entry| entry.within.is_none()).count();
        let is_full = !is_nested && count >= settings.queued_max;
        if is_full || bytes + size > settings.queued_bytes_max {
            return Err(JobsError::Full("too many jobs wait"));
        }
        let own = self.of(key).map(|(_, entry)| entry);
        let own = own.filter(|entry| entry.within.is_some() == is_nested);
        if is_nested {
            let live = own.filter(|entry| entry.state != State::Ended);
            return match live.count() < settings.key_nested_max {
                true => Ok(()),
                false => Err(JobsError::Full(
                    "too many jobs of this key are within others",
                )),
            };
        }
        let waiting = own.filter(|entry| entry.state == State::Queued);
        if waiting.count() >= quota.queued_max.unwrap_or(settings.key_queued_max) {
            return Err(JobsError::Full("too many jobs of this key wait"));
        }
        Ok(())
    }

    /// Keeps a key's bytes under their hash.
    pub fn keep(
        &mut self,
        key: &str,
        name: String,
        bytes: Arc<[u8]>,
        settings: &Settings,
    ) -> Result<(), JobsError> {
        if bytes.len() > settings.key_bytes_max {
            return Err(JobsError::TooLarge(settings.key_bytes_max));
        }
        let others = self.shelves.iter().filter(|(of, _)| *of != key);
        let others: usize = others.map(|(_, shelf)| shelf.bytes()).sum();
        let left = settings.bytes_max.saturating_sub(others);
        if bytes.len() > left {
            return Err(JobsError::Full("the files of other keys take all there is"));
        }
        self.shelf(key)
            .keep(name, bytes, left.min(settings.key_bytes_max))
    }

    /// The blobs that a job needs.
    pub fn blobs(&mut self, key: &str, job: &Job, settings: &Settings) -> Result<Blobs, JobsError> {
        let files = job.files.iter();
        let needed = files.filter(|it| !it.folder && it.readable && job.can_hold(it.size));
        let needed: BTreeSet<_> = needed.map(|it| (it.hash.as_str(), it.size)).collect();
        let bytes: u64 = needed.iter().map(|(_, size)| size).sum();
        if bytes > settings.key_bytes_max as u64 {
            return Err(JobsError::TooLarge(settings.key_bytes_max));
        }
        let shelf = self.shelf(key);
        let found = needed.into_iter().map(|(hash, _)| {
            let bytes = shelf.get(hash);
            let bytes = bytes.ok_or_else(|| JobsError::Missing(hash.to_owned()))?;
            Ok((hash.to_owned(), bytes))
        });
        found.collect()
    }

    pub fn shelf(&mut self, key: &str) -> &mut Shelf {
        let shelves = &mut self.shelves;
        shelves.entry(key.to_owned()).or_insert_with(Shelf::new)
    }

    /// Ends a job, and forgets older ones where too much would be kept.
    pub fn end(&mut self, name: &Name, ended: Ended, settings: &Settings) {
        self.queue.retain(|other| other != name);
        let Some(entry) = self.jobs.get_mut(name) else {
            return;
        };
        if entry.state == State::Ended {
            return;
        }
        entry.end(ended);
        let code = entry.standing().outcome.and_then(|it| it.error);
        let code = code.map_or("OK", |error| error.code.as_str());
        *self.ends.entry(code).or_default() += 1;
        let own = self.of(&name.0).map(|(name, _)| name.clone()).collect();
        self.forget(
            own,
            name,
            settings.key_kept_max,
            settings.key_kept_bytes_max,
        );
        let all = self.jobs.keys().cloned().collect();
        self.forget(all, name, usize::MAX, settings.kept_bytes_max);
    }

    /// Forgets those of some jobs that ended first, until no more than so many are kept, and so many bytes. That of the job that
    /// ended just now stays.
    fn forget(&mut self, of: Vec<Name>, last: &Name, count_max: usize, bytes_max: usize) {
        let mut over: Vec<_> = of
            .into_iter()
            .filter_map(|name| {
                let entry = self.jobs.get(&name)?;
                Some((entry.ended?, entry.kept_bytes(), name))
            })
            .collect();
        over.sort();
        let mut count = over.len();
        let mut bytes: usize = over.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, its, name) in over {
            if count <= count_max && bytes <= bytes_max || name == *last {
                break;
            }
            self.jobs.remove(&name);
            count -= 1;
            bytes -= its;
        }
    }

    /// Takes the job that may run next: one that another waits for, in that one's place; otherwise of the key that has the fewest.
    pub fn next(&mut self, settings: &Settings) -> Option<(Name, Option<Lender>)> {
        let is_full = self.places(None, settings.running_max) >= settings.running_max;
        let may = |(at, name): (usize, &Name)| {
            if let Some(lender) = self.lender(name, settings.nested_max) {
                return Some((0, at, Some(lender)));
            }
            let taken = self.places(Some(&name.0), settings.key_held_max);
            let own = self.jobs.get(name)?.quota.running_max;
            let may = !is_full && taken < own.unwrap_or(settings.key_running_max);
            may.then_some((1 + taken, at, None))
        };
        let waiting = self.queue.iter().enumerate().filter_map(may);
        let (_, at, lender) = waiting.min_by_key(|(rank, at, _)| (*rank, *at))?;
        Some((self.queue.remove(at)?, lender))
    }

    /// The job that waits for this one and has lent its place to no other.
    fn lender(&self, name: &Name, nested_max: usize) -> Option<Lender> {
        let within = self.jobs.get(name)?.within.as_ref()?;
        let (lender, entry) = self.running_as(&name.0, within)?;
        let is_lent = self.of(&name.0).any(|(_, other)| {
            other.state == State::Running && other.lender.as_ref() == Some(lender)
        });
        (!is_lent && entry.depth < nested_max).then(|| Lender {
            name: lender.clone(),
            depth: entry.depth,
        })
    }

    /// Begins a job that was taken from the queue. Gives what it runs.
    pub fn begin(&mut self, name: &Name, lender: Option<Lender>) -> Option<(Job, Blobs)> {
        let entry = self.jobs.get_mut(name)?;
        let given = entry.begin(lender)?;
        let waited = u64::try_from(entry.taken.elapsed().as_millis());
        self.waited_ms += waited.unwrap_or_default();
        Some(given)
    }

    /// The figures, in the text form of Prometheus.
    pub fn metrics(&self) -> String {
        let kept = self.jobs.values().filter(|entry| entry.ended.is_some());
        let kept_bytes: usize = kept.clone().map(Entry::kept_bytes).sum();
        let file_bytes: usize = self.shelves.values().map(Shelf::bytes).sum();
        let gauges = [
            ("queued", "Jobs that wait.", self.queue.len()),
            ("running", "Jobs that run.", self.running()),
            ("kept", "Jobs that are over and remembered.", kept.count()),
            (
                "kept_bytes",
                "Bytes of what they told and wrote.",
                kept_bytes,
            ),
            (
                "file_bytes",
                "Bytes of the files that keys sent.",
                file_bytes,
            ),
        ];
        let mut text = String::new();
        let mut say = |name: &str, help: &str, kind: &str, rows: &[(String, u64)]| {
            text +=
                &format!("# HELP selvage_jobs_{name} {help}\n# TYPE selvage_jobs_{name} {kind}\n");
            for (label, value) in rows {
                text += &format!("selvage_jobs_{name}{label} {value}\n");
            }
        };
        for (name, help, value) in gauges {
            say(name, help, "gauge", &[(String::new(), value as u64)]);
        }
        let plain = |value: u64| [(String::new(), value)];
        say(
            "taken_total",
            "Jobs that were taken.",
            "counter",
            &plain(self.taken),
        );
        let waited = "Milliseconds that jobs which began had waited for a place.";
        say("waited_ms_total", waited, "counter", &plain(self.waited_ms));
        let refused = "Jobs that were refused for want of room.";
        say("refused_total", refused, "counter", &plain(self.refused));
        let ends = self.ends.iter();
        let ends: Vec<_> = ends
            .map(|(code, count)| (format!("{{code=\"{code}\"}}"), *count))
            .collect();
        say("ended_total", "Jobs that ended, by code.", "counter", &ends);
        text
    }
}
