// The official client of the protocol without sessions (2026-07-28): it lists and calls every tool, and its person is asked by
// results, which it answers by making its request again.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { test } from '../browser/lib/suite.mjs';
import { connectNew, NEW } from './lib/client.mjs';
import { program, until } from './lib/host.mjs';
import { callEveryTool, CATALOGUE, decide, keyFor, serve, workspace } from './lib/mcp.mjs';
import { givesUp, hearsProgress, landsWhenApproved, policyFor, PUBLISH, readsFilesAndPrompts, somebody } from './lib/stories.mjs';

const POLICY = policyFor("'*'");
const TURN = `export default () => {
  let turns = 0;
  while (turns < 300000) turns += 1;
  return turns;
};
`;

for (const over of ['stdio', 'http']) {
test(`the official client of ${NEW} lists and calls every tool over ${over}, and what comes fits the published schemas`, async ({ defer }) => {
  const { client, call, logs } = await connectNew(defer, over);
  assert.equal(client.getNegotiatedProtocolVersion(), NEW);
  const { tools, ttlMs, cacheScope } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), CATALOGUE.map(({ name }) => name));
  assert.ok(ttlMs > 0 && cacheScope === 'public', 'the catalogue is the program\'s own');
  const called = await callEveryTool(call, 'official');
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => !called.has(name)), [], 'every tool was called');

  const ran = await hearsProgress(call);
  assert.ok(ran['selvage/run']);
  const add = (options) => call('run_flow', { path: 'flows/add.flow.js', args: { numbers: [] } }, options);
  const heard = () => logs.filter((text) => text === 'adding').length;
  await add();
  assert.equal(heard(), 0, 'who does not ask for log messages hears none');
  await add({ _meta: { 'io.modelcontextprotocol/logLevel': 'error' } });
  assert.equal(heard(), 0, 'nor does who wants only errors');
  await add({ _meta: { 'io.modelcontextprotocol/logLevel': 'debug' } });
  await until('the log comes', () => heard() === 1);

  const { error, meta } = await call('read', { path: 'missing.md' });
  assert.ok(error.code === 'NOT_FOUND' && error.message && error.path === 'missing.md');
  assert.deepEqual(meta['selvage/error'], error);
});

test(`a request that the client of ${NEW} gives up cancels its run, and files and prompts can be read, over ${over}`, async ({ defer }) => {
  const { client, call } = await connectNew(defer, over);
  await givesUp(call);
  await readsFilesAndPrompts(client, call);
  await assert.rejects(client.readResource({ uri: 'selvage:///missing.md' }), ({ code }) => code === -32602);
});

test(`what the policy asks about is asked by results over ${over}, and lands when the client's person approves`, async ({ defer }) => {
  const { asked, person } = somebody();
  const { call } = await connectNew(defer, over, { files: { 'selvage.policy.yaml': POLICY }, person });
  await landsWhenApproved(call, asked);
  assert.equal((await call('flow_runs')).value.runs.length, 1, 'the run that waited went on');
});

test(`a run gets more of a quota over ${over} when the client's person says so`, async ({ defer }) => {
  const asked = [];
  const answers = [{ action: 'accept', content: { approve: true, limit: 50_000_000 } }, { action: 'cancel' }];
  const person = (form) => (asked.push(form), answers[asked.length - 1]);
  const { call } = await connectNew(defer, over, { files: { 'turn.flow.js': TURN }, person });
  const turn = () => call('run_flow', { path: 'turn.flow.js', ask: true, limits: { fuelMax: 100_000 } });
  assert.equal((await turn()).value.value, 300_000);
  assert.match(asked[0].message, /asks for more/);
  assert.equal(asked[0].requestedSchema.properties.limit.default, 200_000);
  assert.equal((await turn()).error.code, 'QUOTA_FUEL');
  assert.equal((await call('flow_runs')).value.runs.length, 2);
});

