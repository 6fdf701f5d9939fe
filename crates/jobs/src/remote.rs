//! The client: an executor whose jobs a server runs.

use crate::error::JobsError;
use crate::message::{
    ANSWER_BYTES_MAX, Answered, BLOB_BYTES_MAX, Hashes, Hold, JOB_BYTES_MAX, More, News,
    TOLD_BYTES_MAX, hash,
};
use crate::wire::{ASKING_MAX, Failed, PAUSE, Wire, broken, json, read, read_json, unheard};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use selvage_host::{Assigned, Blobs, Control, Elsewhere, Ended, HostError, Told, Word};
use selvage_tool::guest::Answer;
use selvage_tool::run::{FileOp, Job, Outcome};
use selvage_tool::{ErrorCode, ToolError};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::Body;
use ureq::http::Method;

/// The pause before lines are asked for again, so that a server that ends each connection at once is not asked all the time.
const AGAIN: Duration = Duration::from_millis(20);
/// How often the blobs of one job are sent.
const SENDS_MAX: usize = 3;
/// The most bytes of the files that a run wrote.
const WRITTEN_BYTES_MAX: usize = 512 * 1024 * 1024;

/// See the module.
pub struct Remote(Wire);

impl Remote {
    /// The server at an address, `https://host`. The key is sent with every request, so over plain HTTP only to this machine.
    ///
    /// # Errors
    /// That is no such address.
    pub fn new(address: &str, key: &str) -> Result<Self, JobsError> {
        Wire::new(address, key).map(Self)
    }

    /// What rules of a workspace call it: `remote:` and the host, with the port where it is not the usual one.
    #[must_use]
    pub fn name(&self) -> String {
        format!("remote:{}", self.0.host())
    }

    /// Sends the blobs that a job needs and the server lacks.
    fn send(&self, job: &Job, blobs: &Blobs, control: &Control) -> Result<(), Failed> {
        let needed = job
            .files
            .iter()
            .filter_map(|file| blobs.get_key_value(&file.hash));
        let hashes: BTreeSet<&String> = needed.map(|(hash, _)| hash).collect();
        if hashes.is_empty() {
            return Ok(());
        }
        let hashes = hashes.into_iter().cloned().collect();
        let asked = json(&Hashes { hashes })?;
        let body = self
            .0
            .insist(control, (Method::POST, "/blobs/missing", &asked))?;
        let missing: Hashes = read_json(body, JOB_BYTES_MAX)?;
        for hash in missing.hashes {
            // A server that asks for what the job does not need gets nothing.
            let Some(bytes) = blobs.get(&hash) else {
                continue;
            };
            self.0
                .insist(control, (Method::PUT, &format!("/blobs/{hash}"), bytes))?;
        }
        Ok(())
    }

    /// Has the server take a job. Blobs that it lost on the way, because another job needed the room, are sent again.
    fn hand_over(&self, path: &str, assigned: &Assigned, control: &Control) -> Result<(), Failed> {
        let Assigned { job, blobs, within } = assigned;
        let within = within.as_ref().map(|run| format!("?within={run}"));
        let path = format!("{path}{}", within.unwrap_or_default());
        let text = json(job)?;
        if text.len() > JOB_BYTES_MAX {
            let what = format!(
                "a job has {JOB_BYTES_MAX} bytes at the most, this one {}",
                text.len()
            );
            return Err(Failed::Refused(ToolError::new(ErrorCode::TooLarge, what)));
        }
        let mut sends = 0;
        loop {
            self.send(job, blobs, control)?;
            sends += 1;
            match self.0.insist(control, (Method::PUT, &path, &text)) {
                Err(Failed::Lacking(_)) if sends < SENDS_MAX => {}
                other => return other.map(drop),
            }
        }
    }

