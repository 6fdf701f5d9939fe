// What comes to the kernel Worker before the workspace is open.

import type { ToKernel } from "./client-messages.ts";

/** Messages that wait for the workspace to be open. The Worker starts before the page, which says when it listens. */
export class Early {
  #waiting: ToKernel[] | null = [];
  #listens: () => void = () => undefined;
  /** Resolves when the page listens, and has said where runs run. */
  readonly listened = new Promise<void>((resolve) => (this.#listens = resolve));

  /** Keeps a message for later; false when nothing waits any more. */
  keeps(message: ToKernel): boolean {
    if (message.type === "listens") this.#listens();
    else if (this.#waiting === null) return false;
    else this.#waiting.push(message);
    return true;
  }

  /** Gives what waited. Nothing waits from here on. */
  end(): ToKernel[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    return waiting;
  }
}
