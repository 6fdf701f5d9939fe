// Where panels and files are on the screen, and that they are there again later, over the kernel in memory.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const fileTab = (page: Page, name: string) => page.locator('.dock-tab.file', { hasText: name });
const welcome = (page: Page) => page.getByRole('heading', { name: 'Pick a flow and press Run' });

/** The tabs of every group, from left to right and from top to bottom, and how large it is. */
const groups = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.dv-groupview')]
      .map((group) => ({ box: group.getBoundingClientRect(), tabs: [...group.querySelectorAll<HTMLElement>('.dock-tab')].map((tab) => tab.innerText.trim().split('\n')[0]) }))
      .sort((a, b) => a.box.left - b.box.left || a.box.top - b.box.top)
      .map(({ box, tabs }) => ({ tabs, width: Math.round(box.width), height: Math.round(box.height) })),
  );

/** Waits until the layout that is kept holds a text, or does not. */
const kept = (page: Page, text: string, there = true) => page.waitForFunction(([text, there]) => localStorage.getItem('selvage.layout.1')?.includes(text as string) === there, [text, there] as const);

test('the last file that is closed leaves the middle to the welcome page, and the next one opens there', async () => {
  const { page } = await open();
  await welcome(page).waitFor();
  const before = await groups(page);
  expect(before.map(({ tabs }) => tabs)).toEqual([['Files'], [], ['Output', 'Problems', 'History'], ['Run']]);
  for (const close of ['button', 'command', 'tab'] as const) {
    await row(page, 'flows/invoices.flow.js').click();
    await fileTab(page, 'invoices.flow.js').waitFor();
    expect((await groups(page)).map(({ tabs }) => tabs)).toEqual([['Files'], ['invoices.flow.js'], ['Output', 'Problems', 'History'], ['Run']]);
    if (close === 'button') await page.locator('.tab-close').click();
    else if (close === 'command') await page.keyboard.press('Alt+W');
    else await page.getByRole('tab', { name: 'invoices.flow.js' }).press('Delete');
    await welcome(page).waitFor();
    expect(await groups(page), close).toEqual(before);
  }
  expect(await look(page, 'last-closed')).toEqual([]);
  await kept(page, 'invoices.flow.js', false);
  await page.reload();
  await welcome(page).waitFor();
  expect((await groups(page)).map(({ tabs }) => tabs)).toEqual(before.map(({ tabs }) => tabs));
  await row(page, 'flows/invoices.flow.js').click();
  await fileTab(page, 'invoices.flow.js').waitFor();
  expect((await groups(page)).map(({ tabs }) => tabs)).toEqual([['Files'], ['invoices.flow.js'], ['Output', 'Problems', 'History'], ['Run']]);
});

test('files that were moved to other panels leave a middle behind when they are closed', async () => {
  const { page } = await open();
  await row(page, 'flows/invoices.flow.js').click();
  await row(page, 'embed.json').click();
  // A group of files that is empty goes as long as another one holds files.
  await fileTab(page, 'embed.json').dragTo(page.getByRole('tab', { name: 'Output' }));
  await fileTab(page, 'invoices.flow.js').dragTo(page.getByRole('tab', { name: 'Output' }));
  await expect.poll(async () => (await groups(page)).length).toBe(3);
  await page.keyboard.press('Alt+W');
  await expect.poll(() => page.locator('.dock-tab.file').count()).toBe(1);
  expect((await groups(page)).length).toBe(3);
  await page.keyboard.press('Alt+W');
  await welcome(page).waitFor();
  const [, middle, bottom] = await groups(page);
  expect(middle?.tabs).toEqual([]);
  expect(bottom?.tabs).toEqual(['Output', 'Problems', 'History']);
  expect(middle?.height).toBeGreaterThan(bottom?.height ?? 0);
});

test('the flow in the editor is the one to run after a reload, wherever the keys were last', async () => {
  const { page } = await open();
  const shown = async (page: Page) => {
    await fileTab(page, 'invoices.flow.js').waitFor();
    await page.getByRole('button', { name: 'Run invoices' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Flow' }).inputValue()).toContain('invoices.flow.js');
    await page.locator('footer').getByText('flows/invoices.flow.js', { exact: true }).waitFor();
  };
  await row(page, 'flows/invoices.flow.js').click();
  await shown(page);
  for (const panel of ['History', 'Output']) {
    await page.getByRole('tab', { name: panel }).click();
    await page.locator('.dv-active-group .dv-active-tab', { hasText: panel }).waitFor();
    await kept(page, `"activeView":"${panel.toLowerCase()}"`);
    await page.reload();
    await shown(page);
  }
  const second = await page.context().newPage();
  await second.goto(page.url());
  await shown(second);
});

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };
const tabs = async (page: Page) => (await page.locator('.dock-tab.file').allInnerTexts()).map((text) => text.trim().split('\n')[0]).sort();

test('what is closed, opened or worked on where the screen is narrow is so when it is wide again', async () => {
  const { page } = await open();
  const frontTab = (name: string) => page.locator('.dv-active-tab .dock-tab.file', { hasText: name });
  for (const path of ['flows/endless.flow.js', 'flows/invoices.flow.js', 'embed.json']) await row(page, path).click();
  await frontTab('embed.json').waitFor();
  await kept(page, 'embed.json');
  await page.setViewportSize(NARROW);
  await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: 'Editor' }).click();
  await page.getByRole('button', { name: 'Close embed.json' }).click();
  // What comes to the front in its place is the flow to run.
  await page.getByRole('button', { name: 'Close invoices.flow.js' }).waitFor();
  await page.getByTitle('Run invoices').waitFor();
  await page.setViewportSize(WIDE);
  await frontTab('invoices.flow.js').waitFor();
  expect(await tabs(page)).toEqual(['endless.flow.js', 'invoices.flow.js']);
  await page.getByRole('button', { name: 'Run invoices' }).waitFor();

  // A page that begins narrow: what is open in the wide layout comes back, what was opened here is in front.
  await page.setViewportSize(NARROW);
  await page.reload();
  await row(page, 'flows/endless.flow.js').click();
  await page.getByRole('button', { name: 'Close endless.flow.js' }).click();
  await welcome(page).waitFor();
  await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: 'Files' }).click();
  await row(page, 'flows/broken.flow.js').click();
  await page.getByRole('button', { name: 'Close broken.flow.js' }).waitFor();
  await page.setViewportSize(WIDE);
  await frontTab('broken.flow.js').waitFor();
  expect(await tabs(page)).toEqual(['broken.flow.js', 'invoices.flow.js']);
  await page.locator('footer').getByText('flows/broken.flow.js', { exact: true }).waitFor();
});

