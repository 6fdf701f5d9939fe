// The devices that share the workspace: their state as the kernel tells it, what a person may ask of them, and the
// invitation that the page was opened with.

import type { DeviceAct, DeviceMember, DevicesState, Role } from '../../../worker/client-messages';
import type { Toasts } from '../ui/toasts.svelte';
import { plural } from './format';
import type { Kernel } from './kernel';
import type { HistoryChange, ToolError } from './tools';

export type { DeviceAct, DeviceMember, DevicesState, Role } from '../../../worker/client-messages';

/** What the fragment of an invitation's link begins with; the rest of it is the kernel's to read. */
export const INVITATION = '#pair=';

/** How the engine signs what a person does who has no name. */
const NAMELESS = 'you';
/** What such a person is called once the workspace is shared: there is no telling who of its members it was. */
export const BEFORE_SHARED = 'before it was shared';
const CLOCK_MS = 1_000;

export class Devices {
  state = $state.raw<DevicesState | undefined>(undefined);
  /** What was asked for is not answered yet. */
  busy = $state(false);
  /** Why the newest thing that was asked for was not done. */
  failure = $state.raw<ToolError | undefined>(undefined);
  /** The link that the page was opened with, until the person says whether to join. */
  invitedBy = $state<string | undefined>(undefined);

  /** The time, kept going while something on the screen counts by it. */
  nowMs = $state(Date.now());
  #clock: ReturnType<typeof setInterval> | undefined;

  /** `asked` is called when a device shows up that wants to come in. */
  constructor(
    readonly kernel: Kernel,
    readonly toasts: Toasts,
    readonly asked: (name: string) => void,
  ) {
    kernel.subscribe((event) => {
      if (event.kind === 'devices') this.#heard(event.state);
    });
  }

  /** Asks for something; tells whether it was done. One thing at a time. */
  async act(act: DeviceAct): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      const result = await this.kernel.devices(act);
      this.failure = result.ok ? undefined : result.error;
      return result.ok;
    } finally {
      this.busy = false;
    }
  }

  /** The person may change who takes part. */
  get isOwner(): boolean {
    return this.state?.members.some((member) => member.self && member.role === 'owner') ?? false;
  }

  /** Who made a change, in the words of this device. */
  makerName({ kind, name }: HistoryChange['origin']): string {
    if (kind !== 'person' || !this.state?.shared) return name;
    if (name === NAMELESS) return BEFORE_SHARED;
    return this.state.members.some((member) => member.self && member.name === name) ? 'you' : name;
  }

  /** The other devices that are there. */
  get there(): string[] {
    return this.state?.members.filter((member) => !member.self && member.linked !== 'mail').map((member) => member.id) ?? [];
  }

  #heard(state: DevicesState): void {
    const before = this.state;
    this.state = state;
    this.nowMs = Date.now();
    const counts = state.retryAtMs !== null || state.invitation !== null;
    if (!counts) this.#clock = void clearInterval(this.#clock);
    else this.#clock ??= setInterval(() => (this.nowMs = Date.now()), CLOCK_MS);
    if (state.invitation?.step === 'compare' && before?.invitation?.step !== 'compare') this.asked(state.invitation.name ?? 'A device');
    if (before?.joining && !state.joining && state.shared) this.toasts.success('This device takes part in the workspace now.');
    if (state.problem && before?.problem?.code !== state.problem.code)
      this.toasts.show({ tone: 'error', text: state.problem.message, hint: state.problem.hint, details: state.problem.code });
  }
}

export interface DeviceWords {
  text: string;
  tone: '' | 'warn' | 'bad';
}

/** How it stands with the other devices, in a few words for the status bar. */
export function deviceWords(state: DevicesState | undefined, nowMs: number): DeviceWords {
  if (state?.joining) return { text: state.joining.step === 'compare' ? 'Compare the digits' : 'Joining…', tone: '' };
  if (state?.problem) return { text: state.shared ? 'Shared · stopped' : 'Sharing stopped', tone: 'bad' };
  if (!state?.shared) return { text: 'Share', tone: '' };
  if (state.invitation?.step === 'compare') return { text: 'A device asks to join', tone: 'warn' };
  const waits = state.pending > 0 ? `${state.pending.toLocaleString('en')} waiting` : undefined;
  const parts = ['Shared', plural(state.members.length, 'device'), ...(state.link === 'open' ? [waits ?? 'up to date'] : [linkWords(state, nowMs), ...(waits ? [waits] : [])])];
  return { text: parts.join(' · '), tone: state.findings.length || state.link === 'waiting' || state.link === 'off' ? 'warn' : '' };
}

