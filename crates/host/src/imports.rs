//! What a guest gets to import: WASI through the sandbox, and the calls of the guest ABI.

use crate::control::{Control, Woken};
use crate::error::HostError;
use crate::run::Native;
use selvage_sandbox::{Host as _, Memory as _, Sandbox, Verdict};
use selvage_tool::run::RunReport;
use wasmtime::{
    Caller, Engine, ExternType, FuncType, Global, ImportType, Linker, Memory, Module, StoreLimits,
    Val, ValType,
};

const WASI: &str = "wasi_snapshot_preview1";

/// Goes through the guest to stop it; it never reaches anybody but the instance.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub(crate) struct Stop;

/// The guest called `proc_exit`, which no guest has a reason to.
#[derive(Debug, thiserror::Error)]
#[error("the guest left")]
struct Left;

/// What the imports of one instance act on.
pub(crate) struct World {
    pub sandbox: Sandbox,
    pub host: Native,
    pub control: Control,
    pub limits: StoreLimits,
    /// Nothing as long as the instance is being made; until then no import does anything.
    pub handles: Option<Handles>,
}

impl World {
    /// Follows the newest word about the run's clock.
    fn heed_hold(&mut self) {
        if let Some(held) = self.control.take_hold() {
            self.sandbox.hold(held, &mut self.host);
        }
    }

    /// How long the run may go on to wait, in milliseconds, by the newest word about its clock. Where that is no time at all, it is asked
    /// about first, if its caller wished that; nothing when it must end.
    pub fn may_wait_ms(&mut self) -> Option<f64> {
        loop {
            self.heed_hold();
            let left_ms = self.sandbox.wall_left_ms(&mut self.host);
            if left_ms > 0.0 {
                return Some(left_ms);
            }
            self.control.forget_more();
            if self.sandbox.wall_ended(&mut self.host) {
                ask(self);
            }
            if self.sandbox.must_end() {
                return None;
            }
        }
    }
}

/// The two things of an instance that its imports touch.
#[derive(Clone, Copy)]
pub(crate) struct Handles {
    pub memory: Memory,
    pub fuel: Global,
}

/// The guest's memory as it is now; growing it can't happen while this is held.
pub(crate) struct Bytes<'a>(pub &'a mut [u8]);

impl selvage_sandbox::Memory for Bytes<'_> {
    fn read(&self, at: u32, length: u32) -> Option<Vec<u8>> {
        let start = at as usize;
        self.0
            .get(start..start.checked_add(length as usize)?)
            .map(<[u8]>::to_vec)
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> bool {
        let start = at as usize;
        let range = start
            .checked_add(bytes.len())
            .and_then(|end| self.0.get_mut(start..end));
        range.map(|range| range.copy_from_slice(bytes)).is_some()
    }
}

/// Wires every import of a guest but its memory, which is made anew for each instance.
///
/// # Errors
/// [`HostError::Import`] for an import that this host does not know or know in this form.
pub(crate) fn link(engine: &Engine, module: &Module) -> Result<Linker<World>, HostError> {
    let mut linker = Linker::new(engine);
    for import in module.imports() {
        let linked = match (import.module(), import.name(), import.ty()) {
            ("env", "memory", ExternType::Memory(memory))
                if !memory.is_64() && !memory.is_shared() =>
            {
                continue;
            }
            (WASI, "proc_exit", ExternType::Func(ty)) if ty.results().len() == 0 => linker
                .func_new(WASI, "proc_exit", ty, |_, _, _| Err(Left.into()))
                .map(drop),
            (WASI, name, ExternType::Func(ty)) if gives_errno(&ty) => {
                let called = name.to_owned();
                linker
                    .func_new(WASI, name, ty, move |caller, args, results| {
                        wasi(caller, &called, args, results)
                    })
                    .map(drop)
            }
            ("selvage", "call", _) => linker.func_wrap("selvage", "call", call).map(drop),
            ("selvage", "take", _) => linker.func_wrap("selvage", "take", take).map(drop),
            ("selvage", "quota", _) => linker.func_wrap("selvage", "quota", quota).map(drop),
            ("selvage", "wait", _) => linker.func_wrap("selvage", "wait", wait).map(drop),
            ("selvage", "sleep", _) => linker.func_wrap("selvage", "sleep", sleep).map(drop),
            _ => return Err(unknown(&import)),
        };
        // Linking fails only for a name that comes twice, and then in two forms.
        linked.map_err(|_| unknown(&import))?;
    }
    Ok(linker)
}

fn unknown(import: &ImportType<'_>) -> HostError {
    HostError::Import {
        module: import.module().to_owned(),
        name: import.name().to_owned(),
    }
}

/// Whether a WASI function takes numbers and gives an error number, as all but `proc_exit` do.
fn gives_errno(ty: &FuncType) -> bool {
    ty.params()
        .all(|param| matches!(param, ValType::I32 | ValType::I64))
        && ty.results().len() == 1
        && ty.results().all(|result| matches!(result, ValType::I32))
}