    fn drive(
        &self,
        id: &str,
        assigned: &Assigned,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, Failed> {
        let path = format!("/jobs/{id}");
        tell(Told::Waits(true));
        self.hand_over(&path, assigned, control)?;
        std::thread::scope(|scope| {
            scope.spawn(|| self.pass_on(&path, control));
            // Also where what is reported panics: the other thread is waited for.
            let closing = CloseOnDrop(control);
            let ended = self.follow(&path, control, tell);
            drop(closing);
            // It is over, or nobody follows it any more; either way the server may let go of it.
            let _ = self.0.ask(Method::DELETE, &path, &[]);
            ended
        })
    }

    /// Follows what a job tells to its end, over as many connections as that takes.
    fn follow(
        &self,
        path: &str,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, Failed> {
        let mut heard = 0;
        // When it is given up: later with all that is heard, and not any more when the run is to end.
        let mut until = Instant::now() + ASKING_MAX;
        loop {
            let from = format!("{path}/news?from={heard}");
            let body = self.0.insist(control, (Method::GET, &from, &[]))?;
            let reader = body
                .into_with_config()
                .limit(2 * TOLD_BYTES_MAX as u64)
                .reader();
            let mut reader = BufReader::new(reader);
            let mut line = String::new();
            // A line that is cut off by the end of a connection is asked for again.
            while matches!(reader.read_line(&mut line), Ok(1..)) && line.ends_with('\n') {
                if !control.cancelled() {
                    until = Instant::now() + ASKING_MAX;
                } else if Instant::now() >= until {
                    break;
                }
                if line.trim().is_empty() {
                    line.clear();
                    continue;
                }
                let news: News = serde_json::from_str(&line).map_err(broken)?;
                line.clear();
                heard += 1;
                match news {
                    News::Started => tell(Told::Waits(false)),
                    News::Reported { report, body } => {
                        let body = BASE64_STANDARD.decode(body).map_err(broken)?;
                        tell(Told::Reported(report, body));
                    }
                    News::Finished { outcome, written } => {
                        return self.collect(*outcome, written, control);
                    }
                }
            }
            if Instant::now() >= until {
                return Err(unheard("it does not say how the run goes on"));
            }
            std::thread::sleep(AGAIN);
        }
    }

    /// Fetches what a run wrote, as far as its outcome says so.
    fn collect(
        &self,
        outcome: Outcome,
        written: Vec<String>,
        control: &Control,
    ) -> Result<Ended, Failed> {
        let named = outcome.ops.iter().filter_map(|op| match op {
            FileOp::Write { hash, .. } => Some(hash.as_str()),
            _ => None,
        });
        let named: BTreeSet<&str> = named.collect();
        let mut blobs = Blobs::new();
        let mut left = WRITTEN_BYTES_MAX;
        for name in written {
            if !named.contains(name.as_str()) {
                return Err(broken("it sends bytes that the run did not write"));
            }
            let (name, bytes) = self.fetch(name, left.min(BLOB_BYTES_MAX), control)?;
            left -= bytes.len();
            blobs.insert(name, bytes);
        }
        Ok(Ended {
            outcome,
            written: blobs,
        })
    }

    /// Fetches a blob that the job wrote.
    fn fetch(
        &self,
        name: String,
        bytes_max: usize,
        control: &Control,
    ) -> Result<(String, Arc<[u8]>), Failed> {
        let path = format!("/blobs/{name}");
        let body = self.0.insist(control, (Method::GET, &path, &[]))?;
        let bytes = read(body, bytes_max)?;
        if hash(&bytes) != name {
            return Err(broken("a file that the run wrote came with other bytes"));
        }
        Ok((name, bytes.into()))
    }

    /// Passes on what is said to the run.
    fn pass_on(&self, path: &str, control: &Control) {
        let mut number = 0;
        loop {
            // A word that does not get through is missed there, and the run's own limits end it.
            let _ = match control.next_word() {
                Word::Closed => return,
                Word::Cancel => return self.insist_cancel(path, control),
                Word::More(limits) => {
                    number += 1;
                    let more = json(&More { number, limits });
                    more.and_then(|more| self.say(&format!("{path}/more"), control, &more))
                }
                Word::Hold(held) => {
                    let hold = json(&Hold { held });
                    hold.and_then(|hold| self.say(&format!("{path}/hold"), control, &hold))
                }
                Word::Answer { id, answer, body } => self.answer(path, control, (id, answer, body)),
            };
        }
    }

    fn say(&self, path: &str, control: &Control, text: &[u8]) -> Result<Body, Failed> {
        self.0.insist(control, (Method::POST, path, text))
    }

    fn answer(
        &self,
        path: &str,
        control: &Control,
        (id, answer, body): (u32, Answer, Vec<u8>),
    ) -> Result<Body, Failed> {
        let path = format!("{path}/answer");
        let body = BASE64_STANDARD.encode(body);
        let mut text = json(&Answered { id, answer, body })?;
        if text.len() > ANSWER_BYTES_MAX {
            let what = format!(
                "The answer has more than {ANSWER_BYTES_MAX} bytes, which do not reach a remote executor."
            );
            text = json(&Answered {
                id,
                answer: Answer::Error(ToolError::new(ErrorCode::TooLarge, what)),
                body: String::new(),
            })?;
        }
        self.say(&path, control, &text)
    }

    /// Asks for the end of a run until it is heard or does not matter any more.
    fn insist_cancel(&self, path: &str, control: &Control) {
        let until = Instant::now() + ASKING_MAX;
        while let Err(Failed::Unheard(_)) = self.0.ask(Method::DELETE, path, &[]) {
            if Instant::now() >= until || control.closes_within(PAUSE) {
                return;
            }
        }
    }
}

/// See [`Control::close`].
struct CloseOnDrop<'a>(&'a Control);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Elsewhere for Remote {
    fn run(
        &self,
        assigned: Assigned,
        control: &Control,
        tell: &mut dyn FnMut(Told),
    ) -> Result<Ended, HostError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|error| HostError::Thread(std::io::Error::other(error)))?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let driven = self.drive(&id, &assigned, control, tell);
        Ok(driven.unwrap_or_else(|failed| {
            Ended::failed(if control.cancelled() {
                ToolError::new(ErrorCode::Cancelled, "The run was cancelled.")
            } else {
                failed.error(&self.0.address)
            })
        }))
    }
}
