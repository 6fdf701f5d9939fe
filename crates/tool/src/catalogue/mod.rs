//! The tools: their names, inputs, outputs and JSON Schemas.
//!
//! The page, embedding pages, flows and every later transport serve this one catalogue.

mod conflicts;
mod files;
mod flows;
mod history;
mod scopes;

pub use conflicts::*;
pub use files::*;
pub use flows::*;
pub use history::*;
pub use scopes::*;

pub use crate::decision::Decision;
use crate::error::{ErrorCode, ToolError, ToolResult};
use crate::json::{Misfit, from_value};
pub use crate::policy::{ApprovalReadInput, ApprovalsOutput, DecideInput};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The most characters of a path that a tool takes.
pub const PATH_CHARS_MAX: usize = 1024;

macro_rules! tools {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal ($effect:ident): $input:ty => $output:ty;)+) => {
        /// A tool call whose input fits the tool's schema.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Call {
            $($(#[doc = $doc])+ $variant($input),)+
        }

        impl Call {
            /// Checks a name and a JSON input.
            ///
            /// # Errors
            /// [`ErrorCode::UnknownTool`] with the nearest name, or [`ErrorCode::InvalidInput`]
            /// with the place inside the input.
            pub fn parse(name: &str, input: Value) -> ToolResult<Self> {
                match name {
                    $($name => Ok(Self::$variant(decode($name, input)?)),)+
                    _ => Err(unknown(name)),
                }
            }

            /// The tool's name.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name),+ }
            }
        }

        /// Every tool, in the order of the documentation, with schemas that are made from the types.
        #[cfg(feature = "schema")]
        #[must_use]
        pub fn tools() -> Vec<Tool> {
            vec![$(Tool {
                name: $name,
                description: concat!($($doc),+).trim(),
                effect: Effect::$effect,
                input: schemars::schema_for!($input).into(),
                output: schemars::schema_for!($output).into(),
            }),+]
        }

        /// What each tool does to the workspace, in the order of the documentation.
        pub const EFFECTS: &[(&str, Effect)] = &[$(($name, Effect::$effect)),+];

        /// The tools' names, in the order of the documentation.
        pub const NAMES: &[&str] = &[$($name),+];
    };
}

