// Places in the stack of a run's error lead to their files.

import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a place in a stack leads to its file, by the pointer and by the keys, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.locator('[role=treeitem][data-path="flows/rates.flow.mjs"]').click();
    await page.keyboard.press('Control+Enter');
    const line = page.locator('.cm-activeLine').filter({ visible: true });
    const stack = page.getByText('Stack', { exact: true }).filter({ visible: true });
    const links = page.locator('pre button').filter({ visible: true });
    const show = async () => {
      await page.keyboard.press('Alt+3');
      if (!(await links.first().isVisible())) await stack.click();
    };
    await stack.waitFor();
    await show();
    expect(await links.allInnerTexts()).toEqual(['lib/csv.js:1:25', 'flows/rates.flow.mjs:5:26']);
    expect(await look(page, `${width}-stack`)).toEqual([]);
    await links.first().click();
    await line.filter({ hasText: 'export const parseCsv' }).waitFor();
    await show();
    await links.last().press('Enter');
    await line.filter({ hasText: 'const response' }).waitFor();
    expect(complaints).toEqual([]);
  });
