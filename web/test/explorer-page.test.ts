// The tree of files: what is selected in it, and where new entries go, over the kernel in memory.

import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

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

test('a new manifest begins with an example, which is no file before it is saved', async () => {
  for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const) {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const writes = () => page.evaluate(() => (window as unknown as { fixture: { calls: { name: string; input: { path: string } }[] } }).fixture.calls.filter((one) => one.name === 'write').map((one) => one.input.path));
    for (const [path, text] of [['selvage.policy.yaml', 'ungranted'], ['flows/flow.config.json', '"daily-report"']] as const) {
      if (width === 390) await page.getByRole('button', { name: 'Files', exact: true }).click();
      await page.getByRole('tree').waitFor();
      await page.getByRole('button', { name: 'New file' }).first().click();
      await page.getByLabel(/^Name of the new file/).fill(`/${path}`);
      await page.keyboard.press('Enter');
      await page.getByText('Nothing of this is saved yet.').filter({ visible: true }).waitFor();
      await page.locator('.cm-content:visible', { hasText: text }).waitFor();
      expect(await writes()).not.toContain(path);
      expect(await look(page, `${width}-new-${path.split('/').at(-1)}`)).toEqual([]);
      await page.getByRole('button', { name: 'Save', exact: true }).filter({ visible: true }).click();
      await expect.poll(writes).toContain(path);
    }
    expect(complaints).toEqual([]);
  }
});

test('a folder that is pasted onto itself is copied beside it, and elsewhere where that is selected', async () => {
  for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const) {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    if (width === 390) await page.getByRole('button', { name: 'Files', exact: true }).click();
    const tree = page.getByRole('tree');
    await row(page, 'lib').waitFor();
    const select = async (path: string) => {
      await row(page, path).click();
      await selected(page, path);
      await tree.focus();
    };
    await select('lib');
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Control+v');
    await selected(page, 'lib 2');
    await page.getByText('Copied “lib” to “lib 2”.').waitFor();
    expect(await look(page, `${width}-pasted`)).toEqual([]);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await row(page, 'lib 2').waitFor({ state: 'detached' });
    await select('notes');
    await page.keyboard.press('Control+v');
    await selected(page, 'notes/lib');
    await page.getByText('Copied “lib” to notes/.').waitFor();
    expect(complaints).toEqual([]);
  }
});

test('the change of an upload names the file without quotes, as it is quoted where it is shown', async () => {
  const { page } = await open();
  await page.getByRole('tree').waitFor();
  await page.evaluate(() => {
    const { fixture } = globalThis as unknown as { fixture: { bring(message: string, ...more: unknown[]): unknown; messages: string[] } };
    const bring = fixture.bring.bind(fixture);
    fixture.messages = [];
    fixture.bring = (message, ...more) => (fixture.messages.push(message), bring(message, ...more));
  });
  for (const names of [['a.txt'], ['b.txt', 'c.txt']]) {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Upload files' }).click();
    await (await chooser).setFiles(names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('text') })));
    await row(page, names[0]!).waitFor();
  }
  expect(await page.evaluate(() => (globalThis as unknown as { fixture: { messages: string[] } }).fixture.messages)).toEqual(['Upload a.txt', 'Upload 2 files']);
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`what is mounted says why it stays as it is, in the tree and in the editor, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await row(page, 'notes').waitFor();
    await page.evaluate(async () => {
      const { fixture } = globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      await fixture.call('write', { path: 'scopes/base/about.md', content: '# About\n' });
    });
    await row(page, 'scopes').waitFor();
    await page.getByRole('tree').focus();
    await page.keyboard.type('scopes');
    const notice = page.getByText('What is mounted below scopes/ is only read here.');
    for (const [path, key] of [['scopes/base', 'F2'], ['scopes/base/about.md', 'Delete']] as const) {
      for (const right of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(right);
      await selected(page, path);
      await page.keyboard.press(key);
      await notice.waitFor();
      expect(await look(page, `${width}-${colorScheme}-mounted-${key}`)).toEqual([]);
      await page.getByRole('button', { name: 'Close this note' }).click();
      await notice.waitFor({ state: 'detached' });
      await page.getByRole('tree').focus();
    }
    await page.keyboard.press('Enter');
    await page.getByText('This file belongs to the mounted workspace “base” and changes only there.').waitFor();
    expect(await page.getByText('Flows can still read and write it.').count()).toBe(0);
    expect(await look(page, `${width}-${colorScheme}-mounted-file`)).toEqual([]);
    expect(complaints).toEqual([]);
  });
