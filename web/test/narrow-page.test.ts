// What a phone's screen leaves room for, over the kernel in memory.

import type { Locator, Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const pane = (page: Page, name: string) => page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name });
/** By how much what is in it is wider than it is. */
const hidden = (element: Locator) => element.evaluate((node) => node.scrollWidth - node.clientWidth);
const background = (element: Locator) => element.evaluate((node) => getComputedStyle(node).backgroundColor);

for (const colorScheme of ['light', 'dark'] as const)
  test(`the welcome page is as wide as the screen, ${colorScheme}`, async () => {
    for (const width of [390, 320]) {
      const { page } = await open('', { colorScheme, viewport: { width, height: 844 } });
      await pane(page, 'Editor').click();
      await page.getByRole('button', { name: 'Invoice summary' }).waitFor();
      expect(await hidden(page.locator('.welcome')), String(width)).toBe(0);
      expect(await look(page, `${colorScheme}-narrow-welcome-${width}`)).toEqual([]);
    }
  });
