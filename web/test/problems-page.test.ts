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
