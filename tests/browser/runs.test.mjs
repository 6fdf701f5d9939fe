// The table of `tests/runs`: what each flow comes to in the browser, and at a server for it, is what it comes to on the native host.

import { strict as assert } from 'node:assert';
import { connect } from '../clients/lib/client.mjs';
import { differences, PAIRS, runAll } from '../runs/runs.mjs';
import { openChromium } from './lib/browsers.mjs';
import { runAt, startJobs } from './lib/jobs.mjs';
import { test } from './lib/suite.mjs';
import { openWorkbench } from './lib/workbench.mjs';

/** Calls tools of a page. As JSON both ways: the debugger's own way of passing values knows no key `__proto__`, and no -0. */
const inPage = (page) => async (name, input) =>
  JSON.parse(await page.evaluate(async ([name, text]) => JSON.stringify(await window.selvage.tools.call(name, JSON.parse(text))), [name, JSON.stringify(input)]));

/** What the native host makes of the table, which it does while the browser starts. */
async function natively(defer) {
  const { client } = await connect(defer, 'stdio');
  return runAll(async (name, input) => {
    const { isError, structuredContent, _meta } = await client.callTool({ name, arguments: input });
    return isError ? { ok: false, error: _meta['selvage/error'] } : { ok: true, value: structuredContent };
  });
}

async function opened(defer, server) {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  return page;
}

let native;

test('every flow of the table ends as it should on the native host, and in the browser with the same receipt', { timeMsMax: 300_000 }, async ({ server, defer, note }) => {
  assert.ok(PAIRS.length >= 200 && new Set(PAIRS.map(({ name }) => name)).size === PAIRS.length, `there are ${PAIRS.length} pairs`);
  const page = await opened(defer, server);
  const [there, here] = await Promise.all([natively(defer), runAll(inPage(page))]);
  native = there;
  assert.deepEqual(PAIRS.filter(({ name, code }) => native.get(name).code !== code).map(({ name, code }) => `${name}: ${native.get(name).code} instead of ${code}`), []);
  assert.deepEqual(differences(PAIRS, here, native), []);
  note(`${PAIRS.length} pairs, ${new Set(PAIRS.map(({ code }) => code)).size} codes`);
});

test('a server makes of every flow for the browser what the native host does', { timeMsMax: 300_000 }, async ({ server, defer }) => {
  const jobs = await startJobs(defer, server.origin);
  const page = await opened(defer, server);
  await runAt(page, jobs);
  assert.deepEqual(differences(PAIRS, await runAll(inPage(page)), native), []);
});
