import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { FROM_PAGE, TO_PAGE } from '../electron/channel';
import { Host, registerScheme, type Executor } from '../electron/host';
import { answer, ORIGIN } from '../electron/site';
import table from '../electron/site.json';
import { answerHost, HOST_AGENT, type SelvageHost } from '../src/agents/host';
import type { RunRecord } from '../src/lib/tools';
import { FILES } from '../fixture/files';
import { fakeElectron, preload } from './electron-stand-in';
import { FakeKernel } from './fake-kernel';

const PRELOAD = fileURLToPath(new URL('../electron/preload.cts', import.meta.url));
const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((one) => one()));

/** The folder of a built page, with something beside it that is nobody's business. */
function dist(): string {
  const top = mkdtempSync(join(tmpdir(), 'selvage-electron-'));
  undo.push(() => rmSync(top, { recursive: true }));
  const folder = join(top, 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  for (const [name, text] of [['index.html', '<!doctype html>'], ['sw.js', 'self'], ['icon.svg', '<svg/>'], ['.secret', 's'], ['assets/index-1.js', 'page'], ['assets/kernel-1.js', 'k'], ['assets/runner-1.js', 'r'], ['assets/a.wasm', 'w'], ['assets/x.br', 'b'], ['../outside.txt', 'o']] as const)
    writeFileSync(join(folder, name), text);
  symlinkSync(join(top, 'outside.txt'), join(folder, 'link.txt'));
  return folder;
}

/** An app whose page is opened over a kernel in memory. */
function opened(executor?: Executor) {
  const fake = fakeElectron();
  const host = new Host(fake.electron, { dist: dist(), preload: PRELOAD, ...(executor ? { executor } : {}) });
  const window = fake.windows[0]!;
  const bridge = preload(PRELOAD, { contents: window.contents, invoke: fake.invoke })['selvageHost']! as unknown as SelvageHost;
  const kernel = new FakeKernel(FILES, () => 0);
  const api = { version: '1', tools: { list: async () => ['ls'] } } as never;
  const loadPage = (): void => answerHost(kernel, { host: bridge, api });
  undo.push(() => window.close());
  return { fake, host, window, bridge, kernel, loadPage };
}

test('files are served with the headers of the workbench’s own server', async () => {
  const folder = dist();
  const get = (path: string): Promise<Response> => answer(folder, new Request(ORIGIN + path));
  const page = await get('/?x#y');
  expect([page.status, await page.text()]).toEqual([200, '<!doctype html>']);
  for (const [name, value] of Object.entries(table.headers)) expect(page.headers.get(name)).toBe(value);
  const served = async (path: string) => {
    const { headers } = await get(path);
    return [headers.get('content-type'), headers.get('content-security-policy')];
  };
  expect(await served('/')).toEqual(['text/html; charset=utf-8', table.policies.page]);
  expect(await served('/assets/kernel-1.js')).toEqual(['text/javascript; charset=utf-8', table.policies.kernel]);
  expect(await served('/assets/runner-1.js')).toEqual(['text/javascript; charset=utf-8', table.policies.runner]);
  expect(await served('/sw.js')).toEqual(['text/javascript; charset=utf-8', table.policies.serviceWorker]);
  expect(await served('/icon.svg')).toEqual(['image/svg+xml', table.policies.image]);
  expect(await served('/assets/a.wasm')).toEqual(['application/wasm', null]);
  expect((await answer(folder, new Request(`${ORIGIN}/`, { method: 'HEAD' }))).status).toBe(200);
  expect((await answer(folder, new Request(`${ORIGIN}/`, { method: 'POST' }))).status).toBe(405);
});

test('nothing outside the folder is served, however it is written, and nothing hidden', async () => {
  const folder = dist();
  // Electron hands over the address as text, so it is handed over here without `Request` mending it.
  const get = (url: string): Promise<Response> => answer(folder, { url, method: 'GET' } as Request);
  for (const path of ['/../outside.txt', '/%2e%2e/outside.txt', '/assets/../../outside.txt', '/assets/%2e%2e%2f%2e%2e%2foutside.txt', '/..%5coutside.txt', '/..\\outside.txt', '/link.txt', '/.secret', '/%2esecret', '//etc/passwd', '/assets', '/assets/', '/assets/x.br', '/a%00b', '/%', '/C:/x', '/missing.js', ''])
    expect((await get(ORIGIN + path)).status, path).toBe(404);
  for (const url of ['selvage://other/index.html', 'selvage://app.evil/index.html', 'selvage://app@evil/index.html', 'https://app/index.html']) expect((await get(url)).status, url).toBe(404);
});

test('a page that wishes to stay is left when the person says so, and stays otherwise', () => {
  const { fake, window } = opened();
  for (const [answer, stays] of [['Leave', false], ['Stay', true]] as const) {
    fake.rules.answer = answer;
    // Who prevents that leaves.
    expect(window.contents.goes('will-prevent-unload', ''), answer).toBe(stays);
  }
});

test('the window is shut off, and every door of it is closed', () => {
  const { fake, window } = opened();
  expect(window.options.webPreferences).toMatchObject({ contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, sandbox: true, webSecurity: true, webviewTag: false });
  expect(window.options.webPreferences?.['partition']).toBe(fake.rules.partition);
  expect(window.urls).toEqual([`${ORIGIN}/`]);
  const { contents } = window;
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
    for (const url of ['https://evil.example/', 'file:///etc/passwd', 'selvage://application/', 'selvage://app.evil/', 'javascript:0']) expect(contents.goes(event, url), `${event} ${url}`).toBe(false);
    expect(contents.goes(event, `${ORIGIN}/#join`)).toBe(true);
  }
  expect(contents.goes('will-attach-webview', `${ORIGIN}/`)).toBe(false);
  expect(contents.openHandler?.({ url: `${ORIGIN}/` })).toEqual({ action: 'deny' });
  const asked = (permission: string): boolean => {
    let given = true;
    fake.rules.request?.(...([contents, permission, (yes: boolean) => (given = yes)] as never[]));
    return given;
  };
  for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'fileSystem', 'clipboard-read', 'usb', 'unknown']) expect([asked(permission), fake.rules.check?.(...([contents, permission, `${ORIGIN}/`] as never[]))], permission).toEqual([false, false]);
  expect([asked('clipboard-sanitized-write'), fake.rules.check?.(...([contents, 'clipboard-sanitized-write', `${ORIGIN}/`] as never[])), fake.rules.check?.(...([contents, 'clipboard-sanitized-write', 'https://evil.example'] as never[]))]).toEqual([true, true, false]);
  expect(fake.rules.device?.()).toBe(false);
});

