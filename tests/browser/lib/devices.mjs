// Two browsers that share one workspace over a relay.

import { strict as assert } from 'node:assert';
import { click, fill, find, openWorkbench, ready, seenText, until, value } from './workbench.mjs';

/** Waits until a file holds a content. */
export const has = (page, path, content) => until(`${path} has come`, async () => (await value(page, 'read', { path })).content === content);

/** The nine digits that a page shows. */
export const digits = (page) => until('digits are shown', async () => /\b\d{3}\D?\d{3}\D?\d{3}\b/.exec(await seenText(page))?.[0].replace(/\D/g, ''));

/** Presses a button of the dialog: the status bar behind it has one of the same name. */
const answer = (page, name) =>
  until(`the dialog has a button ${name}`, () =>
    page.evaluate((name) => {
      const buttons = [...document.querySelectorAll('dialog[open] form button')];
      const found = buttons.find((button) => button.innerText.trim() === name);
      found?.click();
      return found !== undefined;
    }, name),
  );

/** The browser shares, and invites with a role; gives the link. */
export async function invite(a, { server, relay, role }) {
  await openWorkbench(a, server.url);
  await value(a, 'write', { path: 'before.md', content: 'was here\n' });
  await click(a, 'button', /not shared|share/i);
  await fill(a, /^Relay/, relay.address);
  await answer(a, 'Share');
  return inviteOne(a, role);
}

/** The browser, with the dialog open, invites with a role; gives the link. */
export async function inviteOne(a, role) {
  await find(a, 'button', /Invite a device/);
  await a.evaluate((role) => {
    const select = document.querySelector('form[aria-label="Invite a device"] select');
    select.value = role;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, role);
  await click(a, 'button', /Invite a device/);
  return until('a link is shown', () => a.evaluate(() => document.querySelector('[aria-label="Link of the invitation"]')?.value));
}

/** The first browser shares, the second comes in over the link with a role. */
export async function pairDevices(a, b, how) {
  await comeIn(a, b, await invite(a, how));
}

/** The second browser comes in over a link of the first one. */
export async function comeIn(a, b, link) {
  await b.goto(link);
  await ready(b);
  await answer(b, 'Join');
  const codes = await Promise.all([digits(a), digits(b)]);
  assert.equal(codes[0], codes[1], 'both show the same digits');
  await click(a, 'button', /accept/);
  await has(b, 'before.md', 'was here\n');
}
