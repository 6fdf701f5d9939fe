// The official client of the Model Context Protocol, in Node, over standard input and output and over HTTP: it lists and calls
// every tool of a workspace, and holds each value against the schema that was published for it.

import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { removeFolder, test } from '../browser/lib/suite.mjs';
import { program, until } from './lib/host.mjs';

const CATALOGUE = JSON.parse(readFileSync(new URL('../../crates/tool/src/catalogue/tools.json', import.meta.url), 'utf8'));
const FLOW = `export default async (flow) => {
  flow.progress(1, 2, 'half');
  flow.log('adding');
  await flow.fs.write('out.txt', 'done');
  return { sum: flow.args.numbers.reduce((sum, n) => sum + n, 0) };
};
`;
const SPIN = 'while (true) {}\n';
const HEX = 'ab'.repeat(32);

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

/** A new workspace in a folder, with files that a person wrote. */
function workspace(defer, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-mcp-'));
  defer(async () => removeFolder(folder));
  execFileSync(program, ['init', '--workspace', folder]);
  for (const [path, input] of Object.entries(files)) execFileSync(program, ['write', path, '--workspace', folder], { input });
  return folder;
}

/** A server over HTTP for a folder, and its address. */
async function serve(defer, folder, options = []) {
  const server = spawn(program, ['mcp', '--workspace', folder, '--listen', '127.0.0.1:0', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  defer(() => new Promise((resolve) => (server.once('exit', resolve), server.kill())));
  const address = await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    let said = '';
    server.stderr.on('data', (data) => {
      said += data;
      const [, found] = /(http:\S+)\n/.exec(said) ?? [];
      if (found) resolve(found);
    });
  });
  return { address, server };
}

/** A key of a workspace's server. */
const keyFor = (folder, name, ...scopes) => JSON.parse(execFileSync(program, ['keys', 'add', name, '--workspace', folder, '--json', ...scopes.flatMap((scope) => ['--scope', scope])])).value.key;

/** A client that has a new workspace, and what it is told without asking. `files` are written by a person before; `person` answers what a person is asked. */
async function connect(defer, over, { files, person } = {}) {
  const folder = workspace(defer, files);
  const client = new Client({ name: 'official', version: '1' }, { capabilities: person ? { elicitation: { form: {} } } : {} });
  if (person) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params));
  const logs = [];
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logs.push(params.data.text));
  if (over === 'stdio') {
    defer(() => client.close());
    await client.connect(new StdioClientTransport({ command: program, args: ['mcp', '--workspace', folder] }));
  } else {
    const { address } = await serve(defer, folder);
    const headers = { Authorization: `Bearer ${keyFor(folder, 'official', 'tools', 'approve')}` };
    defer(() => client.close());
    await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`), { requestInit: { headers } }));
  }
  return { client, logs, folder };
}

for (const over of ['stdio', 'http']) {
test(`the official client lists and calls every tool over ${over}, and what comes fits the published schemas`, async ({ defer }) => {
  const { client, logs } = await connect(defer, over);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), CATALOGUE.map(({ name }) => name));
  const called = new Set();
  // The client refuses a value that does not fit the schema which it was listed with.
  const call = async (name, input = {}, options) => {
    called.add(name);
    const { isError, structuredContent, content, _meta } = await client.callTool({ name, arguments: input }, undefined, options);
    return { value: structuredContent, error: isError && JSON.parse(content[0].text), meta: _meta };
  };
  const value = async (name, input, options) => {
    const { value, error } = await call(name, input, options);
    assert.ok(value, `${name}: ${JSON.stringify(error)}`);
    return value;
  };
  const code = async (name, input) => (await call(name, input)).error?.code;

  await value('write', { path: 'notes/a.md', content: 'one\n' });
  const { heads } = await value('workspace_status');
  await value('apply_patch', { edits: [{ path: 'notes/a.md', find: 'one', replace: 'two' }] });
  assert.equal((await value('read', { path: 'notes/a.md' })).content, 'two\n');
  await value('mkdir', { path: 'drafts' });
  await value('move', { from: 'notes/a.md', to: 'drafts/a.md' });
  assert.equal((await value('stat', { path: 'drafts/a.md' })).kind, 'file');
  assert.deepEqual((await value('ls', { path: 'drafts' })).entries.map(({ path }) => path), ['drafts/a.md']);
  assert.equal((await value('search', { query: 'two', in: 'content', path: 'drafts' })).matches.length, 1);
  const { changes } = await value('history', { path: 'drafts/a.md' });
  assert.deepEqual(changes[0].origin, { kind: 'agent', name: 'official' }, 'the history says who it was');
  assert.ok(JSON.stringify(await value('diff', { path: 'drafts/a.md', from: heads })).includes('two'));
  assert.ok(JSON.stringify(await value('compare', { from: heads })).includes('drafts/a.md'));
  await value('delete', { path: 'drafts/a.md' });
  await value('undo');
  await value('redo');
  await value('restore', { at: heads });
  assert.equal((await value('read', { path: 'notes/a.md' })).content, 'one\n');
  await value('seal');
  await value('thin_history');
  assert.deepEqual((await value('conflicts')).conflicts, []);
  assert.equal(await code('resolve_conflict', { conflict: 'none', keep: 'own' }), 'INVALID_INPUT');

  await value('write', { path: 'flows/add.flow.js', content: FLOW });
  assert.equal((await value('lint_flow', { path: 'flows/add.flow.js' })).ok, true);
  assert.ok((await value('flow_list')).flows.some(({ path }) => path === 'flows/add.flow.js'));
  const progress = [];
  const record = await value('run_flow', { path: 'flows/add.flow.js', args: { numbers: [1, 2, 3] }, seed: 1, startMs: 0 }, { onprogress: (news) => progress.push(news) });
  assert.deepEqual(record.value, { sum: 6 });
  assert.ok(progress.some(({ progress: done, total, message }) => done === 1 && total === 2 && message === 'half'), JSON.stringify(progress));
  assert.ok(logs.includes('adding'), JSON.stringify(logs));
  const { run } = record;
  assert.equal((await value('flow_status', { run })).status, 'succeeded');
  assert.deepEqual((await value('flow_logs', { run })).entries.map(({ text }) => text), ['adding']);
  assert.equal((await value('flow_runs')).runs[0].run, run);
  assert.equal((await value('run_verify', { run })).reproduced, true);
  assert.ok(await code('flow_answer', { run, deny: true }), 'it asks nothing');
  assert.equal((await value('flow_cancel', { run })).status, 'succeeded', 'it is over');

  await client.setLoggingLevel('error');
  await value('run_flow', { path: 'flows/add.flow.js', args: { numbers: [] } });
  assert.equal(logs.filter((text) => text === 'adding').length, 1, 'a client that wants only errors hears of nothing else');
  await client.setLoggingLevel('debug');

  await value('scope_mount', { name: 'global', workspace: HEX, heads: [HEX], files: { 'lib/shared.js': 'export const one = 1;\n' } });
  assert.equal(await code('write', { path: 'scopes/global/lib/shared.js', content: '' }), 'READ_ONLY');
  await value('scope_unmount', { name: 'global' });
  assert.deepEqual((await value('approval_list')).approvals, [], 'nothing waits where no policy asks');
  assert.equal(await code('approval_read', { approval: 'none', path: 'notes/a.md' }), 'NOT_FOUND');
  assert.equal(await code('approval_decide', { approval: 'none', digest: HEX, allow: true }), 'NOT_FOUND');
  assert.deepEqual(tools.map(({ name }) => name).filter((name) => !called.has(name)), [], 'every tool was called');

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
