// What can be done with an entry of the explorer, or with the workspace as a whole.

import { label } from '../lib/keys';
import { isFlow, isMounted, mountOf } from '../lib/paths';
import type { Workbench } from '../lib/workbench.svelte';
import { pickMount } from '../lib/archive';
import type { MenuEntry } from '../ui/menu.svelte';
import { downloadEntry, folderFor } from './upload';

export interface EntryActions {
  open(path: string): void;
  rename(path: string): void;
  remove(path: string): void;
  create(kind: 'file' | 'folder', folder: string): void;
  hold(path: string, cut: boolean): void;
  paste(folder: string): void;
  canPaste(): boolean;
  upload(folder: string, whole: boolean): void;
}

export function menuFor(wb: Workbench, path: string | undefined, actions: EntryActions): MenuEntry[] {
  const folder = folderFor(wb, path);
  const making: MenuEntry[] = [
    { label: 'New file', icon: 'file-plus', run: () => actions.create('file', folder) },
    { label: 'New folder', icon: 'folder-plus', run: () => actions.create('folder', folder) },
    { label: 'Upload files', icon: 'upload', run: () => actions.upload(folder, false) },
    { label: 'Upload a folder', icon: 'upload', run: () => actions.upload(folder, true) },
  ];
  const pasting: MenuEntry = { label: 'Paste', icon: 'clipboard-paste', keys: label('Mod+V'), disabled: !actions.canPaste(), run: () => actions.paste(folder) };
  if (path === undefined)
    return [
      ...making,
      pasting,
      'line',
      { label: 'Export as zip', icon: 'archive', run: () => wb.command('export') },
      { label: 'Import a zip', icon: 'package', run: () => wb.command('import') },
      { label: 'Mount another workspace…', icon: 'lock', run: () => wb.command('mount') },
      'line',
      { label: 'History of the workspace', icon: 'history', run: () => wb.command('past') },
      { label: 'Undo the last change', icon: 'undo-2', run: () => wb.command('undo') },
      { label: 'Redo', icon: 'redo-2', run: () => wb.command('redo') },
    ];
  const entry = wb.workspace.entries.get(path);
  const isFolder = entry?.kind === 'folder';
  const flow: MenuEntry[] = isFlow(path)
    ? [
        {
          label: 'Run', icon: 'play',
          run: () => {
            wb.chooseFlow(path);
            void wb.run();
          },
        },
        'line',
      ]
    : [];
  const mount = mountOf(path);
  const mounting: MenuEntry[] = mount
    ? [
        { label: 'Update…', icon: 'refresh-cw', run: () => void pickMount(wb, mount) },
        { label: 'Unmount', icon: 'trash-2', danger: true, run: () => unmount(wb, mount) },
        'line',
      ]
    : [];
  if (isMounted(path))
    return [
      ...mounting,
      ...flow,
      ...(isFolder ? [] : [{ label: 'Open', icon: 'file', run: () => actions.open(path) }, { label: 'Earlier versions', icon: 'git-compare', run: () => (wb.overlay = { kind: 'versions' as const, path }) }]),
      { label: isFolder ? 'Download as zip' : 'Download', icon: 'download', run: () => void downloadEntry(wb, path) },
      { label: 'Copy path', icon: 'copy', run: () => void copyPath(wb, path) },
      { label: 'Copy', icon: 'copy', keys: label('Mod+C'), run: () => actions.hold(path, false) },
    ];
  return [
    ...flow,
    ...(isFolder ? [...making, 'line' as const] : [{ label: 'Open', icon: 'file', run: () => actions.open(path) }]),
    ...(wb.conflicts.byPath.has(path) ? [{ label: 'Decide the conflict', icon: 'git-compare', run: () => (wb.overlay = { kind: 'conflicts' as const, path }) }] : []),
    ...(isFolder ? [] : [{ label: 'Earlier versions', icon: 'git-compare', run: () => (wb.overlay = { kind: 'versions', path }) }]),
    { label: isFolder ? 'Download as zip' : 'Download', icon: 'download', run: () => void downloadEntry(wb, path) },
    { label: 'Copy path', icon: 'copy', run: () => void copyPath(wb, path) },
    'line',
    { label: 'Cut', icon: 'scissors', keys: label('Mod+X'), run: () => actions.hold(path, true) },
    { label: 'Copy', icon: 'copy', keys: label('Mod+C'), run: () => actions.hold(path, false) },
    pasting,
    'line',
    { label: 'Rename', icon: 'pencil', keys: 'F2', run: () => actions.rename(path) },
    { label: 'Delete', icon: 'trash-2', keys: 'Delete', danger: true, run: () => actions.remove(path) },
  ];
}

function unmount(wb: Workbench, name: string): void {
  wb.overlay = {
    kind: 'confirm',
    title: `Unmount ${name}`,
    text: `Flows here will no longer see the files of “${name}”. It can be undone, and mounted again.`,
    action: 'Unmount',
    run: () =>
      void wb.workspace.call('scope_unmount', { name }).then(
        () => wb.toasts.success(`“${name}” is not mounted any more.`, wb.workspace.undoAction()),
        (error: unknown) => wb.toasts.failure(`“${name}” was not unmounted`, error),
      ),
  };
}

async function copyPath(wb: Workbench, path: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(path);
    wb.toasts.info('The path was copied.');
  } catch (error) {
    wb.toasts.failure('The path was not copied', error);
  }
}
