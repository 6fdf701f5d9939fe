// What this device remembers of runs that go on. A run's record is written when it ends, so that one which ends with its tab has none:
// by what is remembered, whoever comes later tells of it.
//
// A tab holds a lock with its name for as long as it lives, so one that sleeps is not taken for a dead one (`worker/tabs.ts`).

import { forget, isString, recall, remember, remembered } from './settings';
import type { Ran } from './tools';

const LOCK = 'selvage:page:';
const KEY = 'unfinished.';
/** The most runs that are remembered, of all tabs, and the most characters of one. */
export const UNFINISHED_MAX = 50;
export const UNFINISHED_CHARS_MAX = 4_096;

/** What is remembered of a run: nothing of what it was given. */
export interface UnfinishedRun extends Ran {
  run: string;
  /** What the manifest calls the flow, where it was run by that name. */
  name?: string | undefined;
  startedMs: number;
  /** Who began it, where that was not the person. */
  agent?: string | undefined;
  /** Whether it waited for an approval. */
  waits?: true | undefined;
}

type Kept = UnfinishedRun & { tab: string };

export class Unfinished {
  /** Those whose tab is gone, the newest first. */
  interrupted = $state.raw<readonly UnfinishedRun[]>([]);
  #tab: string | undefined;
  /** What this tab has kept, as it was told. */
  #own = new Map<string, string>();

  /** `isKept` says whether the workspace outlives its tab. */
  constructor(readonly isKept: () => boolean) {
    // Where nobody can tell whether a tab is gone, nothing is remembered.
    const { locks } = (globalThis.navigator ?? {}) as Partial<Navigator>;
    if (!locks) return;
    const tab = crypto.randomUUID();
    const request = locks.request(LOCK + tab, () => {
      this.#tab = tab;
      return new Promise<never>(() => {});
    });
    request.catch(() => undefined);
    // The person dismisses one in another tab.
    globalThis.addEventListener?.('storage', ({ key, newValue }) => {
      if (newValue === null) this.interrupted = this.interrupted.filter(({ run }) => !key?.endsWith(KEY + run));
    });
  }

  /** Remembers a run of this tab, or what changed of it. */
  keep(run: UnfinishedRun): void {
    const told = JSON.stringify(run);
    if (this.#tab === undefined || !this.isKept() || told === this.#own.get(run.run) || told.length > UNFINISHED_CHARS_MAX) return;
    this.#own.set(run.run, told);
    remember(KEY + run.run, { ...run, tab: this.#tab });
    for (const old of all().slice(UNFINISHED_MAX)) forget(KEY + old.run);
  }

  /** A run of this tab is over. */
  end(run: string): void {
    if (this.#own.delete(run)) forget(KEY + run);
  }

  /** Looks for runs of tabs that are gone. One that has a record ended just before its tab did. */
  async look(hasRecord: (run: string) => Promise<boolean>): Promise<void> {
    if (this.#tab === undefined || !this.isKept()) return;
    // What is there before the locks are looked at is of a tab that had its lock.
    const kept = all();
    const { held = [] } = await navigator.locks.query();
    const living = new Set(held.map(({ name }) => name));
    const interrupted: Kept[] = [];
    for (const one of kept) {
      if (living.has(LOCK + one.tab)) continue;
      if (await hasRecord(one.run)) forget(KEY + one.run);
      else interrupted.push(one);
    }
    this.interrupted = interrupted;
  }

  /** The person has seen it. */
  dismiss(run: string): void {
    forget(KEY + run);
    this.interrupted = this.interrupted.filter((one) => one.run !== run);
  }
}

/** All that is remembered, the newest first. */
const all = (): Kept[] =>
  remembered(KEY)
    .flatMap((key) => recall<Kept | undefined>(key, undefined, isKept) ?? [])
    .sort((a, b) => b.startedMs - a.startedMs);

function isKept(value: unknown): value is Kept {
  const { run, path, tab, startedMs, function: called, name, agent } = (value ?? {}) as Record<string, unknown>;
  return [run, path, tab].every(isString) && typeof startedMs === 'number' && [called, name, agent].every((one) => one === undefined || isString(one));
}
