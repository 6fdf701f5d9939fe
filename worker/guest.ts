// One guest instance: its memory, its imports, and the calls into it.

import { Runner } from "@wasm/runner/runner.js";
import { Image, PAGE_BYTES } from "./image.ts";

/** The pages of a memory that has just been made, doubled until the guest's data fits, in every executor alike. */
const PAGES_MIN = 64;

/** How an instance broke, in the numbers that `Runner.trapped` takes. */
export const TRAP = { memory: 1, stack: 2, other: 3 } as const;

/** Thrown through the guest to stop it; it never reaches anybody but `entered`. */
const STOP = new Error("stopped");

type Exports = WebAssembly.Exports & {
  _initialize?: () => void;
  selvage_alloc: (length: number) => number;
  selvage_warm: () => void;
  selvage_start: (at: number, length: number) => bigint;
  selvage_resume: (at: number, length: number) => bigint;
  selvage_check: (at: number, length: number) => bigint;
  selvage_fault: () => number;
  fuel: WebAssembly.Global<"i64">;
};

type Entry = "selvage_start" | "selvage_resume";

/** What the Worker gives to a guest. */
export interface GuestHost {
  blob: (hash: string) => Uint8Array | undefined;
  report: (report: string) => void;
  /** Whether somebody asked to stop, where that can be seen without looking at messages. */
  stopAsked: () => boolean;
  /** Resolves when messages that came in meanwhile have been handled. */
  breathe: () => Promise<void>;
  /** Resolves after so many milliseconds, or earlier when the run must end. */
  sleep: (ms: number) => Promise<void>;
  /** Performs a call. Resolves with the answer and its body, or with null when the run must end. */
  perform: (id: number, report: string, body: Uint8Array) => Promise<[string, Uint8Array] | null>;
  /** Resolves when the question about a quota is answered: JSON of limits, or null. */
  ask: () => Promise<string | null>;
}

// `WebAssembly.Suspending` and `promising` are JSPI: a guest that computes can wait for its Worker.
const jspi = WebAssembly as unknown as {
  Suspending?: new (f: (...args: number[]) => unknown) => WebAssembly.ImportValue;
  promising?: (f: (at: number, length: number) => bigint) => (at: number, length: number) => Promise<bigint>;
};

/** What a guest hears that asks and waits where nothing can be waited for. */
const CANNOT_WAIT = JSON.stringify({
  error: {
    code: "NOT_SUPPORTED",
    message: "This browser can't wait for an answer in the middle of a computation.",
    hint: "Run it in Chromium or natively, or await the request in an asynchronous function.",
  },
});

/** Whether a guest can wait in the middle of a computation. */
export const canSuspend = jspi.Suspending !== undefined && jspi.promising !== undefined;

export class Guest {
  readonly runner: Runner;
  readonly memoryBytesMax: number;
  readonly #host: GuestHost;
  readonly #exports: Exports;
  readonly memory: WebAssembly.Memory;
  /** Whether it trapped or was stopped: it is never entered again. */
  #isSpoiled = false;
  /** Whether the guest was entered in the way that lets it wait. */
  #canWait = false;

