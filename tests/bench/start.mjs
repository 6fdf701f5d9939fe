// From nothing to the first result: on a first visit, and on a visit with everything in the browser's caches.

import { freshProfile, CHROMIUM, CHROMIUM_ARGS } from '../browser/lib/browsers.mjs';
import { chromium } from 'playwright-core';
import { ready, value } from '../browser/lib/workbench.mjs';
import { median } from './lib/table.mjs';

export const title = 'first result';

const ROUNDS = 7;
/** Browsers write compiled code into their cache some time after it ran. */
const SETTLE_MS = 2_500;

export async function measure({ site, defer, table }) {
  const guest = await visits(defer, site.page, (page) => page.evaluate((parts) => window.bench.guestFirst(parts), site.parts));
  const peer = await visits(defer, site.page, (page) => page.evaluate(async (parts) => (await window.bench.peerRun(parts, { source: '6 * 7' })).ms, site.parts));
  const whole = await visits(defer, site.workbench, wholePage);
  table.row('the guest alone, first visit', { ours: median(guest.first), peer: median(peer.first), target: 110 });
  table.row('the guest alone, revisit', { ours: median(guest.again), peer: median(peer.again), target: 45 });
  table.row('the same in a browser that has just been started', { ours: median(guest.started), peer: median(peer.started) });
  table.row('page and all, first visit', { ours: median(whole.first) });
  table.row('page and all, revisit', { ours: median(whole.again) });
  table.row('the same in a browser that has just been started', { ours: median(whole.started) });
  table.note(`medians of ${ROUNDS} profiles; a first visit is in a browser that has just been started, a revisit in another tab of it`);
}

/** Milliseconds from the start of the navigation to the first result of a starter flow. */
async function wholePage(page) {
  await ready(page);
  await value(page, 'run_flow', { path: 'flows/word-count.flow.js' });
  return page.evaluate(() => performance.now());
}

/**
 * Measures in fresh profiles: a `first` visit in a browser that has just been started, then one `again` in a new tab after the first
 * was closed, and one in a browser that was `started` with that profile.
 */
export async function visits(defer, url, look, rounds = ROUNDS) {
  const found = { first: [], again: [], started: [] };
  for (let round = 0; round < rounds; round += 1) {
    const profile = freshProfile(defer);
    for (const kinds of [['first', 'again'], ['started']]) {
      const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, headless: true, args: CHROMIUM_ARGS });
      try {
        for (const kind of kinds) {
          const page = await context.newPage();
          await page.goto(url);
          await page.waitForFunction(() => window.bench || window.selvage);
          found[kind].push(await look(page));
          await page.waitForTimeout(SETTLE_MS);
          await page.close();
        }
      } finally {
        await context.close();
      }
    }
  }
  return found;
}
