// The other tabs of this browser that have the workspace open: who is there, and frames to and from each.
//
// A tab that comes says so to all, and each answers; of two, the one with the smaller name speaks first. A tab holds a
// lock with its name for as long as its Worker lives, so the others learn of its end by getting that lock: nobody has to
// ask whether anybody is still there, and a tab that sleeps is not taken for a dead one.

const CHANNEL = "selvage:tabs";
const LOCK = "selvage:tab:";

type TabMessage = { from: string } & (
  | { kind: "here"; to?: string }
  | { kind: "frame"; to: string; frame: Uint8Array }
  /** Something beside the session, to one or to all. */
  | { kind: "said"; to?: string; what: unknown }
  /** The session is over: what still comes of it is not meant any more. */
  | { kind: "bye"; to: string }
);

/** What the kernel hears of the other tabs. */
export interface TabEvents {
  joined: (peer: number, initiator: boolean) => void;
  sent: (peer: number, frame: Uint8Array) => void;
  said: (peer: number, what: unknown) => void;
  /** There is no session with it any more; `isDead` says that the tab itself is gone. */
  gone: (peer: number, isDead: boolean) => void;
}

export class Tabs {
  readonly #events: TabEvents;
  readonly #name = crypto.randomUUID();
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #peers = new Map<string, number>();
  readonly #names = new Map<number, string>();
  /** Tabs with which there is no session any more, though they live. */
  readonly #left = new Set<string>();
  #next = 1;

  constructor(events: TabEvents) {
    this.#events = events;
  }

  get count(): number {
    return this.#peers.size;
  }

  /** Makes this tab known. Gives how many others there are, known or not; where the browser gives no locks, it stays alone. */
  async join(): Promise<number> {
    const hasName = await this.#takeName().catch(() => false);
    if (!hasName) return 0;
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#heard(data);
    this.#post({ kind: "here", from: this.#name });
    return (await Tabs.joined()) - 1;
  }

  /** Takes the lock of this tab's name for as long as its Worker lives. */
  #takeName(): Promise<true> {
    return new Promise((resolve, reject) => {
      const request = navigator.locks.request(LOCK + this.#name, () => {
        resolve(true);
        return new Promise<never>(() => {});
      });
      request.catch(reject);
    });
  }

  /** How many tabs have joined, this one among them if it has. */
  static async joined(): Promise<number> {
    const { held = [] } = await navigator.locks.query();
    return held.filter((lock) => lock.name?.startsWith(LOCK)).length;
  }

  send(peer: number, frame: Uint8Array): void {
    const to = this.#names.get(peer);
    if (to !== undefined) this.#post({ kind: "frame", from: this.#name, to, frame });
  }

  /** Says something beside the session, to one tab or to all. */
  say(what: unknown, peer?: number): void {
    const to = peer === undefined ? undefined : this.#names.get(peer);
    if (peer === undefined || to !== undefined) this.#post({ kind: "said", from: this.#name, what, ...(to === undefined ? {} : { to }) });
  }

  /** Ends the session with a tab for as long as both live. */
  leave(peer: number): void {
    const to = this.#names.get(peer);
    if (to === undefined) return;
    this.#left.add(to);
    this.#forget(to);
    this.#post({ kind: "bye", from: this.#name, to });
  }

  #post(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  #heard(message: TabMessage): void {
    const { from } = message;
    if ("to" in message && message.to !== undefined && message.to !== this.#name) return;
    switch (message.kind) {
      case "here":
        if (message.to === undefined) this.#post({ kind: "here", from: this.#name, to: from });
        return this.#meet(from);
      case "frame": {
        const peer = this.#peers.get(from);
        if (peer !== undefined) this.#events.sent(peer, message.frame);
        return;
      }
      case "said": {
        const peer = this.#peers.get(from);
        if (peer !== undefined) this.#events.said(peer, message.what);
        return;
      }
      case "bye":
        this.#left.add(from);
        return this.#lost(from, false);
    }
  }

  #meet(name: string): void {
    if (this.#peers.has(name) || this.#left.has(name)) return;
    const peer = this.#next++;
    this.#peers.set(name, peer);
    this.#names.set(peer, name);
    void navigator.locks.request(LOCK + name, () => this.#lost(name, true));
    this.#events.joined(peer, this.#name < name);
  }

  #lost(name: string, isDead: boolean): void {
    const peer = this.#peers.get(name);
    if (peer === undefined) return;
    this.#forget(name);
    this.#events.gone(peer, isDead);
  }

  #forget(name: string): void {
    const peer = this.#peers.get(name);
    this.#peers.delete(name);
    if (peer !== undefined) this.#names.delete(peer);
  }
}
