//! From what JS throws to a structured failure, and back.
//!
//! A failure of the host becomes an `Error` with `code`, `hint` and `path`, and keeps its code
//! when the flow lets it through. The mark that says so is a property under a symbol of our own, so
//! that a flow cannot invent `QUOTA_CPU`.

use crate::gate;
use crate::place;
use crate::state::State;
use boa_engine::builtins::error::Error;
use boa_engine::error::{EngineError, RuntimeLimitError};
use boa_engine::object::JsObject;
use boa_engine::property::{Attribute, PropertyDescriptor};
use boa_engine::{
    Context, Finalize, JsData, JsError, JsNativeError, JsResult, JsString, JsSymbol, JsValue,
    Trace, js_string,
};
use selvage_tool::{ErrorCode, ToolError};

/// The most characters of a message.
pub const MESSAGE_CHARS_MAX: usize = 4_000;
/// The most frames of a stack.
pub const FRAMES_MAX: usize = 50;
/// The path of the API's own code, which does not show in stacks.
pub const PRELUDE: &str = "selvage:";

/// The failure that an error stands for.
#[derive(Debug, Trace, Finalize, JsData)]
struct Mark(#[unsafe_ignore_trace] ToolError);

/// The symbol of the mark; one of its kind in a context.
#[derive(Debug, Clone)]
pub(crate) struct MarkSymbol(pub JsSymbol);

/// Makes an error object here and now, so that it holds the stack of the call that is running.
///
/// # Errors
/// None but the engine's own.
pub fn site(context: &mut Context) -> JsResult<JsObject> {
    let constructor = context.intrinsics().constructors().error().constructor();
    constructor.construct(&[], None, context)
}

/// Gives an error object the message, `code`, `hint` and `path` of a failure.
pub fn mark(site: &JsObject, failure: ToolError, context: &mut Context) -> JsResult<()> {
    let mut hidden = |key: JsString, text: &str| {
        let property = PropertyDescriptor::builder()
            .value(js_string!(text))
            .enumerable(false)
            .writable(true)
            .configurable(true);
        site.define_property_or_throw(key, property, context)
    };
    hidden(js_string!("message"), &failure.message)?;
    hidden(js_string!("code"), failure.code.as_str())?;
    if failure.code == ErrorCode::LintFailed {
        hidden(js_string!("name"), "SyntaxError")?;
    }
    if let Some(hint) = &failure.hint {
        hidden(js_string!("hint"), hint)?;
    }
    if let Some(path) = &failure.path {
        hidden(js_string!("path"), path)?;
    }
    if let Some(symbol) = context.get_data::<MarkSymbol>().cloned() {
        let mark = JsObject::from_proto_and_data(None, Mark(failure));
        let property = PropertyDescriptor::builder()
            .value(mark)
            .enumerable(false)
            .configurable(true);
        site.define_property_or_throw(symbol.0, property, context)?;
    }
    Ok(())
}

/// A failure as something to throw, with the stack of the call that is running.
pub fn thrown(failure: ToolError, context: &mut Context) -> JsError {
    let made = site(context).and_then(|site| mark(&site, failure, context).map(|()| site));
    made.map_or_else(|error| error, |site| JsError::from_opaque(site.into()))
}

/// What a run that ended in an error reports.
pub fn from_error(error: JsError, context: &mut Context) -> ToolError {
    if let Some(engine) = error.as_engine() {
        let failure = match limit_of(&error) {
            Some(RuntimeLimitError::Recursion) => {
                let most = context.runtime_limits().recursion_limit();
                ToolError::new(
                    ErrorCode::QuotaStack,
                    format!("calls are nested deeper than {most}"),
                )
                .hint("Make the recursion shallower or turn it into a loop.")
            }
            Some(_) => ToolError::new(ErrorCode::QuotaStack, "the stack is full")
                .hint("Spread shorter arrays into calls, and nest fewer calls."),
            None => ToolError::new(
                ErrorCode::GuestCrashed,
                format!("the interpreter broke: {engine}"),
            ),
        };
        let text = error.to_string();
        return placed(failure, &frames_of(&text, context));
    }
    let text = if error.as_native().is_some() {
        String::new()
    } else {
        error.to_string()
    };
    match error.into_opaque(context) {
        Ok(value) => from_value(&value, &text, context),
        Err(error) => ToolError::new(ErrorCode::GuestCrashed, error.to_string()),
    }
}

/// The limit that an error stands for. Where the engine believed that nothing could fail, it
/// wraps the limit into a panic.
fn limit_of(error: &JsError) -> Option<RuntimeLimitError> {
    match error.as_engine()? {
        EngineError::RuntimeLimit(limit) => Some(*limit),
        EngineError::Panic(panic) => {
            let source = std::error::Error::source(panic)?;
            let boxed = source.downcast_ref::<Box<JsError>>().map(AsRef::as_ref);
            limit_of(boxed.or_else(|| source.downcast_ref::<JsError>())?)
        }
        #[allow(
            unreachable_patterns,
            reason = "the engine's features may add a variant"
        )]
        _ => None,
    }
}

