// The official client of the protocol without sessions (2026-07-28): it lists and calls every tool, and its person is asked by
// results, which it answers by making its request again.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { test } from '../browser/lib/suite.mjs';
import { connectNew, NEW } from './lib/client.mjs';
import { program, until } from './lib/host.mjs';
import { callEveryTool, CATALOGUE, keyFor, serve, workspace } from './lib/mcp.mjs';

const SPIN = 'while (true) {}\n';

const POLICY = `version: 1
agents:
  - name: '*'
    allow: { tools: ['*'], read: ['**'], write: ['drafts/**', 'flows/**'] }
    ask: { write: ['published/**'] }
flows:
  - path: flows/**
    callers: ['*']
    allow: { read: ['**'], write: ['drafts/**'] }
    ask: { write: ['published/**'] }
`;
const PUBLISH = `export default async (flow) => {
  await flow.fs.write('published/run.md', 'by a run\\n');
};
`;
const TURN = `export default () => {
  let turns = 0;
  while (turns < 300000) turns += 1;
  return turns;
};
`;

/** Calls a tool; gives `{ value, meta }` or `{ error, meta }`. */
const caller = (client) => async (name, input = {}, { _meta, ...options } = {}) => {
  const { isError, structuredContent, content, _meta: meta } = await client.callTool({ name, arguments: input, _meta }, options);
  return isError ? { error: JSON.parse(content[0].text), meta } : { value: structuredContent, meta };
};

for (const over of ['stdio', 'http']) {
test(`the official client of ${NEW} lists and calls every tool over ${over}, and what comes fits the published schemas`, async ({ defer }) => {
  const { client, logs } = await connectNew(defer, over);
  assert.equal(client.getNegotiatedProtocolVersion(), NEW);
  const { tools, ttlMs, cacheScope } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), CATALOGUE.map(({ name }) => name));
  assert.ok(ttlMs > 0 && cacheScope === 'public', 'the catalogue is the program\'s own');
  const call = caller(client);
  const called = await callEveryTool(call, 'official');
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => !called.has(name)), [], 'every tool was called');

  const progress = [];
  const add = (options) => call('run_flow', { path: 'flows/add.flow.js', args: { numbers: [] } }, options);
  const heard = () => logs.filter((text) => text === 'adding').length;
  assert.equal(heard(), 0, 'who does not ask for log messages hears none');
  const { meta: ran } = await add({ onprogress: (news) => progress.push(news) });
  assert.ok(ran['selvage/run']);
  assert.ok(progress.some(({ progress: done, total, message }) => done === 1 && total === 2 && message === 'half'), JSON.stringify(progress));
  await add({ _meta: { 'io.modelcontextprotocol/logLevel': 'error' } });
  assert.equal(heard(), 0, 'nor does who wants only errors');
  await add({ _meta: { 'io.modelcontextprotocol/logLevel': 'debug' } });
  await until('the log comes', () => heard() === 1);

  const { error, meta } = await call('read', { path: 'missing.md' });
  assert.ok(error.code === 'NOT_FOUND' && error.message && error.path === 'missing.md');
  assert.deepEqual(meta['selvage/error'], error);
});

test(`a request that the client of ${NEW} gives up cancels its run, and files and prompts can be read, over ${over}`, async ({ defer }) => {
  const { client } = await connectNew(defer, over);
  const call = caller(client);
  await call('write', { path: 'spin.flow.js', content: SPIN });
  const giveUp = new AbortController();
  const spin = call('run_flow', { path: 'spin.flow.js', limits: { fuelMax: 1e12, cpuMsMax: 60_000 } }, { signal: giveUp.signal });
  const latest = async () => (await call('flow_runs', { limit: 1 })).value.runs[0];
  await until('it runs', async () => (await latest())?.status === 'running');
  giveUp.abort('enough');
  await assert.rejects(spin);
  await until('it is cancelled', async () => (await latest())?.status === 'cancelled');

  await call('write', { path: 'notes/ü.md', content: 'text\n' });
  const { resources } = await client.listResources();
  const note = resources.find(({ uri }) => decodeURI(uri).endsWith('notes/ü.md'));
  assert.equal((await client.readResource({ uri: note.uri })).contents[0].text, 'text\n');
  await assert.rejects(client.readResource({ uri: 'selvage:///missing.md' }), ({ code }) => code === -32602);
  const { prompts } = await client.listPrompts();
  assert.deepEqual(prompts.map(({ name }) => name), ['write-a-flow']);
  const { messages } = await client.getPrompt({ name: 'write-a-flow', arguments: { goal: 'count words' } });
  assert.ok(messages[0].content.text.includes('count words'));
});

