// A stock automerge-repo reads and edits the tree.

import { ImmutableString } from '@automerge/automerge-repo';
import { strict as assert } from 'node:assert';
import { test } from '../browser/lib/suite.mjs';
import { startHost, until, workspaceOf } from './lib/host.mjs';
import { idOf, make, move, openLedger, pathsOf, remove, rename, shows } from './lib/ledger.mjs';

const FILES = { 'notes/today.md': 'bread\n', 'notes/old.md': 'old\n', 'flows/a.js': 'a\n' };
const START = ['flows', 'flows/a.js', 'notes', 'notes/old.md', 'notes/today.md'];

test('a stock Repo finds the ledger by its address, reads the tree and edits it; another one sees it, and so does the workspace', async ({ defer }) => {
  const workspace = workspaceOf(defer, FILES);
  const host = await startHost(defer, workspace);
  const a = await openLedger(defer, host);
  const b = await openLedger(defer, host);
  await shows(a.handle, START);
  rename(a.handle, idOf(a.handle.doc(), 'notes/today.md'), 'tomorrow.md');
  const folder = make(a.handle, 'folder', 'archive');
  move(a.handle, idOf(a.handle.doc(), 'notes/old.md'), folder);
  make(a.handle, 'file', 'empty.md', folder);
  remove(a.handle, idOf(a.handle.doc(), 'flows/a.js'));
  const after = ['archive', 'archive/empty.md', 'archive/old.md', 'flows', 'notes', 'notes/tomorrow.md'];
  await shows(b.handle, after);
  await host.stop();
  const shown = ['archive/', 'archive/empty.md', 'archive/old.md', 'flows/', 'notes/', 'notes/tomorrow.md'];
  assert.deepEqual(workspace.tree().sort(), shown);
  assert.equal(workspace.read('archive/old.md'), 'old\n');
  assert.equal(workspace.read('archive/empty.md'), '');
  assert.ok(workspace.history().some((line) => line.startsWith('another program')));
});

test('both sides change the tree while the host is down, killed in the middle, and come together', async ({ defer }) => {
  const workspace = workspaceOf(defer, FILES);
  const first = await startHost(defer, workspace);
  const a = await openLedger(defer, first);
  const b = await openLedger(defer, first);
  await Promise.all([shows(a.handle, START), shows(b.handle, START)]);
  const file = idOf(a.handle.doc(), 'notes/today.md');
  make(a.handle, 'folder', 'last-words');
  await first.kill();
  // A renames what B moves; here a third file is moved and a new one written.
  rename(a.handle, file, 'renamed.md');
  move(b.handle, file, idOf(b.handle.doc(), 'flows'));
  workspace.write('fresh.md', 'fresh\n');
  workspace.move('notes/old.md', 'older.md');
  await startHost(defer, workspace, { port: first.port }).then(async (second) => {
    const all = ['flows', 'flows/a.js', 'flows/renamed.md', 'fresh.md', 'last-words', 'notes', 'older.md'];
    await Promise.all([shows(a.handle, all), shows(b.handle, all)]);
    await until('their heads are equal', () => String(a.handle.heads()) === String(b.handle.heads()));
    await second.stop();
    assert.deepEqual(workspace.tree().map((path) => path.replace(/\/$/, '')).sort(), all);
    assert.equal(workspace.read('flows/renamed.md'), 'bread\n');
  });
});

test('a change that no replica takes ends the client with a reason and does not spread', async ({ defer, note }) => {
  const workspace = workspaceOf(defer, FILES);
  const host = await startHost(defer, workspace);
  const good = await openLedger(defer, host);
  await shows(good.handle, START);
  const today = (doc) => doc.nodes[idOf(doc, 'notes/today.md')];
  const wrongs = [
    [/outside of the tree/, (doc) => (doc.mine = 1)],
    [/a name that no file can have/, (doc) => (today(doc).name = new ImmutableString('a/b'))],
    // What an assignment of a plain string makes is a text object.
    [/a name that no file can have/, (doc) => (today(doc).name = 'plain.md')],
    [/a seal that cannot be read/, (doc) => (today(doc).seal = new Uint8Array([1, 2, 3]))],
  ];
  for (const [why, edit] of wrongs) {
    const bad = await openLedger(defer, host);
    const closed = new Promise((resolve) => bad.adapter.socket.addEventListener('close', resolve));
    bad.handle.change(edit);
    const { code, reason } = await closed;
    note(`${code} ${reason}`);
    assert.equal(code, 4400);
    assert.match(reason, why);
    bad.leave();
  }
  // The host goes on, with everybody who did nothing wrong.
  make(good.handle, 'folder', 'still-here');
  const other = await openLedger(defer, host);
  await shows(other.handle, [...START, 'still-here']);
  await host.stop();
  assert.ok(workspace.tree().includes('still-here/') && workspace.tree().includes('notes/today.md'));
});

test('a document of another name is unavailable, and ephemeral messages pass between clients', async ({ defer }) => {
  const workspace = workspaceOf(defer, FILES);
  const host = await startHost(defer, workspace);
  const a = await openLedger(defer, host);
  const b = await openLedger(defer, host);
  const other = a.repo.create({ mine: 1 });
  await assert.rejects(b.repo.find(other.url), /unavailable/);
  const heard = new Promise((resolve) => b.handle.on('ephemeral-message', ({ message }) => resolve(message)));
  await until('it is heard', async () => {
    a.handle.broadcast({ cursor: 5 });
    return Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 100))]);
  });
  assert.deepEqual(await heard, { cursor: 5 });
  assert.equal(pathsOf(b.handle.doc()).size, START.length);
});
