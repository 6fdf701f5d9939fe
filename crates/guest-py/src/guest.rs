//! A run from its job to its outcome.

use crate::call::{Call, Turn};
use crate::disk::Disk;
use crate::reading::World;
use crate::{
    arguments, failure, globals, modules, questions, reading, ready, shape, stdlib, values, world,
};
use rustpython_vm::builtins::{PyBaseExceptionRef, PyCode};
use rustpython_vm::compiler::{self, CompileOpts, Mode};
use rustpython_vm::{AsObject, Interpreter, PyResult, Settings, VirtualMachine};
use selvage_guest::{Host, Step, admit, finished, nothing_to_resume};
use selvage_tool::guest::{Check, Checked, GuestJob, HostCall, Progress, Resume};
use selvage_tool::reading::Reading;
use selvage_tool::{ErrorCode, ToolError};
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;

/// The seed of the hashes of texts and bytes. It is fixed, so that equal runs use equal fuel: a program that is fed with texts
/// that collide harms itself alone, and has its quotas.
const HASH_SEED: u32 = 0;

/// The modules that are made by code, and not found by their names.
const MADE: [&str; 4] = ["sys", "builtins", "os.path", "collections.abc"];

/// An interpreter that runs one job.
pub struct Guest {
    interpreter: Interpreter,
    disk: Rc<RefCell<Disk>>,
    host: Rc<dyn Host>,
    started: bool,
    /// The call of a function that goes on.
    call: Option<Call>,
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
        world::hold(disk.clone());
        let builder = Interpreter::builder(settings());
        let natives = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
        let interpreter = builder
            .add_native_modules(&natives)
            .add_frozen_modules(stdlib::modules())
            .build();
        interpreter
            .enter(|vm| {
                set_zone(vm)?;
                modules::complete(vm)?;
                ready::import(vm)
            })
            .unwrap_or_else(|_| panic!("the standard library can't be loaded"));
        Ok(Self {
            interpreter,
            disk,
            host,
            started: false,
            call: None,
        })
    }

    /// Runs a script to its end, and a function until it waits.
    fn start(&mut self, job: &GuestJob) -> Step {
        #[cfg(target_family = "wasm")]
        crate::wasi::begin(ready::began_ns(job));
        // What was refused while the interpreter was made is no refusal of the run's.
        self.disk.borrow_mut().take_refusal();
        admit(job, &mut self.started)
            .and_then(|()| self.run(job))
            .unwrap_or_else(|error| finished(Err(error)))
    }

    /// Takes an answer to a function that waits.
    fn resume(&mut self, resume: Resume, body: &[u8]) -> Step {
        let Some(call) = &self.call else {
            return nothing_to_resume();
        };
        match self.interpreter.enter(|vm| call.answer(&resume, body, vm)) {
            Ok(()) => self.go_on(),
            Err(exception) => self.over(Err(exception)),
        }
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
                reading: self.read(&check.path, &text),
                ..Checked::default()
            },
            Err(error) => Checked::of(Some(failure::from_compiler(&check.path, &text, &error))),
        }
    }
}

impl Guest {
    /// What a text shows. Which modules there are, the interpreter itself knows best.
    fn read(&self, path: &str, text: &str) -> Reading {
        self.interpreter.enter(|vm| {
            let has = |name: &str| {
                MADE.contains(&name)
                    || vm.state.module_defs.contains_key(name)
                    || vm.state.frozen.contains_key(name)
            };
            reading::read(text, &World { path, has: &has })
        })
    }

    fn run(&mut self, job: &GuestJob) -> Result<Step, ToolError> {
        let read = HostCall::Read {
            path: job.entry.clone(),
        };
        let (_, source) = self.host.call(&read, &[])?;
        let source = text_of(&job.entry, &source)?;
        compiler::compile(&source, Mode::Exec, &job.entry, CompileOpts::default())
            .map_err(|error| failure::from_compiler(&job.entry, &source, &error))?;
        let entries = reading::entries(&source);
        let Some(entry) = arguments::chosen(job, &entries)? else {
            let value = self.interpreter.enter(|vm| run_script(vm, job, &source));
            return Ok(self.over(value));
        };
        let arguments =
            arguments::bind(entry, &job.args).map_err(|error| error.path(&job.entry))?;
        let called = self.interpreter.enter(|vm| {
            world::prepare(vm, job)?;
            Call::new(vm, job, &source, entry, &arguments)
        });
        Ok(match called {
            Ok(call) => {
                self.call = Some(call);
                self.go_on()
            }
            Err(exception) => self.over(Err(exception)),
        })
    }

