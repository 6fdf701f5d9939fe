// The runner Worker: it holds a warm instance of each guest that it was given, runs one job at a time, and knows no policy.
//
// It has no network of its own: the server sends it with `connect-src 'none'`, so that even its own
// programs come from the kernel. Whatever a run asks of the outside goes there as a report and comes
// back as an answer.

import { initSync, Runner } from "@wasm/runner/runner.js";
import type { Next } from "@wasm/runner/runner.js";
import { exercise } from "./exercise.ts";
import { Guest, LACKS, TRAP, type Halves } from "./guest.ts";
import { Image } from "./image.ts";
import { KEPT, unavailable, type FromRunner, type GuestName, type ToRunner } from "./protocol.ts";
import { joined } from "./reports.ts";

const MEMORY_BYTES_DEFAULT = 128 * 1024 * 1024;
const BLOB_BYTES_MAX = 64 * 1024 * 1024;
const REPORT_MS = 16;

/** `setTimeout` counts in 32 bits; a longer wait ends with the run's clock anyway. */
const TIMER_MS_MAX = 2 ** 31 - 1;

const nothing = () => {};

const scope = self as unknown as {
  postMessage: (message: FromRunner, transfer?: Transferable[]) => void;
  onmessage: (event: MessageEvent<ToRunner>) => void;
};

interface Program extends Halves {
  hash: string;
  /** What every instance begins as, once there was one. */
  image: Image | null;
  /** An instance that was made ahead of time, or is what it was before its last run. */
  warm: Guest | null;
}

interface Run {
  readonly guest: Guest;
  readonly program: Program;
}

const programs = new Map<GuestName, Program>();
/** Those whose image the other runners are to have, and have not yet. */
const unsent: Program[] = [];
let cancelFlag: Int32Array | null = null;
/** Whether it has said that it can take a job. */
let isReady = false;
let running: Run | null = null;
let wallTimer: ReturnType<typeof setTimeout> | undefined;
let wakeSleeper: (() => void) | null = null;
/** Goes on with the run that waits for the other half of its guest. */
let goOnWhole: (() => void) | null = null;
/** The call whose answer the guest waits for where it stands. */
let standing: { id: number; take: (came: [string, Uint8Array] | null) => void } | null = null;
let answerQuestion: ((limits: string | null) => void) | null = null;
/** What came for the run while a question about it stands: it happens after that. */
const meanwhile: (() => void)[] = [];
/** Entries into the guest, one after the other: a suspended guest must not be entered again. */
let entering: Promise<void> = Promise.resolve();

const blobs = new Map<string, Uint8Array>();
let blobBytes = 0;
let reports: string[] = [];
let reportedMs = 0;

const messages = new MessageChannel();
/** Texts that are read when the other half of their guest is here. */
const unread: (ToRunner & { type: "check" })[] = [];
const breathing: (() => void)[] = [];
messages.port1.onmessage = () => breathing.shift()?.();

const host = {
  whole: (halves: Halves) =>
    new Promise<void>((resolve) => {
      if (halves.rest !== null) return resolve();
      goOnWhole = resolve;
      scope.postMessage({ type: "lacks", guest: halves.name });
    }),
  blob: (hash: string) => blobs.get(hash),
  report: (report: string) => {
    reports.push(report);
    if (performance.now() - reportedMs >= REPORT_MS) sendReports();
  },
  // Nobody takes the flag of a run that was cancelled down before the next one: what is done between them is not meant.
  stopAsked: () => running !== null && cancelFlag !== null && Atomics.load(cancelFlag, 0) !== 0,
  breathe: () =>
    new Promise<void>((resolve) => {
      breathing.push(resolve);
      messages.port2.postMessage(null);
    }),
  sleep: (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => unasked(resolve), Math.min(ms, TIMER_MS_MAX));
      wakeSleeper = () => {
        clearTimeout(timer);
        resolve();
      };
    }),
  perform: (id: number, report: string, body: Uint8Array) => {
    sendReports();
    scope.postMessage({ type: "called", report, body });
    return new Promise<[string, Uint8Array] | null>((take) => {
      standing = { id, take };
    });
  },
  ask: () => {
    sendReports();
    return new Promise<string | null>((resolve) => {
      answerQuestion = resolve;
    });
  },
};

function sendReports(): void {
  reportedMs = performance.now();
  if (reports.length === 0) return;
  scope.postMessage({ type: "reports", reports: joined(reports) });
  reports = [];
}

function program(name: GuestName): Program {
  const found = programs.get(name);
  if (found === undefined) throw new Error(`${name} did not come`);
  return found;
}

