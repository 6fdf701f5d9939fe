// One tab at a time holds the workspace, and one version at a time is the page.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { call, click, openWorkbench, ready, seenText, shows, until, value } from './lib/workbench.mjs';
import { serveCopy } from './lib/versions.mjs';

test('a second tab says that it waits, and takes over when the first closes', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const first = await context.newPage();
  await openWorkbench(first, server.url);
  await value(first, 'write', { path: 'from-the-first.txt', content: 'kept' });

  const second = await context.newPage();
  await second.goto(server.url);
  await shows(second, /open in another tab/i);
  // A script in it need not know: its call is answered when the tab has the workspace.
  const early = call(second, 'read', { path: 'from-the-first.txt' });
  assert.equal((await value(first, 'read', { path: 'from-the-first.txt' })).content, 'kept', 'the first tab works on');

  await first.close();
  assert.equal((await early).value?.content, 'kept');
  await until('the notice goes away', async () => !/open in another tab/i.test(await seenText(second)));
  assert.equal((await value(second, 'workspace_status', {})).storage, 'durable');
  await value(second, 'write', { path: 'from-the-second.txt', content: 'kept, too' });
});

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
