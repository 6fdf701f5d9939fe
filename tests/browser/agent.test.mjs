// The agent's journey: write, lint, mend, run, inspect, by calls alone; from the page's console, and
// from a page of another origin that embeds the workbench.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { serveEmbedder } from './lib/embedder.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, until } from './lib/workbench.mjs';

const FLOW = 'flows/inbox/totals.flow.js';

/** Line 5 misspells a member of `flow.fs`. */
const SEEDED = `// Adds up what the files of a folder say.
export const inputs = { folder: { kind: "text", label: "Folder", default: "data/orders" } };
export default async (flow) => {
  const folder = flow.args.folder ?? "data/orders";
  const files = await flow.fs.lst(folder);
  let total = 0;
  for (const { path } of files) total += (await flow.fs.readJSON(path)).amount;
  flow.log(\`\${files.length} orders\`);
  await flow.fs.writeJSON("reports/orders.json", { orders: files.length, total });
  await flow.artifact("reports/orders.json");
  return { total };
};
`;

/** The whole loop over any way to call a tool. */
async function agentLoop(tool) {
  const must = async (name, input) => {
    const result = await tool(name, input);
    assert.equal(result.ok, true, `${name}: ${JSON.stringify(result.error)}`);
    return result.value;
  };
  for (const amount of [10, 20, 12.5]) await must('write', { path: `data/orders/${amount}.json`, content: JSON.stringify({ amount }) });
  await must('write', { path: FLOW, content: SEEDED, createOnly: true });

  const refused = await tool('run_flow', { path: FLOW });
  assert.equal(refused.ok, false, 'a flow with an error does not start');
  assert.equal(refused.error.code, 'LINT_FAILED');
  assert.equal(refused.error.line, 5);

  const bad = await must('lint_flow', { path: FLOW });
  assert.equal(bad.ok, false);
  const found = bad.diagnostics.find((one) => one.severity === 'error');
  assert.equal(found.path, FLOW);
  assert.equal(found.span.start.line, 5);
  assert.equal(SEEDED.split('\n')[4].slice(found.span.start.column - 1, found.span.end.column - 1), 'lst', 'the span is the misspelled name');
  assert.match(`${found.hint} ${found.fix?.title}`, /list/, 'what it says leads to the right name');

  await must('apply_patch', { edits: [{ path: FLOW, find: 'flow.fs.lst(', replace: 'flow.fs.list(' }] });
  const good = await must('lint_flow', { path: FLOW });
  assert.deepEqual(good.diagnostics.filter((one) => one.severity === 'error'), []);
  assert.deepEqual(good.inputs.map((one) => one.id), ['folder']);

  const record = await must('run_flow', { path: FLOW, args: { folder: 'data/orders' } });
  assert.equal(record.status, 'succeeded');
  assert.deepEqual(record.value, { total: 42.5 });
  assert.deepEqual(record.artifacts, ['reports/orders.json']);
  assert.deepEqual(record.logs.map((entry) => entry.text), ['3 orders']);
  assert.ok(record.usage.fuel > 0 && record.usage.memoryBytes > 0, 'the receipt says what was used');

  const artifact = await must('read', { path: record.artifacts[0] });
  assert.deepEqual(JSON.parse(artifact.content), { orders: 3, total: 42.5 });
  const [latest] = (await must('history', { path: record.artifacts[0], limit: 1 })).changes;
  assert.deepEqual(latest.origin, { kind: 'run', name: record.run }, 'what a run wrote is one change of that run');
  const kept = JSON.parse((await must('read', { path: record.record })).content);
  assert.deepEqual(kept.value, record.value, 'the record is a file');
  assert.deepEqual(await must('run_verify', { run: record.run }).then(({ reproduced, differences }) => ({ reproduced, differences })), { reproduced: true, differences: [] });
}

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
