// The Output panel in Chromium: what a dry run would have changed, and the way of a run while it goes on and after.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

/** Stays whenever the browser asks, and gives what it asked. */
function staying(page: Page): string[] {
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  return asked;
}

for (const width of [1280, 420])
  test(`a dry run shows what it would have changed, line by line, ${width} wide`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 } });
    await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
    await page.locator('.cm-content').first().waitFor();
    await page.keyboard.press('Control+Shift+Enter');
    await page.getByText('Succeeded').first().waitFor();
    const files = page.getByRole('tab', { name: /^Files/ }).last();
    await files.click();
    await page.getByText('A dry run keeps nothing.').waitFor();
    await page.getByRole('region', { name: 'What changes in out/report.md' }).getByText('# Invoices, third quarter').waitFor();
    expect(await look(page, `${width}-dry-run`)).toEqual([]);
    const report = page.getByRole('button', { name: /writes out\/report\.md/ });
    await report.press('Enter');
    await page.getByRole('region', { name: 'What changes in out/report.md' }).waitFor({ state: 'detached' });
    // Nothing of it is anywhere, so there is no more to be had than the differences.
    expect(await page.getByRole('button', { name: /^(Show the whole content|Save a copy)/ }).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

for (const width of [1280, 420])
  test(`a run that waits is followed and decided in its timeline, by keys, ${width} wide`, async () => {
    const { page, complaints } = await open('past', { viewport: { width, height: 900 } });
    await page.getByRole('tree').waitFor();
    await page.evaluate(() => void (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'flows/gated.flow.js', content: 'export default () => 1;' }).then(() => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('run_flow', { path: 'flows/gated.flow.js', wait: false })));
    await page.getByText('asks for your approval').waitFor();
    await page.keyboard.press('Alt+3');
    await page.getByRole('tab', { name: 'Timeline' }).last().press('Enter');
    const steps = page.getByRole('list', { name: 'Steps of the run' });
    const land = steps.locator('li[aria-current=step]').first();
    await land.getByText('waits for a person').waitFor();
    await land.getByRole('region', { name: 'What changes in notes/README.md' }).getByText('All done.').waitFor();
    expect(await look(page, `${width}-timeline-waits`)).toEqual([]);
    await land.getByRole('button', { name: 'Approve' }).press('Enter');
    await steps.getByText('Nobody signed this record').waitFor();
    expect(await steps.locator('[aria-current]').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

test('a run that goes on shows the steps so far, and one that landed what it changed, up to its end and no further', async () => {
  const { page } = await open('past');
  await page.locator('[role=treeitem][data-path="flows/endless.flow.js"]').click();
  await page.locator('.cm-content').first().waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: 'Timeline' }).last().click();
  const steps = page.getByRole('list', { name: 'Steps of the run' });
  await steps.getByText('used up a limit, and asks for more').waitFor();
  await steps.getByText('not yet').waitFor();
  await page.getByRole('button', { name: 'Cancel the run' }).or(page.getByRole('button', { name: 'Cancel', exact: true })).first().click();
  await steps.getByText('nothing of it landed').waitFor();
  await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Succeeded').first().waitFor();
  await page.getByRole('tab', { name: 'Timeline' }).last().click();
  await steps.getByRole('button', { name: 'What it changed' }).click();
  const dialog = page.getByRole('dialog', { name: 'History of the workspace' });
  await dialog.getByRole('list', { name: 'Changed by it' }).waitFor();
  const compared = await page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: unknown }[] } }).fixture.calls.filter((one) => one.name === 'compare').map((one) => one.input));
  expect(compared).toEqual([{ from: ['h1'], to: ['h2'] }]);
});