    /// Goes on with the call, until it waits or is over.
    fn go_on(&mut self) -> Step {
        let Some(call) = &self.call else {
            return nothing_to_resume();
        };
        match self.interpreter.enter(|vm| call.turn(vm)) {
            Ok(Turn::Waits) => {
                let (calls, bodies, waiting) = questions::take();
                (Progress::Yielded { calls, waiting }, bodies)
            }
            Ok(Turn::Over(value)) => self.over(value),
            Err(exception) => self.over(Err(exception)),
        }
    }

    /// The end of the program, which gave a value or raised.
    fn over(&mut self, value: PyResult) -> Step {
        let call = self.call.take();
        let result = self.interpreter.enter(|vm| {
            let encoded = match value {
                Ok(value) => values::encode(&value, "result", vm),
                Err(exception) => match left(vm, &exception) {
                    Some(left) => left,
                    None => Err(self.uncaught(vm, &exception)),
                },
            };
            let told = call.as_ref().map(|call| self.tell_variables(vm, call));
            // What the program left open is written when the last name for it goes away.
            let ended = end(vm, call).map_err(|exception| self.uncaught(vm, &exception));
            let value = encoded?;
            told.unwrap_or(Ok(())).and(ended).map(|()| value)
        });
        let mut disk = self.disk.borrow_mut();
        let kept = disk.sync_all();
        let mut result = result.and_then(|value| kept.map(|()| value));
        match &mut result {
            Ok(value) => disk.secrets.hide(value),
            Err(error) => {
                let texts = [
                    Some(&mut error.message),
                    error.hint.as_mut(),
                    error.stack.as_mut(),
                ];
                for text in texts.into_iter().flatten() {
                    *text = disk.secrets.hidden(text).into_owned();
                }
            }
        }
        finished(result)
    }

    /// Tells what the function took and had.
    fn tell_variables(&self, vm: &VirtualMachine, call: &Call) -> Result<(), ToolError> {
        let told = call.variables(vm);
        let mut variables = Value::Object(told.map_err(|exception| self.uncaught(vm, &exception))?);
        self.disk.borrow().secrets.hide(&mut variables);
        match variables {
            Value::Object(variables) => self
                .host
                .call(&HostCall::Variables { variables }, &[])
                .map(drop),
            _ => Ok(()),
        }
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
    world::prepare(vm, job)?;
    let module = ruff_python_parser::parse_module(source).map(|parsed| parsed.into_syntax());
    let body = module.as_ref().map_or(&[][..], |module| &module.body);
    let postpones_annotations = shape::postpones_annotations(body);
    let mode = if shape::ends_in_expression(body) {
        Mode::BlockExpr
    } else {
        Mode::Exec
    };
    let code = vm
        .compile(source, mode, job.entry.clone())
        .map_err(|error| error.into_pyexception(vm, Some(source)))?;
    let module = module.ok();
    let code = module
        .and_then(|module| globals::compile(vm, &job.entry, source, module, mode))
        .map_or(code, |quick| PyCode::new_ref_from_bytecode(vm, quick));
    let scope = vm.new_scope_with_main()?;
    let globals = scope.globals.clone();
    globals.set_item("__file__", vm.ctx.new_str(job.entry.as_str()).into(), vm)?;
    if postpones_annotations {
        // A block that ends in an expression does not make this by itself, as a module does.
        globals.set_item("__annotations__", vm.ctx.new_dict().into(), vm)?;
    }
    let value = vm.run_code_obj(code, scope)?;
    if vm.is_none(&value) {
        return Ok(globals
            .get_item_opt("result", vm)?
            .unwrap_or_else(|| vm.ctx.none()));
    }
    Ok(value)
}

/// What a program that ended itself gives; `None` when it did not.
fn left(vm: &VirtualMachine, exception: &PyBaseExceptionRef) -> Option<Result<Value, ToolError>> {
    if !exception.fast_isinstance(vm.ctx.exceptions.system_exit) {
        return None;
    }
    let code = exception.get_arg(0).filter(|code| !vm.is_none(code));
    let said = code.and_then(|code| code.str(vm).ok());
    let said = said.map(|said| said.to_string());
    Some(match said.as_deref() {
        None | Some("0") => Ok(Value::Null),
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
fn end(vm: &VirtualMachine, call: Option<Call>) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    if let Ok(atexit) = modules.get_item("atexit", vm) {
        vm.call_method(&atexit, "_run_exitfuncs", ())?;
    }
    let names = match call {
        Some(call) => call.names.clone(),
        None => vm
            .ensure_main_module()?
            .as_object()
            .get_attr("__dict__", vm)?,
    };
    vm.call_method(&names, "clear", ()).map(drop)
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
