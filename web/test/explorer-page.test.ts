// The tree of files: what is selected in it, and where new entries go, over the kernel in memory.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open } = useFixture();

const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);
const selected = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"][aria-selected=true]`).waitFor();

test('what is renamed or moved stays selected, a file, a folder and what is in one', async () => {
  const { page } = await open();
  await row(page, 'notes').waitFor();
  const rename = async (from: string, name: string, to: string) => {
    await selected(page, from);
    await page.keyboard.press('F2');
    await page.getByLabel('New name of').fill(name);
    await page.keyboard.press('Enter');
    await row(page, from).waitFor({ state: 'detached' });
    await selected(page, to);
    await page.locator('[role=tree]:focus').waitFor();
  };
  await page.getByRole('tree').focus();
  await page.keyboard.press('End');
  await rename('embed.json', 'zulu.json', 'zulu.json');
  await rename('zulu.json', 'first.json', 'first.json');
  await page.keyboard.type('notes');
  await page.keyboard.press('ArrowRight');
  await rename('notes', 'words', 'words');
  await page.keyboard.press('ArrowRight');
  await selected(page, 'words/README.md');
  await rename('words/README.md', 'about.md', 'words/about.md');
  // A folder that moves takes the selection in it along, and stays open.
  await row(page, 'words').dragTo(row(page, 'lib'));
  await row(page, 'words').waitFor({ state: 'detached' });
  await selected(page, 'lib/words/about.md');
  await page.getByRole('tree').focus();
  await page.keyboard.press('Delete');
  await row(page, 'lib/words/about.md').waitFor({ state: 'detached' });
  expect(await row(page, 'first.json').count()).toBe(1);
});

test('a new entry goes to the top where nothing is selected, and where its name begins there', async () => {
  const { page } = await open();
  await row(page, 'notes').click();
  const field = page.getByLabel(/^Name of the new/);
  const make = async (kind: string, name: string) => {
    await page.getByRole('button', { name: `New ${kind}` }).click();
    await field.fill(name);
    await page.keyboard.press('Enter');
  };
  await make('folder', 'drafts');
  await selected(page, 'notes/drafts');
  // An empty place of the tree is the top.
  await page.getByRole('tree').click({ position: { x: 60, y: 640 } });
  expect(await page.locator('[role=treeitem][aria-selected=true]').count()).toBe(0);
  await page.keyboard.press('F2');
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'New file' }).click();
  await page.getByText('In the top folder').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('[role=tree]:focus').waitFor();
  await make('file', 'top.md');
  await selected(page, 'top.md');

  await row(page, 'notes/drafts').click();
  await page.getByRole('button', { name: 'New file' }).click();
  await field.fill('/embed.json');
  await page.getByRole('alert').filter({ hasText: '“embed.json” is there already.' }).waitFor();
  await field.fill('/');
  await page.getByRole('alert').filter({ hasText: 'A name is needed.' }).waitFor();
  await field.fill('/plans/x.flow.js');
  await page.getByText('In the top folder').waitFor();
  await page.keyboard.press('Enter');
  await selected(page, 'plans/x.flow.js');
  await page.locator('.cm-content:focus').waitFor();
  await make('folder', '/lib/deep/er');
  await selected(page, 'lib/deep/er');
});
