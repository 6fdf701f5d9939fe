// The panels beside the files: names, icons and components, for the dock and for narrow screens.

import type { Component } from 'svelte';
import Explorer from '../explorer/Explorer.svelte';
import type { PanelId, Workbench } from '../lib/workbench.svelte';
import OutputPanel from '../panels/OutputPanel.svelte';
import RunPanel from '../panels/RunPanel.svelte';

/** In the dock, a panel is told whether it is in front; elsewhere, only the one in front is there. */
type Panel = Component<{ wb: Workbench; front?: { readonly now: boolean } }>;

/** A panel, or how it is fetched when it is opened. */
export type PanelKind = { title: string; icon: string } & ({ component: Panel } | { load: () => Promise<{ default: Panel }> });

export const PANELS: Record<PanelId, PanelKind> = {
  explorer: { title: 'Files', icon: 'files', component: Explorer },
  run: { title: 'Run', icon: 'play', component: RunPanel },
  output: { title: 'Output', icon: 'terminal', component: OutputPanel },
  problems: { title: 'Problems', icon: 'list-checks', load: () => import('../panels/ProblemsPanel.svelte') },
  history: { title: 'History', icon: 'history', load: () => import('../panels/HistoryPanel.svelte') },
  approvals: { title: 'Approvals', icon: 'shield', load: () => import('../approvals/Inbox.svelte') },
  agents: { title: 'Agents', icon: 'workflow', load: () => import('../agents/AgentsPanel.svelte') },
};

export const PANEL_IDS = Object.keys(PANELS) as PanelId[];
