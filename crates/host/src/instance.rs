//! One guest instance: its memory, and the calls into it.

use crate::control::Control;
use crate::error::HostError;
use crate::executor::Program;
use crate::image::Image;
use crate::imports::{Bytes, Handles, Stop, World};
use crate::pages;
use crate::run::Native;
use selvage_sandbox::{Memory as _, Sandbox, Step, Trap};
use selvage_tool::Limits;
use selvage_tool::guest::{Check, Checked, frame, unframe};
use selvage_tool::run::Job;
use wasmtime::{Instance, Memory, MemoryType, Store, StoreLimitsBuilder, TypedFunc, Val};

/// Bytes of a page of memory.
const PAGE_BYTES: u64 = 65_536;

/// The pages of a memory that has just been made, doubled until the guest's data fits, in every executor alike: how much
/// there is to begin with is seen by the guest's allocator, and so by the receipt.
const PAGES_MIN: u32 = 64;

/// The pages of 4 GiB, which is all that a guest can name.
const PAGES_MAX: u32 = 65_536;

/// The most entries that the guest's tables may grow to.
const TABLE_ENTRIES_MAX: usize = 1_000_000;

/// What `selvage_fault` says when memory could not grow.
const FAULT_MEMORY: u32 = 1;

/// What it says when the interpreter's own limit of nesting broke it.
const FAULT_STACK: u32 = 3;

/// Fuel for warming up.
const FUEL_UNCOUNTED: i64 = i64::MAX;

/// An instance that has been warmed up.
pub(crate) struct Guest {
    store: Store<World>,
    instance: Instance,
    handles: Handles,
}

/// Why there is no instance.
pub(crate) enum NoGuest {
    /// It does not fit into the memory that it is given; the machine's part is free again.
    Memory(Native),
    /// Nobody could make one.
    Host(HostError),
}

impl<E: Into<HostError>> From<E> for NoGuest {
    fn from(error: E) -> Self {
        Self::Host(error.into())
    }
}

impl Guest {
    /// An instance that nobody used: the one that stands by, or a new one where there is none or it has another limit of memory.
    ///
    /// # Errors
    /// As [`Guest::new`].
    pub fn fresh(
        program: &Program,
        bytes_max: u64,
        mut host: Native,
        control: Control,
    ) -> Result<Self, NoGuest> {
        let standing = match bytes_max == Limits::default().memory_bytes_max {
            true => program.standing().take(),
            false => None,
        };
        let Some(mut guest) = standing else {
            return Self::new(program, bytes_max, host, control);
        };
        let sandbox = Sandbox::new(Job::warm_up(), "", &mut host)?;
        let world = guest.world();
        (world.sandbox, world.host, world.control) = (sandbox, host, control);
        Ok(guest)
    }

    /// Makes an instance whose memory has so many bytes at most, and that is warmed up: from the image where there is one and it fits,
    /// which is the same, or by itself.
    ///
    /// # Errors
    /// [`NoGuest::Memory`] when that is too little; [`HostError::WarmUp`] when the guest breaks.
    pub fn new(
        program: &Program,
        bytes_max: u64,
        mut host: Native,
        control: Control,
    ) -> Result<Self, NoGuest> {
        let maximum = u32::try_from(bytes_max / PAGE_BYTES)
            .unwrap_or(u32::MAX)
            .min(PAGES_MAX);
        let wanted = program.pages_min.next_power_of_two().max(PAGES_MIN);
        let initial = wanted.min(maximum);
        if initial < program.pages_min {
            return Err(NoGuest::Memory(host));
        }
        let sandbox = Sandbox::new(Job::warm_up(), "", &mut host)?;
        let limits = StoreLimitsBuilder::new()
            .memory_size(usize::try_from(bytes_max).unwrap_or(usize::MAX))
            .table_elements(TABLE_ENTRIES_MAX)
            .instances(1)
            .memories(1)
            .build();
        let mut store = Store::new(
            &program.engine,
            World {
                sandbox,
                host,
                control,
                limits,
                handles: None,
            },
        );
        store.limiter(|world| &mut world.limits);

        let made =
            Memory::new(&mut store, MemoryType::new(initial, Some(maximum))).and_then(|memory| {
                pages::enlarge(&store, memory);
                let mut linker = program.linker.clone();
                linker.define(&store, "env", "memory", memory)?;
                Ok((memory, linker.instantiate(&mut store, &program.module)?))
            });
        let (memory, instance) = made.map_err(|error| warm_up(&error))?;
        let fuel = instance
            .get_global(&mut store, "fuel")
            .ok_or(HostError::Export { name: "fuel" })?;
        let handles = Handles { memory, fuel };
        store.data_mut().handles = Some(handles);
        let mut guest = Self {
            store,
            instance,
            handles,
        };
        match program.image.get() {
            Some(image) if image.pages() <= u64::from(maximum) => {
                image
                    .restore(&mut guest.store, guest.instance, guest.handles.memory)
                    .map_err(|error| warm_up(&error))?;
            }
            _ => guest = guest.warmed_up()?,
        }
        // A memory that begins smaller, because it may not become large, is another one in the end.
        if initial == wanted && program.keeps_image {
            program.image.get_or_init(|| {
                Image::take(&mut guest.store, guest.instance, guest.handles.memory)
            });
        }
        Ok(guest)
    }

    /// Has the instance warm itself up.
    fn warmed_up(mut self) -> Result<Self, NoGuest> {
        self.set_fuel(FUEL_UNCOUNTED);
        for name in ["_initialize", "selvage_warm"] {
            if let Err(error) = self.enter_plain(name) {
                return Err(if self.fault() == FAULT_MEMORY {
                    NoGuest::Memory(self.store.into_data().host)
                } else {
                    warm_up(&error).into()
                });
            }
        }
        Ok(self)
    }