/** What becomes of what is written while the relay keeps nothing. */
export const handedWords = (state: DevicesState): string =>
  `This relay keeps nothing: what is written here goes to others while they are online. ${
    state.pending === 0 ? 'Nothing waits for them.' : `${plural(state.pending, 'letter')} ${state.pending === 1 ? 'waits' : 'wait'} to be sent.`
  }`;

/** How it stands with the relay. */
export function linkWords(state: DevicesState, nowMs: number): string {
  switch (state.link) {
    case 'open':
      return 'connected';
    case 'connecting':
      return 'connecting…';
    case 'off':
      return 'offline';
    case 'waiting':
      return state.retryAtMs === null ? 'offline' : `offline, retry in ${span(state.retryAtMs - nowMs)}`;
  }
}

/** A time to come in its largest unit: `5 s`, `3 min`, `2 h`, `6 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.ceil(seconds / 3600)} h`;
  return plural(Math.floor(seconds / 86_400), 'day');
}

export const ROLES: Record<Role, { title: string; says: string }> = {
  owner: { title: 'Owner', says: 'reads, writes, and decides who takes part' },
  editor: { title: 'Editor', says: 'reads and writes' },
  viewer: { title: 'Viewer', says: 'reads' },
};

/** How a device that is online is linked with this one. */
export const LINKS: Record<DeviceMember['linked'], string> = { direct: 'linked directly', relay: 'over the relay', mail: 'by mail' };

/** What the device is called until its person says otherwise. */
export function deviceName(agent: string): string {
  const browser = [['Firefox', /Firefox|FxiOS/], ['Edge', /Edg/], ['Chrome', /Chrome|CriOS/], ['Safari', /Safari/]].find(([, sign]) => (sign as RegExp).test(agent))?.[0];
  const system = [['iPhone', /iPhone/], ['iPad', /iPad/], ['Android', /Android/], ['Windows', /Windows/], ['Mac', /Mac OS/], ['ChromeOS', /CrOS/], ['Linux', /Linux/]].find(([, sign]) => (sign as RegExp).test(agent))?.[0];
  return [browser, system].filter(Boolean).join(' on ') || 'This device';
}

/** Bytes of a device's name in UTF-8, as the membership takes them. */
export const NAME_BYTES_MAX = 64;

/** Why this can't be a device's name; empty when it can. */
export function nameProblem(name: string): string {
  if (name.trim() === '') return 'Give the device a name.';
  return new TextEncoder().encode(name.trim()).length > NAME_BYTES_MAX ? 'This name is too long.' : '';
}

/** The relay of the host that serves this page, if it has one: a host with a relay says that it is well. */
export async function relayHere(origin: string, ask: typeof fetch = fetch): Promise<string | undefined> {
  try {
    const answer = await ask(`${origin}/healthz`, { cache: 'no-store' });
    // Hosts of plain files may answer anything with their first page.
    if (!answer.ok || (await answer.text()).trim() !== 'well') return undefined;
    return origin.replace(/^http/, 'ws');
  } catch {
    return undefined;
  }
}

export const isInvitation = (link: string): boolean => link.includes(INVITATION);

/** Looks for an invitation in the address, now and whenever its fragment changes, and asks the person. */
export function watchInvitations(devices: Devices, ask: () => void, target: Window = window): void {
  const look = (): void => {
    if (!target.location.hash.startsWith(INVITATION)) return;
    devices.invitedBy = target.location.href;
    ask();
  };
  target.addEventListener('hashchange', look);
  look();
}

/** The person has answered: the link, which is a secret, leaves the address. */
export function forgetInvitation(devices: Devices, target: Window = window): void {
  devices.invitedBy = undefined;
  if (!target.location.hash.startsWith(INVITATION)) return;
  target.history.replaceState(target.history.state, '', target.location.pathname + target.location.search);
}
