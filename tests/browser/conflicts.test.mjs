// Two devices change one file apart; both show the conflict, and one click decides it for both.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { pairDevices } from './lib/devices.mjs';
import { startRelay } from './lib/relay.mjs';
import { test } from './lib/suite.mjs';
import { click, find, openWorkbench, shows, until, value } from './lib/workbench.mjs';

const read = async (page, path) => (await value(page, 'read', { path })).content;
const total = async (page) => (await value(page, 'conflicts', {})).total;

test('what Chromium and Firefox wrote apart is shown by both with both versions, decided by a click, and undone', async ({ server, defer }) => {
  const relay = await startRelay(defer, server.origin);
  const [a, b] = [await (await openChromium(defer)).newPage(), await (await openFirefox(defer)).newPage()];
  await pairDevices(a, b, { server, relay, role: 'editor' });
  await value(a, 'write', { path: 'plan.md', content: 'start\n' });
  await until('the file has come', async () => (await read(b, 'plan.md')) === 'start\n');

  // While the relay is away, each writes the file as a whole.
  await relay.stop();
  await value(a, 'write', { path: 'plan.md', content: 'written in Chromium\n' });
  await value(b, 'write', { path: 'plan.md', content: 'written in Firefox\n' });
  assert.deepEqual([await total(a), await total(b)], [0, 0]);
  await relay.start();
  for (const page of [a, b]) await until('the conflict is listed', async () => (await total(page)) === 1, 90_000);
  assert.deepEqual(await value(a, 'conflicts', {}), await value(b, 'conflicts', {}));

  // The dialog that paired them is still open.
  for (const page of [a, b]) {
    await page.keyboard.press('Escape');
    await find(page, 'button', '1 conflict');
  }
  await find(b, 'treeitem', /plan\.md, two versions/);
  await click(b, 'button', '1 conflict');
  await shows(b, /changed in two places/);
  const [shown, other] = (await value(b, 'conflicts', {})).conflicts[0].versions;
  const text = async (side) => (await value(b, 'read', { path: 'plan.md', version: side.hash })).content;
  const kept = await text(other);
  assert.notEqual(await text(shown), kept);
  await b.evaluate(() => [...document.querySelectorAll('dialog[open] .side button')].at(-1).click());
  await shows(b, /Nothing is to be decided/);

  await until('the decision has come', async () => (await total(a)) === 0 && (await read(a, 'plan.md')) === kept, 90_000);
  await value(b, 'undo', {});
  await until('what was decided is undone', async () => (await read(b, 'plan.md')) !== kept);
});
