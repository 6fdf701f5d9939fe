// Files from the device into the workspace.

import { isMounted, join, nameOf, parentOf } from '../lib/paths';
import { saveShown } from '../lib/saving';
import type { Workbench } from '../lib/workbench.svelte';
import { saveZip } from '../lib/archive';

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

/** Writes them below a folder as one change, and gives where they are; what is done where a name is taken, the person says. */
export async function upload(wb: Workbench, folder: string, incoming: Incoming[]): Promise<string[]> {
  if (incoming.length === 0) return [];
  try {
    const { uploadTo } = await import('./uploading');
    return await uploadTo(wb, folder, incoming);
  } catch (error) {
    wb.toasts.failure('Nothing was uploaded', error);
    return [];
  }
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
