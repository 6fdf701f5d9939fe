// One guest instance: its memory, its imports, and the calls into it.

import { Runner } from "@wasm/runner/runner.js";
import { Image, PAGE_BYTES, stateOf } from "./image.ts";
import { canSuspend, promising, suspending } from "./jspi.ts";
import type { GuestName } from "./protocol.ts";

/** The pages of a memory that has just been made, doubled until the guest's data fits, in every executor alike. */
const PAGES_MIN = 64;

/** How an instance broke, in the numbers that `Runner.trapped` takes. */
export const TRAP = { memory: 1, stack: 2, other: 3 } as const;

/** What `selvage_fault` says: memory could not grow, or the interpreter's own limit of nesting broke it. */
const FAULT = { memory: 1, stack: 3 };

/** Thrown through the guest to stop it; it never reaches anybody but whoever entered it. */
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

/** Thrown where a guest lacks its other half and can't wait for it. */
export const LACKS = new Error("the guest's other half is not here yet");

/** A guest's program, which comes in two halves (`xtask/src/split.rs`). */
export interface Halves {
  readonly name: GuestName;
  /** What most runs need at first. */
  readonly core: WebAssembly.Module;
  /** All other functions, once they are here. A guest that is in one piece lacks none. */
  rest: WebAssembly.Module | null;
}

