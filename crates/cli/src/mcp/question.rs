//! What a client's person is asked: whether something may happen, and whether a run gets more of a quota.

use super::Server;
use super::client::{Client, Way};
use crate::home::now_ms;
use crate::{ask, openly};
use rmcp::RoleServer;
use rmcp::ServiceError;
use rmcp::model::{
    ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, RequestMetaObject,
};
use rmcp::service::Peer;
use selvage_tool::decision::Approval;
use selvage_tool::policy::ApprovalsOutput;
use selvage_tool::run::RunStatus;
use selvage_tool::{ErrorCode, Limits, ToolError, ToolResult};
use selvage_workbench::{ASK_MS_MAX, Notice};
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

/// The member of a question's `_meta` that names the request as `approval_list` does.
const APPROVAL: &str = "selvage/approval";
/// The member of a question's `_meta` that names the run that asks for more.
pub const RUN: &str = "selvage/run";

/// The most bytes of an input that a client is to show.
const INPUT_BYTES_MAX: usize = 64 * 1024;

/// The most characters of a reason that are kept: as many as the engine takes, whatever they are.
const REASON_CHARS_MAX: usize = 500;

/// See the module.
#[derive(Debug, Clone)]
pub enum Question {
    /// What waits for an approval.
    Approval(Box<Consent>),
    /// A run that used up a quota.
    Quota(Quota),
}

/// What waits for an approval, as a client can show it.
#[derive(Debug, Clone)]
pub struct Consent {
    approval: Approval,
    /// All of an input of which the request says only the beginning.
    input: Option<String>,
}

/// A run that asks for more.
#[derive(Debug, Clone)]
pub struct Quota {
    run: String,
    /// The limit's name.
    limit: String,
    used: u64,
    /// What ends it otherwise.
    error: ToolError,
    expires_ms: u64,
}

/// What a person says to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whether it may go on.
    pub allow: bool,
    reason: String,
    /// The new limit.
    limit: Option<u64>,
}

impl Question {
    /// What a notice asks, where it asks something.
    pub fn of(notice: &Notice, now_ms: u64) -> Option<Self> {
        match notice {
            Notice::Approval { approval, .. } => Some(Self::approval(approval.as_ref().clone())),
            Notice::Asked {
                run,
                error,
                limit,
                used,
            } => Some(Self::Quota(Quota {
                run: run.clone(),
                limit: limit.clone(),
                used: *used,
                error: error.clone(),
                expires_ms: now_ms.saturating_add(ASK_MS_MAX),
            })),
            _ => None,
        }
    }

    /// What waits for an approval.
    pub fn approval(approval: Approval) -> Self {
        let input = None;
        Self::Approval(Box::new(Consent { approval, input }))
    }

