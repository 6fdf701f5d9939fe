// A second look at Python: by a guest that comes when somebody looks, stays for the next visit, and lays files out.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { holdsPython, inBothBrowsers } from './lib/python.mjs';
import { test } from './lib/suite.mjs';
import { click, openWorkbench, ready, shows, until, value } from './lib/workbench.mjs';

const PATH = 'workflows/odd.py';
const SOURCE = "def total( rows ):\n    return sum(row['amount'] for row in rows) + tax, f'all'\n";
const MENDED = "def total( rows ):\n    return sum(row['amount'] for row in rows) + tax, 'all'\n";
const LAID_OUT = 'def total(rows):\n    return sum(row["amount"] for row in rows) + tax, "all"\n';

const codes = async (page, input) => (await value(page, 'lint_flow', { path: PATH, ...input })).diagnostics.map(({ code }) => code);
const content = async (page) => (await value(page, 'read', { path: PATH })).content;

inBothBrowsers('Python is looked at a second time, and again without a server', async ({ page, server, goOffline }) => {
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: PATH, content: SOURCE });
  await until('the service worker holds the page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  assert.deepEqual(await codes(page), ['undefined-name', 'f-string-missing-placeholders']);
  assert.deepEqual(await codes(page, { fix: true }), ['undefined-name']);
  assert.equal(await content(page), MENDED);

  await until('the guests are kept', () => holdsPython(page));
  await server.stop();
  await goOffline?.();
  await page.reload();
  await ready(page);
  const linted = await value(page, 'lint_flow', { path: PATH, format: true });
  assert.equal(linted.formatted, true, 'without a server, too');
  assert.equal(await content(page), LAID_OUT);
});

test('a Python file is mended and laid out by the keyboard', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await value(page, 'write', { path: PATH, content: SOURCE });
  await page.keyboard.press('Control+p');
  await page.keyboard.type('odd.py');
  await page.keyboard.press('Enter');
  await shows(page, /workflows \/ odd\.py/);
  await page.keyboard.press('Alt+4');
  await shows(page, /Undefined name tax/);

  await page.keyboard.press('Alt+Shift+X');
  await shows(page, /1 fix made in “odd\.py”/);
  assert.equal(await content(page), MENDED);
  await page.keyboard.press('Alt+Shift+F');
  await shows(page, /“odd\.py” was formatted/);
  await shows(page, /def total\(rows\):/);
  assert.equal(await content(page), LAID_OUT);
  await page.keyboard.press('Alt+Shift+F');
  await shows(page, /“odd\.py” is formatted already/);
  await click(page, 'button', 'Undo');
  await until('the layout is as it was', async () => (await content(page)) === MENDED);
});
