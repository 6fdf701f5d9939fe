// The runner Workers that the kernel holds: started warm, replaced when they break.

import sandboxUrl from "@wasm/runner/runner_bg.wasm?url";
import type { JobPlace } from "./client-messages.ts";
import type { Halves } from "./guest.ts";
import { Images } from "./images.ts";
import { canSuspend } from "./jspi.ts";
import { KEPT, unavailable, type FromRunner, type GuestName, type ImageBytes, type ToRunner } from "./protocol.ts";

const RUNNERS = 2;

/** How long a runner that broke before it was ever ready keeps the next one waiting. */
const RESPAWN_MS = 1_000;

/** How long the rest of a guest is not fetched, so that it does not take the processor from what people wait for: unless a run lacks it. */
const REST_AFTER_MS = 1_000;

/** How long lint waits for half of the guest that looks at Python. */
const LOOKS_LOAD_MS_MAX = 60_000;

/** What the kernel hears of a runner. */
export interface RunnerEvents {
  /** Runs run elsewhere from now on, by what the policy calls that. */
  runsAt: (executor: string) => void;
  ready: (runner: number, dropped: boolean) => void;
  gone: (runner: number, reason: string) => void;
  waits: (runner: number, waits: boolean) => void;
  reported: (runner: number, report: string, body: Uint8Array) => void;
  finished: (runner: number, report: string, written: [string, Uint8Array][]) => void;
  checked: (task: number, checked: string) => void;
}

/** Where a run is. */
type Place = Pick<Worker, "postMessage" | "terminate">;

interface Held {
  worker: Worker;
  /** Where its run is: in its Worker, or at a server. Texts are always read in the Worker. */
  place: Place;
  isRunning: boolean;
  /** It is to say that it has no blob any more when it is ready next. */
  forgets: boolean;
  cancelFlag: Int32Array | null;
  wasReady: boolean;
  /** The guests that it was sent. */
  guests: Set<GuestName>;
}

/** Where a guest's halves are (`xtask/src/split.rs`). */
export interface HalfUrls {
  core: string;
  rest: string;
}

interface Compiled extends Halves {
  /** Settles when the rest is here, or can't be had; null before it was asked for. */
  coming: Promise<void> | null;
  hash: string;
  /** What its instances begin as: from an earlier visit, or from the runner that was the first to warm one up. */
  image: ImageBytes | null;
}

export class Runners {
  readonly #events: RunnerEvents;
  readonly #held = new Map<number, Held>();
  /** Compiled once, from the moment the kernel starts. */
  readonly #sandbox: Promise<WebAssembly.Module>;
  readonly #urls: Record<GuestName, HalfUrls>;
  readonly #hashes: Record<GuestName, string>;
  /** This script's name holds a hash of all that the Workers are made of. */
  readonly #images = new Images(self.location.pathname);
  /** Each fetched and compiled once, when it is first wanted. */
  readonly #guests = new Map<GuestName, Promise<Compiled>>();
  /** The texts that runners look at by the guest that runs nothing. */
  readonly #looking = new Map<number, number>();
  /** Where runs run, when that is not here. */
  #elsewhere: JobPlace | null = null;
  #next = 1;
  #isStarted = false;

  /**
   * Starts the first Workers before anything else: they load beside the kernel, and where Firefox does not come back from
   * `new Worker` (`web/src/lib/started-worker.ts`), nothing has happened yet.
   */
  constructor(urls: Record<GuestName, HalfUrls>, hashes: Record<GuestName, string>, events: RunnerEvents) {
    this.#events = events;
    this.#urls = urls;
    this.#hashes = hashes;
    for (let count = 0; count < RUNNERS; count += 1) this.#create();
    this.#sandbox = WebAssembly.compileStreaming(fetch(sandboxUrl));
    void this.#guest("guest-js");
  }