for (const width of [1280, 390])
  test(`a list of objects is a table, and as a tree shows what is inside of them, ${width} wide`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 } });
    await page.getByRole('tree').waitFor();
    await page.evaluate(async () => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      await fixture.call('write', { path: 'flows/orders.flow.js', content: 'export default () => [];' });
    });
    await page.keyboard.press('Alt+R');
    await page.getByRole('combobox', { name: 'Search' }).fill('@orders');
    await page.getByRole('option', { name: 'orders flows/orders.flow.js' }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByRole('columnheader', { name: /lines/ }).waitFor();
    await page.getByRole('button', { name: 'Tree' }).click();
    await result.getByText('"A-2"').waitFor();
    await result.getByRole('button', { name: 'Open lines' }).first().click();
    // What is inside is a table where it can be one, and may be read as a tree, too.
    await result.getByRole('cell', { name: 'reed' }).waitFor();
    expect(await look(page, `${width}-result-tree`)).toEqual([]);
    await result.getByRole('button', { name: 'as a tree' }).first().click();
    await result.getByText('{item, count}').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark']] as const)
  test(`the history says which function ran and whether it kept anything, and tells files of one name apart, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.evaluate(async () => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      for (const path of ['sales/orders.py', 'workflows/orders.py']) await fixture.call('write', { path, content: '' });
      for (const input of [{ path: 'workflows/orders.py::regions', mode: 'dry-run' }, { path: 'workflows/orders.py::place_order' }, { path: 'sales/orders.py' }, { path: 'flows/invoices.flow.js' }]) await fixture.call('run_flow', input);
    });
    await page.keyboard.press('Alt+5');
    const history = page.locator('.panel').filter({ has: page.getByRole('combobox', { name: 'Flow', exact: true }) }).filter({ has: page.getByText('All flows') });
    const rows = history.getByRole('listitem');
    await rows.filter({ hasText: 'invoices.flow.js' }).waitFor();
    expect(await look(page, `${width}-history`)).toEqual([]);
    const beside = await history.getByRole('button', { name: 'Changes of the workspace' }).boundingBox();
    expect(beside && beside.x + beside.width, 'what stands beside the list of files can be pressed').toBeLessThan(width);
    expect(await rows.locator('.name').allInnerTexts()).toEqual(['invoices.flow.js', 'sales/orders.py', 'workflows/orders.py::place_order', 'workflows/orders.py::regions']);
    expect(await rows.filter({ hasText: 'dry run' }).locator('.name').allInnerTexts()).toEqual(['workflows/orders.py::regions']);
    await history.getByRole('button', { name: /^Run workflows\/orders\.py::regions \(dry run\) again, as at / }).waitFor();
    const names = await history.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.ariaLabel ?? button.textContent));
    expect(new Set(names).size, names.join('\n')).toBe(names.length);
    await history.getByRole('combobox').selectOption('workflows/orders.py');
    expect(await rows.count()).toBe(2);
    await history.getByRole('combobox').selectOption('workflows/orders.py::place_order');
    expect(await rows.count()).toBe(1);
    await rows.getByRole('button').first().click();
    await page.locator('.panel-bar strong').filter({ hasText: 'orders.py::place_order' }).waitFor();
    expect(await look(page, `${width}-output-function`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

test('a decision is told with who made it and why, or with as much of that as there is', async () => {
  const { page } = await open();
  await page.getByRole('tree').waitFor();
  await page.evaluate(async () => {
    const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
    const call = fixture.call.bind(fixture);
    const one = { atMs: 0, who: 'run r', what: 'write published/page.md' };
    const decisions = [{ ...one, verdict: 'refused', reason: '', by: 'you' }, { ...one, verdict: 'refused', reason: 'not today', by: 'you' }, { ...one, verdict: 'denied', reason: 'rule 1' }, { ...one, verdict: 'expired', reason: '' }];
    fixture.call = async (name, input) => {
      const result = (await call(name, input)) as { value: object };
      return name === 'flow_status' ? { ...result, value: { ...result.value, decisions } } : result;
    };
  });
  await page.locator('[role=treeitem][data-path="flows/endless.flow.js"]').click();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: 'Timeline' }).last().click();
  const told = page.getByRole('list', { name: 'Steps of the run' }).locator('.small', { hasText: 'published/page.md' });
  await told.first().waitFor();
  // What stands between what was asked for and the time.
  expect((await told.allInnerTexts()).map((text) => /page\.md\s*(.*?)\s*(?:Jan|Dec)/s.exec(text)?.[1])).toEqual(['you ·', 'you: not today ·', 'rule 1 ·', '']);
  expect(await look(page, '1280-timeline-reasons')).toEqual([]);
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`the bar of a flow that runs cancels it, and a run in the queue says what it waits for, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const edit = async (path: string) => {
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).fill(path);
      await page.getByRole('listbox', { name: 'Results' }).getByRole('option', { name: path }).first().click();
      await page.getByRole('textbox', { name: `Text of ${path}` }).waitFor();
    };
    const bar = page.locator('.panel-bar').filter({ has: page.getByRole('navigation', { name: 'Place of the file' }) }).filter({ visible: true });
    await edit('endless.flow.js');
    await bar.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Asks for more').first().waitFor();
    await edit('endless.flow.js');
    await bar.getByRole('button', { name: 'Cancel', exact: true }).waitFor();
    expect(await look(page, `${width}-bar-runs`)).toEqual([]);
    // Another flow can be run, and has to wait.
    await edit('rates.flow.mjs');
    await page.evaluate(() => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown>; emit(event: unknown): void } };
      const call = fixture.call.bind(fixture);
      fixture.call = async (name, input) => {
        if (name !== 'run_flow') return call(name, input);
        const run = { run: 'late', path: 'flows/rates.flow.mjs', status: 'queued' };
        fixture.emit({ kind: 'run', ...run });
        return { ok: true, value: run };
      };
    });
    await bar.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Waits until the run of endless.flow.js before it is over.').waitFor();
    expect(await look(page, `${width}-output-queued`)).toEqual([]);
    await edit('endless.flow.js');
    await bar.getByRole('button', { name: 'Cancel', exact: true }).click();
    await bar.getByRole('button', { name: 'Run', exact: true }).waitFor();
    await page.keyboard.press('Alt+3');
    await page.getByText('Waits for its turn.').waitFor();
    expect(complaints).toEqual([]);
  });

