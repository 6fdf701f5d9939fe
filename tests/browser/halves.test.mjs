// A guest comes in two halves. What a run needs of the second one it waits for, where it stands; and it can be stopped there.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until, value } from './lib/workbench.mjs';

const REST = /\/guest-js\.rest-[^/]*\.wasm$/;
/** Nothing that the first half was trained for. */
const DEEP = `export default () => [new Date(0).toISOString(), 2n ** 70n, 'ÄÖ'.normalize('NFD').replace(/\\p{M}/gu, '')].join(' ');`;
const DEEP_VALUE = '1970-01-01T00:00:00.000Z 1180591620717411303424 AO';

/** A page whose requests for the second half stay open until somebody says how they end. */
async function openWithoutRest(defer, server) {
  const context = await openChromium(defer, { serviceWorkers: 'block' });
  const held = [];
  await context.route(REST, (route) => held.push(route));
  const page = await context.newPage();
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: 'flows/deep.flow.js', content: DEEP });
  await value(page, 'write', { path: 'flows/plain.flow.js', content: '6 * 7' });
  return { page, held };
}

test('a run that needs the second half of its guest waits for it, and others do not', async ({ server, defer }) => {
  const { page, held } = await openWithoutRest(defer, server);
  assert.equal((await value(page, 'run_flow', { path: 'flows/plain.flow.js' })).value, 42);
  const deep = value(page, 'run_flow', { path: 'flows/deep.flow.js' });
  await until('the second half is asked for', () => held.length > 0);
  assert.equal((await value(page, 'run_flow', { path: 'flows/plain.flow.js' })).value, 42);
  await held.pop().continue();
  const { value: text, usage } = await deep;
  assert.equal(text, DEEP_VALUE);
  assert.ok(usage.cpuMs < usage.wallMs, `waiting is not computing: ${usage.cpuMs} of ${usage.wallMs} ms`);
  assert.equal((await value(page, 'run_flow', { path: 'flows/deep.flow.js' })).value, DEEP_VALUE);
});

test('a run that waits for the second half can be cancelled, and ends with its time', async ({ server, defer }) => {
  const { page, held } = await openWithoutRest(defer, server);
  const deep = call(page, 'run_flow', { path: 'flows/deep.flow.js' });
  await until('the second half is asked for', () => held.length > 0);
  const { runs } = await value(page, 'flow_runs', {});
  await value(page, 'flow_cancel', { run: runs.find((one) => one.status === 'running').run });
  assert.equal((await deep).error.code, 'CANCELLED');
  const late = await call(page, 'run_flow', { path: 'flows/deep.flow.js', limits: { wallMsMax: 300 } });
  assert.equal(late.error.code, 'QUOTA_WALL');
});

test('a run whose second half can not be had says so, and the next one asks for it again', async ({ server, defer }) => {
  const { page, held } = await openWithoutRest(defer, server);
  /** Runs it, and ends each request for the second half; who reads texts asks for it, too. */
  const run = async (end) => {
    let result;
    let asked = 0;
    void call(page, 'run_flow', { path: 'flows/deep.flow.js' }).then((ended) => (result = ended));
    await until('the run is over', async () => {
      for (const request of held.splice(0)) {
        asked += 1;
        await end(request);
      }
      return result !== undefined;
    });
    assert.ok(asked > 0, 'the second half is asked for');
    return result;
  };
  const { error } = await run((request) => request.abort());
  assert.match(error.message, /guest-js can't be loaded/);
  assert.equal((await run((request) => request.continue())).value.value, DEEP_VALUE);
});

test('a text that can not be read without the second half is read when that is here, and keeps no run waiting', async ({ server, defer }) => {
  const { page, held } = await openWithoutRest(defer, server);
  const content = `export default async function* () { class Odd { static #one = 1n; static { do { [this.#one = 2] = []; } while (Odd.#one ?? 0); } get two() { return new.target; } } label: for await (const { a = 1, ...b } of []) { switch (a) { case 1: continue label; default: debugger; } } yield* [\`\${Odd}\`, /(?<n>x)\\k<n>/v]; }`;
  await value(page, 'write', { path: 'flows/odd.flow.js', content });
  const linted = value(page, 'lint_flow', { path: 'flows/odd.flow.js' });
  await until('the second half is asked for', () => held.length > 0);
  assert.equal((await value(page, 'run_flow', { path: 'flows/plain.flow.js' })).value, 42);
  await held.pop().continue();
  assert.deepEqual((await linted).diagnostics.filter(({ severity }) => severity === 'error'), []);
});
