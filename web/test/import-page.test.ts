// What a person is asked before a zip becomes files: first its rules and what it replaces.

import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

const FILES = {
  'selvage.policy.yaml': 'version: 1\nungranted: ask\n',
  'flows/flow.config.json': JSON.stringify({ version: 1, flows: { sums: { entry: 'flows/sums.flow.js', triggers: [{ on: 'start' }] } } }),
  'flows/sums.flow.js': '1 + 1;\n',
  'lib/csv.js': 'export const parseCsv = () => [];\n',
  'notes/README.md': '# Other notes\n',
  'notes/more.md': '# More\n',
};

/** Chooses a zip of these files, as a person does, and gives the dialog that asks about it. */
async function choose(page: Page, files: Record<string, string>) {
  const buffer = Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]))));
  await page.getByRole('tree').waitFor();
  await page.keyboard.press('Control+Shift+P');
  await page.keyboard.type('Import a zip');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('option', { name: 'Import a zip' }).first().click()]);
  await chooser.setFiles({ name: 'from elsewhere.zip', mimeType: 'application/zip', buffer });
  const dialog = page.getByRole('dialog', { name: 'Import from elsewhere.zip' });
  await dialog.getByRole('button', { name: /^Import \d/ }).waitFor();
  return { dialog, file: (name: string) => dialog.getByRole('checkbox', { name }), go: (files: number) => dialog.getByRole('button', { name: `Import ${files} file` }) };
}

/** The files that came into the workspace. */
const written = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { fixture: { brought: { path: string }[][] } }).fixture.brought.flat().map(({ path }) => path));

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`rules of a zip stay out until they are taken, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const first = await choose(page, FILES);
    expect(await first.dialog.getByText('The rules of what flows and agents may do here. There are none now').isVisible()).toBe(true);
    expect(await first.dialog.getByText('Run by themselves, when files change or the workspace is opened: 1 of 1.').isVisible()).toBe(true);
    expect(await look(page, `${colorScheme}-import-rules`)).toEqual([]);
    await first.go(4).click();
    await expect.poll(() => written(page)).toEqual(['flows/sums.flow.js', 'notes/more.md', 'lib/csv.js', 'notes/README.md'].sort());

    const second = await choose(page, FILES);
    await second.file('selvage.policy.yaml').check();
    await second.go(5).click();
    await expect.poll(() => written(page)).toContain('selvage.policy.yaml');
    expect(await written(page)).not.toContain('flows/flow.config.json');

    const third = await choose(page, { 'selvage.policy.yaml': 'version: 1\n' });
    expect(await third.dialog.getByText('They replace the rules that you have now.').isVisible()).toBe(true);
    expect(await third.go(0).isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`what an import replaces stands before what is new, and each of it can stay, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const { 'selvage.policy.yaml': _, 'flows/flow.config.json': __, ...files } = FILES;
    const { dialog, file, go } = await choose(page, { ...files, ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`a/${index}.md`, 'new'])) });
    expect(await dialog.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['2 files would replace yours', '62 files are new']);
    expect(await file('notes/README.md').isChecked()).toBe(true);
    await dialog.getByRole('button', { name: 'Keep all of mine' }).click();
    await go(62).waitFor();
    await file('lib/csv.js').check();
    expect(await look(page, `${colorScheme}-import-replaced`)).toEqual([]);
    await go(63).click();
    await expect.poll(() => written(page)).toHaveLength(63);
    expect(await written(page)).toContain('lib/csv.js');
    expect(await written(page)).not.toContain('notes/README.md');
    expect(complaints).toEqual([]);
  });
