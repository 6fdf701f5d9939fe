//! What a run asked of its host, and what it was answered: hashes for its statement, and the answers for whoever makes it again.
//!
//! A call is told when it is answered, since the order of answers is what the run sees. A run that is made again is given the same answers in the
//! same order, and nothing is fetched or called for it.

use super::Run;
use crate::engine::Workbench;
use crate::event::Effect;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_provenance::{CALLS_MAX, and_then, call, canonical, sha256};
use selvage_tool::guest::{Answer, LogLevel, PendingOp};
use selvage_tool::run::READINGS_MAX;
use selvage_tool::{ErrorCode, ToolError, json};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// The most bytes of the answers that are kept of one run. A run that got more keeps none.
pub const ANSWERS_BYTES_MAX: usize = 1024 * 1024;

/// How many answers may come before one that a run asked for already.
const AHEAD_MAX: usize = 1_000;

/// A call that is not answered.
#[derive(Debug)]
struct Asked {
    id: u32,
    op: &'static str,
    target: String,
    hash: String,
}

/// The calls of a run.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    asked: Vec<Asked>,
    /// The first ones, as the statement has them.
    pub(super) told: Vec<Value>,
    pub(super) count: u64,
    pub(super) hash: String,
    /// What was answered, an answer a line; of no use once it is longer than may be kept.
    answers: String,
}

impl Calls {
    /// The run asks for something; whether that is a call. A timer is none.
    fn ask(&mut self, id: u32, request: &PendingOp, body: &[u8]) -> bool {
        let (op, target, asked) = match request {
            PendingOp::Fetch {
                url,
                method,
                headers,
            } => {
                // What stands behind the path are arguments.
                let bare = url.split(['?', '#']).next().unwrap_or_default();
                ("fetch", bare, json!([method, url, headers]))
            }
            PendingOp::Tool { name, input } => ("tool", &**name, json!([name, input])),
            PendingOp::Sleep { .. } => return false,
        };
        self.asked.push(Asked {
            id,
            op,
            target: target.to_owned(),
            hash: hash(&asked, body),
        });
        true
    }

    /// It is answered. `is_refused` says that it was not even tried, which is in the run's log.
    fn answer(&mut self, id: u32, answer: Value, body: &[u8], is_refused: bool) {
        let Some(at) = self.asked.iter().position(|asked| asked.id == id) else {
            return;
        };
        let asked = self.asked.remove(at);
        let code = answer["error"]["code"].as_str();
        let told = call(
            asked.op,
            &asked.target,
            &asked.hash,
            &hash(&answer, body),
            code,
        );
        self.count += 1;
        self.hash = and_then(&self.hash, &told);
        if self.told.len() < CALLS_MAX {
            self.told.push(told);
        }
        if self.answers.len() <= ANSWERS_BYTES_MAX {
            let body = STANDARD.encode(body);
            let line = json!({ "answer": answer, "body": body, "id": id, "refused": is_refused, "requestHash": asked.hash });
            self.answers += &format!("{line}\n");
        }
    }

    /// The run is over: what was not answered has no answer. It looked so often at the host's clock, which told this.
    pub(super) fn end(&mut self, mut readings: Vec<u64>) {
        readings.truncate(READINGS_MAX);
        if !readings.is_empty() {
            self.answers = format!("{}\n{}", json!({ "clock": readings }), self.answers);
        }
        while let Some(id) = self.asked.first().map(|asked| asked.id) {
            self.answer(id, Value::Null, &[], false);
        }
    }

    /// The answers as a file, where there are any and not too many.
    pub(super) fn kept(&self) -> Option<&str> {
        let is_kept = (1..=ANSWERS_BYTES_MAX).contains(&self.answers.len());
        is_kept.then_some(&*self.answers)
    }
}

fn hash(value: &Value, body: &[u8]) -> String {
    sha256(&[canonical(value).as_bytes(), body].concat())
}

/// What a run that is made again is given.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// The answers that are left, in order.
    left: VecDeque<Value>,
    /// What the host's clock told.
    pub(super) readings: Vec<u64>,
    /// Whether any were kept.
    is_kept: bool,
    /// Whether the run asked for something that there is no answer to.
    strays: bool,
}

