// What somebody writes who edits the tree with automerge: the schema of docs/design-clients.md and no more.

import { ImmutableString, Repo } from '@automerge/automerge-repo';
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket';
import { randomBytes } from 'node:crypto';
import { until } from './host.mjs';

/** A stock Repo that dials a host; gives the ledger's handle. */
export async function openLedger(defer, host) {
  const adapter = new WebSocketClientAdapter(host.automerge, 100);
  // It throws where nobody can catch it when a host that is killed resets the connection; then it dials again.
  const { onError } = adapter;
  adapter.onError = (event) => event.error?.code === 'ECONNRESET' || onError(event);
  const repo = new Repo({ network: [adapter], enableRemoteHeadsGossiping: false });
  // An adapter that has left has no socket, and asserts that it has one.
  const leave = () => adapter.socket && adapter.disconnect();
  defer(async () => leave());
  const handle = await repo.find(host.ledger);
  await handle.whenReady();
  return { repo, adapter, handle, leave };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

/** 128 random bits in base32. */
export function newId() {
  let bits = BigInt(`0x${randomBytes(16).toString('hex')}`);
  let text = '';
  for (let place = 0; place < 26; place++) {
    text = LETTERS[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}

/** The parent that the most recent edge names. */
function parentOf(node) {
  const edges = Object.entries(node.up).map(([parent, count]) => ({ parent, count: Number(count) }));
  edges.sort((a, b) => b.count - a.count || (a.parent === 'trash') - (b.parent === 'trash'));
  return edges[0].parent;
}

const nextCount = (node) => Math.max(...Object.values(node.up).map(Number)) + 1;

/** Paths of all nodes that are shown, by id. */
export function pathsOf(doc) {
  const pathOf = (id) => {
    const node = doc.nodes[id];
    const parent = parentOf(node);
    if (parent === 'root') return String(node.name);
    if (parent === 'trash') return undefined;
    const above = pathOf(parent);
    return above === undefined ? undefined : `${above}/${node.name}`;
  };
  const paths = Object.keys(doc.nodes).map((id) => [id, pathOf(id)]);
  return new Map(paths.filter(([, path]) => path !== undefined));
}

export function idOf(doc, path) {
  for (const [id, at] of pathsOf(doc)) if (at === path) return id;
  throw new Error(`there is no ${path}`);
}

export const rename = (handle, id, name) => handle.change((doc) => (doc.nodes[id].name = new ImmutableString(name)));

export const move = (handle, id, parent) =>
  handle.change((doc) => {
    const node = doc.nodes[id];
    node.up[parent] = nextCount(node);
  });

export const remove = (handle, id) => move(handle, id, 'trash');

/** Makes a file or a folder; gives its id. */
export function make(handle, kind, name, parent = 'root') {
  const id = newId();
  handle.change((doc) => {
    doc.nodes[id] = { kind: new ImmutableString(kind), made: Date.now(), name: new ImmutableString(name), up: { [parent]: 1 } };
  });
  return id;
}

/** Waits until a client's ledger shows exactly these paths. */
export const shows = (handle, paths) =>
  until(`it shows ${paths.join(' ')}`, () => [...pathsOf(handle.doc()).values()].sort().join('\n') === [...paths].sort().join('\n')).catch((error) => {
    throw new Error(`${error.message}; it shows ${[...pathsOf(handle.doc()).values()].sort().join(' ')}`);
  });
