// What the journeys with Python have in common: its guest is fetched once and kept, and then nothing needs the server.

import { openChromium, openFirefox } from './browsers.mjs';
import { startServer } from './server.mjs';
import { test } from './suite.mjs';

/** Whether the service worker holds both halves of a guest. */
export const holdsGuest = (page, guest) =>
  page.evaluate(async (guest) => {
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      if (['core', 'rest'].every((half) => requests.some((request) => request.url.includes(`${guest}.${half}`)))) return true;
    }
    return false;
  }, guest);

/** Whether it holds the interpreter. */
export const holdsPython = (page) => holdsGuest(page, 'guest-py');

/** A journey in both browsers, each with a server of its own, which it may stop. `goOffline` takes the network away, where a browser can do that. */
export function inBothBrowsers(title, journey) {
  test(`Chromium: ${title}`, async ({ defer }) => {
    const server = await startServer();
    defer(server.stop);
    const context = await openChromium(defer);
    await journey({ page: await context.newPage(), server, goOffline: () => context.setOffline(true) });
  });
  test('Firefox: the same', async ({ defer }) => {
    const server = await startServer();
    defer(server.stop);
    await journey({ page: await (await openFirefox(defer)).newPage(), server });
  });
}
