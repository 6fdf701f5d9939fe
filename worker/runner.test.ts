// The runner Worker around a run that waits: its clock, and the question when its time is over. What the sandbox does, a stand-in does
// by the same contract; `crates/sandbox` has the tests of the real one.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GuestHost } from "./guest.ts";
import type { FromRunner, ToRunner } from "./protocol.ts";

const WALL_MS = 1_000;

type Next = { outcome: () => string | undefined; call: () => unknown };
const over = (outcome: string): Next => ({ outcome: () => outcome, call: () => undefined });

/** What a guest does when it is entered: it gives the end of its run, or the calls that it waits for. */
type Script = (host: GuestHost, runner: Sandbox, answered?: number) => Promise<Next | "stopped">;

/** The sandbox, as far as the clock goes. */
class Sandbox {
  static host: GuestHost;
  wallMs = WALL_MS;
  failure: string | null = null;
  startedMs = performance.now();
  asks = false;

  begin(job: string) {
    this.asks = JSON.parse(job).ask;
    this.startedMs = performance.now();
    return new Uint8Array();
  }
  wall_left_ms = () => this.wallMs - (performance.now() - this.startedMs);
  wall_ended() {
    if (this.asks && this.failure === null) {
      Sandbox.host.report("asked");
      return true;
    }
    this.failure ??= "QUOTA_WALL";
    return false;
  }
  answered(askedMs: number, more?: string) {
    this.startedMs += performance.now() - askedMs;
    if (more === undefined) this.failure ??= "QUOTA_WALL";
    else this.wallMs = JSON.parse(more).wallMsMax;
  }
  cancel = () => void (this.failure ??= "CANCELLED");
  must_end = () => this.failure !== null;
  end = () => over(this.failure ?? "ended for no reason");
  resume = (id: number) => Uint8Array.of(id);
  written_hash = () => undefined;
  free() {}
}

let script: Script;

class Guest {
  readonly runner = new Sandbox();
  readonly memoryBytesMax = 1;
  constructor(_halves: unknown, _bytes: number, private readonly host: GuestHost) {
    Sandbox.host = host;
  }
  image = () => null;
  reset = () => false;
  async enter(entry: string, frame: Uint8Array) {
    const next = await script(this.host, this.runner, entry === "selvage_resume" ? frame[0] : undefined);
    return next === "stopped" ? this.runner.end() : next;
  }
}

vi.mock("@wasm/runner/runner.js", () => ({ initSync: () => {}, Runner: Sandbox }));
vi.mock("./guest.ts", () => ({ Guest, LACKS: new Error(), TRAP: {} }));

let said: string[];
let worker: { onmessage: (event: { data: ToRunner }) => void };
const send = (data: ToRunner) => worker.onmessage({ data });

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  said = [];
  worker = {
    onmessage: () => {},
    postMessage: (message: FromRunner) => {
      if (message.type === "reports") said.push(...message.reports);
      if (message.type === "finished") said.push(message.report);
      if (message.type === "broken") said.push(message.message);
    },
  } as typeof worker;
  vi.stubGlobal("self", worker);
  vi.resetModules();
  await import("./runner.ts");
  send({ type: "guest", guest: "guest-js", core: {} as WebAssembly.Module, rest: null, hash: "", image: null });
  send({ type: "init", cancelFlag: null });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const start = (ask: boolean) => send({ type: "run", guest: "guest-js", job: JSON.stringify({ ask }), memoryBytesMax: 1, blobs: [] });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const grant = (wallMsMax: number | null) => send({ type: "more", limits: wallMsMax === null ? null : JSON.stringify({ wallMsMax }) });
const answer = (id: number) => send({ type: "answer", id, answer: '{"ok":null}', body: new Uint8Array() });

/** It waits outside its instance: for a timer, or for a call of another number. */
const waits = (timerMs?: number): Script => async (_host, _runner, answered) => {
  if (answered !== undefined) return over(`answered ${answered}`);
  const calls = [{ id: 7, sleep_ms: () => timerMs, report: () => "call", body: () => new Uint8Array() }];
  return { outcome: () => undefined, call: () => calls.pop() };
};

