// The kernel Worker: it passes every message to the engine as an event, and performs the effects
// that come back, in order. It decides nothing.

import init, { Kernel, Naming } from "@wasm/kernel/kernel.js";
import { version } from "../package.json";
import kernelUrl from "@wasm/kernel/kernel_bg.wasm?url";
import hashes from "virtual:guests";
import jsCore from "@wasm/guest-js.core.wasm?url";
import jsRest from "@wasm/guest-js.rest.wasm?url";
import pythonCore from "@wasm/guest-py.core.wasm?url";
import pythonRest from "@wasm/guest-py.rest.wasm?url";
import ruffCore from "@wasm/guest-ruff.core.wasm?url";
import ruffRest from "@wasm/guest-ruff.rest.wasm?url";
import { Calls } from "./calls.ts";
import type { FromKernel, KernelEvent, ToKernel } from "./client-messages.ts";
import { Uploads } from "./contents.ts";
import type { Effect } from "./effect.ts";
import type { Elsewhere, Result, TabSaid } from "./elsewhere.ts";
import { Early } from "./early.ts";
import { readManifest } from "./manifest.ts";
import { performFetch } from "./net.ts";
import { leftSlots, openFiles, openStorage, setAside, withLeftSlot } from "./storage.ts";
import type { Opened } from "./storage.ts";
import { Post } from "./post.ts";
import { Runners } from "./runners.ts";
import type { Locker } from "./secrets.ts";
import { openSigner } from "./signing.ts";
import type { Signer } from "./signing.ts";
import { Tabs } from "./tabs.ts";

const scope = self as unknown as {
  postMessage: (message: FromKernel, transfer?: Transferable[]) => void;
  onmessage: (event: MessageEvent<ToKernel>) => void;
};

/** How long a tab with nothing in it waits for what the others have. */
const JOIN_MS_MAX = 3_000;

let kernel: Kernel;
const early = new Early();

const runners = new Runners({ "guest-js": { core: jsCore, rest: jsRest }, "guest-py": { core: pythonCore, rest: pythonRest }, "guest-ruff": { core: ruffCore, rest: ruffRest } }, hashes, {
  waits: (runner, waits) => perform(kernel.runner_waits(Date.now(), runner, waits)),
  runsAt: (executor) => perform(kernel.runs_at(Date.now(), executor)),
  ready: (runner, dropped) => perform(kernel.runner_ready(Date.now(), runner, dropped)),
  gone: (runner, reason) => perform(kernel.runner_gone(Date.now(), runner, reason)),
  reported: (runner, report, body) => perform(kernel.reported(Date.now(), runner, report, body)),
  finished: (runner, report, written) => perform(kernel.finished(Date.now(), runner, report, written)),
  checked: (task, checked) => perform(kernel.checked(Date.now(), task, checked)),
});

// The first Workers are made, where a browser may hang: from here on the kernel answers.
scope.postMessage({ type: "alive" });

/** Resolves when everything that some other tab has is here. */
let caughtUp: () => void;
const joined = new Promise<void>((resolve) => (caughtUp = resolve));

const tabs = new Tabs({
  joined: (peer, initiator) => {
    perform(kernel.peer_joined(Date.now(), peer, initiator));
    tell({ kind: "tabs", others: tabs.count });
    withOthers((others) => others.tell(peer));
  },
  said: (peer, what) => withOthers((others) => others.hear(peer, what as TabSaid)),
  sent: (peer, frame) => perform(kernel.peer_sent(Date.now(), peer, frame)),
  gone: (peer, isDead) => {
    perform(kernel.peer_gone(Date.now(), peer));
    tell({ kind: "tabs", others: tabs.count });
    withOthers((others) => others.gone(peer, isDead));
    void absorbLeft();
  },
});

const post = new Post({
  opened: (cursor, writes) => perform(kernel.mail_opened(Date.now(), cursor, writes)),
  closed: () => perform(kernel.mail_closed(Date.now())),
  kept: () => perform(kernel.parcel_kept(Date.now())),
  came: (parcel) => perform(kernel.parcel_came(Date.now(), parcel)),
  state: (state) => {
    perform(kernel.named(Date.now(), state.shared ? state.members.find((member) => member.self)?.name : undefined));
    tell({ kind: "devices", state });
  },
  said: (device, text) => tell({ kind: "said", device, text }),
  direct: (device, bytes) => tell({ kind: "direct", device, bytes }),
});

const uploads = new Uploads({
  naming: () => new Naming(),
  begin: (hash, size) => kernel.content_begin(hash, size),
  add: (hash, from, bytes) => kernel.content_add(hash, from, bytes),
  drop: (hash) => kernel.content_drop(hash),
});

const calls = new Calls(tell);

/** What this Worker itself calls, by numbers that no page comes to. */
const own = new Map<number, (result: Result) => void>();
let nextOwn = 2 ** 40;

/** What waits for the person in other tabs, loaded when there are others. */
let elsewhere: Elsewhere | undefined;
let loading: Promise<Elsewhere> | undefined;

