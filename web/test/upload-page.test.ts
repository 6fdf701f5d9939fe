// What a person is asked when names of an upload are taken.

import { zipSync } from 'fflate';
import type { FileChooser, Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();
const row = (page: Page, path: string) => page.locator(`[role=treeitem][data-path="${path}"]`);

/** Uploads files to a folder that is selected for it. */
async function upload(page: Page, folder: string, files: Record<string, string>): Promise<void> {
  await row(page, folder).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload files' }).click();
  await (await chooser).setFiles(Object.entries(files).map(([name, text]) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })));
}

const text = (page: Page, path: string): Promise<string> =>
  page.evaluate((path) => new TextDecoder().decode((globalThis as unknown as { fixture: { files: Map<string, { bytes: Uint8Array }> } }).fixture.files.get(path)?.bytes), path);

for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']] as const)
  test(`names that are taken are asked about once, and what replaces them is undone as one, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const before = await text(page, 'notes/README.md');
    await upload(page, 'notes', { 'README.md': '# Other\n', 'weave.svg': '<svg/>', 'more.md': '# More\n' });
    const dialog = page.getByRole('dialog', { name: '2 names are in notes/ already' });
    await dialog.getByText('Replace writes over “README.md” and “weave.svg”.').waitFor();
    expect(await look(page, `${width}-${colorScheme}-upload-taken`)).toEqual([]);
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await page.getByText('Uploaded 3 files to notes/.').waitFor();
    expect(await Promise.all(['notes/README.md', 'notes/more.md'].map((path) => text(page, path)))).toEqual(['# Other\n', '# More\n']);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.poll(() => text(page, 'notes/README.md')).toBe(before);
    expect(await text(page, 'notes/more.md')).toBe('');
    expect(complaints).toEqual([]);
  });

test('Enter keeps both, Escape brings nothing, and what is the same is no question', async () => {
  const { page, complaints } = await open();
  const dialog = page.getByRole('dialog', { name: '“README.md” is in notes/ already' });
  await upload(page, 'notes', { 'README.md': 'other' });
  await dialog.waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Uploaded “README 2.md” to notes/.').waitFor();
  await row(page, 'notes').click();
  await upload(page, 'notes', { 'README.md': 'a third' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await row(page, 'notes').click();
  await upload(page, 'notes', { 'README 2.md': 'other' });
  await page.getByText('“README 2.md” is in notes/ already, just the same.').waitFor();
  const brought = await page.evaluate(() => (globalThis as unknown as { fixture: { brought: unknown[] } }).fixture.brought.length);
  expect([brought, complaints]).toEqual([1, []]);
});

for (const first of ['import', 'upload'] as const)
  test(`a second question does not take the place of the first one, ${first} first`, async () => {
    const { page, complaints } = await open();
    await row(page, 'notes').click();
    const choosing = async (act: () => Promise<void>): Promise<FileChooser> => {
      const chooser = page.waitForEvent('filechooser');
      await act();
      return chooser;
    };
    const toUpload = await choosing(() => page.getByRole('button', { name: 'Upload files' }).click());
    const toImport = await choosing(async () => {
      await page.keyboard.press('Control+K');
      await page.keyboard.type('Import a zip');
      await page.keyboard.press('Enter');
    });
    const questions = {
      upload: { ask: () => toUpload.setFiles({ name: 'README.md', mimeType: 'text/plain', buffer: Buffer.from('other') }), dialog: page.getByRole('dialog', { name: '“README.md” is in notes/ already' }), refused: 'Nothing was uploaded: another dialog is open.' },
      import: { ask: () => toImport.setFiles({ name: 'a.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync({ 'a.txt': new Uint8Array(1) })) }), dialog: page.getByRole('dialog', { name: 'Import a.zip' }), refused: 'a.zip can’t be imported: another dialog is open.' },
    };
    const second = questions[first === 'import' ? 'upload' : 'import'];
    await questions[first].ask();
    await questions[first].dialog.waitFor();
    await second.ask();
    await page.getByText(second.refused).waitFor();
    expect(await look(page, `${first}-first-asked`)).toEqual([]);
    expect([await questions[first].dialog.isVisible(), await second.dialog.count(), complaints]).toEqual([true, 0, []]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a field says that the file of an upload that was undone is gone, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    await row(page, 'flows/invoices.flow.js').click();
    if (width === 390) await page.getByRole('button', { name: 'Run', exact: true }).last().click();
    const field = page.getByRole('combobox', { name: 'Invoices' });
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await (await chooser).setFiles({ name: 'july.csv', mimeType: 'text/csv', buffer: Buffer.from('number,customer\n') });
    await expect.poll(() => field.inputValue()).toBe('data/july.csv');
    const gone = page.getByRole('alert').filter({ hasText: 'This file is not there any more.' });
    await page.getByText('Uploaded “july.csv” to data/.').waitFor();
    expect(await gone.count()).toBe(0);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await gone.waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await look(page, `${width}-${colorScheme}-upload-gone`)).toEqual([]);
    // A path that is only being written is nobody's fault.
    await field.fill('data/j');
    await gone.waitFor({ state: 'detached' });
    await field.fill('data/july.csv');
    await gone.waitFor();
    await page.getByRole('button', { name: 'Redo', exact: true }).click();
    await gone.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });
