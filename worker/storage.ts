// Where a tab keeps its replica of the workspace: three files in the origin private file system.
//
// Every tab has a slot of its own, held by a lock for as long as its Worker lives, however it dies. The first slot is the
// one that stays; what a dead tab left in another is taken in by whoever finds it, and removed.

/** The most tabs that keep what they do on disk; any further one works in memory. */
const SLOTS_MAX = 16;
const LOCK = "selvage:workspace:";
const OPEN_TRIES = 40;
const OPEN_WAIT_MS = 50;

/** What storage there is, and why not, if there is none. */
export type Opened =
  | { mode: "durable"; slot: number; files: FileSystemSyncAccessHandle[] }
  | { mode: "memory"; reason: string };

/** The database, the journal in front of it, and the checksums of the database's blocks. */
function namesOf(slot: number): string[] {
  const stem = slot === 0 ? "workspace" : `workspace-${slot}`;
  return [`${stem}.redb`, `${stem}.journal`, `${stem}.sums`];
}

/** Takes the first slot that is free, and opens its files. */
export async function openStorage(): Promise<Opened> {
  if (navigator.storage?.getDirectory === undefined || navigator.locks === undefined) {
    return { mode: "memory", reason: "This browser has no private file system for pages." };
  }
  try {
    for (let slot = 0; slot < SLOTS_MAX; slot += 1) {
      if (await hold(slot)) return { mode: "durable", slot, files: await openFiles(slot) };
    }
  } catch (error) {
    return { mode: "memory", reason: `The browser gave no storage: ${String(error)}` };
  }
  return { mode: "memory", reason: "Too many tabs have the workspace open." };
}

/** Takes a slot's lock for the rest of this Worker's life, unless another tab has it. */
function hold(slot: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = navigator.locks.request(`${LOCK}${slot}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<never>(() => {});
    });
    request.catch(reject);
  });
}

/** The slots whose tab is gone and that hold something, but `own`. */
export async function leftSlots(own: number): Promise<number[]> {
  const { held = [] } = await navigator.locks.query();
  const taken = new Set(held.map((lock) => lock.name));
  const directory = await navigator.storage.getDirectory();
  const names = new Set<string>();
  for await (const name of (directory as unknown as { keys(): AsyncIterable<string> }).keys()) names.add(name);
  const slots = Array.from({ length: SLOTS_MAX }, (_, slot) => slot);
  return slots.filter((slot) => slot !== own && !taken.has(`${LOCK}${slot}`) && namesOf(slot).some((name) => names.has(name)));
}

/** Shows what a slot holds to `look` while nobody has it. A slot other than the first is emptied when `look` is done. */
export async function withLeftSlot(slot: number, look: (files: FileSystemSyncAccessHandle[]) => void): Promise<void> {
  await navigator.locks.request(`${LOCK}${slot}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    const files = await openFiles(slot);
    try {
      look(files);
    } finally {
      for (const file of files) file.close();
    }
    if (slot === 0) return;
    const directory = await navigator.storage.getDirectory();
    for (const name of namesOf(slot)) await directory.removeEntry(name);
  });
}

/** Renames a slot's files, so that what can't be read is kept and the slot can be used anew. Gives the new names. */
export async function setAside(slot: number, files: FileSystemSyncAccessHandle[]): Promise<string[]> {
  for (const file of files) file.close();
  const directory = await navigator.storage.getDirectory();
  const aside: string[] = [];
  for (const name of namesOf(slot)) {
    const file = (await directory.getFileHandle(name)) as FileSystemFileHandle & { move(name: string): Promise<void> };
    const kept = `damaged-${Date.now()}-${name}`;
    await file.move(kept);
    aside.push(kept);
  }
  return aside;
}

/** Opens the files of a slot whose lock is held. */
export async function openFiles(slot: number): Promise<FileSystemSyncAccessHandle[]> {
  const directory = await navigator.storage.getDirectory();
  return Promise.all(namesOf(slot).map(async (name) => openHandle(await directory.getFileHandle(name, { create: true }))));
}

/** A handle can stay locked for a moment after the Worker that had it is gone. */
export async function openHandle(file: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      const locked = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!locked || tries === OPEN_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, OPEN_WAIT_MS));
    }
  }
}
