// What was made apart and is still to be decided, kept in step with the workspace.

import type { Toasts } from '../ui/toasts.svelte';
import { nameOf } from './paths';
import type { Conflict, Keep } from './tools';
import type { Workspace } from './workspace.svelte';

const READ_AFTER_MS = 150;

/** What a row of the explorer says about a conflict. */
export const CONFLICT_WORDS: Record<Conflict['kind'], string> = {
  contents: 'two versions',
  name: 'same name',
  deletion: 'deletion',
};

export class Conflicts {
  list = $state.raw<readonly Conflict[]>([]);
  /** How many there are; the list may be shorter. */
  total = $state(0);
  readonly byPath = $derived(new Map(this.list.flatMap((one) => one.versions.map((side) => [side.path, one] as const))));
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly workspace: Workspace,
    readonly toasts: Toasts,
  ) {
    workspace.onChanged(() => this.#readSoon());
    workspace.kernel.subscribe((event) => {
      if (event.kind === 'ready') this.#readSoon();
    });
  }

  #readSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(), READ_AFTER_MS);
  }

  async read(): Promise<void> {
    const result = await this.workspace.kernel.call('conflicts', {});
    if (!result.ok) return;
    const found = result.value as { conflicts: Conflict[]; total: number };
    this.list = found.conflicts;
    this.total = found.total;
  }

  /** Decides a conflict. One that changed meanwhile is refused, and the list shows what is there now. */
  async resolve(conflict: Conflict, keep: Keep, extra: { version?: string; name?: string } = {}): Promise<boolean> {
    try {
      await this.workspace.call('resolve_conflict', { conflict: conflict.id, keep, ...extra });
      this.toasts.success(`Decided on “${nameOf(conflict.path)}”.`, this.workspace.undoAction());
      return true;
    } catch (error) {
      this.toasts.failure(`“${nameOf(conflict.path)}” was not decided`, error);
      return false;
    } finally {
      await this.read();
    }
  }
}