impl Replay {
    /// Of the file of answers. Anybody may have written it.
    pub(super) fn of(file: Option<Vec<u8>>) -> Self {
        let file = file.filter(|file| file.len() <= ANSWERS_BYTES_MAX);
        let text = String::from_utf8(file.unwrap_or_default()).unwrap_or_default();
        let mut left: VecDeque<Value> = text.lines().flat_map(json::from_text).collect();
        let clock = left.pop_front_if(|line| line["clock"].is_array());
        let clock = clock.map(|mut line| line["clock"].take());
        let readings = clock.and_then(|clock| serde_json::from_value(clock).ok());
        Self {
            is_kept: !left.is_empty(),
            left,
            readings: readings.unwrap_or_default(),
            strays: false,
        }
    }

    /// What keeps the run from being the same, where something does.
    pub(super) fn difference(&self) -> Option<&'static str> {
        match self {
            Self { strays, left, .. } if !strays && left.is_empty() => None,
            Self { is_kept: true, .. } => Some("The calls of the host differ."),
            _ => Some("What the host answered is not kept, so the run can't be made again."),
        }
    }
}

fn is_answer_to(line: &Value, asked: &Asked) -> bool {
    line["id"] == asked.id && line["requestHash"] == *asked.hash
}

impl Workbench {
    /// Notes what a run asks; whether it is one that is made again, which is answered by what was kept.
    pub(super) fn asks(&mut self, id: &str, call: u32, request: &PendingOp, body: &[u8]) -> bool {
        let Some(run) = self.runs.get_mut(id) else {
            return true;
        };
        if !run.calls.ask(call, request, body) || run.verifies.is_none() {
            return false;
        }
        let replay = &mut run.replay;
        let has_answer = |asked: &Asked| {
            let next = replay.left.iter().take(AHEAD_MAX);
            !replay.strays && next.into_iter().any(|line| is_answer_to(line, asked))
        };
        if !run.calls.asked.last().is_some_and(has_answer) {
            replay.strays = true;
            let error = ToolError::new(
                ErrorCode::NotFound,
                "This was not answered when the run was made first.",
            );
            self.answer_run(id, call, Answer::Error(error), Vec::new(), false);
        }
        while let Some(line) = self.next_answer(id) {
            self.answer_again(id, line);
        }
        true
    }

    /// The answer that is next, once the run has asked for it.
    fn next_answer(&mut self, id: &str) -> Option<Value> {
        let Run { calls, replay, .. } = self.runs.get_mut(id)?;
        let next = replay.left.front()?;
        let is_asked = calls.asked.iter().any(|asked| is_answer_to(next, asked));
        is_asked.then(|| replay.left.pop_front()).flatten()
    }

    fn answer_again(&mut self, id: &str, mut line: Value) {
        let call = line["id"]
            .as_u64()
            .and_then(|call| u32::try_from(call).ok());
        let call = call.unwrap_or_default();
        let body = STANDARD.decode(line["body"].as_str().unwrap_or_default());
        let is_refused = line["refused"] == true;
        let answer = match line["answer"].take() {
            // It was over before it was answered.
            Value::Null => {
                if let Some(run) = self.runs.get_mut(id) {
                    run.calls.asked.retain(|asked| asked.id != call);
                }
                return;
            }
            mut answer => match json::from_value(answer["error"].take()) {
                Ok(error) => Answer::Error(error),
                Err(_) => Answer::Ok(answer["ok"].take()),
            },
        };
        self.answer_run(id, call, answer, body.unwrap_or_default(), is_refused);
    }

    /// Answers a call of a run. `is_refused` says that a rule does not let it have it, which its log tells.
    pub(crate) fn answer_run(
        &mut self,
        id: &str,
        call: u32,
        answer: Answer,
        body: Vec<u8>,
        is_refused: bool,
    ) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        let Some(runner) = run.runner else { return };
        let told = match &answer {
            Answer::Ok(value) => json!({ "ok": value }),
            Answer::Error(error) => json!({ "error": error }),
        };
        run.calls.answer(call, told, &body, is_refused);
        if let (Answer::Error(error), true) = (&answer, is_refused) {
            let text = format!("{}: {}", error.code.as_str(), error.message);
            self.note_in_log(id, LogLevel::Warn, text);
        }
        self.effects.push(Effect::Answer {
            runner,
            id: call,
            answer,
            body,
        });
    }
}
