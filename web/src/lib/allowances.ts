// What a person allows flows besides their files, on this device.

import { ByFile, type Entries } from './by-file.svelte';
import { isStrings } from './settings';

export type Allowance = 'net' | 'tools';

/** The domains that a flow may fetch from, and the tools that change something which it may call. */
export type Allowed = Readonly<Record<Allowance, readonly string[]>>;

const NOTHING: Allowed = { net: [], tools: [] };

const isAllowed = (value: unknown): value is Allowed => isStrings((value as Partial<Allowed> | null)?.net) && isStrings((value as Partial<Allowed>).tools);

export class Allowances {
  readonly #files: ByFile<Allowed>;

  constructor(entries: Entries) {
    this.#files = new ByFile('allowed', entries, isAllowed);
  }

  /** What is allowed to the file that is at a path now. */
  of(path: string): Allowed {
    return this.#files.of(path) ?? NOTHING;
  }

  set(path: string, kind: Allowance, name: string, yes: boolean): void {
    const allowed = this.of(path);
    const others = allowed[kind].filter((one) => one !== name);
    this.#files.set(path, { ...allowed, [kind]: yes ? [...others, name] : others });
  }

  /** Forgets what was allowed to files that are gone, so that one which is brought back asks again. */
  prune(): void {
    this.#files.prune();
  }
}