  /**
   * Makes an instance that is warmed up: from an image where there is one and it fits, which is the same, or by itself. Throws
   * when it does not fit into `memoryBytesMax`.
   */
  constructor(module: WebAssembly.Module, memoryBytesMax: number, host: GuestHost, image: Image | null) {
    this.memoryBytesMax = memoryBytesMax;
    this.#host = host;
    const maximum = Math.floor(memoryBytesMax / PAGE_BYTES);
    let instance: WebAssembly.Instance;
    for (let pages = PAGES_MIN; ; pages *= 2) {
      this.memory = new WebAssembly.Memory({ initial: Math.min(pages, maximum), maximum });
      this.runner = new Runner(this.memory, host.blob, host.report);
      try {
        instance = new WebAssembly.Instance(module, this.#imports(module));
        break;
      } catch (error) {
        this.runner.free();
        if (pages >= maximum || !(error instanceof WebAssembly.LinkError)) throw error;
      }
    }
    this.#exports = instance.exports as unknown as Exports;
    if (image !== null && image.pages <= maximum) {
      this.memory.grow(image.pages - this.memory.buffer.byteLength / PAGE_BYTES);
      image.restore(this.memory, instance.exports);
      return;
    }
    this.#exports.fuel.value = BigInt(Number.MAX_SAFE_INTEGER);
    this.#exports._initialize?.();
    this.#exports.selvage_warm();
  }

  /** The image of this instance, which has not run anything yet. */
  image(): Image {
    return Image.take(this.memory, this.#exports);
  }

  /** Makes this instance what it was before its run. False when it can't be: then it is of no more use. */
  reset(image: Image): boolean {
    if (this.#isSpoiled || !image.fits(this.memory)) return false;
    image.restore(this.memory, this.#exports);
    this.runner.reset();
    return true;
  }

  /** Copies a frame into the guest. */
  #put(frame: Uint8Array): number {
    const at = this.#exports.selvage_alloc(frame.length);
    new Uint8Array(this.memory.buffer, at, frame.length).set(frame);
    return at;
  }

  /** Enters the guest with a frame and gives what came of it. */
  async enter(entry: Entry, frame: Uint8Array) {
    let result: bigint;
    const fuel = this.runner.enter();
    if (fuel !== undefined) this.#exports.fuel.value = fuel;
    try {
      const at = this.#put(frame);
      this.#canWait = canSuspend;
      const call = this.#exports[entry];
      result = await (jspi.promising ? jspi.promising(call)(at, frame.length) : call(at, frame.length));
    } catch (error) {
      this.#canWait = false;
      this.#isSpoiled = true;
      this.runner.leave(this.#exports.fuel.value);
      return error === STOP || this.runner.must_end() ? this.runner.end() : this.#trapped(error);
    }
    this.#canWait = false;
    this.runner.leave(this.#exports.fuel.value);
    return this.runner.progress(result);
  }

  /** Parses a text with the guest's parser, and runs nothing. Gives JSON of what it said; what is thrown spoils the instance. */
  check(header: object, source: string): string {
    const encoder = new TextEncoder();
    const head = encoder.encode(JSON.stringify(header));
    const body = encoder.encode(source);
    const frame = new Uint8Array(4 + head.length + body.length);
    new DataView(frame.buffer).setUint32(0, head.length, true);
    frame.set(head, 4);
    frame.set(body, 4 + head.length);
    this.#exports.fuel.value = BigInt(Number.MAX_SAFE_INTEGER);
    this.#isSpoiled = true;
    const result = this.#exports.selvage_check(this.#put(frame), frame.length);
    this.#isSpoiled = false;
    const [at, length] = [Number(result >> 32n), Number(result & 0xffff_ffffn)];
    const answer = new Uint8Array(this.memory.buffer, at, length);
    const headLength = new DataView(answer.buffer, at, 4).getUint32(0, true);
    return new TextDecoder().decode(answer.slice(4, 4 + headLength));
  }

  #trapped(error: unknown) {
    const message = error instanceof Error ? error.message : String(error);
    const overflow = /call stack|recursion|out of bounds/i.test(message);
    return this.runner.trapped(overflow ? TRAP.stack : this.#refusedMemory() ? TRAP.memory : TRAP.other, message);
  }

  /** Whether the guest says that memory could not grow. A broken guest may not even say. */
  #refusedMemory(): boolean {
    try {
      return this.#exports.selvage_fault() === TRAP.memory;
    } catch {
      return false;
    }
  }

  #imports(module: WebAssembly.Module): WebAssembly.Imports {
    const runner = this.runner;
    const wasi: Record<string, WebAssembly.ImportValue> = {};
    for (const wanted of WebAssembly.Module.imports(module)) {
      if (wanted.module !== "wasi_snapshot_preview1") continue;
      const { name } = wanted;
      wasi[name] =
        name === "proc_exit"
          ? () => {
              throw new Error("the guest left");
            }
          : (...args: (number | bigint)[]) =>
              runner.wasi(name, BigUint64Array.from(args, (arg) => BigInt.asUintN(64, BigInt(arg))));
    }
    const wait = (at: number, length: number) => this.#wait(at, length);
    const selvage = {
      wait: jspi.Suspending ? new jspi.Suspending(wait) : wait,
      call: (at: number, length: number) => runner.call(at, length),
      take: (at: number) => runner.take(at),
      quota: jspi.Suspending ? new jspi.Suspending(() => this.#quota()) : () => void this.#quota(),
      sleep: jspi.Suspending ? new jspi.Suspending((ms) => this.#sleep(ms)) : (ms: number) => void this.#sleep(ms),
    };
    return { env: { memory: this.memory }, wasi_snapshot_preview1: wasi, selvage };
  }

  /** The fuel hook. It may give a promise only where the guest can wait for one. */
  #quota(): void | Promise<void> {
    if (this.#host.stopAsked()) this.runner.cancel();
    const verdict = this.runner.quota();
    if (verdict === 1 || (verdict === 2 && !this.#canWait)) return this.#goOn();
    if (verdict === 2) return this.#host.breathe().then(() => this.#goOn());
    if (verdict === 3 && this.#canWait) return this.#ask();
    if (verdict === 3) this.runner.answered(performance.now(), undefined);
    throw STOP;
  }

  /** Where the guest can't wait, time passes without it: a sleep is over at once. */
  async #sleep(ms: number): Promise<void> {
    const sinceMs = performance.now();
    const allowedMs = this.runner.sleep(ms);
    if (this.#canWait) await this.#host.sleep(allowedMs);
    this.runner.slept(sinceMs);
    if (this.runner.must_end()) throw STOP;
  }

  /** A call whose answer the guest waits for where it stands. */
  #wait(at: number, length: number): number | Promise<number> {
    const call = this.runner.ask(at, length);
    if (call === undefined) return this.runner.answer_length();
    if (!this.#canWait) return this.runner.told(call.id, CANNOT_WAIT, new Uint8Array());
    return this.#perform(call.id, call.report(), call.body());
  }

  async #perform(id: number, report: string, body: Uint8Array): Promise<number> {
    const sinceMs = performance.now();
    const came = await this.#host.perform(id, report, body);
    this.runner.slept(sinceMs);
    if (came === null || this.runner.must_end()) throw STOP;
    return this.runner.told(id, ...came);
  }

  #goOn(): void {
    if (this.runner.must_end()) throw STOP;
    this.#exports.fuel.value = this.runner.slice();
  }

  async #ask(): Promise<void> {
    const askedMs = performance.now();
    const more = await this.#host.ask();
    this.runner.answered(askedMs, more ?? undefined);
    const verdict = this.runner.must_end() ? 0 : this.runner.quota();
    if (verdict === 3) return this.#ask();
    if (verdict === 0) throw STOP;
    this.#goOn();
  }
}
