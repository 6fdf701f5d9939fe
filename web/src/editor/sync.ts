// Keeps an editor and the workspace in step while both change.
//
// `base` is the text both sides last agreed on, `local` the edits since that the workspace has not
// got yet. A change from outside is found as the smallest replacement from `base`, and mapped over
// `local`, so that typing and cursor survive it.

import { Annotation, ChangeSet, Text } from '@codemirror/state';

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

/** The smallest single replacement that turns one text into another. */
export function replacement(from: Text, to: Text): ChangeSet {
  const a = from.toString();
  const b = to.toString();
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  return ChangeSet.of({ from: start, to: a.length - end, insert: to.slice(start, b.length - end) }, a.length);
}
