// Names of a Python file: completed, and followed to where they are defined, by the keyboard alone.

import { strict as assert } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { writeFixture } from './lib/forms.mjs';
import { test } from './lib/suite.mjs';
import { find, openWorkbench, seenText, shows, until, value } from './lib/workbench.mjs';

const PATH = 'workflows/look.py';
const TEXT = 'from bifrost import tables\nfrom modules import stock\n\nstock.price';

async function journey({ page, server }) {
  await openWorkbench(page, server.url);
  await writeFixture(page);
  await value(page, 'write', { path: PATH, content: TEXT });
  const press = (...keys) => chord(page, keys);
  await press('Control', 'p');
  await find(page, 'combobox', 'Search');
  await page.keyboard.type('look.py');
  await until('the file is found', () => page.evaluate(() => document.querySelector('#choice-0')?.textContent.includes('look.py')));
  await press('Enter');
  await until('the editor has the keys', () => page.evaluate(() => Boolean(document.activeElement?.shadowRoot?.activeElement?.closest('.cm-editor'))));
  await shows(page, /workflows \/ look\.py/);

  await press('Control', 'End');
  // What names lead to is fetched with the first file of Python; a key that comes before it does nothing.
  await until('the definition is shown', async () => {
    await press('F12');
    return shows(page, /modules \/ stock\.py/, 2_000);
  });
  const { content } = await value(page, 'read', { path: 'modules/stock.py' });
  const line = content.slice(0, content.indexOf('def price')).split('\n').length;
  await shows(page, new RegExp(`Line ${line}, column 5$`, 'm'));
  await press('Shift', 'F12');
  await shows(page, /Line 4, column 12$/m);

  // A click with Control goes the same way.
  const [x, y] = await page.evaluate(() => {
    const editor = [...document.querySelectorAll('.editor-shell')].map(({ shadowRoot }) => shadowRoot.querySelector('.cm-content')).find((one) => one?.textContent.endsWith('stock.price') && one.getBoundingClientRect().width > 0);
    const range = document.createRange();
    range.selectNodeContents([...editor.querySelectorAll('.cm-line')].at(-1));
    const box = range.getBoundingClientRect();
    return [box.right - 8, box.top + box.height / 2];
  });
  await page.keyboard.down('Control');
  await page.mouse.click(x, y);
  await page.keyboard.up('Control');
  await shows(page, /modules \/ stock\.py/);
  await shows(page, new RegExp(`Line ${line}, column 5$`, 'm'));
  await press('Shift', 'F12');
  await shows(page, /workflows \/ look\.py/);
  await press('Control', 'End');

  await page.keyboard.type('\nstock.');
  await until('the names of the module are offered', async () => isDeepStrictEqual((await options(page)).sort(), ['STOCK', 'items', 'price']));
  await press('Escape');
  // While names are offered, a new line would take the first of them.
  await page.keyboard.type('STOCK');
  await until('the name is offered again', async () => (await options(page))[0] === 'STOCK');
  await press('Escape');
  await page.keyboard.type('\ntables.que');
  await until('what begins so is offered first', async () => (await options(page))[0] === 'query');
  await press('Escape');
  await press('F12');
  await shows(page, /Nothing here leads to a definition|comes with Selvage/);
  assert.doesNotMatch(await seenText(page), /could not be loaded/);
}

/** Presses keys together, in both ways to drive a browser. */
async function chord(page, keys) {
  for (const key of keys) await page.keyboard.down(key);
  for (const key of keys.toReversed()) await page.keyboard.up(key);
}

/** What the editor offers to complete now: an earlier list stands there until a later one is made. */
const options = (page) =>
  page.evaluate(() => {
    const found = [...document.querySelectorAll('.editor-shell')].flatMap(({ shadowRoot }) => [...shadowRoot.querySelectorAll('.cm-tooltip-autocomplete .cm-completionLabel')]);
    return found.map(({ textContent }) => textContent);
  });

test('Chromium: names of modules are completed, and lead to their definitions and back', async ({ server, defer }) => {
  await journey({ page: await (await openChromium(defer)).newPage(), server });
});

test('Firefox: the same', async ({ server, defer }) => {
  await journey({ page: await (await openFirefox(defer)).newPage(), server });
});
