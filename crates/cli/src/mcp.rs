//! `selvage mcp`: the tools of a workspace for an agent, by the Model Context Protocol on standard input and output.
//!
//! Each call is the engine's own: names, inputs, results and errors are those of the catalogue. What a run tells while it goes
//! on becomes notifications about progress and log messages; a request that is cancelled cancels its run.

mod approval;
mod http;
mod keyring;
mod logging;
mod news;
mod prompts;
mod resources;

use crate::error::{CliError, Result};
use crate::home;
use logging::Level;
use news::News;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, GetPromptRequestParams,
    GetPromptResponse, Implementation, JsonObject, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, MetaObject, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use selvage_host::Line;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::Notice;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::RwLock;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub use http::Door;

/// The catalogue, as the page shows it to agents.
const CATALOGUE: &str = include_str!("../../tool/src/catalogue/tools.json");

/// What an agent is told before anything else.
const INSTRUCTIONS: &str = "\
A Selvage workspace: files with history, and flows (`*.flow.js`, `*.py`) that run in a sandbox with quotas. A run sees a snapshot \
of the files and lands what it wrote as one change, or nothing. Write a flow with `write`, check it with `lint_flow`, try it with \
`run_flow` and `mode: \"dry-run\"`, then run it. Every failure has a code and says what to do. `undo` takes a change back.";

/// The most characters of a client's name that go into the history.
const CLIENT_NAME_CHARS_MAX: usize = 64;

/// How long calls that go on when the program is stopped may take to hear that their runs were cancelled.
const ENDING_MAX: Duration = Duration::from_secs(4);

/// Serves the workspace in a folder: on standard input and output, or at a door to clients of HTTP. It ends when the client goes
/// away, or somebody stops the program.
pub fn serve(folder: &Path, door: Option<&Door>) -> Result<u8> {
    let keys = door
        .map(|door| keyring::Keyring::open(folder, door))
        .transpose()?;
    let (opened, opened_by) = std::sync::mpsc::channel();
    let folder = PathBuf::from(folder);
    let desk =
        std::thread::Builder::new()
            .name("workspace".into())
            .spawn(move || match home::open(&folder) {
                Ok(mut desk) => {
                    let _ = opened.send(Ok(desk.line()));
                    desk.opened();
                    desk.serve();
                }
                Err(error) => drop(opened.send(Err(error))),
            })?;
    let gone = |_| CliError::Mcp("the workspace's thread ended".into());
    let line = opened_by.recv().map_err(gone)??;
    let server = Server::new(line.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        if let (Some(door), Some(keys)) = (door, keys) {
            return http::serve(door, keys, server).await;
        }
        let session = async {
            let service = server.serve(rmcp::transport::io::stdio_pipes()).await;
            let service = service.map_err(|error| CliError::Mcp(error.to_string()))?;
            let ended = service.waiting().await;
            ended.map_err(|error| CliError::Mcp(error.to_string()))
        };
        tokio::select! {
            ended = session => ended.map(drop),
            stopped = selvage_serve::stop_signal()? => Ok(stopped),
        }
    });
    line.close();
    let _ = desk.join();
    // A read of standard input that nothing answers keeps nobody.
    runtime.shutdown_background();
    ended.map(|()| 0)
}

/// What the client talks to.
#[derive(Clone)]
struct Server {
    line: Line,
    tools: Vec<Tool>,
    level: Level,
    /// Held by every call that goes on, to read.
    going_on: Arc<RwLock<()>>,
}

/// What comes of a call.
enum Heard {
    Notice(Notice),
    Answer(ToolResult),
}

impl Server {
    /// For the clients of a workspace.
    fn new(line: Line) -> Result<Self> {
        let tools = serde_json::from_str(CATALOGUE);
        Ok(Self {
            line,
            tools: tools.map_err(|why| CliError::Mcp(why.to_string()))?,
            level: Level::default(),
            going_on: Arc::default(),
        })
    }

    /// The same for another session, which says by itself how much it wants to hear.
    fn apart(&self) -> Self {
        Self {
            level: Level::default(),
            ..self.clone()
        }
    }

    /// Closes the workspace: runs are cancelled, and calls are answered. Waits for those, but not long.
    async fn end(&self) {
        self.line.close();
        // Who is not answered by then never will be.
        let _ = tokio::time::timeout(ENDING_MAX, self.going_on.write()).await;
    }

