//! From an exception that nobody caught, or a text that does not compile, to a structured failure.

use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::compiler::CompileError;
use rustpython_vm::{AsObject, PyObjectRef, VirtualMachine};
use selvage_tool::{ErrorCode, ToolError};

/// The most characters of a message.
pub const MESSAGE_CHARS_MAX: usize = 4_000;
/// The most characters of a stack. Of a longer one, the end is kept, where the exception was raised.
pub const STACK_CHARS_MAX: usize = 8_000;

/// The most frames of a traceback that is written: each reads the line that it shows.
pub const FRAMES_MAX: usize = 50;
/// The most exceptions that are written as causes of one another.
pub const CAUSES_MAX: usize = 8;

/// The failure for a text that does not compile.
pub fn from_compiler(path: &str, text: &str, error: &CompileError) -> ToolError {
    let message = clip(&format!("SyntaxError: {error}"));
    let failure = ToolError::new(ErrorCode::LintFailed, message).path(path);
    match error.python_location() {
        (0, _) => failure,
        (line, column) => {
            let (line, column) = utf16(text, line, column);
            failure.at(line, column)
        }
    }
}

/// What to do in place of `input()`.
const ASKS_NOBODY: &str = "A run has no terminal to read from. Let the workflow take a parameter, which the run form asks for.";

/// The failure for an exception.
pub fn from_exception(vm: &VirtualMachine, exception: &PyBaseExceptionRef) -> ToolError {
    let kinds = &vm.ctx.exceptions;
    let code = if exception.fast_isinstance(kinds.recursion_error) {
        ErrorCode::QuotaStack
    } else if exception.fast_isinstance(kinds.memory_error) {
        ErrorCode::QuotaMemory
    } else {
        ErrorCode::RuntimeException
    };
    let name = exception.class().name().to_string();
    let said = match exception.as_object().str(vm) {
        Ok(said) => said.to_string(),
        Err(_) => "<its text can't be made>".to_owned(),
    };
    let message = if said.is_empty() {
        name
    } else {
        format!("{name}: {said}")
    };
    // What is meant for people is its message alone.
    if is_a(vm, exception, "bifrost._errors", "UserError") {
        return ToolError::new(code, clip(&said));
    }
    let mut failure = ToolError::new(code, clip(&message));
    if exception.fast_isinstance(kinds.eof_error) {
        failure.hint = Some(ASKS_NOBODY.into());
    }
    let place = syntax_place(vm, exception).or_else(|| raised_at(exception));
    shorten(exception);
    let mut stack = String::new();
    // Writing to a text does not fail.
    let _ = vm.write_exception(&mut stack, exception);
    failure.stack = Some(clip_start(stack.trim_end()));
    if let Some((path, line)) = place {
        failure.path = Some(path);
        failure.line = u32::try_from(line).ok();
    }
    if let Some(refusal) = refused(vm, exception) {
        failure.code = refusal.code;
        failure.message = clip(&refusal.message);
        failure.hint = refusal.hint;
    }
    failure
}

/// What the host said, where an exception is a `_host.HostError`: it keeps its own code and words.
fn refused(vm: &VirtualMachine, exception: &PyBaseExceptionRef) -> Option<ToolError> {
    if !is_a(vm, exception, "_host", "HostError") {
        return None;
    }
    let text = |name: &'static str| -> Option<String> {
        let value = exception.as_object().get_attr(name, vm).ok()?;
        (!vm.is_none(&value)).then(|| value.str(vm).ok().map(|text| text.to_string()))?
    };
    let code = serde_json::from_value(text("code")?.into()).ok()?;
    let message = exception.get_arg(0)?.str(vm).ok()?.to_string();
    Some(ToolError {
        hint: text("hint"),
        ..ToolError::new(code, message)
    })
}

/// Whether an exception is of a class of a module of ours; it is not where nobody loaded that module.
fn is_a(
    vm: &VirtualMachine,
    exception: &PyBaseExceptionRef,
    module: &'static str,
    class: &'static str,
) -> bool {
    let modules = vm.sys_module.get_attr("modules", vm);
    let module = modules.and_then(|modules| modules.get_item(module, vm));
    let class = module.and_then(|module| module.get_attr(class, vm));
    class.is_ok_and(|class| {
        let instance = exception.as_object().is_instance(&class, vm);
        instance.unwrap_or(false)
    })
}

/// Leaves of an exception and its causes the innermost frames, and of the causes the nearest.
fn shorten(exception: &PyBaseExceptionRef) {
    let mut next = Some(exception.clone());
    for left in (0..CAUSES_MAX).rev() {
        let Some(exception) = next else {
            return;
        };
        let entries: Vec<_> = exception
            .__traceback__()
            .iter()
            .flat_map(|first| first.iter())
            .collect();
        if let Some(first) = entries
            .len()
            .checked_sub(FRAMES_MAX)
            .filter(|first| *first > 0)
        {
            exception.set_traceback(Some(entries[first].clone()));
        }
        if left == 0 {
            exception.set_cause(None);
            exception.set_context(None);
        }
        next = exception.__cause__().or_else(|| exception.__context__());
    }
}

/// The innermost frame of the workspace's own code.
fn raised_at(exception: &PyBaseExceptionRef) -> Option<(String, usize)> {
    let traceback = exception.__traceback__()?;
    traceback
        .iter()
        .filter_map(|entry| {
            let code = entry.frame.f_code();
            let path = workspace_path(code.source_path().as_str())?;
            Some((path, entry.lineno.get()))
        })
        .last()
}

/// Where a text that was compiled in the run is wrong.
fn syntax_place(vm: &VirtualMachine, exception: &PyBaseExceptionRef) -> Option<(String, usize)> {
    if !exception.fast_isinstance(vm.ctx.exceptions.syntax_error) {
        return None;
    }
    let get = |name: &'static str| -> Option<PyObjectRef> {
        exception.as_object().get_attr(name, vm).ok()
    };
    let path = get("filename")?.str(vm).ok()?.to_string();
    let line = get("lineno")?.try_to_value::<usize>(vm).ok()?;
    Some((workspace_path(&path)?, line))
}

/// The path of a file as the workspace writes it; `None` for code that is in no file.
fn workspace_path(path: &str) -> Option<String> {
    let path = path.trim_start_matches('/');
    (!path.is_empty() && !path.starts_with('<')).then(|| path.to_owned())
}

/// A place whose column counts UTF-16 code units, from one that counts characters; both from 1.
fn utf16(text: &str, line: usize, column: usize) -> (u32, u32) {
    let before = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let units: usize = before
        .chars()
        .take(column.saturating_sub(1))
        .map(char::len_utf16)
        .sum();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    (number(line), number(units + 1))
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn clip_start(text: &str) -> String {
    let count = text.chars().count();
    match text
        .char_indices()
        .nth(count.saturating_sub(STACK_CHARS_MAX))
    {
        Some((start, _)) if start > 0 => format!("…{}", &text[start..]),
        _ => text.to_owned(),
    }
}