test(`a run that is not waited for asks over ${over} when its status is looked at`, async ({ defer }) => {
  const asked = [];
  const person = ({ message }) => (asked.push(message), { action: 'accept', content: { approve: true } });
  const { call } = await connectNew(defer, over, { files: { 'selvage.policy.yaml': POLICY, 'flows/publish.flow.js': PUBLISH }, person });
  const { run } = (await call('run_flow', { path: 'flows/publish.flow.js', wait: false })).value;
  assert.deepEqual(asked, [], 'who does not wait is not held');
  await until('it is over', async () => (await call('flow_status', { run })).value.status === 'succeeded');
  assert.equal(asked.length, 1);
  assert.equal((await call('read', { path: 'published/run.md' })).value.content, 'by a run\n');
});

test(`where the client of ${NEW} can not ask its person over ${over}, what is asked about is decided at another terminal`, async ({ defer }) => {
  const { call, folder } = await connectNew(defer, over, { files: { 'selvage.policy.yaml': POLICY } });
  // The client is connected before its server has the workspace, which nobody else may have then.
  await call('ls');
  const write = () => call('write', { path: 'published/a.md', content: 'x' });
  const [{ error }] = await Promise.all([write(), decide(folder, 'deny', '--reason', 'not now')]);
  assert.match(error.message, /not now/);
  const [{ value }] = await Promise.all([write(), decide(folder, 'approve', '--yes')]);
  assert.equal(value.path, 'published/a.md');
});
}

/** A request of a client that is nothing but its requests; gives the result. */
async function bare(address, key, name, input, more = {}) {
  const _meta = { 'io.modelcontextprotocol/protocolVersion': NEW, 'io.modelcontextprotocol/clientInfo': { name: 'bare', version: '1' }, 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': NEW, 'mcp-method': 'tools/call', 'mcp-name': name };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input, _meta, ...more } });
  const answer = await fetch(`${address}/mcp`, { method: 'POST', headers, body });
  assert.equal(answer.headers.get('mcp-session-id'), null);
  const text = await answer.text();
  return JSON.parse(/^data: ?(\{.*)$/m.exec(text)?.[1] ?? text).result;
}

test('a question is answered by the key that it was put to, and ends with that key', async ({ defer }) => {
  const folder = workspace(defer, { 'selvage.policy.yaml': POLICY, 'flows/publish.flow.js': PUBLISH });
  const { address } = await serve(defer, folder);
  const [ann, bob, carl] = [keyFor(folder, 'ann', 'tools', 'approve'), keyFor(folder, 'bob', 'tools', 'approve'), keyFor(folder, 'carl', 'tools')];
  const write = (key, more) => bare(address, key, 'write', { path: 'published/a.md', content: 'one\n' }, more);
  const asked = await write(ann);
  assert.equal(asked.resultType, 'input_required');
  const inputResponses = { person: { action: 'accept', content: { approve: true } } };
  const answer = { requestState: asked.requestState, inputResponses };
  const code = ({ content }) => JSON.parse(content[0].text).code;
  assert.equal(code(await write(bob, answer)), 'POLICY_DENIED', 'another one\'s');
  const carls = write(carl);
  const waits = () => JSON.parse(execFileSync(program, ['approvals', 'list', '--json', '--workspace', folder])).value.approvals;
  await until('it waits for who is at this machine', () => waits().length === 2);
  const { approval } = waits().find(({ who }) => who === 'agent carl');
  execFileSync(program, ['approvals', 'deny', approval, '--workspace', folder]);
  assert.equal(code(await carls), 'POLICY_DENIED', 'who has no scope `approve` answers nothing');
  const done = await write(ann, answer);
  assert.equal(done.resultType, 'complete');
  assert.ok(done.structuredContent.change);
  assert.equal(code(await write(ann, answer)), 'STALE', 'it served');

  const run = { path: 'flows/publish.flow.js' };
  assert.equal((await bare(address, ann, 'run_flow', run)).resultType, 'input_required');
  execFileSync(program, ['keys', 'revoke', 'ann', '--workspace', folder]);
  await until('its run is cancelled', async () => (await bare(address, bob, 'flow_runs', {})).structuredContent.runs[0]?.status === 'cancelled');
});
