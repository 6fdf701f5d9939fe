// One origin for the workbench and the benchmark's own page: what is below `/bench/` comes from here, everything else
// from the production server, with its headers.

import { createServer, request as ask } from 'node:http';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../browser/lib/server.mjs';

const PAGE = fileURLToPath(new URL('../page', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

/**
 * Serves both; gives the address of the workbench, of the bench's page, and of the parts that it drives. `add` serves
 * more bytes at an address of their own.
 */
export async function serveBench(defer, server, peer) {
  const added = new Map();
  const own = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (!path.startsWith('/bench/')) return pass(server, request, response);
    const name = normalize(path.slice('/bench/'.length) || 'index.html');
    const file = fileOf(name, peer);
    const bytes = added.get(name) ?? (existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined);
    if (bytes === undefined) return response.writeHead(404).end();
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      // The workbench's parts may be kept for good, so the peer's may, too.
      'Cache-Control': name === 'index.html' || name === 'bench.js' ? 'no-cache' : 'public, max-age=31536000, immutable',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(bytes);
  });
  await new Promise((resolve) => own.listen(0, 'localhost', resolve));
  defer(async () => {
    own.closeAllConnections();
    own.close();
  });
  const origin = `http://localhost:${own.address().port}`;
  const asset = (pattern) => {
    const name = readdirSync(join(root, 'dist/assets')).find((name) => pattern.test(name));
    return name && `${origin}/assets/${name}`;
  };
  const halves = (guest) => ({ core: asset(new RegExp(`^${guest}\\.core-.*\\.wasm$`)), rest: asset(new RegExp(`^${guest}\\.rest-.*\\.wasm$`)) });
  return {
    workbench: `${origin}/`,
    page: `${origin}/bench/`,
    parts: { kernel: asset(/^kernel-[\w-]{8}\.js$/), runner: asset(/^runner-[\w-]{8}\.js$/), 'guest-js': halves('guest-js'), sandbox: asset(/^runner_bg-.*\.wasm$/), python: `${origin}/bench/python-peer.js`, 'guest-py': halves('guest-py'), peer: `${origin}/bench/peer.js` },
    add: (name, bytes) => {
      added.set(name, bytes);
      return `${origin}/bench/${name}`;
    },
  };
}

/** Where what the bench's page asks for lies: its own files, those of the peers, and Pyodide as it is published. */
function fileOf(name, peer) {
  if (name === 'peer.js') return peer.script;
  if (name.startsWith('pyodide/')) return join(root, 'node_modules', name);
  const own = join(PAGE, name);
  return existsSync(own) ? own : join(peer.folder, name);
}

function pass(server, request, response) {
  const onward = ask({ host: 'localhost', port: server.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  onward.end();
}
