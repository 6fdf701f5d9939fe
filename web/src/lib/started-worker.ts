// The kernel Worker, started anew when it never speaks.
//
// Firefox 153 now and then stays for good inside `new Worker` when a Worker calls that, and the kernel starts its runners
// so. What hangs there has done nothing yet: it is ended, and the next one gets what was meant for it.

import type { Port } from './kernel';

/** How long the first Worker may take to speak; each further one may take twice as long as the one before. */
export const SIGN_MS = 4_000;

export class StartedWorker implements Port {
  readonly #spawn: () => Port & { terminate(): void };
  readonly #listeners: [type: string, listener: (event: never) => void][] = [];
  #worker: Port & { terminate(): void };
  /** What was said to a Worker that did not speak yet. */
  #unheard: [message: unknown, lent: Transferable[]][] | undefined = [];

  constructor(spawn: () => Port & { terminate(): void }) {
    this.#spawn = spawn;
    this.#worker = this.#start(SIGN_MS);
  }

  postMessage(message: unknown, lent: Transferable[] = []): void {
    if (!this.#unheard) return this.#worker.postMessage(message, lent);
    // What can't be cloned is refused now, not when it is sent. What is lent goes once, to the Worker that speaks.
    this.#unheard.push([lent.length ? message : structuredClone(message), lent]);
  }

  addEventListener(type: 'message' | 'error', listener: (event: never) => void): void {
    this.#listeners.push([type, listener]);
    this.#worker.addEventListener(type as 'message', listener as (event: MessageEvent) => void);
  }

  #start(signMs: number): Port & { terminate(): void } {
    const worker = this.#spawn();
    const silence = setTimeout(() => {
      worker.terminate();
      this.#worker = this.#start(2 * signMs);
      for (const [type, listener] of this.#listeners) this.#worker.addEventListener(type as 'message', listener as (event: MessageEvent) => void);
    }, signMs);
    const spoke = (): void => {
      clearTimeout(silence);
      const unheard = this.#unheard ?? [];
      this.#unheard = undefined;
      for (const [message, lent] of unheard) worker.postMessage(message, lent);
    };
    worker.addEventListener('message', spoke);
    worker.addEventListener('error', () => clearTimeout(silence));
    return worker;
  }
}
