// Keeps an editor and the workspace in step while both change.
//
// `base` is the text both sides last agreed on, `local` the edits since that the workspace has not
// got yet. A change from outside is found as the replacements that turn `base` into it, and mapped over
// `local`, so that typing and cursor survive it.

import { diff } from '@codemirror/merge?comparison';
import { Annotation, ChangeSet, Text } from '@codemirror/state';

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
export function replacement(from: Text, to: Text): ChangeSet {
  const a = from.toString();
  const b = to.toString();
  const changes = diff(a, b, { scanLimit: DIFF_SCAN_MAX });
  return ChangeSet.of(
    changes.map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: b.slice(fromB, toB) })),
    a.length,
  );
}
