// The official client of the Model Context Protocol, in Node, over standard input and output and over HTTP: it lists and calls
// every tool of a workspace, and holds each value against the schema that was published for it.

import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { test } from '../browser/lib/suite.mjs';
import { connect } from './lib/client.mjs';
import { program, until } from './lib/host.mjs';
import { callEveryTool, CATALOGUE, keyFor, serve, workspace } from './lib/mcp.mjs';

const SPIN = 'while (true) {}\n';

const POLICY = `version: 1
agents:
  - name: official
    allow: { tools: ['*'], read: ['**'], write: ['drafts/**', 'flows/**'] }
    ask: { write: ['published/**'] }
flows:
  - path: flows/**
    callers: [official]
    allow: { read: ['**'], write: ['drafts/**'] }
    ask: { write: ['published/**'] }
`;
const PUBLISH = `export default async (flow) => {
  await flow.fs.write('published/run.md', 'by a run\\n');
};
`;

for (const over of ['stdio', 'http']) {
test(`the official client lists and calls every tool over ${over}, and what comes fits the published schemas`, async ({ defer }) => {
  const { client, logs } = await connect(defer, over);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), CATALOGUE.map(({ name }) => name));
  // The client refuses a value that does not fit the schema which it was listed with.
  const call = async (name, input = {}, options) => {
    const { isError, structuredContent, content, _meta } = await client.callTool({ name, arguments: input }, undefined, options);
    return { value: structuredContent, error: isError && JSON.parse(content[0].text), meta: _meta };
  };
  const called = await callEveryTool(call, 'official');
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => !called.has(name)), [], 'every tool was called');

  const progress = [];
  const add = (options) => call('run_flow', { path: 'flows/add.flow.js', args: { numbers: [] } }, options);
  const heard = () => logs.filter((text) => text === 'adding').length;
  const before = heard();
  await add({ onprogress: (news) => progress.push(news) });
  assert.ok(progress.some(({ progress: done, total, message }) => done === 1 && total === 2 && message === 'half'), JSON.stringify(progress));
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
  const { client } = await connect(defer, over);
  const call = (name, input) => client.callTool({ name, arguments: input });
  await call('write', { path: 'spin.flow.js', content: SPIN });
  const giveUp = new AbortController();
  const spin = client.callTool({ name: 'run_flow', arguments: { path: 'spin.flow.js', limits: { fuelMax: 1e12, cpuMsMax: 60_000 } } }, undefined, { signal: giveUp.signal });
  const latest = async () => (await call('flow_runs', { limit: 1 })).structuredContent.runs[0];
  await until('it runs', async () => (await latest())?.status === 'running');
  giveUp.abort('enough');
  await assert.rejects(spin);
  await until('it is cancelled', async () => (await latest())?.status === 'cancelled');

  await call('write', { path: 'notes/ü.md', content: 'text\n' });
  const { resources } = await client.listResources();
  const note = resources.find(({ uri }) => decodeURI(uri).endsWith('notes/ü.md'));
  assert.equal((await client.readResource({ uri: note.uri })).contents[0].text, 'text\n');
  const { prompts } = await client.listPrompts();
  assert.deepEqual(prompts.map(({ name }) => name), ['write-a-flow']);
  const { messages } = await client.getPrompt({ name: 'write-a-flow', arguments: { goal: 'count words' } });
  assert.ok(messages[0].content.text.includes('count words'));
});

test(`what the policy asks about is asked through the client over ${over}, and lands when its person approves`, async ({ defer }) => {
  const asked = [];
  const answers = [{ action: 'accept', content: { approve: true } }, { action: 'decline' }, { action: 'accept', content: { approve: false, reason: 'not yet' } }, { action: 'accept', content: { approve: true } }];
  const person = ({ message }) => (asked.push(message), answers[asked.length - 1]);
  const { client } = await connect(defer, over, { files: { 'selvage.policy.yaml': POLICY }, person });
  const call = async (name, input) => {
    const { isError, structuredContent, content } = await client.callTool({ name, arguments: input });
    return isError ? { error: JSON.parse(content[0].text) } : { value: structuredContent };
  };
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
});

test(`where the client can not ask its person over ${over}, what is asked about is refused at once`, async ({ defer }) => {
  const { client } = await connect(defer, over, { files: { 'selvage.policy.yaml': POLICY } });
  const { isError, content } = await client.callTool({ name: 'write', arguments: { path: 'published/a.md', content: 'x' } });
  assert.ok(isError);
  assert.match(JSON.parse(content[0].text).message, /can not ask its person/);
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
