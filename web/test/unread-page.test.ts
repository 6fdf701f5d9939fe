// The page while files are still being read: nothing that is not known yet is denied.

import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const ENTRY = { kind: 'workflow', function: 'place_order', name: 'Place an order', category: 'General', parameters: [], async: false, line: 1 };
const FORM = JSON.stringify({ name: 'Order', workflow: 'workflow::orders::place_order', fields: [{ name: 'count', type: 'number', label: 'How many' }] });

for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark']] as const)
  test(`a form and the list of what can be run say that files are still being read, and then what is in them, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const write = (path: string, content: string) =>
      page.evaluate((input) => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', input), { path, content });
    await write('workflows/orders.py', '# @unread');
    await write('forms/order.form.json', FORM);
    await page.keyboard.press('Control+P');
    await page.getByRole('combobox', { name: 'Search' }).fill('order.form');
    await page.getByRole('option', { name: /order\.form\.json/ }).click();
    const runs = page.locator('.runs');
    await runs.getByText('which may be in a file that is still being read').waitFor();
    expect(await runs.getByText('not in this workspace').count()).toBe(0);
    expect(await look(page, `${width}-unread-form`)).toEqual([]);
    await page.keyboard.press('Alt+R');
    await page.getByRole('dialog').getByText('1 file is still being read. What can be run in it comes here by itself.').waitFor();
    expect(await look(page, `${width}-unread-palette`)).toEqual([]);
    await page.getByRole('combobox', { name: 'Search' }).fill('@place');
    await write('workflows/orders.py', `# @entry ${JSON.stringify(ENTRY)}`);
    await page.getByRole('option', { name: 'Place an order workflows/orders.py::place_order' }).waitFor();
    expect(await page.getByRole('dialog').getByText('still being read').count()).toBe(0);
    await page.keyboard.press('Escape');
    await runs.getByRole('button', { name: 'Place an order' }).waitFor();
    // Where all is read, what is not there is told.
    await write('workflows/orders.py', '# nothing to run');
    await runs.getByText('which is not in this workspace').waitFor();
    expect(complaints).toEqual([]);
  });
