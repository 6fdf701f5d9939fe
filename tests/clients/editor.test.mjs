// y-codemirror.next in a real browser, on a page that knows nothing of Selvage.

import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { openChromium } from '../browser/lib/browsers.mjs';
import { removeFolder, test } from '../browser/lib/suite.mjs';
import { startHost, until, workspaceOf } from './lib/host.mjs';
import { openText } from './lib/text.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript' };

/** Builds the page and serves it; gives its origin. */
async function servePage(defer) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-editor-'));
  defer(async () => removeFolder(folder));
  const root = fileURLToPath(new URL('page', import.meta.url));
  await build({ root, configFile: false, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://page').pathname;
    const name = path === '/' ? 'index.html' : path.slice(1);
    try {
      const body = readFileSync(join(folder, name));
      response.setHeader('Content-Type', TYPES[extname(name)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  defer(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

test('two browsers with y-codemirror.next and a client in Node co-edit a file, cursors included, through a host that dies', async ({ defer }) => {
  const origin = await servePage(defer);
  const workspace = workspaceOf(defer, { 'notes/today.md': 'bread\n' });
  const args = ['--origin', origin];
  const first = await startHost(defer, workspace, { args });
  const context = await openChromium(defer);
  const open = async (name) => {
    const page = await context.newPage();
    const query = new URLSearchParams({ host: first.yjs, room: 'notes/today.md', name });
    await page.goto(`${origin}/?${query}`);
    return page;
  };
  const shown = (page) => page.evaluate(() => globalThis.editor.view.state.doc.toString());
  const shows = (page, text) => until(`the editor shows ${JSON.stringify(text)}`, async () => (await shown(page)) === text);
  /** Types as a person does: the caret at the end of the text first. */
  const type = async (page, text) => {
    await page.bringToFront();
    await page.evaluate(() => {
      const { view } = globalThis.editor;
      view.focus();
      view.dispatch({ selection: { anchor: view.state.doc.length } });
    });
    await page.keyboard.type(text);
  };
  const [a, b] = [await open('Ada'), await open('Bob')];
  const node = openText(defer, first, 'notes/today.md');
  await Promise.all([shows(a, 'bread\n'), shows(b, 'bread\n'), node.shows('bread\n')]);
  await type(a, 'butter');
  await Promise.all([shows(b, 'bread\nbutter'), node.shows('bread\nbutter')]);

  // Ada's caret stands in Bob's editor with her name, and the client in Node knows where it is.
  await until('Bob sees Ada’s caret', () => b.evaluate(() => [...document.querySelectorAll('.cm-ySelectionInfo')].some((it) => it.textContent === 'Ada')));
  await until('Node sees Ada’s cursor', () => node.others().some((state) => state.user?.name === 'Ada' && state.cursor?.head));
  const caret = await b.evaluate(() => document.querySelector('.cm-ySelectionCaret').parentElement.innerText);
  assert.match(caret, /butter/, 'the caret is in the line that Ada types in');

  await first.kill();
  await until('they are cut off', async () => !(await a.evaluate(() => globalThis.editor.provider.wsconnected)) && !node.provider.wsconnected);
  await type(a, ' and jam');
  node.text.insert(0, 'fresh ');
  workspace.type('notes/today.md', 'bread!\nbutter');
  const second = await startHost(defer, workspace, { args, port: first.port });
  const all = 'fresh bread!\nbutter and jam';
  await Promise.all([shows(a, all), shows(b, all), node.shows(all)]);
  await type(b, '.');
  await Promise.all([shows(a, `${all}.`), node.shows(`${all}.`)]);
  await until('Ada sees Bob’s caret', () => a.evaluate(() => [...document.querySelectorAll('.cm-ySelectionInfo')].some((it) => it.textContent === 'Bob')));
  await second.stop();
  assert.equal(workspace.read('notes/today.md'), `${all}.`);
});
