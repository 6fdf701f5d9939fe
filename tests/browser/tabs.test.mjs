// Every tab holds the workspace, and one version at a time is the page.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { call, click, openWorkbench, ready, seenText, shows, until, value } from './lib/workbench.mjs';
import { serveCopy } from './lib/versions.mjs';

/** The files of the workspace's own storage, by name. */
const stored = (page) =>
  page.evaluate(async () => {
    const names = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names.sort();
  });

test('two tabs have the workspace at the same time, and each shows what the other does', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const [first, second] = [await context.newPage(), await context.newPage()];
  await openWorkbench(first, server.url);
  await value(first, 'write', { path: 'from-the-first.txt', content: 'one' });

  await openWorkbench(second, server.url);
  assert.equal((await value(second, 'read', { path: 'from-the-first.txt' })).content, 'one', 'it is there before the tab is ready');
  await shows(second, /1 other tab/);
  await value(second, 'write', { path: 'from-the-second.txt', content: 'two' });
  await until('the first tab lists it', async () => /from-the-second\.txt/.test(await seenText(first)));

  const { status } = await value(second, 'run_flow', { path: 'flows/word-count.flow.js' });
  assert.equal(status, 'succeeded', 'the second tab runs flows, too');
  await until('the record is in the first tab', async () => (await value(first, 'flow_runs', {})).runs.length === 1);
  assert.equal((await value(second, 'workspace_status', {})).storage, 'durable');
});

test('what one tab moves or deletes is so in the other, also where it is open', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const [first, second] = [await context.newPage(), await context.newPage()];
  for (const page of [first, second]) await openWorkbench(page, server.url);
  await value(first, 'write', { path: 'drafts/one.md', content: 'one' });
  const row = (path) => second.locator(`[role=treeitem][data-path="${path}"]`);
  await row('drafts').click();
  await row('drafts/one.md').dblclick();
  await second.locator('.cm-content').waitFor();

  await value(first, 'move', { from: 'drafts/one.md', to: 'drafts/two.md' });
  await row('drafts/two.md').waitFor();
  await row('drafts/one.md').waitFor({ state: 'detached' });
  await second.locator('.dock-tab', { hasText: 'two.md' }).waitFor();
  await second.locator('.cm-content').click();
  await second.keyboard.press('Control+End');
  await second.keyboard.type(' and more');
  await until('what was typed is in the file that was moved', async () => (await value(first, 'read', { path: 'drafts/two.md' })).content === 'one and more');
  await value(first, 'move', { from: 'drafts', to: 'done' });
  await row('done').waitFor();
  await row('drafts').waitFor({ state: 'detached' });

  await value(first, 'delete', { path: 'done' });
  await row('done').waitFor({ state: 'detached' });
  await shows(second, /This file was deleted/);
  for (const page of [first, second]) assert.deepEqual((await value(page, 'ls', { recursive: true })).entries.filter(({ path }) => /one\.md|two\.md|drafts|done/.test(path)), []);
});

test('two people type into one file in two tabs, and both texts stand', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) await openWorkbench(page, server.url);
  await value(pages[0], 'write', { path: 'shared.md', content: 'top\n\nbottom\n' });
  for (const page of pages) {
    await until('the file is listed', async () => /shared\.md/.test(await seenText(page)));
    await page.getByRole('treeitem', { name: /shared\.md/ }).dblclick();
    await page.locator('.cm-content').waitFor();
  }
  const type = async (page, line, text) => {
    await page.locator('.cm-line').nth(line).click();
    await page.keyboard.press('End');
    for (const letter of text) await page.keyboard.type(letter, { delay: 15 });
  };
  await pages[1].bringToFront();
  await Promise.all([type(pages[0], 0, ' of the page'), type(pages[1], 2, ' of the list')]);

  const read = async (page) => (await value(page, 'read', { path: 'shared.md' })).content;
  await until('both have both', async () => {
    const [a, b] = await Promise.all(pages.map(read));
    return a === b && /of the page/.test(a) && /of the list/.test(a);
  });
  assert.equal(await read(pages[0]), 'top of the page\n\nbottom of the list\n');
  for (const page of pages) await until('the editor shows it', async () => /top of the page[\s\S]*bottom of the list/.test(await page.locator('.cm-content').innerText()));
});

test('what a tab did that was killed is taken in by the others, and by the next', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const pages = [await context.newPage(), await context.newPage(), await context.newPage()];
  for (const page of pages) await openWorkbench(page, server.url);
  assert.ok((await stored(pages[0])).includes('workspace-2.redb'), 'the third tab has files of its own');
  await value(pages[2], 'write', { path: 'last-words.txt', content: 'kept' });
  await pages[2].close();
  await value(pages[0], 'write', { path: 'goes-on.txt', content: 'kept' });
  await until('the files of the third tab are gone', async () => !(await stored(pages[0])).some((name) => name.startsWith('workspace-2')));

  // The tab with the files that stay goes first.
  await pages[0].close();
  await value(pages[1], 'write', { path: 'alone.txt', content: 'kept' });
  await pages[1].close();
  const next = await context.newPage();
  await openWorkbench(next, server.url);
  for (const path of ['last-words.txt', 'goes-on.txt', 'alone.txt']) assert.equal((await value(next, 'read', { path })).content, 'kept', path);
  assert.deepEqual(await stored(next), ['workspace.journal', 'workspace.redb', 'workspace.sums']);
});

