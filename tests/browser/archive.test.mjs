// A workspace leaves as a zip, and comes back from one.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, shows, until, value } from './lib/workbench.mjs';

/** Chooses a command by its words, as a person does. */
async function command(page, words) {
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type(words);
  await page.getByRole('option', { name: words }).first().click();
}

test('a workspace that was exported is imported in another browser as one change, with its empty folders', async ({ server, defer }) => {
  const here = await (await openChromium(defer)).newPage();
  await openWorkbench(here, server.url);
  await value(here, 'write', { path: 'notes/a.md', content: '# Kept' });
  await value(here, 'mkdir', { path: 'empty/inner' });
  const [download] = await Promise.all([here.waitForEvent('download'), command(here, 'Export the workspace as a zip')]);
  const file = await download.path();

  const there = await (await openChromium(defer)).newPage();
  await openWorkbench(there, server.url);
  const [chooser] = await Promise.all([there.waitForEvent('filechooser'), command(there, 'Import a zip')]);
  await chooser.setFiles(file);
  await there.getByRole('button', { name: /^Import \d/ }).click();
  await shows(there, /Imported \d+ files? and 1 empty folder from/);
  assert.equal((await value(there, 'read', { path: 'notes/a.md' })).content, '# Kept');
  assert.equal((await value(there, 'stat', { path: 'empty/inner' })).kind, 'folder');

  const [latest] = (await value(there, 'history', { limit: 1 })).changes;
  assert.match(latest.message, /^Import /);
  await there.getByRole('button', { name: 'Undo' }).click();
  for (const path of ['notes/a.md', 'empty']) await until(`${path} is taken back`, async () => !(await call(there, 'stat', { path })).ok);
});
