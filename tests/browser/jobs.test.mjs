// A page whose runs run at a server: the same tools and arguments, the same results; and true ends when the server is gone.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { close, nameServer, runAt, runHere, startJobs } from './lib/jobs.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, ready, shows, until, value } from './lib/workbench.mjs';

const FILES = {
  'jobs/in.txt': 'grün\n',
  'jobs/sum.flow.js': `export default async (flow) => {
  flow.log.info('adding');
  const text = await flow.fs.read('jobs/in.txt');
  const { entries } = await flow.call('ls', { path: 'jobs' });
  await flow.fs.write('jobs/out.txt', text + flow.args.n);
  return [flow.args.n + 0.1 + 0.2, -0, entries.length, text];
};
`,
  'jobs/sum.py': `import pathlib
print('adding')
text = pathlib.Path('jobs/in.txt').read_text()
pathlib.Path('jobs/out-py.txt').write_text(text + 'y')
[12345678901234567890, 0.1 + 0.2, text]
`,
  'jobs/slow.flow.js': `export default async (flow) => {
  flow.log.info('before');
  await flow.fs.write('jobs/half.txt', 'never');
  await new Promise((resolve) => setTimeout(resolve, 300_000));
};
`,
};
const LONG = { wallMsMax: 600_000 };

/** What has to be alike wherever a flow runs. */
const RUNS = [
  { path: 'jobs/sum.flow.js', args: { n: 2 }, out: 'jobs/out.txt' },
  { path: 'jobs/sum.py', args: {}, out: 'jobs/out-py.txt' },
];

async function runs(page) {
  const found = [];
  for (const { path, args, out } of RUNS) {
    const { value: result, logs, usage, status, changes, guestHash } = await value(page, 'run_flow', { path, args, seed: 7, startMs: 1_700_000_000_000 });
    found.push({ path, result, logs: logs.map(({ level, text }) => [level, text]), fuel: usage.fuel, status, changes, guestHash, out: (await value(page, 'read', { path: out })).content });
    await value(page, 'delete', { path: out });
  }
  return found;
}

/** Starts a flow that waits, and gives its name once it has said something. */
async function startSlow(page) {
  const { run } = await value(page, 'run_flow', { path: 'jobs/slow.flow.js', limits: LONG, wait: false });
  await until('what it says comes while it goes on', async () => (await value(page, 'flow_logs', { run })).entries.some(({ text }) => text === 'before'));
  assert.equal((await value(page, 'flow_status', { run })).status, 'running');
  return run;
}

const ended = (page, run, msMax) => until('it is over', async () => {
  const record = await value(page, 'flow_status', { run });
  return record.error && record;
}, msMax);

async function journey({ page, server, defer, note }) {
  const jobs = await startJobs(defer, server.origin);
  await openWorkbench(page, server.url);
  for (const [path, content] of Object.entries(FILES)) await value(page, 'write', { path, content });
  const here = await runs(page);

  await nameServer(page, { ...jobs, key: 'none-that-the-server-was-told-of' }, 'Test');
  await shows(page, /does not take this key/);
  await close(page);
  await runAt(page, jobs);
  const there = await runs(page);
  for (const [at, one] of there.entries()) {
    const { fuel, ...rest } = one;
    const { fuel: fuelHere, ...restHere } = here[at];
    assert.deepEqual(rest, restHere);
    // A run's random name is part of its job, and names hash in different places.
    assert.ok(Math.abs(fuel - fuelHere) <= 10 + fuelHere / 200, `${one.path}: ${fuel} units of fuel there, ${fuelHere} here`);
  }

  await page.reload();
  await ready(page);
  await shows(page, /Runs at 127\.0\.0\.1/);
  const cancelled = await startSlow(page);
  await value(page, 'flow_cancel', { run: cancelled });
  assert.equal((await ended(page, cancelled, 3_000)).error.code, 'CANCELLED');

  const { heads } = await value(page, 'workspace_status', {});
  const lost = await startSlow(page);
  await jobs.stop();
  const start = performance.now();
  const { error, status } = await ended(page, lost, 40_000);
  note(`the run had failed ${((performance.now() - start) / 1000).toFixed(1)} s after its server`);
  assert.deepEqual([status, error.code], ['failed', 'EXECUTOR_UNAVAILABLE']);
  assert.match(error.hint, /Nothing of the run landed/);
  assert.equal((await call(page, 'stat', { path: 'jobs/half.txt' })).error?.code, 'NOT_FOUND');
  const { differences } = await value(page, 'compare', { from: heads });
  assert.deepEqual(differences.map(({ path }) => path).filter((path) => !path.startsWith('runs')), [], 'but for its record, nothing is changed');

  await runHere(page);
  assert.deepEqual((await runs(page)).map(({ result }) => result), here.map(({ result }) => result));
  await shows(page, /Runs here/);
}

test('Chromium: flows run at a server, and in the browser again', async ({ server, defer, note }) => {
  await journey({ page: await (await openChromium(defer)).newPage(), server, defer, note });
});

test('Firefox: the same', async ({ server, defer, note }) => {
  await journey({ page: await (await openFirefox(defer)).newPage(), server, defer, note });
});
