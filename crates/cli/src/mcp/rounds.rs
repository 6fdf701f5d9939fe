//! Questions that are open between two requests: a result says what is asked, and the client makes its request again with the
//! answer (2026-07-28, "multi round-trip requests").
//!
//! The call waits here meanwhile, and goes on when the answer comes; it is not made a second time. What the client brings back, the
//! `requestState`, is under an HMAC with a key that is drawn when the program starts and is nowhere but in its memory: no call
//! outlives the program, so nothing that was sealed for one may. It is of one caller, one tool with these arguments, one question
//! and a time, and it serves once.

use super::call::Going;
use super::client::Client;
use super::keyring::{Caller, revocation};
use super::question::Question;
use crate::error::{CliError, Result};
use crate::home::now_ms;
use rmcp::model::{CallToolRequestParams, RequestStateCodec};
use selvage_provenance::{canonical, sha256};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// The most questions of one caller that are open: the oldest is given up, with its call, when there is one more.
const QUESTIONS_MAX: usize = 100;

/// What of a request its question is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    caller: String,
    tool: String,
    /// SHA-256 of the arguments as canonical JSON.
    arguments: String,
}

impl Bound {
    /// Of a request and whoever makes it.
    pub fn new(client: &Client, request: &CallToolRequestParams) -> Self {
        let arguments = request.arguments.clone().map_or(Value::Null, Value::Object);
        Self {
            caller: client.identity.clone(),
            tool: request.name.to_string(),
            arguments: sha256(canonical(&arguments).as_bytes()),
        }
    }
}

/// What a `requestState` says.
#[derive(Serialize, Deserialize)]
struct State {
    #[serde(flatten)]
    bound: Bound,
    question: String,
    subject: String,
    expires_ms: u64,
}

/// What waits for the answer to a question.
pub enum Waits {
    /// A call.
    Call(Going),
    /// A run that a caller started and did not wait for, by the name that the caller knows: the question may be about what it
    /// calls, or about a run within it.
    Run(String),
}

impl Waits {
    /// The call, where it is one.
    pub fn call(self) -> Option<Going> {
        match self {
            Self::Call(call) => Some(call),
            Self::Run(_) => None,
        }
    }

    /// Cancels the call.
    fn give_up(self) {
        if let Self::Call(call) = self {
            call.cancel();
        }
    }

    fn is_run(&self, name: &str) -> bool {
        matches!(self, Self::Run(run) if run == name)
    }
}

/// A question that nobody answered yet.
struct Open {
    id: String,
    caller: String,
    question: Question,
    waits: Waits,
    /// Whoever keeps the time hears by its end that the question is not open any more.
    _kept: oneshot::Sender<()>,
}

/// See the module.
pub struct Rounds {
    codec: RequestStateCodec,
    open: Mutex<Vec<Open>>,
}

impl Rounds {
    /// None are open, and the key is a new one.
    pub fn new() -> Result<Arc<Self>> {
        let mut key = [0; RequestStateCodec::MIN_KEY_LENGTH];
        let drawn = getrandom::fill(&mut key).map_err(|why| why.to_string());
        let codec = drawn.and_then(|()| {
            RequestStateCodec::try_new(key.as_slice()).map_err(|why| why.to_string())
        });
        Ok(Arc::new(Self {
            codec: codec.map_err(CliError::Mcp)?,
            open: Mutex::default(),
        }))
    }

