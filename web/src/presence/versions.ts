// Where a place in some version of a text is in the editor now, and the other way round.
//
// A version is a content that editor and workspace agreed on, named by its hash, which is the same in every tab and on
// every device. For the newest few, the edits that lead from it to the text in the editor are kept.

import type { ChangeDesc } from '@codemirror/state';

/** How many versions of a text are remembered; a peer speaks of one of the newest. */
export const VERSIONS_MAX = 16;

export class Versions {
  #known = new Map<string, ChangeDesc>();

  /** Editor and workspace agreed on a content; `since` leads from it to the text in the editor. */
  agreed(version: string, since: ChangeDesc): void {
    this.#known.delete(version);
    this.#known.set(version, since);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= VERSIONS_MAX) break;
      this.#known.delete(oldest);
    }
  }

  /** The text in the editor changed, by whomever. */
  changed(changes: ChangeDesc): void {
    for (const [version, since] of this.#known) this.#known.set(version, since.composeDesc(changes));
  }

  /** Where a position of a version is in the editor, if that version is known and has it. */
  inEditor(version: string, position: number): number | undefined {
    const since = this.#known.get(version);
    return since === undefined || position > since.length ? undefined : since.mapPos(position, -1);
  }
}
