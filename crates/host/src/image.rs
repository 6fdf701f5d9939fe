//! An instance as it was when it had been warmed up, before there was a job: what each run starts from.
//!
//! **Problem.** An interpreter takes a hundred times as long to warm up as a short run takes, and comes to the same state each time.
//!
//! **Shape.** All that an instance remembers is its memory and its exported globals (`xtask/src/state.rs` sees to it), and warming up
//! sees no job, a fixed seed and a fixed clock. So the first instance that warms itself up gives the image, before anything runs in it,
//! and later ones are a new instance into which the image is copied: no instance is used twice.

use crate::imports::World;
use crate::pages;
use wasmtime::{Instance, Memory, Store, Val};

/// Bytes of a page of memory.
const PAGE_BYTES: usize = 65_536;

/// How the exports begin that are an instance's changing globals.
const STATE_PREFIX: &str = "state:";

/// See the module.
pub(crate) struct Image {
    pages: u64,
    /// Where pages that are not empty begin, and what is in them; in order.
    parts: Vec<(usize, Vec<u8>)>,
    globals: Vec<(String, Val)>,
}

impl Image {
    /// The image of an instance, between two entries.
    pub fn take(store: &mut Store<World>, instance: Instance, memory: Memory) -> Self {
        let mut parts: Vec<(usize, Vec<u8>)> = Vec::new();
        for (page, bytes) in memory.data(&store).chunks(PAGE_BYTES).enumerate() {
            if bytes.iter().all(|byte| *byte == 0) {
                continue;
            }
            let at = page * PAGE_BYTES;
            match parts.last_mut() {
                Some((start, part)) if *start + part.len() == at => part.extend_from_slice(bytes),
                _ => parts.push((at, bytes.to_vec())),
            }
        }
        let globals = changing(store, instance)
            .into_iter()
            .map(|(name, global)| (name, global.get(&mut *store)))
            .collect();
        Self {
            pages: memory.size(&store),
            parts,
            globals,
        }
    }

    /// The pages of the memory.
    pub fn pages(&self) -> u64 {
        self.pages
    }

    /// Makes a new instance what the image's was: every byte of its memory, and every global.
    ///
    /// # Errors
    /// When its memory can't have the image's size.
    pub fn restore(
        &self,
        store: &mut Store<World>,
        instance: Instance,
        memory: Memory,
    ) -> wasmtime::Result<()> {
        let began = memory.data_size(&store);
        let more = self.pages.saturating_sub(memory.size(&store));
        memory.grow(&mut *store, more)?;
        pages::enlarge(&*store, memory);
        let whole = memory.data_mut(&mut *store);
        let mut end = 0;
        for (at, part) in &self.parts {
            // What the memory grew by is empty already.
            whole[end..(*at).min(began).max(end)].fill(0);
            end = at + part.len();
            whole[*at..end].copy_from_slice(part);
        }
        whole[end.min(began)..began].fill(0);
        for (name, value) in &self.globals {
            if let Some(global) = instance.get_global(&mut *store, name) {
                global.set(&mut *store, *value)?;
            }
        }
        Ok(())
    }
}

/// An instance's changing globals, by name.
fn changing(store: &mut Store<World>, instance: Instance) -> Vec<(String, wasmtime::Global)> {
    let exports = instance.exports(&mut *store);
    let named = exports.filter(|export| export.name().starts_with(STATE_PREFIX));
    named
        .filter_map(|export| Some((export.name().to_owned(), export.into_global()?)))
        .collect()
}
