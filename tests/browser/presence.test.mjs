// Who is here: each page shows where the others are.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { click, find, openWorkbench, seenText, shows, until, value } from './lib/workbench.mjs';

const openFile = async (page, name) => {
  await until('the file is listed', async () => (await seenText(page)).includes(name));
  await page.getByRole('treeitem', { name }).dblclick();
  await page.locator('.cm-content').waitFor();
};

/** The text of the line that the cursor of somebody is in, with a bar where it is; what a flag says is left out. */
const cursorIn = (page, name) =>
  page.evaluate((name) => {
    for (const shell of document.querySelectorAll('.editor-shell')) {
      const cursor = shell.shadowRoot.querySelector(`.peer-cursor[data-peer="${name}"]`);
      if (!cursor) continue;
      const line = cursor.closest('.cm-line').cloneNode(true);
      for (const one of line.querySelectorAll('.peer-cursor')) one.replaceWith(one.dataset.peer === name ? '|' : '');
      return line.textContent;
    }
    return undefined;
  }, name);

test('two tabs see each other, and where the cursor of the other is while both type', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const [a, b] = [await context.newPage(), await context.newPage()];
  await openWorkbench(a, server.url);
  await value(a, 'write', { path: 'shared.md', content: 'one\ntwo\nthree\n' });
  await openWorkbench(b, server.url);
  await openFile(a, 'shared.md');
  // The first page is the first tab, whichever of both began to listen first.
  const nameOfOther = async (page) => (await find(page, 'button', /^T\d, Tab \d+(?:, in shared\.md\. Go there)?$/)).evaluate((button) => button.getAttribute('aria-label').match(/Tab \d+/)[0]);
  await shows(b, /1 other tab/);
  await find(b, 'button', /^T\d, Tab \d+, in shared\.md\. Go there$/);
  const [bName, aName] = [await nameOfOther(a), await nameOfOther(b)];
  assert.notEqual(aName, bName);

  // By the keyboard: the second goes to where the first is.
  await a.locator('.cm-line').nth(1).click();
  await a.keyboard.press('End');
  await b.bringToFront();
  await b.keyboard.press('F1');
  await b.keyboard.type(`Go to where ${aName} is`);
  await b.keyboard.press('Enter');
  await until('the second sees the cursor of the first', async () => (await cursorIn(b, aName)) === 'two|');
  await until('the first sees where the second arrived', async () => (await cursorIn(a, bName)) === 'two|');

  // What is typed before a cursor moves it along with its text.
  await a.locator('.cm-line').nth(2).click();
  await a.keyboard.press('Home');
  await until('it has moved', async () => (await cursorIn(b, aName)) === '|three');
  await b.locator('.cm-line').nth(0).click();
  await b.keyboard.press('Home');
  await b.keyboard.type('new\nlines\n', { delay: 20 });
  assert.equal(await cursorIn(b, aName), '|three', 'it does not jump while somebody types above it');
  await until('the first has the lines, and sees the cursor behind them', async () => (await cursorIn(a, bName)) === '|one');
  await a.keyboard.type('twenty ');
  await until('the cursor goes along with what its owner types', async () => (await cursorIn(b, aName)) === 'twenty |three');

  // A selection is shown, too.
  await a.keyboard.press('Shift+End');
  await until('what is selected is marked', () => b.evaluate(() => document.querySelector('.editor-shell').shadowRoot.querySelector('.peer-selection')?.textContent === 'three'));

  await a.close();
  await until('nobody else is here', async () => (await b.locator('[aria-label="Who else is here"]').count()) === 0);
  assert.equal(await cursorIn(b, aName), undefined);
});

test('messages that are none, or too many, do not reach the screen', async ({ server, defer }) => {
  const context = await openChromium(defer);
  const [a, b] = [await context.newPage(), await context.newPage()];
  for (const page of [a, b]) await openWorkbench(page, server.url);
  await find(a, 'button', /^T\d, Tab \d+/);
  await b.evaluate(() => {
    const channel = new BroadcastChannel('selvage:presence');
    for (const bad of [null, 7, '', '{', '{"kind":"here"}', { kind: 'here' }, 'x'.repeat(1e6), '{"kind":"here","id":"<img>","tab":1,"path":null,"place":null}']) channel.postMessage(bad);
    for (let seed = 0; seed < 500; seed++)
      channel.postMessage(JSON.stringify({ kind: 'here', id: `${seed.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`, tab: seed + 1, path: null, place: null }));
  });
  await find(a, 'button', /^\+29 more are here/);
  await click(a, 'button', /^\+29 more are here/);
});
