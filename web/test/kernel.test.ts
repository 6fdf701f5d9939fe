import { expect, test, vi } from 'vitest';
import { ANSWER_MS_MAX, callOrThrow, WorkerKernel } from '../src/lib/kernel';
import { ToolFailure, type KernelEvent } from '../src/lib/tools';
import { FakePort } from './fake-port';

test('answers find their calls in any order', async () => {
  const port = new FakePort();
  const kernel = new WorkerKernel(port);
  const first = kernel.call('ls', {});
  const second = kernel.call('stat', { path: 'a' }, 'page');
  expect(port.sent.map(({ name, agent }) => [name, agent])).toEqual([['ls', undefined], ['stat', 'page']]);
  port.receive({ type: 'result', id: port.sent[1]?.id, result: { ok: true, value: 2 } });
  port.receive({ type: 'result', id: port.sent[0]?.id, result: { ok: true, value: 1 } });
  expect([await first, await second]).toEqual([{ ok: true, value: 1 }, { ok: true, value: 2 }]);
});

test('the page hears which agent began a run, and nobody hears whose call it was', async () => {
  const port = new FakePort();
  const kernel = new WorkerKernel(port);
  const events: KernelEvent[] = [];
  kernel.subscribe((event) => events.push(event));
  void kernel.call('run_flow', { path: 'a.flow.js' });
  void kernel.call('run_flow', { path: 'a.flow.js', wait: false }, 'agent');
  const tell = (run: string, status: string, call?: number): void => port.receive({ type: 'event', event: { kind: 'run', run, path: 'a.flow.js', status, ...(call === undefined ? {} : { call }) } });
  tell('own', 'queued', 1);
  tell('theirs', 'queued', 2);
  port.receive({ type: 'result', id: 2, result: { ok: true, value: {} } });
  tell('theirs', 'running', 2);
  tell('nested', 'queued');
  const news = (run: string, status = 'queued') => ({ kind: 'run', run, path: 'a.flow.js', status });
  expect(events).toEqual([news('own'), news('theirs'), { kind: 'began', run: 'theirs', agent: 'agent' }, news('theirs', 'running'), news('nested')]);
});

test('a kernel that dies answers every waiting call and every later one, and says so once', async () => {
  const port = new FakePort();
  const kernel = new WorkerKernel(port);
  const events: KernelEvent[] = [];
  kernel.subscribe((event) => events.push(event));
  const waiting = kernel.call('ls', {});
  port.fail('out of memory');
  for (const result of [await waiting, await kernel.call('ls', {})])
    expect(result).toMatchObject({ ok: false, error: { code: 'INTERNAL', message: expect.stringContaining('out of memory'), hint: expect.stringContaining('Reload') } });
  expect(events).toEqual([{ kind: 'failed', message: 'out of memory' }]);
  expect(port.sent).toHaveLength(1);
});

test('an error below a kernel that still answers is not its end; silence is', async () => {
  vi.useFakeTimers();
  const port = new FakePort();
  const kernel = new WorkerKernel(port);
  const events: KernelEvent[] = [];
  kernel.subscribe((event) => events.push(event));
  port.receive({ type: 'event', event: { kind: 'storage', mode: 'durable' } });
  port.fail('a runner broke');
  expect(port.sent.at(-1)?.name).toBe('workspace_status');
  port.receive({ type: 'result', id: port.sent.at(-1)?.id, result: { ok: true, value: {} } });
  await vi.advanceTimersByTimeAsync(2 * ANSWER_MS_MAX);
  expect(events.map((event) => event.kind)).toEqual(['storage']);
  port.fail('unreachable');
  await vi.advanceTimersByTimeAsync(ANSWER_MS_MAX - 1);
  expect(events).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(events.at(-1)).toEqual({ kind: 'failed', message: 'unreachable' });
  vi.useRealTimers();
});

test('input that is not data is an error of the caller, not an exception', async () => {
  const kernel = new WorkerKernel(new FakePort());
  expect(await kernel.call('write', { content: () => 'x' })).toMatchObject({ ok: false, error: { code: 'INVALID_INPUT' } });
});

test('a failed call is thrown with everything that the failure says', async () => {
  const port = new FakePort();
  const call = callOrThrow(new WorkerKernel(port), 'read', { path: 'a' });
  const error = { code: 'NOT_FOUND', message: 'There is no “a”.', hint: 'Look at the files.', path: 'a' };
  port.receive({ type: 'result', id: 1, result: { ok: false, error } });
  await expect(call).rejects.toThrow(ToolFailure);
  await expect(call).rejects.toMatchObject({ error });
});

test('a file that is stored tells how far it is, can be given up, and is over with its result', async () => {
  const port = new FakePort();
  const kernel = new WorkerKernel(port);
  const told: number[] = [];
  const given = new AbortController();
  const stored = kernel.store(new Blob(['content']), (done) => told.push(done), given.signal);
  const id = port.sent[0]?.id;
  port.receive({ type: 'progress', id, done: 0.5 });
  given.abort();
  expect(port.sent[1]).toEqual({ type: 'giveUp', id });
  port.receive({ type: 'result', id, result: { ok: false, error: { code: 'CANCELLED', message: 'The upload was cancelled.' } } });
  port.receive({ type: 'progress', id, done: 1 });
  expect(await stored).toMatchObject({ ok: false, error: { code: 'CANCELLED' } });
  expect(told).toEqual([0.5]);
});

test('the buffer of a part is lent, and comes back with the bytes', async () => {
  const port = new FakePort();
  const lent = new ArrayBuffer(8);
  const part = new WorkerKernel(port).part('hash', 4, lent);
  expect(port.sent[0]).toMatchObject({ type: 'part', hash: 'hash', from: 4 });
  expect(lent.byteLength).toBe(0);
  const value = new Uint8Array([1, 2]);
  port.receive({ type: 'result', id: port.sent[0]?.id, result: { ok: true, value } });
  expect(await part).toEqual({ ok: true, value });
});
