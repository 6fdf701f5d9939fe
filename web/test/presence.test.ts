import { readFileSync } from 'node:fs';
import { ChangeSet, EditorState } from '@codemirror/state';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Documents } from '../src/editor/documents.svelte';
import { fromOutside } from '../src/editor/sync';
import { COLOURS, colourFor } from '../src/presence/colours';
import { cursors, put, take } from '../src/presence/cursors';
import { decode, encode, MESSAGE_CHARS_MAX, PATH_CHARS_MAX, TAB_MAX, type Message } from '../src/presence/message';
import { BEAT_MS, LISTEN_MS, MOVE_MS, PEERS_MAX, Presence, SILENT_MS_MAX, wordsOf } from '../src/presence/presence.svelte';
import { Versions, VERSIONS_MAX } from '../src/presence/versions';

const version = (seed: number) => seed.toString(16).padStart(64, '0');
const id = (seed: number) => `${seed.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
const here = (seed: number, more: Partial<Message & { kind: 'here' }> = {}): Message => ({ kind: 'here', id: id(seed), tab: 2, path: 'a.txt', place: { version: version(1), anchor: 0, head: 3 }, ...more });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Pages in a room in which everybody hears everybody else. */
function room() {
  const hear = new Set<(text: unknown) => void>();
  const said: string[] = [];
  const open = (heard: (text: unknown) => void) => {
    hear.add(heard);
    return { send: (text: string) => (said.push(text), hear.forEach((one) => one !== heard && one(text))), close: () => void hear.delete(heard) };
  };
  const enter = (path?: string) => {
    const documents = { open: [], active: path === undefined ? undefined : { path }, find: () => undefined } as unknown as Documents;
    const opened: string[] = [];
    return { documents, opened, presence: new Presence({ documents, openFile: (path) => void opened.push(path), nameOf: (device) => NAMES[device] }, open) };
  };
  return { enter, said, hear: (text: unknown) => hear.forEach((one) => one(text)) };
}

/** What devices are called. */
const NAMES: Record<string, string> = { d2: 'Phone' };

test('every message comes out of its text as it went in', () => {
  const messages: Message[] = [here(7), here(7, { path: null, place: null }), { kind: 'ask', id: id(1) }, { kind: 'gone', id: id(1) }, here(1, { tab: TAB_MAX, path: 'x'.repeat(PATH_CHARS_MAX) })];
  for (const message of messages) expect(decode(encode(message))).toEqual(message);
});

test('what is no message, or too much of one, is not heard', () => {
  const bad: unknown[] = [
    undefined, 7, {}, here(1), '', '{', 'null', '[]', '"here"',
    encode({ kind: 'ask', id: 'me' }),
    encode({ kind: 'why', id: id(1) } as never),
    encode(here(1, { tab: 0 })),
    encode(here(1, { tab: TAB_MAX + 1 })),
    encode(here(1, { tab: 1.5 })),
    encode(here(1, { path: 'x'.repeat(PATH_CHARS_MAX + 1) })),
    encode(here(1, { path: 7 as never })),
    encode(here(1, { place: {} as never })),
    encode(here(1, { place: undefined as never })),
    encode(here(1, { place: { version: 'new', anchor: 0, head: 0 } })),
    encode(here(1, { place: { version: version(1), anchor: -1, head: 0 } })),
    encode(here(1, { place: { version: version(1), anchor: 0, head: 2 ** 60 } })),
    encode(here(1)).padEnd(MESSAGE_CHARS_MAX + 1, ' '),
  ];
  for (const text of bad) expect(decode(text), String(text).slice(0, 90)).toBeUndefined();
  expect(decode(encode(here(1)).padEnd(MESSAGE_CHARS_MAX, ' '))).toBeDefined();
  expect(Object.keys(decode(JSON.stringify({ ...here(1), name: '<b>', more: 1 })) as object).sort()).toEqual(['id', 'kind', 'path', 'place', 'tab']);
});

test('pages that meet know of each other, each with a number of its own', () => {
  const { enter } = room();
  const [a, b, c] = [enter('a.txt'), enter('b.txt'), enter()];
  vi.advanceTimersByTime(LISTEN_MS + BEAT_MS);
  const d = enter('d.txt');
  vi.advanceTimersByTime(LISTEN_MS + MOVE_MS);
  for (const { presence } of [a, b, c, d]) expect(presence.peers).toHaveLength(3);
  const tabs = new Set([a, b, c, d].flatMap(({ presence }) => presence.peers.map((peer) => peer.tab)));
  expect([...tabs].sort()).toEqual([1, 2, 3, 4]);
  expect(d.presence.in('a.txt').map(wordsOf)).toEqual([expect.stringMatching(/^Tab \d, in a\.txt$/)]);
  expect(d.presence.peers.filter((peer) => peer.path === null).map(wordsOf)).toEqual([expect.stringMatching(/^Tab \d$/)]);
  expect(new Set(d.presence.peers.map((peer) => peer.colour)).size, 'colours differ').toBe(3);
});

test('who leaves is gone at once, and who falls silent after a while', () => {
  const { enter, hear } = room();
  const [a, b] = [enter('a.txt'), enter('a.txt')];
  vi.advanceTimersByTime(LISTEN_MS);
  hear(encode(here(1)));
  expect(a.presence.peers).toHaveLength(2);
  b.presence.close();
  expect(a.presence.peers.map((peer) => peer.id)).toEqual([id(1)]);
  vi.advanceTimersByTime(SILENT_MS_MAX - BEAT_MS);
  expect(a.presence.peers).toHaveLength(1);
  vi.advanceTimersByTime(2 * BEAT_MS);
  expect(a.presence.peers).toHaveLength(0);
});

test('a page whose timers do not run is still here as long as it hears', () => {
  const { enter, hear, said } = room();
  const { presence } = enter('a.txt');
  vi.advanceTimersByTime(LISTEN_MS);
  said.length = 0;
  // The clock goes on, and no timer fires.
  vi.setSystemTime(Date.now() + BEAT_MS);
  hear(encode(here(1)));
  expect(said.map((text) => decode(text)?.kind)).toEqual(['here']);
  hear(encode(here(1)));
  expect(said, 'it does not answer every word').toHaveLength(1);
  presence.close();
});

test('a cursor that moves all the time is told ten times a second', () => {
  const { enter, said } = room();
  const page = enter('0');
  vi.advanceTimersByTime(LISTEN_MS);
  said.length = 0;
  for (let step = 0; step < 200; step++) {
    (page.documents.active as { path: string }).path = `${step}`;
    page.presence.saySoon();
    vi.advanceTimersByTime(5);
  }
  expect(said.length).toBeGreaterThanOrEqual(9);
  expect(said.length).toBeLessThanOrEqual(11);
  vi.advanceTimersByTime(MOVE_MS);
  expect(decode(said.at(-1) as string)).toMatchObject({ path: '199' });
});

test('no more than so many are known, and a known one is heard even then', () => {
  const { enter, hear } = room();
  const { presence, opened } = enter();
  for (let seed = 0; seed <= PEERS_MAX + 5; seed++) hear(encode(here(seed, { tab: seed + 1 })));
  expect(presence.peers).toHaveLength(PEERS_MAX);
  hear(encode(here(3, { tab: 4, path: 'other.txt' })));
  expect(presence.in('other.txt').map((peer) => peer.id)).toEqual([id(3)]);
  presence.goTo(id(3));
  presence.goTo(id(PEERS_MAX + 1));
  expect(opened).toEqual(['other.txt']);
});

test('a place in an older text is found in the newer one, and a place in an unknown text is not', () => {
  const versions = new Versions();
  const typed = (at: number, insert: string, length: number) => ChangeSet.of({ from: at, insert }, length).desc;
  versions.agreed('one', ChangeSet.empty(10).desc);
  versions.changed(typed(0, 'abc', 10));
  expect(versions.inEditor('one', 4)).toBe(7);
  versions.agreed('two', ChangeSet.empty(13).desc);
  versions.changed(typed(13, 'd', 13));
  expect(versions.inEditor('one', 4)).toBe(7);
  expect(versions.inEditor('two', 13), 'what is typed here stands behind their cursor').toBe(13);
  expect(versions.inEditor('two', 14), 'it has no such place').toBeUndefined();
  expect(versions.inEditor('three', 0)).toBeUndefined();
  for (let more = 0; more < VERSIONS_MAX - 1; more++) versions.agreed(`more ${more}`, ChangeSet.empty(14).desc);
  expect(versions.inEditor('one', 4), 'the oldest is forgotten').toBeUndefined();
  expect(versions.inEditor('two', 4)).toBe(4);
});

test('a cursor stays with its text: others push it, one who types at it does not', () => {
  const cursor = { id: id(1), name: 'Tab 2', colour: 0, anchor: 2, head: 4, movedMs: 0 };
  let state = EditorState.create({ doc: 'one two', extensions: [cursors] });
  const at = () => state.field(cursors).get(id(1));
  state = state.update({ effects: put.of(cursor) }).state;
  state = state.update({ changes: { from: 0, insert: '> ' } }).state;
  expect(at()).toMatchObject({ anchor: 4, head: 6 });
  state = state.update({ changes: { from: 6, insert: 'mine' } }).state;
  expect(at()?.head).toBe(6);
  state = state.update({ changes: { from: 6, insert: 'theirs' }, annotations: fromOutside.of(true) }).state;
  expect(at()?.head).toBe(12);
  state = state.update({ effects: put.of({ ...cursor, head: 1e9 }) }).state;
  expect(at()?.head, 'never beyond the text').toBe(state.doc.length);
  state = state.update({ effects: take.of(id(1)) }).state;
  expect(at()).toBeUndefined();
});

test('nobody gets the colour of another while one is free', () => {
  const taken = new Set<number>();
  for (const _ of COLOURS) taken.add(colourFor(id(3), taken));
  expect(taken.size).toBe(COLOURS.length);
  expect(COLOURS[colourFor(id(3), taken)]).toBeDefined();
});

test('colours of persons can be told from the ground, and letters on them be read', () => {
  const tokens = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
  const token = (theme: string, name: string) => new RegExp(`data-theme='${theme}'\\][^}]*--${name}: (#[0-9a-f]{6})`).exec(tokens)?.[1] as string;
  for (const theme of ['light', 'dark'] as const)
    for (const colour of COLOURS) {
      // The letters have the colour of the editor's ground.
      for (const ground of ['surface', 'ground']) expect(contrast(colour[theme], token(theme, ground)), `${colour[theme]} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
});

/** The contrast ratio of WCAG 2.2. */
function contrast(a: string, b: string): number {
  const light = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
