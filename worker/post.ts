// This browser's post: sockets, the timer and the kept bytes of the courier, which carries parcels to other devices.
//
// One tab at a time has it, by a lock; the others see its state, and what their persons ask for goes to it. The program
// of the courier is loaded when the workspace is shared for the first time.

import type { Devices } from "@wasm/courier/courier.js";
import type { DeviceAct, DevicesState } from "./client-messages.ts";
import { Kept } from "./kept.ts";
import { ALONE, type Output, type Result, type TabMessage } from "./post-messages.ts";
import { begin, keep, notRemoved, removeKept, send, stateOf, Stopped, stuck, takeUp, unreadable, wordsOf, type OpenSeat, type Problem, type Seat } from "./seat.ts";

const LOCK = "selvage:post";
const CHANNEL = "selvage:post";
/** How long another tab may take to say that it heard what is asked, before it is taken to be frozen. */
const HEARD_MS_MAX = 2_000;
/** How long it may then take to do it. */
const ANSWER_MS_MAX = 15_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What another tab was asked for. */
interface Asked {
  act: DeviceAct;
  answer: (result: Result) => void;
  /** It heard that. */
  isHeard: boolean;
}

/** What the kernel hears. */
export interface PostEvents {
  /** Parcels are carried from now on. */
  opened: (cursor: Uint8Array, writes: boolean) => void;
  closed: () => void;
  /** The parcel is kept, with its cursor. */
  kept: () => void;
  came: (parcel: Uint8Array) => void;
  state: (state: DevicesState) => void;
  /** A page of another device said something. */
  said: (device: string, text: string) => void;
  /** A message for the direct link to a device, which this tab's page has. */
  direct: (device: string, bytes: Uint8Array<ArrayBuffer>) => void;
}

export class Post {
  readonly #events: PostEvents;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #sockets = new Map<number, WebSocket>();
  readonly #asked = new Map<string, Asked>();
  #state = ALONE;
  #seat: Seat = { is: "none" };
  /** This tab has the lock, and took up what was kept. */
  #hasPost = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDraining = false;
  /** What came is worked off together, and what is kept is written once for all of it. */
  #soon: ReturnType<typeof setTimeout> | undefined;
  /** Who waits for this device to be out; it may be stopped before. */
  #left: ((told: boolean | undefined) => void) | undefined;
  #waiting: { bytes: Uint8Array; cursor: Uint8Array | undefined } | undefined;
  /** How the mail was opened last; undefined while it is not. */
  #writes: boolean | undefined;

  constructor(events: PostEvents) {
    this.#events = events;
  }

  /** Goes on where this browser was, if it shares the workspace. */
  async start(): Promise<void> {
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => void this.#heard(data);
    this.#channel.postMessage({ kind: "ask" } satisfies TabMessage);
    this.#tell(ALONE);
    // Nothing was kept then, and nothing could be: the page says that it has no storage.
    if (!(await Kept.canBe())) return;
    void navigator.locks.request(LOCK, async () => {
      try {
        const seat = await takeUp();
        if (seat !== undefined) this.#has(seat);
      } catch (error) {
        this.#stop(unreadable(error));
      }
      this.#hasPost = true;
      this.#show();
      void this.#inherit();
      return new Promise<never>(() => {});
    });
  }

