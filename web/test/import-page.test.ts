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
  return { dialog, rule: (name: string) => dialog.getByRole('checkbox', { name }), file: (name: string) => dialog.getByRole('treeitem', { name }), go: (what: string) => dialog.getByRole('button', { name: `Import ${what}`, exact: true }) };
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
    await first.go('4 files').click();
    await expect.poll(() => written(page)).toEqual(['flows/sums.flow.js', 'notes/more.md', 'lib/csv.js', 'notes/README.md'].sort());

    const second = await choose(page, FILES);
    await second.rule('selvage.policy.yaml').check();
    await second.go('5 files').click();
    await expect.poll(() => written(page)).toContain('selvage.policy.yaml');
    expect(await written(page)).not.toContain('flows/flow.config.json');

    const third = await choose(page, { 'selvage.policy.yaml': 'version: 1\n' });
    expect(await third.dialog.getByText('They replace the rules that you have now.').isVisible()).toBe(true);
    expect(await third.go('0 files').isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'dark'], [390, 'light']] as const)
  test(`what an import replaces stands before what is new, and each of it can stay, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const { 'selvage.policy.yaml': _, 'flows/flow.config.json': __, ...files } = FILES;
    const { dialog, file, go } = await choose(page, { ...files, ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`a/${index}.md`, 'new'])) });
    expect(await dialog.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['2 files would replace yours', '62 files are new']);
    await expect.poll(() => file('README.md').getAttribute('aria-checked')).toBe('true');
    expect(await file('README.md').getAttribute('aria-label')).toMatch(/^README\.md, \d+ B → 14 B$/);
    await dialog.getByRole('button', { name: 'Keep all of mine' }).click();
    await go('62 files').waitFor();
    await file('csv.js').getByRole('checkbox', { includeHidden: true }).check();
    expect(await look(page, `${colorScheme}-import-replaced`)).toEqual([]);
    await go('63 files').click();
    await expect.poll(() => written(page)).toHaveLength(63);
    expect(await written(page)).toContain('lib/csv.js');
    expect(await written(page)).not.toContain('notes/README.md');
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']] as const)
  test(`a file that would be replaced is seen beside the one of the zip, and decided there, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('named', { viewport: { width, height: 800 }, colorScheme });
    const { dialog, file, go } = await choose(page, { 'notes/README.md': '# Notes\n\nWhat to do first:\n\n- [x] import the invoices\n- [x] send the report\n', 'data/blob.bin': 'x', 'flows/flow.config.json': '{}' });
    const difference = page.getByRole('dialog', { name: 'yours and that of the zip' });
    const tree = dialog.getByRole('tree', { name: 'Files that are replaced' });
    await tree.focus();
    // Of what is no text, the sizes are all.
    expect(await file('blob.bin').getAttribute('aria-label')).toBe('blob.bin, 8 B → 1 B');
    expect(await file('blob.bin').getByRole('button').count()).toBe(0);
    for (const key of ['End', 'Enter']) await page.keyboard.press(key);
    await difference.getByText('Yours, 108 B').waitFor();
    await difference.getByText('send the report').first().waitFor();
    expect(await difference.getByText('In the zip, 76 B').isVisible()).toBe(true);
    expect(await look(page, `${width}-${colorScheme}-import-difference`)).toEqual([]);
    await difference.getByRole('button', { name: 'Keep mine' }).click();
    await difference.waitFor({ state: 'detached' });
    expect(await tree.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await file('README.md').getAttribute('aria-checked')).toBe('false');
    // Who only looks decides nothing, and goes back to what is asked.
    await file('README.md').getByRole('button', { name: 'Show how README.md differs' }).click();
    await difference.waitFor();
    await page.keyboard.press('Escape');
    await go('1 file').waitFor();
    await dialog.getByRole('button', { name: 'Show the difference' }).click();
    await difference.getByRole('button', { name: 'Replace mine' }).click();
    expect(await look(page, `${width}-${colorScheme}-import-looked`)).toEqual([]);
    await go('2 files').click();
    await expect.poll(() => written(page)).toEqual(['data/blob.bin', 'flows/flow.config.json']);
    expect(complaints).toEqual([]);
  });

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`a record of this workspace stays until another one is taken, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const log = 'runs/decisions/2026-11-21.jsonl';
    await page.evaluate(async (path) => {
      const { fixture } = globalThis as unknown as { fixture: { call(name: string, input: unknown): Promise<unknown> } };
      await fixture.call('write', { path, content: '{"denied":1}\n{"denied":2}\n' });
    }, log);
    const { dialog, file, go } = await choose(page, { [log]: '{"denied":1}\n', 'runs/decisions/2026-11-20.jsonl': '{}\n', 'notes/README.md': '# Other notes\n' });
    expect(await dialog.getByRole('tree', { name: 'Files that are replaced' }).evaluate((tree) => tree === document.activeElement)).toBe(true);
    const record = file('2026-11-21.jsonl');
    expect(await record.getAttribute('aria-checked')).toBe('false');
    expect(await dialog.getByText('stay yours unless you take them').isVisible()).toBe(true);
    expect(await look(page, `${width}-${colorScheme}-import-record`)).toEqual([]);
    await go('2 files').waitFor();
    await record.getByRole('checkbox', { includeHidden: true }).check();
    await go('3 files').waitFor();
    await record.getByRole('checkbox', { includeHidden: true }).uncheck();
    await go('2 files').click();
    await expect.poll(() => written(page)).toEqual(['notes/README.md', 'runs/decisions/2026-11-20.jsonl']);
    expect(complaints).toEqual([]);
  });

test('what is new is taken or left with the keys, by file and by folder, and what is left does not come', async () => {
  const { page, complaints } = await open('', { viewport: { width: 1280, height: 800 } });
  const { dialog, file, go } = await choose(page, { 'a/in/1.md': '1', 'a/in/2.md': '2', 'a/3.md': '3', 'b.md': 'b', 'empty/': '' });
  await dialog.getByRole('tree', { name: 'Files that are new' }).focus();
  // Folders come first: a, a/in, a/in/1.md.
  for (const key of ['ArrowDown', 'ArrowDown', 'Space']) await page.keyboard.press(key);
  expect(await file('1.md').getAttribute('aria-checked')).toBe('false');
  expect(await Promise.all(['a, 2 of 3', 'in, 1 of 2', 'empty, empty'].map((name) => file(name).getAttribute('aria-checked')))).toEqual(['mixed', 'mixed', 'true']);
  await go('3 files and 1 empty folder').waitFor();
  for (const key of ['ArrowLeft', 'ArrowLeft', 'Space', 'Space']) await page.keyboard.press(key);
  await go('2 files and 1 empty folder').waitFor();
  for (const key of ['ArrowLeft', 'End', 'ArrowUp', 'Space']) await page.keyboard.press(key);
  await go('2 files').click();
  await expect.poll(() => written(page)).toEqual(['a/3.md', 'b.md']);

  const second = await choose(page, { 'c.md': 'c', 'd.md': 'd' });
  await second.dialog.getByRole('button', { name: 'Take none' }).click();
  expect(await second.go('0 files').isDisabled()).toBe(true);
  await second.dialog.getByRole('button', { name: 'Take all' }).click();
  await second.go('2 files').waitFor();
  expect(complaints).toEqual([]);
});

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']] as const)
  test(`ten thousand files are chosen among with few rows, ${width} wide, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height: 800 }, colorScheme });
    const { dialog, file, go } = await choose(page, Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`all/${index}.md`, ''])));
    await dialog.getByRole('tree', { name: 'Files that are new' }).focus();
    for (const key of ['ArrowRight', 'End', 'Space']) await page.keyboard.press(key);
    expect(await file('9999.md').getAttribute('aria-checked')).toBe('false');
    expect(await dialog.getByRole('treeitem').count()).toBeLessThan(60);
    expect(await look(page, `${colorScheme}-import-many`)).toEqual([]);
    await page.keyboard.press('Home');
    expect(await file('all, 9,999 of 10,000').getAttribute('aria-checked')).toBe('mixed');
    await go('9,999 files').click();
    await expect.poll(() => written(page)).toHaveLength(9_999);
    expect(complaints).toEqual([]);
  });