test(`what the policy asks about is asked by results over ${over}, and lands when the client's person approves`, async ({ defer }) => {
  const asked = [];
  const answers = [{ action: 'accept', content: { approve: true } }, { action: 'decline' }, { action: 'accept', content: { approve: false, reason: 'not yet' } }, { action: 'accept', content: { approve: true } }];
  const person = ({ message }) => (asked.push(message), answers[asked.length - 1]);
  const { client } = await connectNew(defer, over, { files: { 'selvage.policy.yaml': POLICY }, person });
  const call = caller(client);
  assert.equal((await call('write', { path: 'elsewhere.md', content: 'x' })).error.code, 'POLICY_DENIED');
  assert.ok((await call('write', { path: 'drafts/a.md', content: 'x' })).value);
  assert.deepEqual(asked, [], 'neither is asked about');

  assert.ok((await call('write', { path: 'published/a.md', content: 'one\n' })).value, 'approved');
  assert.ok(asked[0].includes('agent official wants: write published/a.md') && asked[0].includes('+one'), asked[0]);
  assert.equal((await call('read', { path: 'published/a.md' })).value.content, 'one\n');
  assert.equal((await call('write', { path: 'published/a.md', content: 'two\n' })).error.code, 'POLICY_DENIED', 'declined');
  const refused = await call('write', { path: 'published/a.md', content: 'three\n' });
  assert.match(refused.error.message, /not yet/);
  assert.equal((await call('read', { path: 'published/a.md' })).value.content, 'one\n');

  await call('write', { path: 'flows/publish.flow.js', content: PUBLISH });
  const { value: record } = await call('run_flow', { path: 'flows/publish.flow.js' });
  assert.deepEqual(record.decisions.map(({ verdict }) => verdict), ['allowed', 'asked', 'approved']);
  assert.equal(record.decisions[2].by, 'the person at official');
  assert.equal((await call('read', { path: 'published/run.md' })).value.content, 'by a run\n');
  assert.equal((await call('flow_runs')).value.runs.length, 1, 'the run that waited went on');
});

test(`a run gets more of a quota over ${over} when the client's person says so`, async ({ defer }) => {
  const asked = [];
  const answers = [{ action: 'accept', content: { approve: true, limit: 50_000_000 } }, { action: 'cancel' }];
  const person = (form) => (asked.push(form), answers[asked.length - 1]);
  const { client } = await connectNew(defer, over, { files: { 'turn.flow.js': TURN }, person });
  const call = caller(client);
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
  const { client } = await connectNew(defer, over, { files: { 'selvage.policy.yaml': POLICY, 'flows/publish.flow.js': PUBLISH }, person });
  const call = caller(client);
  const { run } = (await call('run_flow', { path: 'flows/publish.flow.js', wait: false })).value;
  assert.deepEqual(asked, [], 'who does not wait is not held');
  await until('it is over', async () => (await call('flow_status', { run })).value.status === 'succeeded');
  assert.equal(asked.length, 1);
  assert.equal((await call('read', { path: 'published/run.md' })).value.content, 'by a run\n');
});

test(`where the client of ${NEW} can not ask its person over ${over}, what is asked about is refused at once`, async ({ defer }) => {
  const { client } = await connectNew(defer, over, { files: { 'selvage.policy.yaml': POLICY } });
  const { error } = await caller(client)('write', { path: 'published/a.md', content: 'x' });
  assert.match(error.message, /can not ask its person/);
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
  assert.match((await write(carl)).content[0].text, /has no scope `approve`/);
  const done = await write(ann, answer);
  assert.equal(done.resultType, 'complete');
  assert.ok(done.structuredContent.change);
  assert.equal(code(await write(ann, answer)), 'STALE', 'it served');

  const run = { path: 'flows/publish.flow.js' };
  assert.equal((await bare(address, ann, 'run_flow', run)).resultType, 'input_required');
  execFileSync(program, ['keys', 'revoke', 'ann', '--workspace', folder]);
  await until('its run is cancelled', async () => (await bare(address, bob, 'flow_runs', {})).structuredContent.runs[0]?.status === 'cancelled');
});
