// What a person saw of each request, and what came of the answer: the same in every view that shows requests.

import { catalogue } from '../lib/catalogue';
import { ended, ToolFailure, type RunRecord, type RunStatus } from '../lib/tools';
import type { Approval, Decision } from './approval';
import type { Approvals } from './approvals.svelte';

export class Inbox {
  /** What a person saw of requests that are something else since, by the name that they have now. */
  was = $state.raw<ReadonlyMap<string, Approval>>(new Map());
  /** The time, as long as a view shows it. */
  nowMs = $state(Date.now());
  /** The tools that may take away what is there. */
  destructive = $state.raw<ReadonlySet<string>>(new Set());
  /** How runs ended that this page did not see, as far as it was asked for. */
  ends = $state.raw<ReadonlyMap<string, RunStatus>>(new Map());
  #asked = new Set<string>();
  #seen = new Map<string, Approval>();

  constructor(readonly approvals: Approvals) {}

  /** A view begins to show requests; gives how it ends. */
  show(): () => void {
    void this.approvals.read();
    void catalogue().then((tools) => (this.destructive = new Set(tools.filter((tool) => tool.annotations.destructiveHint).map((tool) => tool.name))));
    const timer = setInterval(() => (this.nowMs = Date.now()), 1_000);
    return () => clearInterval(timer);
  }

  /** Looks up how a run ended, once. */
  async lookUp(run: string): Promise<void> {
    if (this.#asked.has(run)) return;
    this.#asked.add(run);
    const found = await this.approvals.workspace.kernel.call('flow_status', { run });
    const status = found.ok ? (found.value as RunRecord).status : undefined;
    if (status !== undefined && ended(status)) this.ends = new Map(this.ends).set(run, status);
    // Its record may come later.
    else this.#asked.delete(run);
  }

  /** The person looks at a request. */
  sees(one: Approval): void {
    const seen = this.#seen.get(one.approval);
    if (seen && seen.digest !== one.digest) this.was = new Map(this.was).set(one.approval, seen);
    this.#seen.set(one.approval, one);
  }

  /**
   * Answers what the person saw, and nothing else. Gives the decision; or the request as it is now, where it changed meanwhile
   * and is to be looked at again; or nothing where it could not be answered.
   */
  async decide(one: Approval, allow: boolean, reason: string): Promise<{ decision: Decision } | { anew: Approval } | undefined> {
    const { workspace, toasts } = this.approvals;
    const others = new Set(this.approvals.waiting.map(({ approval }) => approval));
    try {
      const given = reason.trim();
      const decision = await workspace.call<Decision>('approval_decide', { approval: one.approval, digest: one.digest, allow, ...(given ? { reason: given } : {}) });
      await this.approvals.read();
      return { decision };
    } catch (error) {
      await this.approvals.read();
      const { waiting } = this.approvals;
      const anew =
        error instanceof ToolFailure && error.error.code === 'STALE'
          ? (waiting.find(({ approval }) => approval === one.approval) ?? waiting.findLast(({ approval, who, tool }) => !others.has(approval) && who === one.who && tool === one.tool))
          : undefined;
      if (!anew) {
        toasts.failure('It was not decided', error, 'approval');
        return undefined;
      }
      this.#seen.set(anew.approval, one);
      this.sees(anew);
      return { anew };
    }
  }
}

const inboxes = new WeakMap<Approvals, Inbox>();

/** The inbox of a page. */
export function inboxOf(approvals: Approvals): Inbox {
  const known = inboxes.get(approvals) ?? new Inbox(approvals);
  inboxes.set(approvals, known);
  return known;
}
