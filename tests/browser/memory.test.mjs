// A browser that gives the page no storage: one whose person blocks what sites keep, and a private window. The workbench works, in
// memory, says so, and promises nothing.

import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshProfile, openChromium, openFirefox } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { call, click, find, openWorkbench, ready, seenText, shows, value } from './lib/workbench.mjs';

const FLOW = 'export default async (flow) => {\n  await flow.fs.write("out/b.txt", (await flow.fs.read("in/a.txt")) + "!");\n  return "done";\n};\n';

/** Chromium, in which a person has forbidden sites to keep anything. */
async function openBlocked(defer) {
  const folder = freshProfile(defer);
  mkdirSync(join(folder, 'Default'), { recursive: true });
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  return openChromium(defer, { folder, acceptDownloads: true });
}

/** What is the same in both: no storage, a notice, and a workbench that works. */
async function worksInMemory(page, url) {
  await openWorkbench(page, url);
  assert.ok(await page.evaluate(() => navigator.storage.getDirectory().then(() => false, () => true)), 'the browser refuses its private file system');
  const seen = await shows(page, /Nothing is kept\.[^]*Export before you close the tab\./);
  assert.doesNotMatch(await seenText(page), /could not be taken up/, 'there was nothing to take up');
  assert.match(seen[0], /gave no storage/);
  assert.equal((await value(page, 'workspace_status', {})).storage, 'memory');

  await value(page, 'write', { path: 'in/a.txt', content: 'kept nowhere' });
  await value(page, 'write', { path: 'flows/mark.flow.js', content: FLOW });
  const record = await value(page, 'run_flow', { path: 'flows/mark.flow.js' });
  assert.deepEqual([record.status, record.value], ['succeeded', 'done'], JSON.stringify(record.error));
  assert.equal((await value(page, 'read', { path: 'out/b.txt' })).content, 'kept nowhere!');
  await value(page, 'undo', {});
  assert.equal((await call(page, 'read', { path: 'out/b.txt' })).error?.code, 'NOT_FOUND');

  await click(page, 'treeitem', 'README.md');
  await find(page, 'tab', /README\.md/);
  const footer = await page.evaluate(() => document.querySelector('footer').innerText);
  assert.match(footer, /In memory only/);
  assert.doesNotMatch(footer, /Saved|kept/);

  await click(page, 'button', 'Storage: In memory only');
  await shows(page, /Everything is lost when the tab closes\. Export the workspace to keep it\./);
  assert.doesNotMatch(await seenText(page), /Saved on this device|promised not to clear|Ask it not to/);
  await click(page, 'button', 'Close');
  await click(page, 'button', /^(Share|Devices: )/);
  await shows(page, /This window keeps nothing, so it has no place for the keys of a shared workspace/);
  await click(page, 'button', 'Close');
}

/** The page that comes next begins anew, and says the same. */
async function beginsAnew(page) {
  await page.reload();
  await ready(page);
  await shows(page, /Nothing is kept\./);
  assert.equal((await call(page, 'read', { path: 'in/a.txt' })).error?.code, 'NOT_FOUND');
  await value(page, 'read', { path: 'README.md' });
}

test('in Chromium, where sites may keep nothing', async ({ server, defer }) => {
  const page = await (await openBlocked(defer)).newPage();
  const broke = [];
  page.on('pageerror', (error) => broke.push(error.message));
  await worksInMemory(page, server.url);
  const download = page.waitForEvent('download');
  await click(page, 'button', 'Export');
  assert.match((await download).suggestedFilename(), /\.zip$/);
  await beginsAnew(page);
  assert.deepEqual(broke, []);
});

test('in a private window of Firefox', async ({ server, defer }) => {
  const page = await (await openFirefox(defer, { 'browser.privatebrowsing.autostart': true })).newPage();
  await worksInMemory(page, server.url);
  await beginsAnew(page);
});
