// Where the keys are when a dialog has closed, over the kernel in memory.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open } = useFixture();

const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const dialog = (page: Page) => page.locator('dialog[open]');
const gone = (page: Page) => dialog(page).waitFor({ state: 'detached' });

async function palette(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Search' }).waitFor();
  await page.keyboard.type(command);
  await page.keyboard.press('Enter');
}

const DIALOGS = ['Storage on this device', 'Devices: share', 'Secrets: keys', 'Where runs run', 'Keyboard shortcuts', 'Show the history of the workspace', 'Compare with earlier', 'Show conflicts'];

for (const reducedMotion of ['reduce', 'no-preference'] as const)
  test(`every dialog gives the keys back to what had them, motion: ${reducedMotion}`, async () => {
    const { page } = await open('', { reducedMotion });
    await row(page, 'flows/invoices.flow.js').click();
    const places = { tree: page.locator('[role=tree]:focus'), editor: page.locator('.cm-content:focus') };
    for (const [name, place] of Object.entries(places)) {
      if (name === 'editor') await page.keyboard.press('Enter');
      await place.waitFor();
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).waitFor();
      await page.keyboard.press('Escape');
      await gone(page);
      await place.waitFor();
      for (const title of DIALOGS) {
        await palette(page, title);
        await dialog(page).getByRole('button', { name: 'Close', exact: true }).first().waitFor();
        await page.keyboard.press('Escape');
        await gone(page);
        await place.waitFor();
      }
      // A dialog that takes the place of another one leads back to the same.
      await page.keyboard.press('Control+K');
      await page.getByRole('combobox', { name: 'Search' }).fill('>x');
      await page.keyboard.press('F1');
      await expect.poll(() => page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe('>');
      await page.keyboard.type('find text');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe('#');
      await page.keyboard.press('Escape');
      await gone(page);
      await place.waitFor();
    }
    // What is done from a dialog and needs no keys leaves them where they were.
    await page.keyboard.type('// typed');
    await page.keyboard.press('Control+S');
    for (const command of ['Undo the last change', 'Redo']) {
      await palette(page, command);
      await gone(page);
      await places.editor.waitFor();
    }
    // A button has them back as well, and what was chosen takes them to where it leads.
    await page.locator('footer [title=Devices]').click();
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).click();
    await gone(page);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('title'))).toBe('Devices');
    await palette(page, 'Show files');
    await places.tree.waitFor();
  });
