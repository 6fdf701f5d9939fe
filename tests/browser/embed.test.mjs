// A web app of another origin shows the workbench in a frame with the module that the workbench brings for that.

import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until } from './lib/workbench.mjs';

/** A web app that is nothing but a place for the frame. */
async function serveApp(defer) {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end('<!doctype html><html lang="en"><title>App</title><body><main id="place"></main></body></html>');
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  defer(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${server.address().port}`;
}

/** Opens the workbench in the app, by the module that the workbench's own server has. */
async function embed(page, app, url, options = {}) {
  await page.goto(app);
  return page.evaluate(async ([url, options]) => {
    const { open } = await import(`${url}embed/selvage.js`);
    window.workbench = open(document.getElementById('place'), { src: url, ...options });
    return window.workbench.ready;
  }, [url, options]);
}

const LOOP = 'export default async (flow) => { for (let i = 1; ; i++) { flow.log(`step ${i}`); await new Promise((go) => setTimeout(go, 20)); } };\n';
const STEPS = 'export default async (flow) => { for (let i = 1; i <= 3; i++) { flow.log(`step ${i}`); flow.progress(i, 3, "steps"); } await flow.fs.write("done.txt", "yes"); return "done"; };\n';

/** The whole journey; `own` is a page of the same browser that the person uses by itself. */
async function journey({ own, outside, server, app }) {
  await openWorkbench(own, server.url);
  const refused = await embed(outside, app, server.url);
  assert.equal(refused.error.code, 'POLICY_DENIED');
  assert.ok(refused.error.message.includes(app) && refused.error.hint.includes('embed.json'), 'it says who may not and where that is written');
  const tool = (name, input) => outside.evaluate(([name, input]) => workbench.call(name, input), [name, input]);
  assert.equal((await tool('ls', {})).error.code, 'POLICY_DENIED');

  // The person lets it in, and the frame that is open is served from then on.
  assert.equal((await call(own, 'write', { path: 'embed.json', content: JSON.stringify({ origins: [app] }) })).ok, true);
  await until('the app is let in', async () => (await tool('ls', {})).ok);
  const { version, tools } = (await outside.evaluate(() => workbench.ready)).value;
  assert.match(version, /^\d/);
  assert.deepEqual(tools, await own.evaluate(() => selvage.tools.list()));

  await tool('write', { path: 'flows/steps.flow.js', content: STEPS });
  const ran = await outside.evaluate(async () => {
    const heard = { logs: [], progress: [], changed: [] };
    const leave = workbench.on('changed', ({ paths }) => heard.changed.push(...paths));
    const result = await workbench.call('run_flow', { path: 'flows/steps.flow.js' }, { onLog: ({ text }) => heard.logs.push(text), onProgress: ({ done, total, label }) => heard.progress.push([done, total, label]) });
    leave();
    return { ...heard, result };
  });
  assert.deepEqual([ran.result.value.status, ran.result.value.value], ['succeeded', 'done']);
  assert.deepEqual(ran.logs, ['step 1', 'step 2', 'step 3']);
  assert.deepEqual(ran.progress.at(-1), [3, 3, 'steps']);
  assert.ok(ran.changed.includes('done.txt'), 'it hears what changed');
  const [change] = (await tool('history', { path: 'flows/steps.flow.js', limit: 1 })).value.changes;
  assert.deepEqual(change.origin, { kind: 'agent', name: app }, 'what it did stands under its origin');
  assert.equal((await tool('read', { path: 'nowhere' })).error.code, 'NOT_FOUND', 'an error is the contract’s');
  assert.equal((await outside.evaluate(() => workbench.call('write', { path: 'f.txt', content: () => 0 }))).error.code, 'INVALID_INPUT');

  await tool('write', { path: 'flows/loop.flow.js', content: LOOP });
  const given = await outside.evaluate(async () => {
    const giveUp = new AbortController();
    return workbench.call('run_flow', { path: 'flows/loop.flow.js' }, { signal: giveUp.signal, onLog: ({ text }) => text === 'step 3' && giveUp.abort() });
  });
  assert.equal(given.error.code, 'CANCELLED');

  // A frame that is loaded anew answers what waits, and works again.
  const lost = await outside.evaluate(async () => {
    const waits = workbench.call('run_flow', { path: 'flows/loop.flow.js' }, { onLog: ({ text }) => text === 'step 3' && (workbench.frame.src = workbench.frame.src) });
    return waits;
  });
  assert.equal(lost.error.code, 'CANCELLED');
  assert.equal((await tool('stat', { path: 'done.txt' })).ok, true);

  const closed = await outside.evaluate(async () => {
    const waits = workbench.call('ls', {});
    await workbench.ready;
    workbench.close();
    return [(await waits).error?.code, (await workbench.call('ls', {})).error?.code, document.querySelectorAll('iframe').length];
  });
  assert.deepEqual(closed, ['CANCELLED', 'CANCELLED', 0]);
}

for (const [browser, start] of [['Chromium', openChromium], ['Firefox', openFirefox]])
  test(`an app of another origin embeds the workbench, once the workspace lets it, ${browser}`, { timeMsMax: 180_000 }, async ({ defer }) => {
    const app = await serveApp(defer);
    const server = await startServer({ embedders: [app] });
    defer(server.stop);
    const context = await start(defer);
    const [own, outside] = [await context.newPage(), await context.newPage()];
    await journey({ own, outside, server, app });
  });

test('a server that does not let the app show the workbench is told from one that is slow', async ({ server, defer }) => {
  const app = await serveApp(defer);
  const page = await (await openChromium(defer)).newPage();
  const { error } = await embed(page, app, server.url, { timeoutMs: 1_500 });
  assert.equal(error.code, 'EXECUTOR_UNAVAILABLE');
  assert.ok(error.hint.includes(`--embed ${app}`), error.hint);
});
