//! What the manifest makes of a call to run a flow.

use crate::engine::Workbench;
use crate::policy::granted_again;
use crate::reference::named;
use selvage_tool::catalogue::{FlowSummary, RunInput};
use selvage_tool::flows::{FLOWS_FILE, NamedFlow, Retry};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a call to run a flow comes to with the manifest.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// What the caller asked for, with what the manifest adds; taken when the run is made.
    pub(crate) input: RunInput,
    /// The name in the manifest.
    pub(crate) name: Option<String>,
    pub(super) concurrency: u32,
    /// How it is made again when it fails, and the call that is then made.
    pub(super) retry: Option<(Retry, RunInput)>,
}

impl Plan {
    /// A call as it is.
    pub(crate) fn of(input: RunInput) -> Self {
        Self {
            input,
            name: None,
            concurrency: 1,
            retry: None,
        }
    }

    /// A call of a named flow: what the caller gives stands before what the manifest has.
    fn named(name: &str, flow: &NamedFlow, mut input: RunInput) -> Self {
        let retry = flow.retry.clone().map(|retry| (retry, input.clone()));
        input.name = None;
        input.path = Some(flow.entry.clone());
        input.args = match input.args {
            Value::Null => Value::Object(flow.args.clone()),
            Value::Object(given) => {
                let mut args = flow.args.clone();
                args.extend(given);
                Value::Object(args)
            }
            other => other,
        };
        let mut env = flow.env.clone();
        env.append(&mut input.env);
        input.env = env;
        let mut secrets = flow.secrets.clone();
        secrets.append(&mut input.secrets);
        input.secrets = secrets;
        input.grant = input.grant.or_else(|| flow.grant.clone());
        input.limits = input.limits.or(&flow.limits);
        Self {
            input,
            name: Some(name.to_owned()),
            concurrency: flow.concurrency.unwrap_or(1),
            retry,
        }
    }
}

impl Workbench {
    /// What a call to run a flow comes to.
    ///
    /// # Errors
    /// The manifest can't be read, and the name is that of nothing else.
    pub(crate) fn plan(&self, input: RunInput) -> ToolResult<Plan> {
        if let (None, Some(run)) = (&input.path, &input.again) {
            return self.plan_again(run.clone(), input);
        }
        let (None, Some(name)) = (&input.path, &input.name) else {
            return Ok(Plan::of(input));
        };
        match self.supervisor.flows.says() {
            Some(Ok(manifest)) => match manifest.flows.get(name) {
                Some(flow) => Ok(Plan::named(&name.clone(), flow, input)),
                None => Ok(Plan::of(input)),
            },
            Some(Err(flaw)) if !self.is_file_name(name) => {
                let why = match self.may_see(FLOWS_FILE) {
                    true => flaw.message.as_str(),
                    false => "it has a mistake, which only who may read it is told.",
                };
                let message = format!("The manifest of flows can't be read: {why}");
                Err(ToolError::new(ErrorCode::InvalidInput, message)
                    .path(FLOWS_FILE)
                    .at(flaw.span.start.line, flaw.span.start.column)
                    .hint("Mend the file, or run the flow by its path."))
            }
            _ => Ok(Plan::of(input)),
        }
    }

    /// A past run, made again with what is given besides. Its record is a file that anybody may have written; of a named flow, the
    /// manifest says its environment, its limits and how it is queued.
    fn plan_again(&self, run: String, input: RunInput) -> ToolResult<Plan> {
        let record = self.record_of(&run)?;
        let mut args = record.args;
        match (&mut args, input.args) {
            (_, Value::Null) => {}
            (Value::Object(args), Value::Object(given)) => args.extend(given),
            (args, given) => *args = given,
        }
        let reference = named(&record.path, record.function.as_deref());
        let input = RunInput {
            path: Some(reference.clone()),
            again: None,
            args,
            ..input
        };
        let named = match (&record.name, self.supervisor.flows.says()) {
            (Some(name), Some(Ok(manifest))) => manifest.flows.get_key_value(name),
            _ => None,
        };
        let Some((name, flow)) = named.filter(|(_, flow)| flow.entry == reference) else {
            let grant = Some(input.grant.unwrap_or_else(|| granted_again(record.grant)));
            return Ok(Plan::of(RunInput { grant, ..input }));
        };
        // The record chose the arguments, so nothing leaves with them that is not granted anew.
        let flow = NamedFlow {
            grant: Some(granted_again(flow.grant.clone().unwrap_or(record.grant))),
            secrets: BTreeMap::new(),
            ..flow.clone()
        };
        Ok(Plan::named(name, &flow, input))
    }

    /// Whether the manifest names a flow so.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let says = self.supervisor.flows.says();
        matches!(says, Some(Ok(manifest)) if manifest.flows.contains_key(name))
    }

    /// Adds the flows that the manifest names, with what it says of them in place of what their texts show.
    pub(crate) fn add_named(&self, flows: &mut Vec<FlowSummary>) {
        let Some(Ok(manifest)) = self.supervisor.flows.says() else {
            return;
        };
        for (name, flow) in &manifest.flows {
            let (path, _) = crate::reference::split(&flow.entry);
            let Some(shown) = flows.iter().find(|shown| shown.path == path) else {
                continue;
            };
            let inputs = match flow.inputs.as_slice() {
                [] => shown.inputs.clone(),
                inputs => inputs.to_vec(),
            };
            let summary = FlowSummary {
                name: name.clone(),
                description: flow
                    .description
                    .clone()
                    .or_else(|| shown.description.clone()),
                inputs,
                named: true,
                ..shown.clone()
            };
            flows.push(summary);
        }
    }

    fn is_file_name(&self, name: &str) -> bool {
        let view = self.view();
        view.entries()
            .iter()
            .any(|entry| crate::record::flow_name(&entry.path) == Some(name))
    }
}
