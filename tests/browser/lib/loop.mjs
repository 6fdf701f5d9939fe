// What an agent does by calls alone, over any way to call a tool: write, lint, mend, run, inspect.

import { strict as assert } from 'node:assert';

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

/** The whole loop; `tool(name, input)` gives a result. */
export async function agentLoop(tool) {
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