tools! {
    /// Lists a folder.
    Ls = "ls" (Reads): LsInput => LsOutput;
    /// Tells what is known of a file or folder.
    Stat = "stat" (Reads): PathInput => Entry;
    /// Reads a file, as it is now or as it was at given heads.
    Read = "read" (Reads): ReadInput => ReadOutput;
    /// Writes a file, making the folders above it.
    Write = "write" (Writes): WriteInput => WriteOutput;
    /// Makes a folder and those above it.
    Mkdir = "mkdir" (Writes): PathInput => Changed;
    /// Moves or renames a file or folder. Its history goes with it.
    Move = "move" (Writes): MoveInput => Changed;
    /// Deletes a file, or a folder with everything in it. `undo` and `restore` bring it back.
    Delete = "delete" (Destroys): PathInput => Changed;
    /// Changes parts of one or more files as one change: by a unified diff, by a `*** Begin Patch` text, or by find-and-replace edits.
    ApplyPatch = "apply_patch" (Writes): PatchInput => PatchOutput;
    /// Finds files by name and text by content.
    Search = "search" (Reads): SearchInput => SearchOutput;
    /// Lists the changes of the workspace or of one file, newest first.
    History = "history" (Reads): HistoryInput => HistoryOutput;
    /// Compares a file between two points in time.
    Diff = "diff" (Reads): DiffInput => DiffOutput;
    /// Compares the whole tree between two points in time: what was added, removed, moved, renamed and edited.
    Compare = "compare" (Reads): CompareInput => CompareOutput;
    /// Lists what was made apart and can't be joined, with both sides: names that two want, files with several contents, files deleted and edited.
    Conflicts = "conflicts" (Reads): ConflictsInput => ConflictsOutput;
    /// Decides a conflict by an ordinary change, which merges and can be undone like any other. One that is not as it was listed any more is refused as `STALE`.
    ResolveConflict = "resolve_conflict" (Destroys): ResolveInput => Changed;
    /// Brings a file, or the whole workspace, back to how it was at given heads, as a new change.
    Restore = "restore" (Writes): RestoreInput => Changed;
    /// Takes back this device's last change.
    Undo = "undo" (Writes): NoInput => Changed;
    /// Makes the change again that was taken back last.
    Redo = "redo" (Writes): NoInput => Changed;
    /// Makes drafts part of the history, so that heads name them.
    Seal = "seal" (Writes): NoInput => Sealed;
    /// Makes room by thinning out old versions: all of the last days stay (`retention.json`: `{ "days": 90 }`, 0 for ever), then the last one of each file and day. It happens by itself once a day. Call it until it is `done`.
    ThinHistory = "thin_history" (Destroys): NoInput => ThinOutput;
    /// Checks a flow without running it: errors, warnings, its inputs, and the least grant it needs. With `fix`, applies every safe fix as one change.
    LintFlow = "lint_flow" (Writes): LintInput => LintOutput;
    /// Runs a flow in a sandbox with quotas, and lands what it wrote as one change, or nothing.
    RunFlow = "run_flow" (Destroys): Box<RunInput> => crate::run::RunRecord;
    /// Lists the flows of the workspace.
    FlowList = "flow_list" (Reads): NoInput => FlowListOutput;
    /// Tells where a run is; its log comes from `flow_logs`.
    FlowStatus = "flow_status" (Reads): RunRef => crate::run::RunRecord;
    /// Reads a run's log.
    FlowLogs = "flow_logs" (Reads): LogsInput => LogsOutput;
    /// Cancels a run. Nothing it wrote lands.
    FlowCancel = "flow_cancel" (Writes): RunRef => RunState;
    /// Answers a run that asks for more fuel, computing time or time on the clock.
    FlowAnswer = "flow_answer" (Writes): AnswerInput => RunState;
    /// Lists past runs, newest first.
    FlowRuns = "flow_runs" (Reads): RunsInput => RunsOutput;
    /// Runs a past run again on the same files, arguments, seed and clock, lands nothing, and compares. What fetches and tools answered is answered again; nothing is fetched or called.
    RunVerify = "run_verify" (Writes): VerifyInput => VerifyOutput;
    /// Mounts a copy of another workspace as a read-only parent, or brings the one of that name up to date, as one change. Files are found here first, then in parents. Tells what differs from what was mounted, or with `dryRun` would differ.
    ScopeMount = "scope_mount" (Destroys): MountInput => CompareOutput;
    /// Takes a mounted parent away, as one change.
    ScopeUnmount = "scope_unmount" (Destroys): UnmountInput => Changed;
    /// Lists what waits for a person's approval, and what was decided lately.
    ApprovalList = "approval_list" (Reads): NoInput => ApprovalsOutput;
    /// Reads what a file would hold if an approval is given: exactly the bytes that would land.
    ApprovalRead = "approval_read" (Reads): ApprovalReadInput => ReadOutput;
    /// Approves or refuses what waits. Only a person does.
    ApprovalDecide = "approval_decide" (Destroys): DecideInput => Decision;
    /// Tells how the workspace is stored, how large it is, what runs and what is mounted.
    WorkspaceStatus = "workspace_status" (Reads): NoInput => StatusOutput;
}

/// What a tool does to the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only reads.
    Reads,
    /// It adds or changes, and history keeps what was there.
    Writes,
    /// It may remove or replace much at once.
    Destroys,
}

/// A tool, as callers see it.
#[cfg(feature = "schema")]
#[derive(Debug, Clone)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What it does to the workspace.
    pub effect: Effect,
    /// JSON Schema (2020-12) of its input.
    pub input: Value,
    /// JSON Schema (2020-12) of its value.
    pub output: Value,
}

/// The tools that change something and, called again with the same input, change nothing more.
#[cfg(feature = "schema")]
const AGAIN: [&str; 9] = [
    "write",
    "mkdir",
    "delete",
    "restore",
    "seal",
    "lint_flow",
    "flow_cancel",
    "run_verify",
    "scope_unmount",
];

