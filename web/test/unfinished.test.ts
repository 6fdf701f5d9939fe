import { beforeEach, expect, test, vi } from 'vitest';
import { Runs } from '../src/lib/runs.svelte';
import { Unfinished, UNFINISHED_CHARS_MAX, UNFINISHED_MAX } from '../src/lib/unfinished.svelte';
import { Workspace } from '../src/lib/workspace.svelte';
import { Toasts } from '../src/ui/toasts.svelte';
import { FakeKernel } from './fake-kernel';

/** What a device keeps, with its keys as `localStorage` has them. */
class Device {
  [key: string]: unknown;
}
Object.defineProperties(Device.prototype, {
  getItem: { value(this: Device, key: string) { return this[key] ?? null; } },
  setItem: { value(this: Device, key: string, text: string) { this[key] = text; } },
  removeItem: { value(this: Device, key: string) { delete this[key]; } },
});
let device = new Device();
const locks = new Set<string>();
let tell: ((event: { key: string | null; newValue: string | null }) => void)[] = [];
const none = async (_: string): Promise<boolean> => false;
const run = (run: string, startedMs = 1) => ({ run, path: 'flows/a.flow.js', startedMs });

/** A tab, and how it ends. */
async function tab(isKept = true): Promise<{ runs: Unfinished; die: () => void }> {
  // One that begins takes its lock a moment later.
  await Promise.resolve();
  const others = new Set(locks);
  const runs = new Unfinished(() => isKept);
  await Promise.resolve();
  const [own = ''] = [...locks].filter((one) => !others.has(one));
  return { runs, die: () => void locks.delete(own) };
}

async function interrupted(runs: Unfinished, hasRecord = none): Promise<string[]> {
  await runs.look(hasRecord);
  return runs.interrupted.map((one) => one.run);
}

beforeEach(() => {
  device = new Device();
  locks.clear();
  tell = [];
  vi.stubGlobal('localStorage', device);
  vi.stubGlobal('addEventListener', (_: string, listener: (typeof tell)[number]) => tell.push(listener));
  vi.stubGlobal('navigator', {
    locks: {
      request: (name: string, hold: () => Promise<never>) => Promise.resolve().then(() => (locks.add(name), hold())),
      query: async () => ({ held: [...locks].map((name) => ({ name })) }),
    },
  });
  return () => vi.unstubAllGlobals();
});

test('runs whose tab is gone were interrupted; those of a tab that sleeps and those that ended were not', async () => {
  const gone = await tab();
  const asleep = await tab();
  gone.runs.keep(run('first', 1));
  gone.runs.keep(run('second', 2));
  gone.runs.keep(run('ended', 3));
  gone.runs.end('ended');
  asleep.runs.keep(run('sleeps', 4));
  const here = await tab();
  here.runs.keep(run('here', 5));
  expect(await interrupted(here.runs)).toEqual([]);
  gone.die();
  expect(await interrupted(here.runs), 'two runs of one flow').toEqual(['second', 'first']);
  expect(await interrupted(asleep.runs), 'every tab tells of them').toEqual(['second', 'first']);
  asleep.die();
  expect(await interrupted(here.runs)).toEqual(['sleeps', 'second', 'first']);
});

test('of a run there is its name, its flow, when and by whom it began and what it waits for, and nothing else', async () => {
  const gone = await tab();
  const told = { run: 'r', path: 'workflows/orders.py', function: 'place', name: 'daily', startedMs: 7, agent: 'https://a.example' };
  gone.runs.keep(run('r'));
  gone.runs.keep({ ...told, waits: true });
  expect(Object.entries(device)).toEqual([['selvage.unfinished.r', expect.any(String)]]);
  gone.die();
  const here = await tab();
  await here.runs.look(none);
  expect(here.runs.interrupted).toEqual([{ ...told, waits: true, tab: expect.any(String) }]);
});

test('one that left a record ended just before its tab did: it is not told, and forgotten', async () => {
  const gone = await tab();
  gone.runs.keep(run('ended'));
  gone.runs.keep(run('cut'));
  gone.die();
  const here = await tab();
  expect(await interrupted(here.runs, async (one) => one === 'ended')).toEqual(['cut']);
  expect(Object.keys(device)).toEqual(['selvage.unfinished.cut']);
});

test('one that is dismissed is gone from every tab', async () => {
  const gone = await tab();
  gone.runs.keep(run('cut'));
  gone.runs.keep(run('uncut'));
  gone.die();
  const [here, there] = [await tab(), await tab()];
  for (const { runs } of [here, there]) expect(await interrupted(runs)).toHaveLength(2);
  here.runs.dismiss('cut');
  expect(here.runs.interrupted.map((one) => one.run)).toEqual(['uncut']);
  for (const hear of tell) hear({ key: 'selvage.unfinished.cut', newValue: null });
  expect(there.runs.interrupted.map((one) => one.run)).toEqual(['uncut']);
  expect(Object.keys(device)).toEqual(['selvage.unfinished.uncut']);
});

