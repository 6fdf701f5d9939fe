//! The bytes that a key has sent: bounded, and those that were longest not asked for go first. What a job holds stays.

use crate::error::JobsError;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// See the module.
#[derive(Debug)]
pub struct Shelf {
    bytes: usize,
    held: BTreeMap<String, Blob>,
    /// How often something was asked for.
    asked: u64,
    /// When something was asked for last.
    pub used: Instant,
}

#[derive(Debug)]
struct Blob {
    bytes: Arc<[u8]>,
    /// The shelf's count when it was asked for last.
    asked: u64,
}

impl Shelf {
    pub fn new() -> Self {
        Self {
            bytes: 0,
            held: BTreeMap::new(),
            asked: 0,
            used: Instant::now(),
        }
    }

    /// Keeps bytes under the hash that they have, and lets go of others where there are more than `bytes_max`.
    pub fn keep(
        &mut self,
        name: String,
        bytes: Arc<[u8]>,
        bytes_max: usize,
    ) -> Result<(), JobsError> {
        if self.get(&name).is_some() {
            return Ok(());
        }
        while self.bytes + bytes.len() > bytes_max {
            let idle = self.held.iter().filter(|(_, blob)| !blob.is_needed());
            let oldest = idle.min_by_key(|(_, blob)| blob.asked);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
                let why = "the files of jobs that go on take all that this key may keep";
                return Err(JobsError::Full(why));
            };
            let gone = self.held.remove(&oldest);
            self.bytes -= gone.map_or(0, |blob| blob.bytes.len());
        }
        self.bytes += bytes.len();
        let asked = self.asked;
        self.held.insert(name, Blob { bytes, asked });
        Ok(())
    }

    /// The bytes of a hash, which are the last to go from now on.
    pub fn get(&mut self, name: &str) -> Option<Arc<[u8]>> {
        self.asked += 1;
        self.used = Instant::now();
        let blob = self.held.get_mut(name)?;
        blob.asked = self.asked;
        Some(blob.bytes.clone())
    }

    /// How many bytes there are.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Blob {
    /// Whether a job holds it, too.
    fn is_needed(&self) -> bool {
        Arc::strong_count(&self.bytes) > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_what_a_job_holds_stays() {
        let mut shelf = Shelf::new();
        let keep = |shelf: &mut Shelf, name: &str| shelf.keep(name.into(), [0; 4].into(), 10);
        keep(&mut shelf, "a").expect("kept");
        keep(&mut shelf, "b").expect("kept");
        assert!(shelf.get("a").is_some());
        keep(&mut shelf, "c").expect("kept");
        assert!(shelf.get("b").is_none(), "it was asked for before `a` was");
        assert_eq!(shelf.bytes(), 8);

        let job = [shelf.get("a"), shelf.get("c")];
        assert!(matches!(keep(&mut shelf, "d"), Err(JobsError::Full(_))));
        keep(&mut shelf, "a").expect("known");
        drop(job);
        keep(&mut shelf, "d").expect("kept");
        assert_eq!(shelf.bytes(), 8);
    }
}
