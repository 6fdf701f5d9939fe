//! `flow`: what a flow is given.

use super::fs::{ask, fs, path, promised};
use super::{Api, console, type_error};
use crate::failure;
use crate::state::{AnswerKind, State};
use crate::values;
use boa_engine::object::JsObject;
use boa_engine::string::Latin1JsStringBuilder;
use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};
use selvage_tool::guest::{GuestJob, HostCall, PendingOp};
use serde_json::Value;

/// Builds `flow` without a job.
///
/// # Errors
/// None but the engine's own.
pub fn flow(api: &mut Api) -> JsResult<JsObject> {
    let flow = api.object();
    let fs = fs(api);
    let log = console::log(api);
    api.value(&flow, "fs", fs);
    api.value(&flow, "log", log);
    api.method(&flow, "progress", 1, progress);
    api.method(&flow, "artifact", 1, |_, args, context| {
        promised(artifact(args, context), context)
    });
    api.method(&flow, "call", 1, call);
    Ok(flow)
}

/// Gives `flow` what the caller passed.
///
/// # Errors
/// Arguments that the [values](crate::values) mapping does not know.
pub fn begin(flow: &JsObject, job: &GuestJob, context: &mut Context) -> JsResult<()> {
    let args = match &job.args {
        Value::Null => JsObject::with_object_proto(context.intrinsics()).into(),
        args => values::decode(args, context)?,
    };
    let env = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in &job.env {
        env.create_data_property_or_throw(
            js_string!(name.as_str()),
            js_string!(value.as_str()),
            context,
        )?;
    }
    flow.create_data_property_or_throw(js_string!("args"), args, context)?;
    flow.create_data_property_or_throw(js_string!("env"), env, context)?;
    flow.create_data_property_or_throw(js_string!("run"), name(&job.run), context)?;
    Ok(())
}

/// A run's name as a string. The engine's own way looks a short text up among those that it knows,
/// which takes more turns for some texts than for others: a random name must not cost fuel by its letters.
fn name(run: &str) -> JsString {
    let built: Latin1JsStringBuilder = run.bytes().collect();
    built.build().unwrap_or_else(|| js_string!(run))
}

/// `flow.progress(done, total?, label?)`.
fn progress(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let done = args.get_or_undefined(0).to_number(context)?;
    if !done.is_finite() {
        return Err(type_error("flow.progress takes a number of steps done"));
    }
    let total = match args.get_or_undefined(1) {
        total if total.is_null_or_undefined() => None,
        total => Some(total.to_number(context)?).filter(|total| total.is_finite()),
    };
    let label = match args.get_or_undefined(2) {
        label if label.is_null_or_undefined() => None,
        label => Some(label.to_string(context)?.to_std_string_lossy()),
    };
    ask(&HostCall::Progress { done, total, label }, &[], context)?;
    Ok(JsValue::undefined())
}

fn artifact(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = path(args, 0, context)?;
    ask(&HostCall::Artifact { path }, &[], context)?;
    Ok(JsValue::undefined())
}

/// `flow.call(tool, input)`: a promise of the tool's value.
pub(super) fn call(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(name) = args.get_or_undefined(0).as_string() else {
        return promised(
            Err(type_error(
                "flow.call takes the name of a tool and its input",
            )),
            context,
        );
    };
    let input = match values::encode_input(args.get_or_undefined(1), context) {
        Ok(input) => input,
        Err(error) => {
            let error = failure::thrown(error, context);
            return promised(Err(error), context);
        }
    };
    let request = PendingOp::Tool {
        name: name.to_std_string_lossy(),
        input,
    };
    let (promise, _) = State::of(context)?.promise(request, None, AnswerKind::Tool, context)?;
    Ok(promise.into())
}
