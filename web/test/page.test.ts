// The page itself in Chromium, over the kernel in memory: built and served as the real one is, with
// the same policy. It also leaves pictures of every state in `tests/output/pictures`.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

// Machines that check this are shared and slow; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const editor = (page: Page) => page.locator('.cm-content').first();

for (const colorScheme of ['light', 'dark'] as const)
  test(`everything can be reached and read, ${colorScheme}, and nothing offends the policy`, async () => {
    const { page, complaints } = await open('', { colorScheme });
    const serious: string[] = [];
    const shot = async (name: string) => serious.push(...(await look(page, `${colorScheme}-${name}`)));
    await page.getByRole('button', { name: 'Invoice summary' }).waitFor();
    await shot('welcome');
    await page.getByRole('button', { name: 'Invoice summary' }).click();
    await editor(page).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Succeeded').first().waitFor();
    await shot('result');
    for (const tab of ['Log', 'Files', 'Timeline', 'Receipt']) {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).last().click();
      await shot(tab.toLowerCase());
    }
    await page.keyboard.press('Alt+4');
    await page.getByRole('button', { name: 'Add await' }).waitFor();
    await shot('problems');
    await page.keyboard.press('Alt+5');
    await shot('history');
    await page.keyboard.press('Control+K');
    await page.getByRole('option', { name: /Reset the layout/ }).waitFor();
    await shot('commands');
    await page.keyboard.press('Escape');
    await row(page, 'flows/invoices.flow.js').click({ button: 'right' });
    await shot('menu');
    await page.getByRole('menuitem', { name: 'Earlier versions' }).click();
    await page.getByText('Restore this version').waitFor();
    await shot('versions');
    expect(serious).toEqual([]);
    expect(complaints).toEqual([]);
  });

/** What is to be pressed on a narrow screen, and lies under something else. */
const covered = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('header button, .panel-bar :is(button, select, input), nav button')]
      .filter((element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        return !element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
      })
      .map((element) => element.ariaLabel ?? element.innerText),
  );

