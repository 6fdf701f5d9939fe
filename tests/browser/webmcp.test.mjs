// The browser's own agent: what Chromium and Firefox offer pages of WebMCP, each in the draft that it has.

import { strict as assert } from 'node:assert';
import { CHROMIUM_ARGS, openChromium, openFirefox } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const FLOW = 'flows/agent/sum.flow.js';
const SOURCE = 'export default async (flow) => { flow.log("adding"); await flow.fs.write("sum.txt", String(flow.args.a + flow.args.b)); return flow.args.a + flow.args.b; };\n';

const chromium = (defer) => openChromium(defer, { args: [...CHROMIUM_ARGS, '--enable-features=WebMCP'] });

/** Calls a tool as the browser's agent does: through the browser, which hands over JSON and nothing else. */
const ask = (page, name, input) =>
  page.evaluate(async ([name, input]) => {
    const tool = (await document.modelContext.getTools()).find((one) => one.name === name);
    return JSON.parse(await document.modelContext.executeTool(tool, input));
  }, [name, input]);

const offered = (page) => page.evaluate(async () => (await document.modelContext.getTools()).map(({ name, annotations }) => ({ name, annotations })));

async function press(page, command) {
  await page.keyboard.press('F1');
  await find(page, 'combobox', 'Search');
  await page.keyboard.type(command);
  await page.keyboard.press('Enter');
}

test('an agent of the browser finds every tool, works with them, and stands in the history as itself', async ({ server, defer }) => {
  const page = await (await chromium(defer)).newPage();
  await openWorkbench(page, server.url);
  const names = await page.evaluate(() => selvage.tools.list());
  const tools = await until('all tools are offered', async () => {
    const all = await offered(page);
    return all.length === names.length && all;
  });
  assert.deepEqual(tools.map(({ name }) => name), [...names].sort(), 'the browser lists them by name');
  const hints = (name) => tools.find((one) => one.name === name).annotations;
  assert.equal(hints('ls').readOnlyHint, true);
  assert.equal(hints('delete').readOnlyHint, false);
  assert.ok(tools.every(({ annotations }) => annotations.untrustedContentHint), 'what a workspace holds is not to be trusted');

  assert.equal((await ask(page, 'write', { path: FLOW, content: SOURCE })).isError, undefined);
  const run = await ask(page, 'run_flow', { path: FLOW, args: { a: 2, b: 3 }, seed: 1, startMs: 0 });
  assert.deepEqual(JSON.parse(run.content[0].text), run.structuredContent, 'the text says what the structure says');
  const record = run.structuredContent;
  assert.deepEqual([record.status, record.value, record.logs.map(({ text }) => text)], ['succeeded', 5, ['adding']]);
  const waited = await value(page, 'run_flow', { path: FLOW, args: { a: 2, b: 3 }, seed: 1, startMs: 0 });
  assert.deepEqual(Object.keys(record).sort(), Object.keys(waited).sort(), 'a watched run gives what a run that is waited for gives');
  const kept = JSON.parse((await value(page, 'read', { path: record.record })).content);
  assert.deepEqual([record.logs, record.changes, record.usage.fuel, record.status], [kept.logs, kept.changes, kept.usage.fuel, kept.status], 'and what its record holds');

  const [change] = (await value(page, 'history', { path: FLOW, limit: 1 })).changes;
  assert.deepEqual(change.origin, { kind: 'agent', name: 'WebMCP' });
  const failed = await ask(page, 'read', { path: 'nowhere' });
  assert.deepEqual([failed.isError, failed._meta['selvage/error'].code, failed.structuredContent], [true, 'NOT_FOUND', undefined]);

  // The person sees all of it, and none of what they did themselves.
  await page.keyboard.press('Alt+9');
  const calls = await until('the calls are listed', async () => {
    const rows = await page.evaluate(() => [...document.querySelectorAll('button.call')].map((row) => row.innerText.replace(/\s+/g, ' ')));
    return rows.length > 0 && rows;
  });
  for (const said of [/^Failed: read nowhere NOT_FOUND Agents of the browser/, /^Succeeded: run_flow .*Agents of the browser/, /^Done: write flows\/agent\/sum\.flow\.js/]) assert.ok(calls.some((call) => said.test(call)), `${said} is among ${calls.join(' | ')}`);
  assert.ok(calls.some((call) => /Scripts of this page/.test(call)), 'what the console called is there, too');
});

test('an agent that gives up cancels its run', async ({ server, defer }) => {
  const page = await (await chromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: 'flows/loop.flow.js', content: 'export default (flow) => { flow.log("on it"); for (;;) {} };\n' });
  await until('the tool is offered', async () => (await offered(page)).some(({ name }) => name === 'run_flow'));
  const gaveUp = await page.evaluate(async () => {
    const tool = (await document.modelContext.getTools()).find((one) => one.name === 'run_flow');
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(), 500);
    return document.modelContext.executeTool(tool, { path: 'flows/loop.flow.js' }, { signal: giveUp.signal }).then(() => 'it ended', (error) => error.name);
  });
  assert.equal(gaveUp, 'AbortError');
  const run = await until('the run is over', async () => (await value(page, 'flow_runs', {})).runs.find(({ path, status }) => path === 'flows/loop.flow.js' && status !== 'running'));
  assert.equal(run.status, 'cancelled');
});

test('the tools can be taken back and offered anew, and the choice is kept', async ({ server, defer }) => {
  const page = await (await chromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await until('the tools are offered', async () => (await offered(page)).length > 0);
  await press(page, 'agents of the browser');
  await shows(page, /may call nothing here any more/);
  await until('the tools are gone', async () => (await offered(page)).length === 0);
  await page.reload();
  await openWorkbench(page, server.url);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.deepEqual(await offered(page), [], 'it stays off');
  await press(page, 'agents of the browser');
  await until('the tools are back', async () => (await offered(page)).length > 0);
});

test('an earlier draft, at the navigator and without a signal, is served as well', async ({ server, defer }) => {
  const browser = await openFirefox(defer, { 'dom.modelcontext.enabled': true });
  const page = await browser.newPage();
  // That draft shows a page nothing of what it took, so what it takes is noted on the way.
  await page.evaluateOnNewDocument(() => {
    const draft = Object.getPrototypeOf(navigator.modelContext);
    const { registerTool, unregisterTool } = draft;
    window.taken = new Map();
    draft.registerTool = function (tool, ...more) {
      registerTool.call(this, tool, ...more);
      taken.set(tool.name, tool);
    };
    draft.unregisterTool = function (name) {
      unregisterTool.call(this, name);
      taken.delete(name);
    };
  });
  await openWorkbench(page, server.url);
  const names = await page.evaluate(() => selvage.tools.list());
  await until('every tool is taken', async () => (await page.evaluate(() => taken.size)) === names.length);
  const answer = await page.evaluate(async () => (await taken.get('write').execute({ path: 'a.txt', content: 'a' }, {})).structuredContent);
  assert.equal(answer.path, 'a.txt');
  await press(page, 'agents of the browser');
  await until('the tools are gone', async () => (await page.evaluate(() => taken.size)) === 0);
});

test('a browser without such a thing has no such command', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  assert.equal(await page.evaluate(() => 'modelContext' in document || 'modelContext' in navigator), false);
  await page.keyboard.press('Control+k');
  await find(page, 'combobox', 'Search');
  await page.keyboard.type('agents of the browser');
  await until('nothing is found', async () => (await page.evaluate(() => document.querySelectorAll('[role=option]').length)) === 0);
});