    /// Takes the job. Gives the frame for `selvage_start`.
    ///
    /// # Errors
    /// [`HostError::Job`].
    pub fn begin(&mut self, job: Job, guest_hash: &str) -> Result<Vec<u8>, HostError> {
        let world = self.store.data_mut();
        world.sandbox = Sandbox::new(job, guest_hash, &mut world.host)?;
        Ok(world.sandbox.start())
    }

    /// Enters the guest with a frame and gives what came of it.
    pub fn enter(&mut self, entry: &str, frame: &[u8]) -> Step {
        let world = self.store.data_mut();
        if let Some(slice) = world.sandbox.enter(&mut world.host) {
            self.set_fuel(slice.cast_signed());
        }
        let result = self
            .put(frame)
            .and_then(|at| self.enter_with(entry, at, frame.len()));
        let fuel_left = self.handles.fuel.get(&mut self.store).i64().unwrap_or(0);
        let memory_bytes = self.handles.memory.data_size(&self.store) as u64;
        let world = self.store.data_mut();
        world
            .sandbox
            .leave(fuel_left, memory_bytes, &mut world.host);
        match result {
            Ok(result) => {
                let bytes = self.frame_at(result);
                self.world().sandbox.progress(&bytes)
            }
            Err(error) if error.is::<Stop>() || self.world().sandbox.must_end() => {
                let world = self.world();
                world.sandbox.end(&mut world.host)
            }
            Err(error) => {
                let trap = self.trap(&error);
                self.world()
                    .sandbox
                    .trapped(trap, &error.root_cause().to_string())
            }
        }
    }

    /// Reads a text with the guest's parser, and runs nothing.
    ///
    /// # Errors
    /// [`HostError::Job`].
    pub fn check(&mut self, check: &Check, source: &str) -> Result<Checked, HostError> {
        let world = self.world();
        world.sandbox = Sandbox::check(&mut world.host)?;
        if let Some(slice) = world.sandbox.enter(&mut world.host) {
            self.set_fuel(slice.cast_signed());
        }
        let frame = frame(check, source.as_bytes());
        let result = self
            .put(&frame)
            .and_then(|at| self.enter_with("selvage_check", at, frame.len()));
        let error = match result {
            Ok(result) => match unframe::<Checked>(&self.frame_at(result)) {
                Ok((checked, _)) => return Ok(checked),
                Err(error) => error,
            },
            Err(error) => {
                let trap = self.trap(&error);
                let message = error.root_cause().to_string();
                self.world().sandbox.unread(trap, &message)
            }
        };
        Ok(Checked::of(Some(error)))
    }

    /// The run's world, between two entries.
    pub fn world(&mut self) -> &mut World {
        self.store.data_mut()
    }

    /// Copies a frame into the guest.
    fn put(&mut self, frame: &[u8]) -> wasmtime::Result<u32> {
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        let alloc: TypedFunc<u32, u32> = self
            .instance
            .get_typed_func(&mut self.store, "selvage_alloc")?;
        let at = alloc.call(&mut self.store, length)?;
        let room = Bytes(self.handles.memory.data_mut(&mut self.store)).write(at, frame);
        if room {
            Ok(at)
        } else {
            Err(wasmtime::Error::msg(
                "selvage_alloc gave a place outside the memory",
            ))
        }
    }

    fn enter_with(&mut self, entry: &str, at: u32, length: usize) -> wasmtime::Result<u64> {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let entry: TypedFunc<(u32, u32), u64> =
            self.instance.get_typed_func(&mut self.store, entry)?;
        entry.call(&mut self.store, (at, length))
    }

    fn enter_plain(&mut self, entry: &str) -> wasmtime::Result<()> {
        self.instance
            .get_typed_func::<(), ()>(&mut self.store, entry)?
            .call(&mut self.store, ())
    }

    /// The bytes of a result, `pointer << 32 | length`; nothing where they are not inside the memory.
    fn frame_at(&mut self, result: u64) -> Vec<u8> {
        let (at, length) = ((result >> 32) as u32, (result & 0xffff_ffff) as u32);
        Bytes(self.handles.memory.data_mut(&mut self.store))
            .read(at, length)
            .unwrap_or_default()
    }

    fn set_fuel(&mut self, fuel: i64) {
        // It fails for a global of another type alone, and the program was asked about that.
        let _ = self.handles.fuel.set(&mut self.store, Val::I64(fuel));
    }

    /// How the instance broke. A guest's own stack lies below its data, so that it leaves the memory
    /// when it overflows.
    fn trap(&mut self, error: &wasmtime::Error) -> Trap {
        match error.downcast_ref::<wasmtime::Trap>() {
            Some(wasmtime::Trap::StackOverflow | wasmtime::Trap::MemoryOutOfBounds) => Trap::Stack,
            _ => match self.fault() {
                FAULT_MEMORY => Trap::Memory,
                FAULT_STACK => Trap::Stack,
                _ => Trap::Other,
            },
        }
    }

    /// Why the guest says that it broke. A broken guest may not even say.
    fn fault(&mut self) -> u32 {
        let fault = self
            .instance
            .get_typed_func::<(), u32>(&mut self.store, "selvage_fault");
        fault
            .and_then(|fault| fault.call(&mut self.store, ()))
            .unwrap_or(0)
    }
}

fn warm_up(error: &wasmtime::Error) -> HostError {
    HostError::WarmUp {
        reason: error.root_cause().to_string(),
    }
}
