// A second look at Python: by a guest that comes when somebody looks, stays for the next visit, and lays files out.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { holdsPython, inBothBrowsers } from './lib/python.mjs';
import { test } from './lib/suite.mjs';
import { call, click, openWorkbench, ready, shows, until, value } from './lib/workbench.mjs';

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
  assert.equal(await content(page), LAID_OUT);
  await page.keyboard.press('Alt+Shift+F');
  await shows(page, /“odd\.py” is formatted already/);
  await click(page, 'button', 'Undo');
  await until('the layout is as it was', async () => (await content(page)) === MENDED);
});

for (const half of ['core', 'rest']) {
  test(`without the ${half} of what looks, lint goes on, nothing else ends, and the next one asks again`, async ({ server, defer }) => {
    const context = await openChromium(defer, { serviceWorkers: 'block' });
    const lacking = new RegExp(`/guest-ruff\\.${half}-[^/]*\\.wasm$`);
    await context.route(lacking, (route) => route.abort());
    const page = await context.newPage();
    await openWorkbench(page, server.url);
    await value(page, 'write', { path: PATH, content: SOURCE });
    // A layout takes functions that no first look does, so that both halves are asked for.
    const refused = await call(page, 'lint_flow', { path: PATH, format: true });
    assert.equal(refused.error?.code, 'EXECUTOR_UNAVAILABLE');
    assert.equal(await content(page), SOURCE);
    await value(page, 'write', { path: 'workflows/slow.py', content: 'import time\ntime.sleep(1)\n7\n' });
    const [slow] = await Promise.all([value(page, 'run_flow', { path: 'workflows/slow.py' }), ...[0, 1, 2].map((n) => call(page, 'lint_flow', { path: PATH, content: `${SOURCE}# ${n}\n` }))]);
    assert.equal(slow.value, 7, 'a run beside them is not ended');
    await context.unroute(lacking);
    assert.equal((await value(page, 'lint_flow', { path: PATH, format: true })).formatted, true);
  });
}
