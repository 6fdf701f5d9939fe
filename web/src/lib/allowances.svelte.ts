// What a person allows flows besides their files, on this device. It is remembered by the id of the file: so it goes with a
// file that moves, and another one that comes to its path has none of it.

import { isStrings, recall, remember } from './settings';
import type { Entry } from './tools';

export type Allowance = 'net' | 'tools';

/** The domains that a flow may fetch from, and the tools that change something which it may call. */
export type Allowed = Readonly<Record<Allowance, readonly string[]>>;

const NAME = 'allowed';
const NOTHING: Allowed = { net: [], tools: [] };

const isAllowed = (value: unknown): value is Allowed => isStrings((value as Partial<Allowed> | null)?.net) && isStrings((value as Partial<Allowed>).tools);
const areAllowed = (value: unknown): value is Record<string, Allowed> => typeof value === 'object' && value !== null && Object.values(value).every(isAllowed);

export class Allowances {
  #all = $state.raw<Readonly<Record<string, Allowed>>>(recall(NAME, {}, areAllowed));

  /** `entries` are those of the workspace. */
  constructor(readonly entries: () => ReadonlyMap<string, Pick<Entry, 'id'>>) {
    // Another tab allowed something, or took it back.
    if (typeof addEventListener === 'function') addEventListener('storage', ({ key }) => (key === null || key.endsWith(NAME)) && (this.#all = recall(NAME, {}, areAllowed)));
  }

  /** What is allowed to the file that is at a path now. */
  of(path: string): Allowed {
    return this.#all[this.entries().get(path)?.id ?? ''] ?? NOTHING;
  }

  set(path: string, kind: Allowance, name: string, yes: boolean): void {
    const id = this.entries().get(path)?.id;
    // What is not there can be allowed nothing: whatever comes to the path later would have it.
    if (id === undefined) return;
    const allowed = this.of(path);
    const others = allowed[kind].filter((one) => one !== name);
    this.#keep({ ...this.#all, [id]: { ...allowed, [kind]: yes ? [...others, name] : others } });
  }

  /** Forgets what was allowed to files that are gone, so that one which is brought back asks again. */
  prune(): void {
    const entries = this.entries();
    const known = Object.entries(this.#all);
    // Without any entry they are still to be read.
    if (known.length === 0 || entries.size === 0) return;
    const there = new Set([...entries.values()].map(({ id }) => id));
    const left = known.filter(([id]) => there.has(id));
    if (left.length < known.length) this.#keep(Object.fromEntries(left));
  }

  #keep(all: Readonly<Record<string, Allowed>>): void {
    this.#all = all;
    remember(NAME, all);
  }
}
