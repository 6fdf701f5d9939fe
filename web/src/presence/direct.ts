// Direct links to other devices: WebRTC data channels, which only a page can have. The tab that has the post makes them.
//
// How a link opens is said in live messages, which members sign, so a relay can't be its end. What goes over it is
// signed and encrypted as over a relay: the link is trusted with nothing.

import type { DevicesState } from '../../../worker/client-messages';
import type { Kernel } from '../lib/kernel';

/** How long a link may take to open. */
export const OPEN_MS_MAX = 10_000;
/** How long addresses are gathered: without a server these are the device's own. */
const GATHER_MS_MAX = 2_000;
/** The length of what another device says about how a link opens. */
export const SIGNAL_CHARS_MAX = 20_000;
/** A live message with what is around it: 64 KiB, and some. */
const MESSAGE_BYTES_MAX = 65 * 1024;
/** What waits to go out beyond this is more than the courier hands out; the link does not work. */
const WAITING_BYTES_MAX = 2 * 1024 * 1024;

type Signal = { kind: 'ready' } | { kind: 'offer' | 'answer'; sdp: string };

/** What is said about a link, or nothing where it is none of that. */
export function signalOf(text: string): Signal | undefined {
  if (text.length > SIGNAL_CHARS_MAX) return undefined;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null) return undefined;
  const { kind, sdp } = said as Record<string, unknown>;
  if (kind === 'ready') return { kind };
  return (kind === 'offer' || kind === 'answer') && typeof sdp === 'string' ? { kind, sdp } : undefined;
}

interface Link {
  pc: RTCPeerConnection;
  channel?: RTCDataChannel;
  timer: ReturnType<typeof setTimeout>;
}

export class Direct {
  readonly #kernel: Kernel;
  readonly #links = new Map<string, Link>();
  /** Devices that were there when the state was looked at last. */
  #there = new Set<string>();
  #self: string | undefined;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.subscribe((event) => {
      if (event.kind === 'said') this.#heard(event.device, event.text);
      else if (event.kind === 'direct') this.#send(event.device, event.bytes);
    });
  }

  /** Whoever came is told that a link can be made; once, so one that does not open is tried again at the next coming. */
  look(state: DevicesState | undefined): void {
    const isMine = state !== undefined && !state.elsewhere;
    this.#self = isMine ? state.members.find((member) => member.self)?.id : undefined;
    const there = new Set(isMine ? state.members.filter((member) => !member.self && member.linked !== 'mail').map((member) => member.id) : []);
    for (const device of this.#links.keys()) if (!there.has(device)) this.#close(device);
    for (const device of there) if (!this.#there.has(device)) this.#signal(device, { kind: 'ready' });
    this.#there = there;
  }

  #heard(device: string, text: string): void {
    const signal = this.#self === undefined ? undefined : signalOf(text);
    if (signal === undefined || this.#self === undefined) return;
    // Of two devices, the one with the smaller id offers.
    const offers = this.#self < device;
    if (signal.kind === 'ready' && this.#links.has(device)) return;
    if (signal.kind === 'ready' && !offers) return this.#signal(device, signal);
    const does = signal.kind === 'ready' ? this.#offer(device) : signal.kind === 'offer' && !offers ? this.#answer(device, signal.sdp) : signal.kind === 'answer' && offers ? this.#links.get(device)?.pc.setRemoteDescription({ type: 'answer', sdp: signal.sdp }) : undefined;
    // What does not open leaves the relay in use.
    does?.catch(() => this.#close(device));
  }

  async #offer(device: string): Promise<void> {
    const link = this.#make(device);
    this.#has(device, link, link.pc.createDataChannel('selvage'));
    await link.pc.setLocalDescription();
    await this.#describe(device, link, 'offer');
  }

  async #answer(device: string, sdp: string): Promise<void> {
    const link = this.#make(device);
    link.pc.ondatachannel = ({ channel }) => this.#has(device, link, channel);
    await link.pc.setRemoteDescription({ type: 'offer', sdp });
    await link.pc.setLocalDescription();
    await this.#describe(device, link, 'answer');
  }

  /** A new link in the place of another one. */
  #make(device: string): Link {
    this.#close(device);
    const pc = new RTCPeerConnection();
    const timer = setTimeout(() => this.#close(device), OPEN_MS_MAX);
    const link: Link = { pc, timer };
    this.#links.set(device, link);
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === 'failed' && this.#links.get(device) === link) this.#close(device);
    };
    return link;
  }

  /** Says how this end is reached, with all its addresses. */
  async #describe(device: string, { pc }: Link, kind: 'offer' | 'answer'): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => void (pc.iceGatheringState === 'complete' && resolve());
      pc.addEventListener('icegatheringstatechange', look);
      setTimeout(resolve, GATHER_MS_MAX);
      look();
    });
    const sdp = pc.localDescription?.sdp;
    if (sdp !== undefined && this.#links.get(device)?.pc === pc) this.#signal(device, { kind, sdp });
  }

  #has(device: string, link: Link, channel: RTCDataChannel): void {
    link.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => {
      clearTimeout(link.timer);
      this.#kernel.tell({ type: 'direct', device, came: 'opened' });
    };
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!(data instanceof ArrayBuffer) || data.byteLength > MESSAGE_BYTES_MAX) return this.#close(device);
      this.#kernel.tell({ type: 'direct', device, came: new Uint8Array(data) });
    };
    channel.onclose = () => {
      if (this.#links.get(device) === link) this.#close(device);
    };
  }

  #send(device: string, bytes: Uint8Array<ArrayBuffer>): void {
    const channel = this.#links.get(device)?.channel;
    if (channel?.readyState !== 'open') return;
    if (channel.bufferedAmount > WAITING_BYTES_MAX) return this.#close(device);
    channel.send(bytes);
  }

  #close(device: string): void {
    const link = this.#links.get(device);
    if (link === undefined) return;
    this.#links.delete(device);
    clearTimeout(link.timer);
    link.pc.close();
    if (link.channel !== undefined) this.#kernel.tell({ type: 'direct', device, came: 'closed' });
  }

  #signal(device: string, signal: Signal): void {
    this.#kernel.tell({ type: 'say', to: device, text: JSON.stringify(signal) });
  }
}