/** Makes an instance. The image comes from the first one, in which nothing of anybody has run. */
function makeGuest(program: Program, memoryBytesMax: number): Guest {
  const guest = new Guest(program, memoryBytesMax, host, program.image);
  if (program.image === null && memoryBytesMax === MEMORY_BYTES_DEFAULT) {
    const isKept = KEPT.has(program.name);
    program.image = guest.image(isKept);
    if (isKept) unsent.push(program);
  }
  return guest;
}

/** Makes the next instance ahead of time, so that a run does not wait for it. */
function warmUp(program: Program): Guest {
  program.warm ??= makeGuest(program, MEMORY_BYTES_DEFAULT);
  return program.warm;
}

/** Takes an instance back that ran something: as it was before, or not at all. */
function takeBack(program: Program, guest: Guest): void {
  if (program.warm === null && guest.memoryBytesMax === MEMORY_BYTES_DEFAULT && program.image !== null && guest.reset(program.image)) program.warm = guest;
  else guest.runner.free();
  warmUp(program);
}

function keepBlobs(fresh: [string, Uint8Array][]): void {
  for (const [hash, bytes] of fresh) {
    if (!blobs.has(hash)) blobBytes += bytes.length;
    blobs.set(hash, bytes);
  }
}

/** Lets go of every blob when there are too many. */
function dropBlobs(): boolean {
  if (blobBytes <= BLOB_BYTES_MAX) return false;
  blobs.clear();
  blobBytes = 0;
  return true;
}

function run(message: ToRunner & { type: "run" }): void {
  keepBlobs(message.blobs);
  const called = program(message.guest);
  const guest = takeGuest(called, message.memoryBytesMax);
  if (guest === null) return refuseMemory(message.job, called);
  const begun: Run = { guest, program: called };
  running = begun;
  const frame = guest.runner.begin(message.job, called.hash);
  armWallTimer(begun);
  enter(begun, "selvage_start", frame);
}

/** The warm instance where it fits; null where the guest itself needs more memory than it may have. */
function takeGuest(program: Program, memoryBytesMax: number): Guest | null {
  const { warm } = program;
  if (warm?.memoryBytesMax === memoryBytesMax) {
    program.warm = null;
    return warm;
  }
  try {
    return makeGuest(program, memoryBytesMax);
  } catch {
    return null;
  }
}

/** Ends a run before it starts, with the receipt of a run that did nothing. */
function refuseMemory(job: string, program: Program): void {
  const runner = new Runner(new WebAssembly.Memory({ initial: 0 }), host.blob, host.report);
  runner.begin(job, program.hash);
  sendEnd(runner, runner.trapped(TRAP.memory, "").outcome()!);
  runner.free();
  sendReady();
}

/** Does one thing after the other. What breaks here is the Worker's own fault, and ends it. */
function inTurn(act: () => Promise<void> | void): void {
  entering = entering.then(act).catch((error: unknown) => {
    scope.postMessage({ type: "broken", message: String(error) });
  });
}

function enter(run: Run, entry: "selvage_start" | "selvage_resume", frame: Uint8Array): void {
  inTurn(async () => {
    if (run !== running) return;
    handle(run, await run.guest.enter(entry, frame));
  });
}

function handle(run: Run, next: Next): void {
  const outcome = next.outcome();
  if (outcome !== undefined) return finish(run, outcome);
  sendReports();
  for (let call = next.call(); call !== undefined; call = next.call()) {
    const { id } = call;
    const sleepMs = call.sleep_ms();
    if (sleepMs === undefined) {
      scope.postMessage({ type: "called", report: call.report(), body: call.body() });
    } else {
      setTimeout(() => unasked(() => answer(run, id, '{"ok":null}', new Uint8Array())), Math.min(sleepMs, TIMER_MS_MAX));
    }
  }
}

/** Has the run go on, unless a question about it stands: then after that. */
function unasked(goOn: () => void): void {
  if (answerQuestion === null) goOn();
  else meanwhile.push(goOn);
}

function answer(run: Run, id: number, text: string, body: Uint8Array): void {
  if (run !== running) return;
  if (standing?.id === id) {
    const { take } = standing;
    standing = null;
    return take([text, body]);
  }
  const frame = run.guest.runner.resume(id, text, body);
  if (frame !== undefined) enter(run, "selvage_resume", frame);
}

function armWallTimer(run: Run): void {
  const { runner } = run.guest;
  clearTimeout(wallTimer);
  wallTimer = setTimeout(() => {
    // While somebody is asked about a quota, the run's clock stands still.
    if (run !== running || answerQuestion !== null) return;
    // One that computes, and only looks at its messages, sees by itself that its time is over.
    if (runner.wall_left_ms() > 1 || breathing.length > 0) return armWallTimer(run);
    if (runner.wall_ended()) void askAboutWait(run);
    else endBetweenEntries(run);
  }, Math.min(Math.max(runner.wall_left_ms(), 0), TIMER_MS_MAX));
}

