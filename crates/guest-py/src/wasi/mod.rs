//! The file functions of WASI preview 1, answered inside the guest.
//!
//! The C library under the interpreter calls its imports by names that begin with `__imported_wasi_snapshot_preview1_`. A
//! function of such a name in the program takes the place of the import, so that files need nothing from the host but what
//! every guest has: `selvage.call`. Clocks and randomness stay imports.
//!
//! Source: <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>, which gives each function's arguments and
//! each record's layout.
#![allow(
    unsafe_code,
    reason = "the C library passes addresses, and finds these functions by name"
)]
#![allow(
    clippy::too_many_arguments,
    reason = "the arguments are WASI's, not ours"
)]

mod records;

use crate::disk::{Access, Disk, Done, Errno, Whence};
use records::{
    Event, FdStat, FileStat, Prestat, Subscription, TYPE_FILE, TYPE_FOLDER, TYPE_UNKNOWN,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const CREAT: i32 = 1;
const DIRECTORY: i32 = 2;
const EXCL: i32 = 4;
const TRUNC: i32 = 8;
const APPEND: i32 = 1;
/// A time on a clock, and not a span.
const ABSOLUTE: u16 = 1;
const FD_READ: u64 = 1 << 1;
const FD_WRITE: u64 = 1 << 6;
/// Every right that there is.
const RIGHTS: u64 = (1 << 30) - 1;
/// Bytes of the record of a folder's entry, its name aside.
const ENTRY_BYTES: usize = 24;

#[link(wasm_import_module = "selvage")]
unsafe extern "C" {
    fn sleep(ms: f64);
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn clock_time_get(clock: u32, precision: u64, at: *mut u64) -> i32;
}

thread_local! {
    static DISK: RefCell<Option<Rc<RefCell<Disk>>>> = const { RefCell::new(None) };
    /// When the run began, in nanoseconds since 1970.
    static BEGAN_NS: Cell<u64> = const { Cell::new(0) };
}

/// Gives the C library its files.
pub fn mount(disk: Rc<RefCell<Disk>>) {
    DISK.set(Some(disk));
}

/// Notes the time at which the run began, which files have.
pub fn begin(began_ns: u64) {
    BEGAN_NS.set(began_ns);
}

fn with<T>(act: impl FnOnce(&mut Disk) -> Done<T>) -> Done<T> {
    DISK.with_borrow(|disk| match disk {
        Some(disk) => match disk.try_borrow_mut() {
            Ok(mut disk) => act(&mut disk),
            // A panic in the middle of a call is being written.
            Err(_) => Err(Errno::IO),
        },
        None => Err(Errno::BADF),
    })
}

fn number(done: Done) -> i32 {
    match done {
        Ok(()) => 0,
        Err(Errno(number)) => i32::from(number),
    }
}

/// # Safety
/// The C library gives the address and the length of a text.
unsafe fn text<'a>(at: *const u8, length: usize) -> Done<&'a str> {
    // SAFETY: the caller's contract.
    let bytes = unsafe { std::slice::from_raw_parts(at, length) };
    std::str::from_utf8(bytes).map_err(|_| Errno::INVAL)
}

/// # Safety
/// The C library made room for a record of this type there; WASI's records are laid out as C's.
unsafe fn put<T>(at: *mut T, value: T) {
    // SAFETY: the caller's contract.
    unsafe { at.write(value) };
}

/// The pieces of a read or a write: `iovec` and `ciovec` are an address and a length.
///
/// # Safety
/// The C library gives as many as it says.
unsafe fn pieces<'a>(at: *const (u32, u32), count: usize) -> &'a [(u32, u32)] {
    // SAFETY: the caller's contract.
    unsafe { std::slice::from_raw_parts(at, count) }
}

unsafe fn read(
    fd: u32,
    at: *const (u32, u32),
    count: usize,
    place: Option<u64>,
    read: *mut u32,
) -> Done {
    let mut total: u32 = 0;
    // SAFETY: the caller is the C library.
    for (to, length) in unsafe { pieces(at, count) } {
        let place = place.map(|place| place + u64::from(total));
        let bytes = with(|disk| disk.read(fd, place, *length as usize))?;
        // SAFETY: the piece has room for that many bytes, and no more are read.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), *to as *mut u8, bytes.len()) };
        total += u32::try_from(bytes.len()).unwrap_or(0);
        if bytes.len() < *length as usize {
            break;
        }
    }
    // SAFETY: the C library made room.
    unsafe { put(read, total) };
    Ok(())
}

unsafe fn write(
    fd: u32,
    at: *const (u32, u32),
    count: usize,
    place: Option<u64>,
    written: *mut u32,
) -> Done {
    let mut total: u32 = 0;
    // SAFETY: the caller is the C library.
    for (from, length) in unsafe { pieces(at, count) } {
        let place = place.map(|place| place + u64::from(total));
        // SAFETY: the piece is the C library's, and nobody writes to it meanwhile.
        let bytes = unsafe { std::slice::from_raw_parts(*from as *const u8, *length as usize) };
        with(|disk| disk.write(fd, place, bytes))?;
        total += length;
    }
    // SAFETY: the C library made room.
    unsafe { put(written, total) };
    Ok(())
}

macro_rules! functions {
    ($($(#[$doc:meta])* fn $symbol:ident($($arg:ident: $type:ty),*) $body:block)+) => {
        $($(#[$doc])*
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $symbol($($arg: $type),*) -> i32 {
            // SAFETY: the C library keeps WASI's contract: see the functions above.
            #[allow(unused_unsafe, reason = "not each of them handles memory")]
            number((|| -> Done { unsafe { $body } })())
        })+
    };
}

functions! {
    fn __imported_wasi_snapshot_preview1_fd_prestat_get(fd: u32, at: *mut Prestat) {
        if fd != crate::disk::ROOT {
            return Err(Errno::BADF);
        }
        put(at, Prestat { kind: 0, name_length: 1 });
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_prestat_dir_name(fd: u32, at: *mut u8, _length: usize) {
        if fd != crate::disk::ROOT {
            return Err(Errno::BADF);
        }
        put(at, b'/');
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_path_open(
        _fd: u32, _lookup: i32, path: *const u8, length: usize, how: i32, rights: u64, _inherited: u64, flags: i32, opened: *mut u32
    ) {
        let access = Access {
            reads: rights & FD_READ != 0,
            writes: rights & FD_WRITE != 0,
            appends: flags & APPEND != 0,
            creates: how & CREAT != 0,
            exclusive: how & EXCL != 0,
            empties: how & TRUNC != 0,
            folder: how & DIRECTORY != 0,
        };
        let path = text(path, length)?;
        put(opened, with(|disk| disk.open(path, access))?);
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_close(fd: u32) {
        with(|disk| disk.close(fd))
    }

    fn __imported_wasi_snapshot_preview1_fd_read(fd: u32, at: *const (u32, u32), count: usize, total: *mut u32) {
        read(fd, at, count, None, total)
    }

    fn __imported_wasi_snapshot_preview1_fd_pread(fd: u32, at: *const (u32, u32), count: usize, place: u64, total: *mut u32) {
        read(fd, at, count, Some(place), total)
    }

    fn __imported_wasi_snapshot_preview1_fd_write(fd: u32, at: *const (u32, u32), count: usize, total: *mut u32) {
        write(fd, at, count, None, total)
    }

    fn __imported_wasi_snapshot_preview1_fd_pwrite(fd: u32, at: *const (u32, u32), count: usize, place: u64, total: *mut u32) {
        write(fd, at, count, Some(place), total)
    }

    fn __imported_wasi_snapshot_preview1_fd_seek(fd: u32, offset: i64, whence: i32, place: *mut u64) {
        let whence = match whence {
            0 => Whence::Start,
            1 => Whence::Here,
            2 => Whence::End,
            _ => return Err(Errno::INVAL),
        };
        put(place, with(|disk| disk.seek(fd, offset, whence))?);
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_tell(fd: u32, place: *mut u64) {
        put(place, with(|disk| disk.seek(fd, 0, Whence::Here))?);
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_sync(fd: u32) {
        with(|disk| disk.sync(fd))
    }

    fn __imported_wasi_snapshot_preview1_fd_datasync(fd: u32) {
        with(|disk| disk.sync(fd))
    }

    fn __imported_wasi_snapshot_preview1_fd_fdstat_get(fd: u32, at: *mut FdStat) {
        let kind = match fd {
            // No terminal: a program would colour what it prints.
            0..=2 => TYPE_UNKNOWN,
            _ if with(|disk| disk.is_folder(fd))? => TYPE_FOLDER,
            _ => TYPE_FILE,
        };
        put(at, FdStat { kind, flags: 0, rights: RIGHTS, rights_inherited: RIGHTS });
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_fdstat_set_flags(_fd: u32, _flags: i32) {
        Err(Errno::NOTSUP)
    }

    fn __imported_wasi_snapshot_preview1_fd_filestat_get(fd: u32, at: *mut FileStat) {
        put(at, FileStat::of(with(|disk| disk.stat_of(fd))?, BEGAN_NS.get()));
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_filestat_set_size(fd: u32, size: u64) {
        with(|disk| disk.set_size(fd, size))
    }

    /// The workspace keeps no times, so setting them is asking for nothing: tools that copy files do it.
    fn __imported_wasi_snapshot_preview1_fd_filestat_set_times(fd: u32, _accessed: u64, _modified: u64, _flags: i32) {
        with(|disk| disk.stat_of(fd)).map(drop)
    }

    fn __imported_wasi_snapshot_preview1_fd_advise(_fd: u32, _offset: u64, _length: u64, _advice: i32) {
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_fd_allocate(_fd: u32, _offset: u64, _length: u64) {
        Err(Errno::NOTSUP)
    }

    fn __imported_wasi_snapshot_preview1_fd_renumber(_fd: u32, _to: u32) {
        Err(Errno::NOTSUP)
    }

    fn __imported_wasi_snapshot_preview1_fd_readdir(fd: u32, at: *mut u8, room: usize, from: u64, used: *mut usize) {
        let entries = with(|disk| disk.entries(fd))?;
        // SAFETY: the C library made so much room.
        let buffer = std::slice::from_raw_parts_mut(at, room);
        let mut filled = 0;
        for (index, entry) in entries.iter().enumerate().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
            let mut record = [0; ENTRY_BYTES];
            record[..8].copy_from_slice(&(index as u64 + 1).to_le_bytes());
            record[8..16].copy_from_slice(&entry.inode.to_le_bytes());
            record[16..20].copy_from_slice(&u32::try_from(entry.name.len()).unwrap_or(0).to_le_bytes());
            record[20] = if entry.folder { TYPE_FOLDER } else { TYPE_FILE };
            for part in [&record[..], entry.name.as_bytes()] {
                // The last record may be cut: the C library asks again from it.
                let length = part.len().min(room - filled);
                buffer[filled..filled + length].copy_from_slice(&part[..length]);
                filled += length;
            }
            if filled == room {
                break;
            }
        }
        put(used, filled);
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_path_filestat_get(
        _fd: u32, _lookup: i32, path: *const u8, length: usize, at: *mut FileStat
    ) {
        let path = text(path, length)?;
        put(at, FileStat::of(Some(with(|disk| disk.stat(path))?), BEGAN_NS.get()));
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_path_filestat_set_times(
        _fd: u32, _lookup: i32, path: *const u8, length: usize, _accessed: u64, _modified: u64, _flags: i32
    ) {
        let path = text(path, length)?;
        with(|disk| disk.stat(path)).map(drop)
    }

    fn __imported_wasi_snapshot_preview1_path_create_directory(_fd: u32, path: *const u8, length: usize) {
        let path = text(path, length)?;
        with(|disk| disk.make_folder(path))
    }

    fn __imported_wasi_snapshot_preview1_path_remove_directory(_fd: u32, path: *const u8, length: usize) {
        let path = text(path, length)?;
        with(|disk| disk.remove_folder(path))
    }

    fn __imported_wasi_snapshot_preview1_path_unlink_file(_fd: u32, path: *const u8, length: usize) {
        let path = text(path, length)?;
        with(|disk| disk.remove_file(path))
    }

    fn __imported_wasi_snapshot_preview1_path_rename(
        _fd: u32, from: *const u8, from_length: usize, _to_fd: u32, to: *const u8, to_length: usize
    ) {
        let (from, to) = (text(from, from_length)?, text(to, to_length)?);
        with(|disk| disk.rename(from, to))
    }

    /// A sleep is one subscription to a clock. Nothing else is waited for: there are no sockets, and files are always ready.
    fn __imported_wasi_snapshot_preview1_poll_oneoff(wanted: *const Subscription, came: *mut Event, count: usize, events: *mut usize) {
        let one = &*wanted;
        if count != 1 || one.kind != 0 {
            return Err(Errno::NOTSUP);
        }
        let mut now_ns = 0;
        if one.to.flags & ABSOLUTE != 0 {
            clock_time_get(one.to.clock, 0, &mut now_ns);
        }
        sleep(one.to.timeout_ns.saturating_sub(now_ns) as f64 / 1e6);
        put(came, Event { userdata: one.userdata, error: 0, kind: 0, bytes: 0, flags: 0 });
        put(events, 1);
        Ok(())
    }

    fn __imported_wasi_snapshot_preview1_path_link(
        _fd: u32, _lookup: i32, _from: *const u8, _from_length: usize, _to_fd: u32, _to: *const u8, _to_length: usize
    ) {
        Err(Errno::NOTSUP)
    }

    fn __imported_wasi_snapshot_preview1_path_symlink(
        _from: *const u8, _from_length: usize, _fd: u32, _to: *const u8, _to_length: usize
    ) {
        Err(Errno::NOTSUP)
    }

    /// There are no links, so nothing is one.
    fn __imported_wasi_snapshot_preview1_path_readlink(
        _fd: u32, path: *const u8, length: usize, _at: *mut u8, _room: usize, _used: *mut usize
    ) {
        let path = text(path, length)?;
        with(|disk| disk.stat(path))?;
        Err(Errno::INVAL)
    }
}
