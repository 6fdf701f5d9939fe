// The Output panel in Chromium: what a dry run would have changed, and the way of a run while it goes on and after.

import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture('fixture-output');

for (const width of [1280, 420])
  test(`a dry run shows what it would have changed, line by line, ${width} wide`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 } });
    await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
    await page.locator('.cm-content').first().waitFor();
    await page.keyboard.press('Control+Shift+Enter');
    await page.getByText('Succeeded').first().waitFor();
    const files = page.getByRole('tab', { name: /^Files/ }).last();
    await files.click();
    await page.getByText('A dry run keeps nothing.').waitFor();
    await page.getByRole('region', { name: 'What changes in out/report.md' }).getByText('# Invoices, third quarter').waitFor();
    expect(await look(page, `${width}-dry-run`)).toEqual([]);
    const report = page.getByRole('button', { name: /writes out\/report\.md/ });
    await report.press('Enter');
    await page.getByRole('region', { name: 'What changes in out/report.md' }).waitFor({ state: 'detached' });
    // Nothing of it is anywhere, so there is no more to be had than the differences.
    expect(await page.getByRole('button', { name: /^(Show the whole content|Save a copy)/ }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });
