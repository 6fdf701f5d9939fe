// Forms that are files in Chromium: what is filled in, and what becomes of it.

import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`what was filled in is there after a reload, until the defaults are asked for, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('form', { viewport: { width, height: 900 }, colorScheme });
    const form = page.getByRole('form', { name: 'Form Order cloth' });
    const filled = async () => [
      await form.getByLabel('Note').inputValue(),
      await form.getByLabel('Cloth').inputValue(),
      await form.getByLabel('A gift').isChecked(),
      await form.getByRole('radio', { name: 'By sea' }).isChecked(),
      await form.getByLabel('Door passcode').inputValue(),
    ];
    const show = async () => {
      const [folder, file] = ['forms', 'forms/order.form.json'].map((path) => page.locator(`[role=treeitem][data-path="${path}"]`));
      // Which folders are open is remembered, too.
      await folder!.waitFor();
      if (!(await file!.isVisible())) await folder!.click();
      await file!.click();
      await form.waitFor();
    };
    const reload = async () => {
      // The layout is remembered a little later; a narrow one begins anew.
      await page.waitForTimeout(600);
      await page.reload();
      if (width < 760) await show();
      await form.waitFor();
    };
    await show();
    await form.getByLabel('Note').fill('Ring twice.');
    await form.getByLabel('Cloth').selectOption('Twill');
    await form.getByLabel('A gift').check();
    await form.getByRole('radio', { name: 'By sea' }).check();
    await form.getByLabel('Door passcode').fill('1234');
    expect(await filled()).toEqual(['Ring twice.', 'twill', true, true, '1234']);
    await reload();
    expect(await filled(), 'all but the secret').toEqual(['Ring twice.', 'twill', true, true, '']);
    expect(await look(page, `${width}-form-typed`)).toEqual([]);
    await form.getByRole('button', { name: 'Reset' }).click();
    expect(await filled()).toEqual(['', '', false, false, '']);
    expect(await look(page, `${width}-form-reset`)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await filled()).toEqual(['Ring twice.', 'twill', true, true, '']);
    await form.getByRole('button', { name: 'Reset' }).click();
    await reload();
    expect(await filled()).toEqual(['', '', false, false, '']);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });
