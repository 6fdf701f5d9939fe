// A server of the built page that can publish another version of it: the same files with another
// mark, and a service worker that names another version, as a new build would.

import { createServer } from 'node:http';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { root } from './server.mjs';

const DIST = join(root, 'dist');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.webmanifest': 'application/manifest+json' };

/** What the service worker of the build keeps when some of it was fetched for the first time. */
export const laterParts = () => JSON.parse(/"later":(\[[^\]]*\])/.exec(readFileSync(join(DIST, 'sw.js'), 'utf8'))[1]).map((url) => url.replace(/^\.\//, ''));

/**
 * Serves a copy of `dist/` as version `one`. `publish(name, { broken })` makes it another version;
 * a broken one lacks a file that its service worker names. `asked` has the names of what was asked for, in order; `hold(pattern)` keeps
 * back what fits until the function that it gives is called. Like a careless host it lets nothing be cached: only the service worker
 * stands between versions. With `caches`, it says of what is named by its content that it never changes.
 */
export async function serveCopy(defer, { caches = false } = {}) {
  const files = list(DIST).filter((name) => !/\.(?:br|map)$/.test(name));
  // What is kept when it is fetched for the first time is named by its hash: under one name it is the same in all versions.
  // What other web apps load is no part of the page.
  const later = laterParts();
  const parts = files.filter((name) => /\.(?:js|wasm)$/.test(name) && name !== 'sw.js' && !later.includes(name) && !name.startsWith('embed/'));
  const asked = [];
  let held = { pattern: /^$/, until: Promise.resolve() };
  let version = 'one';
  let missing;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const name = path === '/' ? 'index.html' : path.slice(1);
    asked.push(name);
    if (held.pattern.test(name)) await held.until;
    if (!files.includes(name) || name === missing || !existsSync(join(DIST, name))) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Cache-Control': caches && name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'X-Test-Version': version,
    });
    response.end(marked(name, readFileSync(join(DIST, name)), version));
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  defer(stop);
  return {
    url: `http://localhost:${server.address().port}/`,
    parts: parts.map((name) => `./${name}`),
    asked,
    hold: (pattern) => {
      let release;
      held = { pattern, until: new Promise((resolve) => (release = resolve)) };
      return release;
    },
    publish: (name, { broken = false } = {}) => {
      version = name;
      missing = broken ? parts.at(-1) : undefined;
    },
    stop,
  };
}

function marked(name, bytes, version) {
  if (name === 'index.html') return bytes.toString().replace('<head>', `<head><meta name="test-version" content="${version}">`);
  if (name !== 'sw.js') return bytes;
  const text = bytes.toString();
  const other = text.replace(/(version[`"']?\s*:\s*[`"'])([0-9a-f]{16})/, `$1${version}-$2`);
  if (other === text) throw new Error('dist/sw.js names no version');
  return other;
}

function list(folder, below = folder) {
  return readdirSync(below).flatMap((name) => {
    const path = join(below, name);
    return statSync(path).isDirectory() ? list(folder, path) : [relative(folder, path)];
  });
}
