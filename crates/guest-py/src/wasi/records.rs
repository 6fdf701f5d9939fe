//! The records of WASI preview 1, laid out as C lays out its structures.

use crate::disk::Stat;

/// Something that is neither a file nor a folder.
pub const TYPE_UNKNOWN: u8 = 0;
/// A folder.
pub const TYPE_FOLDER: u8 = 3;
/// A file.
pub const TYPE_FILE: u8 = 4;

/// The record `filestat`.
#[repr(C)]
pub struct FileStat {
    device: u64,
    inode: u64,
    kind: u8,
    links: u64,
    size: u64,
    accessed_ns: u64,
    modified_ns: u64,
    changed_ns: u64,
}

impl FileStat {
    /// The record of something, or of a stream, in a run that began at this time.
    pub fn of(stat: Option<Stat>, began_ns: u64) -> Self {
        // Nothing knows when a file of the workspace was changed: it is as if all were made when the run began. What the run
        // does to it comes after, by steps that a program's floats can tell apart.
        let ns = stat.map_or(0, |stat| {
            began_ns.saturating_add(stat.changed.saturating_mul(1_000))
        });
        Self {
            device: 1,
            inode: stat.map_or(0, |stat| stat.inode),
            kind: match stat {
                None => TYPE_UNKNOWN,
                Some(stat) if stat.folder => TYPE_FOLDER,
                Some(_) => TYPE_FILE,
            },
            links: 1,
            size: stat.map_or(0, |stat| stat.size),
            accessed_ns: ns,
            modified_ns: ns,
            changed_ns: ns,
        }
    }
}

/// The record `fdstat`.
#[repr(C)]
pub struct FdStat {
    pub kind: u8,
    pub flags: u16,
    pub rights: u64,
    pub rights_inherited: u64,
}

/// The record `subscription`, of which only those to a clock are known.
#[repr(C)]
pub struct Subscription {
    pub userdata: u64,
    pub kind: u8,
    pub to: ClockSubscription,
}

/// The record `subscription_clock`, which begins where the largest of its kind may.
#[repr(C, align(8))]
pub struct ClockSubscription {
    pub clock: u32,
    pub timeout_ns: u64,
    pub precision_ns: u64,
    pub flags: u16,
}

/// The record `event`.
#[repr(C)]
pub struct Event {
    pub userdata: u64,
    pub error: u16,
    pub kind: u8,
    pub bytes: u64,
    pub flags: u16,
}

/// The record `prestat` of a folder.
#[repr(C)]
pub struct Prestat {
    pub kind: u8,
    pub name_length: u32,
}
