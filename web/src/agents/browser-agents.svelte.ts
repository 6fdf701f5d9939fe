// Whether the browser's own agent may call tools here: what it offers, what the person chose, and what came of it.

import { catalogue } from '../lib/catalogue';
import type { Kernel } from '../lib/kernel';
import { isBoolean, recall, remember } from '../lib/settings';
import type { ModelContext } from './webmcp';

const KEY = 'webmcp';

/** The current draft has it at the document; earlier ones, at the navigator. */
function modelContext(): ModelContext | undefined {
  const found = (place: object): ModelContext | undefined => (place as { modelContext?: ModelContext }).modelContext;
  return found(document) ?? found(navigator);
}

export class BrowserAgents {
  /** `absent`: the browser has no such thing. `refused`: it has, and does not let this page. */
  state = $state<'absent' | 'off' | 'on' | 'refused'>('absent');
  #context: ModelContext | undefined;
  #offered: AbortController | undefined;

  constructor(
    readonly kernel: Kernel,
    context: () => ModelContext | undefined = modelContext,
  ) {
    const leave = kernel.subscribe((event) => {
      if (event.kind !== 'ready') return;
      leave();
      this.#context = context();
      if (!this.#context) return;
      this.state = 'off';
      if (recall(KEY, true, isBoolean)) void this.#offer(this.#context);
    });
  }

  /** Offers the tools, or takes them back, and remembers that on this device. */
  set(on: boolean): void {
    if (!this.#context) return;
    remember(KEY, on);
    this.#offered?.abort();
    this.#offered = undefined;
    this.state = 'off';
    if (on) void this.#offer(this.#context);
  }

  async #offer(context: ModelContext): Promise<void> {
    const offered = new AbortController();
    this.#offered = offered;
    try {
      const [{ offerTools }, tools] = await Promise.all([import('./webmcp'), catalogue()]);
      if (!offered.signal.aborted) this.state = 'on';
      await offerTools(this.kernel, context, tools, offered.signal);
    } catch {
      if (offered.signal.aborted) return;
      offered.abort();
      this.state = 'refused';
    }
  }
}
