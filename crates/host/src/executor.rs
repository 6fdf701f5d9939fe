//! A guest, compiled once, and the runs of it.

use crate::control::Control;
use crate::error::HostError;
use crate::image::Image;
use crate::imports::{self, World};
use crate::instance::Guest;
use crate::run::{self, Blobs, Ended, Native};
use selvage_sandbox::files::hex;
use selvage_tool::Limits;
use selvage_tool::guest::{Check, Checked};
use selvage_tool::run::{Job, RunReport};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use wasmtime::{
    Cache, CacheConfig, Config, Engine, ExternType, Linker, Module, Mutability, ValType,
};

/// Bytes of a thread's stack that a guest may fill. It is more than any browser gives, so that a
/// guest meets the end of its own stack first, where every executor has it.
const GUEST_STACK_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The functions that every guest exports: name, parameters, results.
const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("_initialize", 0, 0),
    ("selvage_warm", 0, 0),
    ("selvage_alloc", 1, 1),
    ("selvage_start", 2, 1),
    ("selvage_resume", 2, 1),
    ("selvage_check", 2, 1),
    ("selvage_fault", 0, 1),
];

/// A guest that is ready to be run, any number of times and on any number of threads at once.
/// Clones share what was compiled.
#[derive(Clone)]
pub struct Executor(Arc<Program>);

/// What every instance of a guest is made of.
pub(crate) struct Program {
    pub engine: Engine,
    pub module: Module,
    pub linker: Linker<World>,
    /// The pages that the guest's data and stack take up before it runs.
    pub pages_min: u32,
    /// SHA-256 of the guest's bytes in hexadecimal.
    pub hash: String,
    /// What every instance begins as, once there was one.
    pub image: OnceLock<Image>,
    /// Whether there is to be an image.
    pub keeps_image: bool,
    /// The instance that the next run begins with, once there was a run; its memory may have what it has unless a run says.
    standing: Mutex<Option<Guest>>,
}

impl Program {
    /// The instance that stands by. Whoever wants one while it is made waits for it, which is sooner than another one.
    pub fn standing(&self) -> MutexGuard<'_, Option<Guest>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the instance that stands by, where there is an image to make it from and it is not there.
    pub fn stand_by(&self) {
        let mut standing = self.standing();
        if self.image.get().is_some() && standing.is_none() {
            let bytes_max = Limits::default().memory_bytes_max;
            // Where none can be made now, the next run says why.
            *standing = Guest::new(self, bytes_max, Native::idle(), Control::default()).ok();
        }
    }
}

impl Executor {
    /// Compiles a guest: seconds of work for an interpreter, so do it once and keep the executor.
    ///
    /// # Errors
    /// When the bytes do not compile, or are no guest.
    pub fn new(guest: &[u8]) -> Result<Self, HostError> {
        Self::compile(guest, true, None)
    }

    /// The same, but what was compiled is kept in a folder, where there is one, and taken from there the next time. Whoever may
    /// write into that folder can have this program do anything.
    ///
    /// # Errors
    /// As [`Executor::new`], and when the folder can't be used.
    pub fn cached(guest: &[u8], cache: Option<&Path>) -> Result<Self, HostError> {
        Self::compile(guest, true, cache)
    }

    /// The same, but each instance warms itself up: to be held against runs that start from an image.
    ///
    /// # Errors
    /// As [`Executor::cached`].
    pub fn cold(guest: &[u8], cache: Option<&Path>) -> Result<Self, HostError> {
        Self::compile(guest, false, cache)
    }

    fn compile(guest: &[u8], keeps_image: bool, cache: Option<&Path>) -> Result<Self, HostError> {
        let mut config = Config::new();
        if let Some(folder) = cache {
            let mut cache = CacheConfig::new();
            cache.with_directory(folder);
            let cache = Cache::new(cache);
            config.cache(Some(
                cache.map_err(|error| HostError::Engine(error.into_boxed_dyn_error()))?,
            ));
        }
        config
            .max_wasm_stack(GUEST_STACK_BYTES_MAX)
            // Nothing here is asynchronous; the engine only wants this to be no less.
            .async_stack_size(GUEST_STACK_BYTES_MAX)
            // What a guest can't use it can't use in a browser either: WebAssembly 2.0 and no more.
            .wasm_tail_call(false)
            .wasm_relaxed_simd(false)
            .wasm_multi_memory(false)
            .wasm_memory64(false);
        let engine = Engine::new(&config)
            .map_err(|error| HostError::Engine(error.into_boxed_dyn_error()))?;
        let module = Module::new(&engine, guest)
            .map_err(|error| HostError::Compile(error.into_boxed_dyn_error()))?;
        let linker = imports::link(&engine, &module)?;
        let pages_min = check_exports(&module)?;
        let hash = hex(&Sha256::digest(guest));
        Ok(Self(Arc::new(Program {
            engine,
            module,
            linker,
            pages_min,
            hash,
            image: OnceLock::new(),
            keeps_image,
            standing: Mutex::default(),
        })))
    }