  /** Does what the person asks for, here or in the tab that has the post. */
  async act(act: DeviceAct): Promise<Result> {
    if (!this.#hasPost) return this.#askOther(act);
    try {
      const refusal = await this.#do(act);
      if (refusal !== undefined) return refusal;
      return this.#seat.is === "stuck" ? { ok: false, error: this.#seat.state.problem } : { ok: true, value: null };
    } catch (error) {
      return refused("DEVICES", wordsOf(error));
    }
  }

  async #do(act: DeviceAct): Promise<Result | undefined> {
    const seat = this.#seat;
    switch (seat.is) {
      case "none":
        if (act.do !== "share" && act.do !== "join") return refused("NOT_NOW", "This workspace is not shared.", "Share it, or join with a link.");
        this.#seat = { is: "changing" };
        try {
          this.#has(await begin(act));
        } finally {
          if (this.#seat.is === "changing") this.#seat = { is: "none" };
        }
        return undefined;
      case "changing":
        return refused("NOT_NOW", "This workspace is just being shared or left.", "Try again.");
      case "stuck":
        if (act.do !== "leave") return refused("NOT_NOW", "This browser does not share the workspace at the moment.", seat.state.problem.hint);
        return this.#forget();
      case "open": {
        if (act.do === "share" || act.do === "join") return refused("NOT_NOW", "This workspace is shared already.", "Leave it first.");
        seat.devices.act(JSON.stringify(act), Date.now());
        const left = act.do === "leave" ? new Promise<boolean | undefined>((resolve) => (this.#left = resolve)) : undefined;
        this.#drain();
        const told = await left;
        if (this.#seat === seat && (act.do === "leave" || act.do === "cancelJoin")) await this.#forget();
        return told === false ? refused("NOT_TOLD", "This device left, but the relay did not take that, so the others do not know.", "An owner can take it out of the list.") : undefined;
      }
    }
  }

  /** A parcel for all other devices. */
  send(bytes: Uint8Array, cursor: Uint8Array | undefined): void {
    if (this.#seat.is === "open") this.#waiting = { bytes, cursor };
    this.#drain();
  }

  /** Everything that came so far is durable in the workspace. */
  landed(cursor: Uint8Array): void {
    this.#devices?.landed(cursor);
    this.#drain();
  }

  /** Says something to the pages of a device, or of all that are there; here or in the tab that has the post. */
  say(text: string, to: string | undefined): void {
    if (!this.#hasPost) return this.#channel.postMessage({ kind: "say", text, to } satisfies TabMessage);
    this.#devices?.say(to, text, Date.now());
    this.#drain();
  }

  /** What became of the direct link to a device, or what came over it. */
  direct(device: string, came: "opened" | "closed" | Uint8Array): void {
    if (came === "opened") this.#devices?.direct_opened(device, Date.now());
    else if (came === "closed") this.#devices?.direct_closed(device, Date.now());
    else this.#devices?.direct_received(device, came, Date.now());
    this.#drainSoon();
  }

  get #devices(): Devices | undefined {
    return this.#seat.is === "open" ? this.#seat.devices : undefined;
  }

  #has(seat: OpenSeat): void {
    this.#seat = seat;
    seat.devices.tick(Date.now());
    this.#drain();
  }

  /** Gives up the seat, open or stuck, and what is kept of it. */
  async #forget(): Promise<undefined> {
    this.#release();
    this.#seat = { is: "changing" };
    try {
      await removeKept();
      this.#seat = { is: "none" };
      this.#show();
    } catch (error) {
      this.#stop(notRemoved(error));
    }
  }

  /** Ends what this device does here. What was kept before stays, for the next start. */
  #stop(problem: Problem): void {
    const before = stateOf(this.#seat);
    this.#release();
    this.#seat = stuck(problem, before);
    this.#left?.(undefined);
    this.#show();
  }

  /** Lets go of the courier, and of all that it has. */
  #release(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    for (const socket of sockets) socket.close();
    if (this.#seat.is === "open") {
      this.#seat.devices.free();
      this.#seat.file.close();
    }
    this.#seat = { is: "none" };
    this.#waiting = undefined;
    this.#openMail(ALONE);
  }

  /** Opens the mail when there is a seat, and anew when this device may write now, or no more. */
  #openMail(state: DevicesState, from?: Uint8Array): void {
    const role = state.members.find((member) => member.self)?.role;
    const writes = role === undefined ? undefined : role !== "viewer";
    if (writes === this.#writes && from === undefined) return;
    this.#writes = writes;
    this.#waiting = undefined;
    if (writes === undefined || this.#devices === undefined) this.#events.closed();
    else this.#events.opened(from ?? this.#devices.cursor(), writes);
  }

  /** Does what the courier wants, in order, until it wants nothing. What that brings about is done in the same loop. */
  #drain(): void {
    const seat = this.#seat;
    if (seat.is !== "open" || this.#isDraining) return;
    this.#isDraining = true;
    try {
      do this.#performAll(seat);
      while (this.#hand(seat));
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return this.#stop(error.problem);
    } finally {
      this.#isDraining = false;
    }
    clearTimeout(this.#timer);
    const wakeMs = seat.devices.wake_ms();
    if (wakeMs === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#devices?.tick(Date.now());
        this.#drain();
      },
      Math.min(Math.max(wakeMs - Date.now(), 0), TIMER_MS_MAX),
    );
  }

  #performAll(seat: OpenSeat): void {
    for (let output = seat.devices.poll(Date.now()) as Output | undefined; output !== undefined; output = seat.devices.poll(Date.now()) as Output | undefined) {
      this.#perform(seat, output);
    }
  }

  /** Hands over the parcel that waits, if there is one and room for it. */
  #hand(seat: OpenSeat): boolean {
    if (this.#waiting === undefined || !seat.devices.can_send()) return false;
    const { bytes, cursor } = this.#waiting;
    this.#waiting = undefined;
    send(seat, bytes, cursor);
    this.#performAll(seat);
    this.#events.kept();
    return true;
  }

  #perform(seat: OpenSeat, output: Output): void {
    switch (output.type) {
      case "keep":
        return keep(seat, output.bytes);
      case "dial":
        return this.#dial(output.socket, output.address);
      case "write":
        this.#sockets.get(output.socket)?.send(output.bytes);
        return;
      case "hangUp":
        this.#sockets.get(output.socket)?.close(output.code);
        return;
      case "parcel":
        this.#events.came(output.bytes);
        return;
      case "said":
        this.#channel.postMessage({ kind: "said", device: output.device, text: output.text } satisfies TabMessage);
        return this.#events.said(output.device, output.text);
      case "direct":
        return this.#events.direct(output.device, output.bytes);
      case "left":
        return this.#left?.(output.told);
      case "sendAll":
        return this.#openMail(stateOf(seat), new Uint8Array());
      case "changed": {
        const state = stateOf(seat);
        this.#openMail(state);
        return this.#show(state);
      }
    }
  }

  #dial(number: number, address: string): void {
    const ended = (code: number | undefined) => {
      if (!this.#sockets.delete(number)) return;
      this.#devices?.closed(number, Date.now(), code);
      this.#drain();
    };
    let socket: WebSocket;
    try {
      socket = new WebSocket(address);
    } catch {
      // An address that no browser dials; told in the next turn, since the courier is in the middle of one.
      setTimeout(() => {
        this.#devices?.closed(number, Date.now(), undefined);
        this.#drain();
      }, 0);
      return;
    }
    this.#sockets.set(number, socket);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#devices?.opened(number, Date.now());
      this.#drain();
    };
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (typeof data === "string") return socket.close();
      this.#devices?.received(number, Date.now(), new Uint8Array(data));
      this.#drainSoon();
    };
    socket.onclose = ({ code }) => ended(code);
  }

