// What leads to a zip and from one: saving, choosing, and what is asked first. A place or a file is asked for while the click that wants it is
// fresh; what packs and unpacks is loaded after that.

import { isInside } from './paths';
import { saveShown } from './saving';
import type { Entry } from './tools';
import type { Overlay, Workbench } from './workbench.svelte';
import type { Workspace } from './workspace.svelte';

/** The entries that go into a zip of a folder. */
export const entriesIn = (workspace: Workspace, folder: string): Entry[] => [...workspace.entries.values()].filter(({ path }) => isInside(path, folder));

async function* packed(workspace: Workspace, folder: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { zipOf } = await import('./zip');
  yield* zipOf(workspace, folder);
}

/** Saves a folder as a zip. False when the person chose no place for it, or cancelled it. */
export function saveZip(wb: Workbench, folder: string, name: string): Promise<boolean> {
  const size = entriesIn(wb.workspace, folder).reduce((sum, entry) => sum + entry.size, 0);
  return saveShown(wb.toasts, name, size, packed(wb.workspace, folder));
}

export async function exportWorkspace(wb: Workbench): Promise<void> {
  try {
    await wb.documents.saveAll();
    const day = new Date().toISOString().slice(0, 10);
    if (await saveZip(wb, '', `selvage-${day}.zip`)) wb.toasts.success('The workspace was exported.');
  } catch (error) {
    wb.toasts.failure('The export failed', error);
  }
}

export async function pickImport(wb: Workbench): Promise<void> {
  const [file] = await pickFiles({ accept: '.zip,application/zip' });
  if (file) await openImport(wb, file);
}

/** Asks for the zip of a workspace that is to be mounted, or brought up to date under its name here. */
export async function pickMount(wb: Workbench, name?: string): Promise<void> {
  const [file] = await pickFiles({ accept: '.zip,application/zip' });
  if (file) wb.overlay = { kind: 'mount', file, name };
}

/** Shows a question that was a while in the making: not in the place of another dialog, with what was done in that. */
export function show(wb: Workbench, question: Overlay): void {
  if (wb.overlay && wb.overlay.kind !== 'palette') throw new Error('another dialog is open. Close that one, and begin again.');
  wb.overlay = question;
}

export async function openImport(wb: Workbench, file: File): Promise<void> {
  try {
    const { planImport } = await import('./zip');
    const plan = await planImport(wb.workspace, file.name, new Uint8Array(await file.arrayBuffer()));
    show(wb, { kind: 'import', plan });
  } catch (error) {
    wb.toasts.failure(`${file.name} can’t be imported`, error);
  }
}

export function pickFiles(options: { accept?: string; folder?: boolean }): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    if (options.accept) input.accept = options.accept;
    if (options.folder) input.webkitdirectory = true;
    input.addEventListener('change', () => resolve([...(input.files ?? [])]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