    /// Calls a tool. Drop the receiver's end to hear no more; the call goes on.
    fn call(
        &self,
        origin: Origin,
        name: &str,
        input: Value,
    ) -> (selvage_host::Called, UnboundedReceiver<Heard>) {
        let (heard, heard_by) = unbounded_channel();
        let notices = heard.clone();
        // Who is gone hears nothing.
        let notice = move |notice: &Notice| drop(notices.send(Heard::Notice(notice.clone())));
        let reply = move |result| drop(heard.send(Heard::Answer(result)));
        (self.line.call(origin, name, input, notice, reply), heard_by)
    }

    /// Calls a tool that answers at once, as the client.
    async fn ask(
        &self,
        context: &RequestContext<RoleServer>,
        name: &str,
        input: Value,
    ) -> ToolResult {
        let (_, mut heard) = self.call(origin(context), name, input);
        loop {
            match heard.recv().await {
                Some(Heard::Answer(result)) => return result,
                Some(Heard::Notice(_)) => {}
                None => return Err(closing()),
            }
        }
    }
}

/// Who is behind a request: the client, by the name that it gives itself.
fn origin(context: &RequestContext<RoleServer>) -> Origin {
    if let Some(who) = http::who(context) {
        return Origin::new(OriginKind::Agent, who.name.clone());
    }
    let client = context.peer.peer_info();
    let name = client.map_or_else(
        || "agent".to_owned(),
        |client| {
            client
                .client_info
                .name
                .chars()
                .take(CLIENT_NAME_CHARS_MAX)
                .collect()
        },
    );
    Origin::new(OriginKind::Agent, name)
}

fn revoked() -> ToolError {
    ToolError::new(
        ErrorCode::PolicyDenied,
        "The key was revoked while the call went on.",
    )
}

fn closing() -> ToolError {
    ToolError::new(ErrorCode::Cancelled, "The program is ending.")
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        #[expect(
            deprecated,
            reason = "log messages are what clients of today show while a run goes on"
        )]
        let capabilities = ServerCapabilities::builder()
            .enable_logging()
            .enable_prompts()
            .enable_resources()
            .enable_tools()
            .build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("selvage", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.iter().find(|tool| tool.name == name).cloned()
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let input = request.arguments.map_or(Value::Null, Value::Object);
        let _going_on = self.going_on.read().await;
        let revocation = async {
            match http::caller(&context) {
                Some(caller) => caller.revoked().await,
                None => std::future::pending().await,
            }
        };
        let mut revocation = std::pin::pin!(revocation);
        let (called, mut heard) = self.call(origin(&context), &request.name, input);
        let mut news = News::new(&context);
        let mut cancelled = false;
        let result = loop {
            tokio::select! {
                heard = heard.recv() => match heard {
                    Some(Heard::Notice(Notice::Approval { approval, .. })) => {
                        let may_ask = http::who(&context).is_none_or(|who| who.approves);
                        let client = origin(&context).name;
                        approval::ask(&context.peer, &self.line, &client, *approval, may_ask);
                    }
                    Some(Heard::Notice(notice)) => news.tell(&context, &self.level, notice).await,
                    Some(Heard::Answer(result)) => break result,
                    None => break Err(closing()),
                },
                () = context.ct.cancelled(), if !cancelled => {
                    cancelled = true;
                    called.cancel();
                }
                () = &mut revocation => {
                    called.cancel();
                    break Err(revoked());
                }
            }
        };
        let run = news.run.map(|run| ("selvage/run".to_owned(), json!(run)));
        let mut meta = JsonObject::from_iter(run);
        let answer = match result {
            Ok(value) => CallToolResult::structured(value),
            // Clients hold whatever is structured against the schema of the value, also where it is an error.
            Err(error) => {
                let error = json!(error);
                let text = ContentBlock::text(error.to_string());
                meta.insert("selvage/error".to_owned(), error);
                CallToolResult::error(vec![text])
            }
        };
        let meta = (!meta.is_empty()).then(|| MetaObject(meta));
        Ok(answer.with_meta(meta).into())
    }

    #[expect(
        deprecated,
        reason = "log messages are what clients of today show while a run goes on"
    )]
    async fn set_level(
        &self,
        request: rmcp::model::SetLevelRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.level.set(request.level);
        Ok(())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        resources::list(self, request, &context).await
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(self, &request.uri, &context).await
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(prompts::list())
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request.name, &request.arguments.unwrap_or_default())
    }
}
