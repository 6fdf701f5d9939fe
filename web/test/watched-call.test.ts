import { expect, test } from 'vitest';
import { watchedCall, type RunNews } from '../src/lib/watched-call';
import type { RunRecord } from '../src/lib/tools';
import { FILES } from '../fixture/files';
import { FakeKernel } from './fake-kernel';

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

test('a kernel that dies in the middle answers the call', async () => {
  const kernel = started();
  const heard = (one: RunNews): void => {
    if (one.kind === 'asked') kernel.emit({ kind: 'failed', message: 'it broke' });
  };
  expect(await watchedCall(kernel, 'run_flow', { path: 'flows/endless.flow.js' }, undefined, { heard })).toBeDefined();
});
