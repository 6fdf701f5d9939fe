// What waits for this person's approval: known everywhere on the page, as the badge and the notes are. The panel that shows and
// decides it is loaded when it is opened.

import type { Toasts } from '../ui/toasts.svelte';
import type { Workspace } from '../lib/workspace.svelte';
import { askerOf, type Approval, type Decision } from './approval';

/** A note is short; the panel shows the rest. */
const WHAT_CHARS_MAX = 160;

export class Approvals {
  /** What waits, the oldest first. */
  waiting = $state.raw<readonly Approval[]>([]);
  /** Whether that was read: before that, nothing says that nothing waits. */
  loaded = $state(false);
  /** What was decided lately, the newest first. */
  decided = $state.raw<readonly Decision[]>([]);
  /** The request that is to be looked at first. */
  chosen = $state<string | undefined>(undefined);
  #known = new Set<string>();

  constructor(
    readonly workspace: Workspace,
    readonly toasts: Toasts,
    readonly show: (approval?: string) => void,
  ) {
    workspace.kernel.subscribe((event) => {
      if (event.kind === 'approvals') void this.read();
    });
  }

  /** Reads anew what waits, and tells of what was not there before. */
  async read(): Promise<void> {
    const result = await this.workspace.kernel.call('approval_list', {});
    if (!result.ok) return;
    const { approvals, decided } = result.value as { approvals: Approval[]; decided: Decision[] };
    const come = approvals.filter((one) => !this.#known.has(one.approval));
    this.#known = new Set(approvals.map((one) => one.approval));
    this.waiting = approvals;
    this.loaded = true;
    this.decided = decided;
    const [first] = come;
    if (!first) {
      if (approvals.length === 0) this.toasts.clear('approval');
      return;
    }
    this.toasts.clear('approval');
    const text = come.length === 1 ? `${askerOf(first)} asks for your approval: ${first.what.slice(0, WHAT_CHARS_MAX)}.` : `${come.length} requests wait for you.`;
    this.toasts.show({ tone: 'info', text, about: 'approval', action: { label: 'Look', run: () => this.show(first.approval) } });
  }

  /** What a run waits for. */
  of(run: string): Approval | undefined {
    return this.waiting.find((one) => one.run === run);
  }
}
