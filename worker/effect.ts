// What the engine asks of the kernel Worker. The Rust enum `selvage_workbench::Effect` is the source.

import type { KernelEvent } from "./client-messages.ts";
import type { FetchEffect } from "./net.ts";
import type { GuestName, ToRunner } from "./protocol.ts";

export type Effect =
  | { type: "reply"; call: number; result: unknown }
  | ({ type: "dispatch"; runner: number } & Omit<ToRunner & { type: "run" }, "type">)
  | ({ type: "answer"; runner: number } & Omit<ToRunner & { type: "answer" }, "type">)
  | { type: "more"; runner: number; limits: string | null }
  | { type: "hold"; runner: number; held: boolean }
  | { type: "cancel" | "terminate"; runner: number }
  | { type: "spawn" }
  | { type: "sign"; task: number; bytes: Uint8Array }
  | { type: "send"; peer: number; frame: Uint8Array }
  | { type: "caughtUp" | "hangup"; peer: number }
  | { type: "parcel"; bytes: Uint8Array; cursor: Uint8Array | null }
  | { type: "landed"; cursor: Uint8Array }
  | { type: "check"; runner: number; guest: GuestName; task: number; path: string; module: boolean; format: boolean; source: string }
  | { type: "read"; task: number; path: string; text: string }
  | ({ type: "fetch"; task: number } & FetchEffect)
  | { type: "abort"; task: number }
  | { type: "notify"; event: KernelEvent };
