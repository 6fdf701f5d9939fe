//! What a program finds of the run: its arguments and its environment, where it looks for modules, and the module `selvage`.

use crate::disk::Disk;
use crate::secrets::SECRETS_MAX;
use crate::{modules, questions, ready, values};
use rustpython_vm::builtins::PyStrRef;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use selvage_tool::guest::{GuestJob, LogLevel};
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// Where `selvage` tells its entries, and keeps its secrets.
    static DISK: RefCell<Option<Rc<RefCell<Disk>>>> = const { RefCell::new(None) };
}

/// Gives `selvage` the disk that it works on.
pub fn hold(disk: Rc<RefCell<Disk>>) {
    DISK.set(Some(disk));
}

/// What a program finds: its limit of nested calls, `sys.argv`, `sys.path`, `os.environ`, and the module `selvage`.
pub fn prepare(vm: &VirtualMachine, job: &GuestJob) -> PyResult<()> {
    vm.recursion_limit
        .set(usize::try_from(job.stack_calls_max).unwrap_or(usize::MAX));
    ready::renew(vm, ready::began_ns(job))?;
    modules::install(vm)?;
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
    module.set_attr("secret", vm.new_function("secret", secret), vm)?;
    #[cfg(target_family = "wasm")]
    module.set_attr("fetch", vm.new_function("fetch", crate::fetch::fetch), vm)?;
    module.set_attr("run", text(&job.run), vm)?;
    let module = module.into();
    questions::install(&module, vm)?;
    vm.sys_module
        .get_attr("modules", vm)?
        .set_item("selvage", module, vm)
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

/// `selvage.secret(value)`: no text in it is told from here on.
fn secret(value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let value = values::encode(&value, "the secret", vm)
        .map_err(|error| vm.new_type_error(error.message))?;
    let kept = DISK.with_borrow(|disk| match disk {
        Some(disk) => disk.borrow_mut().secrets.add_all(&value),
        None => true,
    });
    if kept {
        return Ok(());
    }
    Err(vm.new_runtime_error(format!("a run has {SECRETS_MAX} secrets at the most")))
}

/// Notes what the host refused that is no file: nobody may catch what comes of it.
pub fn refuse(refusal: selvage_tool::ToolError) {
    DISK.with_borrow(|disk| {
        if let Some(disk) = disk {
            disk.borrow_mut().refuse(refusal);
        }
    });
}