/** What the Worker gives to a guest. */
export interface GuestHost {
  /** Resolves when the rest of these halves is here, or earlier when the run must end. */
  whole: (halves: Halves) => Promise<void>;
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

/** What a guest hears that asks and waits where nothing can be waited for. */
const CANNOT_WAIT = JSON.stringify({
  error: {
    code: "NOT_SUPPORTED",
    message: "This browser can't wait for an answer in the middle of a computation.",
    hint: "Run it in Chromium or natively, or await the request in an asynchronous function.",
  },
});

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export class Guest {
  readonly runner: Runner;
  readonly memoryBytesMax: number;
  readonly #host: GuestHost;
  readonly #halves: Halves;
  readonly #imported: WebAssembly.Imports;
  readonly #exports: Exports;
  /** Its globals that change. */
  readonly #state: ReturnType<typeof stateOf>;
  readonly memory: WebAssembly.Memory;
  /** Whether it trapped or was stopped: it is never entered again. */
  #isSpoiled = false;
  /** Whether the guest was entered in the way that lets it wait. */
  #canWait = false;
  #isLinked = false;

  /**
   * Makes an instance that is warmed up: from an image where there is one and it fits, which is the same, or by itself. Throws
   * when it does not fit into `memoryBytesMax`.
   */
  constructor(halves: Halves, memoryBytesMax: number, host: GuestHost, image: Image | null) {
    this.memoryBytesMax = memoryBytesMax;
    this.#halves = halves;
    this.#host = host;
    const maximum = Math.floor(memoryBytesMax / PAGE_BYTES);
    let instance: WebAssembly.Instance;
    for (let pages = PAGES_MIN; ; pages *= 2) {
      this.memory = new WebAssembly.Memory({ initial: Math.min(pages, maximum), maximum });
      this.runner = new Runner(this.memory, host.blob, host.report);
      try {
        this.#imported = this.#imports();
        instance = new WebAssembly.Instance(halves.core, this.#imported);
        break;
      } catch (error) {
        this.runner.free();
        if (pages >= maximum || !(error instanceof WebAssembly.LinkError)) throw error;
      }
    }
    this.#exports = instance.exports as unknown as Exports;
    this.#state = stateOf(this.#exports);
    this.link();
    if (image !== null && image.pages <= maximum) {
      this.memory.grow(image.pages - this.memory.buffer.byteLength / PAGE_BYTES);
      image.restore(this.memory, this.#state);
      return;
    }
    this.#exports.fuel.value = BigInt(Number.MAX_SAFE_INTEGER);
    this.#exports._initialize?.();
    this.#exports.selvage_warm();
  }

  /** Gives the core its rest, if that is here. */
  link(): void {
    if (this.#isLinked || this.#halves.rest === null) return;
    // Its segments and its start function do the linking.
    new WebAssembly.Instance(this.#halves.rest, { ...this.#imported, core: this.#exports });
    this.#isLinked = true;
  }

  /** The image of this instance, which has not run anything yet: small, or quickly taken. */
  image(isSmall: boolean): Image {
    return Image.take(this.memory, this.#state, isSmall);
  }

  /** Makes this instance what it was before its run. False when it can't be: then it is of no more use. */
  reset(image: Image): boolean {
    if (this.#isSpoiled || !image.fits(this.memory)) return false;
    image.restore(this.memory, this.#state);
    this.runner.reset();
    return true;
  }

  /** Enters the guest with a frame and gives what came of it. */
  async enter(entry: Entry, frame: Uint8Array) {
    let result: bigint;
    const fuel = this.runner.enter();
    if (fuel !== undefined) this.#exports.fuel.value = fuel;
    this.#canWait = canSuspend;
    try {
      const at = await promising(this.#exports.selvage_alloc)(frame.length);
      this.#put(at, frame);
      result = await promising(this.#exports[entry])(at, frame.length);
    } catch (error) {
      this.#isSpoiled = true;
      this.runner.leave(this.#exports.fuel.value);
      return error === STOP || this.runner.must_end() ? this.runner.end() : this.runner.trapped(this.#trap(error), messageOf(error));
    } finally {
      this.#canWait = false;
    }
    this.runner.leave(this.#exports.fuel.value);
    return this.runner.progress(result);
  }

  /**
   * Parses a text with the guest's parser, and runs nothing. Gives JSON of what it said, or of why it said nothing, which spoils the
   * instance. So does `LACKS`, which is thrown: nobody waits for a text with an instance in his hands.
   */
  async check(header: object, source: string): Promise<string> {
    const encoder = new TextEncoder();
    const head = encoder.encode(JSON.stringify(header));
    const body = encoder.encode(source);
    const frame = new Uint8Array(4 + head.length + body.length);
    new DataView(frame.buffer).setUint32(0, head.length, true);
    frame.set(head, 4);
    frame.set(body, 4 + head.length);
    this.runner.begin_check();
    const fuel = this.runner.enter();
    if (fuel !== undefined) this.#exports.fuel.value = fuel;
    this.#isSpoiled = true;
    try {
      // Entered in the way that lets it wait, or a browser would not call `miss` at all.
      const at = await promising(this.#exports.selvage_alloc)(frame.length);
      this.#put(at, frame);
      const result = await promising(this.#exports.selvage_check)(at, frame.length);
      const [answerAt, length] = [Number(result >> 32n), Number(result & 0xffff_ffffn)];
      const answer = new Uint8Array(this.memory.buffer, answerAt, length);
      const headLength = new DataView(answer.buffer, answerAt, 4).getUint32(0, true);
      this.#isSpoiled = false;
      return new TextDecoder().decode(answer.slice(4, 4 + headLength));
    } catch (error) {
      if (error === LACKS) throw error;
      return `{"error":${this.runner.unread(this.#trap(error), messageOf(error))}}`;
    }
  }

  /** Copies a frame to where the guest made room for it. */
  #put(at: number, frame: Uint8Array): void {
    new Uint8Array(this.memory.buffer, at, frame.length).set(frame);
  }

  /** How the instance broke, in the numbers of `TRAP`. */
  #trap(error: unknown): number {
    if (/call stack|recursion|out of bounds/i.test(messageOf(error))) return TRAP.stack;
    const fault = this.#fault();
    return fault === FAULT.memory ? TRAP.memory : fault === FAULT.stack ? TRAP.stack : TRAP.other;
  }

  /** Why the guest says that it broke. A broken guest may not even say. */
  #fault(): number {
    try {
      return this.#exports.selvage_fault();
    } catch {
      return 0;
    }
  }

  #imports(): WebAssembly.Imports {
    const runner = this.runner;
    const wasi: Record<string, WebAssembly.ImportValue> = {};
    for (const wanted of WebAssembly.Module.imports(this.#halves.core)) {
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
    const selvage = {
      wait: suspending((at, length) => this.#wait(at!, length!)),
      call: (at: number, length: number) => runner.call(at, length),
      take: (at: number) => runner.take(at),
      quota: suspending(() => this.#quota()),
      sleep: suspending((ms) => this.#sleep(ms!)),
      miss: suspending(() => this.#miss()),
    };
    return { env: { memory: this.memory }, wasi_snapshot_preview1: wasi, selvage };
  }

  /** A function is called that the core lacks. */
  #miss(): void | Promise<void> {
    if (this.#halves.rest !== null) return this.link();
    if (!this.#canWait) throw LACKS;
    return this.#waitForRest();
  }

  async #waitForRest(): Promise<void> {
    do {
      const sinceMs = performance.now();
      await this.#host.whole(this.#halves);
      this.runner.slept(sinceMs);
      if (this.runner.must_end()) throw STOP;
    } while (this.#halves.rest === null);
    this.link();
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
