//! A run of one function of a file: called, and driven from answer to answer.
//!
//! The Python half is `bifrost._run`. A function that waits returns to the host while it does, so that a host needs no way to
//! suspend a program.

use crate::{questions, values};
use rustpython_vm::builtins::{PyBaseException, PyDictRef};
use rustpython_vm::compiler::Mode;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use selvage_tool::ToolError;
use selvage_tool::guest::{Answer, GuestJob, Resume, VARIABLES_BYTES_MAX};
use selvage_tool::reading::Entry;
use serde_json::{Map, Value};

/// The module name of a file that lies in no folder: its own would take the place of a module of the library.
const TOP_MODULE: &str = "__workflow__";

/// The most variables that are told.
const VARIABLES_MAX: usize = 200;

/// The most bytes of one variable that is told.
const VARIABLE_BYTES_MAX: usize = 10_000;

/// What a member of an object has beside its name and its value, in bytes.
const MEMBER_BYTES: usize = 4;

/// How a call stands after a turn.
pub enum Turn {
    /// It waits for answers.
    Waits,
    /// It is over.
    Over(PyResult),
}

/// A call of a function.
pub struct Call {
    /// The instance of `bifrost._run.Run`.
    run: PyObjectRef,
    /// The module's names.
    pub names: PyObjectRef,
}

impl Call {
    /// Runs the file's text as a module, and gets ready to call the function.
    ///
    /// # Errors
    /// What the module raises.
    pub fn new(
        vm: &VirtualMachine,
        job: &GuestJob,
        source: &str,
        entry: &Entry,
        arguments: &Map<String, Value>,
    ) -> PyResult<Self> {
        let code = vm
            .compile(source, Mode::Exec, job.entry.clone())
            .map_err(|error| error.into_pyexception(vm, Some(source)))?;
        let name = module_name(&job.entry);
        let package = name.rsplit_once('.').map_or("", |(package, _)| package);
        let scope = vm.new_scope_with_builtins();
        let names = scope.globals.clone();
        let module: PyObjectRef = vm.new_module(&name, names.clone(), None).into();
        for (key, value) in [("__file__", job.entry.as_str()), ("__package__", package)] {
            names.set_item(key, vm.ctx.new_str(value).into(), vm)?;
        }
        vm.sys_module
            .get_attr("modules", vm)?
            .set_item(name.as_str(), module.clone(), vm)?;
        hear_info(vm)?;
        vm.run_code_obj(code, scope)?;
        let takes = entry.parameters.iter();
        let takes: Vec<PyObjectRef> = takes
            .map(|parameter| vm.ctx.new_str(parameter.name.as_str()).into())
            .collect();
        let given = vm.ctx.new_dict();
        for (name, value) in arguments {
            given.set_item(name.as_str(), values::decode(value, vm)?, vm)?;
        }
        let parameters = match &job.args {
            Value::Null => vm.ctx.new_dict().into(),
            args => values::decode(args, vm)?,
        };
        let run = vm.import("bifrost._run", 0)?;
        let run = run.get_attr("_run", vm)?.get_attr("Run", vm)?;
        let function = vm.ctx.new_str(entry.function.as_str());
        let takes = vm.ctx.new_list(takes);
        let run = run.call((module, function, takes, given, parameters), vm)?;
        Ok(Self {
            run,
            names: names.into(),
        })
    }

    /// Goes on as far as it can go now.
    ///
    /// # Errors
    /// None but the interpreter's own.
    pub fn turn(&self, vm: &VirtualMachine) -> PyResult<Turn> {
        if !vm.call_method(&self.run, "turn", ())?.try_to_bool(vm)? {
            return Ok(Turn::Waits);
        }
        let error = self.run.get_attr("error", vm)?;
        Ok(Turn::Over(match error.downcast::<PyBaseException>() {
            Ok(error) => Err(error),
            Err(_) => self.run.get_attr("result", vm),
        }))
    }

    /// What the function took, and the variables that it had when it was over.
    ///
    /// # Errors
    /// None but the interpreter's own.
    pub fn variables(&self, vm: &VirtualMachine) -> PyResult<Map<String, Value>> {
        let found: PyDictRef = vm
            .call_method(&self.run, "variables", ())?
            .try_into_value(vm)?;
        let mut told = Map::new();
        let mut bytes = 2;
        for (name, value) in found.into_iter().take(VARIABLES_MAX) {
            let name = name.str(vm)?.to_string();
            let value = values::shown(&value, VARIABLE_BYTES_MAX, vm);
            bytes += name.len() + value.to_string().len() + MEMBER_BYTES;
            // What stands in the place of secrets may be longer than they.
            if bytes > VARIABLES_BYTES_MAX / 2 {
                break;
            }
            told.insert(name, value);
        }
        Ok(told)
    }

    /// Takes the answer to a question, and its body.
    ///
    /// # Errors
    /// A value of the answer that can't be made.
    pub fn answer(&self, resume: &Resume, body: &[u8], vm: &VirtualMachine) -> PyResult<()> {
        let fetches = questions::answered(resume.id);
        let (value, error) = match &resume.answer {
            Answer::Ok(value) => (values::decode(value, vm)?, vm.ctx.none()),
            Answer::Error(error) => {
                if fetches {
                    crate::world::refuse(error.clone());
                }
                (vm.ctx.none(), parts(error, vm))
            }
        };
        let body = vm.ctx.new_bytes(body.to_vec());
        vm.call_method(&self.run, "answer", (resume.id, value, body, error))
            .map(drop)
    }
}

/// An error as `_host.HostError` takes it.
pub fn parts(error: &ToolError, vm: &VirtualMachine) -> PyObjectRef {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let optional = |value: &Option<String>| value.as_deref().map_or(vm.ctx.none(), text);
    let parts = vec![
        text(error.code.as_str()),
        text(&error.message),
        optional(&error.hint),
        optional(&error.path),
    ];
    vm.ctx.new_tuple(parts).into()
}

/// The name of a file as a module: `workflows.sync` for `workflows/sync.py`.
fn module_name(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    if path.contains('/') {
        path.replace('/', ".")
    } else {
        TOP_MODULE.to_owned()
    }
}

/// Has records of `logging` heard from `info` on, unless the program sets another level: workflows say by them how they go.
fn hear_info(vm: &VirtualMachine) -> PyResult<()> {
    let logging = vm.import("logging", 0)?;
    let level = logging.get_attr("INFO", vm)?;
    for name in ["root", "lastResort"] {
        let heard = logging.get_attr(name, vm)?;
        vm.call_method(&heard, "setLevel", (level.clone(),))?;
    }
    Ok(())
}
