// Files from the device into the workspace.

import { bytes, plural } from '../lib/format';
import { folderWords, freeName, join, nameOf, parentOf } from '../lib/paths';
import type { Workbench } from '../lib/workbench.svelte';
import { download, zipOf } from '../lib/zip';

export const UPLOAD_BYTES_MAX = 256 * 1024 * 1024;

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

/** Writes them below a folder. A name that is taken gets a number; nothing is overwritten. */
export async function upload(wb: Workbench, folder: string, incoming: Incoming[]): Promise<string[]> {
  const written: string[] = [];
  const roots = new Map<string, string>();
  for (const { path, file } of incoming) {
    const [root = path] = path.split('/');
    if (!roots.has(root)) roots.set(root, freeName(root, wb.workspace.childNames(folder)));
    const to = join(folder, roots.get(root) + path.slice(root.length));
    try {
      if (file.size > UPLOAD_BYTES_MAX) throw new Error(`it has ${bytes(file.size)}, and the most is ${bytes(UPLOAD_BYTES_MAX)}.`);
      await wb.workspace.writeBytes(to, new Uint8Array(await file.arrayBuffer()));
      written.push(to);
    } catch (error) {
      wb.toasts.failure(`“${file.name}” was not uploaded`, error);
    }
  }
  if (written.length) {
    const what = written.length === 1 && written[0] ? `“${nameOf(written[0])}”` : plural(written.length, 'file');
    wb.toasts.success(`Uploaded ${what} to ${folderWords(folder)}.`, wb.workspace.undoAction(written.length));
  }
  return written;
}

export async function downloadEntry(wb: Workbench, path: string): Promise<void> {
  try {
    const entry = wb.workspace.entries.get(path);
    if (entry?.kind === 'folder') download(await zipOf(wb.workspace, path), `${nameOf(path)}.zip`);
    else download(new Blob([await wb.workspace.readBytes(path)]), nameOf(path));
  } catch (error) {
    wb.toasts.failure(`“${nameOf(path)}” could not be downloaded`, error);
  }
}

export const folderFor = (wb: Workbench, path: string | undefined): string => {
  const entry = path === undefined ? undefined : wb.workspace.entries.get(path);
  return !entry ? '' : entry.kind === 'folder' ? entry.path : parentOf(entry.path);
};