    /// Opens a question until it is answered, its time is over, or the key of whoever is asked is revoked, which cancels its call.
    /// Gives its name.
    pub fn add(
        self: &Arc<Self>,
        client: &Client,
        key: Option<Caller>,
        question: &Question,
        waits: Waits,
    ) -> ToolResult<String> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|why| ToolError::new(ErrorCode::Internal, why.to_string()))?;
        let id: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let (kept, gone) = oneshot::channel();
        self.keep_time(id.clone(), question.expires_ms(), key, gone);
        let mut open = self.open();
        let own = open.iter().filter(|open| open.caller == client.identity);
        if own.count() >= QUESTIONS_MAX
            && let Some(oldest) = open.iter().position(|open| open.caller == client.identity)
        {
            open.remove(oldest).waits.give_up();
        }
        open.push(Open {
            id: id.clone(),
            caller: client.identity.clone(),
            question: question.clone(),
            waits,
            _kept: kept,
        });
        Ok(id)
    }

    fn keep_time(
        self: &Arc<Self>,
        id: String,
        expires_ms: u64,
        key: Option<Caller>,
        gone: oneshot::Receiver<()>,
    ) {
        let rounds = self.clone();
        let left = Duration::from_millis(expires_ms.saturating_sub(now_ms()));
        tokio::spawn(async move {
            tokio::select! {
                _ = gone => {}
                // The engine decides by itself then, as the policy says; nobody waits for what comes of it.
                () = tokio::time::sleep(left) => drop(rounds.take(&id)),
                () = revocation(key) => if let Some(waits) = rounds.take(&id) {
                    waits.give_up();
                },
            }
        });
    }

    /// The `requestState` by which a request that is made again finds its question.
    pub fn seal(&self, bound: &Bound, id: &str, question: &Question) -> ToolResult<String> {
        let state = State {
            bound: bound.clone(),
            question: id.to_owned(),
            subject: question.subject(),
            expires_ms: question.expires_ms(),
        };
        let sealed = self.codec.seal_json(&state);
        sealed.map_err(|why| ToolError::new(ErrorCode::Internal, why.to_string()))
    }

    /// Finds the question that a request is the answer to.
    ///
    /// # Errors
    /// The state is forged or altered, of another caller or another call, or its question is not open any more.
    pub fn find(&self, bound: &Bound, state: &str) -> ToolResult<(String, Question)> {
        // Whatever is wrong with its form: who made it knows, and who did not need not know.
        let state: State = self.codec.open_json(state).map_err(|_| {
            let why = "The `requestState` is none of this server, or not as it came.";
            refused(ErrorCode::InvalidInput, why)
        })?;
        if state.bound.caller != bound.caller {
            let why = "The `requestState` is of a question to another caller.";
            return Err(refused(ErrorCode::PolicyDenied, why));
        }
        if state.bound != *bound {
            let why = "The `requestState` is of a call of another tool, or with other arguments.";
            return Err(refused(ErrorCode::InvalidInput, why));
        }
        if state.expires_ms <= now_ms() {
            let why = "The question was not answered in time.";
            return Err(refused(ErrorCode::Stale, why));
        }
        let open = self.open();
        let found = open.iter().find(|open| open.id == state.question);
        let found = found.filter(|open| open.question.subject() == state.subject);
        let found = found.ok_or_else(answered)?;
        Ok((found.id.clone(), found.question.clone()))
    }

    /// Closes a question, which somebody answered. Gives what waits for the answer.
    pub fn take(&self, id: &str) -> Option<Waits> {
        let mut open = self.open();
        let at = open.iter().position(|open| open.id == id)?;
        Some(open.remove(at).waits)
    }

    /// The question about a run that a caller started and did not wait for, or about what came of that run.
    pub fn about(&self, client: &Client, run: &str) -> Option<(String, Question)> {
        let open = self.open();
        let mut own = open.iter().filter(|open| open.caller == client.identity);
        let found = own.find(|open| open.waits.is_run(run));
        found.map(|open| (open.id.clone(), open.question.clone()))
    }

    /// Closes those of the questions about a run that nobody waits for that are over.
    pub fn close(&self, run: &str, is_over: impl Fn(&Question) -> bool) {
        let mut open = self.open();
        open.retain(|open| !(open.waits.is_run(run) && is_over(&open.question)));
    }

    fn open(&self) -> MutexGuard<'_, Vec<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a question is none any more.
pub fn answered() -> ToolError {
    let why = "The question was answered already, or what it was about is over.";
    refused(ErrorCode::Stale, why)
}