/** It sleeps where it stands. */
const sleeps = (ms: number): Script => async (host, runner) => {
  await host.sleep(ms);
  return runner.must_end() ? "stopped" : over("slept");
};

/** It calls where it stands. */
const stands: Script = async (host, runner) => {
  const came = await host.perform(3, "call", new Uint8Array());
  return came === null || runner.must_end() ? "stopped" : over(`heard ${came[0]}`);
};

/** It lacks its other half. */
const lacks: Script = async (host, runner) => {
  await host.whole({ name: "guest-js", core: {} as WebAssembly.Module, rest: null });
  return runner.must_end() ? "stopped" : over("whole");
};

test.each([["a timer", waits(60_000)], ["a call", waits()], ["a sleep", sleeps(60_000)], ["a call in a computation", stands], ["its other half", lacks]])(
  "a run that waits for %s past its time ends by its clock, and nobody is asked",
  async (_, waiting) => {
    script = waiting;
    start(false);
    await pass(WALL_MS - 2);
    expect(said).toEqual([]);
    await pass(3);
    expect(said).toEqual(["QUOTA_WALL"]);
  },
);

test.each([
  ["a timer", waits(1_500), "answered 7"],
  ["a sleep", sleeps(1_500), "slept"],
])("a run that waits for %s goes on to wait with what it is granted", async (_, waiting, end) => {
  script = waiting;
  start(true);
  await pass(WALL_MS);
  expect(said).toEqual(["asked"]);
  await pass(100);
  grant(2_000);
  await pass(380);
  expect(said, "its timer goes on").toEqual(["asked"]);
  await pass(40);
  expect(said).toEqual(["asked", end]);
});

test.each([
  ["a timer", waits(1_500), () => {}, "answered 7"],
  ["a call", waits(), () => answer(7), "answered 7"],
  ["a sleep", sleeps(1_500), () => {}, "slept"],
  ["a call in a computation", stands, () => answer(3), 'heard {"ok":null}'],
  ["its other half", lacks, () => send({ type: "rest", guest: "guest-js", module: {} as WebAssembly.Module }), "whole"],
] as const)("what comes for a run that waits for %s while a question stands comes after it, and the time in between is nobody's", async (_, waiting, come, end) => {
  script = waiting;
  start(true);
  await pass(WALL_MS);
  await pass(10_000);
  come();
  await pass(10_000);
  expect(said).toEqual(["asked"]);
  grant(1_100);
  await pass(1);
  expect(said).toEqual(["asked", end]);
});

test("is asked about again when the next limit is over, and ends by its clock when nobody grants more", async () => {
  script = stands;
  start(true);
  await pass(WALL_MS);
  grant(1_500);
  await pass(490);
  expect(said).toEqual(["asked"]);
  await pass(20);
  expect(said).toEqual(["asked", "asked"]);
  grant(null);
  await pass(1);
  expect(said).toEqual(["asked", "asked", "QUOTA_WALL"]);
});

test.each([["a timer", waits(60_000)], ["a sleep", sleeps(60_000)]])("a cancel ends a run that waits for %s and is asked about; the next one runs", async (_, waiting) => {
  script = waiting;
  start(true);
  await pass(WALL_MS);
  send({ type: "cancel" });
  await pass(1);
  expect(said).toEqual(["asked", "CANCELLED"]);
  script = async () => over("next");
  start(true);
  await pass(100_000);
  expect(said).toEqual(["asked", "CANCELLED", "next"]);
});

test("one that computes and looks at its messages when its time is over is not asked about by the clock", async () => {
  script = async (host) => {
    await host.breathe();
    return over("done");
  };
  start(true);
  await Promise.resolve();
  // No message comes in between, so that it still looks at them.
  vi.advanceTimersByTime(WALL_MS + 10);
  expect(said).toEqual([]);
  await vi.waitFor(() => expect(said).toEqual(["done"]));
});
