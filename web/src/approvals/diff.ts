// What a person is shown of a proposed change: unified diffs as rows, and how one state of a request differs from another.

import type { Approval, Proposed } from './approval';

export interface Row {
  kind: 'same' | 'added' | 'gone' | 'place' | 'note';
  text: string;
  /** The numbers of the line before and after. */
  old?: number;
  new?: number;
}

/** The rows of a unified diff. What stands before its first hunk names the files, which are known. */
export function rowsOf(diff: string): Row[] {
  const rows: Row[] = [];
  let before = 0;
  let after = 0;
  const lines = diff.split('\n');
  // What ends with a line end has no line after it.
  if (lines.at(-1) === '') lines.pop();
  for (const line of lines) {
    const place = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (place) {
      before = Number(place[1]);
      after = Number(place[2]);
      rows.push({ kind: 'place', text: line });
    } else if (rows.length === 0) continue;
    else if (line.startsWith('+')) rows.push({ kind: 'added', text: line.slice(1), new: after++ });
    else if (line.startsWith('-')) rows.push({ kind: 'gone', text: line.slice(1), old: before++ });
    else if (line.startsWith('\\')) rows.push({ kind: 'note', text: line.slice(1).trim() });
    else rows.push({ kind: 'same', text: line.slice(1), old: before++, new: after++ });
  }
  return rows;
}

/** How a request differs from what it was when somebody looked: a sentence for each file, and the paths of those. */
export function differences(was: Approval, now: Approval): { path: string; text: string }[] {
  const key = (one: Proposed) => `${one.op} ${one.path}`;
  const old = new Map(was.changes.map((one) => [key(one), one]));
  const found: { path: string; text: string }[] = [];
  for (const one of now.changes) {
    const before = old.get(key(one));
    old.delete(key(one));
    if (!before) found.push({ path: one.path, text: 'is changed now, and was not before' });
    else {
      if (before.before !== one.before) found.push({ path: one.path, text: one.before === undefined ? 'is not there any more' : before.before === undefined ? 'is there now' : 'holds something else now' });
      if (before.after !== one.after) found.push({ path: one.path, text: 'would hold something else' });
      if (before.to !== one.to) found.push({ path: one.path, text: 'would go somewhere else' });
    }
  }
  for (const one of old.values()) found.push({ path: one.path, text: 'is not changed any more' });
  if (found.length === 0 && was.what !== now.what) found.push({ path: '', text: now.what });
  return found;
}

/** Whether it takes away what is there, or may: then a person is asked twice. */
export function destroys(one: Approval, destructive: ReadonlySet<string>): boolean {
  const replaced = one.changes.some((change) => change.op === 'remove' || (change.op === 'write' && change.before !== undefined && change.diff === undefined));
  const called = one.risks.flatMap((risk) => /^call (\w+)/.exec(risk)?.[1] ?? []);
  return replaced || (one.changes.length === 0 && [one.tool, ...called].some((tool) => destructive.has(tool)));
}

/** How long there is to decide: `2 h 5 min`, `4 min`, `50 s`. */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h${minutes % 60 ? ` ${minutes % 60} min` : ''}` : `${Math.floor(hours / 24)} days`;
}
