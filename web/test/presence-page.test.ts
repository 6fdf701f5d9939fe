// How the tab of a file shows who else is in it, over the kernel in memory.

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