  #drainSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#drain();
    }, 0);
  }

  #show(state = stateOf(this.#seat)): void {
    this.#tell(state);
    this.#announce();
  }

  #announce(): void {
    this.#channel.postMessage({ kind: "state", state: this.#state } satisfies TabMessage);
  }

  #tell(state: DevicesState): void {
    this.#state = state;
    this.#events.state(state);
  }

  async #heard(message: TabMessage): Promise<void> {
    switch (message.kind) {
      case "state":
        if (!this.#hasPost) this.#tell({ ...message.state, elsewhere: true });
        return;
      case "ask":
        if (this.#hasPost) this.#announce();
        return;
      case "said":
        return this.#events.said(message.device, message.text);
      case "say":
        if (this.#hasPost) this.say(message.text, message.to);
        return;
      case "act":
        if (!this.#hasPost || Date.now() > message.byMs) return;
        this.#channel.postMessage({ kind: "heard", id: message.id } satisfies TabMessage);
        this.#channel.postMessage({ kind: "done", id: message.id, result: await this.act(message.act) } satisfies TabMessage);
        return;
      case "heard": {
        const asked = this.#asked.get(message.id);
        if (asked !== undefined) asked.isHeard = true;
        return;
      }
      case "done":
        this.#asked.get(message.id)?.answer(message.result);
        return;
    }
  }

  /** The tab that had the post is gone: what it did not hear is done here. */
  async #inherit(): Promise<void> {
    for (const asked of [...this.#asked.values()]) {
      const wasHeard = asked.isHeard;
      asked.isHeard = true;
      asked.answer(wasHeard ? refused("NOT_NOW", "The tab that was doing it is gone.", "Look whether it was done, and try again.") : await this.act(asked.act));
    }
  }

  #askOther(act: DeviceAct): Promise<Result> {
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      const silent = refused("NOT_NOW", "The tab that speaks with the relay does not answer.", "Go to that tab, or close it.");
      const asked: Asked = { act, isHeard: false, answer: (result) => void (this.#asked.delete(id), resolve(result)) };
      this.#asked.set(id, asked);
      this.#channel.postMessage({ kind: "act", id, act, byMs: Date.now() + HEARD_MS_MAX } satisfies TabMessage);
      setTimeout(() => asked.isHeard || asked.answer(silent), HEARD_MS_MAX);
      setTimeout(() => asked.answer(silent), ANSWER_MS_MAX);
    });
  }
}

function refused(code: string, message: string, hint?: string): Result {
  return { ok: false, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}
