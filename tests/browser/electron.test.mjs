// The desktop app without Electron: its main process in Node, its page in Chromium, served as the app serves it.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { compiled, loadModule, openApp, watched } from './lib/electron.mjs';
import { runHere, runOnThisComputer } from './lib/jobs.mjs';
import { approve, givePolicy } from './lib/person.mjs';
import { test } from './lib/suite.mjs';
import { call, ready, shows, until, value } from './lib/workbench.mjs';
import { agentLoop, FLOWS, POLICY } from '../loop/loop.mjs';
import { isGolden } from '../loop/normal.mjs';

/** The app with the real program for its runs. `seen` knows of each time that it was started. */
async function openNative(defer, page) {
  const { NativeExecutor } = await loadModule('native');
  const seen = watched(defer);
  let executor;
  const host = await openApp(defer, page, (origin) => ({ executor: (executor = new NativeExecutor({ program: seen.program, origin })) }));
  defer(async () => executor.close());
  await host.call('workspace_status');
  return { host, executor, seen };
}

async function loop(language, where, defer) {
  const page = await (await openChromium(defer)).newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  const { host } = await openNative(defer, page);
  if (where === 'this computer') {
    await compiled(defer, FLOWS[language]);
    await runOnThisComputer(page);
  }
  await givePolicy(page, POLICY);
  isGolden(await agentLoop({ call: (name, input) => host.call(name, input), approve: approve(page) }, language), language);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true, 'the page is isolated, as it is on the workbench’s own server');
  const [change] = (await host.call('history', { path: 'data/orders/10.json', limit: 1 })).value.changes;
  assert.deepEqual(change.origin, { kind: 'agent', name: 'Electron' });
  assert.deepEqual(complaints, [], 'the policies of the app let the page do all that');
}

for (const language of Object.keys(FLOWS))
  for (const where of ['the page', 'this computer'])
    test(`programs of the main process do the whole loop with ${language} in the page’s workspace, runs are in ${where}, and a person approves`, ({ defer }) => loop(language, where, defer));

test('they hear what a run says, give it up, and hear of changes', async ({ defer }) => {
  const page = await (await openChromium(defer)).newPage();
  const host = await openApp(defer, page);
  const changed = [];
  host.on('changed', ({ paths }) => changed.push(...paths));
  await host.call('write', { path: 'flows/loop.flow.js', content: 'export default async (flow) => { for (let i = 1; ; i++) { flow.log(`step ${i}`); await new Promise((go) => setTimeout(go, 20)); } };\n' });
  const giveUp = new AbortController();
  const run = await host.call('run_flow', { path: 'flows/loop.flow.js' }, { signal: giveUp.signal, onLog: ({ text }) => text === 'step 3' && giveUp.abort() });
  assert.equal(run.error.code, 'CANCELLED');
  assert.ok(changed.includes('flows/loop.flow.js'));
});

const SUM = `export default async (flow) => {
  flow.log.info('adding');
  const text = await flow.fs.read('jobs/in.txt');
  const { entries } = await flow.call('ls', { path: 'jobs' });
  await flow.fs.write('jobs/out.txt', text + flow.args.n);
  return [flow.args.n + 0.1 + 0.2, entries.length, text];
};
`;
/** One flow for each place. */
const FILES = {
  'jobs/in.txt': 'grün\n',
  'jobs/page.flow.js': SUM,
  'jobs/native.flow.js': SUM,
  'jobs/slow.flow.js': `export default async (flow) => {
  flow.log.info('before');
  await new Promise((resolve) => setTimeout(resolve, 300_000));
};
`,
};
/** It holds whatever port the program has. */
const PLACES = `version: 1
agents:
  - name: '*'
    allow: { tools: ['*', delete], read: ['**'], write: ['jobs/**'] }
flows:
  - path: 'jobs/**'
    allow: { read: ['**'], write: ['jobs/**'], tools: [ls] }
  - path: 'jobs/page.flow.js'
    allow: { executors: [browser] }
  - path: 'jobs/{native,slow}.flow.js'
    allow: { executors: [native] }
`;

