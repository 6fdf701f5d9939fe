// Has lint mend the file that is shown: its safe fixes, or its layout.

import { plural } from '../lib/format';
import type { LintReport } from '../lib/tools';
import type { Workbench } from '../lib/workbench.svelte';
import type { Document } from './document.svelte';

export type Mending = 'fix' | 'format';

/** Whether there is something to be mended in that way, as far as the page knows. */
export function canMend(wb: Workbench, document: Document | undefined, how: Mending): boolean {
  if (document?.kind !== 'text' || document.readOnly || document.gone) return false;
  if (how === 'format') return document.path.endsWith('.py');
  return wb.problems.of(document.path)?.diagnostics.some(({ fix }) => fix?.safe && fix.edits.length > 0) ?? false;
}

/** Saves the file, and has it mended as one change. What comes back reaches the editor as a change of anybody else does. */
export async function mend(wb: Workbench, document: Document, how: Mending): Promise<void> {
  await document.save();
  // What could not be saved was told, and is not what would be mended.
  if (document.dirty) return;
  const result = await wb.kernel.call('lint_flow', { path: document.path, [how]: true });
  if (!result.ok) return wb.toasts.failure(`“${document.name}” was not ${how === 'fix' ? 'fixed' : 'formatted'}`, result.error);
  const { fixed, formatted, diagnostics } = result.value as LintReport;
  if (fixed === 0 && !formatted) return void wb.toasts.info(unchanged(document.name, how, diagnostics.some(({ code }) => code === 'syntax')));
  wb.toasts.success(how === 'fix' ? `${plural(fixed, 'fix', 'fixes')} made in “${document.name}”.` : `“${document.name}” was formatted.`, wb.workspace.undoAction());
}

function unchanged(name: string, how: Mending, isBroken: boolean): string {
  if (isBroken) return `“${name}” can't be read: mend the error in it first.`;
  return how === 'fix' ? `“${name}” has nothing to fix.` : `“${name}” is formatted already.`;
}
