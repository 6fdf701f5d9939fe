// Keeps an editor and the workspace in step while both change.
//
// `base` is the text both sides last agreed on, `local` the edits since that the workspace has not
// got yet. A change from outside is found as the replacements that turn `base` into it, and mapped over
// `local`, so that typing and cursor survive it.

import { diff, presentableDiff } from '@codemirror/merge?comparison';
import { Annotation, ChangeSet, EditorSelection, Text, type SelectionRange } from '@codemirror/state';

/** How far a comparison looks before it gives up precision for time. */
const DIFF_SCAN_MAX = 500;

/** Marks a transaction that brings the workspace's text, so that it is not written back. */
export const fromOutside = Annotation.define<boolean>();

export class TextSync {
  base: Text;
  local: ChangeSet;

  constructor(base: Text) {
    this.base = base;
    this.local = ChangeSet.empty(base.length);
  }

  /** The person typed. */
  edited(changes: ChangeSet): void {
    this.local = this.local.compose(changes);
  }

  /** The workspace took `sent`, which held everything up to then; `since` are the edits after it. */
  acknowledged(sent: Text, since: ChangeSet): void {
    this.base = sent;
    this.local = since;
  }

  /** The workspace now holds `text`: gives the changes for the editor, or nothing. */
  received(text: Text): ChangeSet | undefined {
    if (text.eq(this.base)) return undefined;
    const remote = replacement(this.base, text);
    const forEditor = remote.map(this.local);
    this.local = this.local.map(remote, true);
    this.base = text;
    return forEditor;
  }

  get clean(): boolean {
    return this.local.empty;
  }
}

/** The replacements that turn one text into another: several, so that typing between two of them is not caught in one. */
export const replacement = (from: Text, to: Text): ChangeSet => changesOf(from, to, diff);

function changesOf(from: Text, to: Text, compare: typeof diff): ChangeSet {
  const a = from.toString();
  const b = to.toString();
  const changes = compare(a, b, { scanLimit: DIFF_SCAN_MAX });
  return ChangeSet.of(
    changes.map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: b.slice(fromB, toB) })),
    a.length,
    '\n',
  );
}

/**
 * What stays selected of a text that others changed. A range loses what was replaced, and never holds what came in its place:
 * of the parts that are left it keeps the one nearest to its head, or becomes a caret before what others wrote. The
 * texts are compared word by word, as letters that two words share by chance do not make them the same.
 */
export function stillSelected(selection: EditorSelection, changes: ChangeSet, from: Text, to: Text): EditorSelection {
  const words = changesOf(from, to, presentableDiff);
  return EditorSelection.create(selection.ranges.map((range) => (range.empty ? range.map(changes) : left(range, words))), selection.mainIndex);
}

function left({ from, to, anchor, head }: SelectionRange, changes: ChangeSet): SelectionRange {
  const parts: { from: number; to: number }[] = [];
  let start = from;
  changes.iterChanges((fromA, toA, fromB, toB) => {
    if (fromA >= to || toA <= from || fromB === toB || fromA === toA) return;
    parts.push({ from: start, to: fromA });
    start = toA;
  });
  parts.push({ from: start, to });
  const mapped = parts.map((part) => ({ from: changes.mapPos(part.from, 1), to: changes.mapPos(part.to, -1) }));
  const part = (head < anchor ? mapped : mapped.reverse()).find((one) => one.from < one.to);
  if (!part) return EditorSelection.cursor(changes.mapPos(from, -1));
  return head < anchor ? EditorSelection.range(part.to, part.from) : EditorSelection.range(part.from, part.to);
}
