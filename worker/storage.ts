// Where the workspace is kept: two files in the origin private file system, held by one tab.

/** The database, and the journal in front of it. */
const FILES = ["workspace.redb", "workspace.journal"];
const LOCK = "selvage:workspace";
const OPEN_TRIES = 40;
const OPEN_WAIT_MS = 50;

/** What storage there is, and why not, if there is none. */
export type Opened =
  | { mode: "durable"; files: FileSystemSyncAccessHandle[] }
  | { mode: "memory"; reason: string };

/**
 * Waits for the workspace's lock and opens its files. The lock is held for as long as this Worker
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
    const open = async (name: string) => openHandle(await directory.getFileHandle(name, { create: true }));
    return { mode: "durable", files: await Promise.all(FILES.map(open)) };
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
