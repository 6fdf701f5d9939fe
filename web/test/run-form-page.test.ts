// The form of the Run panel in Chromium: what it asks for, and what it says of each field.

import type { Locator, Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

/** What assistive technology reads beside a control. */
const described = (control: Locator) =>
  control.evaluate((element) => (element.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean).map((id) => document.getElementById(id)?.innerText ?? `nothing is called ${id}`));
const says = (control: Locator) => Promise.all([control.getAttribute('aria-invalid'), control.getAttribute('aria-required'), described(control)]);

for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark']] as const)
  test(`what is wrong with a field, and what it is for, is tied to it, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'Invoice summary' });
    const source = page.getByRole('combobox', { name: 'Invoices' });
    const most = page.getByRole('textbox', { name: 'Most rows' });
    expect(await says(source)).toEqual(['false', 'true', ['A CSV with number, customer, total, paid and due.']]);
    expect(await says(most)).toEqual(['false', 'false', []]);
    await source.fill('');
    await most.fill('many');
    await page.getByText('Limits, environment and seed').click();
    await page.getByLabel('Fetches').fill('none');
    await page.getByLabel('Seed').fill('x');
    await page.getByLabel('Environment').fill('nonsense');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Choose a file.').waitFor();
    expect(await says(source)).toEqual(['true', 'true', ['A CSV with number, customer, total, paid and due.', 'Choose a file.']]);
    expect(await says(most)).toEqual(['true', 'false', ['This is not a number.']]);
    expect(await says(page.getByLabel('Fetches'))).toEqual(['true', null, ['A number above zero.']]);
    expect(await says(page.getByLabel('Seed'))).toEqual(['true', null, ['A whole number.']]);
    expect((await described(page.getByLabel('Environment'))).at(-1)).toBe('Line 1 is not NAME=value.');
    expect(await look(page, `${width}-run-form-problems`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

/** Has the kernel of the page do something, as another tab or an agent would. */
const call = (page: Page, name: string, input: object) =>
  page.evaluate(([name, input]) => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call(name, input), [name, input] as const);

const ENTRY = { kind: 'workflow', function: 'plan', name: 'Plan', category: 'General', async: false, line: 1 };
const PARAMETERS = [
  { name: 'day', label: 'Day', type: 'date', required: false },
  { name: 'shipped', label: 'Shipped', type: 'datetime', required: true },
  { name: 'names', label: 'Names', type: 'list', required: true },
  { name: 'meta', label: 'Meta', type: 'json', required: false },
];

for (const [width, colorScheme] of [[1440, 'dark'], [390, 'light']] as const)
  test(`a date is chosen, and what is JSON says so before anything is typed, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await call(page, 'write', { path: 'workflows/plan.py', content: `# @entry ${JSON.stringify({ ...ENTRY, parameters: PARAMETERS, takesMore: true })}` });
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'plan' });
    await page.getByLabel('Day').fill('2026-03-01');
    await page.getByLabel('Shipped').fill('2026-03-01T09:30');
    expect(await described(page.getByLabel('Names'))).toEqual(['JSON, such as ["a", "b"].']);
    expect(await described(page.getByLabel('Meta'))).toEqual(['JSON, such as {"name": "value"} or "a text".']);
    expect(await described(page.getByLabel('More arguments'))).toEqual(['The function takes arguments of any name. JSON, such as {"name": "value"}.']);
    await page.getByLabel('Names').fill('Ada');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/This is not JSON/).waitFor();
    expect(await look(page, `${width}-run-form-kinds`)).toEqual([]);
    await page.getByLabel('Names').fill('["Ada"]');
    await page.keyboard.press('Control+Enter');
    const asked = () => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: Record<string, unknown> }[] } }).fixture.calls.filter((one) => one.name === 'run_flow').map((one) => one.input['args']));
    await expect.poll(asked).toEqual([{ day: '2026-03-01', shipped: '2026-03-01T09:30', names: ['Ada'] }]);
    expect(complaints).toEqual([]);
  });