test('keys that go into a panel by themselves while it comes to the front stay where they went', async () => {
  const { page } = await open();
  await row(page, 'flows/invoices.flow.js').click();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Succeeded').first().waitFor();
  const keysAfter = (and: 'nothing' | 'focus') =>
    page.evaluate(async (and) => {
      (document.activeElement as HTMLElement).blur();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '3', code: 'Digit3', altKey: true, bubbles: true }));
      if (and === 'focus') document.querySelector<HTMLElement>('#output-timeline')?.focus();
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      return document.activeElement?.id;
    }, and);
  expect(await keysAfter('nothing')).toBe('output-log');
  expect(await keysAfter('focus')).toBe('output-timeline');
});

test('how much waits for approval has no colour of problems', async () => {
  const { page } = await open('approvals');
  await row(page, 'flows/broken.flow.js').click();
  await page.locator('.dock-tab .badge.bad').waitFor();
  await page.keyboard.press('Alt+8');
  await page.locator('.dock-tab', { hasText: 'Approvals' }).locator('.badge').waitFor();
  expect(await page.locator('.dock-tab:has(.badge.bad, .badge.warn)').allInnerTexts()).toEqual([expect.stringContaining('Problems')]);
});

test('a place in a file that was not in front since a reload is in sight when it is gone to', async () => {
  const { page, complaints } = await open();
  await row(page, 'flows/invoices.flow.js').click();
  await fileTab(page, 'invoices.flow.js').waitFor();
  await row(page, 'embed.json').click();
  await fileTab(page, 'embed.json').waitFor();
  await kept(page, 'embed.json');
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.reload();
  await fileTab(page, 'embed.json').waitFor();
  await page.locator('.cm-content:visible').waitFor();
  await page.keyboard.press('Control+P');
  await page.getByRole('combobox', { name: 'Search' }).fill('#join(');
  await page.getByRole('option', { name: /invoices\.flow\.js/ }).click();
  const line = page.locator('.cm-activeLine:visible', { hasText: "join('" });
  await expect.poll(() => line.count()).toBe(1);
  const inSight = () =>
    line.evaluate((element) => {
      const [{ top, bottom }, scroller] = [element.getBoundingClientRect(), element.closest('.cm-scroller')!.getBoundingClientRect()];
      return top >= scroller.top && bottom <= scroller.bottom;
    });
  await expect.poll(inSight).toBe(true);
  expect(complaints).toEqual([]);
});

test('the tab of the file in front is whole, however many are open', async () => {
  const { page, complaints } = await open('', { viewport: { width: 1280, height: 800 } });
  await page.getByRole('tree').waitFor();
  const cut = () =>
    page.locator('.dv-tab.dv-active-tab:has(.dock-tab.file)').evaluate((tab) => {
      const [{ left, right }, list] = [tab.getBoundingClientRect(), tab.closest('.dv-tabs-container')!.getBoundingClientRect()];
      const over = document.elementFromPoint(right - 2, tab.getBoundingClientRect().top + 8);
      return [Math.round(Math.max(0, list.left - left, right - list.right)), tab.contains(over)];
    });
  const names = ['invoices.flow.js', 'rates.flow.mjs', 'endless.flow.js', 'broken.flow.js', 'csv.js', 'README.md', 'embed.json', '2025.csv'];
  const openByName = async (name: string) => {
    await page.keyboard.press('Control+P');
    await page.getByRole('combobox', { name: 'Search' }).fill(name);
    await page.getByRole('listbox', { name: 'Results' }).getByRole('option', { name }).first().click();
    await page.locator('.dv-active-tab .dock-tab.file', { hasText: name }).waitFor();
    await expect.poll(cut).toEqual([0, true]);
  };
  for (const name of names) await openByName(name);
  expect(await look(page, '1280-many-tabs')).toEqual([]);
  for (const name of ['invoices.flow.js', 'csv.js', '2025.csv']) await openByName(name);
  expect(complaints).toEqual([]);
});

test('panels are as large after a reload as they were before, every time', async () => {
  const { page } = await open('', { viewport: { width: 1280, height: 800 } });
  await page.getByRole('tree').waitFor();
  const sizes = async () => (await groups(page)).map(({ width, height }) => [width, height]);
  const before = await sizes();
  for (const panel of ['History', 'Problems', 'Output']) {
    await page.getByRole('tab', { name: panel }).click();
    await kept(page, `"activeView":"${panel.toLowerCase()}"`);
    await page.reload();
    await page.getByRole('tree').waitFor();
    expect(await sizes(), panel).toEqual(before);
  }
});