fn wasi(
    mut caller: Caller<'_, World>,
    name: &str,
    args: &[Val],
    results: &mut [Val],
) -> wasmtime::Result<()> {
    let numbers: Vec<u64> = args
        .iter()
        .map(|arg| match arg {
            Val::I32(number) => u64::from(number.cast_unsigned()),
            Val::I64(number) => number.cast_unsigned(),
            _ => 0,
        })
        .collect();
    let memory = handles(&caller)?.memory;
    let (bytes, world) = memory.data_and_store_mut(&mut caller);
    let errno = world
        .sandbox
        .wasi(name, &numbers, &mut Bytes(bytes), &mut world.host);
    if let Some(result) = results.first_mut() {
        *result = Val::I32(errno);
    }
    Ok(())
}

fn call(mut caller: Caller<'_, World>, at: u32, length: u32) -> wasmtime::Result<u32> {
    let memory = handles(&caller)?.memory;
    let (bytes, world) = memory.data_and_store_mut(&mut caller);
    let request = Bytes(bytes).read(at, length).unwrap_or_default();
    Ok(world.sandbox.call(&request, &mut world.host))
}

fn take(mut caller: Caller<'_, World>, at: u32) -> wasmtime::Result<()> {
    let memory = handles(&caller)?.memory;
    let (bytes, world) = memory.data_and_store_mut(&mut caller);
    let answer = world.sandbox.take();
    // A guest that made no room for the answer does not get it.
    Bytes(bytes).write(at, &answer);
    Ok(())
}

fn handles(caller: &Caller<'_, World>) -> wasmtime::Result<Handles> {
    caller.data().handles.ok_or_else(|| Stop.into())
}

/// The fuel hook.
fn quota(mut caller: Caller<'_, World>) -> wasmtime::Result<()> {
    let fuel = handles(&caller)?.fuel;
    loop {
        let world = caller.data_mut();
        if world.control.cancelled() {
            world.sandbox.cancel();
        }
        world.heed_hold();
        // What was said before the question is no answer to it.
        world.control.forget_more();
        match world.sandbox.quota(&mut world.host) {
            Verdict::Refill(slice) | Verdict::Yield(slice) => {
                return fuel.set(&mut caller, Val::I64(slice.cast_signed()));
            }
            Verdict::Ask(..) => ask(world),
            Verdict::Stop => return Err(Stop.into()),
        }
    }
}

/// Waits until the question is answered; the next look at the quota tells what came of it. The run's
/// own clock stands still meanwhile: how long the question may stand is for who asked it to say.
fn ask(world: &mut World) {
    let asked_ms = world.host.now_ms();
    let answer = loop {
        match world.control.next_more(f64::INFINITY) {
            Woken::Came(limits) => break limits,
            Woken::Cancelled => {
                world.sandbox.cancel();
                break None;
            }
            Woken::Late => {}
        }
    };
    world
        .sandbox
        .answered(asked_ms, answer.as_ref(), &mut world.host);
}

/// Lets the guest sleep, until its time is over or the run is cancelled.
fn sleep(mut caller: Caller<'_, World>, ms: f64) -> wasmtime::Result<()> {
    // Not before there is a run.
    handles(&caller)?;
    let world = caller.data_mut();
    let since_ms = world.host.now_ms();
    let until_ms = since_ms + world.sandbox.sleep(ms);
    loop {
        let left_ms = until_ms - world.host.now_ms();
        if left_ms <= 0.0 {
            break;
        }
        let Some(wall_ms) = world.may_wait_ms() else {
            break;
        };
        if let Woken::Cancelled = world.control.pause(left_ms.min(wall_ms)) {
            world.sandbox.cancel();
            break;
        }
    }
    world.sandbox.slept(since_ms, &mut world.host);
    if world.sandbox.must_end() {
        return Err(Stop.into());
    }
    Ok(())
}

/// Makes a call for the guest, which waits for the answer where it stands, until the run's time is over or it is cancelled.
fn wait(mut caller: Caller<'_, World>, at: u32, length: u32) -> wasmtime::Result<u32> {
    let memory = handles(&caller)?.memory;
    let (bytes, world) = memory.data_and_store_mut(&mut caller);
    let request = Bytes(bytes).read(at, length).unwrap_or_default();
    let Some((id, request, body)) = world.sandbox.ask(&request) else {
        return Ok(world.sandbox.answer_length());
    };
    let since_ms = world.host.now_ms();
    world.host.tell(RunReport::Called { id, request }, body);
    let answered = loop {
        let Some(left_ms) = world.may_wait_ms() else {
            break None;
        };
        match world.control.next_answer_to(id, left_ms) {
            Woken::Came(answered) => break Some(answered),
            Woken::Cancelled => {
                world.sandbox.cancel();
                break None;
            }
            Woken::Late => {}
        }
    };
    world.sandbox.slept(since_ms, &mut world.host);
    match answered {
        Some(answered) if !world.sandbox.must_end() => {
            Ok(world.sandbox.told(id, &answered.answer, &answered.body))
        }
        _ => Err(Stop.into()),
    }
}
