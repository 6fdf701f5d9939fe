// Runs that ended with their tab: there is no record of them, and the history tells of them all the same.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const INVOICES = 'flows/invoices.flow.js';

/** As the kernel tells of a run that goes on. */
const tell = (page: Page, run: string, path: string, status: string, agent?: string) =>
  page.evaluate(
    ({ run, path, status, agent }) => {
      const { fixture } = window as unknown as { fixture: { emit(event: unknown): void } };
      fixture.emit({ kind: 'run', run, path, status });
      if (agent) fixture.emit({ kind: 'began', run, agent });
    },
    { run, path, status, agent },
  );

/** The tab ends, and the page comes again. */
async function again(page: Page): Promise<void> {
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.getByRole('button', { name: 'Storage: ' }).waitFor();
}

const rows = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Interrupted' });

for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']] as const)
  test(`the history tells of runs whose tab ended, and leads to what they were given, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow', exact: true }).selectOption({ label: 'Invoice summary' });
    await page.getByLabel('Most rows').fill('7');
    await tell(page, 'asked', 'flows/gated.flow.js', 'waiting', 'https://shop.example');
    await tell(page, 'first', INVOICES, 'running');
    await tell(page, 'second', INVOICES, 'running');
    await tell(page, 'over', 'flows/rates.flow.mjs', 'running');
    await tell(page, 'over', 'flows/rates.flow.mjs', 'cancelled');
    await tell(page, 'moved', 'workflows/a folder with a long name/a file with a name that is long, too.flow.js', 'running');
    await again(page);
    await page.keyboard.press('Alt+5');
    await expect.poll(() => rows(page).count()).toBe(4);
    expect(await page.getByText('No runs yet.').count()).toBe(0);
    await rows(page).filter({ hasText: 'gated' }).getByText('The tab ended while it waited for approval, so nothing of it landed. https://shop.example began it.').waitFor();
    expect(await rows(page).filter({ hasText: 'The tab ended while it ran, so nothing of it landed.' }).count()).toBe(3);
    // What is not there can't run.
    expect(await rows(page).filter({ hasText: 'too.flow.js' }).getByRole('button').count()).toBe(1);
    expect(await look(page, `${width}-${colorScheme}-interrupted`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    // They stand beside those that left a record.
    await page.evaluate(() => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('run_flow', { path: 'flows/rates.flow.mjs' }));
    await page.getByRole('button', { name: /^Verify rates/ }).waitFor();
    expect(await look(page, `${width}-${colorScheme}-interrupted-beside`)).toEqual([]);
    const choose = () => page.locator('.panel').filter({ has: rows(page).first() }).getByRole('combobox', { name: 'Flow' }).selectOption(INVOICES);
    await choose();
    expect(await rows(page).count()).toBe(2);
    await rows(page).first().getByRole('button', { name: /^Run invoices\.flow\.js again, which was interrupted at / }).press('Enter');
    await expect.poll(() => page.getByLabel('Most rows').inputValue()).toBe('7');
    await page.keyboard.press('Alt+5');
    await choose();
    for (const left of [1, 0]) {
      await rows(page).first().getByRole('button', { name: /^Dismiss/ }).press('Enter');
      await expect.poll(() => rows(page).count()).toBe(left);
      expect(await page.evaluate(() => document.activeElement?.closest('.panel') !== null), 'the keys stay in the panel').toBe(true);
    }
    await again(page);
    await page.keyboard.press('Alt+5');
    await expect.poll(() => rows(page).count()).toBe(2);
    expect(complaints).toEqual([]);
  });

test('a run of a tab that is there is not interrupted, and is when that tab is closed', async () => {
  const { page: other } = await open();
  const page = await other.context().newPage();
  await page.goto(other.url());
  await other.getByRole('tree').waitFor();
  await tell(other, 'cut', INVOICES, 'running');
  await page.getByRole('tree').waitFor();
  await page.keyboard.press('Alt+5');
  await page.getByText('No runs yet.').waitFor();
  expect(await rows(page).count()).toBe(0);
  await other.close();
  // As the kernel tells of a tab that is gone.
  await page.evaluate(() => {
    const { fixture } = window as unknown as { fixture: { emit(event: unknown): void } };
    fixture.emit({ kind: 'tabs', others: 1 });
    fixture.emit({ kind: 'tabs', others: 0 });
  });
  await rows(page).waitFor();
});

test('a workspace in memory keeps nothing of its runs', async () => {
  const { page } = await open('storage=memory');
  await page.getByRole('tree').waitFor();
  await tell(page, 'cut', INVOICES, 'running');
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('unfinished')))).toEqual([]);
  await again(page);
  await page.keyboard.press('Alt+5');
  await page.getByText('No runs yet.').waitFor();
  expect(await rows(page).count()).toBe(0);
});
