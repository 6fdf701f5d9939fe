// The screens by the rules of axe, in light and dark, and a journey with the keyboard alone.

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { openChromium } from './lib/browsers.mjs';
import { test } from './lib/suite.mjs';
import { writeFixture } from './lib/forms.mjs';
import { choose, click, fill, find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The screens a person meets, in an order in which each leads to the next. */
const SCREENS = [
  ['welcome', async (page) => shows(page, /Pick a flow and press Run/)],
  ['a flow in the editor, with its form', async (page) => {
    await click(page, 'treeitem', /^invoices\.flow\.js/);
    await find(page, 'textbox', /^Invoices \(CSV\)/);
  }],
  ['a result', async (page) => {
    await click(page, 'button', /^Run invoices$/);
    await find(page, 'button', 'reports/invoices/report.md');
  }],
  ['the timeline of a run', async (page) => {
    await click(page, 'tab', /^Timeline/);
    await shows(page, /Land one change to 2 files\s[^]*Provenance/);
    await click(page, 'tab', /^Result/);
    await find(page, 'button', 'reports/invoices/report.md');
  }],
  ['a report', async (page) => {
    await click(page, 'button', 'reports/invoices/report.md');
    await click(page, 'button', 'Preview');
    await find(page, 'heading', 'Invoice report');
  }],
  ['problems', async (page) => {
    await value(page, 'write', { path: 'flows/wrong.flow.js', content: 'export default async (flow) => {\n  flow.fs.lst("data");\n};\n' });
    await click(page, 'treeitem', /wrong\.flow\.js/);
    await page.keyboard.press('Alt+4');
    await shows(page, /lst/);
  }],
  ['run history', async (page) => {
    await page.keyboard.press('Alt+5');
    await shows(page, /invoices/);
  }],
  ['agents, with a call', async (page) => {
    await page.keyboard.press('Alt+9');
    await click(page, 'button', /^(?:Done: )?write /);
    await shows(page, /What changed/);
  }],
  ['a form beside its text', async (page) => {
    await writeFixture(page);
    await click(page, 'treeitem', /^forms/);
    await click(page, 'treeitem', /^order\.form\.json/);
    await choose(page, /^Region/, 'The Moon');
    await shows(page, /Nothing is delivered to the Moon/);
    await click(page, 'button', 'Submit');
    await shows(page, /Its options are missing/);
  }],
  ['a form that is broken', async (page) => {
    await value(page, 'write', { path: 'forms/broken.form.json', content: '{ "fields": [{ "name": "a", "type": "slider", "colour": 1 }] }' });
    await click(page, 'treeitem', /^broken\.form\.json/);
    await shows(page, /no fields of the type slider/);
  }],
  ['a function of several, with its form', async (page) => {
    await page.keyboard.press('Alt+r');
    await find(page, 'combobox', 'Search');
    await page.keyboard.type('place_order');
    await shows(page, /Place an order/);
    await page.keyboard.press('Enter');
    await find(page, 'combobox', /^Function/);
  }],
  ['the secrets of the device', async (page) => {
    await page.keyboard.press('F1');
    await find(page, 'combobox', 'Search');
    await page.keyboard.type('secrets');
    await page.keyboard.press('Enter');
    await fill(page, 'Passphrase', 'long enough');
    await fill(page, 'The same once more', 'long enough');
    await click(page, 'button', 'Begin');
    await fill(page, 'Name', 'billing');
    await fill(page, 'Value', 'sk_live_7f3a9c');
    await fill(page, /^May go to/, 'api.example.com');
    await click(page, 'button', 'Keep this secret');
    await find(page, 'button', 'Forget billing');
  }],
  ['the command palette', async (page) => {
    await click(page, 'button', 'Close');
    await page.keyboard.press('Control+k');
    await find(page, 'combobox', 'Search');
  }],
];

for (const colorScheme of ['light', 'dark']) {
  test(`no serious finding of axe on the main screens, ${colorScheme}`, async ({ server, defer }) => {
    const page = await (await openChromium(defer, { colorScheme })).newPage();
    await openWorkbench(page, server.url);
    // A script from outside may not run under the page's policy; the debugger may.
    const client = await page.context().newCDPSession(page);
    await client.send('Runtime.evaluate', { expression: `${AXE}; undefined` });
    const found = [];
    for (const [name, arrive] of SCREENS) {
      await arrive(page);
      found.push(...(await findings(page)).map((text) => `${name}: ${text}`));
    }
    assert.deepEqual(found, []);
  });
}

async function findings(page) {
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`));
}

test('with the keyboard alone: open the palette, open a file, change it, run it, read the result', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, server.url);
  await shows(page, /Pick a flow and press Run/);
  const press = (keys) => page.keyboard.press(keys);

  await press('Control+k');
  await find(page, 'combobox', 'Search');
  await page.keyboard.type('open a file');
  await press('Enter');
  await find(page, 'combobox', 'Search');
  await page.keyboard.type('word-count');
  await press('Enter');
  await shows(page, /flows \/ word-count\.flow\.js/);
  await until('the keys lead into the editor', async () => {
    await press('F6');
    return page.evaluate(() => Boolean(document.activeElement?.shadowRoot?.activeElement?.closest('.cm-editor')));
  });
  await press('Control+Home');
  await page.keyboard.type('// Typed by hand.');
  await press('Enter');
  await press('Control+Enter');
  await until('the run succeeded', async () => {
    const [latest] = (await value(page, 'flow_runs', { limit: 1 })).runs;
    return latest?.path === 'flows/word-count.flow.js' && latest.status === 'succeeded';
  });
  await shows(page, /Succeeded/);
  assert.match((await value(page, 'read', { path: 'flows/word-count.flow.js' })).content, /^\/\/ Typed by hand\.\n/, 'what was typed is kept, and is what ran');

  // From panel to panel into the tree, and out again: no panel keeps the keys to itself.
  await until('the keys lead into the tree', async () => {
    await press('F6');
    return page.evaluate(() => document.activeElement?.getAttribute('role') === 'tree');
  });
  await press('End');
  await press('Home');
  await press('ArrowRight');
  const active = await page.evaluate(() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.dataset.path);
  assert.ok(active, 'the tree says which entry is the current one');
  await press('Tab');
  assert.notEqual(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'tree', 'the focus leaves the tree');
});
