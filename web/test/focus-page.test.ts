// Where the keys are when a dialog has closed, over the kernel in memory.

import type { Locator, Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { DevicesState } from '../../worker/client-messages';
import { useFixture } from './browser';
import { ALONE, comparing } from './device-states';
import type { FakeKernel } from './fake-kernel';

vi.setConfig({ testTimeout: 120_000 });

const { open } = useFixture();

const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const dialog = (page: Page) => page.locator('dialog[open]');
const gone = (page: Page) => dialog(page).waitFor({ state: 'detached' });

async function palette(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Search' }).waitFor();
  await page.keyboard.type(command);
  await page.keyboard.press('Enter');
}

const DIALOGS = ['Storage on this device', 'Devices: share', 'Secrets: keys', 'Where runs run', 'Keyboard shortcuts', 'Show the history of the workspace', 'Compare with earlier', 'Show conflicts'];

for (const reducedMotion of ['reduce', 'no-preference'] as const)
  test(`every dialog gives the keys back to what had them, motion: ${reducedMotion}`, async () => {
    const { page } = await open('', { reducedMotion });
    await row(page, 'flows/invoices.flow.js').click();
    const places = { tree: page.locator('[role=tree]:focus'), editor: page.locator('.cm-content:focus') };
    for (const [name, place] of Object.entries(places)) {
      if (name === 'editor') await page.keyboard.press('Enter');
      await place.waitFor();
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).waitFor();
      await page.keyboard.press('Escape');
      await gone(page);
      await place.waitFor();
      for (const title of DIALOGS) {
        await palette(page, title);
        await dialog(page).getByRole('button', { name: 'Close', exact: true }).first().waitFor();
        await page.keyboard.press('Escape');
        await gone(page);
        await place.waitFor();
      }
      // A dialog that takes the place of another one leads back to the same.
      await page.keyboard.press('Control+K');
      await page.getByRole('combobox', { name: 'Search' }).fill('>x');
      await page.keyboard.press('F1');
      await expect.poll(() => page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe('>');
      await page.keyboard.type('find text');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByRole('combobox', { name: 'Search' }).inputValue()).toBe('#');
      await page.keyboard.press('Escape');
      await gone(page);
      await place.waitFor();
    }
    // What is done from a dialog and needs no keys leaves them where they were.
    await page.keyboard.type('// typed');
    await page.keyboard.press('Control+S');
    for (const command of ['Undo the last change', 'Redo']) {
      await palette(page, command);
      await gone(page);
      await places.editor.waitFor();
    }
    // A button has them back as well, and what was chosen takes them to where it leads.
    await page.locator('footer [title=Devices]').click();
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).click();
    await gone(page);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('title'))).toBe('Devices');
    await palette(page, 'Show files');
    await places.tree.waitFor();
  });

/** Where the keys are, in words. */
const withKeys = (page: Page) =>
  page.evaluate(() => {
    const one = document.activeElement as HTMLElement;
    return one.ariaLabel ?? (one as HTMLInputElement).labels?.[0]?.querySelector('span')?.innerText ?? one.querySelector<HTMLElement>('.what')?.innerText ?? (one.className.includes('main') ? 'what scrolls' : one.innerText);
  });

const BEGIN = {
  'Storage on this device': 'Ask it not to',
  'Devices: share': 'Relay',
  'Secrets: keys': 'Passphrase',
  'Where runs run': 'This browser',
  'Keyboard shortcuts': 'what scrolls',
  'Show the history of the workspace': 'Changed',
  'Compare with earlier': 'Edited',
  'Show conflicts': 'Close',
};

test('a dialog begins at what is to be done in it, also where that is there a little later', async () => {
  const { page, complaints } = await open();
  const write = (path: string) => page.evaluate((path) => (globalThis as unknown as { fixture: FakeKernel }).fixture.call('write', { path, content: 'a' }), path);
  const share = (state: DevicesState) => page.evaluate((state) => (globalThis as unknown as { fixture: FakeKernel }).fixture.emit({ kind: 'devices', state }), state);
  await row(page, 'flows/invoices.flow.js').click();
  await write('scopes/base/a.md');
  await share(ALONE);
  for (const [command, place] of Object.entries(BEGIN)) {
    await palette(page, command);
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).first().waitFor();
    await expect.poll(() => withKeys(page), { message: command }).toBe(place);
    await page.keyboard.press('Escape');
    await gone(page);
  }
  // A question begins at the action that it is about, and what is to be read before it is answered at itself.
  await row(page, 'scopes').click();
  await row(page, 'scopes/base').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Unmount' }).click();
  await expect.poll(() => withKeys(page)).toBe('Unmount');
  await page.keyboard.press('Escape');
  await gone(page);
  await share(comparing(Date.now()));
  await palette(page, 'Devices: share');
  await expect.poll(() => withKeys(page)).toBe('A device asks to join');
  expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
});

const CLOSES = {
  'the command': (page: Page) => page.keyboard.press('Alt+W'),
  'the palette': (page: Page) => palette(page, 'Close this file'),
  'the cross of its tab': (page: Page) => page.locator('.dv-active-tab .tab-close').click(),
} as const;

