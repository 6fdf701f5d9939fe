// The agent's journey (`tests/loop`): from the page's console, and from a page of another origin that embeds the workbench. A person at
// the page approves by clicks what the policy asks about.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { serveEmbedder } from './lib/embedder.mjs';
import { approve, givePolicy } from './lib/person.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until, value } from './lib/workbench.mjs';
import { agentLoop, FLOWS, POLICY } from '../loop/loop.mjs';
import { isGolden } from '../loop/normal.mjs';

for (const language of Object.keys(FLOWS))
  test(`an agent in the console does the whole loop with ${language}, and a person approves`, async ({ server, defer }) => {
    const page = await (await openChromium(defer)).newPage();
    await openWorkbench(page, server.url);
    await givePolicy(page, POLICY);
    isGolden(await agentLoop({ call: (name, input) => call(page, name, input), approve: approve(page) }, language), language);
  });

const SLIP = `export const title = 'Words';
export default async (flow) => {
  const text = flow.fs.read('notes.txt');
  flow.fs.wirte('words.json', JSON.stringify((await text).split(' ')));
  return (await text).length;
};
`;

/** Writes a flow with two slips, reads what lint says, has mended what can be, mends the other, runs it, and reads what it wrote. */
async function byCallsAlone(call) {
  const must = async (name, input) => {
    const result = await call(name, input);
    assert.equal(result.ok, true, `${name}: ${JSON.stringify(result.error)}`);
    return result.value;
  };
  const path = 'flows/words.flow.js';
  await must('write', { path: 'notes.txt', content: 'one two three' });
  await must('write', { path, content: SLIP });
  const { diagnostics } = await must('lint_flow', { path });
  const slip = diagnostics.find(({ message }) => message.includes('wirte'));
  assert.equal(slip.span.start.line, 4);
  assert.match(slip.hint, /write/);
  assert.equal((await call('run_flow', { path })).error.code, 'LINT_FAILED');
  const fixed = await must('lint_flow', { path, fix: true });
  assert.ok(fixed.diagnostics.length < diagnostics.length, JSON.stringify(fixed));
  const { content } = await must('read', { path });
  assert.ok(!content.includes('wirte'), 'the safe fix is in the file');
  const { value } = await must('run_flow', { path });
  assert.equal(value, 13);
  assert.deepEqual(JSON.parse((await must('read', { path: 'words.json' })).content), ['one', 'two', 'three']);
}

test('a script in the console writes, lints, mends, runs and reads by calls alone', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await byCallsAlone((name, input) => call(page, name, input));
});

test('the page lists its tools, each with its schemas', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  const [names, schemas] = await page.evaluate(() => Promise.all([selvage.tools.list(), selvage.tools.catalogue()]));
  assert.deepEqual(schemas.map((tool) => tool.name), names, 'every tool has its schemas');
  assert.ok(schemas.every((tool) => tool.description && tool.inputSchema.type === 'object' && tool.outputSchema), 'and its description');
});

/** A workspace that lets `origins` in, at a server that lets them show it. Who may *call* is for the workspace to say. */
async function open(defer, { shows, lets, policy }) {
  const server = await startServer({ embedders: shows });
  defer(server.stop);
  const context = await openChromium(defer);
  const own = await context.newPage();
  await openWorkbench(own, server.url);
  await value(own, 'write', { path: 'embed.json', content: JSON.stringify({ origins: lets }) });
  if (policy) await givePolicy(own, policy);
  await own.close();
  return { server, outside: await context.newPage() };
}

test('a page of an allowed origin does the same over postMessage, and a person approves in the frame', async ({ defer }) => {
  const friend = await serveEmbedder(defer);
  const { server, outside } = await open(defer, { shows: [friend.origin], lets: [friend.origin], policy: POLICY });
  const trusted = await friend.open(outside, server.url);
  const frame = outside.frames().find((one) => one.url().startsWith(server.url));
  isGolden(await agentLoop({ call: trusted, approve: approve(frame) }), 'js');
});

test('a page of an allowed origin writes, lints, mends, runs and reads by calls alone', async ({ defer }) => {
  const friend = await serveEmbedder(defer);
  const { server, outside } = await open(defer, { shows: [friend.origin], lets: [friend.origin] });
  await byCallsAlone(await friend.open(outside, server.url));
});

test('a page of an origin that is not allowed is refused, and one that is taken off the list', async ({ defer }) => {
  const [friend, stranger] = await Promise.all([serveEmbedder(defer), serveEmbedder(defer)]);
  const { server, outside } = await open(defer, { shows: [friend.origin, stranger.origin], lets: [friend.origin] });
  const strange = await stranger.open(outside, server.url);
  for (const [name, input] of [['ls', {}], ['write', { path: 'stolen.txt', content: 'x' }], ['no_such_tool', {}]]) {
    const result = await strange(name, input);
    assert.equal(result.ok, false);
    assert.equal(result.error.code, 'POLICY_DENIED', name);
    assert.ok(result.error.message.includes(stranger.origin) && /embed\.json/.test(result.error.hint));
  }

  const trusted = await friend.open(outside, server.url);
  assert.equal((await trusted('stat', { path: 'stolen.txt' })).error?.code, 'NOT_FOUND', 'nothing of the refused write happened');
  assert.equal((await trusted(17, {})).error?.code, 'INVALID_INPUT', 'a call without a name says so');

  // What the file says counts from then on, for pages that are open, too.
  assert.equal((await trusted('write', { path: 'embed.json', content: JSON.stringify({ origins: [] }) })).ok, true);
  await until('the origin that was taken off the list is refused', async () => (await trusted('ls', {})).error?.code === 'POLICY_DENIED');
});

test('a page that the server does not name as an embedder cannot show the workbench at all', async ({ server, defer }) => {
  const stranger = await serveEmbedder(defer);
  const page = await (await openChromium(defer)).newPage();
  const strange = await stranger.open(page, server.url, 3_000).catch((error) => error);
  assert.match(String(strange), /no answer/, 'frame-ancestors keeps the page out of the frame');
});
