//! The way of one call of a tool: what it tells while it goes on, whoever is asked meanwhile, and its answer.

use super::client::{Client, Way};
use super::keyring::{Caller, revocation};
use super::news::News;
use super::question::{Answer, Question, RUN};
use super::rounds::{Bound, Waits, answered};
use super::{Heard, Server, closing, http, revoked};
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ElicitRequest,
    ElicitResult, InputRequest, InputRequests, InputRequiredResult, InputResponses, JsonObject,
    MetaObject,
};
use rmcp::service::{Peer, RequestContext};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::sync::mpsc::UnboundedReceiver;

/// What a question is called among the requests of a result, and its answer among the responses.
const PERSON: &str = "person";

/// A call that goes on.
pub struct Going {
    called: selvage_host::Called,
    heard: UnboundedReceiver<Heard>,
    /// What was heard, and is not told yet.
    untold: VecDeque<Heard>,
}

impl Going {
    /// One that was just made.
    pub fn new((called, heard): (selvage_host::Called, UnboundedReceiver<Heard>)) -> Self {
        let untold = VecDeque::new();
        Self {
            called,
            heard,
            untold,
        }
    }

    /// Has the run that it waits for cancelled.
    pub fn cancel(&self) {
        self.called.cancel();
    }

    async fn next(&mut self) -> Option<Heard> {
        match self.untold.pop_front() {
            Some(heard) => Some(heard),
            None => self.heard.recv().await,
        }
    }

    /// Whether somebody else answered since its question was asked, so that an answer that comes now would be one to another
    /// question. Of an approval, which has a name, the engine itself knows whether it still waits; and its call goes on meanwhile,
    /// where it is about what a run within calls.
    fn went_on(&mut self, question: &Question) -> bool {
        while let Ok(heard) = self.heard.try_recv() {
            self.untold.push_back(heard);
        }
        self.untold.iter().any(|heard| match heard {
            Heard::Answer(_) => matches!(question, Question::Quota(_)),
            Heard::Notice(notice) => question.is_over_by(notice),
        })
    }
}

/// A request to call a tool, and what it needs to be answered.
pub struct Request<'a> {
    server: &'a Server,
    context: &'a RequestContext<RoleServer>,
    client: Client,
    bound: Bound,
    params: CallToolRequestParams,
}

impl<'a> Request<'a> {
    /// One that came.
    pub fn new(
        server: &'a Server,
        context: &'a RequestContext<RoleServer>,
        params: CallToolRequestParams,
    ) -> Self {
        let client = Client::of(context);
        Self {
            bound: Bound::new(&client, &params),
            server,
            context,
            client,
            params,
        }
    }

    /// Does what is asked, as far as it comes without an answer of the client's person.
    pub async fn answer(mut self) -> CallToolResponse {
        match self.begin().await {
            Ok(response) => response,
            Err(error) => failed(error, JsonObject::new()),
        }
    }

    async fn begin(&mut self) -> ToolResult<CallToolResponse> {
        let responses = self.params.input_responses.take();
        let waiting = match self.params.request_state.take() {
            Some(state) => match self.go_on(&state, responses.unwrap_or_default()).await? {
                Next::Ask(id, question) => return self.ask_by_result(&id, &question),
                Next::Go(waiting) => waiting,
            },
            None if responses.is_some() => {
                let why = "`inputResponses` come with the `requestState` of their question.";
                return Err(ToolError::new(ErrorCode::InvalidInput, why).hint(
                    "Send both as they came and are answered, or make the call anew without.",
                ));
            }
            None => {
                if let Some((id, question)) = self.asked_about_run() {
                    return self.ask_by_result(&id, &question);
                }
                None
            }
        };
        let input = self.params.arguments.clone();
        let input = input.map_or(Value::Null, Value::Object);
        let going = waiting.unwrap_or_else(|| {
            let origin = self.client.origin();
            Going::new(self.server.call(origin, &self.params.name, input))
        });
        self.follow(going).await
    }

    /// The question of a run that its caller asks about and did not wait for.
    fn asked_about_run(&self) -> Option<(String, Question)> {
        if self.params.name != "flow_status" || self.client.way != Way::Results {
            return None;
        }
        let run = self.params.arguments.as_ref()?.get("run")?.as_str()?;
        self.server.rounds.about(&self.client, run)
    }

    /// Takes the answer to a question, and goes on with the call that waits for it.
    async fn go_on(&self, state: &str, responses: InputResponses) -> ToolResult<Next> {
        let rounds = &self.server.rounds;
        let (id, question) = rounds.find(&self.bound, state)?;
        let Some(response) = responses.get(PERSON) else {
            // Who answers something else is asked again.
            return Ok(Next::Ask(id, question));
        };
        let response: ElicitResult = serde_json::from_value(response.clone()).map_err(|why| {
            let why = format!("The answer called `{PERSON}` is none to a form: {why}.");
            ToolError::new(ErrorCode::InvalidInput, why).hint(
                "It has an `action`: `accept` with the form's `content`, `decline` or `cancel`.",
            )
        })?;
        let mut waits = rounds.take(&id).ok_or_else(answered)?;
        if let Waits::Call(call) = &mut waits
            && call.went_on(&question)
        {
            return Ok(Next::Go(waits.call()));
        }
        let answer = Answer::from(response);
        let client = &self.client;
        match self.server.decide(client, &question, &answer).await {
            Some(anew) => {
                let id = rounds.add(client, self.key(), &anew, waits)?;
                Ok(Next::Ask(id, anew))
            }
            None => Ok(Next::Go(waits.call())),
        }
    }