test('a workspace in memory keeps nothing, and neither does a browser without locks or storage', async () => {
  const memory = await tab(false);
  memory.runs.keep(run('r'));
  vi.stubGlobal('navigator', {});
  const unlocked = await tab();
  unlocked.runs.keep(run('r'));
  expect(await interrupted(unlocked.runs)).toEqual([]);
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('no')) } });
  const refused = await tab();
  refused.runs.keep(run('r'));
  expect(await interrupted(refused.runs)).toEqual([]);
  expect(Object.keys(device)).toEqual([]);
});

test('a browser that refuses storage only forgets', async () => {
  const here = await tab();
  vi.stubGlobal('localStorage', undefined);
  here.runs.keep(run('r'));
  here.runs.end('r');
  here.runs.keep(run('cut'));
  expect(await interrupted(here.runs)).toEqual([]);
});

test('what is kept is bounded, and what does not fit is nobody’s', async () => {
  const gone = await tab();
  for (let at = 0; at < UNFINISHED_MAX + 5; at++) gone.runs.keep(run(`run-${at}`, at));
  gone.runs.keep({ ...run('long', 99), path: 'a'.repeat(UNFINISHED_CHARS_MAX) });
  Object.assign(device, { 'selvage.unfinished.x': '{"run":"x","path":7,"tab":"t","startedMs":999}', 'selvage.unfinished.y': 'y' });
  gone.die();
  const here = await tab();
  const told = await interrupted(here.runs);
  expect([told.length, told[0], told.at(-1)]).toEqual([UNFINISHED_MAX, `run-${UNFINISHED_MAX + 4}`, 'run-5']);
});

test('a run is remembered while it goes on, with who began it, and no longer', async () => {
  const manifest = JSON.stringify({ version: 1, flows: { forever: { entry: 'flows/endless.flow.js' } } });
  const kernel = new FakeKernel({ 'flows/endless.flow.js': '', 'flows/gated.flow.js': '', 'flows/flow.config.json': manifest });
  const toasts = new Toasts();
  const workspace = new Workspace(kernel, toasts);
  const runs = new Runs(workspace, toasts);
  kernel.start();
  await vi.waitUntil(() => workspace.loaded);
  const kept = () => Object.entries(device).map(([, text]) => JSON.parse(text as string) as Record<string, unknown>);
  const own = await runs.start({ name: 'forever', args: { key: 'secret' } });
  expect(kept()).toEqual([{ run: own?.id, path: 'flows/endless.flow.js', name: 'forever', startedMs: expect.any(Number), tab: expect.any(String) }]);
  await vi.waitUntil(() => own?.asked);
  if (own) await runs.answer(own, { limits: { cpuMsMax: 20_000 } });
  await vi.waitUntil(() => kept().length === 0);
  kernel.emit({ kind: 'run', run: 'r', path: 'flows/gated.flow.js', status: 'queued' });
  kernel.emit({ kind: 'began', run: 'r', agent: 'a' });
  kernel.emit({ kind: 'run', run: 'r', path: 'flows/gated.flow.js', status: 'waiting' });
  expect(kept()).toMatchObject([{ run: 'r', agent: 'a', waits: true }]);
  kernel.emit({ kind: 'run', run: 'r', path: 'flows/gated.flow.js', status: 'running' });
  expect(kept()[0]).not.toHaveProperty('waits');
  kernel.emit({ kind: 'run', run: 'r', path: 'flows/gated.flow.js', status: 'cancelled' });
  expect(kept()).toEqual([]);
});

test('the history asks the kernel which runs left a record', async () => {
  const kernel = new FakeKernel({});
  const toasts = new Toasts();
  const runs = new Runs(new Workspace(kernel, toasts), toasts);
  kernel.start();
  const gone = await tab();
  for (const one of ['cut', 'ended', 'damaged']) gone.runs.keep(run(one));
  gone.die();
  const call = kernel.call.bind(kernel);
  kernel.call = async (name, input) => {
    const { run } = input as { run?: string };
    if (name !== 'flow_status' || run === 'cut') return call(name, input);
    return run === 'ended' ? { ok: true, value: {} } : { ok: false, error: { code: 'INVALID_INPUT', message: 'The record was changed by hand.' } };
  };
  await runs.readHistory();
  expect(runs.unfinished.interrupted.map((one) => one.run)).toEqual(['cut']);
});

test('of a run that an agent began, the function is remembered as soon as it is known', async () => {
  const kernel = new FakeKernel({});
  const toasts = new Toasts();
  new Runs(new Workspace(kernel, toasts), toasts);
  kernel.start();
  const records: Record<string, unknown> = { on: { function: 'place', status: 'running' }, over: { function: 'place', status: 'failed' } };
  kernel.call = async (_, input) => ({ ok: true, value: records[(input as { run: string }).run] });
  for (const run of ['on', 'over']) {
    kernel.emit({ kind: 'run', run, path: 'workflows/orders.py', status: 'queued' });
    kernel.emit({ kind: 'began', run, agent: 'a' });
  }
  kernel.emit({ kind: 'run', run: 'over', path: 'workflows/orders.py', status: 'failed' });
  await vi.waitUntil(() => Object.values(device).some((text) => (text as string).includes('place')));
  expect(Object.keys(device)).toEqual(['selvage.unfinished.on']);
});