function withOthers(act: (others: Elsewhere) => void | Promise<void>): void {
  loading ??= import("./elsewhere.ts").then(
    ({ Elsewhere }) =>
      (elsewhere = new Elsewhere({
        own: (name, input) =>
          new Promise((resolve) => {
            own.set(nextOwn, resolve);
            perform(kernel.called(Date.now(), nextOwn++, undefined, name, toJson(input)));
          }),
        say: (said, peer) => tabs.say(said, peer),
        changed: () => tell({ kind: "approvals" }),
        abandoned: ({ who, what, digest }) => perform(kernel.abandoned(Date.now(), who, what, digest)),
      })),
  );
  loading.then(act, () => (loading = undefined)).catch(broke);
}

function tell(event: KernelEvent): void {
  scope.postMessage({ type: "event", event });
}

function perform(effects: Effect[]): void {
  for (const effect of effects) {
    switch (effect.type) {
      case "reply":
        if (own.has(effect.call)) {
          own.get(effect.call)?.(effect.result as Result);
          own.delete(effect.call);
          break;
        }
        scope.postMessage({ type: "result", id: effect.call, result: effect.result });
        calls.ended(effect.call, effect.result);
        noteDamage(effect.result);
        break;
      case "notify":
        tell(effect.event);
        if (effect.event.kind === "approvals" && tabs.count > 0) withOthers((others) => others.tell());
        break;
      case "dispatch":
        runners.run(effect.runner, { ...effect, type: "run" });
        break;
      case "answer":
        runners.post(effect.runner, { type: "answer", id: effect.id, answer: effect.answer, body: effect.body });
        break;
      case "more":
        runners.post(effect.runner, { type: "more", limits: effect.limits });
        break;
      case "hold":
        runners.post(effect.runner, { type: "hold", held: effect.held });
        break;
      case "cancel":
        runners.cancel(effect.runner);
        break;
      case "terminate":
        runners.replace(effect.runner);
        break;
      case "spawn":
        void runners.spawn();
        break;
      case "sign":
        void sign(effect.task, effect.bytes);
        break;
      case "send":
        tabs.send(effect.peer, effect.frame);
        break;
      case "caughtUp":
        caughtUp();
        break;
      case "hangup":
        tabs.leave(effect.peer);
        break;
      case "parcel":
        post.send(effect.bytes, effect.cursor ?? undefined);
        break;
      case "landed":
        post.landed(effect.cursor);
        break;
      case "check": {
        const { guest, task, path, module, format, source } = effect;
        runners.check(effect.runner, { type: "check", guest, id: task, path, module, format, source });
        break;
      }
      case "read":
        void readManifest(effect.path, effect.text).then(
          (document) => perform(kernel.read(Date.now(), effect.task, document)),
          (why: unknown) => perform(kernel.not_read(Date.now(), effect.task, why instanceof Error ? why.message : String(why))),
        );
        break;
      case "fetch": {
        const breaker = new AbortController();
        fetches.set(effect.task, breaker);
        void performFetch(effect, secrets, breaker.signal).then(({ ok, result, body }) => {
          fetches.delete(effect.task);
          perform(kernel.fetched(Date.now(), effect.task, ok, result, body));
        });
        break;
      }
      case "abort":
        fetches.get(effect.task)?.abort();
        break;
    }
  }
}

/** What breaks off each fetch that goes on. */
const fetches = new Map<number, AbortController>();

let locker: Promise<Locker> | undefined;

/** What keeps this device's secrets, loaded when it is first wanted. */
function secrets(): Promise<Locker> {
  locker ??= import("./secrets.ts").then(({ Locker }) => Locker.load((names) => tell({ kind: "secretsWanted", names })));
  locker.catch(() => (locker = undefined));
  return locker;
}

let signer: Signer | undefined;

async function sign(task: number, bytes: Uint8Array): Promise<void> {
  let signature: Uint8Array = new Uint8Array();
  let why = "";
  try {
    signature = (await signer?.sign(bytes)) ?? signature;
  } catch (error) {
    why = String(error);
  }
  perform(kernel.signed(Date.now(), task, signature, why));
}

/** Runs that end before the key is there have nobody who vouches for them: the page does not wait for it. */
async function startSigning(): Promise<void> {
  const opened = await openSigner();
  if ("reason" in opened) return console.info(`Nobody vouches for runs here. ${opened.reason}`);
  signer = opened;
  perform(kernel.signer(Date.now(), signer.publicKey));
}

let toldOfDamage = false;

/** Damage that is met while the workspace is open is told to whoever called, and once to the person. */
function noteDamage(result: unknown): void {
  const { error } = result as { error?: { code: string; message: string } };
  if (error?.code !== "DAMAGED" || toldOfDamage) return;
  toldOfDamage = true;
  tell({ kind: "damaged", message: error.message, restored: false });
}

