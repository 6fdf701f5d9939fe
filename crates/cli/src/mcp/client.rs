//! Who makes a request, and how its person can be asked.

use super::http;
use super::question::Question;
use rmcp::RoleServer;
use rmcp::model::ProtocolVersion;
use rmcp::service::RequestContext;
use selvage_serve::Who;
use selvage_vfs::{Origin, OriginKind};

/// The most characters of a client's name that go into the history.
const NAME_CHARS_MAX: usize = 64;

/// How a client has its person asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By results that say what is missing, until nothing is (2026-07-28).
    Results,
    /// By requests of ours, while the call waits (before that).
    Requests,
    /// Not at all.
    None,
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its name in the history.
    pub name: String,
    /// Whoever answers a question has to be the same.
    pub identity: String,
    /// How its person is asked.
    pub way: Way,
    /// Whether its person may approve anything.
    pub may_approve: bool,
}

impl Client {
    /// Whoever makes a request: a key over HTTP, and otherwise a client by the name that it gives itself.
    pub fn of(context: &RequestContext<RoleServer>) -> Self {
        let asks_form = context
            .client_capabilities()
            .and_then(|can| can.elicitation)
            // One that says nothing more can show forms.
            .is_some_and(|can| can.form.is_some() || can.url.is_none());
        let way = match asks_form {
            true if is_new(context) => Way::Results,
            true => Way::Requests,
            false => Way::None,
        };
        if let Some(who) = http::who(context) {
            return Self::of_key(who, way);
        }
        let called = context.client_info().map(|client| client.name);
        let called = called.unwrap_or_else(|| "agent".into());
        Self {
            name: called.chars().take(NAME_CHARS_MAX).collect(),
            identity: "standard input".into(),
            way,
            may_approve: true,
        }
    }

    /// Whoever has a key, over HTTP.
    pub fn of_key(who: &Who, way: Way) -> Self {
        Self {
            name: who.name.clone(),
            identity: format!("key {}", who.id),
            way,
            may_approve: who.approves,
        }
    }

    /// How its person is asked a question. Whoever holds a key without the scope for it gets no approval by that, and nobody is
    /// asked to approve what can't be shown.
    pub fn way_for(&self, question: &Question) -> Way {
        match question {
            Question::Approval(_) if !self.may_approve || !question.is_whole() => Way::None,
            _ => self.way,
        }
    }

    /// As a maker of changes.
    pub fn origin(&self) -> Origin {
        Origin::new(OriginKind::Agent, self.name.clone())
    }

    /// Its person, as a maker of decisions.
    pub fn person(&self) -> Origin {
        Origin::new(OriginKind::Person, format!("the person at {}", self.name))
    }
}

/// Whether a request is by the protocol of 2026-07-28 or a later one, which has no sessions.
pub fn is_new(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}