for (const [how, close] of Object.entries(CLOSES))
  test(`a file that is closed by ${how} leaves the keys to the next one, and the last one to the tree`, async () => {
    const { page } = await open('', { reducedMotion: 'no-preference' });
    const keys = async (path: string) => {
      await page.locator(`.dv-active-tab .dock-tab[title="${path}"]`).waitFor();
      await page.locator('.cm-content:focus').waitFor();
    };
    for (const path of ['flows/invoices.flow.js', 'embed.json']) await row(page, path).click();
    await page.keyboard.press('Enter');
    await keys('embed.json');
    await close(page);
    await keys('flows/invoices.flow.js');
    await close(page);
    await page.locator('[role=tree]:focus').waitFor();
  });

test('a file that is closed where the screen is narrow leaves the keys to the pane, and not to its field', async () => {
  const { page } = await open('', { viewport: { width: 390, height: 800 } });
  for (const path of ['flows/invoices.flow.js', 'embed.json']) {
    await page.getByRole('button', { name: 'Files', exact: true }).click();
    await row(page, path).click();
  }
  const pane = page.locator('section.pane:focus');
  for (const left of ['invoices.flow.js', undefined]) {
    await page.locator('.cm-content').click();
    await page.keyboard.press('Alt+W');
    await pane.waitFor();
    if (left) await page.getByRole('button', { name: `Close ${left}` }).waitFor();
    else await page.getByRole('heading', { name: 'Pick a flow and press Run' }).waitFor();
  }
});

for (const [how, press] of Object.entries({ 'the pointer': (button: Locator) => button.click(), 'the keys': (button: Locator) => button.press('Enter') }))
  test(`a note whose button is pressed by ${how} leaves the keys where they were`, async () => {
    const { page } = await open('');
    const editor = page.locator('.cm-content:focus');
    await row(page, 'flows/invoices.flow.js').click();
    await page.keyboard.press('Enter');
    await editor.waitFor();
    await page.keyboard.type('// typed');
    await page.keyboard.press('Control+S');
    await palette(page, 'Undo the last change');
    await editor.waitFor();
    // Each of them is answered by another note.
    for (const name of ['Redo', 'Undo']) {
      await press(page.getByRole('region', { name: 'Notes' }).getByRole('button', { name }));
      await editor.waitFor();
    }
    const close = page.getByRole('button', { name: 'Close this note' });
    while (await close.count()) {
      await press(close.first());
      await editor.waitFor();
    }
    await row(page, 'notes').click();
    await page.keyboard.press('Delete');
    await press(page.getByRole('region', { name: 'Notes' }).getByRole('button', { name: 'Undo' }));
    await page.locator('[role=tree]:focus').waitFor();
    await row(page, 'notes').waitFor();
  });

const runs = (page: Page) => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string }[] } }).fixture.calls.filter(({ name }) => name === 'run_flow').length);
/** Makes runs start late, as those of a slow device. */
const slowly = (page: Page) =>
  page.evaluate(() => {
    const { fixture } = window as unknown as { fixture: { call(...input: unknown[]): Promise<unknown> } };
    const call = fixture.call.bind(fixture);
    fixture.call = async (...input) => {
      if (input[0] === 'run_flow') await new Promise((resolve) => setTimeout(resolve, 600));
      return call(...input);
    };
  });

for (const where of ['the panel', 'the bar above', 'a form'] as const)
  test(`the button of ${where} that starts a run by the keyboard keeps the keys, and starts one`, async () => {
    const { page, complaints } = await open('');
    await row(page, 'flows/endless.flow.js').click();
    await page.locator('.cm-content').waitFor();
    let button = page.locator(where === 'the panel' ? '.actions' : 'header').getByRole('button', { name: where === 'the panel' ? /^Run$/ : /^Run / });
    if (where === 'a form') {
      await page.evaluate(async () => {
        const { fixture } = window as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
        await fixture.call('write', { path: 'forms/count.form.json', content: JSON.stringify({ name: 'Count', workflow: 'flows/endless.flow.js', fields: [] }) });
      });
      await page.keyboard.press('Control+P');
      await page.getByRole('combobox', { name: 'Search' }).fill('count.form');
      await page.getByRole('option', { name: /count\.form\.json/ }).click();
      button = page.getByRole('button', { name: 'Submit' });
    }
    await slowly(page);
    await button.focus();
    const element = await button.elementHandle();
    const hasKeys = () => page.evaluate((one) => document.activeElement === one, element);
    await page.keyboard.press('Enter');
    await expect.poll(() => element?.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await hasKeys()).toBe(true);
    await expect.poll(() => element?.getAttribute('aria-disabled')).toBe('false');
    expect(await hasKeys()).toBe(true);
    expect(await runs(page)).toBe(1);
    if (where !== 'a form') {
      expect(await element?.innerText()).toContain('Cancel');
      // Right after the start a key would still mean Run.
      await page.waitForTimeout(600);
      await page.keyboard.press('Enter');
      await expect.poll(() => element?.innerText()).toContain('Run');
      expect(await hasKeys()).toBe(true);
    }
    expect(complaints).toEqual([]);
  });
