// The always-on native peer: hosts that are devices of one workspace, over a relay that is a process of its own.

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { removeFolder, test } from '../browser/lib/suite.mjs';
import { program, startHost, until, workspaceOf } from './lib/host.mjs';
import { idOf, make, openLedger, rename, shows } from './lib/ledger.mjs';
import { openText } from './lib/text.mjs';

/** Starts `selvage serve` as a relay only, with storage. */
async function startRelay(defer, folder, port = 0, args = []) {
  const child = spawn(program, ['serve', '--listen', `127.0.0.1:${port}`, '--data', folder, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  defer(kill);
  let said = '';
  child.stdout.on('data', (part) => (said += part));
  const found = await until('the relay listens', () => /http:\/\/(127\.0\.0\.1:(\d+))\//.exec(said));
  return { address: `ws://${found[1]}`, port: Number(found[2]), kill };
}

/** Runs a command about devices; gives what it says, a way to answer, and its end. */
function run(defer, ...words) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const one = { said: '', code: undefined };
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve((one.code = code))));
  defer(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (one.said += part));
  one.says = (pattern) =>
    until(`${words[0]} says ${pattern}`, () => {
      const found = pattern.exec(one.said);
      if (!found && one.code !== undefined) throw new Error(`${words[0]} ended: ${one.said}`);
      return found;
    });
  one.answer = (line) => child.stdin.write(`${line}\n`);
  one.end = async () => {
    await ended;
    return one.code;
  };
  return one;
}

const DIGITS = /: (\d{3}\D?\d{3}\D?\d{3})\n/;

