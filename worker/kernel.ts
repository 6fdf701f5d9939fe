// The kernel Worker: it passes every message to the engine as an event, and performs the effects
// that come back, in order. It decides nothing.

import init, { Kernel } from "@wasm/kernel/kernel.js";
import { version } from "../package.json";
import kernelUrl from "@wasm/kernel/kernel_bg.wasm?url";
import guestUrl from "@wasm/guest-js.wasm?url";
import type { FromKernel, KernelEvent, ToKernel } from "./client-messages.ts";
import { performFetch } from "./net.ts";
import type { FetchEffect } from "./net.ts";
import { openStorage } from "./storage.ts";
import { Runners } from "./runners.ts";
import type { ToRunner } from "./protocol.ts";

type Effect =
  | { type: "reply"; call: number; result: unknown }
  | ({ type: "dispatch"; runner: number } & Omit<ToRunner & { type: "run" }, "type">)
  | ({ type: "answer"; runner: number } & Omit<ToRunner & { type: "answer" }, "type">)
  | { type: "more"; runner: number; limits: string | null }
  | { type: "cancel" | "terminate"; runner: number }
  | { type: "spawn" }
  | { type: "check"; runner: number; task: number; path: string; module: boolean; source: string }
  | ({ type: "fetch"; task: number } & FetchEffect)
  | { type: "notify"; event: KernelEvent };

const scope = self as unknown as {
  postMessage: (message: FromKernel) => void;
  onmessage: (event: MessageEvent<ToKernel>) => void;
};

let kernel: Kernel;
/** Calls that came before the workspace was open. */
let early: ToKernel[] | null = [];

const runners = new Runners(guestUrl, {
  ready: (runner, dropped) => perform(kernel.runner_ready(Date.now(), runner, dropped)),
  gone: (runner, reason) => perform(kernel.runner_gone(Date.now(), runner, reason)),
  reported: (runner, report, body) => perform(kernel.reported(Date.now(), runner, report, body)),
  finished: (runner, report, written) => perform(kernel.finished(Date.now(), runner, report, written)),
  checked: (task, checked) => perform(kernel.checked(Date.now(), task, checked)),
});

function tell(event: KernelEvent): void {
  scope.postMessage({ type: "event", event });
}

function perform(effects: Effect[]): void {
  for (const effect of effects) {
    switch (effect.type) {
      case "reply":
        scope.postMessage({ type: "result", id: effect.call, result: effect.result });
        break;
      case "notify":
        tell(effect.event);
        break;
      case "dispatch":
        runners.run(effect.runner, effect.job, effect.memoryBytesMax, effect.blobs);
        break;
      case "answer":
        runners.post(effect.runner, { type: "answer", id: effect.id, answer: effect.answer, body: effect.body });
        break;
      case "more":
        runners.post(effect.runner, { type: "more", limits: effect.limits });
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
      case "check": {
        const { task, path, module, source } = effect;
        runners.post(effect.runner, { type: "check", id: task, path, module, source });
        break;
      }
      case "fetch":
        void performFetch(effect).then(({ ok, result, body }) =>
          perform(kernel.fetched(Date.now(), effect.task, ok, result, body)),
        );
        break;
    }
  }
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
    case "call":
      perform(kernel.called(Date.now(), message.id, message.agent, message.name, toJson(message.input)));
      break;
    case "tools":
      scope.postMessage({ type: "result", id: message.id, result: { ok: true, value: kernel.tools() } });
      break;
  }
}

/** A kernel that broke holds nothing that is not stored; the page is told to load it anew. */
function broke(error: unknown): void {
  tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
}

scope.onmessage = ({ data }) => {
  if (early !== null) {
    early.push(data);
    return;
  }
  try {
    handle(data);
  } catch (error) {
    broke(error);
  }
};

async function start(): Promise<void> {
  const [, storage] = await Promise.all([
    init({ module_or_path: kernelUrl }),
    openStorage(() => tell({ kind: "storage", mode: "waiting" })),
  ]);
  const files = storage.mode === "durable" ? storage.files : [];
  kernel = new Kernel(files, Date.now(), version, () => perform(kernel.woken(Date.now())));
  tell(storage.mode === "durable" ? { kind: "storage", mode: "durable" } : { kind: "storage", ...storage });
  const waiting = early ?? [];
  early = null;
  waiting.forEach(handle);
  tell({ kind: "ready", tools: (kernel.tools() as { name: string }[]).map((tool) => tool.name) });
  await runners.start();
}

start().catch(broke);
