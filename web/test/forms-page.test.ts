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

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`a form without anything to show opens as its text, and nothing typed in either view is lost, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('form', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const write = (path: string, content: string) => page.evaluate((input) => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', input), { path, content });
    const show = async (name: string) => {
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).fill(name);
      await page.keyboard.press('Enter');
      await text(name).waitFor({ state: 'attached' });
      // A narrow screen would show its keyboard.
      if (width < 760) await text(name).click();
      else await page.locator('.cm-content:focus').waitFor();
    };
    const text = (name: string) => page.getByLabel(`Text of ${name}`);
    const toggle = (name: string) => page.locator('.panel').filter({ has: text(name) }).getByRole('button', { name: 'Form' });
    await write('forms/new.form.json', '');
    await write('forms/half.form.yaml', 'name: [');

    await show('new.form.json');
    expect(await toggle('new.form.json').getAttribute('aria-pressed')).toBe('false');
    expect(await look(page, `${width}-form-empty`)).toEqual([]);
    await page.keyboard.type('{"name": "Dye", "fields": [{"name": "shade", "label": "Shade"}]');
    await toggle('new.form.json').click();
    const shade = page.getByRole('form', { name: 'Form Dye' }).getByLabel('Shade');
    await shade.fill('Indigo');
    expect(await look(page, `${width}-form-typed-anew`)).toEqual([]);
    await toggle('new.form.json').click();
    expect(await text('new.form.json').innerText()).toBe('{"name": "Dye", "fields": [{"name": "shade", "label": "Shade"}]}');
    await toggle('new.form.json').click();
    expect(await shade.inputValue()).toBe('Indigo');

    await show('half.form.yaml');
    await expect.poll(() => toggle('half.form.yaml').getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Begin with an example' }).click();
    await expect.poll(() => text('half.form.yaml').innerText()).toContain('name: Order cloth');
    expect(await look(page, `${width}-form-example`)).toEqual([]);
    await toggle('half.form.yaml').click();
    await page.getByRole('form', { name: 'Form Order cloth' }).getByLabel('How many').waitFor();
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`what a long form says when it was sent comes into sight, and the keys stay, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const fields = Array.from({ length: 30 }, (_, at) => ({ name: `f${at}`, label: `Field ${at}` }));
    const content = JSON.stringify({ name: 'Survey', workflow: 'flows/invoices.flow.js', fields, confirmation_markdown: '## Thank you\n\nIt was **sent**.' });
    await page.evaluate((content) => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'forms/survey.form.json', content }), content);
    await page.locator('[role=treeitem][data-path="forms"]').click();
    await page.locator('[role=treeitem][data-path="forms/survey.form.json"]').click();
    const first = page.getByLabel('Field 0');
    const said = page.getByText('It was sent.').filter({ visible: true });
    const isSeen = () => said.evaluate((said) => {
      const [at, port] = [said.getBoundingClientRect(), said.closest('.scroll')!.getBoundingClientRect()];
      return at.top >= port.top && at.bottom <= port.bottom;
    });
    await first.fill('x');
    await first.press('Enter');
    // A narrow screen shows the output first.
    if (width < 760) await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: 'Editor' }).click();
    await said.waitFor();
    await expect.poll(isSeen).toBe(true);
    expect(await page.getByRole('status').filter({ has: said }).count()).toBe(1);
    if (width > 760) expect(await first.evaluate((first) => first === document.activeElement)).toBe(true);
    expect(await look(page, `${width}-form-sent`)).toEqual([]);
    if (width > 760) {
      // Who goes on with another field is left there.
      await first.focus();
      const gone = said.waitFor({ state: 'detached' });
      await page.getByLabel('Field 1 optional').evaluate((next: HTMLInputElement) => (next.form!.requestSubmit(), next.focus()));
      await gone;
      await said.waitFor();
      await page.waitForTimeout(200);
      expect(await isSeen()).toBe(false);
    }
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`a form that was changed since it was filled in says so, and asks no data provider by itself, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('form', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const write = (label: string) =>
      page.evaluate(async (label) => {
        const fields = [{ name: 'region', label: 'Region' }, { name: 'item', type: 'select', label, data_provider_id: 'flows/orders.flow.js', data_provider_inputs: { region: { mode: 'fieldRef', field_name: 'region' } } }];
        const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
        await fixture.call('write', { path: 'flows/orders.flow.js', content: 'export default () => [];' });
        await fixture.call('write', { path: 'forms/order.form.json', content: JSON.stringify({ name: 'Order', workflow: 'flows/invoices.flow.js', fields }) });
      }, label);
    const asked = () => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.filter(({ name }) => name === 'run_flow').length);
    const show = async () => {
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).fill('order.form');
      await page.keyboard.press('Enter');
      await region.waitFor();
    };
    const region = page.getByLabel('Region');
    await write('Item');
    await show();
    await region.fill('eu');
    await expect.poll(asked).toBe(1);
    await page.keyboard.press('Alt+W');
    await region.waitFor({ state: 'detached' });
    await write('Goods');
    await show();
    await page.getByText('The form was changed since you filled it in.').waitFor();
    expect(await region.inputValue()).toBe('eu');
    await page.waitForTimeout(500);
    expect(await asked()).toBe(1);
    expect(await look(page, `${width}-form-changed`)).toEqual([]);
    await page.getByRole('button', { name: 'Load the options' }).click();
    await expect.poll(asked).toBe(2);
    expect(await page.getByText('The form was changed since you filled it in.').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

test('a form that is opened by the keys has them', async () => {
  const { page } = await open('form');
  await page.getByRole('tree').waitFor();
  await page.setViewportSize({ width: 1000, height: 900 });
  await page.keyboard.press('Control+P');
  await page.keyboard.type('order.form.json');
  await page.keyboard.press('Enter');
  await page.locator('form :focus').waitFor();
});

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`the flow that was chosen is chosen after a reload, whatever is in front, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('form&named', { viewport: { width, height: 900 }, colorScheme });
    const file = (path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
    const flow = page.getByRole('combobox', { name: 'Flow' });
    /** Chooses a flow beside a file, and gives which one is chosen after a reload. */
    const chosenBeside = async (path: string, label: string): Promise<string> => {
      await page.keyboard.press('Alt+1');
      if (!(await file(path).isVisible())) await file(path.split('/')[0]!).click();
      await file(path).click();
      await page.keyboard.press('Alt+2');
      await flow.selectOption({ label });
      await page.waitForTimeout(600);
      await page.reload();
      await page.getByRole('tree').waitFor();
      await page.keyboard.press('Alt+2');
      await flow.waitFor();
      // Whatever comes to the front has done so.
      await page.waitForTimeout(500);
      return flow.inputValue();
    };
    expect(await chosenBeside('forms/order.form.json', 'Count primes')).toBe('flows/endless.flow.js');
    expect(await look(page, `${width}-run-form-chosen`)).toEqual([]);
    expect(await chosenBeside('flows/flow.config.json', 'daily-report (flows/invoices.flow.js)')).toBe('flows/invoices.flow.js\ndaily-report');
    expect(await chosenBeside('flows/rates.flow.mjs', 'Count primes'), 'another flow, too').toBe('flows/endless.flow.js');
    await page.keyboard.press('Alt+1');
    await file('flows/invoices.flow.js').click();
    await page.keyboard.press('Alt+2');
    await expect.poll(() => flow.inputValue(), { message: 'one that comes to the front is chosen' }).toBe('flows/invoices.flow.js');
    expect(complaints).toEqual([]);
  });

for (const colorScheme of ['light', 'dark'] as const)
  test(`a run that waits is read out once, wherever it shows, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width: 1280, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.evaluate(async () => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      await fixture.call('write', { path: 'flows/gated.flow.js', content: 'export default () => 1;' });
      await fixture.call('write', { path: 'forms/gated.form.json', content: JSON.stringify({ name: 'Publish', workflow: 'flows/gated.flow.js', fields: [] }) });
    });
    await page.getByRole('combobox', { name: 'Flow' }).selectOption('flows/gated.flow.js');
    await page.locator('[role=treeitem][data-path="forms"]').click();
    await page.locator('[role=treeitem][data-path="forms/gated.form.json"]').click();
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('asks for your approval').waitFor();
    await page.getByText('It waits for your approval.').waitFor();
    expect(await page.getByText('The run is over. What it changed waits for your approval.').count()).toBe(2);
    const live = page.locator('[role=status], [role=alert], [role=log], [aria-live]').filter({ hasText: /approval/ });
    expect(await live.allInnerTexts()).toEqual([expect.stringContaining('A run asks for your approval: write notes/README.md.')]);
    expect(await look(page, `${colorScheme}-run-waits`)).toEqual([]);
    expect(complaints).toEqual([]);
  });