/// What a run that ended by rejecting with this value reports. `fallback` may hold frames for
/// values that are not errors.
pub fn from_value(value: &JsValue, fallback: &str, context: &mut Context) -> ToolError {
    let Some(object) = value.as_object() else {
        let shown = crate::api::inspect::inspect(value, context);
        let failure = ToolError::new(
            ErrorCode::RuntimeException,
            clip(&format!("Uncaught {shown}")),
        )
        .hint("Throw an Error, which knows where it was made.");
        return placed(failure, &frames_of(fallback, context));
    };
    let stack = own_stack(&object, context);
    let frames = if stack.is_empty() {
        frames_of(fallback, context)
    } else {
        frames_of(&stack, context)
    };
    if let Some(failure) = marked(&object, context) {
        let mut placed_failure = if failure.line.is_some() {
            failure
        } else {
            placed(failure, &frames)
        };
        placed_failure.stack = shown(&frames);
        return placed_failure;
    }
    if !object.is::<Error>() && text_of(&object, "message", context).is_none() {
        let shown = crate::api::inspect::inspect(value, context);
        let failure = ToolError::new(
            ErrorCode::RuntimeException,
            clip(&format!("Uncaught {shown}")),
        );
        return placed(failure, &frames);
    }
    let mut failure = ToolError::new(
        ErrorCode::RuntimeException,
        clip(&headline(&object, context)),
    );
    if let Some(hint) = text_of(&object, "hint", context) {
        failure = failure.hint(clip(&hint));
    }
    let mut failure = placed(failure, &frames);
    pin_down(&mut failure, context);
    let cause = object
        .get(js_string!("cause"), context)
        .ok()
        .and_then(|cause| cause.as_object());
    if let (Some(cause), Some(stack)) = (cause, &mut failure.stack) {
        stack.push_str(&format!(
            "\nCaused by: {}",
            clip(&headline(&cause, context))
        ));
        let stack_of_cause = own_stack(&cause, context);
        for frame in frames_of(&stack_of_cause, context).iter().take(FRAMES_MAX) {
            stack.push_str(&format!("\n    at {}", frame.text));
        }
    }
    failure
}

/// `TypeError: why`, without running anything that throws.
pub fn headline(object: &JsObject, context: &mut Context) -> String {
    let name = text_of(object, "name", context).unwrap_or_else(|| "Error".to_owned());
    match text_of(object, "message", context) {
        Some(message) if !message.is_empty() => format!("{name}: {message}"),
        _ => name,
    }
}

/// A failure for a text that does not parse, from what the parser said: its message ends in the place.
pub fn from_parser(path: &str, message: &str, text: &str) -> ToolError {
    let (said, place) = match message.rsplit_once(" at line ") {
        Some((said, place)) => (said, place.split_once(", col ")),
        None => (message, None),
    };
    let failure =
        ToolError::new(ErrorCode::LintFailed, clip(&format!("SyntaxError: {said}"))).path(path);
    match place.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?))) {
        Some((line, column)) => {
            let (line, column) = place::utf16(text, line, column);
            failure.at(line, column)
        }
        None => failure,
    }
}

/// The parser's words in an error that parsing gave.
pub fn parser_words(error: &JsError) -> String {
    error.as_native().map_or_else(
        || error.to_string(),
        |native: &JsNativeError| native.message().to_owned(),
    )
}

