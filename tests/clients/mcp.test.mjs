// The official client of the Model Context Protocol, in Node, over standard input and output and over HTTP: it lists and calls
// every tool of a workspace, and holds each value against the schema that was published for it.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { test } from '../browser/lib/suite.mjs';
import { connect } from './lib/client.mjs';
import { program, until } from './lib/host.mjs';
import { callEveryTool, CATALOGUE, decide, keyFor, serve, workspace } from './lib/mcp.mjs';
import { givesUp, hearsProgress, landsWhenApproved, policyFor, readsFilesAndPrompts, somebody, SPIN } from './lib/stories.mjs';

const POLICY = policyFor('official');

for (const over of ['stdio', 'http']) {
test(`the official client lists and calls every tool over ${over}, and what comes fits the published schemas`, async ({ defer }) => {
  const { client, call, logs } = await connect(defer, over);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), CATALOGUE.map(({ name }) => name));
  const called = await callEveryTool(call, 'official');
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => !called.has(name)), [], 'every tool was called');

  await hearsProgress(call);
  const add = () => call('run_flow', { path: 'flows/add.flow.js', args: { numbers: [] } });
  const heard = () => logs.filter((text) => text === 'adding').length;
  const before = heard();
  await add();
  assert.equal(heard(), before + 1, JSON.stringify(logs));
  await client.setLoggingLevel('error');
  await add();
  assert.equal(heard(), before + 1, 'a client that wants only errors hears of nothing else');
  await client.setLoggingLevel('debug');

  const { error, meta } = await call('read', { path: 'missing.md' });
  assert.ok(error.code === 'NOT_FOUND' && error.message && error.path === 'missing.md');
  assert.deepEqual(meta['selvage/error'], error);
});

test(`a request that the client gives up cancels its run, and files and prompts can be read, over ${over}`, async ({ defer }) => {
  const { client, call } = await connect(defer, over);
  await givesUp(call);
  await readsFilesAndPrompts(client, call);
});

test(`what the policy asks about is asked through the client over ${over}, and lands when its person approves`, async ({ defer }) => {
  const { asked, person } = somebody();
  const { call } = await connect(defer, over, { files: { 'selvage.policy.yaml': POLICY }, person });
  await landsWhenApproved(call, asked);
});

test(`where the client can not ask its person over ${over}, what is asked about is decided at another terminal`, async ({ defer }) => {
  const { call, folder } = await connect(defer, over, { files: { 'selvage.policy.yaml': POLICY } });
  const write = () => call('write', { path: 'published/a.md', content: 'x' });
  const [{ error }] = await Promise.all([write(), decide(folder, 'deny', '--reason', 'not now')]);
  assert.match(error.message, /not now/);
  const [{ value }] = await Promise.all([write(), decide(folder, 'approve', '--yes')]);
  assert.equal(value.path, 'published/a.md');
});
}

test('nobody comes in over HTTP without a key of this workspace, from another site, or into the session of somebody else', async ({ defer }) => {
  const folder = workspace(defer);
  const { address } = await serve(defer, folder);
  const [ann, bob, jobs] = [keyFor(folder, 'ann', 'tools'), keyFor(folder, 'bob', 'tools'), keyFor(folder, 'carl', 'jobs')];
  const ask = (path, key, { headers = {}, ...options } = {}) =>
    fetch(`${address}${path}`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers }, ...options });
  for (const path of ['/tools/ls', '/mcp']) {
    assert.equal((await ask(path)).status, 401, path);
    assert.equal((await ask(path, ann.slice(0, -1))).status, 401);
    assert.equal((await ask(`${path}?key=${ann}`)).status, 401, 'no key in an address');
    assert.equal((await ask(path, jobs)).status, 403);
    assert.equal((await ask(path, ann, { headers: { origin: 'https://evil.example' } })).status, 403);
  }
  assert.equal((await fetch(`${address}/healthz`)).status, 200);
  const listed = await (await ask('/tools/ls', ann)).json();
  assert.ok(listed.ok && listed.value.entries.length > 0);
  assert.equal((await ask('/tools/fly', ann)).status, 404);
  assert.equal((await ask('/tools/read', ann, { body: '{' })).status, 400);
  assert.equal((await ask('/tools/write', ann, { body: JSON.stringify({ path: 'a', content: 'x'.repeat(25 * 1024 * 1024) }) })).status, 413);
  const written = await (await ask('/tools/write', ann, { body: JSON.stringify({ path: 'a.md', content: 'x' }) })).json();
  assert.equal(written.ok, true);
  const { value } = await (await ask('/tools/history', bob, { body: JSON.stringify({ path: 'a.md' }) })).json();
  assert.deepEqual(value.changes[0].origin, { kind: 'agent', name: 'ann' }, 'the history says whose key it was');

  const accept = { accept: 'application/json, text/event-stream' };
  const hello = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } } };
  const begun = await ask('/mcp', ann, { headers: accept, body: JSON.stringify(hello) });
  const session = begun.headers.get('mcp-session-id');
  assert.ok(begun.ok && session);
  await begun.text();
  const list = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
  assert.equal((await ask('/mcp', bob, { headers: { ...accept, 'mcp-session-id': session }, body: list })).status, 404, 'a session is its key\'s');
  assert.equal((await ask('/mcp', ann, { headers: { ...accept, 'mcp-session-id': session }, body: list })).status, 200);

  execFileSync(program, ['keys', 'revoke', 'ann', '--workspace', folder]);
  assert.equal((await ask('/tools/ls', ann)).status, 401, 'a revoked key is refused at once');
  assert.equal((await ask('/tools/ls', bob)).status, 200);
});

