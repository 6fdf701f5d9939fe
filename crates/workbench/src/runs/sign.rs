//! A run that is over is vouched for: the host signs what it was, and that is kept beside its record.
//!
//! One at a time: each statement names the envelope before it. A host that has no key, or does not answer, costs nobody the record: it is
//! kept without.

use super::Run;
use super::land::Held;
use crate::engine::{Cx, Workbench};
use crate::event::{Effect, TaskId};
use crate::record::{newest_first, to_text};
use selvage_provenance::{
    Asker, ENVELOPE_SUFFIX, Envelope, Evidence, Link, PublicKey, answers_path, key_id, sha256,
};
use selvage_tool::guest::LogLevel;
use selvage_tool::run::RunRecord;
use serde_json::json;
use std::collections::VecDeque;

/// How long a signature is waited for, in milliseconds.
const SIGN_MS_MAX: u64 = 5_000;

/// In how many of the newest envelopes an engine that starts looks for the last one of its own key.
const LOOK_BACK_MAX: usize = 100;

/// What is known of signing.
#[derive(Default)]
pub(crate) struct Vouching {
    /// The key that the host signs with.
    signer: Option<PublicKey>,
    /// The place of the next statement.
    link: Option<Link>,
    /// Runs that are over and not kept yet; the first one's signature is asked for.
    waiting: VecDeque<Run>,
    asked: Option<Asked>,
}

/// What the host is asked to sign.
struct Asked {
    task: TaskId,
    envelope: Envelope,
    /// The record as the statement has it.
    text: String,
    due_ms: u64,
}

/// A record's text, with the envelope that vouches for it.
pub(super) struct Vouched {
    pub text: String,
    pub envelope: Vec<u8>,
}

impl Vouching {
    /// When a signature is waited for no longer.
    pub(crate) fn time(&self) -> Option<u64> {
        self.asked.as_ref().map(|asked| asked.due_ms)
    }

    /// The records that are about to be kept.
    pub(crate) fn records(&self) -> impl Iterator<Item = &RunRecord> {
        self.waiting.iter().map(|run| &run.record)
    }
}

impl Workbench {
    /// The host signs with a key from now on, or with none.
    pub(crate) fn signs(&mut self, key: Option<PublicKey>) {
        self.vouching.signer = key;
        self.vouching.link = None;
    }

    /// Has a run that is over signed and kept. Where it changed something, the record is kept before: a program that is killed while it waits
    /// leaves a run that nobody vouches for, and not a change without a record.
    pub(super) fn vouch(&mut self, cx: &mut Cx<'_>, run: Run) {
        if self.vouching.signer.is_some() && !run.record.heads_out.is_empty() {
            // What can't be kept now is told when it can't be kept in the end.
            let _ = self.keep_record(cx, &run, None);
        }
        self.vouching.waiting.push_back(run);
        self.sign_next(cx);
    }

    /// Asks for the next signature. What nobody can sign is kept at once.
    fn sign_next(&mut self, cx: &mut Cx<'_>) {
        while self.vouching.asked.is_none() {
            let Some(run) = self.vouching.waiting.pop_front() else {
                return;
            };
            let Some(signer) = self.vouching.signer else {
                self.close_run(cx, run, None);
                continue;
            };
            let text = to_text(&run.record);
            let link = self.link(cx, &signer);
            let evidence = evidence(&run, signer, link, &text);
            match Envelope::unsigned(&run.record, &evidence) {
                Ok(envelope) => {
                    let task = self.new_task();
                    self.effects.push(Effect::Sign {
                        task,
                        bytes: envelope.pae(),
                    });
                    self.vouching.waiting.push_front(run);
                    self.vouching.asked = Some(Asked {
                        task,
                        envelope,
                        text,
                        due_ms: cx.now_ms.saturating_add(SIGN_MS_MAX),
                    });
                }
                Err(why) => self.close_unsigned(cx, run, &why.to_string()),
            }
        }
    }

    /// The host has signed, or says why not.
    pub(crate) fn signed(
        &mut self,
        cx: &mut Cx<'_>,
        task: TaskId,
        signature: Result<[u8; 64], String>,
    ) {
        let is_asked = |asked: &mut Asked| asked.task == task;
        let Some(mut asked) = self.vouching.asked.take_if(is_asked) else {
            return;
        };
        if let Some(run) = self.vouching.waiting.pop_front() {
            match (signature, self.vouching.signer) {
                (Ok(signature), Some(signer)) => {
                    asked.envelope.attach(&signer, &signature);
                    let vouched = Vouched {
                        text: asked.text,
                        envelope: asked.envelope.to_bytes(),
                    };
                    let next = self.vouching.link.as_ref();
                    let next = next.map(|link| link.next(&vouched.envelope));
                    if self.close_run(cx, run, Some(vouched)) {
                        self.vouching.link = next;
                    }
                }
                (Err(why), _) => self.close_unsigned(cx, run, &why),
                (Ok(_), None) => self.close_unsigned(cx, run, "the key is gone"),
            }
        }
        self.sign_next(cx);
    }

    fn close_unsigned(&mut self, cx: &mut Cx<'_>, mut run: Run, why: &str) {
        run.note(
            LogLevel::Warn,
            format!("Nobody vouches for this run: {why}."),
        );
        self.close_run(cx, run, None);
    }

    /// Waits no longer for a signature that is due.
    pub(crate) fn pass_sign_time(&mut self, cx: &mut Cx<'_>) {
        let due = self.vouching.asked.as_ref();
        if let Some(task) = due.filter(|it| it.due_ms <= cx.now_ms).map(|it| it.task) {
            self.signed(cx, task, Err("no signature came in time".into()));
        }
    }

    /// The place of the next statement. The first one of this engine follows the newest envelope of its key.
    fn link(&mut self, cx: &mut Cx<'_>, signer: &PublicKey) -> Link {
        if let Some(link) = &self.vouching.link {
            return link.clone();
        }
        let link = Link {
            previous: self.newest_of(signer),
            ..Link::first(&format!("{:032x}", (cx.random)()))
        };
        self.vouching.link = Some(link.clone());
        link
    }

    /// The hash of the newest envelope of a key.
    fn newest_of(&self, signer: &PublicKey) -> Option<String> {
        let files = newest_first(&self.workspace, &|path| path.ends_with(ENVELOPE_SUFFIX));
        let signed = format!("\"keyid\":\"{}\"", key_id(signer));
        files.iter().take(LOOK_BACK_MAX).find_map(|file| {
            let bytes = self.workspace.read(&file.path).ok()?;
            // An envelope is written in one form.
            let is_own = String::from_utf8_lossy(&bytes).contains(&signed);
            is_own.then(|| sha256(&bytes))
        })
    }
}

fn evidence(run: &Run, signer: PublicKey, link: Link, text: &str) -> Evidence {
    let has_landed = !run.record.heads_out.is_empty();
    let left = has_landed.then(|| Held::left_by(&run.record.changes));
    let origin = &run.asking.behind;
    let calls = &run.calls;
    let of_answers = |text: &str| (answers_path(&run.record.record), sha256(text.as_bytes()));
    Evidence {
        left: left.unwrap_or_default(),
        asked_by: Asker {
            kind: origin.kind.as_str().into(),
            name: origin.name.clone(),
        },
        env: run.job.env.clone(),
        calls: calls.told.clone(),
        calls_count: calls.count,
        calls_hash: calls.hash.clone(),
        answers: calls.kept().map(of_answers),
        ..Evidence::new(signer, link, text.as_bytes(), json!(run.record))
    }
}