test('a flow that moves stays in the panel with what was filled in, whatever is in front', async () => {
  const { page, complaints } = await open('');
  const row = (path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
  await row('flows/invoices.flow.js').click();
  await page.locator('.cm-content').first().waitFor();
  await page.getByLabel('Most rows').fill('7');
  await page.getByLabel('Currency').selectOption('SEK');
  await page.getByText('Limits, environment and seed').click();
  await page.getByLabel('Seed').fill('42');
  const filled = async () => [await page.getByRole('combobox', { name: 'Flow' }).inputValue(), ...(await Promise.all(['Most rows', 'Currency', 'Seed'].map((name) => page.locator('form.fields').getByLabel(name).inputValue())))];
  // Another file is in front, and it is no flow.
  await row('embed.json').click();
  await page.getByRole('tab', { name: 'embed.json' }).waitFor();
  await row('flows/invoices.flow.js').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Cut/ }).click();
  await row('notes').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Paste/ }).click();
  await expect.poll(filled).toEqual(['notes/invoices.flow.js', '7', 'SEK', '42']);
  // As the one in front it is renamed.
  if (!(await row('notes/invoices.flow.js').isVisible())) await row('notes').click();
  await row('notes/invoices.flow.js').click();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('bills.flow.js');
  await page.keyboard.press('Enter');
  await row('notes/bills.flow.js').waitFor();
  await expect.poll(filled).toEqual(['notes/bills.flow.js', '7', 'SEK', '42']);
  // Nothing comes of it later, either: the list of flows is read again.
  await page.waitForTimeout(500);
  expect(await filled()).toEqual(['notes/bills.flow.js', '7', 'SEK', '42']);
  expect(await look(page, 'run-form-moved')).toEqual([]);
  expect(complaints).toEqual([]);
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`what was typed is there after a reload, until the defaults are asked for, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    const choose = async (label: string) => {
      await page.keyboard.press('Alt+2');
      await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label });
    };
    const form = page.locator('form.fields');
    const filled = async () => [await form.getByLabel('Most rows').inputValue(), await form.getByLabel('Currency').inputValue(), await form.getByLabel('Only open invoices').isChecked()];
    await page.getByRole('tree').waitFor();
    await choose('Invoice summary');
    await form.getByLabel('Most rows').fill('7');
    await form.getByLabel('Currency').selectOption('SEK');
    await form.getByLabel('Only open invoices').check();
    await choose('Count primes');
    await form.getByLabel('Arguments').fill('{"upTo": 7}');
    await page.reload();
    await page.getByRole('tree').waitFor();
    await choose('Count primes');
    expect(await form.getByLabel('Arguments').inputValue()).toBe('{"upTo": 7}');
    await choose('Invoice summary');
    expect(await filled()).toEqual(['7', 'SEK', true]);
    expect(await look(page, `${width}-run-form-typed`)).toEqual([]);
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    expect(await filled()).toEqual(['', 'EUR', false]);
    expect(await look(page, `${width}-run-form-reset`)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await filled()).toEqual(['7', 'SEK', true]);
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    expect(await page.getByText('The form holds its defaults again.').count(), 'nothing was left to put back').toBe(1);
    await page.reload();
    await page.getByRole('tree').waitFor();
    await choose('Invoice summary');
    expect(await filled()).toEqual(['', 'EUR', false]);
    await choose('Count primes');
    expect(await form.getByLabel('Arguments').inputValue(), 'the other form is as it was').toBe('{"upTo": 7}');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

test('a flow that comes to where another one was is in the list once', async () => {
  const { page, complaints } = await open('');
  await page.getByRole('tree').waitFor();
  const flows = () => page.getByRole('combobox', { name: 'Flow' }).locator('option').evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value).filter((one) => /endless/.test(one)));
  await page.locator('[role=treeitem][data-path="flows/endless.flow.js"]').click();
  await call(page, 'move', { from: 'flows/endless.flow.js', to: 'flows/endless-2.flow.js' });
  await call(page, 'write', { path: 'flows/endless.flow.js', content: '// @title Another' });
  await expect.poll(flows).toEqual(['flows/endless-2.flow.js', 'flows/endless.flow.js']);
  await call(page, 'undo', {});
  await call(page, 'undo', {});
  await expect.poll(flows).toEqual(['flows/endless.flow.js']);
  expect(complaints).toEqual([]);
});

test('what a flow may fetch from goes with its file, back with an undo, and to no file that is made in its place', async () => {
  const { page, complaints } = await open('');
  const row = (path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
  const flow = page.getByRole('combobox', { name: 'Flow' });
  const domain = page.getByRole('checkbox', { name: 'api.frankfurter.dev' });
  await row('flows/rates.flow.mjs').click();
  await domain.check();
  await row('flows').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Rename/ }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('jobs');
  await page.keyboard.press('Enter');
  await expect.poll(() => flow.inputValue()).toBe('jobs/rates.flow.mjs');
  expect(await domain.isChecked()).toBe(true);
  expect(await look(page, 'run-form-allowed-moved')).toEqual([]);
  // Another file comes to the old path.
  await call(page, 'write', { path: 'flows/rates.flow.mjs', content: 'export default () => fetch("https://api.frankfurter.dev/v1/latest");' });
  await row('flows/rates.flow.mjs').click();
  await expect.poll(() => flow.inputValue()).toBe('flows/rates.flow.mjs');
  expect(await domain.isChecked()).toBe(false);
  await call(page, 'undo', {});
  await call(page, 'undo', {});
  await expect.poll(() => row('jobs').count()).toBe(0);
  await row('flows/rates.flow.mjs').click();
  await expect.poll(() => flow.inputValue()).toBe('flows/rates.flow.mjs');
  await expect.poll(() => domain.isChecked()).toBe(true);
  // What is deleted asks again, though it is brought back.
  await call(page, 'delete', { path: 'flows/rates.flow.mjs' });
  await row('flows/rates.flow.mjs').waitFor({ state: 'detached' });
  await call(page, 'undo', {});
  await row('flows/rates.flow.mjs').click();
  await expect.poll(() => flow.inputValue()).toBe('flows/rates.flow.mjs');
  await domain.waitFor();
  expect(await domain.isChecked()).toBe(false);
  expect(complaints).toEqual([]);
});

for (const [width, from] of [[1280, 'the panel'], [1280, 'the editor'], [390, 'the panel']] as const)
  test(`a run that is asked for in ${from} goes to the first thing that is wrong, ${width} wide`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 500 } });
    await page.getByRole('tree').waitFor();
    if (from === 'the editor') await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'Invoice summary' });
    await page.getByText('Limits, environment and seed').click();
    const seed = page.getByLabel('Seed');
    await seed.fill('x');
    await page.getByText('Limits, environment and seed').click();
    await page.locator('form.scroll').evaluate((form) => (form.scrollTop = 0));
    for (let time = 1; time <= 2; time++) {
      if (from === 'the editor') {
        await page.locator('.cm-content').click();
        await page.keyboard.press('Control+Enter');
      } else await page.locator('.actions').getByRole('button', { name: 'Run', exact: true }).click();
      await expect.poll(() => seed.evaluate((field) => document.activeElement === field)).toBe(true);
      const inSight = () => seed.evaluate((field) => {
        const [{ top, bottom }, form] = [field.getBoundingClientRect(), field.closest('form')!.getBoundingClientRect()];
        return top >= form.top && bottom <= form.bottom;
      });
      await expect.poll(inSight).toBe(true);
    }
    expect(await look(page, `${width}-run-form-wrong`)).toEqual([]);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`what is left empty says what it is then, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const parameters = [
      { name: 'size', label: 'Size', type: 'text', required: false, default: 'm', options: ['s', 'm', 'l'] },
      { name: 'colour', label: 'Colour', type: 'text', required: false, options: ['red'] },
      { name: 'place', label: 'Place', type: 'text', required: true, options: ['here'] },
      { name: 'days', label: 'Days', type: 'integer', required: false, default: 3 },
      { name: 'since', label: 'Since', type: 'date', required: false, default: '2026-03-01' },
      { name: 'tags', label: 'Tags', type: 'list', required: false, default: ['a'] },
      { name: 'note', label: 'Note', type: 'text', required: false },
    ];
    await page.evaluate(async (content) => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      await fixture.call('write', { path: 'workflows/plan.py', content });
    }, `# @entry ${JSON.stringify({ ...ENTRY, parameters })}`);
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'plan' });
    const first = (name: string) => page.locator('form.fields').getByLabel(name).locator('option').first().innerText();
    expect(await Promise.all(['Size', 'Colour', 'Place'].map(first))).toEqual(['Default (m)', 'None', 'Choose']);
    for (const name of ['Days', 'Since', 'Tags', 'Note']) {
      expect((await described(page.locator('form.fields').getByLabel(name))).join(' ')).not.toContain('Left empty');
      await page.locator('form.fields').getByLabel(name).fill('');
    }
    expect(await Promise.all(['Days', 'Since', 'Tags', 'Note'].map((name) => described(page.locator('form.fields').getByLabel(name))))).toEqual([
      ['Left empty, it is 3.'], ['Left empty, it is 2026-03-01.'], ['Left empty, it is ["a"]. JSON, such as ["a", "b"].'], [],
    ]);
    await page.getByLabel('Size').selectOption({ label: 'Default (m)' });
    await page.getByLabel('Place').selectOption('here');
    expect(await look(page, `${width}-run-form-empty`)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    const asked = () => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: Record<string, unknown> }[] } }).fixture.calls.filter((one) => one.name === 'run_flow').map((one) => one.input['args']));
    await expect.poll(asked).toEqual([{ place: 'here' }]);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark']] as const)
  test(`what the policy will say of a run stands beside what it may touch, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const reason = 'the rule for flows `flows/**`: `ask.write` has `published/**`';
    const said = [
      { what: 'write published/a.md', forecast: 'asked', reason },
      { what: 'read private/key.txt', forecast: 'denied', reason: 'no rule allows it' },
      { what: 'write out/*.md', forecast: 'depends', reason: 'the rule for flows `flows/**` is about some of it' },
      { what: 'call write', forecast: 'asked', reason: 'no rule names it' },
      { what: 'fetch from metrics.example.com', forecast: 'denied', reason: 'no rule allows it' },
      { what: 'call delete', forecast: 'denied', reason: 'no rule allows it' },
    ];
    const needs = ["await flow.fs.write('published/a.md', '');", "await flow.fs.readText('private/key.txt');", "await flow.fs.readText('data/a.txt');"];
    const asks = ["await fetch('https://metrics.example.com/');", "await fetch('https://api.example.com/');", "flow.call('delete');", "flow.call('write');"];
    const content = [...said.map((one) => `// @policy ${JSON.stringify(one)}`), ...needs, ...asks].join('\n');
    await call(page, 'write', { path: 'flows/ruled.flow.js', content });
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'ruled' });
    const touched = page.getByRole('group', { name: 'What this flow may touch' });
    await expect.poll(() => touched.locator('p.policy').allInnerTexts()).toEqual([
      expect.stringMatching(/^The policy denies it to:\s+read private\/key.txt\s+fetch from metrics.example.com\s+call delete$/),
      expect.stringMatching(/^You are asked before it may:\s+write published\/a.md\s+call write$/),
      expect.stringMatching(/^The policy looks at each file before it may:\s+write out\/\*.md$/),
    ]);
    expect(await touched.getByText('write published/a.md').getAttribute('title')).toBe(reason);
    // What it denies stands there once, and nobody is offered to allow it.
    await expect.poll(() => touched.locator('li code').allInnerTexts()).toEqual(['data/a.txt', 'published/a.md']);
    await expect.poll(() => touched.getByRole('checkbox').count()).toBe(2);
    for (const name of ['api.example.com', 'write']) await touched.getByRole('checkbox', { name, exact: false }).first().waitFor();
    for (const name of ['private/key.txt', 'metrics.example.com', 'delete']) expect(await touched.getByText(name).count(), name).toBe(1);
    expect(await look(page, `${width}-run-form-policy`)).toEqual([]);
    expect(complaints).toEqual([]);
  });
