// The program `selvage` as a server of the Model Context Protocol, and a story in which every tool is called.

import { strict as assert } from 'node:assert';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFolder } from '../../browser/lib/suite.mjs';
import { program, until } from './host.mjs';

export const CATALOGUE = JSON.parse(readFileSync(new URL('../../../crates/tool/src/catalogue/tools.json', import.meta.url), 'utf8'));

/** What a name is where any will do. */
export const HEX = 'ab'.repeat(32);

const FLOW = `export default async (flow) => {
  flow.log('adding');
  await flow.fs.write('out.txt', 'done');
  return { sum: flow.args.numbers.reduce((sum, n) => sum + n, 0) };
};
`;

/** A new workspace in a folder, with files that a person wrote. */
export function workspace(defer, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-mcp-'));
  defer(async () => removeFolder(folder));
  execFileSync(program, ['init', '--workspace', folder]);
  for (const [path, input] of Object.entries(files)) execFileSync(program, ['write', path, '--workspace', folder], { input });
  return folder;
}

/** A server over HTTP for a folder, and its address. */
export async function serve(defer, folder, options = [], binary = program) {
  const server = spawn(binary, ['mcp', '--workspace', folder, '--listen', '127.0.0.1:0', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => server.once('exit', (code) => resolve(code)));
  defer(() => (server.kill(), gone));
  const address = await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    let said = '';
    server.stderr.on('data', (data) => {
      said += data;
      const [, found] = /(http:\S+)\n/.exec(said) ?? [];
      if (found) resolve(found);
    });
  });
  return { address, server, gone };
}

/** Decides (`approve`, `deny`) about what waits in a folder as a person at another terminal, as soon as something does. */
export async function decide(folder, verb, ...options) {
  const run = async (...words) => JSON.parse((await promisify(execFile)(program, ['approvals', ...words, '--json', '--workspace', folder])).stdout).value;
  let one;
  await until('something waits', async () => (one = (await run('list')).approvals[0]) !== undefined);
  return run(verb, one.approval, ...options);
}

/** A key of a workspace's server. */
export const keyFor = (folder, name, ...scopes) => JSON.parse(execFileSync(program, ['keys', 'add', name, '--workspace', folder, '--json', ...scopes.flatMap((scope) => ['--scope', scope])])).value.key;

/**
 * Calls every tool of a new workspace, so that it succeeds where a client can have it do so. `call(name, input)` gives `{ value }` or
 * `{ error }`; `caller` is the name that the history is to have. Gives the names of the tools that it called.
 */
export async function callEveryTool(call, caller) {
  const called = new Set();
  const value = async (name, input = {}) => {
    called.add(name);
    const { value, error } = await call(name, input);
    assert.ok(value, `${name}: ${JSON.stringify(error)}`);
    return value;
  };
  const code = async (name, input) => (called.add(name), (await call(name, input)).error?.code);

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
  assert.deepEqual(changes[0].origin, { kind: 'agent', name: caller }, 'the history says who it was');
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
  const record = await value('run_flow', { path: 'flows/add.flow.js', args: { numbers: [1, 2, 3] }, seed: 1, startMs: 0 });
  assert.deepEqual(record.value, { sum: 6 });
  const { run } = record;
  assert.equal((await value('flow_status', { run })).status, 'succeeded');
  assert.deepEqual((await value('flow_logs', { run })).entries.map(({ text }) => text), ['adding']);
  assert.equal((await value('flow_runs')).runs[0].run, run);
  assert.equal((await value('run_verify', { run })).reproduced, true);
  assert.ok(await code('flow_answer', { run, deny: true }), 'it asks nothing');
  assert.equal((await value('flow_cancel', { run })).status, 'succeeded', 'it is over');

  await value('scope_mount', { name: 'global', workspace: HEX, heads: [HEX], files: { 'lib/shared.js': 'export const one = 1;\n' } });
  assert.equal(await code('write', { path: 'scopes/global/lib/shared.js', content: '' }), 'READ_ONLY');
  await value('scope_unmount', { name: 'global' });
  assert.deepEqual((await value('approval_list')).approvals, [], 'nothing waits where no policy asks');
  assert.equal(await code('approval_read', { approval: 'none', path: 'notes/a.md' }), 'POLICY_DENIED');
  assert.equal(await code('approval_decide', { approval: 'none', digest: HEX, allow: true }), 'POLICY_DENIED', 'persons decide');
  return called;
}
