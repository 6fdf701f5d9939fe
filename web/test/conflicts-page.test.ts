// Conflicts in the page: marked, listed, shown with both versions, and decided by one click or key.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Conflicts' });

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 420])
    test(`each kind of conflict is shown with its sides, ${colorScheme}, ${width} wide`, async () => {
      const { page, complaints } = await open('conflicts', { colorScheme, viewport: { width, height: 860 } });
      const serious: string[] = [];
      await row(page, 'plan.md').getByText('two versions').waitFor();
      serious.push(...(await look(page, `${colorScheme}-${width}-conflict-mark`)));
      await page.keyboard.press('Alt+6');
      for (const name of ['letter.md', 'List', 'plan.md']) {
        await dialog(page).getByRole('list', { name: 'Conflicts' }).getByRole('button', { name: new RegExp(name) }).click();
        await dialog(page).locator('.cm-content').first().waitFor();
        serious.push(...(await look(page, `${colorScheme}-${width}-conflict-${name}`)));
      }
      await dialog(page).getByText('theirs').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(serious).toEqual([]);
      expect(complaints).toEqual([]);
    });

test('with the keyboard alone every conflict is decided, and nothing is left to decide', async () => {
  const { page } = await open('conflicts');
  await page.getByRole('button', { name: '3 conflicts' }).waitFor();
  await page.keyboard.press('Control+K');
  await page.keyboard.type('conflicts');
  await page.keyboard.press('Enter');
  const list = dialog(page).getByRole('list', { name: 'Conflicts' });
  await list.getByRole('button', { name: /letter\.md/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => list.locator('[aria-pressed=true]:focus').innerText()).toContain('List');
  await page.keyboard.press('ArrowUp');
  await dialog(page).getByRole('button', { name: 'Keep the file' }).press('Enter');
  await expect.poll(() => list.getByRole('button').count()).toBe(2);
  await dialog(page).getByRole('button', { name: 'Keep only this' }).last().press('Enter');
  await expect.poll(() => list.getByRole('button').count()).toBe(1);
  await dialog(page).getByRole('textbox', { name: 'New name of the other' }).fill('second plan.md');
  await page.keyboard.press('Enter');
  await dialog(page).getByText('Nothing is to be decided.').waitFor();
  await look(page, 'conflicts-none');
  const asked = await page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: unknown }[] } }).fixture.calls.filter((one) => one.name === 'resolve_conflict').map((one) => one.input));
  expect(asked).toEqual([
    { conflict: 'c1', keep: 'shown' },
    { conflict: 'c2', keep: 'other' },
    { conflict: 'c3', keep: 'both', name: 'second plan.md' },
  ]);
});

test('what is typed for a conflict stays when the workspace changes meanwhile', async () => {
  const { page } = await open('conflicts');
  await page.keyboard.press('Alt+6');
  await dialog(page).getByRole('list', { name: 'Conflicts' }).getByRole('button', { name: /plan\.md/ }).click();
  const name = dialog(page).getByRole('textbox', { name: 'New name of the other' });
  await name.fill('second plan.md');
  await dialog(page).getByText('theirs').first().waitFor();
  const shown = await dialog(page).locator('.cm-content').first().elementHandle();
  const read = await page.evaluate(async () => {
    const { fixture } = window as unknown as { fixture: { calls: { name: string }[]; emit(event: object): void } };
    const reads = () => fixture.calls.filter((one) => one.name === 'conflicts').length;
    const before = reads();
    fixture.emit({ kind: 'changed', paths: ['notes.md'], heads: ['h2'] });
    while (reads() === before) await new Promise((after) => setTimeout(after, 20));
    await new Promise((after) => setTimeout(after, 100));
    return reads() - before;
  });
  expect(read).toBeGreaterThan(0);
  expect(await name.inputValue()).toBe('second plan.md');
  expect(await shown?.evaluate((it) => it.isConnected), 'the difference is not built anew').toBe(true);
});
