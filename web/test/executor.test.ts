// Where runs run: what a person may write, and what the browser keeps of it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keyProblem, readAddress } from '../src/executor/address';
import { Executor } from '../src/lib/executor.svelte';
import { WorkerKernel } from '../src/lib/kernel';
import { FakeKernel } from './fake-kernel';

const SERVER = { address: 'https://runs.example', key: 'k' };

let kept: Map<string, string>;
let tabs: EventTarget;

beforeEach(() => {
  kept = new Map();
  tabs = new EventTarget();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  });
  vi.stubGlobal('addEventListener', tabs.addEventListener.bind(tabs));
});

afterEach(() => void vi.unstubAllGlobals());

const open = () => {
  const kernel = new FakeKernel();
  return { kernel, executor: new Executor(kernel) };
};

test('an address is read as people write it', () => {
  expect(
    ['https://runs.example', ' runs.example/ ', 'HTTPS://Runs.Example:8443/a/b//', 'http://localhost:4180', 'http://127.0.0.1:4180/', 'runs.example:4180'].map((text) => readAddress(text)),
  ).toEqual(
    ['https://runs.example', 'https://runs.example', 'https://runs.example:8443/a/b', 'http://localhost:4180', 'http://127.0.0.1:4180', 'https://runs.example:4180'].map((address) => ({ address })),
  );
});

test('an address that would give the key away, or is none, is refused with what to write', () => {
  for (const [text, words] of [
    ['', 'https://host'],
    ['https://', 'https://host'],
    ['http://runs.example', 'openly'],
    ['http://localhost.example', 'openly'],
    ['http://127.0.0.1.example', 'openly'],
    ['https://me:secret@runs.example', 'nothing else'],
    ['https://me@runs.example', 'nothing else'],
    ['https://runs.example/?a=b', 'nothing else'],
    ['https://runs.example/#a', 'nothing else'],
    ['ws://runs.example', 'https://'],
    ['file:///etc/passwd', 'https://'],
  ] as const)
    expect(readAddress(text), text).toEqual({ problem: expect.stringContaining(words) });
  expect(keyProblem('aB3-_.~+/=')).toBe('');
  for (const key of ['a b', 'a\nb', 'schlüssel', ' ']) expect(keyProblem(key), key).not.toBe('');
});

test('runs run in the browser until a server is set, and the kernel hears of each change', () => {
  const { kernel, executor } = open();
  expect([executor.choice, executor.where, kernel.places]).toEqual([undefined, undefined, []]);
  executor.use(SERVER);
  expect([executor.where, kernel.places]).toEqual(['at runs.example', [SERVER]]);
  executor.use(undefined);
  expect(kernel.places).toEqual([SERVER, null]);
  expect(kept.size, 'the key is forgotten').toBe(0);
});

test('the next visit goes on where this one was, and tells the kernel before anything runs', () => {
  open().executor.use(SERVER);
  const { kernel, executor } = open();
  expect([executor.choice, kernel.places]).toEqual([SERVER, [SERVER]]);
});

test('another tab’s choice is this tab’s, too', () => {
  const { kernel, executor } = open();
  kept.set('selvage.executor', JSON.stringify(SERVER));
  tabs.dispatchEvent(Object.assign(new Event('storage'), { key: 'selvage.theme' }));
  expect(kernel.places).toEqual([]);
  tabs.dispatchEvent(Object.assign(new Event('storage'), { key: 'selvage.executor' }));
  expect([executor.where, kernel.places]).toEqual(['at runs.example', [SERVER]]);
  kept.clear();
  tabs.dispatchEvent(Object.assign(new Event('storage'), { key: null }));
  expect(kernel.places).toEqual([SERVER, null]);
});

test('in the desktop app this computer can be chosen: the kernel asks the app for address and key, and the browser keeps neither', async () => {
  const program = { address: 'http://127.0.0.1:49152', key: 'fresh' };
  const asked: unknown[] = [];
  const host = { call: async (message: unknown): Promise<unknown> => (asked.push(message), { ok: true, value: program }) };
  vi.stubGlobal('window', { selvageHost: host });
  vi.stubGlobal('selvageHost', host);
  open().executor.use('native');
  const { kernel, executor } = open();
  expect([executor.where, executor.server, [...kept]]).toEqual(['on this computer', undefined, [['selvage.executor', '"native"']]]);
  const [port] = kernel.places as MessagePort[];
  const answer = (): Promise<unknown> => {
    const { port1, port2 } = new MessageChannel();
    port!.postMessage(null, [port2]);
    return new Promise((resolve) => (port1.onmessage = ({ data }) => (port1.close(), resolve(data))));
  };
  expect([await answer(), asked]).toEqual([{ ok: true, value: program }, [{ selvage: 1, place: true }]]);
  host.call = () => Promise.reject(new Error('gone'));
  expect(await answer()).toMatchObject({ ok: false, error: { code: 'EXECUTOR_UNAVAILABLE' } });
  port!.close();
});

test('what is kept and makes no sense is no server', () => {
  for (const text of ['{', '1', '"native"', '{"address":"https://a.example"}', '{"address":"nowhere","key":"k"}', '{"address":1,"key":"k"}']) {
    kept.set('selvage.executor', text);
    expect(open().executor.choice, text).toBeUndefined();
  }
});

test('the kernel’s client says where runs run, and asks a server', async () => {
  const sent: unknown[] = [];
  let hear: ((event: MessageEvent) => void) | undefined;
  const port = { postMessage: (message: unknown) => void sent.push(message), addEventListener: (type: string, listener: never) => void (type === 'message' && (hear = listener)) };
  const kernel = new WorkerKernel(port);
  kernel.runAt(SERVER);
  kernel.runAt(null);
  const answer = kernel.tryServer(SERVER);
  expect(sent).toEqual([{ type: 'runAt', place: SERVER }, { type: 'runAt', place: null }, { type: 'tryServer', id: 1, place: SERVER }]);
  hear?.({ data: { type: 'result', id: 1, result: { ok: true, value: null } } } as MessageEvent);
  expect(await answer).toEqual({ ok: true, value: null });
});
