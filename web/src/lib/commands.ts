// Every command of the page: one list for the palette, the keyboard and the help.

import { canMend, mend, type Mending } from '../editor/mend';
import { exportWorkspace, pickImport, pickMount } from './archive';
import { isInApp } from './executor.svelte';
import type { Workbench } from './workbench.svelte';
import { hasDefinitions, parentOf } from './paths';

export interface Command {
  id: string;
  title: string;
  group: 'Files' | 'Flows' | 'View' | 'Workspace' | 'Help';
  keys?: string[];
  enabled?: () => boolean;
  run: () => void;
}

export function commandsOf(wb: Workbench): Command[] {
  const folder = (): string => {
    const entry = wb.selected === undefined ? undefined : wb.workspace.entries.get(wb.selected);
    return !entry ? '' : entry.kind === 'folder' ? entry.path : parentOf(entry.path);
  };
  const create = (kind: 'file' | 'folder'): void => {
    wb.layout?.show('explorer');
    // The explorer may only now come on screen.
    setTimeout(() => wb.create?.(kind, folder()));
  };
  const active = () => wb.documents.active;
  const mending = (how: Mending) => ({
    enabled: () => canMend(wb, active(), how),
    run: () => void (active() && mend(wb, active()!, how)),
  });
  return [
    { id: 'palette', title: 'Show all commands', group: 'View', keys: ['Mod+K', 'F1', 'Mod+Shift+P'], run: () => (wb.overlay = { kind: 'palette', start: '>' }) },
    { id: 'open', title: 'Open a file', group: 'Files', keys: ['Mod+P'], run: () => (wb.overlay = { kind: 'palette', start: '' }) },
    { id: 'find', title: 'Find text in all files', group: 'Files', keys: ['Mod+Shift+F'], run: () => (wb.overlay = { kind: 'palette', start: '#' }) },
    { id: 'new-file', title: 'New file', group: 'Files', keys: ['Alt+N'], run: () => create('file') },
    { id: 'new-folder', title: 'New folder', group: 'Files', run: () => create('folder') },
    { id: 'save', title: 'Save', group: 'Files', keys: ['Mod+S'], enabled: () => active() !== undefined, run: () => void active()?.save() },
    { id: 'save-all', title: 'Save all', group: 'Files', enabled: () => wb.documents.dirty, run: () => void wb.documents.saveAll(true) },
    { id: 'close', title: 'Close this file', group: 'Files', keys: ['Alt+W'], enabled: () => active() !== undefined, run: () => void (active() && wb.documents.close(active()!)) },
    { id: 'format', title: 'Format this file', group: 'Files', keys: ['Alt+Shift+F'], ...mending('format') },
    { id: 'fix', title: 'Make all safe fixes in this file', group: 'Files', keys: ['Alt+Shift+X'], ...mending('fix') },
    { id: 'versions', title: 'Compare with earlier versions', group: 'Files', enabled: () => active() !== undefined, run: () => (wb.overlay = { kind: 'versions', path: active()?.path ?? '' }) },
    { id: 'definition', title: 'Go to the definition', group: 'Files', keys: ['F12'], enabled: () => hasDefinitions(active()?.path ?? ''), run: () => void wb.goToDefinition() },
    { id: 'back', title: 'Go back to where you came from', group: 'Files', keys: ['Shift+F12'], enabled: () => wb.trail.length > 0, run: () => wb.goBack() },
    { id: 'run', title: 'Run the flow', group: 'Flows', keys: ['Mod+Enter'], run: () => submitForm() || void wb.run() },
    { id: 'run-other', title: 'Run another flow or function', group: 'Flows', keys: ['Alt+R'], run: () => (wb.overlay = { kind: 'palette', start: '@' }) },
    { id: 'dry-run', title: 'Dry run: keep nothing it changes', group: 'Flows', keys: ['Mod+Shift+Enter'], run: () => void wb.run('dry-run') },
    { id: 'cancel', title: 'Cancel the run', group: 'Flows', enabled: () => wb.runs.running.some((run) => !run.cancelled), run: () => void wb.runs.running.forEach((run) => void wb.runs.cancel(run)) },
    { id: 'show-explorer', title: 'Show files', group: 'View', keys: ['Alt+1'], run: () => wb.layout?.show('explorer', true) },
    { id: 'show-run', title: 'Show the Run panel', group: 'View', keys: ['Alt+2'], run: () => wb.layout?.show('run', true) },
    { id: 'show-output', title: 'Show output', group: 'View', keys: ['Alt+3'], run: () => wb.layout?.show('output', true) },
    { id: 'show-problems', title: 'Show problems', group: 'View', keys: ['Alt+4'], run: () => wb.layout?.show('problems', true) },
    { id: 'show-history', title: 'Show run history', group: 'View', keys: ['Alt+5'], run: () => wb.layout?.show('history', true) },
    { id: 'show-approvals', title: 'Show what waits for approval', group: 'View', keys: ['Alt+8'], run: () => wb.showApprovals() },
    { id: 'show-agents', title: 'Show agents and their calls', group: 'View', keys: ['Alt+9'], run: () => wb.layout?.show('agents', true) },
    { id: 'next-panel', title: 'Go to the next panel', group: 'View', keys: ['F6'], run: () => wb.layout?.walk(1) },
    { id: 'previous-panel', title: 'Go to the panel before', group: 'View', keys: ['Shift+F6'], run: () => wb.layout?.walk(-1) },
    { id: 'reset-layout', title: 'Reset the layout', group: 'View', run: () => wb.layout?.reset() },
    { id: 'theme-system', title: 'Colours: as the system', group: 'View', run: () => wb.theme.set('system') },
    { id: 'theme-light', title: 'Colours: light', group: 'View', run: () => wb.theme.set('light') },
    { id: 'theme-dark', title: 'Colours: dark', group: 'View', run: () => wb.theme.set('dark') },
    { id: 'conflicts', title: 'Show conflicts, and decide them', group: 'Workspace', keys: ['Alt+6'], run: () => (wb.overlay = { kind: 'conflicts' }) },
    { id: 'past', title: 'Show the history of the workspace', group: 'Workspace', keys: ['Alt+7'], run: () => (wb.overlay = { kind: 'past' }) },
    { id: 'undo', title: 'Undo the last change of the workspace', group: 'Workspace', run: () => void wb.workspace.undo() },
    { id: 'redo', title: 'Redo', group: 'Workspace', run: () => void wb.workspace.redo() },
    { id: 'storage', title: 'Storage on this device', group: 'Workspace', run: () => (wb.overlay = { kind: 'storage' }) },
    { id: 'executor', title: `Where runs run: this browser,${isInApp() ? ' this computer,' : ''} or a server`, group: 'Workspace', run: () => (wb.overlay = { kind: 'executor' }) },
    { id: 'devices', title: 'Devices: share this workspace', group: 'Workspace', run: () => (wb.overlay = { kind: 'devices' }) },
    { id: 'secrets', title: 'Secrets: keys that fetches of runs carry', group: 'Workspace', run: () => (wb.overlay = { kind: 'secrets' }) },
    { id: 'webmcp', title: 'Let agents of the browser call tools, or no longer', group: 'Workspace', enabled: () => wb.browserAgents.state !== 'absent', run: () => wb.switchBrowserAgents() },
    { id: 'export', title: 'Export the workspace as a zip', group: 'Workspace', run: () => void exportWorkspace(wb) },
    { id: 'import', title: 'Import a zip', group: 'Workspace', run: () => void pickImport(wb) },
    { id: 'mount', title: 'Mount another workspace…', group: 'Workspace', run: () => void pickMount(wb) },
    { id: 'keys', title: 'Keyboard shortcuts', group: 'Help', keys: ['?'], run: () => (wb.overlay = { kind: 'keys' }) },
  ];
}

/** Sends the form that has the keys. Whether there is one. */
function submitForm(): boolean {
  const form = document.activeElement?.closest<HTMLFormElement>('form.submits');
  form?.requestSubmit();
  return form !== null && form !== undefined;
}
