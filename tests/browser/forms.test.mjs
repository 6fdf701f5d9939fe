// A form of the workspace: its options come from functions, and it runs a function with what was filled in.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { writeFixture } from './lib/forms.mjs';
import { test } from './lib/suite.mjs';
import { choose, click, fill, find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const FORM = 'forms/order.form.json';
const PROVIDER = 'workflows/orders.py';

async function hold(page, modifier, key) {
  await page.keyboard.down(modifier);
  await page.keyboard.press(key);
  await page.keyboard.up(modifier);
}

async function journey({ page, server }) {
  await openWorkbench(page, server.url);
  await writeFixture(page);
  await click(page, 'treeitem', /^forms/);
  await click(page, 'treeitem', /^order\.form\.json/);
  await find(page, 'heading', 'Order cloth');
  await shows(page, /Fill in “Region” first/);

  // A data provider that fails says why, at its field, and can be asked again once that is mended.
  await choose(page, /^Region/, 'The Moon');
  await shows(page, /There are no options: Nothing is delivered to the Moon yet\./);
  const { content } = await value(page, 'read', { path: PROVIDER });
  await value(page, 'write', { path: PROVIDER, content: content.replace('if region == "moon"', 'if region == "mars"').replace('stock.items(region).items()', 'stock.STOCK.get(region, {"dust": ("Moon dust", 1.0)}).items()') });
  await click(page, 'button', 'Try again');
  await choose(page, /^Item/, 'Moon dust (1.00 EUR)');

  // Another region has other items, and what was chosen before is not among them.
  await choose(page, /^Region/, 'Europe');
  await until('the item of the Moon is gone', async () => (await (await find(page, 'combobox', /^Item/)).evaluate(({ value }) => value)) === '');
  await choose(page, /^Item/, 'Indigo twill (31.00 EUR)');
  await fill(page, /^How many/, '40');
  await fill(page, /^E-mail/, 'ada');
  await click(page, 'button', 'Submit');
  await shows(page, /From 1 to 20\./);
  await shows(page, /This is not an e-mail address\./);
  assert.equal(await page.evaluate(() => document.activeElement?.labels?.[0]?.innerText), 'How many', 'the first field to mend has the keys');
  // What the workflow itself refuses stands at the field, too.
  await fill(page, /^How many/, '2.5');
  await fill(page, /^E-mail/, 'ada@example.org');
  await click(page, 'button', 'Submit');
  await shows(page, /The argument count of place_order must be a whole number, and is 2\.5\./);
  const isRefused = async () => (await find(page, 'textbox', /^How many/)).evaluate((field) => field.getAttribute('aria-invalid'));
  assert.equal(await isRefused(), 'true');
  await fill(page, /^How many/, '2');
  assert.equal(await isRefused(), 'false');
  await hold(page, 'Control', 'Enter');
  await shows(page, /Thank you\. The order is in orders\/last\.json/);
  const order = JSON.parse((await value(page, 'read', { path: 'orders/last.json' })).content);
  assert.deepEqual(order, { region: 'eu', item: 'indigo', count: 2, email: 'ada@example.org', gift: false, extras: ['washed'], source: 'form', total: 62 });

  // Opening the form changed nothing: the data providers ran, and only the order landed.
  const { runs } = await value(page, 'flow_runs', { limit: 20 });
  const records = await Promise.all(runs.map(async ({ record }) => JSON.parse((await value(page, 'read', { path: record })).content)));
  assert.deepEqual([...new Set(records.filter(({ dryRun }) => dryRun).map((record) => record.function))].sort(), ['items', 'regions']);
  assert.deepEqual(records.filter(({ dryRun }) => !dryRun).map((record) => [record.function, record.status]), [['place_order', 'succeeded'], ['place_order', 'failed']]);

  // The history tells the functions of the file apart, and what an undo takes back is told, wherever it was.
  await hold(page, 'Alt', '5');
  await find(page, 'button', /^Run orders\.py::place_order again, as at /);
  await find(page, 'button', /^Run orders\.py::regions \(dry run\) again, as at /);
  await hold(page, 'Control', 'k');
  await page.keyboard.type('undo the last');
  await find(page, 'option', /^Undo the last change of the workspace/);
  await page.keyboard.press('Enter');
  await shows(page, /Undone: the last change of “orders/);
  await click(page, 'button', 'Redo');
  await shows(page, /Redone: the last change of “orders/);
  assert.deepEqual(JSON.parse((await value(page, 'read', { path: 'orders/last.json' })).content), order);

  // A pattern that would try for ever is given up, and the page stays usable; the next one is tried all the same.
  const { content: text } = await value(page, 'read', { path: FORM });
  await value(page, 'write', { path: FORM, content: text.replace('"label": "Note"', '"label": "Note", "validation": { "pattern": "^(a+)+$", "message": "Letters a only." }') });
  await until('the pattern is read', async () => {
    await fill(page, /^Note/, `${'a'.repeat(40)}!`);
    await click(page, 'button', 'Submit');
    return shows(page, /The form’s pattern gave no answer within 1 s\./, 3_000);
  });
  await fill(page, /^Note/, 'b');
  await shows(page, /Letters a only\./);

  // What breaks the form is told with its place, which is a click away.
  await value(page, 'write', { path: FORM, content: text.replace('"type": "email"', '"type": "slider"') });
  await shows(page, /There are no fields of the type slider\./);
  const line = text.slice(0, text.indexOf('"type": "email"')).split('\n').length;
  await click(page, 'button', new RegExp(`^Line ${line}, column`));
  await shows(page, new RegExp(`Line ${line}, column \\d+$`, 'm'));
}

test('Chromium: a data provider feeds a form, and the form runs its workflow', async ({ server, defer }) => {
  await journey({ page: await (await openChromium(defer)).newPage(), server });
});

test('Firefox: the same', async ({ server, defer }) => {
  await journey({ page: await (await openFirefox(defer)).newPage(), server });
});
