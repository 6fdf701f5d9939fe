// Who is here: the other pages that have the workspace open, which file each is in, and where its cursor is.
//
// Nothing of it is kept. A page says where it is when that changes, and now and then; one that is silent is forgotten.

import { StateEffect } from '@codemirror/state';
import type { Document } from '../editor/document.svelte';
import type { Documents } from '../editor/documents.svelte';
import type { Kernel } from '../lib/kernel';
import { nameOf } from '../lib/paths';
import { colourFor } from './colours';
import { cursors, put, shownCursors, take } from './cursors';
import { decode, encode, TAB_MAX, type Message, type Place } from './message';
import { Versions } from './versions';

/** How many others are known at once; whoever comes beyond them is not shown. */
export const PEERS_MAX = 32;
/** How long somebody who says nothing counts as here. */
export const SILENT_MS_MAX = 30_000;
/** How often a page says that it is still here. */
export const BEAT_MS = 10_000;
/** How often a page says where its cursor is while that moves. */
export const MOVE_MS = 100;
/** How long a new page listens before it takes the number of a tab. */
export const LISTEN_MS = 300;
/** How long the way to somebody is kept in mind while their file opens. */
const GOAL_MS_MAX = 5_000;

/** Hears a text; from which device, if not from a tab of this browser. */
export type Heard = (text: unknown, device?: string) => void;

/** A way to others. What is sent goes to all of them, or to nobody. */
export interface Link {
  send(text: string): void;
  close(): void;
}

export interface Peer {
  id: string;
  /** The device that it is on, if not on this one. */
  device: string | undefined;
  tab: number;
  name: string;
  colour: number;
  path: string | null;
  place: Place | null;
  heardMs: number;
  movedMs: number;
}

/** What presence needs of the workbench. */
export interface Bench {
  documents: Documents;
  openFile(path: string): void;
  /** What a device is called. */
  nameOf(device: string): string | undefined;
}

export class Presence {
  /** The others, in the order of their names. */
  peers = $state.raw<readonly Peer[]>([]);
  readonly #id = crypto.randomUUID();
  readonly #bench: Bench;
  readonly #link: Link;
  readonly #all = new Map<string, Peer>();
  readonly #versions = new WeakMap<Document, Versions>();
  /** Places that are drawn, so that none is drawn twice over what was mapped since. */
  readonly #drawn = new WeakMap<Document, Map<string, Place>>();
  #tab: number | undefined;
  #saidMs = 0;
  #said = '';
  #soon: ReturnType<typeof setTimeout> | undefined;
  #goal: { id: string; endMs: number } | undefined;
  readonly #timers: ReturnType<typeof setInterval>[];

  /** `open` gets what hears of the others' messages, and gives the way to them. */
  constructor(bench: Bench, open: (heard: Heard) => Link) {
    this.#bench = bench;
    bench.documents.onAgreed = () => this.look();
    this.#link = open((text, device) => this.#heard(text, device));
    this.#link.send(encode({ kind: 'ask', id: this.#id }));
    const listened = setTimeout(() => {
      this.#tab = this.#freeTab();
      this.say();
    }, LISTEN_MS);
    this.#timers = [listened, setInterval(() => this.#beat(), BEAT_MS / 2)];
  }

  /** The others who are in a file. */
  in(path: string): readonly Peer[] {
    return this.peers.filter((peer) => peer.path === path);
  }

  /** Opens the file that somebody is in, at their cursor. */
  goTo(id: string): void {
    const peer = this.#all.get(id);
    if (peer === undefined || peer.path === null) return;
    this.#goal = { id, endMs: Date.now() + GOAL_MS_MAX };
    this.#bench.openFile(peer.path);
    this.look();
    const document = this.#bench.documents.find(peer.path);
    if (document) this.#arrive(document);
  }

