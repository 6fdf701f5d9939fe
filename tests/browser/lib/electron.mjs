// The desktop app's main process in Node, around a page in Chromium: the files of `web/electron` as they are, and of Electron
// no more than what carries messages between the two. Nothing here decides; Electron's own part is what is left out.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { freshProfile } from './browsers.mjs';
import { built } from './relay.mjs';
import { root } from './server.mjs';
import { until } from './workbench.mjs';

const OUTPUT = join(root, 'tests/output/electron');

/** Takes the types off the modules of the app, and loads one of them. */
export async function loadModule(name) {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, rewriteRelativeImportExtensions: true };
  for (const file of ['embed/selvage', 'electron/channel', 'electron/host', 'electron/native', 'electron/site']) {
    const made = join(OUTPUT, `${file}.js`);
    mkdirSync(join(made, '..'), { recursive: true });
    writeFileSync(made, ts.transpileModule(readFileSync(join(root, `web/${file}.ts`), 'utf8'), { compilerOptions }).outputText);
  }
  writeFileSync(join(OUTPUT, 'electron/site.json'), readFileSync(join(root, 'web/electron/site.json')));
  return import(pathToFileURL(join(OUTPUT, `electron/${name}.js`)).href);
}

/** Has the program compile a language's interpreter, so that no run has to wait for it and say so in its log. */
export async function compiled(defer, flow) {
  const folder = freshProfile(defer);
  const [source, workspace] = [join(folder, 'source'), join(folder, 'workspace')];
  mkdirSync(workspace);
  writeFileSync(source, flow.source);
  const selvage = (...args) => promisify(execFile)(built, [...args, '--workspace', workspace]);
  await selvage('init');
  await selvage('write', flow.path, '--from', source);
  // What it finds in the flow is of no matter here.
  await selvage('lint', flow.path).catch(() => undefined);
}

/** A program that is `selvage`, and what is known of each time that it was started. */
export function watched(defer) {
  const folder = freshProfile(defer);
  const [program, log] = [join(folder, 'selvage'), join(folder, 'started')];
  writeFileSync(program, `#!/bin/sh\necho "$$ $*" >> '${log}'\nexec '${built}' "$@"\n`, { mode: 0o755 });
  const started = (what) => (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\n').filter((line) => line.includes(` ${what} `));
  return {
    program,
    /** The processes that served, oldest first. */
    serving: () => started('serve').map((line) => Number.parseInt(line, 10)),
    folders: () => started('serve').map((line) => /--data (\S+)/.exec(line)[1]),
    isRemoved: (folder) => until(`${folder} is removed`, () => !existsSync(folder)),
  };
}

/**
 * Opens the app's window over a page of Playwright. What the page asks for is answered by the app's own files, messages over the channel go between the two, and the preload script's two functions are put into the page. `options` follow from the page's web origin.
 */
export async function openApp(defer, page, options = () => ({})) {
  let url;
  const { Host } = await loadModule('host');
  const { answer } = await loadModule('site');
  const handlers = new Map();
  const mainFrame = { origin: 'selvage://app' };
  const contents = {
    mainFrame,
    on: () => contents,
    setWindowOpenHandler: () => undefined,
    send: (channel, message) => void page.evaluate((message) => window.heard?.(message), structuredClone(message)).catch(() => undefined),
  };
  class BrowserWindow {
    webContents = contents;
    isDestroyed = () => page.isClosed();
    once = () => this;
    loadURL = () => page.goto(url);
  }
  const own = { protocol: { handle: () => undefined }, setPermissionRequestHandler: () => undefined, setPermissionCheckHandler: () => undefined, setDevicePermissionHandler: () => undefined };
  const electron = {
    BrowserWindow,
    ipcMain: { handle: (channel, handler) => handlers.set(channel, handler), removeHandler: (channel) => handlers.delete(channel) },
    session: { fromPartition: () => own },
  };
  await page.exposeFunction('toMain', (message) => handlers.get('selvage:from-page')({ sender: contents, senderFrame: mainFrame }, message));
  await page.addInitScript(() => {
    window.selvageHost = { call: (message) => window.toMain(message), subscribe: (listener) => void (window.heard = listener) };
  });
  // Chromium lets no page live at a scheme that it does not know, so that the page has another address; its bytes and headers are the app's.
  const server = createServer(async ({ url, method }, response) => {
    const answered = await answer(join(root, 'dist'), { url: `selvage://app${url}`, method });
    response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(Buffer.from(await answered.arrayBuffer()));
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  defer(async () => {
    server.closeAllConnections();
    server.close();
  });
  url = `http://localhost:${server.address().port}/`;
  return new Host(electron, { dist: join(root, 'dist'), preload: '', ...options(new URL(url).origin) });
}
