import { expect, test } from 'vitest';
import type { FromDoor } from '../embed/selvage';
import { Caller, CALLS_MAX, isForDoor } from '../src/door';
import { POLICY_FILE } from '../src/lib/paths';
import { FILES } from '../fixture/files';
import { FakeKernel } from './fake-kernel';

function caller(): { kernel: FakeKernel; said: FromDoor[]; hear: (message: Record<string, unknown>) => Promise<void> } {
  const kernel = new FakeKernel(FILES, () => 0);
  const said: FromDoor[] = [];
  const made = new Caller(kernel, () => Promise.resolve({ version: '1', tools: ['ls'] }), 'https://a.example', (message) => said.push(message));
  return { kernel, said, hear: (message) => made.hear({ selvage: 1, ...message }) };
}

/** Whatever was under way is done. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const failure = (message: FromDoor | undefined): string | undefined => (message && 'result' in message && !message.result.ok ? message.result.error.code : undefined);

test('answers go back under the number of their call, and calls stand under the caller’s name', async () => {
  const { kernel, said, hear } = caller();
  await hear({ id: 7, hello: true });
  await hear({ id: 8, name: 'stat', input: { path: 'notes' } });
  expect(said).toMatchObject([{ selvage: 1, id: 7, result: { ok: true, value: { version: '1', tools: ['ls'] } } }, { id: 8, result: { ok: true } }]);
  expect(kernel.calls).toEqual([{ name: 'stat', input: { path: 'notes' }, agent: 'https://a.example' }]);
  for (const id of [9, 'nine', null]) await hear({ id, name: id });
  expect(failure(said[2])).toBe('INVALID_INPUT');
});

test('a watched call tells its news before the answer, and is cancelled by its number', async () => {
  const { said, hear } = caller();
  await hear({ id: 1, name: 'run_flow', input: { path: 'flows/invoices.flow.js' }, watch: true });
  expect(said.slice(0, -1).every((message) => 'news' in message && message.id === 1)).toBe(true);
  expect(said.length).toBeGreaterThan(2);
  const run = hear({ id: 2, name: 'run_flow', input: { path: 'flows/endless.flow.js' }, watch: true });
  await hear({ id: 2, cancel: true });
  await run;
  expect(said.at(-1)).toMatchObject({ id: 2, result: { ok: false, error: { code: 'CANCELLED' } } });
  await hear({ id: 99, cancel: true });
});

test('who listens hears of the workspace, and of nothing that devices say', async () => {
  const { kernel, said, hear } = caller();
  await hear({ id: 1, listen: true });
  await hear({ id: 2, listen: true });
  kernel.emit({ kind: 'changed', paths: ['a'], heads: [] });
  kernel.emit({ kind: 'said', device: 'd', text: 'between us' });
  await expect.poll(() => said).toEqual([{ selvage: 1, event: { kind: 'changed', paths: ['a'], heads: [] } }]);
  kernel.emit({ kind: 'changed', paths: ['late'], heads: [] });
  await hear({ id: 3, listen: false });
  kernel.emit({ kind: 'changed', paths: ['b'], heads: [] });
  await settled();
  expect(said).toHaveLength(1);
});

test('who listens where a policy is hears that something changed, and neither what nor what runs log', async () => {
  const { kernel, said, hear } = caller();
  await hear({ id: 1, listen: true });
  const log = { kind: 'log' as const, run: 'r', entries: [{ seq: 0, atMs: 0, level: 'info' as const, source: 'flow', text: 'a secret' }] };
  kernel.emit(log);
  await expect.poll(() => said).toEqual([{ selvage: 1, event: log }]);
  await kernel.call('write', { path: POLICY_FILE, content: 'version: 1' });
  kernel.emit(log);
  kernel.emit({ kind: 'changed', paths: ['private/a'], heads: ['h'] });
  await settled();
  const heard = said.slice(1).flatMap((message) => ('event' in message ? message.event : []));
  expect(heard).toHaveLength(said.length - 1);
  expect(heard.map((event) => [event.kind, event.paths])).toEqual(heard.map(() => ['changed', []]));
  expect(heard.at(-1)).toEqual({ kind: 'changed', paths: [], heads: ['h'] });
});

test('what keeps it from being known whether there is a policy counts as one for that event alone', async () => {
  const { kernel, said, hear } = caller();
  await hear({ id: 1, listen: true });
  const call = kernel.call.bind(kernel);
  kernel.call = async () => ({ ok: false, error: { code: 'BUSY', message: 'Something else goes on.', hint: 'Wait.' } });
  kernel.emit({ kind: 'changed', paths: ['a'], heads: [] });
  await expect.poll(() => said).toEqual([{ selvage: 1, event: { kind: 'changed', paths: [], heads: [] } }]);
  kernel.call = call;
  kernel.emit({ kind: 'changed', paths: ['b'], heads: [] });
  await expect.poll(() => said[1]).toEqual({ selvage: 1, event: { kind: 'changed', paths: ['b'], heads: [] } });
});

test('a caller has so many calls open and no more, each under a number of its own', async () => {
  const { said, hear } = caller();
  const open = Array.from({ length: CALLS_MAX }, (_, id) => hear({ id, name: 'run_flow', input: { path: 'flows/endless.flow.js' }, watch: true }));
  await hear({ id: 5, name: 'ls' });
  await hear({ id: CALLS_MAX, name: 'ls' });
  expect(said.flatMap((message) => failure(message) ?? [])).toEqual(['BUSY', 'BUSY']);
  for (const [id] of open.entries()) await hear({ id, cancel: true });
  await Promise.all(open);
  const again = hear({ id: 1, name: 'run_flow', input: { path: 'flows/endless.flow.js' }, watch: true });
  await hear({ id: 1, name: 'ls' });
  expect(failure(said.at(-1))).toBe('INVALID_INPUT');
  await hear({ id: 1, cancel: true });
  await again;
});

test('only messages to a door are for the door', () => {
  expect([{ selvage: 1, id: 1, name: 'ls' }, { selvage: 1, hello: true }].every(isForDoor)).toBe(true);
  for (const other of [null, 1, 'x', {}, { selvage: 2 }, { selvage: 1, id: 1, result: {} }, { selvage: 1, event: {} }, { selvage: 1, news: {} }]) expect(isForDoor(other)).toBe(false);
});
