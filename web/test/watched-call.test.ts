import { expect, test } from 'vitest';
import { WorkerKernel } from '../src/lib/kernel';
import { watchedCall, type RunNews } from '../src/lib/watched-call';
import type { RunRecord } from '../src/lib/tools';
import { FILES } from '../fixture/files';
import { FakeKernel } from './fake-kernel';
import { FakePort } from './fake-port';

const started = (): FakeKernel => {
  const kernel = new FakeKernel(FILES, () => 0);
  kernel.start();
  return kernel;
};

test('a watched run tells its news in order and gives what a run without a watcher gives', async () => {
  const kernel = started();
  const news: RunNews[] = [];
  const result = await watchedCall(kernel, 'run_flow', { path: 'flows/invoices.flow.js' }, 'somebody', { heard: (one) => news.push(one) });
  expect(result.ok).toBe(true);
  const record = (result as { value: RunRecord }).value;
  expect(record.status).toBe('succeeded');
  expect(news.filter((one) => one.kind === 'log').flatMap((one) => (one.kind === 'log' ? one.entries : [])).map(({ text }) => text)).toEqual(record.logs.map(({ text }) => text));
  expect(news.at(-1)).toMatchObject({ kind: 'run', status: 'succeeded' });
  expect(kernel.calls.every(({ agent }) => agent === 'somebody')).toBe(true);
});

test('aborting cancels the run, and the answer says so', async () => {
  const kernel = started();
  const giveUp = new AbortController();
  const heard = (one: RunNews): void => {
    if (one.kind === 'asked') giveUp.abort();
  };
  const result = await watchedCall(kernel, 'run_flow', { path: 'flows/endless.flow.js' }, undefined, { signal: giveUp.signal, heard });
  expect(result).toMatchObject({ ok: false, error: { code: 'CANCELLED' } });
  expect(kernel.calls.filter(({ name }) => name === 'flow_cancel')).toHaveLength(1);
});

test('a signal that is aborted before the run has a name cancels it all the same', async () => {
  const kernel = started();
  const result = await watchedCall(kernel, 'run_flow', { path: 'flows/endless.flow.js' }, undefined, { signal: AbortSignal.abort() });
  expect(result).toMatchObject({ ok: false, error: { code: 'CANCELLED' } });
});

test('whatever starts no run is passed on as it is', async () => {
  const kernel = started();
  for (const [name, input] of [['ls', {}], ['run_flow', null], ['run_flow', { path: 'flows/invoices.flow.js', wait: false }]] as const) {
    await watchedCall(kernel, name, input, 'a', {}).catch(() => undefined);
    expect(kernel.calls.at(-1)).toEqual({ name, input, agent: 'a' });
  }
  const refused = await watchedCall(kernel, 'run_flow', { path: 'flows/no.flow.js' }, undefined, {});
  expect(refused).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
});

test('a run that is made again tells of both, and answers with the last', async () => {
  const port = new FakePort();
  const kernel = new WorkerKernel(port);
  const news: RunNews[] = [];
  const giveUp = new AbortController();
  const answer = watchedCall(kernel, 'run_flow', { name: 'rates' }, 'a', { signal: giveUp.signal, heard: (one) => news.push(one) });
  expect(port.sent).toEqual([{ type: 'call', id: 1, name: 'run_flow', input: { name: 'rates' }, agent: 'a' }]);
  const tell = (run: string, status: string, call?: number): void => port.receive({ type: 'event', event: { kind: 'run', run, path: 'rates.flow.js', status, ...(call === undefined ? {} : { call }) } });
  tell('other', 'queued', 7);
  tell('first', 'queued', 1);
  tell('other', 'running', 7);
  tell('first', 'failed');
  // Nothing is over: its caller waits for the next one.
  tell('second', 'queued', 1);
  giveUp.abort();
  expect(port.sent.at(-1)).toMatchObject({ name: 'flow_cancel', input: { run: 'second' } });
  tell('second', 'succeeded');
  port.receive({ type: 'result', id: 1, result: { ok: true, value: { run: 'second' } } });
  expect(await answer).toEqual({ ok: true, value: { run: 'second' } });
  expect(news.map((one) => one.kind === 'run' && [one.run, one.status, one.call])).toEqual([['first', 'queued', undefined], ['first', 'failed', undefined], ['second', 'queued', undefined], ['second', 'succeeded', undefined]]);
});
