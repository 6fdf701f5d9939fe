// Files from the device into the workspace.

import { plural } from '../lib/format';
import { folderWords, freeName, isMounted, join, nameOf, parentOf } from '../lib/paths';
import { saveShown } from '../lib/saving';
import type { Workbench } from '../lib/workbench.svelte';
import { saveZip } from '../lib/archive';

/** From here on, an upload shows how far it is. */
const SHOWN_BYTES_MIN = 4 * 1024 * 1024;

export interface Incoming {
  path: string;
  file: File;
}

/** Every file of a drop, those inside dropped folders with their paths. */
export async function incomingOf(transfer: DataTransfer): Promise<Incoming[]> {
  // The items are only there during the event, so that all of them are asked for at once.
  const roots = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.kind === 'file' ? item.getAsFile() : null }));
  const found: Incoming[] = [];
  for (const { entry, file } of roots) {
    if (entry?.isDirectory) await readFolder(entry as FileSystemDirectoryEntry, '', found);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

async function readFolder(folder: FileSystemDirectoryEntry, above: string, found: Incoming[]): Promise<void> {
  const path = join(above, folder.name);
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const entry of entries)
      if (entry.isDirectory) await readFolder(entry as FileSystemDirectoryEntry, path, found);
      else found.push({ path: join(path, entry.name), file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) });
  }
}

/** The files of a file field, those of a chosen folder with their paths. */
export const incomingOfField = (files: File[]): Incoming[] => files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Writes them below a folder, as one change. A name that is taken gets a number; nothing is overwritten. */
export async function upload(wb: Workbench, folder: string, incoming: Incoming[]): Promise<string[]> {
  const roots = new Map<string, string>();
  const files = incoming.map(({ path, file }) => {
    const [root = path] = path.split('/');
    if (!roots.has(root)) roots.set(root, freeName(root, wb.workspace.childNames(folder)));
    return { path: join(folder, roots.get(root) + path.slice(root.length)), content: file };
  });
  const all = incoming.reduce((sum, { file }) => sum + file.size, 0);
  const given = new AbortController();
  const [only] = incoming;
  const words = incoming.length === 1 && only ? `“${only.file.name}”` : plural(incoming.length, 'file');
  const shown = all > SHOWN_BYTES_MIN ? wb.toasts.progress(`Uploading ${words}`, () => given.abort()) : undefined;
  let written: string[] = [];
  try {
    const { bring } = await import('../lib/bringing');
    written = await bring(wb.workspace, `Upload ${only && incoming.length === 1 ? only.file.name : words}`, files, [], {
      left: (path, error) => wb.toasts.failure(`“${nameOf(path)}” was not uploaded`, error),
      told: (done) => shown?.set(done),
      signal: given.signal,
    });
  } catch (error) {
    wb.toasts.failure('Nothing was uploaded', error);
  }
  shown?.end();
  if (given.signal.aborted && written.length === 0) wb.toasts.info(`The upload of ${words} was cancelled. Nothing of it is kept.`);
  if (written.length) {
    const what = written.length === 1 && written[0] ? `“${nameOf(written[0])}”` : plural(written.length, 'file');
    wb.toasts.success(`Uploaded ${what} to ${folderWords(folder)}.`, wb.workspace.undoAction());
  }
  return written;
}

export async function downloadEntry(wb: Workbench, path: string): Promise<void> {
  try {
    const entry = wb.workspace.entries.get(path);
    if (entry?.kind === 'folder') await saveZip(wb, path, `${nameOf(path)}.zip`);
    else if (entry) await saveShown(wb.toasts, entry.name, entry.size, wb.workspace.partsOf(entry));
  } catch (error) {
    wb.toasts.failure(`“${nameOf(path)}” could not be downloaded`, error);
  }
}

/** The folder that something new goes into, next to or in what is selected; nothing goes into a mounted workspace. */
export const folderFor = (wb: Workbench, path: string | undefined): string => {
  const entry = path === undefined || isMounted(path) ? undefined : wb.workspace.entries.get(path);
  return !entry ? '' : entry.kind === 'folder' ? entry.path : parentOf(entry.path);
};
