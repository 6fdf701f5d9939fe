//! The workspace's files and the records of its runs, as resources.

use super::Server;
use super::client::Client;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rmcp::model::{
    ListResourceTemplatesResult, ListResourcesResult, PaginatedRequestParams, ReadResourceResponse,
    ReadResourceResult, Resource, ResourceContents, ResourceTemplate,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use selvage_tool::catalogue::{Encoding, EntryKind, LsOutput, ReadOutput};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::Origin;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// How many files one answer lists.
const PAGE_FILES: usize = 500;

/// Before a file's path.
const FILE: &str = "selvage:///";
/// Before a run's name.
const RUN: &str = "selvage://run/";

/// What stands in an address as something else: all but what RFC 3986 reserves for nothing, and the slash.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The forms that addresses have.
pub fn templates() -> ListResourceTemplatesResult {
    ListResourceTemplatesResult::with_all_items(vec![
        ResourceTemplate::new(format!("{FILE}{{+path}}"), "file")
            .with_description("A file of the workspace, by its path."),
        ResourceTemplate::new(format!("{RUN}{{run}}"), "run")
            .with_description(
                "The record of a run: its arguments, result, log, changes and receipt.",
            )
            .with_mime_type("application/json"),
    ])
}

/// Lists the files; records of runs are files, too.
pub async fn list(
    server: &Server,
    request: Option<PaginatedRequestParams>,
    context: &RequestContext<RoleServer>,
) -> Result<ListResourcesResult, ErrorData> {
    let cursor = request.and_then(|request| request.cursor);
    let first = match cursor.map(|cursor| cursor.parse()) {
        None => 0,
        Some(Ok(first)) => first,
        Some(Err(_)) => {
            return Err(ErrorData::invalid_params(
                "the cursor is none of this server",
                None,
            ));
        }
    };
    let client = Client::of(context).origin();
    let listed = server.ask(client, "ls", json!({ "recursive": true })).await;
    let listed: LsOutput = typed(listed.map_err(refused)?)?;
    let files = listed
        .entries
        .into_iter()
        .filter(|entry| entry.kind == EntryKind::File);
    let mut page: Vec<Resource> = files
        .skip(first)
        .take(PAGE_FILES + 1)
        .map(|entry| {
            Resource::new(address(&entry.path), &entry.path)
                .with_mime_type(kind(&entry.path))
                .with_size(entry.size)
        })
        .collect();
    let more = page.len() > PAGE_FILES;
    page.truncate(PAGE_FILES);
    let mut result = ListResourcesResult::with_all_items(page);
    result.next_cursor = more.then(|| (first + PAGE_FILES).to_string());
    Ok(result)
}

/// Reads one.
pub async fn read(
    server: &Server,
    uri: &str,
    context: &RequestContext<RoleServer>,
) -> Result<ReadResourceResponse, ErrorData> {
    let client = Client::of(context).origin();
    let contents = if let Some(run) = uri.strip_prefix(RUN) {
        let record = record(server, client, run).await.map_err(refused)?;
        ResourceContents::text(record.to_string(), uri).with_mime_type("application/json")
    } else {
        let path = uri.strip_prefix(FILE).and_then(|path| {
            let path = percent_decode_str(path).decode_utf8().ok()?;
            Some(path.into_owned())
        });
        let no_address = || {
            ErrorData::resource_not_found("there is no such resource", Some(json!({ "uri": uri })))
        };
        let path = path.ok_or_else(no_address)?;
        let file = server.ask(client, "read", json!({ "path": path })).await;
        let file: ReadOutput = typed(file.map_err(refused)?)?;
        if file.truncated {
            return Err(refused(too_large(&file)));
        }
        let contents = match file.encoding {
            Encoding::Base64 => ResourceContents::blob(file.content, uri),
            _ => ResourceContents::text(file.content, uri),
        };
        contents.with_mime_type(kind(&path))
    };
    Ok(ReadResourceResult::new(vec![contents]).into())
}

/// Why a file is no resource: one has no parts, and its beginning is not what it is.
fn too_large(file: &ReadOutput) -> ToolError {
    let (path, size) = (&file.path, file.size);
    let message = format!(
        "`{path}` has {size} bytes, which is too much for a resource: the tool `read` gives it in parts, by `offset`."
    );
    ToolError::new(ErrorCode::TooLarge, message).path(path)
}

/// The record of a run with its log, which the tools give apart.
async fn record(server: &Server, client: Origin, run: &str) -> ToolResult {
    let input = json!({ "run": run });
    let mut record = server
        .ask(client.clone(), "flow_status", input.clone())
        .await?;
    let mut logs = server.ask(client, "flow_logs", input).await?;
    record["logs"] = logs["entries"].take();
    Ok(record)
}

fn address(path: &str) -> String {
    format!("{FILE}{}", utf8_percent_encode(path, ENCODED))
}

/// What a file is, by its name.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" | "mjs" => "text/javascript",
        "py" => "text/x-python",
        "json" => "application/json",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" => "text/html",
        "txt" => "text/plain",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

/// A tool's error in the protocol's words.
fn refused(error: ToolError) -> ErrorData {
    let data = Some(json!(error));
    match error.code {
        ErrorCode::NotFound | ErrorCode::NotAFile | ErrorCode::InvalidPath => {
            ErrorData::resource_not_found(error.message, data)
        }
        _ => ErrorData::internal_error(error.message, data),
    }
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|why| ErrorData::internal_error(why.to_string(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_its_path() {
        for path in ["a.txt", "out/ä b?#%.csv", "runs/x/1.json"] {
            let uri = address(path);
            let encoded = uri.strip_prefix(FILE).expect("a file");
            assert!(
                encoded.is_ascii() && !encoded.contains(['?', '#', ' ']),
                "{uri}"
            );
            let decoded = percent_decode_str(encoded).decode_utf8().expect("a text");
            assert_eq!(decoded, path);
        }
    }
}