  /** Looks at the open documents: editors are made, and texts agreed on, at any time. */
  look(): void {
    for (const document of this.#bench.documents.open) this.#draw(document);
    this.saySoon();
  }

  /** Something moved: says so, but not more often than `MOVE_MS`. */
  saySoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.say();
    }, Math.max(0, this.#saidMs + MOVE_MS - Date.now()));
  }

  /** Says where this page is, if that is news or the last word is old. */
  say(always = false): void {
    if (this.#tab === undefined) return;
    const document = this.#bench.documents.active;
    const text = encode({ kind: 'here', id: this.#id, tab: this.#tab, path: document?.path ?? null, place: (document && this.#placeIn(document)) ?? null });
    const isOld = Date.now() - this.#saidMs >= BEAT_MS;
    if (text === this.#said && !isOld && !always) return;
    this.#said = text;
    this.#saidMs = Date.now();
    this.#link.send(text);
  }

  /** Tells the others that this page goes. */
  close(): void {
    this.#timers.forEach((timer) => clearInterval(timer));
    this.#bench.documents.onAgreed = undefined;
    clearTimeout(this.#soon);
    this.#link.send(encode({ kind: 'gone', id: this.#id }));
    this.#link.close();
  }

  #beat(): void {
    const oldestMs = Date.now() - SILENT_MS_MAX;
    for (const peer of this.#all.values()) if (peer.heardMs < oldestMs) this.#forget(peer.id);
    this.say();
  }

  /** These devices are there: whoever is on another one is gone. */
  only(devices: ReadonlySet<string>): void {
    for (const { id, device } of this.#all.values()) if (device !== undefined && !devices.has(device)) this.#forget(id);
    this.say(true);
  }

  #heard(text: unknown, device: string | undefined): void {
    const message = decode(text);
    if (message === undefined || message.id === this.#id) return;
    // A device speaks for its own tabs alone.
    const known = this.#all.get(message.id);
    if (known !== undefined && known.device !== device) return;
    if (message.kind === 'gone') return this.#forget(message.id);
    if (message.kind === 'ask') return this.say(true);
    this.#met(message, device);
    // The timers of a page that nobody sees are slow, but it hears: the word of another is its clock, too.
    this.say();
  }

  #met(message: Message & { kind: 'here' }, device: string | undefined): void {
    const { id, tab, path, place } = message;
    const before = this.#all.get(id);
    if (before === undefined && this.#all.size >= PEERS_MAX) return;
    const nowMs = Date.now();
    const hasMoved = before?.path !== path || JSON.stringify(before.place) !== JSON.stringify(place);
    const taken = new Set([...this.#all.values()].map((peer) => peer.colour));
    const colour = before?.colour ?? colourFor(id, taken);
    this.#all.set(id, { id, device, tab, name: this.#nameOf(device, tab), colour, path, place, heardMs: nowMs, movedMs: hasMoved ? nowMs : (before?.movedMs ?? nowMs) });
    // Two tabs that came at once took one number: the one with the greater id takes another.
    if (device === undefined && tab === this.#tab && this.#id > id) {
      this.#tab = this.#freeTab();
      this.say();
    }
    if (before?.path !== path || before.tab !== tab) this.#show();
    if (hasMoved) for (const document of this.#bench.documents.open) this.#draw(document);
  }

  #forget(id: string): void {
    if (!this.#all.delete(id)) return;
    this.#show();
    for (const document of this.#bench.documents.open) this.#draw(document);
  }

  #show(): void {
    this.peers = [...this.#all.values()].sort((a, b) => compare(a.device ?? '', b.device ?? '') || a.tab - b.tab || compare(a.id, b.id));
  }

  /** The first tab of a device has the device's name. */
  #nameOf(device: string | undefined, tab: number): string {
    if (device === undefined) return `Tab ${tab}`;
    const name = this.#bench.nameOf(device) ?? 'Another device';
    return tab === 1 ? name : `${name}, tab ${tab}`;
  }

  #freeTab(): number {
    const own = [...this.#all.values()].filter((peer) => peer.device === undefined);
    const taken = new Set(own.map((peer) => peer.tab));
    let tab = 1;
    while (taken.has(tab) && tab < TAB_MAX) tab++;
    return tab;
  }

  /** This page's selection, as positions in the content that editor and workspace last agreed on. */
  #placeIn(document: Document): Place | undefined {
    const { view, agreed } = document;
    if (!view || !agreed || agreed.since.newLength !== view.state.doc.length) return undefined;
    const { anchor, head } = view.state.selection.main;
    const back = agreed.since.invertedDesc;
    return { version: agreed.version, anchor: back.mapPos(anchor, -1), head: back.mapPos(head, -1) };
  }

  /** Brings the cursors in an editor up to date. */
  #draw(document: Document): void {
    const { view, agreed } = document;
    if (!view) return;
    const versions = this.#prepare(document);
    if (agreed && agreed.since.newLength === view.state.doc.length) versions.agreed(agreed.version, agreed.since);
    const drawn = this.#drawn.get(document) as Map<string, Place>;
    const effects: StateEffect<unknown>[] = [];
    for (const id of view.state.field(cursors).keys()) {
      const peer = this.#all.get(id);
      if (peer?.path === document.path && peer.place) continue;
      drawn.delete(id);
      effects.push(take.of(id));
    }
    for (const { id, name, colour, path, place, movedMs } of this.#all.values()) {
      if (path !== document.path || !place || drawn.get(id) === place) continue;
      const anchor = versions.inEditor(place.version, place.anchor);
      const head = versions.inEditor(place.version, place.head);
      // A version that is on its way: the cursor stays where it is until that has come.
      if (anchor === undefined || head === undefined) continue;
      drawn.set(id, place);
      effects.push(put.of({ id, name, colour, anchor, head, movedMs }));
    }
    if (effects.length) view.dispatch({ effects });
    this.#arrive(document);
  }

  /** An editor gets what shows others when it is seen for the first time. */
  #prepare(document: Document): Versions {
    let versions = this.#versions.get(document);
    if (versions && document.view?.state.field(cursors, false)) return versions;
    versions = new Versions();
    const mine = versions;
    this.#versions.set(document, versions);
    this.#drawn.set(document, new Map());
    document.view?.dispatch({
      effects: StateEffect.appendConfig.of(
        shownCursors((update) => {
          if (update.docChanged) mine.changed(update.changes.desc);
          this.saySoon();
        }),
      ),
    });
    return versions;
  }

  /** The file of the one who is looked for has come as far as their cursor. */
  #arrive(document: Document): void {
    const { view } = document;
    if (!this.#goal || !view) return;
    const cursor = view.state.field(cursors, false)?.get(this.#goal.id);
    const isLate = Date.now() > this.#goal.endMs;
    if (cursor || isLate) this.#goal = undefined;
    if (!cursor || isLate) return;
    const line = view.state.doc.lineAt(cursor.head);
    document.revealSoon(line.number, cursor.head - line.from + 1);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What somebody's avatar says: who it is and where. */
export const wordsOf = (peer: Peer): string => (peer.path === null ? peer.name : `${peer.name}, in ${nameOf(peer.path)}`);

/** The way to the other tabs of this browser. */
export function tabs(heard: Heard): Link {
  const channel = new BroadcastChannel('selvage:presence');
  channel.onmessage = ({ data }: MessageEvent) => heard(data);
  return { send: (text) => channel.postMessage(text), close: () => channel.close() };
}

/** The way to the tabs of other devices. */
export const others =
  (kernel: Kernel) =>
  (heard: Heard): Link => {
    const close = kernel.subscribe((event) => {
      if (event.kind === 'said') heard(event.text, event.device);
    });
    return { send: (text) => kernel.tell({ type: 'say', text }), close };
  };

/** Several ways as one. */
export const all =
  (...open: ((heard: Heard) => Link)[]) =>
  (heard: Heard): Link => {
    const links = open.map((one) => one(heard));
    return { send: (text) => links.forEach((link) => link.send(text)), close: () => links.forEach((link) => link.close()) };
  };
