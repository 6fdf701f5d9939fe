//! One job at the server: what it tells, who listens, and the way in to it.

use crate::admit::Quota;
use crate::held::{Lender, Name};
use crate::message::{News, Standing, State, TOLD_BYTES_MAX};
use selvage_host::{Blobs, Control, Ended};
use selvage_tool::run::{Job, Outcome};
use selvage_tool::{ErrorCode, Limits, LimitsPatch, ToolError};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;

/// The most bytes of lines that are given at once.
const CHUNK_BYTES_MAX: usize = 1024 * 1024;

/// See the module.
pub struct Entry {
    /// The run, as the engine of its client calls it.
    pub run: String,
    /// The run that waits for it.
    pub within: Option<String>,
    /// How much its key had when it came.
    pub quota: Quota,
    /// The job in whose place it runs, and how many lie between it and the first one of them.
    pub lender: Option<Name>,
    pub depth: usize,
    /// When it came.
    pub taken: Instant,
    /// The hash of the job as it came, to know it again.
    pub digest: String,
    /// How many bytes it came in.
    pub size: usize,
    pub control: Control,
    /// Whether its clock stands still, because a person decides what it asked for.
    pub is_held: bool,
    /// What it may use, with what it was granted since it began.
    limits: Limits,
    /// The number of the last grant.
    granted: u32,
    pub state: State,
    /// What it runs, until it does.
    pub job: Option<(Job, Blobs)>,
    /// The blobs that it wrote, until its client has them.
    pub written: Blobs,
    pub ended: Option<Instant>,
    /// Whether its client has all of it: then nothing but its name is kept.
    pub is_collected: bool,
    /// How many read what it tells.
    pub listeners: usize,
    /// Since when nobody does.
    pub alone_since: Instant,
    /// Why the server has it end.
    stopped: Option<ToolError>,
    lines: Vec<Arc<str>>,
    bytes: usize,
    outcome: Option<Box<Outcome>>,
    /// How many lines there are, for those who wait for more.
    count: watch::Sender<usize>,
}

impl Entry {
    pub fn new(
        digest: String,
        size: usize,
        within: Option<String>,
        quota: Quota,
        job: Job,
        blobs: Blobs,
    ) -> Self {
        Self {
            run: job.run.clone(),
            within,
            quota,
            lender: None,
            depth: 0,
            taken: Instant::now(),
            digest,
            size,
            control: Control::default(),
            is_held: false,
            limits: job.limits.clone(),
            granted: 0,
            state: State::Queued,
            job: Some((job, blobs)),
            written: Blobs::new(),
            ended: None,
            is_collected: false,
            listeners: 0,
            alone_since: Instant::now(),
            stopped: None,
            lines: Vec::new(),
            bytes: 0,
            outcome: None,
            count: watch::Sender::new(0),
        }
    }

    /// Begins: in a place of its own, or in that of another job. Gives what it runs.
    pub fn begin(&mut self, lender: Option<Lender>) -> Option<(Job, Blobs)> {
        let given = self.job.take()?;
        if let Some(lender) = lender {
            self.depth = lender.depth + 1;
            self.lender = Some(lender.name);
        }
        self.state = State::Running;
        Some(given)
    }

    /// Adds a line. A job that tells more than it may is ended.
    pub fn tell(&mut self, news: &News) {
        let Ok(line) = serde_json::to_string(news) else {
            // Our own types have a JSON form: their maps have texts as keys.
            let what = "The server can't write down what the run tells.";
            return self.stop(ToolError::new(ErrorCode::Internal, what));
        };
        if self.bytes + line.len() > TOLD_BYTES_MAX && !matches!(news, News::Finished { .. }) {
            let what = format!("The run told a server more than {TOLD_BYTES_MAX} bytes.");
            return self.stop(ToolError::new(ErrorCode::QuotaOutput, what));
        }
        self.bytes += line.len();
        self.lines.push(line.into());
        self.count.send_replace(self.lines.len());
    }

    /// Has it end, for a reason of the server's: its client is told that, and not that somebody cancelled it.
    pub fn stop(&mut self, why: ToolError) {
        self.stopped.get_or_insert(why);
        self.control.cancel();
    }

    /// Grants it more, or nothing; never above what a rule sets. A grant with the number of an earlier one is that one again.
    pub fn more(&mut self, number: u32, asked: Option<LimitsPatch>, most: &LimitsPatch) {
        if number <= self.granted {
            return;
        }
        self.granted = number;
        let granted = asked.and_then(|asked| {
            let limits = self.limits.patched(&asked).held_to(most);
            // Both have the same members.
            let patch = serde_json::to_value(&limits).and_then(serde_json::from_value);
            self.limits = limits;
            patch.ok()
        });
        self.control.more(granted);
    }

    /// Ends it.
    pub fn end(&mut self, ended: Ended) {
        let mut outcome = Box::new(ended.outcome);
        let cancelled = |error: &ToolError| error.code == ErrorCode::Cancelled;
        if outcome.error.as_ref().is_some_and(cancelled)
            && let Some(why) = self.stopped.take()
        {
            outcome.error = Some(why);
        }
        self.job = None;
        self.state = State::Ended;
        self.ended = Some(Instant::now());
        self.written = ended.written;
        self.outcome = Some(outcome.clone());
        let written = self.written.keys().cloned().collect();
        self.tell(&News::Finished { outcome, written });
    }

    /// Its client has all of it. What is left tells the same job, should it come again, from a new one.
    pub fn collect(&mut self) {
        self.is_collected = true;
        self.written.clear();
        self.lines = Vec::new();
        self.bytes = 0;
        self.outcome = None;
    }

    /// How many bytes are kept of it.
    pub fn kept_bytes(&self) -> usize {
        let written: usize = self.written.values().map(|bytes| bytes.len()).sum();
        self.bytes + written
    }

    pub fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            lines: self.lines.len(),
            outcome: self.outcome.clone(),
        }
    }

    /// Lines from a number on, and whether there will be no more after them.
    pub fn lines_from(&self, from: usize) -> (Vec<Arc<str>>, bool) {
        let rest = self.lines.get(from..).unwrap_or_default();
        let mut bytes = 0;
        let fits = rest.iter().take_while(|line| {
            let first = bytes == 0;
            bytes += line.len();
            first || bytes <= CHUNK_BYTES_MAX
        });
        let lines: Vec<_> = fits.cloned().collect();
        let ended = self.state == State::Ended && lines.len() == rest.len();
        (lines, ended)
    }

    pub fn watch(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }
}
