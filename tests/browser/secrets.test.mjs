// A secret of the device, kept and unlocked by a person: a run has it sent to its own domain, waits while it is locked, and neither the run
// nor anything that it leaves has it.

import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { inBothBrowsers } from './lib/python.mjs';
import { call, click, fill, find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const VALUE = 'sk_live/7f3a9c+Q z';
const PASSPHRASE = 'correct horse battery';
/** What would be left of it, in plain and in base64 at each place that it can begin at. */
const TRACES = ['sk_live', '7f3a9c', 'bGl2ZS83ZjNhOWMr', 'X2xpdmUvN2YzYTlj', 'a19saXZlLzdmM2E5'];

const flow = (url) => `export default async (flow) => {
  const answer = await fetch("${url}", { headers: { "x-key": flow.env.TOKEN } });
  const text = await answer.text();
  console.log(flow.env.TOKEN, answer.url, text);
  await flow.fs.write("out/kept.txt", text);
  return { text, env: flow.env };
};
`;

/** A server that repeats what it was told, in plain and in base64. */
async function startEcho() {
  const heard = [];
  const server = createServer((request, response) => {
    const key = request.headers['x-key'];
    if (key !== undefined) heard.push(key);
    response.writeHead(200, { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'content-type': 'text/plain' });
    response.end(`${key} ${Buffer.from(`key=${key}`).toString('base64')}`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, heard, stop: () => server.close() };
}

async function command(page, words) {
  await page.keyboard.press('F1');
  await find(page, 'combobox', 'Search');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

async function openSecrets(page) {
  await command(page, 'secrets');
  await find(page, 'dialog', 'Secrets');
}

async function unlock(page, passphrase) {
  await fill(page, 'Passphrase', passphrase);
  await click(page, 'button', 'Unlock');
}

/** Runs the flow as the person does, and gives the run's record when it is over. */
async function run(page, before) {
  const count = async () => (await value(page, 'flow_runs', {})).runs.length;
  const known = await count();
  await click(page, 'button', 'Run');
  await before?.();
  return until('the run is over', async () => {
    if ((await count()) <= known) return undefined;
    const [{ run }] = (await value(page, 'flow_runs', { limit: 1 })).runs;
    const record = await value(page, 'flow_status', { run });
    return ['succeeded', 'failed'].includes(record.status) && record;
  });
}

async function journey({ page, server }) {
  const echo = await startEcho();
  try {
    await openWorkbench(page, server.url);
    await value(page, 'write', { path: 'flows/pay.flow.js', content: flow(echo.url) });
    // A script of the page is an agent, and without a policy no agent has secrets.
    const denied = await call(page, 'run_flow', { path: 'flows/pay.flow.js', secrets: { TOKEN: 'billing' }, allowNet: ['127.0.0.1'] });
    assert.equal(denied.error?.code, 'POLICY_DENIED', JSON.stringify(denied));

    await openSecrets(page);
    await fill(page, 'Passphrase', 'short');
    await fill(page, 'The same once more', 'short');
    await click(page, 'button', 'Begin');
    await shows(page, /at least 8 characters/);
    await fill(page, 'Passphrase', PASSPHRASE);
    await fill(page, 'The same once more', PASSPHRASE);
    await click(page, 'button', 'Begin');
    await fill(page, 'Name', 'billing');
    await fill(page, 'Value', VALUE);
    await fill(page, /^May go to/, 'https://127.0.0.1/');
    await click(page, 'button', 'Keep this secret');
    await shows(page, /is no domain/);
    await fill(page, /^May go to/, '127.0.0.1');
    await click(page, 'button', 'Keep this secret');
    await find(page, 'button', 'Forget billing');
    await click(page, 'button', 'Close');

    await page.reload();
    await openWorkbench(page, server.url);
    await click(page, 'treeitem', /^pay\.flow\.js/);
    await command(page, 'show the run panel');
    await click(page, 'checkbox', /127\.0\.0\.1/);
    await page.evaluate(() => [...document.querySelectorAll('summary')].find(({ innerText }) => /Limits, environment/.test(innerText)).click());
    await fill(page, /^Secrets/, 'TOKEN=billing');

    // It is locked again: the run waits, and a person unlocks.
    const first = await run(page, async () => {
      await click(page, 'button', 'Unlock secrets');
      await unlock(page, 'not the passphrase');
      await shows(page, /passphrase is another one/);
      await unlock(page, PASSPHRASE);
      await find(page, 'button', 'Forget billing');
      await click(page, 'button', 'Close');
    });
    assert.equal(first.status, 'succeeded', JSON.stringify(first.error));
    assert.deepEqual(echo.heard, [VALUE], 'the server got it');
    assert.deepEqual(first.secrets, { TOKEN: 'billing' });
    assert.match(first.value.text, /^\[secret billing\] /);
    assert.match(first.value.env.TOKEN, /^secret-[0-9a-f]{32}$/);
    const logs = await value(page, 'flow_logs', { run: first.run });
    const kept = await value(page, 'read', { path: 'out/kept.txt' });
    const envelope = await value(page, 'read', { path: first.record.replace(/json$/, 'dsse.json') });
    const payload = Buffer.from(JSON.parse(envelope.content).payload, 'base64').toString();
    for (const trace of TRACES) {
      for (const [what, text] of Object.entries({ record: JSON.stringify(first), logs: JSON.stringify(logs), kept: kept.content, payload })) assert.ok(!text.includes(trace), `${trace} in ${what}`);
      assert.deepEqual((await value(page, 'search', { query: trace })).matches.filter(({ path }) => path !== 'flows/pay.flow.js'), [], trace);
    }
    const stored = await page.evaluate(async () => {
      const { promise, resolve } = Promise.withResolvers();
      const opening = indexedDB.open('selvage-secrets');
      opening.onsuccess = () => {
        const asked = opening.result.transaction('files').objectStore('files').get('secrets');
        asked.onsuccess = () => resolve(new TextDecoder().decode(asked.result));
      };
      return promise;
    });
    for (const told of [...TRACES, 'billing', '127.0.0.1']) assert.ok(!stored.includes(told), `${told} in the database`);

    // Once it is unlocked, the next run goes on at once; a secret that is for elsewhere stays.
    const second = await run(page);
    assert.equal(second.status, 'succeeded', JSON.stringify(second.error));
    await openSecrets(page);
    await fill(page, 'Name', 'billing');
    await fill(page, 'Value', VALUE);
    await fill(page, /^May go to/, 'api.example.com');
    await click(page, 'button', 'Replace its value');
    await shows(page, /api\.example\.com/);
    await click(page, 'button', 'Close');
    const third = await run(page);
    assert.equal(third.error?.code, 'POLICY_DENIED', JSON.stringify(third));
    assert.match(third.error.message, /may not go to `127\.0\.0\.1`/);
    assert.equal(echo.heard.length, 2);
  } finally {
    echo.stop();
  }
}

inBothBrowsers('a secret is kept by a person, sent where it may go, and in nothing that a run leaves', journey);
