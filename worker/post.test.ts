import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DevicesState } from "./client-messages.ts";
import { Devices as FakeDevices } from "./fake-courier.ts";
import type { Post as PostOf } from "./post.ts";

/** What one browser keeps. */
let disk: Uint8Array | undefined;
let isFull: boolean;
/** What removing it waits for. */
let removal: Promise<void>;
/** How often it can't be opened, or removed, because it is open elsewhere. */
let locked: { open: number; remove: number };
let log: string[];

vi.mock("./kept.ts", () => ({
  Kept: class {
    static canBe = async () => true;
    static exists = async () => disk !== undefined;
    static open = async () => {
      if (locked.open-- > 0) throw new Error("it is open");
      return new this();
    };
    read = () => disk;
    write = (bytes: Uint8Array) => {
      if (isFull) throw new Error("The disk took no more bytes.");
      disk = bytes;
      log.push(`keep ${bytes.join()}`);
    };
    static remove = async () => {
      await removal;
      if (locked.remove-- > 0) throw new Error("it is open");
      disk = undefined;
    };
    close = () => undefined;
  },
}));

/** Each test is a browser of its own; tabs of another one must not hear it. */
let browser = 0;
/** What each tab speaks through, in the order in which they were opened. */
let channels: BroadcastChannel[];

class Channel extends BroadcastChannel {
  constructor(name: string) {
    super(`${name} ${browser}`);
    channels.push(this);
  }
}

/** The locks of one browser: the first tab has it, the others wait. */
let isTaken: boolean;
let waiting: (() => void)[];
let Post: typeof PostOf;

beforeEach(async () => {
  [disk, isFull, log, isTaken, channels, waiting] = [undefined, false, [], false, [], []];
  [locked, removal] = [{ open: 0, remove: 0 }, Promise.resolve()];
  Object.assign(FakeDevices, { made: undefined, breaks: false });
  const request = (_: string, run: () => Promise<never>) => (isTaken ? new Promise((resolve) => waiting.push(() => resolve(run()))) : ((isTaken = true), run()));
  browser += 1;
  vi.stubGlobal("BroadcastChannel", Channel);
  vi.stubGlobal("navigator", { storage: { getDirectory: () => undefined }, locks: { request } });
  ({ Post } = await import("./post.ts"));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  for (const channel of channels) channel.close();
});

async function tab(name = "") {
  let state: DevicesState | undefined;
  const post = new Post({
    opened: (cursor, writes) => log.push(`${name}opened ${cursor.join()} ${writes}`),
    closed: () => log.push(`${name}closed`),
    kept: () => log.push(`${name}kept`),
    came: (parcel) => log.push(`${name}came ${parcel.join()}`),
    state: (now) => (state = now),
    said: (device, text) => log.push(`${name}${device} said ${text}`),
    direct: (device, bytes) => log.push(`${name}to ${device} ${bytes.join()}`),
  });
  await post.start();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { post, state: () => state };
}

const SHARE = { do: "share", relay: "wss://relay.example.org", name: "Desk" } as const;

test("sharing keeps the seat and opens the mail, a parcel waits for room, and leaving forgets all of it", async () => {
  const { post, state } = await tab();
  expect(await post.act({ do: "retry" })).toMatchObject({ ok: false, error: { code: "NOT_NOW" } });
  expect(await post.act(SHARE)).toEqual({ ok: true, value: null });
  expect([log, state()?.shared]).toEqual([["keep 1", "opened 7 true"], true]);
  expect(await post.act(SHARE)).toMatchObject({ ok: false, error: { code: "NOT_NOW" } });

  const devices = FakeDevices.made!;
  devices.hasRoom = false;
  post.send(new Uint8Array([5]), undefined);
  expect(devices.sent).toEqual([]);
  devices.hasRoom = true;
  devices.outputs.push({ type: "parcel", bytes: new Uint8Array([9]) });
  post.landed(new Uint8Array([8]));
  expect(log.slice(2)).toEqual(["came 9", "keep 2", "kept"]);

  expect(await post.act({ do: "leave" })).toEqual({ ok: true, value: null });
  expect([devices.acts, devices.isFree, disk, log.at(-1), state()?.shared]).toEqual([[{ do: "leave" }], true, undefined, "closed", false]);
});

