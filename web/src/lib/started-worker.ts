// The kernel Worker, started anew when it never speaks.
//
// Firefox 153 now and then stays for good inside `new Worker` when a Worker calls that, and the kernel starts its runners
// so. What hangs there has done nothing yet: it is ended, and the next one gets what was meant for it.

import type { Port } from './kernel';

/** How long the first Worker may take to speak; each further one may take twice as long as the one before. */
export const SIGN_MS = 4_000;

type Kind = 'message' | 'error';
type Started = Port & { terminate(): void };

export class StartedWorker implements Port {
  readonly #spawn: () => Started;
  readonly #listeners: [kind: Kind, listener: (event: never) => void][] = [];
  #worker: Started;
  /** What was said to a Worker that did not speak yet. */
  #unheard: [message: unknown, lent: Transferable[]][] | undefined = [];
  /** What it said while nobody listened: it starts before the page. */
  #unread: [kind: Kind, event: never][] = [];

  constructor(spawn: () => Started) {
    this.#spawn = spawn;
    this.#worker = this.#start(SIGN_MS);
  }

  postMessage(message: unknown, lent: Transferable[] = []): void {
    if (!this.#unheard) return this.#worker.postMessage(message, lent);
    // What can't be cloned is refused now, not when it is sent. What is lent goes once, to the Worker that speaks.
    this.#unheard.push([lent.length ? message : structuredClone(message), lent]);
  }

  addEventListener(kind: Kind, listener: (event: never) => void): void {
    this.#listeners.push([kind, listener]);
    const unread = this.#unread.filter(([of]) => of === kind);
    this.#unread = this.#unread.filter(([of]) => of !== kind);
    // Whoever listens first is heard by others, who begin to listen in the same moment.
    queueMicrotask(() => {
      for (const [, event] of unread) listener(event);
    });
  }

  #start(signMs: number): Started {
    const worker = this.#spawn();
    const silence = setTimeout(() => {
      worker.terminate();
      this.#worker = this.#start(2 * signMs);
    }, signMs);
    worker.addEventListener('message', (event) => {
      clearTimeout(silence);
      const unheard = this.#unheard ?? [];
      this.#unheard = undefined;
      for (const [message, lent] of unheard) worker.postMessage(message, lent);
      this.#tell('message', event as never);
    });
    worker.addEventListener('error', (event) => {
      clearTimeout(silence);
      this.#tell('error', event as never);
    });
    return worker;
  }

  #tell(kind: Kind, event: never): void {
    const listeners = this.#listeners.filter(([of]) => of === kind);
    if (listeners.length === 0) this.#unread.push([kind, event]);
    for (const [, listener] of listeners) listener(event);
  }
}
