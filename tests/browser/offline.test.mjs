// What is fetched when: the page first, then what keeps it whole without a server, and what is for Python when that is wanted.

import { strict as assert } from 'node:assert';
import { openChromium } from './lib/browsers.mjs';
import { holdsPython, pythonHeld } from './lib/python.mjs';
import { test } from './lib/suite.mjs';
import { click, openWorkbench, ready, shows, until, value } from './lib/workbench.mjs';
import { laterParts, serveCopy } from './lib/versions.mjs';

const SCRIPT = 'def double(number: int):\n    return number * 2\n\n[double(21)]\n';

/** Opens a file of Python from the explorer, and waits until the editor shows it as such. */
async function openScript(page) {
  await click(page, 'treeitem', 'a.py');
  await until('the editor knows the language', () =>
    page.evaluate(() => [...document.querySelectorAll('*')].some((one) => one.shadowRoot && [...one.shadowRoot.querySelectorAll('.cm-line span')].some((span) => span.textContent === 'def'))),
  );
}

test('a first visit fetches nothing for later before the workspace is open, and nothing for Python at all', async ({ defer, note }) => {
  const site = await serveCopy(defer);
  const page = await (await openChromium(defer)).newPage();
  const release = site.hold(/kernel_bg-.*\.wasm$/);
  await page.goto(site.url);
  await until('the engine is asked for', () => site.asked.some((name) => name.includes('kernel_bg-')));
  await shows(page, /Opening the workspace/);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const early = [...site.asked];
  assert.deepEqual(early.filter((name) => name === 'sw.js' || /\/later-/.test(name)), [], 'the way is left to what is waited for');
  release();
  await ready(page);
  await until('the service worker holds the whole page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  const late = site.asked.filter((name) => /\/later-/.test(name));
  assert.ok(late.length > 20, `what is opened later is kept: ${late}`);
  assert.ok(site.asked.indexOf('sw.js') < site.asked.findIndex((name) => /\/later-DevicesDialog/.test(name)), 'by the service worker');
  assert.deepEqual(site.asked.filter((name) => laterParts().includes(name)), []);
  note(`${early.length} files before the workspace was open, ${site.asked.length} in all`);
});

test('a first visit fetches no file twice that is named by its content, and an update fetches all anew', async ({ defer, note }) => {
  const site = await serveCopy(defer, { caches: true });
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, site.url);
  await until('the service worker holds the whole page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  const twice = () => site.asked.filter((name, at) => name.startsWith('assets/') && site.asked.indexOf(name) !== at);
  note(`${site.asked.length} requests, ${twice().length} of them for a second time`);
  assert.deepEqual(twice(), []);

  const before = site.asked.length;
  site.publish('two');
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration()).update()));
  await shows(page, /An update is ready/);
  // Under the same name a file comes with the headers of its version, which say what a Worker may do.
  const again = new Set(site.asked.slice(before));
  assert.deepEqual(site.parts.filter((name) => !again.has(name.slice(2))), []);
});

test('whoever opens a file of Python has all of Python without a server, in this version and in the next', async ({ defer }) => {
  const site = await serveCopy(defer);
  const page = await (await openChromium(defer)).newPage();
  await openWorkbench(page, site.url);
  await until('the service worker holds the whole page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  assert.equal(await pythonHeld(page), 0);
  await value(page, 'write', { path: 'a.py', content: SCRIPT });
  await openScript(page);
  await until('all of Python is kept', () => holdsPython(page));

  site.publish('two');
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration()).update()));
  await shows(page, /An update is ready/);
  await Promise.all([page.waitForEvent('load'), click(page, 'button', 'Reload')]);
  await ready(page);
  await until('the first version is gone', async () => (await page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('selvage-')))).length === 1);
  assert.ok(await holdsPython(page), 'the next version came with it');

  await site.stop();
  await page.reload();
  await ready(page);
  await openScript(page);
  assert.deepEqual((await value(page, 'run_flow', { path: 'a.py' })).value, [42]);
});
