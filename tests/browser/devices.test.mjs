// Two browsers share a workspace over a relay that can read nothing of it.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { comeIn, has, inviteOne, pairDevices } from './lib/devices.mjs';
import { startRelay } from './lib/relay.mjs';
import { test } from './lib/suite.mjs';
import { call, click, find, openWorkbench, seenText, until, value } from './lib/workbench.mjs';

test('two browsers share a workspace over a relay: what one writes comes to the other, also after both were away', async ({ server, defer }) => {
  const relay = await startRelay(defer, server.origin);
  const context = await openChromium(defer);
  const firefox = await openFirefox(defer);
  const [a, b] = [await context.newPage(), await firefox.newPage()];
  await pairDevices(a, b, { server, relay, role: 'editor' });
  await value(b, 'write', { path: 'from-b.md', content: 'b\n' });
  await has(a, 'from-b.md', 'b\n');
  await b.keyboard.press('Escape');
  await click(b, 'treeitem', /^from-b\.md/);
  const editor = () => b.evaluate(() => [...document.querySelectorAll('.editor-shell')].some(({ shadowRoot }) => (shadowRoot.querySelector('.cm-content')?.focus(), shadowRoot.activeElement !== null)));
  await until('the keys are in the text', editor);
  for (const key of ['ArrowDown', 'ArrowDown']) await b.keyboard.press(key);
  await b.keyboard.type('and more\n');
  await until('what was typed is kept', async () => (await value(b, 'read', { path: 'from-b.md' })).content === 'b\nand more\n');
  await value(b, 'seal', {});
  await has(a, 'from-b.md', 'b\nand more\n');
  const makers = async () => (await value(a, 'history', { path: 'from-b.md' })).changes.map(({ origin }) => `${origin.kind} ${origin.name}`);
  await until('who typed has a name everywhere', async () => (await makers())[0] === 'person Firefox on Linux');

  // What is written while the other one is gone waits at the relay.
  await b.goto('about:blank');
  await value(a, 'write', { path: 'meanwhile.md', content: 'a\n' });
  await until('the relay has it', async () => !/waits? to be sent/.test(await seenText(a)));
  await a.goto('about:blank');
  await openWorkbench(b, server.url);
  await has(b, 'meanwhile.md', 'a\n');
  await openWorkbench(a, server.url);
  for (const page of [a, b]) for (const path of ['before.md', 'from-b.md', 'meanwhile.md']) assert.ok((await call(page, 'read', { path })).ok, path);
});

test('a viewer reads, and nothing that it writes comes to the others; a removed device hears no more', async ({ server, defer }) => {
  const relay = await startRelay(defer, server.origin);
  const [a, b] = [await (await openChromium(defer)).newPage(), await (await openChromium(defer)).newPage()];
  await pairDevices(a, b, { server, relay, role: 'viewer' });
  await value(b, 'write', { path: 'by-a-viewer.md', content: 'no\n' });
  await value(a, 'write', { path: 'by-the-owner.md', content: 'yes\n' });
  await has(b, 'by-the-owner.md', 'yes\n');
  assert.equal((await call(a, 'read', { path: 'by-a-viewer.md' })).ok, false, 'it stays where it was written');

  await removeOne(a);
  await until('the removed device is told', async () => /remov|taken out/i.test(await seenText(b)));
  await value(a, 'write', { path: 'secret.md', content: 'later\n' });
  await until('the relay has it', async () => !/waits? to be sent/.test(await seenText(a)));
  assert.equal((await call(b, 'read', { path: 'secret.md' })).ok, false);
});

test('after a removal the others go on in another room of the relay', async ({ server, defer }) => {
  const relay = await startRelay(defer, server.origin);
  const pages = [];
  for (let count = 0; count < 3; count += 1) pages.push(await (await openChromium(defer)).newPage());
  const [a, b, c] = pages;
  await pairDevices(a, b, { server, relay, role: 'editor' });
  await comeIn(a, c, await inviteOne(a, 'editor'));
  await removeOne(a);
  const isOut = async (page) => /taken out/i.test(await seenText(page));
  const out = await until('one of them is told', async () => ((await isOut(b)) ? b : (await isOut(c)) ? c : undefined));
  const stays = out === b ? c : b;
  await value(a, 'write', { path: 'from-a.md', content: 'a\n' });
  await has(stays, 'from-a.md', 'a\n');
  await value(stays, 'write', { path: 'from-the-other.md', content: 'b\n' });
  await has(a, 'from-the-other.md', 'b\n');
  // Both find each other there again after a start.
  await a.goto('about:blank');
  await openWorkbench(stays, server.url);
  await value(stays, 'write', { path: 'later.md', content: 'c\n' });
  await openWorkbench(a, server.url);
  await has(a, 'later.md', 'c\n');
  for (const path of ['from-a.md', 'from-the-other.md']) assert.equal((await call(out, 'read', { path })).ok, false, path);
});

/** Takes out the first device of the list that can be. */
async function removeOne(page) {
  await click(page, 'button', /^Remove/);
  await until('removal is asked about', () =>
    page.evaluate(() => {
      const found = [...document.querySelectorAll('dialog[open] button')].find((button) => button.innerText.trim().startsWith('Remove'));
      found?.click();
      return found !== undefined;
    }),
  );
}
