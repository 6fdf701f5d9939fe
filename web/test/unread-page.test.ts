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

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`the panel of a flow that is still being read says so, and a run waits for it, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const parameters = [{ name: 'count', label: 'How many', type: 'integer', required: true }];
    // What reads Python comes late, and the list of flows has no functions of a file that is not read.
    await page.evaluate(async (content) => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<{ value: { flows: { entries?: unknown }[] } }> } };
      const call = fixture.call.bind(fixture);
      const late = new Promise<void>((resolve) => Object.assign(window, { read: resolve }));
      fixture.call = async (name, input) => {
        if (name === 'lint_flow') await late;
        const result = await call(name, input);
        if (name === 'flow_list') for (const flow of result.value.flows) delete flow.entries;
        return result;
      };
      await call('write', { path: 'workflows/orders.py', content });
    }, `# @entry ${JSON.stringify({ ...ENTRY, parameters })}\n# @unread`);
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'orders' });
    await page.getByText('The file is still being read.').waitFor();
    expect(await page.getByText('selvage.args').count()).toBe(0);
    expect(await look(page, `${width}-unread-run`)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    const run = page.locator('.actions').getByRole('button', { name: /^Run$/ });
    await expect.poll(() => run.getAttribute('aria-disabled')).toBe('true');
    await page.evaluate(() => (window as unknown as { read(): void }).read());
    await page.getByLabel('How many').waitFor();
    await page.getByText('This is needed.').waitFor();
    expect(await page.getByText('The file is still being read.').count()).toBe(0);
    expect(await page.evaluate(() => (window as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.some(({ name }) => name === 'run_flow'))).toBe(false);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`nobody says that there are no flows and no runs before they were listed, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('empty', { viewport: { width, height: 800 }, colorScheme });
    // The lists come late, from the first time that anybody asks for them.
    await page.addInitScript(() => {
      const late = new Promise<void>((resolve) => Object.assign(window, { list: resolve }));
      Object.defineProperty(window, 'fixture', {
        set: (kernel: { call(name: string, input: unknown): Promise<unknown> }) => {
          const call = kernel.call.bind(kernel);
          kernel.call = async (name, input) => {
            if (name === 'flow_list' || name === 'flow_runs') {
              Object.assign(window, { [name]: true });
              await late;
            }
            return call(name, input);
          };
        },
      });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Storage: Saved on this device' }).waitFor();
    const asked = (name: string) => expect.poll(() => page.evaluate((name) => name in window, name)).toBe(true);
    await page.keyboard.press('Alt+2');
    await asked('flow_list');
    expect(await page.getByText('There is no flow yet.').count()).toBe(0);
    expect(await look(page, `${width}-unlisted-flows`)).toEqual([]);
    const palette = page.getByRole('dialog', { name: 'Run a flow' });
    await page.keyboard.press('Alt+R');
    await palette.waitFor();
    expect(await palette.getByText('Nothing fits.').count()).toBe(0);
    expect(await look(page, `${width}-unlisted-palette`)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+5');
    await asked('flow_runs');
    expect(await page.getByText('No runs yet.').count()).toBe(0);
    expect(await look(page, `${width}-unlisted-runs`)).toEqual([]);
    await page.evaluate(() => (window as unknown as { list(): void }).list());
    await page.getByText('No runs yet.').waitFor();
    await page.keyboard.press('Alt+2');
    await page.getByText('There is no flow yet.').waitFor();
    await page.keyboard.press('Alt+R');
    await palette.getByText('Nothing fits.').waitFor();
    expect(await look(page, `${width}-listed-palette`)).toEqual([]);
    expect(complaints).toEqual([]);
  });