    /// SHA-256 of the guest's bytes in hexadecimal.
    #[must_use]
    pub fn guest_hash(&self) -> &str {
        &self.0.hash
    }

    /// Runs a job to its end. `report` is called on this thread, in order, with each report and the
    /// body of a call; the run's outcome is not among the reports. `control` is for this run alone.
    ///
    /// # Errors
    /// [`HostError`] when there could be no run; a run that fails has an outcome that says so.
    pub fn run(
        &self,
        job: Job,
        blobs: Blobs,
        control: &Control,
        report: &mut dyn FnMut(RunReport, Vec<u8>),
    ) -> Result<Ended, HostError> {
        run::run(&self.0, job, blobs, control, report)
    }

    /// Reads a text with the parser that would run it, and runs nothing.
    ///
    /// # Errors
    /// [`HostError`] when there could be no instance.
    pub fn check(&self, check: &Check, source: &str) -> Result<Checked, HostError> {
        run::check(&self.0, check, source)
    }
}

/// Asks a program for everything that the guest ABI names. Gives the pages of its memory.
fn check_exports(module: &Module) -> Result<u32, HostError> {
    for (name, params, results) in FUNCTIONS {
        let fits = matches!(module.get_export(name), Some(ExternType::Func(ty))
            if ty.params().len() == *params && ty.results().len() == *results);
        if !fits {
            return Err(HostError::Export { name });
        }
    }
    let counter = matches!(module.get_export("fuel"), Some(ExternType::Global(ty))
        if matches!(ty.content(), ValType::I64) && ty.mutability() == Mutability::Var);
    if !counter {
        return Err(HostError::Export { name: "fuel" });
    }
    let memory = module.imports().find_map(|import| match import.ty() {
        ExternType::Memory(memory) => Some(u32::try_from(memory.minimum()).unwrap_or(u32::MAX)),
        _ => None,
    });
    memory.ok_or(HostError::Import {
        module: "env".into(),
        name: "memory".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    /// A guest that takes all memory that there is.
    const GROWS: &str = concat!(
        "(module\n",
        include_str!("../tests/guests/prelude.wat"),
        include_str!("../tests/guests/grows.wat"),
        // What it says of texts and writes into logs, which nobody asks about here.
        "(global $checked i64 (i64.const 0))\n(global $log i64 (i64.const 0))",
        ")"
    );

    fn stands_by(executor: &Executor) -> bool {
        executor.0.standing().is_some()
    }

    fn wait(executor: &Executor) {
        let until = Instant::now() + Duration::from_secs(20);
        while !stands_by(executor) {
            assert!(Instant::now() < until, "an instance stands by soon");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_run_begins_in_the_instance_that_stands_by_which_is_as_new() {
        let executor = Executor::new(&wat::parse_str(GROWS).expect("text")).expect("a guest");
        let run = |memory: Option<u64>| {
            let mut job = Job::warm_up();
            job.limits = Limits::default();
            job.limits.fuel_max = u64::MAX >> 1;
            job.limits.memory_bytes_max = memory.unwrap_or(job.limits.memory_bytes_max);
            let ended = executor.run(job, Blobs::new(), &Control::default(), &mut |_, _| {});
            let usage = ended.expect("an outcome").outcome.usage;
            (usage.fuel, usage.memory_bytes)
        };
        assert!(!stands_by(&executor), "nobody wanted one yet");
        let first = run(None);
        wait(&executor);
        assert_ne!(
            run(Some(8 << 20)),
            first,
            "less memory is another instance's"
        );
        assert!(stands_by(&executor), "and leaves this one alone");
        assert_eq!(run(None), first, "taken");
        wait(&executor);
        drop(executor.0.standing().take());
        assert_eq!(run(None), first, "made anew");
    }
}
