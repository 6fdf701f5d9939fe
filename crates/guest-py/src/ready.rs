//! What every run finds ready: the modules that workflows import most.
//!
//! **Problem.** To import what a usual workflow does takes two hundred times as long as the rest of a short one.
//!
//! **Shape.** The modules are imported when the interpreter is built, before there is a job. An executor does that once and starts
//! each run from a copy of the memory, or for each run: it is the same memory, byte for byte. What a module takes from the clock or
//! from chance while it is imported is taken anew when the job is known ([`renew`]).

use rustpython_vm::{PyResult, VirtualMachine};
use selvage_tool::guest::GuestJob;

/// The modules, and with them what they import. Each makes the image larger and the first start longer, so these are the ones that
/// most workflows use.
const MODULES: &[&str] = &[
    "asyncio",
    "base64",
    "collections",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "operator",
    "os",
    "pathlib",
    "random",
    "re",
    "string",
    "textwrap",
    "time",
    "traceback",
    "typing",
    "urllib.parse",
    "uuid",
];

/// How much more memory than it needs the interpreter has when a run begins, in bytes. A run that stays within it does not grow the
/// memory, and an instance whose memory has not grown can be put back to its beginning, which takes a tenth of making another.
const ROOM_BYTES: usize = 8 * 1024 * 1024;

/// Imports the modules, without a look at the workspace: there is none yet.
///
/// # Errors
/// When a module can't be imported.
pub fn import(vm: &VirtualMachine) -> PyResult<()> {
    vm.sys_module
        .set_attr("path", vm.ctx.new_list(Vec::new()), vm)?;
    for name in MODULES {
        vm.import(*name, 0)?;
    }
    // The allocator keeps what it is given back.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(ROOM_BYTES)));
    Ok(())
}

/// When a run began, in nanoseconds since 1970.
pub fn began_ns(job: &GuestJob) -> u64 {
    job.began_ms.saturating_mul(1_000_000)
}

/// Gives modules what they took from the clock and from chance when they were imported: of this run, which began then. The clock itself
/// is not looked at, since each look is remembered.
///
/// # Errors
/// When a module is not what it was.
pub fn renew(vm: &VirtualMachine, began_ns: u64) -> PyResult<()> {
    // Generators that are not seeded are seeded from this one, which would draw on from where the image left it.
    if rand::rng().reseed().is_err() {
        return Err(vm.new_os_error("there is no randomness".to_owned()));
    }
    vm.import("random", 0)?.get_attr("seed", vm)?.call((), vm)?;
    let began = vm.ctx.new_int(began_ns);
    vm.import("logging", 0)?.set_attr("_startTime", began, vm)
}
