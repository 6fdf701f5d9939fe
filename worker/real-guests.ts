// What tests of real guests share: a job, and a host that answers nothing. The guests are those that `cargo xtask page` built.

/// <reference types="node" />

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { initSync } from "@wasm/runner/runner.js";
import type { Guest, GuestHost } from "./guest.ts";

export const MEMORY_BYTES = 128 * 1024 * 1024;
export const LIMITS = {
  fuelMax: 1e12, cpuMsMax: 60_000, wallMsMax: 60_000, memoryBytesMax: MEMORY_BYTES, stackCallsMax: 400, outputBytesMax: 4_194_304,
  filesMax: 1000, writtenBytesMax: 67_108_864, callsMax: 100_000, fetchesMax: 50, fetchBytesMax: 16_777_216,
};

export const built = (path: string) => readFileSync(fileURLToPath(new URL(`../target/wasm-web/${path}`, import.meta.url)));

const blobs = new Map<string, Uint8Array>();
export const host: GuestHost = {
  whole: async () => {},
  blob: (hash) => blobs.get(hash),
  report: () => {},
  stopAsked: () => false,
  breathe: async () => {},
  sleep: async () => {},
  ask: async () => null,
  perform: async () => null,
};

/** Runs a script in an instance: its outcome, and whether the instance can be put back. */
export async function run(guest: Guest, entry: string, source: string, more: object = {}) {
  const body = new TextEncoder().encode(source);
  blobs.set("source", body);
  const grant = { read: ["**"], write: [], net: [], tools: [] };
  const files = [{ path: entry, folder: false, size: body.length, hash: "source", readable: true }];
  const job = { run: "test", entry, shape: "script", module: false, args: null, env: {}, grant, ceiling: grant, limits: LIMITS, files, seed: 1, startMs: 1_700_000_000_000, ask: false, ...more };
  const frame = guest.runner.begin(JSON.stringify(job), "");
  const next = await guest.enter("selvage_start", frame);
  const report = next.outcome();
  if (report === undefined) throw new Error("the run waits");
  const { value, error, usage } = JSON.parse(report).outcome;
  const { fuel, memoryBytes, hostCalls } = usage;
  return { value, error, fuel, memoryBytes, hostCalls };
}

/** Makes what serves guests ready. */
export const ready = () => initSync({ module: new WebAssembly.Module(built("runner/runner_bg.wasm")) });
