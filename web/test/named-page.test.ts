// Flows that a manifest names, in the page: listed beside their files, filled in and run by their names.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const runs = (page: Page) =>
  page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: Record<string, unknown> }[] } }).fixture.calls.filter((one) => one.name === 'run_flow').map((one) => one.input));

for (const width of [1440, 420])
  test(`a name of the manifest has a form of its own, and runs with what the manifest says, ${width} wide`, async () => {
    const { page, complaints } = await open('named', { viewport: { width, height: 900 } });
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Alt+2');
    const flow = page.getByRole('combobox', { name: 'Flow' });
    await flow.selectOption({ label: 'daily-report (flows/invoices.flow.js)' });
    await page.getByText('Sums up what came in today.').waitFor();
    await page.getByText('Given', { exact: true }).waitFor();
    expect(await look(page, `${width}-named`)).toEqual([]);
    await page.getByLabel('Currency').waitFor();
    expect(await page.getByLabel('Currency').inputValue()).toBe('SEK');
    // The file's own form has nothing of it, and reading the file keeps the name chosen.
    await page.getByRole('button', { name: 'flows/invoices.flow.js', exact: true }).click();
    await page.locator('.cm-content').first().waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Succeeded').first().waitFor();
    await page.keyboard.press('Alt+2');
    await flow.selectOption({ label: 'Invoice summary' });
    expect(await page.getByLabel('Currency').inputValue()).not.toBe('SEK');
    await page.keyboard.press('Alt+R');
    await page.keyboard.type('rates-now');
    await page.getByRole('option', { name: 'rates-now flows/rates.flow.mjs' }).click();
    await expect.poll(async () => (await runs(page)).length).toBe(2);
    const [daily, rates] = await runs(page);
    expect(daily).toMatchObject({ name: 'daily-report', mode: 'run' });
    expect(daily).not.toHaveProperty('path');
    expect(daily?.['args']).not.toHaveProperty('currency');
    expect(rates).toMatchObject({ name: 'rates-now', args: {} });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

test('a named flow is made again by its name, and its manifest is read anew when it changes', async () => {
  const { page, complaints } = await open('named');
  await page.getByRole('button', { name: /daily-report/ }).click();
  await page.getByRole('button', { name: 'Run daily-report' }).click();
  await page.getByText('Succeeded').first().waitFor();
  await page.getByRole('button', { name: 'Run again' }).first().click();
  await expect.poll(async () => (await runs(page)).at(-1)).toMatchObject({ name: 'daily-report', seed: 7 });
  expect(await runs(page)).toHaveLength(2);
  await page.evaluate(() => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'flows/flow.config.json', content: '{"version": 1, "flows": {"weekly": {"entry": "flows/invoices.flow.js"}}}' }));
  await page.getByRole('button', { name: 'Run invoices' }).waitFor();
  await page.getByRole('combobox', { name: 'Flow' }).getByRole('option', { name: 'weekly (flows/invoices.flow.js)' }).waitFor({ state: 'attached' });
  expect(complaints).toEqual([]);
});