test('only an address of this machine can do without keys', async ({ defer }) => {
  const folder = workspace(defer);
  assert.throws(() => execFileSync(program, ['mcp', '--workspace', folder, '--listen', '0.0.0.0:0', '--no-key'], { stdio: 'pipe' }), /this machine alone/);
  const { address } = await serve(defer, folder, ['--no-key']);
  assert.equal((await fetch(`${address}/tools/ls`, { method: 'POST' })).status, 200);
  assert.equal((await fetch(`${address}/tools/ls`, { method: 'POST', headers: { origin: 'http://evil.example' } })).status, 403);
});

/** A run that goes on until it is cancelled, asked for over HTTP in both ways; gives what each call came to, and what became of it. */
async function twoThatSpin(defer, folder) {
  const { address, server, gone } = await serve(defer, folder);
  const key = keyFor(folder, 'ann', 'tools');
  const headers = { Authorization: `Bearer ${key}` };
  const limits = { fuelMax: 1e12, cpuMsMax: 60_000 };
  const client = new Client({ name: 'official', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`), { requestInit: { headers } }));
  const spin = client.callTool({ name: 'run_flow', arguments: { path: 'a.flow.js', limits } }).then(({ content }) => JSON.parse(content[0].text));
  const bare = fetch(`${address}/tools/run_flow`, { method: 'POST', headers, body: JSON.stringify({ path: 'b.flow.js', limits }) });
  const other = { Authorization: `Bearer ${keyFor(folder, 'bob', 'tools')}` };
  const runs = async () => (await (await fetch(`${address}/tools/flow_runs`, { method: 'POST', headers: other })).json()).value.runs;
  await until('both run', async () => (await runs()).filter(({ status }) => status === 'running').length === 2);
  return { server, gone, client, spin, bare, runs };
}

const WRITE_AND_SPIN = `export default async (flow) => {
  await flow.fs.write('out.txt', 'never lands');
  while (true) {}
};
`;
const SPINNING = { 'a.flow.js': WRITE_AND_SPIN, 'b.flow.js': WRITE_AND_SPIN };

test('a key that is revoked ends the calls that go on with it, and its session', async ({ defer }) => {
  const folder = workspace(defer, SPINNING);
  const { client, spin, bare, runs } = await twoThatSpin(defer, folder);
  const closed = new Promise((resolve) => (client.transport.onerror = resolve));
  execFileSync(program, ['keys', 'revoke', 'ann', '--workspace', folder]);
  assert.match((await spin).message, /revoked/);
  const answer = await bare;
  assert.equal(answer.status, 403);
  assert.match((await answer.json()).error.message, /revoked/);
  await until('both are cancelled', async () => (await runs()).every(({ status }) => status === 'cancelled'));
  await assert.rejects(client.listTools());
  await closed;
});

test('who stops the program with Ctrl-C during runs has them cancelled, and whoever waits is told', async ({ defer }) => {
  const folder = workspace(defer, SPINNING);
  const { server, gone, client, spin, bare } = await twoThatSpin(defer, folder);
  const began = Date.now();
  server.kill('SIGINT');
  assert.equal((await spin).code, 'CANCELLED');
  assert.equal((await (await bare).json()).error.code, 'CANCELLED');
  await client.close();
  assert.equal(await gone, 0);
  assert.ok(Date.now() - began < 10_000, 'it ends soon');
  const { address } = await serve(defer, folder, ['--no-key']);
  const later = async (tool, input = {}) => (await fetch(`${address}/tools/${tool}`, { method: 'POST', body: JSON.stringify(input) })).json();
  assert.deepEqual((await later('flow_runs')).value.runs.map(({ status }) => status), ['cancelled', 'cancelled']);
  assert.equal((await later('stat', { path: 'out.txt' })).error.code, 'NOT_FOUND', 'nothing landed');
});

test('who finds the queue full is told when to come again, and everybody else is answered, also when the program ends', async ({ defer }) => {
  const folder = workspace(defer, { 'spin.flow.js': SPIN });
  const { address, server } = await serve(defer, folder, ['--no-key']);
  const call = async () => {
    const answer = await fetch(`${address}/tools/run_flow`, { method: 'POST', body: JSON.stringify({ path: 'spin.flow.js', limits: { fuelMax: 1e12, cpuMsMax: 60_000 } }) });
    return { status: answer.status, again: answer.headers.get('retry-after'), code: (await answer.json()).error.code };
  };
  const [RUNNING, WAITING, REFUSED] = [1, 100, 5];
  const answers = [];
  const calls = Array.from({ length: RUNNING + WAITING + REFUSED }, () => call().then((answer) => void answers.push(answer)));
  await until('what is too much is refused', () => answers.length >= REFUSED);
  assert.deepEqual(answers, Array(REFUSED).fill({ status: 503, again: '1', code: 'BUSY' }));
  server.kill('SIGINT');
  await Promise.all(calls);
  assert.deepEqual(answers.slice(REFUSED), Array(RUNNING + WAITING).fill({ status: 200, again: null, code: 'CANCELLED' }));
});
