// The courier's program as the test of the post has it.

/** A courier that is told what to want. */
export class Devices {
  static made: Devices | undefined;
  static breaks = false;
  outputs: Record<string, unknown>[] = [];
  acts: unknown[] = [];
  sent: Uint8Array[] = [];
  /** What sockets brought. */
  heard: number[][] = [];
  mayWrite = true;
  hasRoom = true;
  isFree = false;
  /** Whether the relay keeps that this device leaves; undefined while nothing is known. */
  isHeard: boolean | undefined = true;
  /** Why it takes no parcel. */
  refusal: string | undefined;

  static found = () => (Devices.made = new Devices());
  static join = () => Devices.found();
  static restore = () => {
    if (Devices.breaks) throw new Error("a newer format");
    return Devices.found();
  };

  constructor() {
    this.outputs = [{ type: "keep", bytes: new Uint8Array([1]) }, { type: "changed" }];
  }

  said: unknown[] = [];
  say = (to: string | undefined, text: string) => this.said.push([to, text]);
  direct_opened = (device: string) => this.said.push([device, "opened"]);
  direct_closed = (device: string) => this.said.push([device, "closed"]);
  direct_received = (device: string, bytes: Uint8Array) => this.said.push([device, bytes]);
  free = () => (this.isFree = true);
  tick = () => undefined;
  wake_ms = () => undefined;
  cursor = () => new Uint8Array([7]);
  can_send = () => this.hasRoom;
  landed = () => undefined;
  opened = () => undefined;
  closed = () => undefined;
  received = (_socket: number, _nowMs: number, bytes: Uint8Array) => {
    this.heard.push([...bytes]);
    // Kept once for all that came since it was asked what it wants.
    if (this.outputs.length === 0) this.outputs.push({ type: "keep", bytes: new Uint8Array([3]) });
    this.outputs.push({ type: "parcel", bytes });
  };
  poll = () => {
    if (this.isFree) throw new Error("null pointer passed to rust");
    return this.outputs.shift();
  };
  act = (act: string) => {
    this.acts.push(JSON.parse(act));
    if (JSON.parse(act).do === "leave" && this.isHeard !== undefined) this.outputs.push({ type: "left", told: this.isHeard });
  };
  state = () => JSON.stringify({ shared: true, members: [{ self: true, role: this.mayWrite ? "editor" : "viewer" }], problem: null });
  send = (bytes: Uint8Array) => {
    if (this.refusal !== undefined) throw new Error(this.refusal);
    this.sent.push(bytes);
    this.outputs.push({ type: "keep", bytes: new Uint8Array([2]) });
  };
}

export default async function init(): Promise<void> {}