/** Speaks TLS, for `localhost` and with a certificate that is this test's own, before whatever `to` gives. */
async function startProxy(defer, to) {
  const read = (name) => readFileSync(new URL(`tls/${name}.pem`, import.meta.url));
  const sockets = new Set();
  const server = createServer({ key: read('key'), cert: read('certificate') }, (outside) => {
    const inside = connect(to(), '127.0.0.1');
    for (const [one, other] of [[outside, inside], [inside, outside]]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
    }
  });
  server.on('tlsClientError', () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  defer(async () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return server.address().port;
}

/** Shares a's workspace and lets b in; gives both sides' digits. */
async function pair(defer, relay, a, b, role, answer = 'yes') {
  if (relay) assert.equal(await run(defer, 'share', relay.address, '--workspace', a.folder, '--name', 'Desk').end(), 0);
  const inviting = run(defer, 'invite', '--workspace', a.folder, '--role', role);
  const [link] = await inviting.says(/http\S+#pair=\S+/);
  const joining = run(defer, 'join', link, '--workspace', b.folder, '--name', 'Attic');
  const codes = (await Promise.all([inviting.says(DIGITS), joining.says(DIGITS)])).map(([, code]) => code);
  assert.equal(codes[0], codes[1], 'both show the same digits');
  inviting.answer(answer);
  return { inviting, joining, ended: await Promise.all([inviting.end(), joining.end()]) };
}

test('a host joins with a link, and what one writes comes to the other, after restarts of everything', async ({ defer, note }) => {
  const data = mkdtempSync(join(tmpdir(), 'selvage-relay-'));
  defer(async () => removeFolder(data));
  const relay = await startRelay(defer, data);
  const a = workspaceOf(defer, { 'notes/today.md': 'bread\n' });
  const b = workspaceOf(defer, {});
  // An owner, so that clients can see what it has.
  assert.deepEqual((await pair(defer, relay, a, b, 'owner')).ended, [0, 0]);

  const [hostA, hostB] = [await startHost(defer, a), await startHost(defer, b)];
  const ledger = await openLedger(defer, hostA);
  assert.equal(hostA.ledger, hostB.ledger, 'the ledger has one name on all devices');
  make(ledger.handle, 'folder', 'from-a');
  const text = openText(defer, hostA, 'notes/today.md');
  await text.shows('bread\n');
  text.text.insert(0, 'butter\n');
  const there = await openLedger(defer, hostB);
  await shows(there.handle, ['from-a', 'notes', 'notes/today.md']);
  await openText(defer, hostB, 'notes/today.md').shows('butter\nbread\n');
  await hostB.stop();
  assert.deepEqual(b.tree().sort(), ['from-a/', 'notes/', 'notes/today.md']);
  assert.equal(b.read('notes/today.md'), 'butter\nbread\n');

  // While everything is down, both write; then the relay, killed as well, starts first.
  await hostA.kill();
  await relay.kill();
  a.write('by-a.md', 'a\n');
  b.write('by-b.md', 'b\n');
  b.type('notes/today.md', 'butter\nbread\nmilk\n');
  await startRelay(defer, data, relay.port);
  const again = [await startHost(defer, a, { port: hostA.port }), await startHost(defer, b, { port: hostB.port })];
  await shows(ledger.handle, ['by-a.md', 'by-b.md', 'from-a', 'notes', 'notes/today.md']);
  await text.shows('butter\nbread\nmilk\n');
  rename(ledger.handle, idOf(ledger.handle.doc(), 'by-b.md'), 'seen-by-a.md');
  await shows(there.handle, ['by-a.md', 'from-a', 'notes', 'notes/today.md', 'seen-by-a.md']);
  for (const host of again) await host.stop();
  for (const workspace of [a, b]) {
    assert.deepEqual(workspace.tree().sort(), ['by-a.md', 'from-a/', 'notes/', 'notes/today.md', 'seen-by-a.md']);
    assert.equal(workspace.read('notes/today.md'), 'butter\nbread\nmilk\n');
    assert.equal(workspace.read('by-a.md'), 'a\n');
  }
  // The relay saw none of it.
  const kept = readFileSync(join(data, 'relay.redb')).toString('latin1');
  assert.ok(!kept.includes('butter') && !kept.includes('today.md'));
  note(`the relay keeps ${kept.length} bytes`);
});

test('only an owner’s host opens a shared workspace to clients', async ({ defer }) => {
  const data = mkdtempSync(join(tmpdir(), 'selvage-relay-'));
  defer(async () => removeFolder(data));
  const relay = await startRelay(defer, data);
  const [a, editor, owner] = [workspaceOf(defer, { 'a.md': 'one\n' }), workspaceOf(defer, {}), workspaceOf(defer, {})];
  assert.deepEqual((await pair(defer, relay, a, editor, 'editor')).ended, [0, 0]);
  assert.deepEqual((await pair(defer, undefined, a, owner, 'owner')).ended, [0, 0]);
  const hosts = [await startHost(defer, a), await startHost(defer, editor), await startHost(defer, owner)];
  const closed = (host) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${host.yjs}/a.md`);
      defer(async () => socket.terminate());
      socket.on('message', () => resolve(undefined));
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  const turnedAway = { code: 4403, reason: 'only an owner\'s device opens a workspace to clients' };
  assert.deepEqual(await closed(hosts[1]), turnedAway);
  await until('the owner’s host has the file', async () => (await closed(hosts[2])) === undefined);
  const [here, there] = [openText(defer, hosts[0], 'a.md'), openText(defer, hosts[2], 'a.md')];
  await Promise.all([here.shows('one\n'), there.shows('one\n')]);
  here.text.insert(0, 'zero ');
  await there.shows('zero one\n');
  there.text.insert(0, 'again ');
  await here.shows('again zero one\n');

  // A device that left is none any more, keeps its files, and can come in again.
  await hosts[2].stop();
  const leaving = run(defer, 'leave', '--workspace', owner.folder);
  assert.equal(await leaving.end(), 0, leaving.said);
  assert.doesNotMatch(leaving.said, /did not take that/);
  assert.equal(owner.read('a.md'), 'again zero one\n');
  const alone = run(defer, 'invite', '--workspace', owner.folder);
  assert.equal(await alone.end(), 1);
  assert.match(alone.said, /not shared/);
});

test('a relay elsewhere is dialled over TLS, and only with a certificate that the system trusts', async ({ defer }) => {
  const data = mkdtempSync(join(tmpdir(), 'selvage-relay-'));
  defer(async () => removeFolder(data));
  let relay;
  const port = await startProxy(defer, () => relay.port);
  relay = await startRelay(defer, data, 0, ['--name', `localhost:${port}`]);
  const a = workspaceOf(defer, { 'a.md': 'one\n' });
  const share = (folder) => run(defer, 'share', `wss://localhost:${port}`, '--workspace', folder);
  const doubtful = share(a.folder);
  await doubtful.says(/the relay does not answer.*certificate/i);

  const b = workspaceOf(defer, { 'a.md': 'one\n' });
  process.env.SSL_CERT_FILE = fileURLToPath(new URL('tls/certificate.pem', import.meta.url));
  defer(async () => delete process.env.SSL_CERT_FILE);
  const trusting = share(b.folder);
  assert.equal(await trusting.end(), 0, trusting.said);
});

test('digits that differ let nobody in', async ({ defer }) => {
  const data = mkdtempSync(join(tmpdir(), 'selvage-relay-'));
  defer(async () => removeFolder(data));
  const relay = await startRelay(defer, data);
  const [a, b] = [workspaceOf(defer, { 'a.md': 'one\n' }), workspaceOf(defer, {})];
  const { inviting, joining, ended } = await pair(defer, relay, a, b, 'editor', 'no');
  assert.deepEqual(ended, [0, 1]);
  assert.match(inviting.said, /The workspace has 1 device\./);
  assert.ok(joining.said.length > 0);
  const host = await startHost(defer, b);
  await host.stop();
  assert.deepEqual(b.tree(), []);
  // The folder is as good as new.
  assert.deepEqual((await pair(defer, undefined, a, b, 'viewer')).ended, [0, 0]);
  const viewer = await startHost(defer, b);
  await until('the file has come', () => existsSync(join(b.folder, 'workspace.journal')) && readFileSync(join(b.folder, 'workspace.journal')).includes('a.md'));
  await viewer.stop();
  assert.equal(b.read('a.md'), 'one\n');
});
