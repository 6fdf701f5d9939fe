// What a person is asked when names of an upload are taken.

import type { Page } from 'playwright-core';
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
