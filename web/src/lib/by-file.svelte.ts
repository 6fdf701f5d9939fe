// What this device remembers about files, by the id of each: so it goes with a file that moves, and another one that comes to its
// path has none of it.

import { recall, remember } from './settings';
import type { Entry } from './tools';

type All<T> = Readonly<Record<string, T>>;

/** Those of the workspace. */
export type Entries = () => ReadonlyMap<string, Pick<Entry, 'id'>>;

export class ByFile<T> {
  #all = $state.raw<All<T>>({});

  /** What was remembered under the name and does not fit is forgotten; `bound` gives what of all is remembered, the newest last. */
  constructor(
    readonly name: string,
    readonly entries: Entries,
    fits: (value: unknown) => value is T,
    readonly bound: (all: All<T>) => All<T> = (all) => all,
  ) {
    const allFit = (value: unknown): value is All<T> => typeof value === 'object' && value !== null && Object.values(value).every(fits);
    const read = () => (this.#all = recall(name, {}, allFit));
    read();
    // Another tab remembers something, or no longer.
    if (typeof addEventListener === 'function') addEventListener('storage', ({ key }) => (key === null || key.endsWith(name)) && read());
  }

  /** What is remembered about the file that is at a path now. */
  of(path: string): T | undefined {
    return this.#all[this.entries().get(path)?.id ?? ''];
  }

  set(path: string, value: T): void {
    const id = this.entries().get(path)?.id;
    // Of what is not there nothing is remembered: whatever comes to the path later would have it.
    if (id === undefined) return;
    const { [id]: _, ...others } = this.#all;
    this.#keep(this.bound({ ...others, [id]: value }));
  }

  /** Forgets files that are gone, so that one which is brought back begins anew. */
  prune(): void {
    const entries = this.entries();
    const known = Object.entries(this.#all);
    // Without any entry they are still to be read.
    if (known.length === 0 || entries.size === 0) return;
    const there = new Set([...entries.values()].map(({ id }) => id));
    const left = known.filter(([id]) => there.has(id));
    if (left.length < known.length) this.#keep(Object.fromEntries(left));
  }

  #keep(all: All<T>): void {
    this.#all = all;
    remember(this.name, all);
  }
}