test('flows of the page’s own workspace run at the native program, and not one argument of a tool differs', async ({ defer, note }) => {
  const page = await (await openChromium(defer)).newPage();
  const { executor, seen } = await openNative(defer, page);
  await givePolicy(page, PLACES);
  for (const [path, content] of Object.entries(FILES)) await value(page, 'write', { path, content });
  const input = (name) => ({ path: `jobs/${name}.flow.js`, args: { n: 2 }, seed: 7, startMs: 1_700_000_000_000 });
  const refused = async (name) => (await call(page, 'run_flow', input(name))).error?.code === 'POLICY_DENIED';
  const run = async (name) => {
    const { value: result, logs, status, changes, guestHash, decisions } = await value(page, 'run_flow', input(name));
    const { content } = await value(page, 'read', { path: 'jobs/out.txt' });
    await value(page, 'delete', { path: 'jobs/out.txt' });
    return { alike: { result, status, changes, guestHash, content, logs: logs.map(({ level, text }) => [level, text]) }, where: decisions.map(({ what }) => what).filter((what) => what.startsWith('run on')) };
  };
  const here = await run('page');
  assert.deepEqual(here.where, ['run on browser']);
  assert.ok(await refused('native'));
  assert.deepEqual(seen.serving(), [], 'nothing is started before it is wanted');

  await runOnThisComputer(page);
  const there = await run('native');
  assert.deepEqual(there, { alike: here.alike, where: ['run on native'] });
  assert.ok(await refused('page'));
  assert.equal(seen.serving().length, 1);

  const { key } = (await executor.place()).value;
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.ok(kept.includes('native') && !kept.includes(key), 'that it was chosen is kept, and nothing to reach it by');
  assert.deepEqual((await value(page, 'search', { query: key, in: 'content' })).matches, []);

  await page.reload();
  await ready(page);
  await shows(page, /Runs on this computer/);
  assert.deepEqual(await run('native'), there, 'the first run after a start goes there, too');

  const { run: lost } = await value(page, 'run_flow', { path: 'jobs/slow.flow.js', limits: { wallMsMax: 600_000 }, wait: false });
  await until('it runs', async () => (await value(page, 'flow_logs', { run: lost })).entries.some(({ text }) => text === 'before'));
  process.kill(seen.serving().at(-1), 'SIGKILL');
  const start = performance.now();
  const record = await until('it is over', async () => {
    const record = await value(page, 'flow_status', { run: lost });
    return record.error && record;
  }, 40_000);
  note(`the run had failed ${((performance.now() - start) / 1000).toFixed(1)} s after its program`);
  assert.deepEqual([record.status, record.error.code], ['failed', 'EXECUTOR_UNAVAILABLE']);
  assert.deepEqual(await run('native'), there, 'the program is started anew for the next run');
  assert.equal(seen.serving().length, 2);

  await runHere(page);
  assert.deepEqual(await run('page'), here);
});

test('an app whose program can’t be started says so, and runs nothing somewhere else', async ({ defer }) => {
  const page = await (await openChromium(defer)).newPage();
  const { NativeExecutor } = await loadModule('native');
  const executor = new NativeExecutor({ program: '/nowhere/selvage' });
  const host = await openApp(defer, page, () => ({ executor }));
  await host.call('workspace_status');
  await value(page, 'write', { path: 'one.flow.js', content: 'export default () => 1;\n' });
  await page.evaluate(() => localStorage.setItem('selvage.executor', '"native"'));
  await page.reload();
  await ready(page);
  const { error } = await call(page, 'run_flow', { path: 'one.flow.js' });
  assert.equal(error.code, 'EXECUTOR_UNAVAILABLE');
  assert.match(error.message, /ENOENT/);
  assert.match(error.hint, /choose this browser/);
});
