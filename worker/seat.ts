// This device's seat as the post has it: the courier and the bytes that it is taken up from, or why it can't be kept up.

import type { Devices } from "@wasm/courier/courier.js";
import type { DeviceAct, DevicesState } from "./client-messages.ts";
import { Kept } from "./kept.ts";
import { ALONE } from "./post-messages.ts";

const FILE = "device";

export type Problem = NonNullable<DevicesState["problem"]>;

export type Seat =
  | { is: "none" }
  /** It is being taken, or given up. */
  | { is: "changing" }
  | { is: "open"; devices: Devices; file: Kept }
  /** What is kept stays as it is until this Worker is gone, or the person leaves. */
  | { is: "stuck"; state: DevicesState & { problem: Problem } };

export type OpenSeat = Seat & { is: "open" };

/** Why the post may not go on with a seat. */
export class Stopped extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** Takes up what was kept; nothing where this browser has no seat. */
export async function takeUp(): Promise<OpenSeat | undefined> {
  if (!(await Kept.exists(FILE))) return undefined;
  const file = await Kept.open(FILE);
  const bytes = file.read();
  let devices: Devices | undefined;
  try {
    // Nothing is kept of a device that did not come in.
    if (bytes !== undefined && bytes.length > 0) devices = (await courier()).restore(bytes);
  } finally {
    if (devices === undefined) file.close();
  }
  return devices && { is: "open", devices, file };
}

/** Takes a seat as the person asks for it: the first one of a workspace, or one of others. */
export async function begin(act: DeviceAct & { do: "share" | "join" }): Promise<OpenSeat> {
  const Courier = await courier();
  const devices = act.do === "share" ? Courier.found(act.relay, act.name) : Courier.join(act.link, act.name, Date.now());
  try {
    return { is: "open", devices, file: await Kept.open(FILE) };
  } catch (error) {
    devices.free();
    throw error;
  }
}

/** Removes what was kept, which nobody has open. */
export const removeKept = (): Promise<void> => Kept.remove(FILE);

/** Keeps a seat. Nothing that rests on it may go out when that fails. */
export function keep(seat: OpenSeat, bytes: Uint8Array): void {
  try {
    seat.file.write(bytes);
  } catch (error) {
    throw new Stopped({
      code: "NOT_KEPT",
      message: `Sharing stopped: what this device knows of the others could not be kept. ${wordsOf(error)}`,
      hint: "Free some space on this device, then reload the page. Sharing goes on from what was kept before.",
    });
  }
}

/** Hands a parcel to the courier. */
export function send(seat: OpenSeat, bytes: Uint8Array, cursor: Uint8Array | undefined): void {
  try {
    seat.devices.send(bytes, cursor);
  } catch (error) {
    throw new Stopped({ code: "NOT_SENT", message: `Sharing stopped: a change could not be left for the other devices. ${wordsOf(error)}`, hint: "Reload the page." });
  }
}

/** A seat that can't be taken up. */
export const unreadable = (error: unknown): Problem => ({
  code: "UNREADABLE",
  message: `What this browser keeps of the other devices could not be taken up: ${wordsOf(error)}`,
  hint: "Reload the page. If that does not help, leave, and join again with a new link.",
});

/** A seat that the person left, and that would be taken up again. */
export const notRemoved = (error: unknown): Problem => ({
  code: "NOT_REMOVED",
  message: `What this browser keeps of the other devices could not be removed: ${wordsOf(error)}`,
  hint: "Close the other tabs of this page, and leave again. Until that is done, this device shares on when the page is loaded anew.",
});

/** A seat that is not kept up any more, as it was: whoever takes part is still told, and nobody is reached. */
export function stuck(problem: Problem, before: DevicesState): Seat {
  const members = before.members.map((member) => ({ ...member, online: member.self, linked: "mail" as const }));
  return { is: "stuck", state: { ...before, link: "off", retryAtMs: null, invitation: null, joining: null, members, problem } };
}

/** How a seat stands. */
export function stateOf(seat: Seat): DevicesState {
  if (seat.is === "open") return JSON.parse(seat.devices.state()) as DevicesState;
  return seat.is === "stuck" ? seat.state : ALONE;
}

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let loaded: Promise<typeof Devices> | undefined;

/** The courier's program: loaded when it is wanted for the first time. */
function courier(): Promise<typeof Devices> {
  loaded ??= (async () => {
    const [program, { default: url }] = await Promise.all([import("@wasm/courier/courier.js"), import("@wasm/courier/courier_bg.wasm?url")]);
    await program.default({ module_or_path: url });
    return program.Devices;
  })();
  loaded.catch(() => (loaded = undefined));
  return loaded;
}