    /// Whether a client's person can be shown all that the answer is about.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Approval(consent) => {
                let input = consent.input.as_ref().map_or(0, String::len);
                let changes = &consent.approval.changes;
                input <= INPUT_BYTES_MAX && !changes.iter().any(ask::is_opaque)
            }
            Self::Quota(_) => true,
        }
    }

    /// The run that it is about, where it is about one.
    pub fn run(&self) -> Option<&str> {
        match self {
            Self::Approval(consent) => consent.approval.run.as_deref(),
            Self::Quota(quota) => Some(&quota.run),
        }
    }

    /// What it is about, so that no other one is: the approval and its digest, or the run and its limit.
    pub fn subject(&self) -> String {
        match self {
            Self::Approval(consent) => {
                let Approval {
                    approval, digest, ..
                } = &consent.approval;
                format!("{approval} {digest}")
            }
            Self::Quota(quota) => format!("{} {} {}", quota.run, quota.limit, quota.used),
        }
    }

    /// Whether a notice says that a run went on that asked for more, because somebody answered it. Nothing that a run tells says that
    /// something was approved: runs go on while what they call waits for a person.
    pub fn is_over_by(&self, notice: &Notice) -> bool {
        use RunStatus::{Asking, Waiting};
        let Self::Quota(quota) = self else {
            return false;
        };
        match notice {
            Notice::Run { run, status, .. } => {
                *run == quota.run && !matches!(status, Asking | Waiting)
            }
            Notice::Asked { run, .. } => *run == quota.run,
            _ => false,
        }
    }

    /// When it is decided without an answer, in milliseconds since 1970.
    pub fn expires_ms(&self) -> u64 {
        match self {
            Self::Approval(consent) => consent.approval.expires_ms,
            Self::Quota(quota) => quota.expires_ms,
        }
    }

    /// As a client shows it to its person.
    pub fn params(&self) -> ToolResult<ElicitRequestParams> {
        let (message, named) = match self {
            Self::Approval(consent) => {
                let name = json!(consent.approval.approval);
                (consent.text(), (APPROVAL, name))
            }
            Self::Quota(quota) => (quota.text(), (RUN, json!(quota.run))),
        };
        let form = ElicitationSchema::builder().required_bool("approve");
        let form = match self {
            Self::Approval(_) => form.optional_string("reason"),
            Self::Quota(quota) => form.optional_integer_with("limit", |limit| {
                let signed = |value| i64::try_from(value).unwrap_or(i64::MAX);
                limit
                    .title(quota.limit.clone())
                    .minimum(signed(quota.used))
                    .maximum(signed(quota.ceiling()))
                    .with_default(signed(quota.more()))
            }),
        };
        let requested_schema = form
            .build()
            .map_err(|why| ToolError::new(ErrorCode::Internal, why))?;
        let mut meta = RequestMetaObject::default();
        meta.insert(named.0.into(), named.1);
        Ok(ElicitRequestParams::FormElicitationParams {
            meta: Some(meta),
            message,
            requested_schema,
        })
    }

    /// What a person's answer calls.
    fn decision(&self, answer: &Answer) -> (&'static str, Value) {
        match self {
            Self::Approval(consent) => {
                let input = json!({
                    "approval": consent.approval.approval,
                    "digest": consent.approval.digest,
                    "allow": answer.allow,
                    "reason": answer.reason,
                });
                ("approval_decide", input)
            }
            Self::Quota(quota) if answer.allow => {
                let limit = answer.limit.unwrap_or_else(|| quota.more());
                let limits = Value::from_iter([(quota.limit.as_str(), limit)]);
                ("flow_answer", json!({ "run": quota.run, "limits": limits }))
            }
            Self::Quota(quota) => ("flow_answer", json!({ "run": quota.run, "deny": true })),
        }
    }
}

impl Consent {
    fn text(&self) -> String {
        let mut text = ask::text(&self.approval, now_ms());
        if let Some(input) = &self.input {
            text += "all of the input:\n";
            text += &openly::lines(input);
        }
        text
    }
}

impl Quota {
    /// What a person is offered: twice as much.
    fn more(&self) -> u64 {
        self.used.saturating_mul(2).min(self.ceiling())
    }

    fn ceiling(&self) -> u64 {
        let ceiling = json!(Limits::CEILING);
        ceiling[&self.limit].as_u64().unwrap_or(self.used)
    }

    fn text(&self) -> String {
        format!(
            "The run {} asks for more: {}\nIt goes on with a new `{}`, {} if none is given; otherwise it ends.\n",
            self.run,
            self.error.message,
            self.limit,
            self.more()
        )
    }
}

impl Answer {
    /// A no, with its reason.
    pub fn no(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            ..Self::default()
        }
    }
}

impl From<ElicitResult> for Answer {
    /// Only a form that was filled in, and says so, is a yes.
    fn from(result: ElicitResult) -> Self {
        let content = result.content.unwrap_or_default();
        let reason = content["reason"].as_str().unwrap_or_default();
        Self {
            allow: result.action == ElicitationAction::Accept && content["approve"] == json!(true),
            reason: reason.chars().take(REASON_CHARS_MAX).collect(),
            limit: content["limit"].as_u64(),
        }
    }
}

impl Server {
    /// What a notice asks, where it asks something, with all that the client's person is to see.
    pub async fn question(&self, client: &Client, notice: &Notice) -> Option<Question> {
        let question = Question::of(notice, now_ms())?;
        Some(self.whole(client, question).await)
    }

