//! Prompts: what an agent should know before it writes a flow.

use rmcp::ErrorData;
use rmcp::model::{
    GetPromptResponse, GetPromptResult, JsonObject, ListPromptsResult, Prompt, PromptArgument,
    PromptMessage, Role,
};
use serde_json::Value;

const NAME: &str = "write-a-flow";

/// What a flow in JavaScript can call.
const TYPINGS: &str = include_str!("../../../guest-js/flow.d.ts");
/// What a workflow in Python can use.
const PYTHON: &str = include_str!("../../../../docs/python.md");

/// The way of work, whatever the language.
const STEPS: &str = "\
Work like this:
1. `ls` and `read` show what is there; `flow_list` shows the flows and what they take.
2. `write` the flow.
3. `lint_flow` it and mend every error; `fix: true` applies the safe fixes.
4. `run_flow` it with `mode: \"dry-run\"` and look at `proposed`, which has the differences; domains that it fetches from go into `allowNet`.
5. `run_flow` it. What it wrote lands as one change; a run that fails lands nothing. `undo` takes a change back.
";

/// All of them.
pub fn list() -> ListPromptsResult {
    let arguments = vec![
        PromptArgument::new("goal")
            .with_description("What the flow is to do.")
            .with_required(true),
        PromptArgument::new("language")
            .with_description("`js` or `python`; `js` unless told.")
            .with_required(false),
    ];
    let about = "Write, check, try and run a flow for a goal.";
    ListPromptsResult::with_all_items(vec![Prompt::new(NAME, Some(about), Some(arguments))])
}

/// One of them, filled in.
pub fn get(name: &str, arguments: &JsonObject) -> Result<GetPromptResponse, ErrorData> {
    if name != NAME {
        let message = format!("there is no prompt called {name:?}");
        return Err(ErrorData::invalid_params(message, None));
    }
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    let goal = text("goal").ok_or_else(|| ErrorData::invalid_params("`goal` is missing", None))?;
    let (place, about) = match text("language").unwrap_or("js") {
        "js" => (
            "`flows/<name>.flow.js`",
            format!("A flow in JavaScript can call this:\n\n```ts\n{TYPINGS}```\n"),
        ),
        "python" => (
            "`workflows/<name>.py`",
            format!("This is what Python has here:\n\n{PYTHON}"),
        ),
        other => {
            let message = format!("{other:?} is no language of flows: js or python");
            return Err(ErrorData::invalid_params(message, None));
        }
    };
    let text = format!(
        "Write a flow in {place} of this Selvage workspace that does the following:\n\n{goal}\n\n{STEPS}\n{about}"
    );
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).into())
}