test("the mail is opened anew when the role changes, and from the beginning when the relay lost it", async () => {
  const { post } = await tab();
  await post.act(SHARE);
  const devices = FakeDevices.made!;
  devices.mayWrite = false;
  devices.outputs.push({ type: "changed" }, { type: "changed" }, { type: "sendAll" });
  post.landed(new Uint8Array());
  expect(log.slice(2)).toEqual(["opened 7 false", "opened  false"]);
});

test("another tab asks the one that has the post, and shows its state", async () => {
  const first = await tab("first ");
  const second = await tab("second ");
  expect(await second.post.act(SHARE)).toEqual({ ok: true, value: null });
  await vi.waitUntil(() => second.state()?.shared);
  expect([second.state()?.elsewhere, first.state()?.elsewhere, log]).toEqual([true, undefined, ["keep 1", "first opened 7 true"]]);
});

test("a tab that asks one that is gone does it itself as soon as it has the post", async () => {
  await tab("first ");
  const second = await tab("second ");
  channels[0]!.close();
  const asked = second.post.act(SHARE);
  waiting[0]!();
  expect(await asked).toEqual({ ok: true, value: null });
  expect(log).toEqual(["keep 1", "second opened 7 true"]);
});

test("a tab whose post died in the middle of what it asked for hears that it may have been done", async () => {
  await tab();
  const second = await tab();
  await second.post.act(SHARE);
  FakeDevices.made!.isHeard = undefined;
  const leaving = second.post.act({ do: "leave" });
  await vi.waitUntil(() => FakeDevices.made!.acts.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  channels[0]!.close();
  waiting[0]!();
  expect(await leaving).toMatchObject({ ok: false, error: { code: "NOT_NOW", hint: expect.stringContaining("whether it was done") } });
  expect(FakeDevices.made!.acts).toEqual([]);
});

test("a tab that does not hear is given up on after two seconds, and does not do it when it hears later", async () => {
  await tab();
  const second = await tab();
  await second.post.act(SHARE);
  const [first, late] = [channels[0]!, [] as MessageEvent[]];
  const hear = first.onmessage!;
  first.onmessage = (event) => void late.push(event);
  vi.useFakeTimers({ toFake: ["setTimeout", "Date"] });
  const asked = second.post.act({ do: "leave" });
  vi.advanceTimersByTime(2_000);
  expect(await asked).toMatchObject({ ok: false, error: { message: expect.stringContaining("does not answer") } });
  vi.advanceTimersByTime(1);
  vi.useRealTimers();
  await vi.waitUntil(() => late.length === 1);
  vi.useFakeTimers({ toFake: ["Date"], now: late[0]!.data.byMs + 1 });
  hear.call(first, late[0]!);
  expect([FakeDevices.made!.acts, disk]).toEqual([[], new Uint8Array([1])]);
});

test("a tab that heard is waited for while it does what was asked", async () => {
  const first = await tab();
  const second = await tab();
  await second.post.act(SHARE);
  const devices = FakeDevices.made!;
  devices.isHeard = undefined;
  const hears = new Promise<void>((resolve) => channels[1]!.addEventListener("message", ({ data }) => data.kind === "heard" && resolve()));
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const answered = vi.fn();
  const leaving = second.post.act({ do: "leave" });
  void leaving.then(answered);
  await hears;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(answered).not.toHaveBeenCalled();
  devices.outputs.push({ type: "left", told: true });
  first.post.landed(new Uint8Array());
  expect(await leaving).toEqual({ ok: true, value: null });
});

/** Sockets as the post makes them from now on. */
function dialled() {
  const sockets: (Partial<WebSocket> & { sent: unknown[]; isClosed?: boolean })[] = [];
  vi.stubGlobal("WebSocket", function (this: (typeof sockets)[number]) {
    this.sent = [];
    this.send = (bytes) => void this.sent.push(bytes);
    this.close = () => void (this.isClosed = true);
    sockets.push(this);
  });
  return sockets;
}

const DIAL = { type: "dial", socket: 1, address: "wss://relay.example.org/relay" };

test("a seat that can't be kept ends the device here: nothing that rests on it goes out, then or later", async () => {
  const sockets = dialled();
  const { post, state } = await tab();
  await post.act(SHARE);
  const devices = FakeDevices.made!;
  devices.outputs.push(DIAL);
  post.landed(new Uint8Array());
  isFull = true;
  const write = { type: "write", socket: 1, bytes: new Uint8Array([4]) };
  devices.send = (bytes) => void devices.outputs.push({ type: "keep", bytes }, write);
  // The engine has more to be done after this, so nothing is thrown at it.
  post.send(new Uint8Array([5]), undefined);
  expect([devices.isFree, sockets[0]?.isClosed, sockets[0]?.sent, disk]).toEqual([true, true, [], new Uint8Array([1])]);
  expect(log.slice(2)).toEqual(["closed"]);
  expect(state()).toMatchObject({ shared: true, link: "off", problem: { code: "NOT_KEPT", message: expect.stringContaining("took no more bytes"), hint: expect.stringMatching(/Free some space.*reload/) } });

  isFull = false;
  post.send(new Uint8Array([6]), undefined);
  post.landed(new Uint8Array([8]));
  post.direct("d2", "closed");
  sockets[0]!.onmessage!.call(sockets[0] as WebSocket, { data: new Uint8Array([9]).buffer } as MessageEvent);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([devices.outputs, devices.heard, disk, log.slice(3)]).toEqual([[write], [], new Uint8Array([1]), []]);
  expect(await post.act({ do: "retry" })).toMatchObject({ ok: false, error: { code: "NOT_NOW", hint: expect.stringContaining("reload") } });
});

test("whoever shares or leaves while the disk is full hears that it was not kept", async () => {
  isFull = true;
  const { post } = await tab();
  expect(await post.act(SHARE)).toMatchObject({ ok: false, error: { code: "NOT_KEPT" } });
  isFull = false;
  expect(await post.act({ do: "leave" })).toEqual({ ok: true, value: null });
  expect(await post.act(SHARE)).toEqual({ ok: true, value: null });
  const devices = FakeDevices.made!;
  devices.act = () => void devices.outputs.push({ type: "keep", bytes: new Uint8Array([3]) }, { type: "left", told: true });
  isFull = true;
  expect(await post.act({ do: "leave" })).toMatchObject({ ok: false, error: { code: "NOT_KEPT" } });
  expect(disk).toEqual(new Uint8Array([1]));
});

test("a parcel that the courier does not take ends the device here, and throws nothing at the engine", async () => {
  const { post, state } = await tab();
  await post.act(SHARE);
  FakeDevices.made!.refusal = "the parcel is too large";
  post.send(new Uint8Array([5]), undefined);
  expect([log.slice(2), state()?.problem?.code]).toEqual([["closed"], "NOT_SENT"]);
});

test("what a socket brings in one turn is worked off together, and kept once for all of it", async () => {
  const sockets = dialled();
  const { post } = await tab();
  await post.act(SHARE);
  const devices = FakeDevices.made!;
  devices.outputs.push(DIAL);
  post.landed(new Uint8Array());
  log.length = 0;
  for (const byte of [1, 2, 3]) sockets[0]!.onmessage!.call(sockets[0] as WebSocket, { data: new Uint8Array([byte]).buffer } as MessageEvent);
  // The courier has heard them, and nobody has asked yet what it wants.
  expect([devices.heard, log]).toEqual([[[1], [2], [3]], []]);
  await vi.waitUntil(() => log.at(-1) === "came 3");
  expect(log).toEqual(["keep 3", "came 1", "came 2", "came 3"]);
});

test("of two tabs that share at once, one does", async () => {
  const first = await tab();
  const second = await tab();
  const answers = await Promise.all([first.post.act(SHARE), second.post.act(SHARE)]);
  expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
  expect(log.filter((one) => one.startsWith("keep"))).toHaveLength(1);
});

test("a seat that can't be taken up is told and never written over, until the person leaves", async () => {
  disk = new Uint8Array([3]);
  FakeDevices.breaks = true;
  const { post, state } = await tab();
  await vi.waitUntil(() => state()?.problem);
  expect(state()?.problem).toMatchObject({ code: "UNREADABLE", message: expect.stringContaining("a newer format") });
  expect(await post.act(SHARE)).toMatchObject({ ok: false, error: { code: "NOT_NOW" } });
  expect([disk, log]).toEqual([new Uint8Array([3]), []]);
  expect(await post.act({ do: "leave" })).toMatchObject({ ok: true });
  expect([disk, state()?.problem]).toEqual([undefined, null]);
});

test("whoever leaves a seat that could not be opened is rid of it, or hears that it is still there", async () => {
  disk = new Uint8Array([3]);
  locked = { open: 1, remove: 1 };
  const { post, state } = await tab();
  await vi.waitUntil(() => state()?.problem);
  expect(await post.act({ do: "leave" })).toMatchObject({ ok: false, error: { code: "NOT_REMOVED", hint: expect.stringContaining("leave again") } });
  expect([disk, state()?.problem?.code]).toEqual([new Uint8Array([3]), "NOT_REMOVED"]);
  expect(await post.act(SHARE)).toMatchObject({ ok: false, error: { code: "NOT_NOW" } });
  expect(await post.act({ do: "leave" })).toEqual({ ok: true, value: null });
  expect([disk, state()?.problem]).toEqual([undefined, null]);
  expect(await post.act(SHARE)).toEqual({ ok: true, value: null });
});

test("whoever leaves a shared workspace hears when this device would come back", async () => {
  const { post, state } = await tab();
  await post.act(SHARE);
  locked.remove = 1;
  expect(await post.act({ do: "leave" })).toMatchObject({ ok: false, error: { code: "NOT_REMOVED" } });
  expect([FakeDevices.made!.isFree, log.at(-1), state()?.shared]).toEqual([true, "closed", false]);
  expect(await post.act({ do: "leave" })).toEqual({ ok: true, value: null });
  expect(disk).toBeUndefined();
});

test("nobody shares before what was left is removed", async () => {
  const { post } = await tab();
  await post.act(SHARE);
  let removed!: () => void;
  removal = new Promise((resolve) => (removed = resolve));
  const leaving = post.act({ do: "leave" });
  await vi.waitUntil(() => FakeDevices.made!.isFree);
  expect(await post.act(SHARE)).toMatchObject({ ok: false, error: { code: "NOT_NOW" } });
  removed();
  expect(await leaving).toEqual({ ok: true, value: null });
  expect(await post.act(SHARE)).toEqual({ ok: true, value: null });
});

test("a browser that restarts goes on where it was", async () => {
  disk = new Uint8Array([3]);
  const { state } = await tab();
  await vi.waitUntil(() => state()?.shared);
  expect(log).toContain("opened 7 true");
});

test("whoever leaves is out when the relay kept that, or hears that nobody knows", async () => {
  const { post } = await tab();
  await post.act(SHARE);
  const devices = FakeDevices.made!;
  devices.isHeard = undefined;
  const leaving = post.act({ do: "leave" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([devices.isFree, disk]).toEqual([false, new Uint8Array([1])]);
  devices.outputs.push({ type: "left", told: false });
  post.landed(new Uint8Array());
  expect(await leaving).toMatchObject({ ok: false, error: { code: "NOT_TOLD" } });
  expect([devices.isFree, disk]).toEqual([true, undefined]);
});

test("of a device that did not come in nothing is taken up", async () => {
  disk = new Uint8Array();
  const { post, state } = await tab();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([FakeDevices.made, state()?.problem]).toEqual([undefined, null]);
  expect(await post.act(SHARE)).toEqual({ ok: true, value: null });
});

test("what is said live goes to and from every tab, and a direct link is the page's that has the post", async () => {
  const first = await tab("first ");
  const second = await tab("second ");
  await first.post.act(SHARE);
  const devices = FakeDevices.made!;
  second.post.say("here I am", undefined);
  await vi.waitUntil(() => devices.said.length);
  first.post.direct("d2", "opened");
  first.post.direct("d2", new Uint8Array([4]));
  expect(devices.said).toEqual([[undefined, "here I am"], ["d2", "opened"], ["d2", new Uint8Array([4])]]);

  devices.outputs.push({ type: "said", device: "d2", text: "hello" }, { type: "direct", device: "d2", bytes: new Uint8Array([5]) });
  first.post.direct("d2", "closed");
  await vi.waitUntil(() => log.includes("second d2 said hello"));
  expect(log).toContain("first d2 said hello");
  expect(log.filter((one) => one.includes("to d2"))).toEqual(["first to d2 5"]);
});