    async fn whole(&self, client: &Client, mut question: Question) -> Question {
        if let Question::Approval(consent) = &mut question
            && consent.approval.changes.is_empty()
        {
            let input = json!({ "approval": consent.approval.approval, "path": ask::INPUT });
            let read = self.ask(client.person(), "approval_read", input).await;
            // Of an input that the request says whole, there is nothing to be read.
            let read = read.ok().map(|mut read| read["content"].take());
            consent.input = read.and_then(|content| content.as_str().map(str::to_owned));
        }
        question
    }

    /// Passes an answer on. Gives the question anew where it is another one by now, because somebody changed what it is about.
    pub async fn decide(
        &self,
        client: &Client,
        question: &Question,
        answer: &Answer,
    ) -> Option<Question> {
        let (tool, input) = question.decision(answer);
        match self.ask(client.person(), tool, input).await {
            Err(error) if error.code == ErrorCode::Stale => self.anew(client, question).await,
            // What was decided otherwise meanwhile needs no answer.
            _ => None,
        }
    }

    async fn anew(&self, client: &Client, question: &Question) -> Option<Question> {
        let Question::Approval(consent) = question else {
            return None;
        };
        let seen = &consent.approval;
        let waits = self.ask(client.person(), "approval_list", json!({})).await;
        let waits: ApprovalsOutput = serde_json::from_value(waits.ok()?).ok()?;
        let is_same = |found: &Approval| found.approval == seen.approval;
        let found = waits.approvals.into_iter().find(is_same)?;
        let question = self.whole(client, Question::approval(found)).await;
        if question.is_whole() {
            return Some(question);
        }
        self.leave(client, question);
        None
    }

    /// Asks by requests of ours, and passes the answer on, while the call goes on waiting.
    pub fn ask_by_requests(&self, peer: &Peer<RoleServer>, client: &Client, question: Question) {
        let (server, peer, client) = (self.clone(), peer.clone(), client.clone());
        tokio::spawn(async move {
            let mut question = Some(question);
            while let Some(asked) = question {
                let answer = answered(&peer, &asked).await;
                question = server.decide(&client, &asked, &answer).await;
            }
        });
    }

    /// Leaves what the client's person can't be asked about to whoever comes to the local door. Without one nobody can be asked,
    /// since this program has the workspace to itself, and the answer is no. A run that asks for more waits for `flow_answer`, which
    /// agents may call.
    pub fn leave(&self, client: &Client, question: Question) {
        let Question::Approval(consent) = &question else {
            return;
        };
        if self.has_local_door {
            let name = &consent.approval.approval;
            // A client that closed standard error hears nothing of it, and the call waits all the same.
            let _ = writeln!(
                std::io::stderr(),
                "selvage: {name} waits for a person: `selvage approvals` shows it"
            );
            return;
        }
        let why = match client.way {
            Way::None => "the client can not ask its person",
            _ if !client.may_approve => "the key has no scope `approve`",
            _ => {
                "the client can not show its person all of it, because a file is no text or too long a one: have it done in the page, or with `selvage` at a terminal, where whoever approves can look at the whole content"
            }
        };
        let (server, client) = (self.clone(), client.clone());
        tokio::spawn(async move {
            let mut question = Some(question);
            while let Some(asked) = question {
                question = server.decide(&client, &asked, &Answer::no(why)).await;
            }
        });
    }
}

async fn answered(peer: &Peer<RoleServer>, question: &Question) -> Answer {
    let Ok(params) = question.params() else {
        return Answer::no("the question could not be made");
    };
    let wait = question.expires_ms().saturating_sub(now_ms());
    let asked = peer.create_elicitation_with_timeout(params, Some(Duration::from_millis(wait)));
    match asked.await {
        Ok(result) => result.into(),
        Err(ServiceError::Timeout { .. }) => Answer::no("nobody answered in time"),
        Err(error) => Answer::no(format!("the client could not ask: {error}")),
    }
}

#[cfg(test)]
mod tests;