test('the page reaches programs of its own machine only where the app has one that runs flows', () => {
  for (const [executor, expected] of [[undefined, false], [{ place: () => new Promise(() => undefined) }, true]] as [Executor | undefined, boolean][]) {
    const { fake, window } = opened(executor);
    expect(fake.rules.check?.(...([window.contents, 'loopback-network', `${ORIGIN}/`] as never[]))).toBe(expected);
    fake.rules.request?.(...([window.contents, 'loopback-network', (yes: boolean) => expect(yes).toBe(expected)] as never[]));
    for (const permission of ['local-network', 'local-network-access']) expect(fake.rules.check?.(...([window.contents, permission, `${ORIGIN}/`] as never[]))).toBe(false);
  }
});

test('the scheme is one that pages may live at, and gives no privilege that is not needed', () => {
  const { electron, schemes } = fakeElectron();
  registerScheme(electron);
  expect(schemes).toEqual([{ scheme: 'selvage', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
});

test('the page finds two functions and nothing of Electron', async () => {
  const { bridge, window } = opened();
  expect(Object.keys(bridge).sort()).toEqual(['call', 'subscribe']);
  const heard: unknown[][] = [];
  const leave = bridge.subscribe((...args: unknown[]) => heard.push(args));
  window.contents.send(TO_PAGE, { selvage: 1, id: 1, hello: true });
  window.contents.send('another channel', { selvage: 1 });
  await Promise.resolve();
  expect(heard.at(-1)).toEqual([{ selvage: 1, id: 1, hello: true }]);
  leave();
});

test('programs of the main process call the workspace of the page, hear of runs, and cancel them', async () => {
  const { host, kernel, loadPage } = opened();
  const early = host.call('stat', { path: 'notes' });
  loadPage();
  expect(await early).toMatchObject({ ok: true, value: { path: 'notes', kind: 'folder' } });
  expect(kernel.calls[0]?.agent).toBe(HOST_AGENT);
  expect(await host.call('stat', { path: 'nowhere' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  expect(await host.call('stat', { path: () => 0 })).toMatchObject({ ok: false, error: { code: 'INVALID_INPUT' } });
  const logs: string[] = [];
  const changed: unknown[] = [];
  host.on('changed', ({ paths }) => changed.push(paths));
  const run = (await host.call('run_flow', { path: 'flows/invoices.flow.js' }, { onLog: ({ text }) => logs.push(text) })) as { value: RunRecord };
  expect([run.value.status, logs]).toEqual(['succeeded', run.value.logs.map(({ text }) => text)]);
  expect(changed.length).toBeGreaterThan(0);
  const giveUp = new AbortController();
  host.on('asked', () => giveUp.abort());
  expect(await host.call('run_flow', { path: 'flows/endless.flow.js' }, { signal: giveUp.signal })).toMatchObject({ error: { code: 'CANCELLED' } });
});

test('the page is told where the app runs flows, and only the page, and only by messages', async () => {
  const place = { address: 'http://127.0.0.1:49152', key: 'k' };
  let asked = 0;
  const executor: Executor = {
    place: async () => {
      asked += 1;
      return { ok: true, value: place };
    },
  };
  const { bridge, fake, window } = opened(executor);
  expect(await bridge.call({ selvage: 1, place: true })).toEqual({ ok: true, value: place });
  const { contents } = window;
  const strangers: [typeof contents, unknown][] = [[fakeElectron() && new (contents.constructor as new () => typeof contents)(), contents.mainFrame], [contents, { origin: ORIGIN }], [contents, null]];
  for (const [sender, frame] of strangers) expect(await fake.invoke(sender, frame, FROM_PAGE, { selvage: 1, place: true })).toMatchObject({ error: { code: 'POLICY_DENIED' } });
  contents.mainFrame.origin = 'https://evil.example';
  expect(await bridge.call({ selvage: 1, place: true })).toMatchObject({ error: { code: 'POLICY_DENIED' } });
  contents.mainFrame.origin = ORIGIN;
  for (const message of [null, 'place', 7, {}, { selvage: 2, place: true }, { selvage: 1 }, { selvage: 1, name: 'ls', input: {} }]) expect(await bridge.call(message)).toMatchObject({ error: { code: 'INVALID_INPUT' } });
  expect(asked).toBe(1);
  expect(await opened().bridge.call({ selvage: 1, place: true })).toMatchObject({ error: { code: 'EXECUTOR_UNAVAILABLE' } });
});

test('a page that is loaded anew answers what waits, and serves again; a window that closes answers all', async () => {
  const { host, window, loadPage, fake } = opened();
  loadPage();
  const lost = host.call('run_flow', { path: 'flows/endless.flow.js' });
  await host.call('ls');
  window.contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
  expect(await lost).toMatchObject({ ok: false, error: { code: 'CANCELLED' } });
  expect(await host.call('stat', { path: 'notes' })).toMatchObject({ ok: true });
  const waits = host.call('run_flow', { path: 'flows/endless.flow.js' });
  await host.call('ls');
  window.close();
  expect(await waits).toMatchObject({ error: { code: 'CANCELLED' } });
  expect(fake.handlers.size).toBe(0);
});
