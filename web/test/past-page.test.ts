// The history of the whole workspace in the page: every past state is looked at, compared and brought back.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const dialog = (page: Page) => page.getByRole('dialog', { name: 'History of the workspace' });
const calls = (page: Page, name: string) =>
  page.evaluate((name) => (window as unknown as { fixture: { calls: { name: string; input: unknown }[] } }).fixture.calls.filter((one) => one.name === name).map((one) => one.input), name);

async function change(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
    for (const path of ['one.md', 'two.md']) await fixture.call('write', { path, content: 'x' });
  });
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 420])
    test(`a past state is looked at in all ways, ${colorScheme}, ${width} wide`, async () => {
      const { page, complaints } = await open('past', { colorScheme, viewport: { width, height: 860 } });
      const serious: string[] = [];
      const shot = async (name: string) => serious.push(...(await look(page, `${colorScheme}-${width}-past-${name}`)));
      await page.locator('[role=treeitem]').first().waitFor();
      await change(page);
      await page.keyboard.press('Alt+7');
      await dialog(page).getByText('data/archive').waitFor();
      await shot('changed');
      await dialog(page).getByRole('button', { name: /^removed notes\/README/ }).click();
      await dialog(page).locator('.cm-content').first().waitFor();
      await shot('file');
      await dialog(page).getByRole('button', { name: 'All files', exact: true }).click();
      await dialog(page).getByRole('button', { name: 'All files then' }).click();
      await dialog(page).getByRole('button', { name: 'notes' }).click();
      await dialog(page).getByRole('button', { name: 'weave.svg' }).waitFor();
      await shot('files');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(serious).toEqual([]);
      expect(complaints).toEqual([]);
    });

test('everything, or one file, is restored at the heads that were chosen', async () => {
  const { page } = await open('past');
  await page.locator('[role=treeitem]').first().waitFor();
  await change(page);
  await page.keyboard.press('Control+K');
  await page.keyboard.type('history of the workspace');
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('button', { name: 'Restore everything' }).press('Enter');
  await page.getByText('The workspace is as it was.').waitFor();
  await page.keyboard.press('Alt+7');
  await dialog(page).getByRole('button', { name: /^edited flows/ }).press('Enter');
  await dialog(page).getByText('It is the same now.').waitFor();
  await dialog(page).getByRole('button', { name: 'All files', exact: true }).press('Enter');
  await dialog(page).getByRole('button', { name: /^removed notes/ }).press('Enter');
  await dialog(page).getByRole('button', { name: 'Restore this file' }).press('Enter');
  await page.getByText('“README.md” is as it was.').waitFor();
  expect(await calls(page, 'restore')).toEqual([{ at: ['h'] }, { at: ['h'], path: 'notes/README.md' }]);
});

test('the receipt of a run leads to the workspace as the run found it', async () => {
  const { page } = await open('past');
  await page.getByRole('button', { name: 'Invoice summary' }).click();
  await page.locator('.cm-content').first().waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Succeeded').first().waitFor();
  await page.getByRole('tab', { name: /^Receipt/ }).last().click();
  await page.getByRole('button', { name: 'h1', exact: true }).click();
  await dialog(page).getByText(/as it was before run/).waitFor();
  await dialog(page).getByText('data/archive').waitFor();
  expect(await calls(page, 'compare')).toEqual([{ from: ['h1'] }]);
  await dialog(page).getByRole('button', { name: 'Back to now' }).press('Enter');
  await expect.poll(() => dialog(page).count()).toBe(0);
});
