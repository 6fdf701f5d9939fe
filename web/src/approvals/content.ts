// All of what a request has and does not show at once: what a file would hold, or an input of which its sentence has the beginning.

import { hexRows } from '../editor/hex';
import { fromBase64 } from '../lib/base64';
import { saveShown } from '../lib/saving';
import type { ReadValue } from '../lib/tools';
import type { Workbench } from '../lib/workbench.svelte';
import type { Approval } from './approval';
import type { Row } from './diff';

/** The content by which `approval_read` gives all of an input. */
export const INPUT = 'input';

/** How the engine ends a sentence that has only the beginning of an input. */
const CUT = /… \(`input` is all of it\)$/;

/** The most characters of a row of an input: a longer line goes on in the next row, so that a browser can lay it out. */
export const ROW_CHARS_MAX = 2_000;

/** How the engine begins one: what is called stands between backticks. Any other is the input's own. */
const CALLED = /^(Call|Run) `([^`]*)`/;

/** What it would do, as people read it, and whether that is only the beginning. */
export function sentenceOf({ what, changes }: Approval): { what: string; isCut: boolean } {
  return { what: what.replace(CUT, '…').replace(CALLED, '$1 $2'), isCut: changes.length === 0 && CUT.test(what) };
}

/** Reads a content. Rejects where nobody waits for the answer any more. */
export const readContent = (wb: Workbench, approval: string, path: string): Promise<ReadValue> => wb.workspace.call<ReadValue>('approval_read', { approval, path });

/** Saves a content under a name on this device. */
export async function saveContent(wb: Workbench, approval: string, path: string, name: string): Promise<void> {
  try {
    const value = await readContent(wb, approval, path);
    const content = value.encoding === 'text' ? new TextEncoder().encode(value.content) : fromBase64(value.content);
    await saveShown(wb.toasts, name, content.length, (async function* () { yield content; })());
  } catch (error) {
    wb.toasts.failure('It could not be saved', error, 'approval');
  }
}

/** What a file would hold: its lines, or its bytes. */
export function fileRows(value: ReadValue): Row[] {
  if (value.encoding !== 'text') return hexRows(fromBase64(value.content)).map((text) => ({ kind: 'same', text }));
  return value.content.split('\n').map((text, index) => ({ kind: 'same', text, new: index + 1 }));
}

/** An input with a line for each of its parts. It is not read as JSON: what a person sees are its own characters, each of them. */
export function inputRows({ content }: ReadValue): Row[] {
  const rows: Row[] = [];
  let [text, line, depth] = ['', 1, 0];
  let [isQuoted, isEscaped] = [false, false];
  const end = (isOver: boolean) => {
    rows.push({ kind: 'same', text, ...(line > 0 ? { new: line } : {}) });
    // What goes on with a line has no number.
    line = isOver ? Math.abs(line) + 1 : -Math.abs(line);
    text = isOver ? '  '.repeat(depth) : '';
  };
  for (const sign of content) {
    if (!isQuoted && (sign === '}' || sign === ']')) {
      depth = Math.max(0, depth - 1);
      // Where nothing is in it, its line is still empty.
      if (text.trim()) end(true);
      else text = '  '.repeat(depth);
    }
    text += sign;
    if (isEscaped) isEscaped = false;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) isEscaped = sign === '\\';
    else if (sign === '{' || sign === '[') {
      depth += 1;
      end(true);
    } else if (sign === ',') end(true);
    if (text.length >= ROW_CHARS_MAX) end(false);
  }
  if (text) end(true);
  return rows;
}
