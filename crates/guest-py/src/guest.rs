//! A run from its job to its outcome.

use crate::disk::Disk;
use crate::failure;
use crate::reading;
use crate::stdlib;
use crate::values;
use ruff_python_ast::Stmt;
use rustpython_vm::builtins::{PyBaseExceptionRef, PyStrRef};
use rustpython_vm::compiler::{self, CompileOpts, Mode};
use rustpython_vm::{AsObject, Interpreter, PyObjectRef, PyResult, Settings, VirtualMachine};
use selvage_guest::{Host, Step, admit, finished, nothing_to_resume};
use selvage_tool::guest::{Check, Checked, GuestJob, HostCall, LogLevel, Resume};
use selvage_tool::{ErrorCode, ToolError};
use std::cell::RefCell;
use std::rc::Rc;

/// The seed of the hashes of texts and bytes. It is fixed, so that equal runs use equal fuel: a program that is fed with texts
/// that collide harms itself alone, and has its quotas.
const HASH_SEED: u32 = 0;

thread_local! {
    /// Where `selvage.log` tells its entries.
    static DISK: RefCell<Option<Rc<RefCell<Disk>>>> = const { RefCell::new(None) };
}

/// An interpreter that runs one job.
pub struct Guest {
    interpreter: Interpreter,
    disk: Rc<RefCell<Disk>>,
    host: Rc<dyn Host>,
    started: bool,
}

impl selvage_guest::Interpreter for Guest {
    /// The interpreter counts its own calls, and raises `RecursionError`.
    const DEEP_PANIC: Option<&'static str> = None;

    /// Builds whatever every run needs.
    ///
    /// # Errors
    /// None: an interpreter that can't be built panics.
    fn new(host: Rc<dyn Host>) -> Result<Self, ToolError> {
        let disk = Rc::new(RefCell::new(Disk::new(host.clone())));
        #[cfg(target_family = "wasm")]
        crate::wasi::mount(disk.clone());
        DISK.set(Some(disk.clone()));
        let builder = Interpreter::builder(settings());
        let natives = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
        let interpreter = builder
            .add_native_modules(&natives)
            .add_frozen_modules(stdlib::modules())
            .build();
        interpreter.enter(set_zone).map_err(|_| {
            ToolError::new(ErrorCode::Internal, "the module `time` can't be completed")
        })?;
        Ok(Self {
            interpreter,
            disk,
            host,
            started: false,
        })
    }

    /// Runs the job to its end.
    fn start(&mut self, job: &GuestJob) -> Step {
        if let Err(error) = admit(job, &mut self.started) {
            return finished(Err(error));
        }
        finished(self.run(job))
    }

    /// Takes an answer. Nothing is ever asked in this way: the run is over when [`Self::start`] returns.
    fn resume(&mut self, _: Resume, _: &[u8]) -> Step {
        nothing_to_resume()
    }

    /// Compiles a text, reads off what it shows, and runs nothing.
    fn check(&mut self, check: &Check, source: &[u8]) -> Checked {
        let text = match text_of(&check.path, source) {
            Ok(text) => text,
            Err(error) => return Checked::of(Some(error)),
        };
        let options = CompileOpts::default();
        match compiler::compile(&text, Mode::Exec, &check.path, options) {
            // What the compiler took nests no deeper than this can be walked.
            Ok(_) => Checked {
                error: None,
                reading: reading::read(&text),
            },
            Err(error) => Checked::of(Some(failure::from_compiler(&check.path, &text, &error))),
        }
    }
}

impl Guest {
    fn run(&mut self, job: &GuestJob) -> Result<serde_json::Value, ToolError> {
        let read = HostCall::Read {
            path: job.entry.clone(),
        };
        let (_, source) = self.host.call(&read, &[])?;
        let source = text_of(&job.entry, &source)?;
        compiler::compile(&source, Mode::Exec, &job.entry, CompileOpts::default())
            .map_err(|error| failure::from_compiler(&job.entry, &source, &error))?;
        let result = self.interpreter.enter(|vm| {
            let value = run_script(vm, job, &source);
            let encoded = match value {
                Ok(value) => values::encode(&value, vm),
                Err(exception) => match left(vm, &exception) {
                    Some(left) => left,
                    None => Err(self.uncaught(vm, &exception)),
                },
            };
            // What the program left open is written when the last name for it goes away.
            if let Err(exception) = end(vm)
                && encoded.is_ok()
            {
                return Err(self.uncaught(vm, &exception));
            }
            encoded
        });
        let kept = self.disk.borrow_mut().sync_all();
        result.and_then(|value| kept.map(|()| value))
    }

    /// The failure for an exception that nobody caught. What the host refused keeps its own code.
    fn uncaught(&self, vm: &VirtualMachine, exception: &PyBaseExceptionRef) -> ToolError {
        let failure = failure::from_exception(vm, exception);
        let refused = exception.fast_isinstance(vm.ctx.exceptions.os_error);
        match self.disk.borrow_mut().take_refusal().filter(|_| refused) {
            Some(refusal) => ToolError {
                code: refusal.code,
                message: refusal.message,
                hint: refusal.hint,
                ..failure
            },
            None => failure,
        }
    }
}

