// Where the workspace is kept: one file in the origin private file system, held by one tab.

const FILE = "workspace.redb";
const LOCK = "selvage:workspace";
const OPEN_TRIES = 40;
const OPEN_WAIT_MS = 50;

/** What storage there is, and why not, if there is none. */
export type Opened =
  | { mode: "durable"; file: FileSystemSyncAccessHandle }
  | { mode: "memory"; reason: string };

/**
 * Waits for the workspace's lock and opens its file. The lock is held for as long as this Worker
 * lives, and goes on to the next tab when it dies, however it dies.
 *
 * `waiting` is called when another tab holds the lock.
 */
export async function openStorage(waiting: () => void): Promise<Opened> {
  if (navigator.storage?.getDirectory === undefined) {
    return { mode: "memory", reason: "This browser has no private file system for pages." };
  }
  await takeLock(waiting);
  try {
    const directory = await navigator.storage.getDirectory();
    const handle = await directory.getFileHandle(FILE, { create: true });
    return { mode: "durable", file: await openHandle(handle) };
  } catch (error) {
    return { mode: "memory", reason: `The browser gave no storage: ${String(error)}` };
  }
}

async function takeLock(waiting: () => void): Promise<void> {
  if (navigator.locks === undefined) return;
  const forever = new Promise<never>(() => {});
  await new Promise<void>((resolve) => {
    void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      if (lock !== null) {
        resolve();
        return forever;
      }
      waiting();
      void navigator.locks.request(LOCK, () => {
        resolve();
        return forever;
      });
      return undefined;
    });
  });
}

/** A handle can stay locked for a moment after the Worker that had it is gone. */
async function openHandle(file: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
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
