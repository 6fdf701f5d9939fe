// The runner Worker: it holds one warm guest, runs one job at a time, and knows no policy.
//
// It has no network of its own: the server sends it with `connect-src 'none'`, so that even its own
// programs come from the kernel. Whatever a run asks of the outside goes there as a report and comes
// back as an answer.

import { initSync, Runner } from "@wasm/runner/runner.js";
import type { Next } from "@wasm/runner/runner.js";
import { Guest, TRAP } from "./guest.ts";
import type { FromRunner, GuestName, ToRunner } from "./protocol.ts";

const MEMORY_BYTES_DEFAULT = 128 * 1024 * 1024;
const BLOB_BYTES_MAX = 64 * 1024 * 1024;
const REPORT_MS = 16;

/** `setTimeout` counts in 32 bits; a longer wait ends with the run's clock anyway. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a parser that broke says: only nesting beyond its gate breaks it. */
const TOO_DEEP = JSON.stringify({ error: { code: "QUOTA_STACK", message: "The text nests deeper than the parser can read." } });

const scope = self as unknown as {
  postMessage: (message: FromRunner, transfer?: Transferable[]) => void;
  onmessage: (event: MessageEvent<ToRunner>) => void;
};

const guests = new Map<GuestName, { module: WebAssembly.Module; hash: string }>();
let cancelFlag: Int32Array | null = null;
/** The instance that was made ahead of time, of the guest that was used last. */
let warm: { name: GuestName; guest: Guest } | null = null;
let last: GuestName = "guest-js";
let running: Guest | null = null;
let wallTimer: ReturnType<typeof setTimeout> | undefined;
let wakeSleeper: (() => void) | null = null;
let answerQuestion: ((limits: string | null) => void) | null = null;
/** Entries into the guest, one after the other: a suspended guest must not be entered again. */
let entering: Promise<void> = Promise.resolve();

const blobs = new Map<string, Uint8Array>();
let blobBytes = 0;
let reports: string[] = [];
let reportedMs = 0;

const messages = new MessageChannel();
const breathing: (() => void)[] = [];
messages.port1.onmessage = () => breathing.shift()?.();

const host = {
  blob: (hash: string) => blobs.get(hash),
  report: (report: string) => {
    reports.push(report);
    if (performance.now() - reportedMs >= REPORT_MS) sendReports();
  },
  stopAsked: () => cancelFlag !== null && Atomics.load(cancelFlag, 0) !== 0,
  breathe: () =>
    new Promise<void>((resolve) => {
      breathing.push(resolve);
      messages.port2.postMessage(null);
    }),
  sleep: (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, TIMER_MS_MAX));
      wakeSleeper = () => {
        clearTimeout(timer);
        resolve();
      };
    }),
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
  scope.postMessage({ type: "reports", reports });
  reports = [];
}

function program(name: GuestName): { module: WebAssembly.Module; hash: string } {
  const found = guests.get(name);
  if (found === undefined) throw new Error(`${name} did not come`);
  return found;
}

function makeGuest(name: GuestName, memoryBytesMax: number): Guest {
  return new Guest(program(name).module, memoryBytesMax, host);
}

/** Makes the next instance ahead of time, so that a run does not wait for it. */
function warmUp(name: GuestName): Guest {
  if (warm?.name !== name) {
    dropWarm();
    warm = { name, guest: makeGuest(name, MEMORY_BYTES_DEFAULT) };
  }
  return warm.guest;
}

function dropWarm(): void {
  warm?.guest.runner.free();
  warm = null;
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
  last = message.guest;
  const { hash } = program(last);
  const guest = takeGuest(last, message.memoryBytesMax);
  if (guest === null) return refuseMemory(message.job, hash);
  running = guest;
  const frame = guest.runner.begin(message.job, hash);
  armWallTimer(guest);
  enter(guest, "selvage_start", frame);
}

/** The warm instance where it fits; null where the guest itself needs more memory than it may have. */
function takeGuest(name: GuestName, memoryBytesMax: number): Guest | null {
  if (warm?.name === name && warm.guest.memoryBytesMax === memoryBytesMax) {
    const { guest } = warm;
    warm = null;
    return guest;
  }
  try {
    return makeGuest(name, memoryBytesMax);
  } catch {
    return null;
  }
}

