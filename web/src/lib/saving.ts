// Saves what comes in parts as a file of the device, so that a large one is never in memory as a whole.

import type { Toasts } from '../ui/toasts.svelte';

/** Up to so many bytes, a file is made in memory and handed to the browser's downloads. */
export const IN_MEMORY_BYTES_MAX = 8 * 1024 * 1024;
/** The folder in the private file system where a download is put together where the browser lets no page write a file. */
const FOLDER = 'downloads';
/** After this time, the browser has copied what was put together there. */
const COPIED_MS = 10 * 60_000;

type Parts = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** What the DOM's types do not have yet. */
interface SavePicker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
}

/** Saves as `save` does, and shows how far it is, with a way to cancel it. What is thrown leaves no file. */
export async function saveShown(toasts: Toasts, name: string, size: number, parts: Parts): Promise<boolean> {
  if (size <= IN_MEMORY_BYTES_MAX) return save(name, size, parts);
  const given = new AbortController();
  const shown = toasts.progress(`Downloading “${name}”`, () => given.abort());
  async function* counted() {
    let done = 0;
    for await (const part of parts) {
      given.signal.throwIfAborted();
      done += part.length;
      yield part;
      shown.set(Math.min(1, done / size));
    }
  }
  try {
    return await save(name, size, counted());
  } catch (error) {
    if (given.signal.aborted) return false;
    throw error;
  } finally {
    shown.end();
  }
}

/**
 * Saves parts under a name. It has to be called while the page may still ask the person for a place: right after a click.
 * False when the person chose no place. What the parts throw is thrown on, and leaves no file.
 */
async function save(name: string, size: number, parts: Parts): Promise<boolean> {
  if (size <= IN_MEMORY_BYTES_MAX) return inMemory(name, parts);
  let chosen: FileSystemFileHandle | undefined;
  try {
    chosen = await (globalThis as SavePicker).showSaveFilePicker?.({ suggestedName: name });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return false;
    // A page inside another one may not ask.
  }
  if (chosen) {
    await writeTo(chosen, parts);
    return true;
  }
  const folder = await privateFolder();
  return folder ? inPrivateFile(folder, name, parts) : inMemory(name, parts);
}

async function inMemory(name: string, parts: Parts): Promise<true> {
  const all: BlobPart[] = [];
  // A blob copies: the next part may come in the same buffer.
  for await (const part of parts) all.push(new Blob([part]));
  download(new Blob(all), name);
  return true;
}

/** A blob over a file on disk: the browser copies it from there. */
async function inPrivateFile(folder: FileSystemDirectoryHandle, name: string, parts: Parts): Promise<true> {
  const own = `${Date.now()}-${crypto.randomUUID()}`;
  try {
    const file = await folder.getFileHandle(own, { create: true });
    await writeTo(file, parts);
    download(await file.getFile(), name, COPIED_MS);
  } catch (error) {
    await folder.removeEntry(own).catch(() => undefined);
    throw error;
  }
  setTimeout(() => void folder.removeEntry(own).catch(() => undefined), COPIED_MS);
  return true;
}

async function writeTo(file: FileSystemFileHandle, parts: Parts): Promise<void> {
  const out = await file.createWritable();
  try {
    for await (const part of parts) await out.write(part);
    await out.close();
  } catch (error) {
    await out.abort().catch(() => undefined);
    throw error;
  }
}

/** Nothing where the browser has no such folder, or lets no page write there without a Worker. */
async function privateFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  if (!('createWritable' in (globalThis.FileSystemFileHandle?.prototype ?? {}))) return undefined;
  try {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
    // A page that was closed early could not tidy up.
    for await (const name of folder.keys()) if (Number.parseInt(name) < Date.now() - COPIED_MS) await folder.removeEntry(name).catch(() => undefined);
    return folder;
  } catch {
    return undefined;
  }
}

/** Hands a blob to the browser's downloads. Some browsers keep reading it for a while. */
export function download(blob: Blob, name: string, readMs = 60_000): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), readMs);
}