/// The local time of every run is UTC; the interpreter has these names only where a C library knows of zones.
fn set_zone(vm: &VirtualMachine) -> PyResult<()> {
    let time = vm.import("time", 0)?;
    let utc = || vm.ctx.new_str("UTC").into();
    time.set_attr("tzname", vm.ctx.new_tuple(vec![utc(), utc()]), vm)?;
    for name in ["timezone", "altzone", "daylight"] {
        time.set_attr(name, vm.ctx.new_int(0), vm)?;
    }
    Ok(())
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.hash_seed = Some(HASH_SEED);
    settings.ignore_environment = true;
    settings.import_site = false;
    settings.install_signal_handlers = false;
    settings.user_site_directory = false;
    settings.write_bytecode = false;
    settings.safe_path = true;
    settings.utf8_mode = 1;
    // A line is told when it is printed.
    settings.buffered_stdio = false;
    settings
}

/// Runs a script. Its value is that of its last statement where that is an expression, as in JS; otherwise the global `result`.
fn run_script(vm: &VirtualMachine, job: &GuestJob, source: &str) -> PyResult {
    vm.recursion_limit
        .set(usize::try_from(job.stack_calls_max).unwrap_or(usize::MAX));
    prepare(vm, job)?;
    let mode = if ends_in_expression(source) {
        Mode::BlockExpr
    } else {
        Mode::Exec
    };
    let code = vm
        .compile(source, mode, job.entry.clone())
        .map_err(|error| error.into_pyexception(vm, Some(source)))?;
    let scope = vm.new_scope_with_main()?;
    let globals = scope.globals.clone();
    globals.set_item("__file__", vm.ctx.new_str(job.entry.as_str()).into(), vm)?;
    let value = vm.run_code_obj(code, scope)?;
    if vm.is_none(&value) {
        return Ok(globals
            .get_item_opt("result", vm)?
            .unwrap_or_else(|| vm.ctx.none()));
    }
    Ok(value)
}

fn ends_in_expression(source: &str) -> bool {
    ruff_python_parser::parse_module(source)
        .is_ok_and(|parsed| matches!(parsed.syntax().body.last(), Some(Stmt::Expr(_))))
}

/// What a program finds: `sys.argv`, `sys.path`, `os.environ`, and the module `selvage`.
fn prepare(vm: &VirtualMachine, job: &GuestJob) -> PyResult<()> {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let words = crate::argv::argv(&job.entry, &job.args);
    let argv = words.iter().map(|word| text(word)).collect();
    vm.sys_module.set_attr("argv", vm.ctx.new_list(argv), vm)?;
    let folder = job.entry.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path = vec![text("/")];
    if !folder.is_empty() {
        path.insert(0, text(&format!("/{folder}")));
    }
    vm.sys_module.set_attr("path", vm.ctx.new_list(path), vm)?;
    let environ = vm.import("posix", 0)?.get_attr("environ", vm)?;
    let env = vm.ctx.new_dict();
    for (name, value) in &job.env {
        let bytes =
            |text: &str| -> PyObjectRef { vm.ctx.new_bytes(text.as_bytes().to_vec()).into() };
        environ.set_item(&*bytes(name), bytes(value), vm)?;
        env.set_item(name.as_str(), text(value), vm)?;
    }
    let module = vm.new_module("selvage", vm.ctx.new_dict(), None);
    module.set_attr("args", values::decode(&job.args, vm)?, vm)?;
    module.set_attr("env", env, vm)?;
    module.set_attr("log", vm.new_function("log", log), vm)?;
    module.set_attr("run", text(&job.run), vm)?;
    vm.sys_module
        .get_attr("modules", vm)?
        .set_item("selvage", module.into(), vm)
}

/// `selvage.log(level, text)`, with a level of the module `logging`.
fn log(level: i64, text: PyStrRef, vm: &VirtualMachine) -> PyResult<()> {
    let level = match level {
        ..20 => LogLevel::Debug,
        20..30 => LogLevel::Info,
        30..40 => LogLevel::Warn,
        _ => LogLevel::Error,
    };
    let told = DISK.with_borrow(|disk| match disk {
        Some(disk) => disk.borrow_mut().log(level, &text.to_string_lossy()),
        None => Ok(()),
    });
    told.map_err(|error| vm.new_os_error(error.message))
}

/// What a program that ended itself gives; `None` when it did not.
fn left(
    vm: &VirtualMachine,
    exception: &PyBaseExceptionRef,
) -> Option<Result<serde_json::Value, ToolError>> {
    if !exception.fast_isinstance(vm.ctx.exceptions.system_exit) {
        return None;
    }
    let code = exception.get_arg(0).filter(|code| !vm.is_none(code));
    let said = code.and_then(|code| code.str(vm).ok());
    let said = said.map(|said| said.to_string());
    Some(match said.as_deref() {
        None | Some("0") => Ok(serde_json::Value::Null),
        Some(said) => {
            let failure = failure::from_exception(vm, exception);
            Err(ToolError {
                message: format!("the program exited with {said}"),
                ..failure
            })
        }
    })
}

/// Runs what was registered for the end, and lets go of the program's names.
fn end(vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    if let Ok(atexit) = modules.get_item("atexit", vm) {
        vm.call_method(&atexit, "_run_exitfuncs", ())?;
    }
    let main = modules.get_item("__main__", vm)?;
    let globals = main.get_attr("__dict__", vm)?;
    vm.call_method(&globals, "clear", ()).map(drop)
}

/// A source text. A mark of its byte order is no part of it.
fn text_of(path: &str, source: &[u8]) -> Result<String, ToolError> {
    let text = std::str::from_utf8(source).map_err(|_| {
        ToolError::new(
            ErrorCode::NotText,
            format!("`{path}` is not text in UTF-8."),
        )
        .path(path)
        .hint("Save the file as UTF-8.")
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
