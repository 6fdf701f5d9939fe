// A workspace over another: the steps of tests/python/scopes, without a server, come to what the native host keeps; and one
// workspace is mounted in another by hand, brought up to date and taken away.

import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openChromium } from './lib/browsers.mjs';
import { holdsPython, inBothBrowsers } from './lib/python.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, openWorkbench, ready, until, value } from './lib/workbench.mjs';

const FOLDER = fileURLToPath(new URL('../python/scopes', import.meta.url));
const START_MS = 1_700_000_000_000;
const json = (name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));

/** The files below a folder of the story, by their paths in it. */
const filesOf = (name) =>
  readdirSync(join(FOLDER, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: relative(join(FOLDER, name), join(entry.parentPath, entry.name)), content: readFileSync(join(entry.parentPath, entry.name), 'utf8') }));

/** What a step came to, as far as it is the same on every host; as `crates/host/tests/python/scopes.rs` has it. */
function outcome(name, { ok, value, error }) {
  const pick = (from, keys) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
  if (!ok) return { error: pick(error, ['code', 'message', 'path', 'line', 'hint', 'stack']) };
  if (name === 'read') return pick(value, ['content']);
  if (name !== 'run_flow') return pick(value, ['ok', 'inputs', 'diagnostics']);
  const logs = value.logs.map(({ level, text }) => [level, text]);
  return { ...pick(value, ['path', 'function', 'status', 'value', 'variables', 'scopes', 'changes']), logs };
}

async function journey({ page, server, goOffline }) {
  await openWorkbench(page, server.url);
  for (const file of filesOf('own')) await value(page, 'write', file);
  await value(page, 'scope_mount', { name: 'global', workspace: 'w-1', heads: ['h-1'], files: Object.fromEntries(filesOf('global').map(({ path, content }) => [path, content])) });
  await until('the service worker holds the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await value(page, 'lint_flow', { path: 'workflows/report.py' });
  await until('the guest is kept', () => holdsPython(page));
  await server.stop();
  await goOffline?.();
  await page.reload();
  await ready(page);
  // Lint does not wait for an interpreter that is still starting.
  await until('Python is ready', async () => (await value(page, 'lint_flow', { path: 'workflows/report.py' })).entries?.length);
  const outcomes = [];
  for (const { call: name, input } of json('steps.json')) {
    const more = name === 'run_flow' ? { seed: 1, startMs: START_MS } : {};
    outcomes.push(outcome(name, await call(page, name, { ...input, ...more })));
  }
  const expected = json('expected.json');
  outcomes.forEach((found, index) => assert.deepEqual(found, expected[index], `step ${index + 1}`));
  assert.equal(outcomes.length, expected.length);
}

inBothBrowsers('two scopes come to the same as natively, without a server', journey);

/** The export of the workspace that a page has open. */
async function exported(page) {
  await page.evaluate(() => delete window.showSaveFilePicker);
  const download = page.waitForEvent('download');
  await command(page, 'Export the workspace as a zip');
  return (await download).path();
}

async function command(page, title) {
  await page.keyboard.press('Control+K');
  await page.keyboard.type(title);
  await page.keyboard.press('Enter');
}

/** Chooses a file where the page asks for one. */
async function choose(page, path, act) {
  const chooser = page.waitForEvent('filechooser');
  await act();
  await (await chooser).setFiles({ name: 'global-2026-11-28.zip', mimeType: 'application/zip', buffer: readFileSync(path) });
}

test('Chromium: a workspace is mounted in another from its export, brought up to date with a look at what changes, and unmounted', async ({ defer }) => {
  const server = await startServer();
  defer(server.stop);
  const parent = await (await openChromium(defer)).newPage();
  await openWorkbench(parent, server.url);
  await value(parent, 'write', { path: 'modules/rates.py', content: 'RATE = 19\n' });
  await value(parent, 'write', { path: 'workflows/rate.py', content: 'from modules.rates import RATE\nRATE\n' });
  const first = await exported(parent);

  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  const dialog = page.getByRole('dialog');
  await choose(page, first, () => command(page, 'Mount another workspace'));
  await dialog.getByText('added').first().waitFor();
  assert.equal(await dialog.getByLabel('Folder here').inputValue(), 'global');
  await dialog.getByRole('button', { name: 'Mount' }).click();
  await page.getByText('“global” is mounted.').waitFor();
  const [status] = (await value(page, 'workspace_status', {})).scopes;
  const { heads } = await value(parent, 'seal', {});
  assert.deepEqual([status.name, status.heads, status.problem], ['global', heads, undefined]);
  assert.equal((await value(page, 'run_flow', { path: 'workflows/rate.py' })).value, 19);

  const row = (name) => page.getByRole('treeitem', { name });
  await row(/^scopes/).click();
  await row(/^global, Mounted from another workspace/).click({ button: 'right' });
  assert.equal(await page.getByRole('menuitem', { name: 'Delete' }).count(), 0, 'nothing of it is deleted');
  await page.keyboard.press('Escape');

  await value(parent, 'write', { path: 'modules/rates.py', content: 'RATE = 7\n' });
  const second = await exported(parent);
  await row(/^global/).click({ button: 'right' });
  await choose(page, second, () => page.getByRole('menuitem', { name: 'Update…' }).click());
  await dialog.getByText('1 file would change.').waitFor();
  await dialog.getByRole('button', { name: /^edited scopes\/global\/modules\/rates\.py/ }).click();
  await dialog.getByText('RATE = 19').waitFor();
  await dialog.getByText('RATE = 7').waitFor();
  await dialog.getByRole('button', { name: 'Update' }).click();
  await page.getByText('“global” is up to date.').waitFor();
  const { heads: newer } = await value(parent, 'seal', {});
  const [{ message }] = (await value(page, 'history', { limit: 1 })).changes;
  assert.equal(message, `Update global at ${newer.join(', ')}`);
  assert.equal((await value(page, 'run_flow', { path: 'workflows/rate.py' })).value, 7);

  await row(/^global/).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Unmount' }).click();
  await dialog.getByRole('button', { name: 'Unmount' }).click();
  await page.getByText('“global” is not mounted any more.').waitFor();
  assert.equal((await call(page, 'run_flow', { path: 'workflows/rate.py' })).error?.code, 'NOT_FOUND');
});