/** A question about the run was answered. */
function goOn(): void {
  if (running !== null) armWallTimer(running);
  for (const each of meanwhile.splice(0)) unasked(each);
}

/** A run waits for what comes from outside, and its time is over: it waits on, or ends. */
async function askAboutWait(run: Run): Promise<void> {
  const askedMs = performance.now();
  const more = await host.ask();
  if (run !== running) return;
  run.guest.runner.answered(askedMs, more ?? undefined);
  if (run.guest.runner.must_end()) endBetweenEntries(run);
}

/** Ends a run that waits outside its instance; one that computes sees the same at its next look. */
function endBetweenEntries(run: Run): void {
  answerQuestion?.(null);
  answerQuestion = null;
  wakeSleeper?.();
  wakeSleeper = null;
  goOnWhole?.();
  goOnWhole = null;
  standing?.take(null);
  standing = null;
  inTurn(() => {
    if (run === running) handle(run, run.guest.runner.end());
  });
}

/** Sends a run's end, and makes ready for the next one. */
function finish({ guest, program }: Run, report: string): void {
  clearTimeout(wallTimer);
  meanwhile.length = 0;
  running = null;
  sendEnd(guest.runner, report);
  takeBack(program, guest);
  sendReady();
}

function sendEnd(runner: Runner, report: string): void {
  sendReports();
  const written: [string, Uint8Array<ArrayBuffer>][] = [];
  for (let hash = runner.written_hash(); hash !== undefined; hash = runner.written_hash()) {
    written.push([hash, runner.written_bytes() as Uint8Array<ArrayBuffer>]);
  }
  scope.postMessage({ type: "finished", report, written }, written.map(([, bytes]) => bytes.buffer));
}

function sendReady(): void {
  for (const { name, image } of unsent.splice(0)) if (image !== null) scope.postMessage({ type: "image", guest: name, bytes: image.bytes });
  scope.postMessage({ type: "ready", dropped: dropBlobs() });
}

/** The rest of a guest has come: all that wait for it go on. */
function complete(program: Program, rest: WebAssembly.Module): void {
  program.rest = rest;
  program.warm?.link();
  unasked(() => {
    goOnWhole?.();
    goOnWhole = null;
  });
  for (const message of unread.splice(0)) void check(message);
}

async function check(message: ToRunner & { type: "check" }): Promise<void> {
  const { id, path, module, format, source } = message;
  const asked = program(message.guest);
  let guest: Guest;
  try {
    guest = warmUp(asked);
  } catch (error) {
    if (message.guest !== "guest-ruff") return scope.postMessage({ type: "broken", message: String(error) });
    return scope.postMessage({ type: "checked", id, checked: unavailable(String(error)) });
  }
  asked.warm = null;
  try {
    scope.postMessage({ type: "checked", id, checked: await guest.check({ path, module, format }, source) });
  } catch (error) {
    if (error !== LACKS) return scope.postMessage({ type: "broken", message: String(error) });
    // Whoever asked for the second look before was told that there is none.
    unread.push(...unread.splice(0).filter((other) => asked.name !== "guest-ruff" || other.guest !== asked.name), message);
    scope.postMessage({ type: "lacks", guest: asked.name });
  }
  // An instance that has read a foreign text is not fresh any more.
  takeBack(asked, guest);
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "sandbox":
      initSync({ module: data.module });
      return;
    case "guest":
      programs.set(data.guest, { name: data.guest, core: data.core, rest: data.rest, hash: data.hash, image: data.image && Image.read(data.image), warm: null });
      // What comes with `init` waits for it; what comes during a run, for its own first.
      if (isReady && running === null) warmUp(program(data.guest));
      return;
    case "rest":
      return complete(program(data.guest), data.module);
    case "init":
      cancelFlag = data.cancelFlag && new Int32Array(data.cancelFlag);
      for (const each of programs.values()) warmUp(each);
      isReady = true;
      scope.postMessage({ type: "ready", dropped: false });
      return;
    case "exercise": {
      const idle = program(data.guest);
      return inTurn(() => exercise(idle, idle.image, host).then(nothing, nothing));
    }
    case "run":
      return run(data);
    case "answer":
      if (running) {
        const asker = running;
        unasked(() => answer(asker, data.id, data.answer, data.body));
      }
      return;
    case "more":
      answerQuestion?.(data.limits);
      answerQuestion = null;
      // The answer is taken at once, and may end the run; the clock goes on after it.
      setTimeout(goOn, 0);
      return;
    case "hold":
      if (!running) return;
      running.guest.runner.hold(data.held);
      return armWallTimer(running);
    case "cancel":
      if (!running) return;
      running.guest.runner.cancel();
      return endBetweenEntries(running);
    case "check":
      return void check(data);
  }
};
