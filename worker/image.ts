// An instance of a guest as it was when it had been warmed up, before there was a job: what each run starts from.
//
// All that an instance remembers is its memory and its exported globals (`xtask/src/state.rs`). An image is one piece of bytes,
// so that it can be sent and kept as it is: the length of a head, the head as JSON, then the memory's blocks that are not empty.

import type { ImageBytes } from "./protocol.ts";

/** Bytes of a page of memory. */
export const PAGE_BYTES = 65_536;

/** Memory is looked at, and left out where it is empty, in blocks of this many bytes. */
const BLOCK_BYTES = 4_096;

/** The memory's blocks begin at a multiple of this. */
const HEAD_STEP_BYTES = 16;

/** How the exports begin that are an instance's changing globals. */
const STATE_PREFIX = "state:";

/** The most bytes that an image may have: what a memory may have by default. */
export const IMAGE_BYTES_MAX = 128 * 1024 * 1024;

interface Head {
  /** The size of the memory. */
  pages: number;
  /** Exported globals by name, as decimal numbers. */
  globals: Record<string, string>;
  /** Where blocks that are not empty begin, and how many bytes lie there; in order. */
  parts: [at: number, length: number][];
}

type State = [string, WebAssembly.Global][];

/** Room for an image: one that all Workers can look at, where the page may share memory. */
export function room(length: number): ImageBytes {
  return new Uint8Array(globalThis.crossOriginIsolated ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

export class Image {
  readonly bytes: ImageBytes;
  readonly #head: Head;
  readonly #dataAt: number;

  private constructor(bytes: ImageBytes, head: Head, dataAt: number) {
    this.bytes = bytes;
    this.#head = head;
    this.#dataAt = dataAt;
  }

  /** The image of an instance, between two entries: without what is empty, or quickly, for the code that looks for it is new and slow. */
  static take(memory: WebAssembly.Memory, state: State, isSmall: boolean): Image {
    const parts: Head["parts"] = isSmall ? filled(memory) : [[0, memory.buffer.byteLength]];
    const globals = Object.fromEntries(state.map(([name, global]) => [name, String(global.value)]));
    const head: Head = { pages: memory.buffer.byteLength / PAGE_BYTES, globals, parts };
    const json = JSON.stringify(head);
    // So that what is looked at in large pieces need not be copied for it.
    const dataAt = Math.ceil((4 + json.length) / HEAD_STEP_BYTES) * HEAD_STEP_BYTES;
    const text = new TextEncoder().encode(json.padEnd(dataAt - 4));
    const bytes = room(dataAt + parts.reduce((sum, [, length]) => sum + length, 0));
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(text, 4);
    let to = dataAt;
    for (const [at, length] of parts) {
      bytes.set(new Uint8Array(memory.buffer, at, length), to);
      to += length;
    }
    return new Image(bytes, head, dataAt);
  }

  /** The image that somebody else took. */
  static read(bytes: ImageBytes): Image {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.slice(4, 4 + length))) as Head;
    return new Image(bytes, head, 4 + length);
  }

  get pages(): number {
    return this.#head.pages;
  }

  /** Whether a memory has the size of the image's: one that has grown can't shrink. */
  fits(memory: WebAssembly.Memory): boolean {
    return memory.buffer.byteLength === this.pages * PAGE_BYTES;
  }

  /** Makes an instance what it was: every byte of its memory, and every global. */
  restore(memory: WebAssembly.Memory, state: State): void {
    const whole = new Uint8Array(memory.buffer);
    let [from, end] = [this.#dataAt, 0];
    for (const [at, length] of this.#head.parts) {
      whole.fill(0, end, at);
      whole.set(this.bytes.subarray(from, from + length), at);
      from += length;
      end = at + length;
    }
    whole.fill(0, end);
    for (const [name, global] of state) {
      const value = this.#head.globals[name]!;
      global.value = typeof global.value === "bigint" ? BigInt(value) : Number(value);
    }
  }
}

/** An instance's globals that change, by name. */
export function stateOf(exports: WebAssembly.Exports): State {
  return Object.entries(exports).filter((entry): entry is [string, WebAssembly.Global] => entry[0].startsWith(STATE_PREFIX));
}

/** Where a memory is not empty. */
function filled(memory: WebAssembly.Memory): [at: number, length: number][] {
  // Of the numbers of a fresh page's slow code, these are the quickest to look at.
  const numbers = new Uint32Array(memory.buffer);
  const step = BLOCK_BYTES / Uint32Array.BYTES_PER_ELEMENT;
  const parts: [at: number, length: number][] = [];
  for (let first = 0; first < numbers.length; first += step) {
    if (isEmpty(numbers, first, first + step)) continue;
    const at = first * Uint32Array.BYTES_PER_ELEMENT;
    const last = parts.at(-1);
    if (last !== undefined && last[0] + last[1] === at) last[1] += BLOCK_BYTES;
    else parts.push([at, BLOCK_BYTES]);
  }
  return parts;
}

function isEmpty(numbers: Uint32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (numbers[at] !== 0) return false;
  return true;
}
