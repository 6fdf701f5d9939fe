//! `selvage mcp`: the tools of a workspace for an agent, by the Model Context Protocol on standard input and output.
//!
//! Each call is the engine's own: names, inputs, results and errors are those of the catalogue. What a run tells while it goes
//! on becomes notifications about progress and log messages; a request that is cancelled cancels its run.

mod bare;
mod call;
mod client;
mod http;
mod keyring;
mod logging;
mod news;
mod prompts;
mod question;
mod resources;
mod rounds;

use crate::error::{CliError, Result};
use crate::{home, local_door};
use call::Request;
use logging::Level;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use rounds::Rounds;
use selvage_host::Line;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::Origin;
use selvage_workbench::Notice;
use serde_json::Value;
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

/// How long a client may keep what is the program's own: lists of tools, of prompts, and of forms of addresses.
const FRESH_MS: u64 = 60 * 60 * 1_000;

/// What is served besides the session itself.
const METHODS: [&str; 8] = [
    "tools/list",
    "tools/call",
    "logging/setLevel",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "prompts/get",
];

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
                    // It closes before the desk does, which holds the folder's lock.
                    let local = local_door::open(&folder, desk.line());
                    let _ = opened.send(Ok((desk.line(), local.is_some())));
                    desk.opened();
                    desk.serve();
                }
                Err(error) => drop(opened.send(Err(error))),
            })?;
    let gone = |_| CliError::Mcp("the workspace's thread ended".into());
    let (line, has_local_door) = opened_by.recv().map_err(gone)??;
    let server = Server::new(line.clone(), has_local_door)?;
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
    rounds: Arc<Rounds>,
    /// Held by every call that goes on, to read.
    going_on: Arc<RwLock<()>>,
    /// Whether a person can answer by `selvage approvals` what no client's person is asked.
    has_local_door: bool,
}

/// What comes of a call.
enum Heard {
    Notice(Notice),
    Answer(ToolResult),
}

impl Server {
    /// For the clients of a workspace.
    fn new(line: Line, has_local_door: bool) -> Result<Self> {
        let tools = serde_json::from_str(CATALOGUE);
        Ok(Self {
            line,
            tools: tools.map_err(|why| CliError::Mcp(why.to_string()))?,
            level: Level::default(),
            rounds: Rounds::new()?,
            going_on: Arc::default(),
            has_local_door,
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

    /// Calls a tool that answers at once.
    async fn ask(&self, origin: Origin, name: &str, input: Value) -> ToolResult {
        let (_, mut heard) = self.call(origin, name, input);
        loop {
            match heard.recv().await {
                Some(Heard::Answer(result)) => return result,
                Some(Heard::Notice(_)) => {}
                None => return Err(closing()),
            }
        }
    }
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
        let list = ListToolsResult::with_all_items(self.tools.clone());
        Ok(list
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(Request::new(self, &context, request).answer().await)
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
        let list = resources::templates();
        Ok(list
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Public))
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
        let list = prompts::list();
        Ok(list
            .with_ttl_ms(FRESH_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request.name, &request.arguments.unwrap_or_default())
    }

    /// What could be read as no request that is known: that of a known method has parameters that do not fit.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let CustomRequest { method, .. } = request;
        if METHODS.contains(&&*method) {
            let message = format!("The parameters of `{method}` do not fit.");
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(ErrorData::new(
            rmcp::model::ErrorCode::METHOD_NOT_FOUND,
            method,
            None,
        ))
    }
}