    /// Tells what the call tells, until it is answered or somebody has to be asked by a result.
    async fn follow(&self, mut going: Going) -> ToolResult<CallToolResponse> {
        let _going_on = self.server.going_on.read().await;
        let mut revocation = std::pin::pin!(revocation(self.key()));
        let mut news = News::new(self.context, &self.server.level);
        let mut cancelled = false;
        let result = loop {
            tokio::select! {
                heard = going.next() => match heard {
                    Some(Heard::Notice(notice)) => {
                        let question = self.server.question(&self.client, &notice).await;
                        news.tell(self.context, notice).await;
                        if let Some(question) = question.and_then(|question| self.raise(question)) {
                            let rounds = &self.server.rounds;
                            let waits = Waits::Call(going);
                            let id = rounds.add(&self.client, self.key(), &question, waits)?;
                            return self.ask_by_result(&id, &question);
                        }
                    }
                    Some(Heard::Answer(result)) => break result,
                    None => break Err(closing()),
                },
                () = self.context.ct.cancelled(), if !cancelled => {
                    cancelled = true;
                    going.cancel();
                }
                () = &mut revocation => {
                    going.cancel();
                    break Err(revoked());
                }
            }
        };
        if let (Some(run), Ok(_)) = (&news.run, &result) {
            self.watch(run.clone(), going);
        }
        let run = news.run.map(|run| (RUN.to_owned(), json!(run)));
        let meta = JsonObject::from_iter(run);
        Ok(match result {
            Ok(value) => {
                let meta = (!meta.is_empty()).then_some(MetaObject(meta));
                CallToolResult::structured(value).with_meta(meta).into()
            }
            Err(error) => failed(error, meta),
        })
    }

    fn key(&self) -> Option<Caller> {
        http::caller(self.context).cloned()
    }

    /// Whether it asks for a run that it does not wait for.
    fn only_starts(&self) -> bool {
        let wait = self.params.arguments.as_ref().and_then(|it| it.get("wait"));
        self.params.name == "run_flow" && wait == Some(&Value::Bool(false))
    }

    /// Has the client's person asked, as far as that needs no result of this request; gives the question where it does.
    fn raise(&self, question: Question) -> Option<Question> {
        let way = self.client.way_for(&question);
        // What has no run yet is the call itself, and is found by no other one.
        let run = question.run().filter(|_| self.only_starts());
        match (way, run.map(str::to_owned)) {
            (Way::Results, None) => return Some(question),
            (way, run) => self.asker().ask(way, question, run),
        }
        None
    }

    fn asker(&self) -> Asker {
        Asker {
            server: self.server.clone(),
            peer: self.context.peer.clone(),
            client: self.client.clone(),
            key: self.key(),
        }
    }

    /// Has the client's person asked about a run that nobody waits for, until it is over.
    fn watch(&self, run: String, mut going: Going) {
        let asker = self.asker();
        tokio::spawn(async move {
            while let Some(heard) = going.next().await {
                let Heard::Notice(notice) = heard else {
                    continue;
                };
                let rounds = &asker.server.rounds;
                rounds.close(&run, |question| question.is_over_by(&notice));
                let question = asker.server.question(&asker.client, &notice).await;
                if let Some(question) = question {
                    let way = asker.client.way_for(&question);
                    asker.ask(way, question, Some(run.clone()));
                }
            }
            asker.server.rounds.close(&run, |_| true);
        });
    }

    /// The result that says what is asked.
    fn ask_by_result(&self, id: &str, question: &Question) -> ToolResult<CallToolResponse> {
        let params = question.params()?;
        let request = InputRequest::Elicitation(ElicitRequest::new(params));
        let requests = InputRequests::from([(PERSON.to_owned(), request)]);
        let state = self.server.rounds.seal(&self.bound, id, question)?;
        let result = InputRequiredResult::new(Some(requests), Some(state));
        let run = question.run().map(|run| (RUN.to_owned(), json!(run)));
        let meta = MetaObject(JsonObject::from_iter(run));
        Ok(result.with_meta(meta).into())
    }
}

/// What follows from the answer to a question.
enum Next {
    /// It is asked, or asked again.
    Ask(String, Question),
    /// The call goes on, or is made where none waited.
    Go(Option<Going>),
}

/// Has a person asked beside a request.
struct Asker {
    server: Server,
    peer: Peer<RoleServer>,
    client: Client,
    key: Option<Caller>,
}

impl Asker {
    /// Asks about a run that the client started and did not wait for, or about what came of that.
    fn ask(&self, way: Way, question: Question, started: Option<String>) {
        match (way, started) {
            (Way::Results, Some(run)) => {
                let rounds = &self.server.rounds;
                // The next request about the run has it; where it can't be kept, its time runs out.
                let _ = rounds.add(&self.client, self.key.clone(), &question, Waits::Run(run));
            }
            (Way::Requests, _) => self
                .server
                .ask_by_requests(&self.peer, &self.client, question),
            _ => self.server.leave(&self.client, question),
        }
    }
}

/// The answer of a call that failed. Clients hold whatever is structured against the schema of the value, also where it is an error.
fn failed(error: ToolError, mut meta: JsonObject) -> CallToolResponse {
    let error = json!(error);
    let text = ContentBlock::text(error.to_string());
    meta.insert("selvage/error".to_owned(), error);
    let result = CallToolResult::error(vec![text]);
    result.with_meta(Some(MetaObject(meta))).into()
}