fn marked(object: &JsObject, context: &mut Context) -> Option<ToolError> {
    let symbol = context.get_data::<MarkSymbol>().cloned()?;
    if !object.is::<Error>() {
        return None;
    }
    let mark = object.get(symbol.0, context).ok()?.as_object()?;
    let mut failure = mark.downcast_ref::<Mark>().map(|mark| mark.0.clone())?;
    // A flow may have said more about it.
    failure.message = clip(&text_of(object, "message", context).unwrap_or(failure.message));
    failure.hint = text_of(object, "hint", context).or(failure.hint);
    Some(failure)
}

fn text_of(object: &JsObject, key: &str, context: &mut Context) -> Option<String> {
    let value = object.get(js_string!(key), context).ok()?;
    value.as_string().map(|text| text.to_std_string_lossy())
}

fn own_stack(object: &JsObject, context: &mut Context) -> String {
    text_of(object, "stack", context).unwrap_or_default()
}

/// The stack of an error as it is reported: workspace paths, UTF-16 columns, the flow's frames only.
pub fn stack_of(object: &JsObject, context: &mut Context) -> Option<String> {
    let stack = own_stack(object, context);
    shown(&frames_of(&stack, context))
}

struct Frame {
    text: String,
    place: Option<(String, u32, u32)>,
}

/// The frames of the flow in a stack as the engine writes it: `    at name (path:line:column)`.
fn frames_of(stack: &str, context: &Context) -> Vec<Frame> {
    let state = State::of(context).ok();
    let lines: Vec<&str> = stack
        .lines()
        .filter_map(|line| line.strip_prefix("    at "))
        .collect();
    let own = |line: Option<&&str>| line.is_some_and(|line| line.contains(&format!("({PRELUDE}")));
    lines
        .iter()
        .enumerate()
        .filter_map(|(index, text)| {
            let (name, inside) = text
                .strip_suffix(')')
                .and_then(|text| text.rsplit_once(" ("))?;
            // The API's own frames, and what they called, tell a flow's author nothing.
            if name.is_empty()
                || own(Some(text))
                || (inside == "native" && own(lines.get(index + 1)))
            {
                return None;
            }
            let name = if name == gate::DEFAULT_NAME {
                "default"
            } else {
                name
            };
            let place = inside.rsplit_once(':').and_then(|(rest, column)| {
                let (path, line) = rest.rsplit_once(':')?;
                Some((path.to_owned(), line.parse().ok()?, column.parse().ok()?))
            });
            Some(match place {
                None => Frame {
                    text: format!("{name} ({inside})"),
                    place: None,
                },
                Some((path, line, column)) => {
                    let source = state.as_ref().and_then(|state| state.source(&path));
                    let (line, column) =
                        source.map_or((line, column), |text| place::utf16(&text, line, column));
                    Frame {
                        text: format!("{name} ({path}:{line}:{column})"),
                        place: Some((path, line, column)),
                    }
                }
            })
        })
        .take(FRAMES_MAX)
        .collect()
}

fn shown(frames: &[Frame]) -> Option<String> {
    if frames.is_empty() {
        return None;
    }
    Some(
        frames
            .iter()
            .map(|frame| format!("    at {}", frame.text))
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

fn placed(mut failure: ToolError, frames: &[Frame]) -> ToolError {
    failure.stack = shown(frames);
    if let Some((path, line, column)) = frames.iter().find_map(|frame| frame.place.clone()) {
        failure.path = Some(path);
        failure = failure.at(line, column);
    }
    failure
}

/// The engine notes no place where a name is read, and reports the beginning of the function:
/// look for the name from there on.
fn pin_down(failure: &mut ToolError, context: &Context) {
    let name = failure
        .message
        .strip_prefix("ReferenceError: ")
        .and_then(|message| message.strip_suffix(" is not defined"));
    let (Some(name), Some(path), Some(line), Some(column)) =
        (name, &failure.path, failure.line, failure.column)
    else {
        return;
    };
    let source = State::of(context).ok().and_then(|state| state.source(path));
    if let Some((line, column)) =
        source.and_then(|text| gate::find_name(&text, name, (line, column)))
    {
        failure.line = Some(line);
        failure.column = Some(column);
    }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What non-enumerable methods and values have: writable and configurable.
pub(crate) fn hidden() -> Attribute {
    Attribute::WRITABLE | Attribute::NON_ENUMERABLE | Attribute::CONFIGURABLE
}
