//! What a run finds changed in modules that are the interpreter's own: imports that fail say why, and the limit of nested calls
//! stays the run's.

use crate::absent;
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::function::OptionalArg;
use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};

/// The function of the library's that imports; another one only asks whether there is such a module.
const IMPORTS: &str = "_find_and_load_unlocked";

/// Changes them.
///
/// # Errors
/// None but the interpreter's own.
pub fn install(vm: &VirtualMachine) -> PyResult<()> {
    let last = vm.new_module("selvage.absent", vm.ctx.new_dict(), None);
    last.set_attr("find_spec", vm.new_function("find_spec", find_spec), vm)?;
    let finders = vm.sys_module.get_attr("meta_path", vm)?;
    vm.call_method(&finders, "append", (last,))?;
    let limit = vm.new_function("setrecursionlimit", set_recursion_limit);
    vm.sys_module.set_attr("setrecursionlimit", limit, vm)
}

/// Changes what every run finds changed: encodings are known, and a program that leaves at once leaves as one that exits.
///
/// # Errors
/// None but the interpreter's own.
pub fn complete(vm: &VirtualMachine) -> PyResult<()> {
    // Texts are encoded by names that only this module knows, and may be so before anybody imports it.
    vm.import("encodings", 0)?;
    let posix = vm.import("posix", 0)?;
    posix.set_attr("_exit", vm.new_function("_exit", exit), vm)?;
    posix.set_attr("abort", vm.new_function("abort", abort), vm)
}

/// `os._exit(status)`.
fn exit(status: i32, vm: &VirtualMachine) -> PyResult<()> {
    Err(left(vm, vm.ctx.new_int(status).into()))
}

/// `os.abort()`.
fn abort(vm: &VirtualMachine) -> PyResult<()> {
    Err(left(vm, vm.ctx.new_str("an abort").into()))
}

fn left(vm: &VirtualMachine, status: PyObjectRef) -> PyBaseExceptionRef {
    let kind = vm.ctx.exceptions.system_exit.to_owned();
    vm.new_exception(kind, vec![status])
}

/// The last of the finders: nobody found the module. Who imports it is told why; who only asks finds nothing.
fn find_spec(
    name: String,
    _path: OptionalArg<PyObjectRef>,
    _target: OptionalArg<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<PyObjectRef> {
    let asked_by = vm.current_frame().and_then(|frame| frame.f_back(vm));
    let imports = asked_by.is_some_and(|frame| frame.f_code().obj_name.as_str() == IMPORTS);
    if !imports || name.contains('.') && absent::why(&name).is_none() {
        return Ok(vm.ctx.none());
    }
    let kind = vm.ctx.exceptions.module_not_found_error.to_owned();
    let error = vm.new_exception_msg(kind, absent::message(&name).into());
    error
        .as_object()
        .set_attr("name", vm.ctx.new_str(name), vm)?;
    Err(error)
}

/// `sys.setrecursionlimit`: no program may nest deeper than its run.
fn set_recursion_limit(limit: i64, vm: &VirtualMachine) -> PyResult<()> {
    let most = vm.recursion_limit.get();
    let wanted = usize::try_from(limit).ok().filter(|limit| *limit >= 1);
    let Some(wanted) = wanted else {
        return Err(vm.new_value_error("recursion limit must be greater than or equal to one"));
    };
    if wanted <= vm.current_recursion_depth() {
        return Err(vm.new_recursion_error(format!(
            "cannot set the recursion limit to {wanted}: the calls are nested deeper already"
        )));
    }
    vm.recursion_limit.set(wanted.min(most));
    Ok(())
}
