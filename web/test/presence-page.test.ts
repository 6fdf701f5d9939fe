// How the page shows who else is here, and the tab of a file who is in it, over the kernel in memory.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

for (const colorScheme of ['light', 'dark'] as const)
  test(`who is in a file and that it is not saved are told by different shapes, ${colorScheme}`, async () => {
    const { page } = await open('', { colorScheme, deviceScaleFactor: 2 });
    const other = await page.context().newPage();
    await other.goto(page.url());
    const meet = async (one: Page) => {
      await one.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
      await one.evaluate(() => (globalThis as unknown as { fixture: { emit(event: unknown): void } }).fixture.emit({ kind: 'tabs', others: 1 }));
    };
    await meet(other);
    await page.bringToFront();
    await meet(page);
    const tab = page.locator('.dock-tab.file', { hasText: 'invoices.flow.js' });
    const peer = tab.getByTitle('is here');
    await peer.waitFor();
    await page.locator('.cm-content').click();
    await page.keyboard.type('x');
    await page.locator('.dock-tab.dirty').waitFor();
    expect(await peer.evaluate((mark) => [getComputedStyle(mark).backgroundColor, mark.querySelector('use')?.getAttribute('href')])).toEqual(['rgba(0, 0, 0, 0)', '#icon-user-round']);
    expect(await page.locator('#icon-user-round').count()).toBe(1);
    expect((await peer.locator('svg').boundingBox())?.width).toBeGreaterThanOrEqual(12);
    expect((await look(page, `${colorScheme}-presence`)).filter((finding) => finding.includes('dock-tab'))).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`whoever says what an avatar shows names its button, ${width} wide, ${colorScheme}`, async () => {
    const { page } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.locator('[role=tree]').waitFor();
    await page.evaluate(() => (globalThis as unknown as { fixture: { emit(event: unknown): void } }).fixture.emit({ kind: 'tabs', others: 1 }));
    const people = page.getByRole('list', { name: 'Who else is here' });
    const names = () => people.getByRole('button').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    const seen = width === 390 ? ['6 others are here. List them'] : ['T2, Tab 2, in embed.json. Go there', 'T3, Tab 3', 'T4, Tab 4', '+3 more are here. List them'];
    for (const [count, expected] of [[1, ['T2, Tab 2, in embed.json. Go there']], [6, seen]] as const) {
      await expect.poll(async () => {
        // Each says that it is here, as often as it takes until the page listens.
        await page.evaluate((count) => {
          const channel = new BroadcastChannel('selvage:presence');
          for (let tab = 2; tab < count + 2; tab++) channel.postMessage(JSON.stringify({ kind: 'here', id: `${tab.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`, tab, path: tab === 2 ? 'embed.json' : null, place: null }));
          channel.close();
        }, count);
        return names();
      }).toEqual(expected);
      expect(await look(page, `${width}-presence-${count}`)).toEqual([]);
    }
  });