test('who leaves while a run goes on is asked first, and who leaves after it is not', async () => {
  const { page } = await open();
  const asked = staying(page);
  await page.locator('[role=treeitem][data-path="flows/endless.flow.js"]').click();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('tab', { name: 'Timeline' }).last().click();
  await page.getByText('used up a limit, and asks for more').first().waitFor();
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await page.getByRole('button', { name: 'Cancel the run' }).or(page.getByRole('button', { name: 'Cancel', exact: true })).first().click();
  await page.getByText('nothing of it landed').waitFor();
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
  expect(asked.length).toBe(1);
});

test('who leaves is asked about a run that waits for approval, and about a manifest that is not saved, and about no other text', async () => {
  const { page } = await open();
  const asked = staying(page);
  await page.getByRole('tree').waitFor();
  await page.evaluate(async () => {
    const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
    await fixture.call('write', { path: 'selvage.policy.yaml', content: 'version: 1\n' });
    await fixture.call('write', { path: 'flows/gated.flow.js', content: 'export default () => 1;' });
    await fixture.call('run_flow', { path: 'flows/gated.flow.js', wait: false });
  });
  await page.getByText('asks for your approval').waitFor();
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked, { message: 'a run that waits' }).toHaveLength(1);
  await page.keyboard.press('Alt+3');
  await page.getByRole('button', { name: 'Cancel', exact: true }).first().click();
  await page.getByText('Cancelled').first().waitFor();
  await page.locator('[role=treeitem][data-path="selvage.policy.yaml"]').click();
  await page.locator('.cm-content').first().click();
  await page.keyboard.type('# mine');
  await page.getByText('Not saved yet').waitFor();
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked, { message: 'a manifest' }).toHaveLength(2);
  await page.keyboard.press('Control+S');
  await page.getByText('Not saved yet').waitFor({ state: 'detached' });
  await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
  await page.getByRole('textbox', { name: 'Text of invoices.flow.js' }).click();
  await page.keyboard.type('x');
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
  expect(asked).toEqual(['beforeunload', 'beforeunload']);
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a run that goes on shows for how long so far, and nothing reads that out, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    const start = (path: string) =>
      page.evaluate((path) => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('run_flow', { path, wait: false }), path);
    await page.evaluate(() => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'flows/gated.flow.js', content: 'export default () => 1;' }));
    await start('flows/endless.flow.js');
    await page.keyboard.press('Alt+3');
    const soFar = page.locator('.panel-bar').getByRole('timer');
    const seconds = async () => Number.parseInt(await soFar.innerText());
    await expect.poll(seconds).toBeGreaterThanOrEqual(1);
    const first = await seconds();
    await expect.poll(seconds).toBeGreaterThan(first);
    expect(await soFar.evaluate((element) => element.closest('[role=status], [role=alert], [role=log], [aria-live]'))).toBeNull();
    expect(await look(page, `${width}-run-so-far`)).toEqual([]);
    await start('flows/gated.flow.js');
    await page.getByText('asks for your approval').waitFor();
    await page.keyboard.press('Alt+5');
    const row = (name: string) => page.getByRole('listitem').filter({ hasText: name }).getByRole('timer');
    await expect.poll(() => row('gated').innerText()).toMatch(/^waited \d+ s for approval$/);
    expect(await row('endless').innerText()).toMatch(/^\d+ s$/);
    expect(await look(page, `${width}-history-so-far`)).toEqual([]);
    await page.keyboard.press('Alt+3');
    await page.getByRole('button', { name: 'Cancel', exact: true }).first().click();
    await page.getByText('Cancelled').first().waitFor();
    expect(await soFar.count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`before a run, the panel says what to do about the flow that is picked, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Alt+3');
    const panel = page.locator('.panel').filter({ hasText: 'Its log streams here' });
    await panel.getByText('Pick a flow and press Run.').waitFor();
    await page.keyboard.press('Alt+2');
    await page.getByRole('combobox', { name: 'Flow' }).selectOption({ label: 'Invoice summary' });
    await page.keyboard.press('Alt+3');
    await panel.getByText('Press Run to run invoices.flow.js.').waitFor();
    expect(await panel.getByText('Pick a flow').count()).toBe(0);
    expect(await look(page, `${width}-output-empty`)).toEqual([]);
    expect(complaints).toEqual([]);
  });

test('the records of runs are read for the history when it is in front, and not before', async () => {
  const { page, complaints } = await open('');
  await page.getByRole('tree').waitFor();
  const reads = () => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.filter(({ name }) => name === 'flow_runs').length);
  const before = await reads();
  const ran = page.locator('.panel').filter({ has: page.getByText('All flows') }).getByRole('listitem');
  await page.evaluate(() => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('run_flow', { path: 'flows/invoices.flow.js' }));
  await page.waitForTimeout(500);
  expect(await reads()).toBe(before);
  await page.getByRole('tab', { name: 'History' }).click();
  await expect.poll(reads).toBeGreaterThan(before);
  await ran.first().waitFor();
  // What the page saw end stands there at once; that there is no more is said when that was read.
  await page.getByRole('tab', { name: 'Output' }).first().click();
  await page.evaluate(async () => {
    const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown>; readOn(): void } };
    const call = fixture.call.bind(fixture);
    const read = new Promise<void>((resolve) => (fixture.readOn = resolve));
    fixture.call = async (name, input) => {
      if (name === 'flow_runs') await read;
      return call(name, input);
    };
    await fixture.call('run_flow', { path: 'flows/rates.flow.mjs' }).catch(() => undefined);
  });
  await page.getByRole('tab', { name: 'History' }).click();
  const list = ran.first().locator('xpath=..');
  await expect.poll(() => ran.locator('.name').allInnerTexts()).toEqual(['rates.flow.mjs', 'invoices.flow.js']);
  expect(await ran.first().getByText('Failed').count()).toBe(1);
  expect(await list.getAttribute('aria-busy')).toBe('true');
  await page.getByText('Reading…', { exact: true }).waitFor();
  expect(await look(page, '1440-history-reading')).toEqual([]);
  await page.evaluate(() => (window as unknown as { fixture: { readOn(): void } }).fixture.readOn());
  await expect.poll(() => list.getAttribute('aria-busy')).toBe('false');
  expect(await page.getByText('Reading…', { exact: true }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a run that is over and not recorded yet says so, and offers no Cancel, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await page.getByRole('tree').waitFor();
    // The kernel has much to write, and what it is asked meanwhile waits.
    await page.evaluate(async () => {
      const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown>; recorded(): void } };
      const call = fixture.call.bind(fixture);
      const recorded = new Promise<void>((resolve) => (fixture.recorded = resolve));
      fixture.call = async (name, input) => {
        if (name === 'flow_cancel') return { ok: true, value: { status: 'running' } };
        if (name === 'flow_status') await recorded;
        return call(name, input);
      };
      await fixture.call('run_flow', { path: 'flows/endless.flow.js', wait: false });
    });
    await page.keyboard.press('Alt+3');
    const bar = page.locator('.panel-bar').filter({ has: page.getByRole('tablist', { name: 'Output' }) });
    const cancel = bar.getByRole('button', { name: 'Cancel', exact: true });
    await page.getByText('Asks for more').first().waitFor();
    await cancel.click();
    await bar.getByText('Cancelling…').waitFor();
    expect(await cancel.getAttribute('aria-disabled')).toBe('true');
    expect(await page.getByRole('button', { name: 'Cancelling…' }).count(), 'the bar of the page').toBe(1);
    expect(await look(page, `${width}-run-cancelling`)).toEqual([]);
    await page.evaluate(() => void (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('flow_answer', { run: 'run-1' }));
    await bar.getByText('Finished; recording…').waitFor();
    expect(await cancel.count()).toBe(0);
    expect(await page.getByRole('button', { name: /^Cancel/ }).count(), 'nor does any other place').toBe(0);
    await page.getByText('The run of endless.flow.js was over before it could be cancelled.').waitFor();
    expect(await look(page, `${width}-run-recording`)).toEqual([]);
    await page.evaluate(() => (window as unknown as { fixture: { recorded(): void } }).fixture.recorded());
    await bar.getByText('Succeeded').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`numbers that the page writes are easy to read, and those of a run stay as they are, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 900 }, colorScheme });
    await page.getByRole('tree').waitFor();
    await page.evaluate(() => (window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } }).fixture.call('write', { path: 'flows/many.flow.js', content: 'export default () => 1;' }));
    await page.locator('[role=treeitem][data-path="flows/many.flow.js"]').click();
    await page.keyboard.press('Control+Enter');
    const part = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).filter({ visible: true }).last();
    await page.getByRole('button', { name: '1,300 more rows' }).waitFor();
    await page.getByRole('cell', { name: '1000', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Tree' }).click();
    await page.getByRole('button', { name: '1,300 more' }).waitFor();
    await part('Log').click();
    await page.getByText('1234567 rows').waitFor();
    await page.getByText('(1,500 more characters)').waitFor();
    expect(await look(page, `${width}-many`)).toEqual([]);
    expect(complaints).toEqual([]);
  });
