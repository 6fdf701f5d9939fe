//! From a file of one of the four shapes to the promise of its result.

use crate::api;
use crate::failure;
use crate::gate;
use crate::loader;
use crate::state::State;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsArray, JsPromise};
use boa_engine::{
    Context, JsNativeError, JsResult, JsValue, Module, NativeFunction, Script, Source, js_string,
};
use selvage_tool::guest::{GuestJob, Shape};
use selvage_tool::{ErrorCode, ToolError};
use std::path::Path;

/// Runs a script; its value is the value of its last expression.
///
/// # Errors
/// What keeps it from being parsed, and what it throws.
pub fn run_script(
    job: &GuestJob,
    flow: &JsObject,
    state: &State,
    context: &mut Context,
) -> JsResult<JsPromise> {
    let refused = |failure: ToolError, context: &mut Context| failure::thrown(failure, context);
    let path = &job.entry;
    let text = loader::read(state, path).and_then(|text| gate::check(path, &text).map(|_| text));
    let text = text.map_err(|failure| refused(failure, context))?;
    let source = Source::from_bytes(text.as_bytes()).with_path(Path::new(path));
    let script = Script::parse(source, None, context).map_err(|error| {
        refused(
            failure::from_parser(path, &failure::parser_words(&error), &text),
            context,
        )
    })?;
    let value = script.evaluate(context)?;
    match entry_names(job.shape) {
        None => JsPromise::resolve(value, context),
        Some(first) => {
            // Lexical globals are no properties of the global object: only a script sees them.
            let look = format!(
                "[typeof {first} === 'function' ? {first} : undefined, typeof run === 'function' ? run : undefined]"
            );
            let look = Script::parse(
                Source::from_bytes(look.as_bytes()).with_path(Path::new(failure::PRELUDE)),
                None,
                context,
            )?;
            let found = look.evaluate(context)?;
            let found = JsArray::from_object(found.to_object(context)?)?;
            let (first, run) = (found.get(0, context)?, found.get(1, context)?);
            run_services(&first, &run, flow, context)
        }
    }
}

/// Runs a module; its value is what its default export gives.
///
/// # Errors
/// None but the engine's own: what goes wrong rejects the promise.
pub fn run_module(
    module: &Module,
    flow: &JsObject,
    shape: Shape,
    context: &mut Context,
) -> JsResult<JsPromise> {
    let loaded = module.load_link_evaluate(context);
    let realm = context.realm().clone();
    let names = entry_names(shape);
    let run = NativeFunction::from_copy_closure_with_captures(
        move |_, _, (module, flow), context| {
            let exports = module.namespace(context);
            if let Some(first) = names {
                let find = |name: &str, context: &mut Context| {
                    let exported = exports.get(js_string!(name), context)?;
                    if exported.is_undefined() {
                        context.global_object().get(js_string!(name), context)
                    } else {
                        Ok(exported)
                    }
                };
                let (first, run) = (find(first, context)?, find("run", context)?);
                return run_services(&first, &run, flow, context).map(JsValue::from);
            }
            if !exports.has_property(js_string!("default"), context)? {
                return Ok(JsValue::undefined());
            }
            let default = exports.get(js_string!("default"), context)?;
            match default.as_callable() {
                Some(function) => {
                    function.call(&JsValue::undefined(), &[flow.clone().into()], context)
                }
                None => Ok(default),
            }
        },
        (module.clone(), flow.clone()),
    );
    loaded.then(Some(run.to_js_function(&realm)), None, context)
}

/// What declares the inputs and outputs of the two older shapes.
fn entry_names(shape: Shape) -> Option<&'static str> {
    match shape {
        Shape::Script | Shape::Module => None,
        Shape::Setup => Some("setup"),
        Shape::Init => Some("init"),
    }
}

fn run_services(
    first: &JsValue,
    run: &JsValue,
    flow: &JsObject,
    context: &mut Context,
) -> JsResult<JsPromise> {
    if !run.is_callable() {
        let failure = ToolError::new(
            ErrorCode::LintFailed,
            "the flow has no function run(services)",
        );
        return Err(failure::thrown(
            failure.hint("Write async function run(services) { … }, or export it."),
            context,
        ));
    }
    let services = api::load("services", context)?;
    let start = services.get(js_string!("run"), context)?;
    let start = start
        .as_callable()
        .ok_or_else(|| JsNativeError::error().with_message("the services have no run"))?;
    let promise = start.call(
        &JsValue::undefined(),
        &[first.clone(), run.clone(), flow.clone().into()],
        context,
    )?;
    JsPromise::resolve(promise, context)
}
