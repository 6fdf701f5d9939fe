// The service worker: the whole page without a server, and one version at a time.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { NEVER, serve } from './serve.mjs';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
vi.setConfig({ testTimeout: 120_000 });

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selvage-offline-'));
  await build({ configFile: here('../../vite.config.ts'), mode: 'fixture', logLevel: 'error', build: { outDir: join(folder, 'site') } });
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const controlled = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

/** Makes the served site another version: a title, and what a build would write into the worker. */
function release(site: string, title: string): void {
  const index = join(site, 'index.html');
  writeFileSync(index, readFileSync(index, 'utf8').replace(/<title>.*<\/title>/, `<title>${title}</title>`));
  const worker = join(site, 'sw.js');
  writeFileSync(worker, readFileSync(worker, 'utf8').replace(/(version["']?: ?["'`])[^"'`]+/, `$1${title.replaceAll(' ', '-')}`));
}

/** A site of its own in its first version, and a page of it that is kept. */
async function openFirst(name: string) {
  const site = join(folder, name);
  cpSync(join(folder, 'site'), site, { recursive: true });
  release(site, 'Version one');
  const server = await serve(site);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}?offline`);
  await controlled(page);
  return { site, server, context, page };
}

test('without a server the page is whole, with the policy and the isolation it was served with', async () => {
  const site = join(folder, 'whole');
  cpSync(join(folder, 'site'), site, { recursive: true });
  const server = await serve(site);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}?offline`);
  await controlled(page);
  await server.stop();
  await page.reload();
  await page.getByRole('treeitem', { name: 'notes' }).waitFor();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await page.evaluate(() => fetch('./').then((response) => response.headers.get('content-security-policy')))).toContain("default-src 'none'");
  // Languages of the editor load when they are first needed, which may be offline.
  await page.getByRole('treeitem', { name: 'notes' }).click();
  await page.getByRole('treeitem', { name: 'README.md' }).click();
  await page.locator('.cm-line span').first().waitFor();
  await context.close();
});

test('an update waits until the person says so, and then comes whole', async () => {
  const { site, server, context, page } = await openFirst('updated');
  release(site, 'Version two');
  await page.reload();
  await page.getByText('An update is ready.').waitFor();
  expect(await page.title()).toBe('Version one');
  expect((await page.evaluate(() => caches.keys())).sort()).toEqual(['selvage-Version-one', 'selvage-Version-two']);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction(() => document.title === 'Version two');
  await vi.waitUntil(async () => (await page.evaluate(() => caches.keys())).join() === 'selvage-Version-two', { timeout: 20_000 });
  await context.close();
  await server.stop();
});

test('an update comes also while the page waits for something that never comes', async () => {
  const { site, server, context, page } = await openFirst('held');
  release(site, 'Version two');
  await page.evaluate((never) => {
    void fetch(`./${never}`).catch(() => undefined);
    return navigator.serviceWorker.ready.then((registration) => registration.update());
  }, NEVER);
  await page.getByText('An update is ready.').waitFor();
  // It is offered for as long as nobody has answered.
  await page.waitForTimeout(7_000);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction(() => document.title === 'Version two');
  await context.close();
  await server.stop();
});

test('an update that one tab takes comes to the others, also to one that was there before anything was kept', async () => {
  const { site, server, context, page: first } = await openFirst('together');
  release(site, 'Version two');
  const second = await context.newPage();
  await second.goto(`${server.url}?offline`);
  await second.getByText('An update is ready.').waitFor();
  await first.getByText('An update is ready.').waitFor();
  await second.getByRole('button', { name: 'Reload' }).click();
  for (const page of [first, second]) await page.waitForFunction(() => document.title === 'Version two');
  await context.close();
  await server.stop();
});

test('a release that is cut short never takes over', async () => {
  const { site, server, context, page } = await openFirst('broken');
  release(site, 'Version two');
  rmSync(join(site, 'icon.svg'));
  const ended = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise<ServiceWorker | null>((resolve) => registration.addEventListener('updatefound', () => resolve(registration.installing)));
    void registration.update().catch(() => undefined);
    const worker = await found;
    return new Promise((resolve) => worker?.addEventListener('statechange', () => resolve(worker.state)));
  });
  expect(ended).toBe('redundant');
  expect(await page.evaluate(() => caches.keys())).toEqual(['selvage-Version-one']);
  await context.close();
  await server.stop();
});
