// Files on their way into the workspace, piece by piece, so that a large one is never in memory as a whole.
//
// A file is read twice: first for its hash, by which what is here already is known and what was interrupted goes on, and
// then for its bytes. Nothing of it is kept when the person gives it up, or when it changed in between.

/** Bytes that are read and handed to storage at a time. */
export const SLICE_BYTES = 1024 * 1024;

/** The steps of the kernel that this is made of. They throw tool errors. */
export interface Steps {
  /** What a hash is made with, from the first byte to the last. */
  naming(): { add(bytes: Uint8Array): void; hash(): string; free(): void };
  /** Gives how many bytes of the content are here. */
  begin(hash: string, size: number): number;
  add(hash: string, from: number, bytes: Uint8Array): void;
  drop(hash: string): void;
}

export type Result = { ok: true; value: { hash: string; size: number } } | { ok: false; error: object };

export class Uploads {
  readonly #steps: Steps;
  /** Those under way; false once they were given up. */
  readonly #going = new Map<number, boolean>();

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  giveUp(id: number): void {
    if (this.#going.has(id)) this.#going.set(id, false);
  }

  /** Stores a file and gives its hash. `told` hears how much of the work is done, from 0 to 1. */
  async store(id: number, file: Blob, told: (done: number) => void): Promise<Result> {
    this.#going.set(id, true);
    let begun: string | undefined;
    try {
      const hash = await this.#name(id, file, told);
      const held = this.#steps.begin(hash, file.size);
      begun = hash;
      for await (const [end, bytes] of this.#slices(id, file, held)) {
        this.#steps.add(hash, end - bytes.length, bytes);
        told((file.size + end) / (2 * file.size));
      }
      return { ok: true, value: { hash, size: file.size } };
    } catch (error) {
      const failure = asToolError(error);
      if (begun !== undefined) this.#drop(begun);
      return { ok: false, error: failure };
    } finally {
      this.#going.delete(id);
    }
  }

  async #name(id: number, file: Blob, told: (done: number) => void): Promise<string> {
    const naming = this.#steps.naming();
    try {
      for await (const [end, bytes] of this.#slices(id, file, 0)) {
        naming.add(bytes);
        told(end / (2 * file.size));
      }
    } catch (error) {
      naming.free();
      throw error;
    }
    return naming.hash();
  }

  /**
   * Stretches of a file, with where each ends. All of them come in one buffer: a browser may let hundreds of buffers
   * pile up before it frees them.
   */
  async *#slices(id: number, file: Blob, from: number): AsyncGenerator<[end: number, bytes: Uint8Array]> {
    const reader = file.slice(from).stream().getReader({ mode: "byob" });
    let buffer = new ArrayBuffer(SLICE_BYTES);
    try {
      for (let at = from; at < file.size; ) {
        let filled = 0;
        for (const size = Math.min(SLICE_BYTES, file.size - at); filled < size; ) {
          const { value } = await reader.read(new Uint8Array(buffer, filled, size - filled));
          if (value === undefined || value.length === 0) throw new DOMException("It became shorter.", "NotReadableError");
          buffer = value.buffer;
          filled += value.length;
        }
        // What was given up meanwhile leaves nothing behind, however far it was.
        if (this.#going.get(id) !== true) throw GIVEN_UP;
        at += filled;
        yield [at, new Uint8Array(buffer, 0, filled)];
      }
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }

  #drop(hash: string): void {
    try {
      this.#steps.drop(hash);
    } catch (error) {
      // When storage fails here, too, what is left makes room for the next content.
      asToolError(error);
    }
  }
}

const GIVEN_UP = { code: "CANCELLED", message: "The upload was cancelled." };

/** The steps throw tool errors, and reading throws what the browser says of a file that is gone. All else is a defect. */
function asToolError(error: unknown): object {
  if (error instanceof DOMException)
    return { code: "INVALID_INPUT", message: `The file could not be read: ${error.message}`, hint: "It may have been changed or moved meanwhile. Choose it again." };
  if (error instanceof Error) throw error;
  return error as object;
}
