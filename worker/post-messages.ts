// What the courier's program wants of the post, and what the posts of one browser's tabs say to each other.

import type { DeviceAct, DevicesState } from "./client-messages.ts";

export type Result = { ok: true; value: null } | { ok: false; error: { code: string; message: string; hint?: string } };

export type Output =
  | { type: "keep"; bytes: Uint8Array }
  | { type: "dial"; socket: number; address: string }
  | { type: "write"; socket: number; bytes: Uint8Array<ArrayBuffer> }
  | { type: "hangUp"; socket: number; code: number }
  | { type: "parcel"; bytes: Uint8Array }
  | { type: "left"; told: boolean }
  | { type: "said"; device: string; text: string }
  | { type: "direct"; device: string; bytes: Uint8Array<ArrayBuffer> }
  | { type: "sendAll" | "changed" };

export type TabMessage =
  | { kind: "state"; state: DevicesState }
  | { kind: "ask" }
  | { kind: "said"; device: string; text: string }
  | { kind: "say"; text: string; to: string | undefined }
  /** To be heard by a time: what nobody waits for any more is not done. */
  | { kind: "act"; id: string; act: DeviceAct; byMs: number }
  | { kind: "heard"; id: string }
  | { kind: "done"; id: string; result: Result };

export const ALONE: DevicesState = {
  elsewhere: false,
  shared: false,
  relay: null,
  link: "off",
  passing: false,
  retryAtMs: null,
  pending: 0,
  workspace: null,
  members: [],
  invitation: null,
  joining: null,
  findings: [],
  problem: null,
};