/** Ends a run before it starts, with the receipt of a run that did nothing. */
function refuseMemory(job: string, hash: string): void {
  const runner = new Runner(new WebAssembly.Memory({ initial: 0 }), host.blob, host.report);
  runner.begin(job, hash);
  end(runner, runner.trapped(TRAP.memory, "").outcome()!);
}

/** Does one thing after the other. What breaks here is the Worker's own fault, and ends it. */
function inTurn(act: () => Promise<void> | void): void {
  entering = entering.then(act).catch((error: unknown) => {
    scope.postMessage({ type: "broken", message: String(error) });
  });
}

function enter(guest: Guest, entry: "selvage_start" | "selvage_resume", frame: Uint8Array): void {
  inTurn(async () => {
    if (guest !== running) return;
    handle(guest, await guest.enter(entry, frame));
  });
}

function handle(guest: Guest, next: Next): void {
  const outcome = next.outcome();
  if (outcome !== undefined) return finish(guest, outcome);
  sendReports();
  for (let call = next.call(); call !== undefined; call = next.call()) {
    const { id } = call;
    const sleepMs = call.sleep_ms();
    if (sleepMs === undefined) {
      scope.postMessage({ type: "called", report: call.report(), body: call.body() });
    } else {
      setTimeout(() => answer(guest, id, '{"ok":null}', new Uint8Array()), Math.min(sleepMs, TIMER_MS_MAX));
    }
  }
}

function answer(guest: Guest, id: number, text: string, body: Uint8Array): void {
  if (guest !== running) return;
  const frame = guest.runner.resume(id, text, body);
  if (frame !== undefined) enter(guest, "selvage_resume", frame);
}

function armWallTimer(guest: Guest): void {
  clearTimeout(wallTimer);
  wallTimer = setTimeout(() => {
    // While somebody is asked about a quota, the run's clock stands still.
    if (guest !== running || answerQuestion !== null) return;
    if (guest.runner.wall_left_ms() > 1) return armWallTimer(guest);
    guest.runner.wall_ended();
    endBetweenEntries(guest);
  }, Math.min(Math.max(guest.runner.wall_left_ms(), 0), TIMER_MS_MAX));
}

/** Ends a run that waits outside its instance; one that computes sees the same at its next look. */
function endBetweenEntries(guest: Guest): void {
  answerQuestion?.(null);
  answerQuestion = null;
  wakeSleeper?.();
  wakeSleeper = null;
  inTurn(() => {
    if (guest === running) handle(guest, guest.runner.end());
  });
}

function finish(guest: Guest, report: string): void {
  clearTimeout(wallTimer);
  running = null;
  end(guest.runner, report);
}

/** Sends a run's end, and makes ready for the next one. */
function end(runner: Runner, report: string): void {
  sendReports();
  const written: [string, Uint8Array<ArrayBuffer>][] = [];
  for (let hash = runner.written_hash(); hash !== undefined; hash = runner.written_hash()) {
    written.push([hash, runner.written_bytes() as Uint8Array<ArrayBuffer>]);
  }
  scope.postMessage({ type: "finished", report, written }, written.map(([, bytes]) => bytes.buffer));
  runner.free();
  const dropped = dropBlobs();
  warmUp(last);
  scope.postMessage({ type: "ready", dropped });
}

function check(message: ToRunner & { type: "check" }): void {
  const { guest, id, path, module, source } = message;
  try {
    scope.postMessage({ type: "checked", id, checked: warmUp(guest).check({ path, module }, source) });
  } catch {
    scope.postMessage({ type: "checked", id, checked: TOO_DEEP });
  }
  // An instance that has read a foreign text is not fresh any more.
  dropWarm();
  warmUp(guest);
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case "sandbox":
      initSync({ module: data.module });
      return;
    case "guest":
      guests.set(data.guest, { module: data.module, hash: data.hash });
      return;
    case "init":
      cancelFlag = data.cancelFlag && new Int32Array(data.cancelFlag);
      warmUp(last);
      scope.postMessage({ type: "ready", dropped: false });
      return;
    case "run":
      return run(data);
    case "answer":
      if (running) answer(running, data.id, data.answer, data.body);
      return;
    case "more":
      answerQuestion?.(data.limits);
      answerQuestion = null;
      // The answer is taken at once, and may end the run; the clock goes on after it.
      setTimeout(() => running && armWallTimer(running), 0);
      return;
    case "cancel":
      if (!running) return;
      running.runner.cancel();
      return endBetweenEntries(running);
    case "check":
      return check(data);
  }
};
