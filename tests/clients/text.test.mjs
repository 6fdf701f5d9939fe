// Stock yjs with y-websocket co-edits a file's live text.

import { strict as assert } from 'node:assert';
import { test } from '../browser/lib/suite.mjs';
import { startHost, until, workspaceOf } from './lib/host.mjs';
import { idOf, make, openLedger, rename } from './lib/ledger.mjs';
import { openText } from './lib/text.mjs';

test('two stock clients co-edit a file and see each other’s cursors; the workspace and its history have the text', async ({ defer }) => {
  const workspace = workspaceOf(defer, { 'notes/today.md': 'bread\n' });
  const host = await startHost(defer, workspace);
  const a = openText(defer, host, 'notes/today.md');
  const b = openText(defer, host, 'notes/today.md');
  await Promise.all([a.shows('bread\n'), b.shows('bread\n')]);
  a.text.insert(0, 'butter\n');
  b.text.insert(b.text.length, 'milk 😀\n');
  await Promise.all([a.shows('butter\nbread\nmilk 😀\n'), b.shows('butter\nbread\nmilk 😀\n')]);

  a.provider.awareness.setLocalState({ user: { name: 'Ada' }, cursor: 3 });
  await until('b sees Ada', () => b.others().some((state) => state.user?.name === 'Ada' && state.cursor === 3));
  b.provider.awareness.setLocalState({ user: { name: 'Bob' }, cursor: 1 });
  await until('a sees Bob', () => a.others().some((state) => state.user?.name === 'Bob'));
  const late = openText(defer, host, 'notes/today.md');
  await until('who comes late sees both', () => late.others().filter((state) => state.user).length === 2);
  a.provider.disconnect();
  await until('b sees that Ada is gone', () => b.others().every((state) => state.user?.name !== 'Ada'));

  // When typing pauses, what was typed is part of the ledger, so that its clients see it, too.
  const ledger = await openLedger(defer, host);
  const id = idOf(ledger.handle.doc(), 'notes/today.md');
  const seal = () => Buffer.from(ledger.handle.doc().nodes[id].seal).toString('hex');
  const before = seal();
  b.text.delete(0, 7);
  await b.shows('bread\nmilk 😀\n');
  await until('it is sealed', () => seal() !== before);
  await host.stop();
  assert.equal(workspace.read('notes/today.md'), 'bread\nmilk 😀\n');
  assert.ok(workspace.history().some((line) => line === 'another program Edit'));
});

test('text that was typed apart, here and there, comes together after the host was killed in the middle', async ({ defer }) => {
  const workspace = workspaceOf(defer, { 'a.md': 'one two three\n' });
  const first = await startHost(defer, workspace);
  const a = openText(defer, first, 'a.md');
  const b = openText(defer, first, 'a.md');
  await Promise.all([a.shows('one two three\n'), b.shows('one two three\n')]);
  a.text.insert(3, ' and a half');
  await b.shows('one and a half two three\n');
  await first.kill();
  await until('both are cut off', () => !a.provider.wsconnected && !b.provider.wsconnected);
  a.text.insert(0, 'zero ');
  b.text.insert(b.text.length - 1, ' four');
  assert.equal(workspace.read('a.md'), 'one and a half two three\n', 'what was told to another is kept');
  workspace.type('a.md', 'one and a half 2 three\n');
  workspace.move('a.md', 'b.md');
  const second = await startHost(defer, workspace, { port: first.port });
  // Their room is a path that is gone, which no retry helps.
  await until('both are told', () => !a.provider.shouldConnect && !b.provider.shouldConnect);
  await second.kill();
  workspace.move('b.md', 'a.md');
  await startHost(defer, workspace, { port: first.port }).then(async (third) => {
    a.provider.connect();
    b.provider.connect();
    const all = 'zero one and a half 2 three four\n';
    await Promise.all([a.shows(all), b.shows(all)]);
    await third.stop();
    assert.equal(workspace.read('a.md'), all);
  });
});

test('a room by the file’s id stays when the file is renamed; an empty file made by automerge is typed into', async ({ defer }) => {
  const workspace = workspaceOf(defer, { 'a.md': 'one\n' });
  const host = await startHost(defer, workspace);
  const ledger = await openLedger(defer, host);
  const id = idOf(ledger.handle.doc(), 'a.md');
  const a = openText(defer, host, id);
  await a.shows('one\n');
  rename(ledger.handle, id, 'b.md');
  const b = openText(defer, host, 'b.md');
  await until('it has its new name', async () => {
    if (!b.provider.shouldConnect) b.provider.connect();
    return b.provider.synced;
  });
  a.text.insert(0, 'zero ');
  await b.shows('zero one\n');
  const empty = openText(defer, host, make(ledger.handle, 'file', 'new.md'));
  await until('it is there', async () => {
    if (!empty.provider.shouldConnect) empty.provider.connect();
    return empty.provider.synced;
  });
  empty.text.insert(0, 'fresh\n');
  const other = openText(defer, host, 'new.md');
  await other.shows('fresh\n');
  await host.stop();
  assert.equal(workspace.read('b.md'), 'zero one\n');
  assert.equal(workspace.read('new.md'), 'fresh\n');
});

test('typing apart and in thousands of steps converges', async ({ defer }) => {
  const workspace = workspaceOf(defer, { 'a.md': 'start' });
  const host = await startHost(defer, workspace);
  const clients = [1, 2, 3].map(() => openText(defer, host, 'a.md'));
  await Promise.all(clients.map((client) => client.shows('start')));
  for (let step = 0; step < 1_500; step++) {
    const client = clients[step % clients.length];
    const at = (step * 7_919) % (client.text.length + 1);
    if (step % 5 === 4 && at < client.text.length) client.text.delete(at, 1);
    else client.text.insert(at, String.fromCharCode(97 + (step % 26)));
    if (step % 97 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const state = (client) => client.text.toString();
  await until('all are equal and long', () => state(clients[0]).length > 800 && clients.every((client) => state(client) === state(clients[0])));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const text = state(clients[0]);
  assert.ok(clients.every((client) => state(client) === text));
  await host.stop();
  assert.equal(workspace.read('a.md'), text);
});
