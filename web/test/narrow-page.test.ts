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

test('the mark at Problems has the colour of what is found, and says how much it is', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open('', { colorScheme, viewport: { width: 390, height: 844 } });
    const token = (name: string) => page.evaluate((name) => {
      const probe = document.body.appendChild(document.createElement('span'));
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    }, name);
    await row(page, 'flows/invoices.flow.js').click();
    const mark = pane(page, 'Problems 1').locator('i');
    await mark.waitFor();
    expect(await background(mark)).toBe(await token('--warn'));
    expect(await look(page, `${colorScheme}-narrow-warning`)).toEqual([]);
    await pane(page, 'Files').click();
    await row(page, 'flows/broken.flow.js').click();
    await expect.poll(() => background(page.locator('nav i'))).toBe(await token('--bad'));
    expect(await look(page, `${colorScheme}-narrow-error`)).toEqual([]);
  }
});

test('the palette shows whole titles where the screen is narrow, and what they are of', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open('', { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true });
    await row(page, 'flows').waitFor();
    await page.keyboard.press('Control+K');
    const option = page.getByRole('option', { name: 'Show the history of the workspace' });
    await option.waitFor();
    for (const title of await page.locator('.choice .title').all()) expect(await hidden(title), await title.innerText()).toBe(0);
    expect(await hidden(option.locator('.detail .cut'))).toBe(0);
    expect(await look(page, `${colorScheme}-narrow-commands`)).toEqual([]);
    await page.getByRole('combobox', { name: 'Search' }).fill('in');
    await page.getByRole('option', { name: 'invoices.flow.js' }).waitFor();
    expect(await look(page, `${colorScheme}-narrow-files`)).toEqual([]);
    await page.getByRole('combobox', { name: 'Search' }).fill('#total');
    await page.getByRole('option').first().waitFor();
    expect(await look(page, `${colorScheme}-narrow-text`)).toEqual([]);
  }
});
