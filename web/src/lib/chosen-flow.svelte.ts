// The flow that the Run panel is about, as long as it is there. It is remembered on this device by the id of its file, so that a
// reload shows it again wherever that is by then.

import type { Entries } from './by-file.svelte';
import { forget, isString, recall, remember } from './settings';

const KEY = 'flow';

/** A file, and what the manifest calls the flow where it was chosen by that name. */
interface Chosen {
  path: string;
  name?: string | undefined;
}

interface Remembered {
  id: string;
  name?: string | undefined;
}

export class ChosenFlow {
  #chosen = $state.raw<Chosen | undefined>(undefined);
  /** What was chosen before the page was loaded, until something is chosen. */
  #before = $state.raw(recall<Remembered | undefined>(KEY, undefined, isRemembered));
  #now = $derived.by<Chosen | undefined>(() => {
    if (this.#chosen) return this.entries().has(this.#chosen.path) ? this.#chosen : undefined;
    const before = this.#before;
    const [path] = (before && [...this.entries()].find(([, { id }]) => id === before.id)) ?? [];
    return path === undefined ? undefined : { path, name: before?.name };
  });

  constructor(readonly entries: Entries) {}

  get path(): string | undefined {
    return this.#now?.path;
  }

  get name(): string | undefined {
    return this.#now?.name;
  }

  choose(path: string, name: string | undefined): void {
    this.#chosen = { path, name };
    const id = this.entries().get(path)?.id;
    if (id === undefined) forget(KEY);
    else remember(KEY, { id, name });
  }

  /** It is no flow any more. */
  drop(): void {
    this.#chosen = this.#before = undefined;
    forget(KEY);
  }

  /** It goes with its file. */
  follow(moves: ReadonlyMap<string, string>): void {
    const to = this.#chosen && moves.get(this.#chosen.path);
    if (to !== undefined) this.#chosen = { ...this.#chosen, path: to };
  }
}

function isRemembered(value: unknown): value is Remembered {
  const { id, name } = (value ?? {}) as Record<string, unknown>;
  return isString(id) && (name === undefined || isString(name));
}
