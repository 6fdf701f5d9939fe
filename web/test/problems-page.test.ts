// What lint says, in the page: it keeps up with the files that it stands on.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const call = (page: Page, name: string, input: unknown) =>
  page.evaluate(([name, input]) => (window as unknown as { fixture: { call(name: unknown, input: unknown): Promise<unknown> } }).fixture.call(name, input), [name, input]);

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a flow is broken for as long as what it imports is gone, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await call(page, 'write', { path: 'lib/sum.js', content: 'export const sum = 1;' });
    await call(page, 'write', { path: 'flows/uses.flow.js', content: "import { sum } from '../lib/sum.js';\nexport default () => sum;\n" });
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'uses' });
    await page.getByLabel(/^Arguments/).waitFor();
    const keeps = page.getByText('One error keeps this flow from running.');
    await call(page, 'move', { from: 'lib/sum.js', to: 'lib/total.js' });
    await keeps.waitFor();
    expect(await look(page, `${width}-report-broken`)).toEqual([]);
    await page.keyboard.press('Alt+4');
    await page.getByText('There is no lib/sum.js.').waitFor();
    await call(page, 'undo', {});
    await page.getByText('No problems in the open files.').waitFor();
    await page.keyboard.press('Alt+2');
    await page.getByLabel(/^Arguments/).waitFor();
    expect(await keeps.count()).toBe(0);
    expect(await look(page, `${width}-report-mended`)).toEqual([]);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`nobody says that there are no problems before the open files were checked, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.evaluate(() => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      const answer = fixture.call.bind(fixture);
      const late = new Promise<void>((resolve) => Object.assign(window, { check: resolve }));
      fixture.call = async (name, input) => {
        if (name === 'lint_flow') await late;
        return answer(name, input);
      };
    });
    await call(page, 'write', { path: 'workflows/orders.py', content: 'x = 1\n' });
    await page.keyboard.press('Control+P');
    await page.getByRole('combobox', { name: 'Search' }).fill('orders.py');
    await page.getByRole('option', { name: 'orders.py' }).first().click();
    await page.getByRole('textbox', { name: 'Text of orders.py' }).waitFor();
    await page.keyboard.press('Alt+4');
    await page.getByText('The open files are being checked.').waitFor();
    expect(await page.getByText('No problems in the open files.').count()).toBe(0);
    expect(await look(page, `${width}-problems-unchecked`)).toEqual([]);
    await page.evaluate(() => (window as unknown as { check(): void }).check());
    await page.getByText('No problems in the open files.').waitFor();
    expect(complaints).toEqual([]);
  });
