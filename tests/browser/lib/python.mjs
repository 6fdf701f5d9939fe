// What the journeys with Python have in common: its guest is fetched once and kept, and then nothing needs the server.

import { openChromium, openFirefox } from './browsers.mjs';
import { startServer } from './server.mjs';
import { test } from './suite.mjs';

/** What is for Python alone: both halves of its guests, and what the editor knows. */
const PARTS = ['guest-py.core-', 'guest-py.rest-', 'guest-ruff.core-', 'guest-ruff.rest-', 'later-python-'];

/** How much of it the service worker holds. */
export const pythonHeld = (page) =>
  page.evaluate(async (parts) => {
    const held = new Set();
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      for (const part of parts) if (requests.some((request) => request.url.includes(part))) held.add(part);
    }
    return held.size;
  }, PARTS);

/** Whether it holds all of it. */
export const holdsPython = async (page) => (await pythonHeld(page)) === PARTS.length;

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