#[cfg(feature = "schema")]
impl Tool {
    /// The tool in the form that agents' protocols use.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::json!({
            "name": self.name,
            "description": self.description,
            "inputSchema": without_formats(self.input.clone()),
            "outputSchema": without_formats(self.output.clone()),
            "annotations": {
                "readOnlyHint": self.effect == Effect::Reads,
                "destructiveHint": self.effect == Effect::Destroys,
                "idempotentHint": self.effect == Effect::Reads || AGAIN.contains(&self.name),
            },
        })
    }
}

/// A schema without the formats of numbers, which JSON Schema has none of: validators warn of each.
#[cfg(feature = "schema")]
fn without_formats(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            let formats = ["double", "float", "int32", "int64", "uint32", "uint64"];
            let format = members.get("format").and_then(Value::as_str);
            if format.is_some_and(|format| formats.contains(&format)) {
                members.remove("format");
            }
            for member in members.values_mut() {
                *member = without_formats(member.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_formats(item.take());
            }
        }
        _ => {}
    }
    schema
}

fn decode<T: DeserializeOwned>(tool: &str, input: Value) -> ToolResult<T> {
    let hint = || format!("The catalogue of tools has the schema of `{tool}`.");
    let input = match input {
        Value::Null => Value::Object(Map::new()),
        Value::Object(_) => input,
        _ => {
            let message = format!("The input of `{tool}` is no object.");
            return Err(ToolError::new(ErrorCode::InvalidInput, message).hint(hint()));
        }
    };
    from_value(input).map_err(|Misfit { place, why }| {
        let message = match place.as_str() {
            "" => format!("The input of `{tool}` does not fit: {why}."),
            place => format!("The input of `{tool}` does not fit at `{place}`: {why}."),
        };
        ToolError::new(ErrorCode::InvalidInput, message).hint(hint())
    })
}

fn unknown(name: &str) -> ToolError {
    let shown: String = name.chars().take(64).collect();
    let error = ToolError::new(
        ErrorCode::UnknownTool,
        format!("There is no tool called `{shown}`."),
    );
    let bare = |text: &str| text.to_ascii_lowercase().replace(['-', '_', '.', ' '], "");
    let asked = bare(&shown);
    let close = NAMES.iter().find(|known| {
        let known = bare(known);
        known == asked || (asked.len() > 2 && (known.contains(&asked) || asked.contains(&known)))
    });
    match close {
        Some(known) => error.hint(format!("Did you mean `{known}`?")),
        None => error.hint(format!("The tools are {}.", NAMES.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_name_gives_the_nearest_one() {
        let error = Call::parse("runFlow", json!({})).expect_err("unknown");
        assert_eq!(error.code, ErrorCode::UnknownTool);
        assert_eq!(error.hint.as_deref(), Some("Did you mean `run_flow`?"));
    }

    #[test]
    fn a_wrong_type_names_its_place() {
        let error = Call::parse(
            "run_flow",
            json!({ "path": "a.flow.js", "allowNet": ["a.org", 7] }),
        )
        .expect_err("a number is no domain");
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert!(error.message.contains("allowNet[1]"), "{}", error.message);
    }

    #[test]
    fn an_unknown_field_is_refused_and_named() {
        let error = Call::parse("ls", json!({ "pth": "a" })).expect_err("no such field");
        assert!(error.message.contains("pth"), "{}", error.message);
    }

    #[test]
    fn no_input_is_an_empty_input() {
        assert_eq!(Call::parse("ls", Value::Null), Call::parse("ls", json!({})));
    }

    #[cfg(feature = "schema")]
    #[test]
    fn every_tool_has_a_description_and_object_schemas() {
        for tool in tools() {
            assert!(tool.description.ends_with('.'), "{}", tool.name);
            assert_eq!(tool.input["type"], "object", "{}", tool.name);
            assert_eq!(tool.output["type"], "object", "{}", tool.name);
        }
    }
}
