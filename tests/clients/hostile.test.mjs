// Clients that mean no good: each is closed with a reason, and the host goes on for the others.

import { strict as assert } from 'node:assert';
import { WebSocket } from 'ws';
import { test } from '../browser/lib/suite.mjs';
import { startHost, workspaceOf } from './lib/host.mjs';
import { openLedger, shows } from './lib/ledger.mjs';
import { openText } from './lib/text.mjs';

/** Opens a socket, sends messages, and gives how it was closed. */
function closedAfter(address, messages, options = {}) {
  const socket = new WebSocket(address, options);
  socket.on('open', () => messages.forEach((message) => socket.send(message)));
  return new Promise((resolve, reject) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    socket.on('error', (error) => reject(error));
    setTimeout(() => reject(new Error(`still open: ${address}`)), 10_000);
  });
}

/** A CBOR map of short texts and bytes. */
function cbor(fields) {
  const text = (value) => Buffer.concat([Buffer.from([0x78, Buffer.byteLength(value)]), Buffer.from(value)]);
  const bytes = (value) => {
    const head = Buffer.alloc(5);
    head[0] = 0x5a;
    head.writeUInt32BE(value.length, 1);
    return Buffer.concat([head, value]);
  };
  const list = (values) => Buffer.concat([Buffer.from([0x80 + values.length]), ...values.map(text)]);
  const of = (value) => (Array.isArray(value) ? list(value) : typeof value === 'string' ? text(value) : bytes(value));
  const parts = Object.entries(fields).flatMap(([key, value]) => [text(key), of(value)]);
  return Buffer.concat([Buffer.from([0xa0 + Object.keys(fields).length]), ...parts]);
}

const JOIN = cbor({ type: 'join', senderId: 'mallory', supportedProtocolVersions: ['1'] });

test('garbage, oversize frames, wrong tokens and forged messages are refused with a reason, and the host goes on', async ({ defer, note }) => {
  const workspace = workspaceOf(defer, { 'a.md': 'one\n', 'b/c.md': 'two\n' });
  const host = await startHost(defer, workspace);
  const document = host.ledger.slice('automerge:'.length);
  const sync = (data, id = document) => cbor({ type: 'sync', senderId: 'mallory', targetId: 'x', documentId: id, data });
  const room = `${host.yjs}/a.md`;
  const wrong = (address) => address.replace(/[0-9a-f]{32}/, (token) => token.slice(1) + (token[0] === '0' ? '1' : '0'));
  const large = Buffer.alloc(17 * 1024 * 1024, 7);
  const zeroBits = Buffer.from([0x42, 0, 0, 1, 0, 3, 1, 0, 7, 0]);
  const cases = [
    ['garbage for the ledger', host.automerge, [Buffer.from('garbage')], 4400],
    ['text instead of bytes', host.automerge, ['text'], 4400],
    ['sync before join', host.automerge, [sync(Buffer.alloc(3))], 4400],
    ['another version', host.automerge, [cbor({ type: 'join', senderId: 'm', supportedProtocolVersions: ['9'] })], 4400],
    ['no sync message', host.automerge, [JOIN, sync(Buffer.from('garbage'))], 4400],
    ['a filter of no bits', host.automerge, [JOIN, sync(zeroBits)], 4400],
    ['an oversize frame for the ledger', host.automerge, [JOIN, large], 4400],
    ['a wrong token for the ledger', wrong(host.automerge), [JOIN], 4403],
    ['a wrong token for a text', wrong(room), [], 4403],
    ['a shorter token', host.automerge.slice(0, -1), [JOIN], 4403],
    ['no such file', `${host.yjs}/nothing.md`, [], 4404],
    ['a folder', `${host.yjs}/b`, [], 4404],
    ['a path outside', `${host.yjs}/..%2f..%2fetc%2fpasswd`, [], 4404],
    ['garbage for a text', room, [Buffer.from([9, 9, 9])], 4400],
    ['an empty message', room, [Buffer.alloc(0)], 4400],
    ['an update of four billion blocks', room, [Buffer.from([0, 2, 5, 0xff, 0xff, 0xff, 0xff, 0x0f])], 4400],
    ['an update of another text', room, [Buffer.from([0, 2, 11, 1, 1, 5, 0, 4, 1, 1, 0x78, 1, 0x61, 0])], 4400],
    ['awareness that is no JSON', room, [Buffer.from([1, 5, 1, 5, 0, 1, 0x7b])], 4400],
    ['an oversize frame for a text', room, [large], 4400],
  ];
  for (const [what, address, messages, expected] of cases) {
    const { code, reason } = await closedAfter(address, messages);
    note(`${what}: ${code} ${reason}`);
    assert.equal(code, expected, what);
    assert.ok(reason.length > 0, what);
    assert.ok(host.isUp(), what);
  }
  // Requests of strangers' pages, and for other names, get no socket at all.
  await assert.rejects(closedAfter(host.automerge, [], { origin: 'https://mallory.example' }), /403/);
  await assert.rejects(closedAfter(host.automerge, [], { headers: { Host: 'mallory.example' } }), /421/);

  const ledger = await openLedger(defer, host);
  await shows(ledger.handle, ['a.md', 'b', 'b/c.md']);
  const text = openText(defer, host, 'a.md');
  await text.shows('one\n');
  await host.stop();
  assert.equal(workspace.read('a.md'), 'one\n');
});

test('clients have so many places, and one that leaves gives its own back', async ({ defer }) => {
  const workspace = workspaceOf(defer, { 'a.md': 'one\n' });
  const host = await startHost(defer, workspace);
  const sockets = [];
  for (let place = 0; place < 64; place++) {
    const socket = new WebSocket(`${host.yjs}/a.md`);
    sockets.push(socket);
    await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject));
  }
  defer(async () => sockets.forEach((socket) => socket.terminate()));
  const { code, reason } = await closedAfter(`${host.yjs}/a.md`, []);
  assert.deepEqual([code, reason], [4503, 'too many clients']);
  sockets.pop().terminate();
  const text = openText(defer, host, 'a.md');
  await text.shows('one\n');
});
