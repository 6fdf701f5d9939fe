// Stopping runs, with and without cross-origin isolation: most web hosts send no such headers.

import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until, value } from './lib/workbench.mjs';

const FLOWS = {
  'stop/spin.flow.js': 'export default () => {\n  let n = 0;\n  while (true) n += 1;\n};\n',
  'stop/regex.flow.js': `export default () => /^(a+)+$/.test("${'a'.repeat(60)}b");\n`,
  'stop/wait.flow.js': 'export default () => new Promise((resolve) => setTimeout(resolve, 60_000));\n',
  'stop/write.flow.js': 'export default async (flow) => {\n  await flow.fs.write("stop/half.txt", "never");\n  for (;;);\n};\n',
  'stop/ask.flow.js': 'export default () => {\n  let n = 0;\n  for (let i = 0; i < 300_000; i += 1) n += i;\n  return n;\n};\n',
  'stop/later.flow.js': 'export default () => new Promise((resolve) => setTimeout(() => resolve("later"), 3_000));\n',
  'stop/trivial.flow.js': '6 * 7;\n',
};

const ENDLESS = { fuelMax: 1e12 };

/** What has to hold with and without isolation, in every browser. */
async function stopsRuns(page, isolated) {
  assert.equal(await page.evaluate(() => crossOriginIsolated), isolated);
  for (const [path, content] of Object.entries(FLOWS)) await value(page, 'write', { path, content });

  for (const path of ['stop/spin.flow.js', 'stop/regex.flow.js', 'stop/wait.flow.js', 'stop/write.flow.js']) {
    const { run } = await value(page, 'run_flow', { path, limits: ENDLESS, wait: false });
    await until(`${path} runs`, async () => (await value(page, 'flow_status', { run })).status === 'running');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await value(page, 'flow_cancel', { run });
    const record = await until(`${path} is over`, async () => {
      const record = await value(page, 'flow_status', { run });
      return record.error && record;
    }, 3_000);
    assert.equal(record.status, 'cancelled', path);
    assert.equal(record.error.code, 'CANCELLED', path);
  }
  assert.equal((await call(page, 'stat', { path: 'stop/half.txt' })).error?.code, 'NOT_FOUND', 'nothing of a cancelled run lands');

  const late = await call(page, 'run_flow', { path: 'stop/spin.flow.js', limits: { ...ENDLESS, cpuMsMax: 100 } });
  assert.equal(late.error?.code, 'QUOTA_CPU');
  const slow = await call(page, 'run_flow', { path: 'stop/spin.flow.js', limits: { ...ENDLESS, wallMsMax: 100 } });
  assert.equal(slow.error?.code, 'QUOTA_WALL');
  assert.equal((await value(page, 'run_flow', { path: 'stop/trivial.flow.js' })).value, 42, 'the next run works');
}

const asking = (page, run) => until('the run asks', async () => (await value(page, 'flow_status', { run })).status === 'asking');

const over = (page, run) =>
  until('the run is over', async () => {
    const record = await value(page, 'flow_status', { run });
    return record.status !== 'running' && record;
  });

/** A run that is out of fuel asks; with more it goes on from where it was. */
async function goesOnWhenGranted(page) {
  const same = { path: 'stop/ask.flow.js', seed: 7, startMs: 0 };
  const enough = await value(page, 'run_flow', same);
  const { run } = await value(page, 'run_flow', { ...same, ask: true, wait: false, limits: { fuelMax: Math.floor(enough.usage.fuel / 3) } });
  await asking(page, run);
  await value(page, 'flow_answer', { run, limits: { fuelMax: Math.floor(enough.usage.fuel / 2) } });
  await asking(page, run);
  await value(page, 'flow_answer', { run, limits: { fuelMax: enough.usage.fuel * 2 } });
  const record = await over(page, run);
  assert.equal(record.status, 'succeeded', JSON.stringify(record.error));
  assert.equal(record.value, enough.value);
  // Names hash in different places, and a run's name is random: a few units lie between equal runs.
  assert.ok(Math.abs(record.usage.fuel - enough.usage.fuel) <= 10, `it went on, it did not begin again: ${record.usage.fuel} and ${enough.usage.fuel}`);

  const refused = await value(page, 'run_flow', { path: 'stop/ask.flow.js', ask: true, wait: false, limits: { fuelMax: 1_000 } });
  await asking(page, refused.run);
  await value(page, 'flow_answer', { run: refused.run, deny: true });
  assert.equal((await over(page, refused.run)).error.code, 'QUOTA_FUEL');
}

/** A run that waits, and whose time is over, asks; with more it waits on. */
async function waitsOnWhenGranted(page) {
  const late = { path: 'stop/later.flow.js', limits: { wallMsMax: 200 } };
  const { run } = await value(page, 'run_flow', { ...late, ask: true, wait: false });
  await asking(page, run);
  await value(page, 'flow_answer', { run, limits: { wallMsMax: 400 } });
  await asking(page, run);
  await value(page, 'flow_answer', { run, limits: { wallMsMax: 60_000 } });
  const record = await over(page, run);
  assert.equal(record.value, 'later', JSON.stringify(record.error));

  const refused = await value(page, 'run_flow', { ...late, ask: true, wait: false });
  await asking(page, refused.run);
  await value(page, 'flow_answer', { run: refused.run, deny: true });
  assert.equal((await over(page, refused.run)).error.code, 'QUOTA_WALL');
  assert.equal((await call(page, 'run_flow', late)).error?.code, 'QUOTA_WALL', 'nobody wished to be asked');
}

test('a run is cancelled at any time, ends at its limits, and goes on when it is granted more', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await stopsRuns(page, true);
  await goesOnWhenGranted(page);
  await waitsOnWhenGranted(page);
});

test('the same without cross-origin isolation', async ({ defer }) => {
  const server = await startServer({ isolated: false });
  defer(server.stop);
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await stopsRuns(page, false);
  await goesOnWhenGranted(page);
  await waitsOnWhenGranted(page);
});

test('the same in Firefox, without isolation', async ({ defer }) => {
  const server = await startServer({ isolated: false });
  defer(server.stop);
  const page = await (await openFirefox(defer)).newPage();
  await openWorkbench(page, server.url);
  await stopsRuns(page, false);
  await goesOnWhenGranted(page);
  await waitsOnWhenGranted(page);
});

test('a run that is over leaves no fetch behind', async ({ server, defer }) => {
  /** The answers that are begun and never end, and how many of their connections closed. */
  let [asked, closed] = [0, 0];
  const silent = createServer((_, response) => {
    asked += 1;
    response.once('close', () => (closed += 1));
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' }).write('some');
  });
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  defer(async () => {
    silent.closeAllConnections();
    silent.close();
  });
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  const url = `http://127.0.0.1:${silent.address().port}/`;
  const content = `export default async () => (await Promise.all([fetch('${url}a'), fetch('${url}b')])).length;\n`;
  await value(page, 'write', { path: 'stop/fetch.flow.js', content });
  const { run } = await value(page, 'run_flow', { path: 'stop/fetch.flow.js', allowNet: ['127.0.0.1'], wait: false });
  await until('both are asked for', async () => asked === 2);
  assert.equal(closed, 0);
  await value(page, 'flow_cancel', { run });
  await until('the server is let go', async () => closed === 2, 5_000);
  assert.equal((await over(page, run)).error.code, 'CANCELLED');
});