for (const colorScheme of ['light', 'dark'] as const)
  test(`a narrow screen shows one pane at a time, and all of them, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { colorScheme, viewport: { width: 420, height: 860 } });
    const serious: string[] = [];
    const shot = async (name: string) => serious.push(...(await look(page, `${colorScheme}-narrow-${name}`)));
    const press = (name: string) => page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name }).click();
    await row(page, 'flows/invoices.flow.js').click();
    await editor(page).waitFor();
    await shot('editor');
    for (const pane of ['Files', 'Run', 'Output', 'Problems', 'History']) {
      await press(pane);
      await shot(pane.toLowerCase());
    }
    // What has no tab of its own is in a menu, under the same thumb.
    await press('More');
    await shot('more');
    await page.getByRole('menuitem', { name: 'Approvals' }).click();
    await page.getByText('Nothing waits for you.').waitFor();
    await page.locator('section:focus-within').waitFor();
    await shot('approvals');
    await press('More');
    await page.getByRole('menuitem', { name: 'Agents' }).press('Enter');
    await page.getByRole('heading', { name: 'A program on this machine' }).waitFor();
    await page.keyboard.press('F6');
    await page.getByRole('tree').waitFor();
    await page.keyboard.press('Shift+F6');
    await page.getByRole('heading', { name: 'A program on this machine' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(420);
    expect(serious).toEqual([]);
    expect(complaints).toEqual([]);
  });

test('on a narrow screen notes cover nothing that is to be pressed, and are no more than a part of it', async () => {
  const { page } = await open('', { viewport: { width: 420, height: 860 } });
  await row(page, 'flows/invoices.flow.js').waitFor();
  const note = (message: string) =>
    page.evaluate((message) => (globalThis as unknown as { fixture: { emit(event: unknown): void } }).fixture.emit({ kind: 'peerLost', message, hint: 'Reload the older.', reason: 'Version' }), message);
  await note(`Another tab runs a different version, and ${'it is told at some length, '.repeat(5)}so it was left alone.`);
  await page.getByText('Reload the older.').waitFor();
  expect(await look(page, 'narrow-note')).toEqual([]);
  for (const pane of ['Files', 'Editor', 'Run', 'Output', 'Problems', 'History']) {
    await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: pane }).click();
    expect(await covered(page), pane).toEqual([]);
  }
  for (let more = 0; more < 3; more++) await note(`${more}: ${'it is told at some length, '.repeat(9)}`);
  await expect.poll(() => page.getByText('Reload the older.').count()).toBe(4);
  expect(await covered(page)).toEqual([]);
  expect((await page.getByRole('region', { name: 'Notes' }).boundingBox())?.height).toBeLessThan(350);
  expect(await look(page, 'narrow-notes')).toEqual([]);
});

test('files are made, renamed, moved, deleted and brought back by keyboard alone', async () => {
  const { page } = await open();
  await row(page, 'notes').waitFor();
  await page.getByRole('tree').focus();
  await page.keyboard.type('no');
  await page.keyboard.press('Alt+N');
  await page.getByLabel('Name of the new file in notes').fill('plan.md');
  await page.keyboard.press('Enter');
  await row(page, 'notes/plan.md').waitFor();
  await page.locator('.cm-content:focus').waitFor();
  await page.getByRole('tree').focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('idea');
  await page.keyboard.press('Enter');
  await row(page, 'notes/idea.md').waitFor();
  await page.keyboard.press('Control+x');
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+v');
  await row(page, 'notes/idea.md').waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowRight');
  await row(page, 'data/idea.md').waitFor();
  await page.keyboard.type('idea');
  await page.keyboard.press('Delete');
  await row(page, 'data/idea.md').waitFor({ state: 'detached' });
  await page.getByRole('status').filter({ hasText: 'Deleted “idea.md”' }).getByRole('button', { name: 'Undo' }).click();
  await row(page, 'data/idea.md').waitFor();
});

test('an entry is dragged into a folder, and files of the device are dropped into one', async () => {
  const { page } = await open();
  await row(page, 'embed.json').dragTo(row(page, 'notes'));
  await row(page, 'embed.json').waitFor({ state: 'detached' });
  await row(page, 'notes').click();
  await row(page, 'notes/embed.json').waitFor();
  await row(page, 'data').evaluate((target) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['a,b\n1,2\n'], 'new.csv'));
    for (const type of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await row(page, 'data/new.csv').waitFor();
});

test('what is typed is checked at once, mended by a fix, kept as a draft and saved', async () => {
  const { page } = await open();
  await row(page, 'flows/broken.flow.js').click();
  await editor(page).waitFor();
  await page.keyboard.press('Alt+4');
  await page.getByText('has no member').waitFor();
  await page.getByRole('button', { name: 'Change to readText' }).click();
  await page.getByText('No problems in the open files.').waitFor();
  await page.locator('.dock-tab.dirty').waitFor();
  await page.keyboard.press('Control+s');
  await page.locator('.dock-tab.dirty').waitFor({ state: 'detached' });
  const writes = await page.evaluate(() => (globalThis as unknown as { fixture: { calls: { name: string; input: { draft?: boolean; content: string } }[] } }).fixture.calls.filter((call) => call.name === 'write'));
  expect(writes.at(-1)?.input.content).toContain('readText');
  expect(writes.at(-1)?.input.draft).toBeUndefined();
});

test('the editor completes the flow API with its documentation', async () => {
  const { page } = await open();
  await row(page, 'flows/broken.flow.js').click();
  await editor(page).click();
  await page.keyboard.press('Control+End');
  // The language, which knows the API, is loaded with the first file of it.
  await page.locator('.cm-line span').first().waitFor();
  await page.keyboard.type('flow.fs.writeJ');
  await page.locator('.cm-tooltip-autocomplete').getByText('writeJson', { exact: true }).waitFor();
  await page.locator('.cm-completionInfo').getByText('Writes a value as JSON.').waitFor();
});

test('a run asks for more, goes on, and can be looked at again', async () => {
  const { page } = await open();
  await page.getByRole('button', { name: 'Count primes' }).click();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alertdialog').getByText('reached its limit: computing time, 10 s').waitFor();
  await page.getByRole('button', { name: 'Grant up to 20 s' }).click();
  await page.getByRole('region', { name: 'Result' }).getByText('78498').waitFor();
  await page.keyboard.press('Alt+5');
  await page.getByRole('button', { name: 'Run endless.flow.js again' }).waitFor();
});

test('the keys go to what was asked for, and stay in the tree after a click there', async () => {
  const { page } = await open();
  await row(page, 'flows/invoices.flow.js').click();
  await editor(page).waitFor();
  await page.locator('[role=tree]:focus').waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.cm-content:focus').waitFor();
  await page.keyboard.press('Alt+2');
  await page.locator('select:focus').waitFor();
  await page.keyboard.press('Alt+4');
  await page.locator('button.problem:focus').waitFor();
  await page.keyboard.press('Control+P');
  await page.keyboard.type('invoices.flow');
  await page.keyboard.press('Enter');
  await page.locator('.cm-content:focus').waitFor();
});

test('a double click on Run starts one run, and does not cancel it', async () => {
  const { page } = await open();
  await page.getByRole('button', { name: 'Count primes' }).click();
  await page.getByRole('button', { name: 'Run endless' }).dblclick();
  await page.getByRole('alertdialog').waitFor();
  const calls = await page.evaluate(() => (globalThis as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.map((call) => call.name));
  expect(calls.filter((name) => name === 'run_flow' || name === 'flow_cancel')).toEqual(['run_flow']);
});

test('Enter that is pressed twice on Run starts one run, and cancels none; later it does, and a pointer at once', async () => {
  const { page, complaints } = await open();
  const calls = () => page.evaluate(() => (globalThis as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.map((call) => call.name).filter((name) => name === 'run_flow' || name === 'flow_cancel'));
  const cancel = page.locator('.actions').getByRole('button', { name: 'Cancel' });
  await page.getByRole('button', { name: 'Count primes' }).click();
  const run = page.locator('.actions').getByRole('button', { name: 'Run', exact: true });
  await run.focus();
  await page.keyboard.press('Enter');
  await cancel.waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  // Nothing comes of it later, either.
  await page.waitForTimeout(600);
  expect(await calls()).toEqual(['run_flow']);
  expect(await look(page, 'run-cancel')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(calls).toEqual(['run_flow', 'flow_cancel']);
  await run.waitFor();
  await page.keyboard.press('Enter');
  await cancel.click();
  await expect.poll(calls).toEqual(['run_flow', 'flow_cancel', 'run_flow', 'flow_cancel']);
  expect(complaints).toEqual([]);
});

test('a name that is taken keeps the field open and says why', async () => {
  const { page } = await open();
  await row(page, 'notes').hover();
  await page.getByRole('button', { name: 'More for notes' }).click();
  await page.getByRole('menuitem', { name: 'New file' }).click();
  await page.getByText('In notes/').waitFor();
  await page.getByLabel('Name of the new file in notes').fill('readme.MD');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: '“README.md” is there already.' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[role=tree]:focus').waitFor();
});

test('a domain is denied until the person allows it, and that is remembered', async () => {
  const { page } = await open();
  await page.getByRole('button', { name: 'Exchange rates' }).click();
  const allow = page.getByRole('checkbox', { name: /api\.frankfurter\.dev/ });
  expect(await allow.isChecked()).toBe(false);
  await allow.check();
  await page.reload();
  await row(page, 'flows/rates.flow.mjs').click();
  await page.getByText('allowed', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).last().click();
  await page.getByText('Failed').first().waitFor();
  const runs = await page.evaluate(() => (globalThis as unknown as { fixture: { calls: { name: string; input: { allowNet?: string[] } }[] } }).fixture.calls.filter((call) => call.name === 'run_flow'));
  expect(runs[0]?.input.allowNet).toEqual(['api.frankfurter.dev']);
});

test('where there is little room, the name of a domain breaks between its labels', async () => {
  const { page } = await open('', { viewport: { width: 900, height: 900 } });
  await row(page, 'flows/rates.flow.mjs').waitFor();
  await page.evaluate(async () => {
    const { fixture } = globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
    await fixture.call('write', { path: 'flows/rates.flow.mjs', content: "export default () => fetch('https://statistics.financial.europa.example/rates');\n" });
  });
  await row(page, 'flows/rates.flow.mjs').click();
  await page.getByRole('checkbox', { name: /statistics\.financial\.europa\.example/ }).waitFor();
  const parts = await page.locator('fieldset label code').evaluate((code) =>
    [...code.childNodes].flatMap((node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return node.textContent ? [[node.textContent, range.getClientRects().length]] : [];
    }),
  );
  expect(parts).toEqual([['statistics.', 1], ['financial.', 1], ['europa.', 1], ['example', 1]]);
  expect(await look(page, 'tight-domain')).toEqual([]);
});

test('a run that was refused a domain is run again with it by one button', async () => {
  const { page } = await open();
  await page.getByRole('button', { name: 'Exchange rates' }).click();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Allow api.frankfurter.dev and run again' }).click();
  await page.getByRole('checkbox', { name: /api\.frankfurter\.dev/, checked: true }).waitFor();
  const runs = await page.evaluate(() => (globalThis as unknown as { fixture: { calls: { name: string; input: { allowNet?: string[] } }[] } }).fixture.calls.filter((call) => call.name === 'run_flow'));
  expect(runs.map(({ input }) => input.allowNet)).toEqual([[], ['api.frankfurter.dev']]);
});

test('open files and the layout come back after a reload, and the layout can be reset', async () => {
  const { page } = await open();
  await row(page, 'flows/invoices.flow.js').click();
  await page.locator('.dock-tab', { hasText: 'History' }).click();
  await page.waitForFunction(() => localStorage.getItem('selvage.layout.1')?.includes('invoices.flow.js'));
  await page.reload();
  await page.locator('.dock-tab.file', { hasText: 'invoices.flow.js' }).waitFor();
  await page.keyboard.press('Control+K');
  await page.keyboard.type('reset');
  await page.keyboard.press('Enter');
  await page.locator('.dock-tab.file', { hasText: 'invoices.flow.js' }).waitFor();
  await page.getByRole('tab', { name: 'Output', selected: true }).waitFor();
});

test('other tabs are counted, damage is told, and a workspace in memory warns', async () => {
  const { page } = await open();
  const emit = (event: unknown) =>
    page.evaluate((event) => (globalThis as unknown as { fixture: { emit(event: unknown): void } }).fixture.emit(event), event);
  await emit({ kind: 'tabs', others: 2 });
  await page.getByRole('button', { name: '2 other tabs' }).waitFor();
  await emit({ kind: 'damaged', message: 'a page of the database', restored: true });
  await page.getByText('What other tabs have took their place.').waitFor();
  await emit({ kind: 'peerLost', message: 'Another tab runs a different version.', hint: 'Reload the older.', reason: 'Version' });
  await page.getByText('Reload the older.').waitFor();
  const memory = await open('storage=memory');
  await memory.page.getByText('Nothing is kept.').waitFor();
});

test('thousands of files cost only the rows that are seen', async () => {
  const { page } = await open('many=5000');
  await row(page, 'many').waitFor();
  await page.getByRole('tree').focus();
  await row(page, 'many').click();
  await page.keyboard.press('*');
  await page.keyboard.press('End');
  await row(page, 'embed.json').waitFor();
  expect(await page.getByRole('treeitem').count()).toBeLessThan(120);
});