fn refused(code: ErrorCode, why: &str) -> ToolError {
    ToolError::new(code, why)
        .hint("Make the call anew, without `requestState` and `inputResponses`.")
}

#[cfg(test)]
mod tests {
    use super::super::client::Way;
    use super::*;
    use selvage_tool::decision::Approval;
    use selvage_tool::policy::OnExpiry;

    const HOUR_MS: u64 = 60 * 60 * 1_000;

    fn client(identity: &str) -> Client {
        Client {
            name: "agent".into(),
            identity: identity.into(),
            way: Way::Results,
            may_approve: true,
        }
    }

    fn question(name: &str, expires_ms: u64) -> Question {
        Question::approval(Approval {
            approval: name.into(),
            who: "agent agent".into(),
            run: None,
            tool: "write".into(),
            what: "write a".into(),
            reason: "a rule".into(),
            risks: Vec::new(),
            changes: Vec::new(),
            digest: "d".into(),
            asked_ms: 0,
            expires_ms,
            on_expiry: OnExpiry::Deny,
        })
    }

    fn bound(client: &Client) -> Bound {
        Bound::new(client, &CallToolRequestParams::new("write"))
    }

    fn waits() -> Waits {
        Waits::Run("outer".into())
    }

    fn code(found: ToolResult<(String, Question)>) -> ErrorCode {
        found.expect_err("refused").code
    }

    #[tokio::test]
    async fn a_state_is_of_the_caller_that_it_was_given_to() {
        let rounds = Rounds::new().expect("a key");
        let (ann, bob) = (client("key ann"), client("key bob"));
        let asked = question("first", now_ms() + HOUR_MS);
        let id = rounds.add(&ann, None, &asked, waits()).expect("open");
        let state = rounds.seal(&bound(&ann), &id, &asked).expect("sealed");
        assert_eq!(
            code(rounds.find(&bound(&bob), &state)),
            ErrorCode::PolicyDenied
        );
        let found = rounds.find(&bound(&ann), &state).expect("its own");
        assert_eq!(found.0, id);
    }

    #[tokio::test]
    async fn a_state_that_expired_is_refused_and_its_question_is_given_up() {
        let rounds = Rounds::new().expect("a key");
        let ann = client("key ann");
        let asked = question("late", now_ms());
        let id = rounds.add(&ann, None, &asked, waits()).expect("open");
        let state = rounds.seal(&bound(&ann), &id, &asked).expect("sealed");
        assert_eq!(code(rounds.find(&bound(&ann), &state)), ErrorCode::Stale);
        while !rounds.open().is_empty() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_state_of_a_question_that_is_another_one_by_now_is_refused() {
        let rounds = Rounds::new().expect("a key");
        let ann = client("key ann");
        let expires_ms = now_ms() + HOUR_MS;
        let id = rounds.add(&ann, None, &question("shown", expires_ms), waits());
        let id = id.expect("open");
        let other = question("not shown", expires_ms);
        let state = rounds.seal(&bound(&ann), &id, &other).expect("sealed");
        assert_eq!(code(rounds.find(&bound(&ann), &state)), ErrorCode::Stale);
    }

    #[tokio::test]
    async fn no_caller_pushes_out_the_questions_of_another() {
        let rounds = Rounds::new().expect("a key");
        let (ann, bob) = (client("key ann"), client("key bob"));
        let asked = question("first", now_ms() + HOUR_MS);
        let of_ann = rounds.add(&ann, None, &asked, waits()).expect("open");
        let mut of_bob = Vec::new();
        for _ in 0..=QUESTIONS_MAX {
            of_bob.push(rounds.add(&bob, None, &asked, waits()).expect("open"));
        }
        assert!(rounds.take(&of_bob[0]).is_none(), "its own oldest is over");
        assert!(rounds.take(&of_bob[1]).is_some() && rounds.take(&of_ann).is_some());
    }
}