test('a damaged copy is put aside, and another tab gives what it held', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const [first, second] = [await context.newPage(), await context.newPage()];
  await openWorkbench(first, server.url);
  await value(first, 'write', { path: 'precious.txt', content: 'kept' });
  await openWorkbench(second, server.url);
  await first.close();
  await until('the files are free', () => damage(second, 'workspace.redb'));

  const third = await context.newPage();
  await openWorkbench(third, server.url);
  await shows(third, /What other tabs have took their place/);
  assert.equal((await value(third, 'read', { path: 'precious.txt' })).content, 'kept');
  assert.ok((await stored(third)).some((name) => /^damaged-.*workspace\.redb$/.test(name)), 'what was damaged is kept');
});

test('damage that is met while the workspace is open is told, and mended from another tab', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const [first, second] = [await context.newPage(), await context.newPage()];
  await openWorkbench(first, server.url);
  // More than a journal takes, so that it lies in the database; and no text.
  const content = Buffer.from(Uint8Array.from({ length: 1_500_000 }, (_, n) => (n * 7919) >> 5)).toString('base64');
  await value(first, 'write', { path: 'large.bin', content, encoding: 'base64' });
  await openWorkbench(second, server.url);
  await until('both have it', async () => (await value(second, 'read', { path: 'large.bin', encoding: 'base64' })).content === content);
  await first.close();
  await until('the files are free', () => damage(second, 'workspace.redb', content));

  const third = await context.newPage();
  await openWorkbench(third, server.url);
  const read = () => call(third, 'read', { path: 'large.bin', encoding: 'base64' });
  assert.equal((await read()).error?.code, 'DAMAGED');
  await shows(third, /Files of the workspace could not be read/);
  await until('the other tab has given it', async () => (await read()).ok);
  assert.equal((await read()).value.content, content);
});

/** Overwrites the start of a file in storage, or a part of a content in it, unless somebody has it open. */
const damage = (page, name, content) =>
  page.evaluate(
    async ([name, content]) => {
      const file = await (await navigator.storage.getDirectory()).getFileHandle(name);
      try {
        let position = 0;
        if (content !== undefined) {
          const text = (bytes) => String.fromCharCode(...bytes);
          const part = atob(content).slice(20_000, 20_064);
          const stored = new Uint8Array(await (await file.getFile()).arrayBuffer());
          const places = Array.from({ length: stored.length / 4096 }, (_, n) => text(stored.subarray(n * 4096, (n + 1) * 4096)));
          const page = places.findIndex((block) => block.includes(part));
          if (page < 1) return false;
          position = page * 4096 + places[page].indexOf(part);
        }
        const stream = await file.createWritable({ keepExistingData: true });
        await stream.write({ type: 'write', position, data: new Uint8Array(content === undefined ? 8192 : 32).fill(0x5a) });
        await stream.close();
        return true;
      } catch {
        return false;
      }
    },
    [name, content],
  );

test('an update is offered, waits for the person, and never mixes with what runs', async ({ defer }) => {
  const site = await serveCopy(defer);
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.url);
  await until('the first version is kept', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await page.reload();
  await ready(page);
  assert.equal(await versionOf(page), 'one');

  site.publish('two');
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration()).update()));
  await shows(page, /An update is ready/);
  // Both versions are on the device now. Until the person says so, everything is of the first.
  const again = await context.newPage();
  await again.goto(site.url);
  assert.equal(await versionOf(again), 'one', 'a tab that opens meanwhile gets the version that runs');
  assert.deepEqual(new Set(await versionsOfParts(page, site)), new Set(['one']), 'no part is of another version than the page');
  await again.close();

  await Promise.all([page.waitForEvent('load'), click(page, 'button', 'Reload')]);
  await ready(page);
  assert.equal(await versionOf(page), 'two');
  assert.deepEqual(new Set(await versionsOfParts(page, site)), new Set(['two']));
  assert.equal((await page.evaluate(() => caches.keys())).length, 1, 'the first version is gone');
});

test('an update that cannot be had whole is not kept, and the version that runs goes on', async ({ defer }) => {
  const site = await serveCopy(defer);
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, site.url);
  await until('the first version is kept', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await page.reload();
  await ready(page);

  site.publish('two', { broken: true });
  const said = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    const worker = registration.installing;
    if (worker) await new Promise((resolve) => worker.addEventListener('statechange', () => worker.state !== 'installing' && resolve()));
    return { waiting: registration.waiting !== null, active: registration.active?.state };
  });
  assert.deepEqual(said, { waiting: false, active: 'activated' });
  await site.stop();
  await page.reload();
  await ready(page);
  assert.equal(await versionOf(page), 'one');
});

const versionOf = (page) => page.evaluate(() => document.querySelector('meta[name=test-version]')?.content);

/** The version of each part as the page gets it, by a header that the copy's server sends. */
const versionsOfParts = (page, { parts }) =>
  page.evaluate((parts) => Promise.all(parts.map(async (part) => (await fetch(part)).headers.get('x-test-version'))), parts);
