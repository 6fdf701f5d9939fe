// The agent's journey: write, lint, mend, run, inspect, by calls alone; from the page's console, and
// from a page of another origin that embeds the workbench.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { serveEmbedder } from './lib/embedder.mjs';
import { agentLoop } from './lib/loop.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until } from './lib/workbench.mjs';

test('an agent in the console writes a flow, lints it, mends it, runs it and reads the artifact', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  const [names, schemas] = await page.evaluate(() => Promise.all([selvage.tools.list(), selvage.tools.catalogue()]));
  assert.deepEqual(schemas.map((tool) => tool.name), names, 'every tool has its schemas');
  assert.ok(schemas.every((tool) => tool.description && tool.inputSchema.type === 'object' && tool.outputSchema), 'and its description');
  await agentLoop((name, input) => call(page, name, input));
});

test('a page of an allowed origin does the same over postMessage; one that is not allowed is refused', async ({ defer }) => {
  const [friend, stranger] = await Promise.all([serveEmbedder(defer), serveEmbedder(defer)]);
  // The server lets both show the page: who may *call* is for the workspace to say.
  const server = await startServer({ embedders: [friend.origin, stranger.origin] });
  defer(server.stop);
  const context = await openChromium(defer);

  const own = await context.newPage();
  await openWorkbench(own, server.url);
  const allow = (origins) => ({ path: 'embed.json', content: JSON.stringify({ origins }) });
  assert.equal((await call(own, 'write', allow([friend.origin]))).ok, true);
  await own.close();

  const outside = await context.newPage();
  const strange = await stranger.open(outside, server.url);
  for (const [name, input] of [['ls', {}], ['write', { path: 'stolen.txt', content: 'x' }], ['no_such_tool', {}]]) {
    const result = await strange(name, input);
    assert.equal(result.ok, false);
    assert.equal(result.error.code, 'POLICY_DENIED', name);
    assert.ok(result.error.message.includes(stranger.origin) && /embed\.json/.test(result.error.hint));
  }

  const trusted = await friend.open(outside, server.url);
  await agentLoop(trusted);
  assert.equal((await trusted('stat', { path: 'stolen.txt' })).error?.code, 'NOT_FOUND', 'nothing of the refused write happened');
  assert.equal((await trusted(17, {})).error?.code, 'INVALID_INPUT', 'a call without a name says so');

  // What the file says counts from then on, for pages that are open, too.
  assert.equal((await trusted('write', allow([]))).ok, true);
  await until('the origin that was taken off the list is refused', async () => (await trusted('ls', {})).error?.code === 'POLICY_DENIED');
});

test('a page that the server does not name as an embedder cannot show the workbench at all', async ({ server, defer }) => {
  const stranger = await serveEmbedder(defer);
  const page = await (await openChromium(defer)).newPage();
  const strange = await stranger.open(page, server.url, 3_000).catch((error) => error);
  assert.match(String(strange), /no answer/, 'frame-ancestors keeps the page out of the frame');
});