  /** Gives the first Workers their programs, and those that broke a successor. From now on events come. */
  async start(): Promise<void> {
    this.#isStarted = true;
    const first = [...this.#held.keys()];
    while (first.length < RUNNERS) first.push(this.#create());
    await Promise.all(first.map((runner) => this.#equip(runner)));
    void this.#prepare(first);
  }

  /** Makes ready what an earlier visit used, before somebody asks for it. Who never ran such a guest has no image of it. */
  async #prepare(runners: number[]): Promise<void> {
    for (const guest of KEPT) {
      if (!(await this.#images.has(guest, this.#hashes[guest]))) continue;
      // One that can't be had is told to whoever asks for it.
      for (const runner of runners) await this.#give(runner, guest).catch(() => undefined);
      // What the browser compiles for one is compiled for all. The first one is asked first.
      const last = [...this.#held.values()].findLast(({ guests }) => guests.has(guest));
      last?.worker.postMessage({ type: "exercise", guest } satisfies ToRunner);
    }
  }

  /** Says something to a run. */
  post(runner: number, message: ToRunner): void {
    this.#held.get(runner)?.place.postMessage(message);
  }

  /** Where runs run from now on. Those that are under way go on where they are. */
  runAt(place: JobPlace | null): void {
    this.#elsewhere = place;
    // Before anything that waits can go there.
    this.#events.runsAt(nameOf(place));
    // What a runner was sent is not at its new place.
    for (const [runner, held] of this.#held) {
      if (held.isRunning || !held.wasReady) held.forgets = true;
      else this.#events.ready(runner, true);
    }
  }

  run(runner: number, message: ToRunner & { type: "run" }): void {
    const held = this.#held.get(runner);
    if (held === undefined) return;
    held.isRunning = true;
    if (this.#elsewhere !== null) {
      held.place = elsewhere(this.#elsewhere, (said) => this.#heard(runner, said));
      return held.place.postMessage(message);
    }
    if (held.cancelFlag) Atomics.store(held.cancelFlag, 0, 0);
    const transfer = message.blobs.map(([, bytes]) => bytes.buffer as ArrayBuffer);
    this.#with(runner, message.guest, () => held.worker.postMessage(message, transfer));
  }

  /** Has a text read by a guest. Without the one that runs nothing, lint goes on. */
  check(runner: number, message: ToRunner & { type: "check" }): void {
    const act = (): void => this.#held.get(runner)?.worker.postMessage(message);
    if (message.guest !== "guest-ruff") return this.#with(runner, message.guest, act);
    this.#looking.set(message.id, runner);
    this.#with(runner, message.guest, act, (error) => this.#looksAtNothing(runner, error));
  }

  /** The guest that runs nothing can't be had: what a runner was to look at with it is answered, and nothing else ends. */
  #looksAtNothing(runner: number, error: unknown): void {
    const checked = unavailable(notLoaded("guest-ruff", error));
    for (const [id, by] of [...this.#looking]) if (by === runner) this.#answered(id, checked);
  }

  #answered(id: number, checked: string): void {
    this.#looking.delete(id);
    this.#events.checked(id, checked);
  }

  /** Asks a runner to stop: by a flag where it can be seen at once, and by a message. */
  cancel(runner: number): void {
    const held = this.#held.get(runner);
    if (held?.cancelFlag) Atomics.store(held.cancelFlag, 0, 1);
    held?.place.postMessage({ type: "cancel" } satisfies ToRunner);
  }

  /** Stops a runner by force, and starts another. The engine knows already. */
  replace(runner: number): void {
    const held = this.#held.get(runner);
    held?.place.terminate();
    held?.worker.terminate();
    this.#held.delete(runner);
    for (const [id, by] of [...this.#looking]) if (by === runner) this.#looking.delete(id);
    setTimeout(() => void this.spawn(), held?.wasReady ? 0 : RESPAWN_MS);
  }

  /** Starts one more runner. */
  spawn(): Promise<void> {
    return this.#equip(this.#create());
  }

  /** Acts when a runner has a guest: at once where it has. A guest that can't be had is the end of that runner, unless somebody takes that. */
  #with(runner: number, guest: GuestName, act: () => void, lacks = (error: unknown): void => this.#lacks(runner, guest, error)): void {
    if (this.#held.get(runner)?.guests.has(guest)) return act();
    this.#give(runner, guest).then(act, lacks);
  }

  async #give(runner: number, guest: GuestName): Promise<void> {
    const { core, rest, hash, image } = await this.#guest(guest);
    const held = this.#held.get(runner);
    if (held === undefined || held.guests.has(guest)) return;
    held.guests.add(guest);
    held.worker.postMessage({ type: "guest", guest, core, rest, hash, image } satisfies ToRunner);
  }

  #guest(guest: GuestName): Promise<Compiled> {
    const known = this.#guests.get(guest);
    if (known !== undefined) return known;
    const compiled = this.#compile(guest);
    this.#guests.set(guest, compiled);
    // Whoever waits for it hears of it; the next one tries again.
    compiled.catch(() => this.#guests.delete(guest));
    return compiled;
  }

  /** Streams the guest through the browser's compiler, which keeps the compiled code for next time. */
  async #compile(guest: GuestName): Promise<Compiled> {
    const hash = this.#hashes[guest];
    const [core, rest, image] = await Promise.all([
      this.#load(guest, "core"),
      // Where a run can't wait for the rest, it begins with it.
      canSuspend ? null : this.#load(guest, "rest"),
      KEPT.has(guest) ? this.#images.find(guest, hash) : undefined,
    ]);
    const compiled: Compiled = { name: guest, core, rest, coming: null, hash, image: image ?? null };
    // Who lacks it is told when it can't be had.
    if (rest === null) setTimeout(() => void this.#complete(compiled).catch(() => undefined), REST_AFTER_MS);
    return compiled;
  }

  /** Lint goes on without the guest that looks, so that is not waited for without an end. */
  #load(guest: GuestName, half: keyof HalfUrls): Promise<WebAssembly.Module> {
    const signal = guest === "guest-ruff" ? AbortSignal.timeout(LOOKS_LOAD_MS_MAX) : null;
    return WebAssembly.compileStreaming(fetch(this.#urls[guest][half], { signal }));
  }

  /** Fetches the rest of a guest, once, and sends it to all who have the core. */
  #complete(compiled: Compiled): Promise<void> {
    const { name } = compiled;
    compiled.coming ??= this.#load(name, "rest").then(
      (module) => {
        compiled.rest = module;
        for (const { worker, guests } of this.#held.values()) if (guests.has(name)) worker.postMessage({ type: "rest", guest: name, module } satisfies ToRunner);
      },
      (error: unknown) => {
        compiled.coming = null;
        throw error;
      },
    );
    return compiled.coming;
  }

  /** Shares and keeps the first image of a guest that comes. It was taken before anything ran in its instance. */
  async #takeImage(guest: GuestName, bytes: ImageBytes): Promise<void> {
    const compiled = await this.#guests.get(guest);
    if (compiled === undefined || compiled.image !== null) return;
    compiled.image = bytes;
    await this.#images.keep(guest, compiled.hash, bytes);
  }

  #create(): number {
    const runner = this.#next;
    this.#next += 1;
    const worker = new Worker(new URL("./runner.ts", import.meta.url), { type: "module", name: `runner-${runner}` });
    const flag = globalThis.crossOriginIsolated ? new SharedArrayBuffer(4) : null;
    this.#held.set(runner, { worker, place: worker, isRunning: false, forgets: false, cancelFlag: flag && new Int32Array(flag), wasReady: false, guests: new Set() });
    worker.onmessage = ({ data }: MessageEvent<FromRunner>) => this.#heard(runner, data);
    worker.onerror = (event) => {
      // Handled here: it must not reach the page as an error of the kernel's.
      event.preventDefault();
      // A script that could not be loaded gives an event without a message.
      this.#broke(runner, event.message || "its program could not be loaded");
    };
    return runner;
  }

  async #equip(runner: number): Promise<void> {
    this.post(runner, { type: "sandbox", module: await this.#sandbox });
    await this.#give(runner, "guest-js");
    const flag = this.#held.get(runner)?.cancelFlag?.buffer ?? null;
    this.post(runner, { type: "init", cancelFlag: flag as SharedArrayBuffer | null });
  }

  #heard(runner: number, message: FromRunner): void {
    const held = this.#held.get(runner);
    if (held === undefined) return;
    switch (message.type) {
      case "ready": {
        const dropped = message.dropped || held.forgets;
        Object.assign(held, { place: held.worker, isRunning: false, forgets: false, wasReady: true });
        return this.#events.ready(runner, dropped);
      }
      case "waits":
        return this.#events.waits(runner, message.waits);
      case "reports":
        for (const report of message.reports) this.#events.reported(runner, report, new Uint8Array());
        return;
      case "called":
        return this.#events.reported(runner, message.report, message.body);
      case "finished":
        return this.#events.finished(runner, message.report, message.written);
      case "checked":
        return this.#answered(message.id, message.checked);
      case "lacks":
        return void this.#guest(message.guest)
          .then((compiled) => this.#complete(compiled))
          .catch((error: unknown) => (message.guest === "guest-ruff" ? this.#looksAtNothing(runner, error) : this.#lacks(runner, message.guest, error)));
      case "image":
        return void this.#takeImage(message.guest, message.bytes);
      case "broken":
        return this.#broke(runner, message.message);
    }
  }

  #lacks(runner: number, guest: GuestName, error: unknown): void {
    this.#broke(runner, notLoaded(guest, error));
  }

  #broke(runner: number, reason: string): void {
    if (!this.#held.has(runner)) return;
    if (!this.#isStarted) {
      this.#held.delete(runner);
      return;
    }
    this.replace(runner);
    this.#events.gone(runner, reason);
  }
}

function notLoaded(guest: GuestName, error: unknown): string {
  return `${guest} can't be loaded: ${String(error)}`;
}

/** What the policy calls the place where runs run. The app's own program is on this very machine, wherever it listens. */
function nameOf(place: JobPlace | null): string {
  if (place === null) return "browser";
  return place instanceof MessagePort ? "native" : `remote:${new URL(place.address).host}`;
}

/** A run that is not in this browser. What it is done by is loaded for the first one. */
function elsewhere(place: JobPlace, hear: (message: FromRunner) => void): Place {
  const loading = import("./remote.ts").then(({ RemoteRun }) => new RemoteRun(place, hear));
  loading.catch((error: unknown) => hear({ type: "broken", message: `what runs flows elsewhere can't be loaded: ${String(error)}` }));
  const then = (act: (run: Place) => void): void => void loading.then(act, () => undefined);
  return { postMessage: (message) => then((run) => run.postMessage(message)), terminate: () => then((run) => run.terminate()) };
}
