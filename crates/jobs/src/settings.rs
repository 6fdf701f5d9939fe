//! How much a server does.

use selvage_tool::LimitsPatch;
use std::time::Duration;

/// See the module.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many jobs run at once.
    pub running_max: usize,
    /// How many jobs of one key run at once, unless the key says.
    pub key_running_max: usize,
    /// How many jobs of one key take no place while a person decides what they asked for; of all keys, as many as run at once.
    pub key_held_max: usize,
    /// How deep jobs run within jobs that wait for them, in the place of the first one.
    pub nested_max: usize,
    /// How many jobs wait.
    pub queued_max: usize,
    /// How many bytes the jobs that wait came in.
    pub queued_bytes_max: usize,
    /// How many jobs of one key wait, unless the key says.
    pub key_queued_max: usize,
    /// How many jobs of one key wait or run within others.
    pub key_nested_max: usize,
    /// How many bytes of files one key keeps for its jobs.
    pub key_bytes_max: usize,
    /// How many bytes of files all keys keep.
    pub bytes_max: usize,
    /// How many jobs of one key that are over are remembered.
    pub key_kept_max: usize,
    /// How many bytes are kept of what one key's jobs told and wrote that are over.
    pub key_kept_bytes_max: usize,
    /// The same of all keys.
    pub kept_bytes_max: usize,
    /// What no job gets more of.
    pub limits: LimitsPatch,
    /// How long a job waits for a place.
    pub waiting_max: Duration,
    /// How long a job goes on while nobody listens.
    pub alone_max: Duration,
    /// How long what is over, and files that no job asks for, are kept.
    pub kept_max: Duration,
    /// How long running jobs are waited for when the server stops.
    pub stopping_max: Duration,
    /// How long it is then waited for clients to fetch what became of their jobs.
    pub collecting_max: Duration,
}

/// How many jobs wait unless it is told.
const QUEUED: usize = 100;

impl Settings {
    /// What one key has of a queue unless it says: a quarter, so that no key alone keeps others out.
    #[must_use]
    pub fn share(queued_max: usize) -> usize {
        (queued_max / 4).max(1)
    }
}

impl Default for Settings {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            running_max: std::thread::available_parallelism()
                .map_or(2, usize::from)
                .max(2),
            key_running_max: 2,
            key_held_max: 2,
            nested_max: 3,
            queued_max: QUEUED,
            queued_bytes_max: 128 * MIB,
            key_queued_max: Self::share(QUEUED),
            key_nested_max: 100,
            key_bytes_max: 256 * MIB,
            bytes_max: 1024 * MIB,
            key_kept_max: 500,
            key_kept_bytes_max: 128 * MIB,
            kept_bytes_max: 512 * MIB,
            limits: LimitsPatch {
                cpu_ms_max: Some(60_000),
                wall_ms_max: Some(600_000),
                memory_bytes_max: Some(256 * MIB as u64),
                output_bytes_max: Some(16 * MIB as u64),
                written_bytes_max: Some(64 * MIB as u64),
                fetch_bytes_max: Some(16 * MIB as u64),
                ..LimitsPatch::default()
            },
            waiting_max: Duration::from_secs(300),
            alone_max: Duration::from_secs(30),
            kept_max: Duration::from_secs(300),
            stopping_max: Duration::from_secs(10),
            collecting_max: Duration::from_secs(3),
        }
    }
}