/** The input as JSON; what has none (a cycle, a big integer) is refused by the engine's reader. */
function toJson(input: unknown): string {
  try {
    return JSON.stringify(input ?? null) ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

function handle(message: ToKernel): void {
  switch (message.type) {
    case "call": {
      if (message.agent === undefined && elsewhere?.isAbout(message.name)) {
        void elsewhere.call(message.name, message.input).then((result) => scope.postMessage({ type: "result", id: message.id, result }), broke);
        break;
      }
      const input = toJson(message.input);
      if (message.agent !== undefined) calls.began(message.id, message.agent, message.name, input);
      perform(kernel.called(Date.now(), message.id, message.agent, message.name, input));
      break;
    }
    case "store":
      void uploads
        .store(message.id, message.file, (done) => scope.postMessage({ type: "progress", id: message.id, done }))
        .then((result) => scope.postMessage({ type: "result", id: message.id, result }), broke);
      break;
    case "bring":
      perform(kernel.bring(Date.now(), message.id, message.message, message.pairs));
      break;
    case "giveUp":
      uploads.giveUp(message.id);
      break;
    case "part":
      sendPart(message);
      break;
    case "devices":
      void post.act(message.act).then((result) => scope.postMessage({ type: "result", id: message.id, result }));
      break;
    case "secrets":
      void secrets()
        .then((open) => open.act(message.act))
        .then((result) => scope.postMessage({ type: "result", id: message.id, result }), broke);
      break;
    case "runAt":
      runners.runAt(message.place);
      break;
    case "tryServer":
      void import("./try-server.ts")
        .then(({ tryServer }) => tryServer(message.place))
        .catch((error: unknown) => ({ ok: false, error: { code: "INTERNAL", message: String(error) } }))
        .then((result) => scope.postMessage({ type: "result", id: message.id, result }));
      break;
    case "say":
      post.say(message.text, message.to);
      break;
    case "direct":
      post.direct(message.device, message.came);
      break;
  }
}

/** A stretch of a content, in the buffer that the page lends for all of them: a browser may let hundreds pile up before it frees them. */
function sendPart({ id, hash, from, into }: ToKernel & { type: "part" }): void {
  try {
    const part = kernel.content_read(hash, from, into.byteLength);
    const value = new Uint8Array(into, 0, part.length);
    value.set(part);
    (part.buffer as ArrayBuffer).transfer?.(0);
    scope.postMessage({ type: "result", id, result: { ok: true, value } }, [into]);
  } catch (error) {
    // A trap is no tool error, and ends the kernel.
    if (error instanceof Error) throw error;
    scope.postMessage({ type: "result", id, result: { ok: false, error } });
  }
}

/** A kernel that broke holds nothing that is not stored; the page is told to load it anew. */
function broke(error: unknown): void {
  tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
}

scope.onmessage = ({ data }) => {
  if (early.keeps(data)) return;
  try {
    handle(data);
  } catch (error) {
    broke(error);
  }
};

let opened: Opened = { mode: "memory", reason: "" };
/** One at a time: two at once would each find the other's slot taken. */
let absorbing: Promise<void> = Promise.resolve();

/** Takes in what tabs that are gone left behind. */
function absorbLeft(): Promise<void> {
  absorbing = absorbing.then(async () => {
    if (opened.mode !== "durable") return;
    for (const slot of await leftSlots(opened.slot)) {
      await withLeftSlot(slot, (files) => perform(kernel.absorb(Date.now(), files))).catch((error: unknown) =>
        tell({ kind: "damaged", message: `What another tab left could not be read: ${String(error)}`, restored: false }),
      );
    }
  });
  return absorbing;
}

/**
 * The kernel over what storage holds. When that can't be read and there is another copy, in a tab or in what a tab left,
 * the files are put aside and the copy is taken in.
 */
async function openKernel(): Promise<Kernel> {
  const make = (files: FileSystemSyncAccessHandle[]) => new Kernel(files, version, () => perform(kernel.woken(Date.now())));
  if (opened.mode === "memory") return make([]);
  try {
    return make(opened.files);
  } catch (error) {
    if ((await Tabs.joined()) === 0 && (await leftSlots(opened.slot)).length === 0) throw error;
    await setAside(opened.slot, opened.files);
    opened.files = await openFiles(opened.slot);
    tell({ kind: "damaged", message: error instanceof Error ? error.message : String(error), restored: true });
    return make(opened.files);
  }
}

async function start(): Promise<void> {
  [, opened] = await Promise.all([init({ module_or_path: kernelUrl }), openStorage()]);
  kernel = await openKernel();
  tell(opened.mode === "durable" ? { kind: "storage", mode: "durable" } : { kind: "storage", mode: "memory", reason: opened.reason });
  await absorbLeft();
  const others = await tabs.join();
  if (kernel.is_new()) {
    if (others > 0) await Promise.race([joined, new Promise((resolve) => setTimeout(resolve, JOIN_MS_MAX))]);
    // Of tabs that start at the same time with nothing, the one with the first slot begins.
    if (others === 0 || (opened.mode === "durable" && opened.slot === 0)) perform(kernel.begin(Date.now()));
  }
  await early.listened;
  early.end().forEach(handle);
  // Of several tabs, the first one runs what waits for the workspace to be opened; where runs run was among what came early.
  if (others === 0) perform(kernel.opened(Date.now()));
  tell({ kind: "ready", tools: kernel.tools() });
  await Promise.all([runners.start(), post.start(), startSigning()]);
}

start().catch(broke);
