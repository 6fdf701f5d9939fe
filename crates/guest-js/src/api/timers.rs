//! `setTimeout` and its kin, `queueMicrotask`, `performance.now`.
//!
//! A timer is a pending call; the order in which timers fire is the order of the host's answers.

use super::{Api, now_ms, type_error};
use crate::state::State;
use boa_engine::job::PromiseJob;
use boa_engine::object::builtins::JsFunction;
use boa_engine::{Context, JsArgs, JsResult, JsValue};

/// The longest delay, as in a browser: 2³¹ - 1 milliseconds. A longer one is taken as none.
pub const DELAY_MS_MAX: f64 = 2_147_483_647.0;
/// The shortest delay of a repeating timer, so that it cannot keep the host busy for nothing.
pub const INTERVAL_MS_MIN: f64 = 1.0;

pub(super) fn install(api: &mut Api) -> JsResult<()> {
    let global = [
        (
            "setTimeout",
            1,
            set_timeout as boa_engine::native_function::NativeFunctionPointer,
        ),
        ("setInterval", 1, set_interval),
        ("clearTimeout", 1, clear),
        ("clearInterval", 1, clear),
        ("queueMicrotask", 1, queue_microtask),
    ];
    for (name, length, body) in global {
        let function = api.function(name, length, body);
        api.global(name, function)?;
    }
    let performance = api.object();
    api.method(&performance, "now", 0, |_, _, context| {
        Ok(now_ms(context).into())
    });
    api.global("performance", performance)
}

fn callback(args: &[JsValue], what: &str) -> JsResult<JsFunction> {
    let callback = args.get_or_undefined(0).as_function();
    callback.ok_or_else(|| {
        type_error(format!(
            "{what} takes a function, and got {}",
            args.get_or_undefined(0).type_of()
        ))
    })
}

fn set(args: &[JsValue], repeats: bool, context: &mut Context) -> JsResult<JsValue> {
    let callback = callback(args, if repeats { "setInterval" } else { "setTimeout" })?;
    let delay = args.get_or_undefined(1).to_number(context)?;
    let delay = if delay > 0.0 && delay <= DELAY_MS_MAX {
        delay
    } else {
        0.0
    };
    let delay = if repeats {
        delay.max(INTERVAL_MS_MIN)
    } else {
        delay
    };
    let arguments = args.get(2..).unwrap_or_default().to_vec();
    Ok(State::of(context)?
        .set_timer(callback, arguments, delay, repeats)
        .into())
}

fn set_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(args, false, context)
}

fn set_interval(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(args, true, context)
}

fn clear(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = args.get_or_undefined(0);
    if handle.is_number() {
        let handle = handle.to_u32(context)?;
        State::of(context)?.clear_timer(handle);
    }
    Ok(JsValue::undefined())
}

fn queue_microtask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = callback(args, "queueMicrotask")?;
    let realm = context.realm().clone();
    let job = PromiseJob::with_realm(
        move |context| callback.call(&JsValue::undefined(), &[], context),
        realm,
    );
    context.enqueue_job(job.into());
    Ok(JsValue::undefined())
}
