// What an editor knows of the workspace around its file, for completion and for going to definitions.

import { Facet } from '@codemirror/state';
import { withoutScope } from '../lib/paths';
import type { FlowSummary } from '../lib/tools';
import type { Workbench } from '../lib/workbench.svelte';
import type { Document } from './document.svelte';
import type { Names } from './python/resolve';

export interface WorkspaceNames extends Names {
  flows(): readonly FlowSummary[];
}

export const workspaceNames = Facet.define<WorkspaceNames, WorkspaceNames | undefined>({ combine: (all) => all[0] });

/** Paths are those that flows see: of what is mounted here, those of its own workspace. */
export function namesFor(wb: Workbench, document: Document): WorkspaceNames {
  return {
    get path() {
      return withoutScope(document.path);
    },
    paths: () => [...wb.workspace.entries.keys()].map(withoutScope),
    flows: () => wb.flows,
    read: async (path) => {
      const place = wb.whereIs(path);
      const open = wb.documents.find(place)?.content;
      if (open !== undefined) return open;
      const result = await wb.kernel.call('read', { path: place, encoding: 'text' });
      return result.ok ? (result.value as { content: string }).content : undefined;
    },
  };
}
