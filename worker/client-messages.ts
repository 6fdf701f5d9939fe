// The messages between a page and the kernel Worker.

import type { CallBegan, CallEnded } from "./calls.ts";

/** What a page sends. `agent` names who calls, when it is not the person at the page. */
export type ToKernel =
  /** It listens from here on, and has said where runs run: nothing is opened before. */
  | { type: "listens" }
  | { type: "call"; id: number; name: string; input: unknown; agent?: string }
  | { type: "devices"; id: number; act: DeviceAct }
  | { type: "secrets"; id: number; act: SecretAct }
  /** Stores a file piece by piece; `write` gives what came of it to a path, by its hash. */
  | { type: "store"; id: number; file: Blob }
  /** Brings files and folders as one change: a path's content is bytes, the hash of what was stored, or null for a folder. */
  | { type: "bring"; id: number; message: string; pairs: [path: string, content: Uint8Array | string | null][] }
  /** Ends a `store` that is under way. Nothing of the file is kept. */
  | { type: "giveUp"; id: number }
  /** Asks for a stretch of a content, which comes back in the buffer. */
  | { type: "part"; id: number; hash: string; from: number; into: ArrayBuffer }
  /** Where runs run from now on, when that is not in this browser. It has no answer. */
  | { type: "runAt"; place: JobPlace | null }
  /** Asks whether jobs would be run there. */
  | { type: "tryServer"; id: number; place: JobPlace }
  | ToDevices;

/**
 * Where runs run that don't run in this browser: at a server, or at the program that the desktop app around this page has on
 * this machine. Where that is, and the key for it, is asked for over the port whenever it is wanted (`web/src/agents/host.ts`).
 */
export type JobPlace = JobServer | MessagePort;

/** A server that runs jobs, and the key for it. */
export interface JobServer {
  /** `https://host` and perhaps a path, without a `/` at its end. */
  address: string;
  key: string;
}

/** What a page says to devices that are there. It has no answer, and may be lost. */
export type ToDevices =
  /** A text to the pages of one device, or of all. */
  | { type: "say"; to?: string; text: string }
  /** What became of the direct link that the page has to a device, or a message that came over it. */
  | { type: "direct"; device: string; came: "opened" | "closed" | Uint8Array };

/** Something to show, from the engine or from the kernel itself. */
export type KernelEvent =
  | { kind: "ready"; tools: string[] }
  | { kind: "storage"; mode: "durable" | "memory"; reason?: string }
  /** How many other tabs there are, which all exchange with this one. */
  | { kind: "tabs"; others: number }
  /** Files of the workspace could not be read; `restored` says whether another copy took their place. They are kept. */
  | { kind: "damaged"; message: string; restored: boolean }
  /** How the workspace is shared with other devices; told whenever that changes. */
  | { kind: "devices"; state: DevicesState }
  /** A page of another device said something. */
  | { kind: "said"; device: string; text: string }
  /** A message goes out over the direct link to a device, which the page has. */
  | { kind: "direct"; device: string; bytes: Uint8Array<ArrayBuffer> }
  /** A run waits for these secrets of the device, which are locked. */
  | { kind: "secretsWanted"; names: string[] }
  /** Somebody other than the person called a tool, and got an answer. */
  | CallBegan
  | CallEnded
  | { kind: "failed"; message: string }
  | { kind: "changed" | "run" | "log" | "asked" | "approval" | "approvals" | "peerLost"; [key: string]: unknown };

/** What the kernel sends. */
export type FromKernel =
  | { type: "alive" }
  | { type: "result"; id: number; result: unknown }
  /** How much of a `store` is done, from 0 to 1. */
  | { type: "progress"; id: number; done: number }
  | { type: "event"; event: KernelEvent };

/** What a device may do: an owner changes who takes part, an editor writes, a viewer reads. */
export type Role = "owner" | "editor" | "viewer";

/** A device that takes part in the shared workspace. */
export interface DeviceMember {
  id: string;
  name: string;
  role: Role;
  /** It is this device. */
  self: boolean;
  online: boolean;
  /** How it is linked with this one: without a relay, by one that hands on what both say, or by letters that are kept. */
  linked: "direct" | "relay" | "mail";
}

/** What a person asks of the devices. */
export type DeviceAct =
  | { do: "share"; relay: string; name: string }
  | { do: "join"; link: string; name: string }
  | { do: "leave" }
  | { do: "cancelJoin" }
  /** `base` is the address of the page that the link opens; `history`: whether the new device may read what was before. */
  | { do: "invite"; role: Role; history: boolean; base: string }
  | { do: "cancelInvitation" }
  | { do: "accept" }
  | { do: "refuse" }
  | { do: "setRole"; device: string; role: Role }
  | { do: "revoke"; device: string }
  | { do: "rename"; name: string }
  /** Keeps what a removed device wrote and this one had already taken in. */
  | { do: "keep"; device: string }
  /** The person has seen a finding. */
  | { do: "dismiss"; code: string; device: string | null }
  | { do: "retry" };

/** How the workspace is shared, as a page shows it. */
export interface DevicesState {
  /** Another tab of this browser speaks with the relay. */
  elsewhere: boolean;
  shared: boolean;
  relay: string | null;
  link: "off" | "connecting" | "open" | "waiting";
  /** The relay keeps nothing for devices that are not there. */
  passing: boolean;
  retryAtMs: number | null;
  /** Letters that the relay has not acknowledged yet. */
  pending: number;
  workspace: string | null;
  members: DeviceMember[];
  invitation: null | {
    link: string;
    role: Role;
    untilMs: number;
    step: "waiting" | "compare";
    /** The nine digits that both devices show. */
    code: string | null;
    /** What the device that asks to come in calls itself. */
    name: string | null;
  };
  joining: null | { step: "connecting" | "waiting" | "compare"; code: string | null; relay: string };
  findings: { code: string; message: string; hint: string; device: string | null }[];
  problem: null | { code: string; message: string; hint: string };
}

/** What a person does with the secrets of this device. */
export type SecretAct =
  | { do: "look" | "lock" }
  /** Makes an empty list under a passphrase. */
  | { do: "begin" | "unlock" | "rekey"; passphrase: string }
  | { do: "set"; name: string; value: string; domains: string[]; places: SecretPlace[] }
  | { do: "remove"; name: string }
  /** Forgets all of them, unlocked or not. */
  | { do: "forget" };

/** A part of a request that a secret may stand in. */
export type SecretPlace = "header" | "address" | "body";

/** The secrets of this device, as a page shows them. */
export interface SecretsState {
  /** Whether there is a list, empty or not. */
  kept: boolean;
  /** What it holds; null while it is locked. */
  secrets: { name: string; domains: string[]; places: SecretPlace[] }[] | null;
}
