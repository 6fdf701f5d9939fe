// Contents that are stored and belong to no file yet, for the kernel in memory.

import type { ToolResult } from '../src/lib/tools';

export class FakeContents {
  #stored = new Map<string, Uint8Array>();

  /** Takes `stepMs` for each twentieth of the file. */
  async store(file: Blob, told: (done: number) => void, signal: AbortSignal, stepMs: number): Promise<ToolResult> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (let step = 1; step <= 20; step++) {
      await new Promise((resolve) => setTimeout(resolve, stepMs));
      if (signal.aborted) return { ok: false, error: { code: 'CANCELLED', message: 'The upload was cancelled.' } };
      told(step / 20);
    }
    this.#stored.set(hashOf(bytes), bytes);
    return { ok: true, value: { hash: hashOf(bytes), size: bytes.length } };
  }

  /** The content of that hash, also where only a file has it. */
  find(hash: string, files: Iterable<{ bytes: Uint8Array | undefined }>): Uint8Array | undefined {
    return this.#stored.get(hash) ?? [...files].flatMap(({ bytes }) => bytes ?? []).find((bytes) => hashOf(bytes) === hash);
  }
}

/** Tells contents apart; it is no cryptographic hash. */
export function hashOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(64, '0');
}
