// The port of a Worker that a test plays.

import type { Port } from '../src/lib/kernel';

export class FakePort implements Port {
  sent: { id: number; name: string; agent?: string }[] = [];
  #listeners = new Map<string, (event: never) => void>();

  postMessage(message: unknown, lent: Transferable[] = []): void {
    this.sent.push(structuredClone(message, { transfer: lent }) as { id: number; name: string });
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, listener);
  }

  receive(data: unknown): void {
    this.#listeners.get('message')?.({ data } as never);
  }

  fail(message: string): void {
    this.#listeners.get('error')?.({ message } as never);
  }
}
